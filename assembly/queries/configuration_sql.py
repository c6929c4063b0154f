"""The one statement that holds scanned and reported against each other (standards/REDFISH.md, nvl72.md 1 and 3).

A row for everything that was compared, `match` and `alias` too. Serials are compared within their kind, part numbers
through the part's aliases; what a tool writes where it has no serial (`said`) equals nothing. Asked for are only kinds
that the latest file of a tool about the tray, switch tray or shelf reports (RULINGS 10). GPUs are always asked for:
their places are known by design, and a tray that has not reported them yet is unknown. Firmware is compared with the
baseline of the unit's part (firmware_sql.py).
"""

from assembly.queries.firmware_sql import FIRMWARE

_PLACES = """
places AS (
  SELECT b.id AS build_id, b.unit_id AS rack_id, s.position, s.kind, s.slot_number, s.tray_index, p.unit_id,
    p.event_id AS since
  FROM assembly_build b
  JOIN assembly_slot s ON s.build_id = b.id AND s.kind IN ('compute', 'switch', 'shelf', 'cartridge')
  JOIN inventory_placement p ON p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL
  WHERE b.id = ANY(%(builds)s)
    AND (b.origin = 'plant' OR EXISTS (SELECT 1 FROM assembly_testrun t WHERE t.unit_id = p.unit_id))
), latest AS (
  SELECT DISTINCT ON (l.build_id, l.unit_id, t.tool) l.build_id, l.position AS host, l.unit_id AS host_id, l.since,
    t.tool, t.id AS run_id, t.event_id, t.event_id > l.since AS here
  FROM places l JOIN assembly_testrun t ON t.unit_id = l.unit_id AND t.tool IN ('nvidia-smi', 'redfish')
  ORDER BY l.build_id, l.unit_id, t.tool, t.id DESC
), told AS (
  SELECT l.*, o.kind, o.name, lower(o.uuid) AS uuid, o.serial, o.said, o.part_number, o.model, o.chassis_serial,
    o.slot_number, o.tray_index
  FROM latest l JOIN assembly_observation o ON o.test_run_id = l.run_id
), kinds(tool, word, kind) AS (
  VALUES ('nvidia-smi', 'gpu', 'superchip'), ('redfish', 'gpu', 'superchip'), ('redfish', 'module', 'superchip'),
    ('redfish', 'io_board', 'io_board'), ('redfish', 'dpu', 'dpu'), ('redfish', 'bmc', 'bmc'),
    ('redfish', 'hmc', 'hmc'), ('redfish', 'nvswitch', 'switch'), ('redfish', 'power_shelf', 'shelf')
), heard AS (
  SELECT t.build_id, t.host, t.host_id, t.since AS host_since, t.tool, t.run_id, t.event_id, t.serial, t.said,
    CASE WHEN t.word_is_chip THEN NULL ELSE t.part_number END AS part_number, t.thing
  FROM (
    SELECT told.*, k.kind AS thing, told.tool = 'redfish' AND told.kind IN ('gpu', 'nvswitch') AS word_is_chip
    FROM told JOIN kinds k ON k.tool = told.tool AND k.word = told.kind
    UNION ALL
    SELECT told.*, 'compute', true FROM told
    WHERE told.tool = 'redfish' AND told.kind = 'assembly' AND told.model ~ '^GB[0-9]00 NVL'
  ) t
)"""

