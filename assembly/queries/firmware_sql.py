"""Firmware in the statement that compares scanned and reported: what the baseline asks for, what was read last.

A baseline counts for a rack of this plant: the newest released one, or, once the rack soaks (or has soaked, and no
rework asks for another soak), the newest that was released before that soak began. Of a component counts the newest
file about the unit that names it, if it was read after the latest thing was put into the unit. A file that names a
component without a version for one of its parts says `?`, which meets nothing.
"""

from __future__ import annotations

from assembly.models.firmware import PLAIN_NUMBERS

REPORTED = """
SELECT t.unit_id, split_part(v, ' ', 1) AS component, substr(v, strpos(v, ' ') + 1) AS version, t.id AS run_id,
  t.event_id, rank() OVER (PARTITION BY t.unit_id, split_part(v, ' ', 1) ORDER BY t.id DESC) AS age
FROM assembly_testrun t CROSS JOIN LATERAL unnest(t.firmware) v
"""
"""Each version that a file names; `age` 1 is the newest file that names the component."""

MET = f"""
(CASE WHEN n.rule = 'one_of' THEN r.version = ANY(n.versions)
  WHEN r.version ~ '{PLAIN_NUMBERS}'
  THEN string_to_array(r.version, '.')::bigint[] >= string_to_array(n.versions[1], '.')::bigint[]
  ELSE false END)
"""
"""Whether a reported version (r) meets what is asked (n). Numbers are compared place by place, and where one has fewer
places it is the lower; what is not plain numbers has no order, and never is `at least`."""

WANTED_TEXT = "(CASE WHEN n.rule = 'at_least' THEN '≧ ' ELSE '' END || array_to_string(n.versions, ' | '))"

FIRMWARE = f"""
soaks AS (
  SELECT o.build_id, max(s.event_id) AS event_id
  FROM assembly_burninrun s JOIN assembly_operationrun o ON o.id = s.run_id
  WHERE o.build_id = ANY(%(builds)s) AND (o.result IS NULL OR o.result IN ('pass', 'conditional')) AND NOT EXISTS (
    SELECT 1 FROM assembly_rework w JOIN assembly_reworkoperation a ON a.rework_id = w.id
    WHERE w.build_id = o.build_id AND a.operation_id = o.operation_id AND w.event_id > o.started_event_id)
  GROUP BY o.build_id
), asked AS (
  SELECT l.build_id, l.position AS host, l.unit_id, l.since, f.id AS baseline_id,
    (SELECT max(p.event_id) FROM inventory_placement p WHERE p.host_id = l.unit_id AND p.to_at IS NULL) AS changed
  FROM places l JOIN assembly_build b ON b.id = l.build_id AND b.origin = 'plant'
  JOIN inventory_unit u ON u.id = l.unit_id
  LEFT JOIN soaks s ON s.build_id = l.build_id
  JOIN LATERAL (SELECT i.id FROM assembly_firmwarebaseline i
    WHERE i.part_id = u.part_id AND i.released_at IS NOT NULL AND (s.event_id IS NULL OR i.event_id < s.event_id)
    ORDER BY i.revision DESC LIMIT 1) f ON true
  WHERE l.kind <> 'cartridge'
), loaded AS (
  SELECT * FROM ({REPORTED.strip()} WHERE t.unit_id IN (SELECT unit_id FROM asked)) newest WHERE age = 1
), firmware AS (
  SELECT a.build_id,
    CASE WHEN r.version IS NULL OR r.version = '?' THEN 'unreported' WHEN {MET.strip()} THEN 'match'
      ELSE 'firmware' END AS state,
    'firmware:' || n.component AS what, a.host, a.host AS place, {WANTED_TEXT} AS scanned,
    CASE WHEN r.version = '?' THEN '' ELSE coalesce(r.version, '') END AS reported, a.since, r.run_id, a.baseline_id
  FROM asked a JOIN assembly_firmwareneed n ON n.baseline_id = a.baseline_id
  LEFT JOIN loaded r ON r.unit_id = a.unit_id AND r.component = n.component AND r.event_id > coalesce(a.changed, 0)
)"""
