"""Where builds stand, in SQL: for lists, filters and checks. The same rules as `route.py`, which knows more of each."""

from __future__ import annotations

UNDONE = """
SELECT o.id, o.number, o.stage, o.kind, o.name_ja, o.name_en, o.work_centre, o.standard_minutes, o.beside,
  r.started_at, r.result, r.station,
  r.id IS NOT NULL AND r.finished_at IS NULL AS running
FROM assembly_routingoperation o
LEFT JOIN LATERAL (SELECT * FROM assembly_operationrun l
  WHERE l.build_id = b.id AND l.operation_id = o.id ORDER BY l.attempt DESC LIMIT 1) r ON true
WHERE o.routing_id = d.routing_id AND NOT coalesce(
  r.result IN ('pass', 'conditional')
  AND r.started_event_id > coalesce((SELECT max(w.event_id) FROM assembly_rework w
    JOIN assembly_reworkoperation x ON x.rework_id = w.id WHERE w.build_id = b.id AND x.operation_id = o.id), 0)
  AND (r.result = 'conditional' OR o.signs <@ ARRAY(
    SELECT s.meaning FROM assembly_signature s WHERE s.run_id = r.id)), false)
"""
"""The operations of build `b` (design `d`) that are not done: not passed since the latest demand, or unsigned."""

CURRENT = f"""
LEFT JOIN LATERAL (SELECT u.* FROM ({UNDONE}) u ORDER BY u.running DESC, u.number LIMIT 1) c
  ON b.completed_at IS NULL
"""
"""Joins the operation in work as `c`: the running one, else the first that is not done. Complete builds have none."""