_THINGS = """
things AS (
  SELECT t.*, pt.kind AS thing, pt.number AS part_number, coalesce(nullif(u.serial, ''), u.tag) AS scanned,
    ARRAY(SELECT i.normalised FROM inventory_identifier i WHERE i.unit_id = t.unit_id AND i.closed_at IS NULL
      AND i.kind IN ('label', 'board', 'redfish', 'dmi', 'chassis')) AS names,
    ARRAY(SELECT a.number FROM inventory_partalias a WHERE a.part_id = u.part_id) AS aliases
  FROM (
    SELECT l.build_id, l.position AS host, l.unit_id AS host_id, l.position || '/' || p.position AS place, p.unit_id,
      p.event_id AS since, p.event_id AS read_after
    FROM places l JOIN inventory_placement p ON p.host_id = l.unit_id AND p.to_at IS NULL
    UNION ALL
    -- a tray that was built here has the plant's serial: it is asked for its maker's once that is on record
    SELECT l.build_id, l.position, l.unit_id, l.position, l.unit_id, l.since, 0 FROM places l
    WHERE l.kind IN ('switch', 'shelf') OR l.kind = 'compute' AND EXISTS (SELECT 1 FROM inventory_identifier i
      WHERE i.unit_id = l.unit_id AND i.closed_at IS NULL AND i.kind IN ('redfish', 'dmi', 'chassis'))
  ) t JOIN inventory_unit u ON u.id = t.unit_id JOIN inventory_part pt ON pt.id = u.part_id
), judged AS (
  SELECT th.build_id, th.host, th.place, th.thing, th.since, th.scanned, th.part_number, th.aliases,
    max(h.run_id) AS run_id,
    bool_or(h.serial = ANY(th.names) AND h.event_id > th.read_after) AS found,
    bool_or(h.serial IS NULL AND h.said IS NOT NULL AND h.event_id > th.read_after) AS mute,
    max(h.said) AS said,
    array_agg(DISTINCT h.part_number) FILTER (WHERE h.part_number IS NOT NULL AND h.serial = ANY(th.names)) AS parts
  FROM things th JOIN heard h ON h.host_id = th.host_id AND h.build_id = th.build_id AND h.thing = th.thing
  GROUP BY th.build_id, th.host, th.place, th.thing, th.since, th.scanned, th.part_number, th.aliases, h.tool
  HAVING bool_or(h.serial IS NOT NULL OR h.said IS NOT NULL)
), by_serial AS (
  SELECT build_id, CASE WHEN found THEN 'match' WHEN mute THEN 'unreadable' ELSE 'not_in_hardware' END AS state,
    thing AS what, host, place, scanned, CASE WHEN found THEN scanned WHEN mute THEN said ELSE '' END AS reported,
    since, run_id
  FROM judged
  UNION ALL
  SELECT j.build_id, CASE WHEN number = ANY(j.aliases) THEN 'alias' ELSE 'not_scanned' END, 'part', j.host, j.place,
    j.part_number, number, j.since, j.run_id
  FROM judged j CROSS JOIN LATERAL unnest(j.parts) number WHERE j.found AND number <> j.part_number
  UNION ALL
  SELECT h.build_id, 'not_scanned', h.thing, h.host, h.host, '', h.serial, h.host_since, max(h.run_id) FROM heard h
  WHERE h.serial IS NOT NULL
    AND EXISTS (SELECT 1 FROM things th WHERE th.host_id = h.host_id AND th.thing = h.thing)
    AND NOT EXISTS (SELECT 1 FROM things th
      WHERE th.host_id = h.host_id AND th.thing = h.thing AND h.serial = ANY(th.names))
  GROUP BY h.build_id, h.thing, h.host, h.serial, h.host_since
)"""

_GPUS = """
gpu_places AS (
  SELECT l.build_id, l.position AS host, l.unit_id AS host_id, l.since, p.position || '/' || pp.position AS position,
    (SELECT min(i.normalised) FROM inventory_identifier i
      WHERE i.unit_id = g.unit_id AND i.kind = 'uuid' AND i.closed_at IS NULL) AS uuid
  FROM places l JOIN inventory_placement p ON p.host_id = l.unit_id AND p.to_at IS NULL AND l.kind = 'compute'
  JOIN inventory_unit u ON u.id = p.unit_id
  JOIN inventory_partposition pp ON pp.part_revision_id = u.part_revision_id AND pp.born = 'reported'
  LEFT JOIN inventory_placement g ON g.host_id = p.unit_id AND g.position = pp.position AND g.to_at IS NULL
), gpus AS (
  SELECT g.build_id, CASE WHEN g.uuid IS NULL THEN 'unreadable' ELSE 'not_in_hardware' END AS state, 'gpu' AS what,
    g.host, g.host || '/' || g.position AS place, coalesce(g.uuid, '') AS scanned, '' AS reported, g.since,
    (SELECT max(l.run_id) FROM latest l WHERE l.host_id = g.host_id AND l.tool = 'nvidia-smi') AS run_id
  FROM gpu_places g
  WHERE g.uuid IS NULL OR NOT EXISTS (SELECT 1 FROM told t
    WHERE t.host_id = g.host_id AND t.tool = 'nvidia-smi' AND t.kind = 'gpu' AND t.uuid = g.uuid)
  UNION ALL
  SELECT t.build_id, 'not_scanned', 'gpu', t.host, t.host, '', t.uuid, t.since, t.run_id FROM told t
  WHERE t.tool = 'nvidia-smi' AND t.kind = 'gpu' AND t.uuid IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM gpu_places g WHERE g.host_id = t.host_id AND g.uuid = t.uuid)
)"""

