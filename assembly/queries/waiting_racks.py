"""Racks that may go into a cell now."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from assembly.models import Build

_WAITING = """
SELECT b.id FROM assembly_build b
JOIN inventory_unit u ON u.id = b.unit_id AND u.ended_at IS NULL
JOIN assembly_design d ON d.id = b.design_id
JOIN assembly_routingoperation o ON o.routing_id = d.routing_id AND o.kind = 'burn_in'
WHERE b.completed_at IS NULL AND d.rack_model_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM assembly_operationrun r JOIN assembly_burninrun n ON n.run_id = r.id
  WHERE r.build_id = b.id AND n.ended_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM assembly_operationrun r WHERE r.build_id = b.id AND r.operation_id = o.id
  AND r.result IN ('pass', 'conditional') AND r.started_event_id > coalesce((
    SELECT max(w.event_id) FROM assembly_rework w JOIN assembly_reworkoperation wo ON wo.rework_id = w.id
    WHERE w.build_id = b.id AND wo.operation_id = o.id), 0))
"""


def waiting_of(build_ids: Iterable[int]) -> set[int]:
    """Which of these builds wait for their burn-in. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING + " AND b.id = ANY(%s::bigint[])", [list(build_ids)])
        return {row[0] for row in cursor.fetchall()}


def waiting_racks() -> list[Build]:
    """Builds whose route has a burn-in that is neither done nor going on, oldest need first. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        ids = [row[0] for row in cursor.fetchall()]
    return list(Build.objects.filter(pk__in=ids).select_related("unit", "design__rack_model").order_by("need_by", "pk"))