_SEATS = """
seats AS (
  SELECT l.build_id, l.position AS host, l.since, seen.run_id,
    coalesce(l.slot_number::text, '') || '/' || coalesce(l.tray_index::text, '') AS scanned,
    coalesce(seen.slot_number::text, '') || '/' || coalesce(seen.tray_index::text, '') AS reported,
    seen.slot_number IS NULL OR seen.tray_index IS NULL AS mute,
    seen.slot_number IS NOT DISTINCT FROM l.slot_number AND seen.tray_index IS NOT DISTINCT FROM l.tray_index AS fits
  FROM places l JOIN (
    SELECT DISTINCT host_id, here, run_id, tool, slot_number, tray_index FROM told
    WHERE tool = 'nvidia-smi' AND kind = 'gpu'
      OR tool = 'redfish' AND kind = 'cartridge' AND slot_number IS NOT NULL AND tray_index IS NOT NULL
  ) seen ON seen.host_id = l.unit_id AND seen.here
  WHERE l.kind = 'compute'
), slots AS (
  SELECT build_id, CASE WHEN fits THEN 'match' WHEN mute THEN 'unreadable' ELSE 'slot' END AS state, 'slot' AS what,
    host, host AS place, scanned, CASE WHEN mute THEN '' ELSE reported END AS reported, since, run_id
  FROM seats
  UNION ALL
  SELECT l.build_id, 'unreadable', 'slot', l.host, l.host,
    coalesce(p.slot_number::text, '') || '/' || coalesce(p.tray_index::text, ''), '', l.since, l.run_id
  FROM latest l JOIN places p ON p.unit_id = l.host_id AND p.build_id = l.build_id AND p.kind = 'compute'
  WHERE l.tool = 'nvidia-smi' AND NOT l.here
), chassis AS (
  SELECT t.build_id, t.host, t.since, max(t.run_id) AS run_id, min(t.chassis_serial) AS reported
  FROM told t WHERE t.tool = 'nvidia-smi' AND t.kind = 'gpu' AND t.here AND t.chassis_serial IS NOT NULL
  GROUP BY t.build_id, t.host, t.since
), one_chassis AS (
  SELECT c.build_id, coalesce((SELECT min(i.normalised) FROM inventory_identifier i
      JOIN assembly_build b ON b.unit_id = i.unit_id
      WHERE b.id = c.build_id AND i.kind = 'chassis' AND i.closed_at IS NULL),
    mode() WITHIN GROUP (ORDER BY c.reported)) AS serial
  FROM chassis c GROUP BY c.build_id
), frames AS (
  SELECT c.build_id, 'not_scanned' AS state, 'chassis' AS what, c.host, c.host AS place, o.serial AS scanned,
    c.reported, c.since, c.run_id
  FROM chassis c JOIN one_chassis o USING (build_id) WHERE c.reported <> o.serial
)"""

_CARTRIDGES = """
cartridges AS (
  SELECT l.build_id, l.position, l.since, coalesce(nullif(u.serial, ''), u.tag) AS scanned, pt.number AS part_number,
    ARRAY(SELECT i.normalised FROM inventory_identifier i WHERE i.unit_id = u.id AND i.closed_at IS NULL
      AND i.kind IN ('label', 'board', 'redfish', 'dmi', 'chassis')) AS names,
    ARRAY(SELECT a.number FROM inventory_partalias a WHERE a.part_id = pt.id) AS aliases
  FROM places l JOIN inventory_unit u ON u.id = l.unit_id JOIN inventory_part pt ON pt.id = u.part_id
  WHERE l.kind = 'cartridge'
), fronts AS (
  SELECT t.build_id, t.name, t.serial, t.said, t.part_number, t.event_id, max(t.run_id) AS run_id FROM told t
  WHERE t.tool = 'redfish' AND t.kind = 'cartridge' AND t.here
  GROUP BY t.build_id, t.name, t.serial, t.said, t.part_number, t.event_id
), faced AS (
  SELECT f.build_id, f.name, f.serial, f.said, f.part_number AS reported_part, f.run_id, coalesce(c.since, 0) AS since,
    coalesce(c.scanned, '') AS scanned, c.part_number, c.aliases, coalesce(f.serial = ANY(c.names), false) AS found,
    EXISTS (SELECT 1 FROM cartridges o WHERE o.build_id = f.build_id AND o.position <> f.name
      AND f.serial = ANY(o.names)) AS elsewhere
  FROM fronts f LEFT JOIN cartridges c ON c.build_id = f.build_id AND c.position = f.name
  WHERE f.event_id > coalesce(c.since, 0) AND (f.serial IS NOT NULL OR f.said IS NOT NULL)
), spine AS (
  SELECT build_id, CASE WHEN found THEN 'match' WHEN serial IS NULL THEN 'unreadable' WHEN elsewhere THEN 'slot'
      ELSE 'not_scanned' END AS state,
    'cartridge' AS what, name AS host, name AS place, scanned, coalesce(serial, said) AS reported, since,
    max(run_id) AS run_id
  FROM faced GROUP BY 1, 2, name, scanned, 7, since
  UNION ALL
  SELECT build_id, CASE WHEN reported_part = ANY(aliases) THEN 'alias' ELSE 'not_scanned' END, 'part', name, name,
    part_number, reported_part, since, max(run_id)
  FROM faced WHERE found AND reported_part <> part_number
  GROUP BY 1, 2, name, part_number, reported_part, since
  UNION ALL
  SELECT c.build_id, 'not_in_hardware', 'cartridge', c.position, c.position, c.scanned, '', c.since,
    (SELECT max(f.run_id) FROM fronts f WHERE f.build_id = c.build_id)
  FROM cartridges c
  WHERE EXISTS (SELECT 1 FROM fronts f WHERE f.build_id = c.build_id AND (f.serial IS NOT NULL OR f.said IS NOT NULL))
    AND NOT EXISTS (SELECT 1 FROM faced f WHERE f.build_id = c.build_id AND f.name = c.position)
)"""

RECONCILED = f"""
WITH {_PLACES.strip()}, {_THINGS.strip()}, {_GPUS.strip()}, {_SEATS.strip()}, {_CARTRIDGES.strip()}, {FIRMWARE.strip()},
things_compared AS (
  SELECT * FROM by_serial UNION ALL SELECT * FROM gpus UNION ALL SELECT * FROM slots UNION ALL SELECT * FROM frames
  UNION ALL SELECT * FROM spine
), compared AS (
  SELECT *, NULL::bigint AS baseline_id FROM things_compared UNION ALL SELECT * FROM firmware
)
SELECT c.build_id, c.state, c.what, c.host, c.place, c.scanned, c.reported, c.since, max(c.run_id), max(t.file_name),
  max(t.at), max(d.id), max(d.approved_at), max(d.reason), max(a.id), max(a.name_ja), max(a.name_en), max(a.username),
  max(c.baseline_id), max(fp.number), max(f.revision)
FROM compared c
LEFT JOIN assembly_testrun t ON t.id = c.run_id
LEFT JOIN assembly_configurationdifference d ON d.build_id = c.build_id AND d.state = c.state AND d.what = c.what
  AND d.place = c.place AND d.scanned = c.scanned AND d.reported = c.reported AND d.since = c.since
  AND d.settled_at IS NULL
LEFT JOIN accounts_user a ON a.id = d.approved_by_id
LEFT JOIN assembly_firmwarebaseline f ON f.id = c.baseline_id LEFT JOIN inventory_part fp ON fp.id = f.part_id
GROUP BY c.build_id, c.state, c.what, c.host, c.place, c.scanned, c.reported, c.since
ORDER BY c.build_id, c.host, c.place, c.what, c.state, c.reported
"""
"""Rows by rack; a row's file is the latest that tells it, its approval the open one of the same identity."""
