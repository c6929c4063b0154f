"""The values behind a capability and a control chart: what was measured at an operation, or by a tester, and which of
them count, each with its reason where it does not.

Of a unit counts the value of its first attempt that passed or failed (of a tester: of its first file that ran), once
for each entity of it; as it was corrected, if it was. Values that other limits judged are never mixed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from assembly.models import OperationField, TestLimit
from assembly.queries.attempts import Wish, judged, told

MOST = 50_000
"""Values that one page reads, the newest; a shorter period shows the others."""

WHYS = ("later", "reference", "no_number", "other_limits")


@dataclass(frozen=True, slots=True)
class Point:
    """What a tester measures of a product, under one name."""

    part_id: int
    tool: str
    name: str


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value. `judged_by`: its limits, as revision|low|high; `why` it does not count ("" it does). `piece`:
    the run or file that it is of."""

    piece: int
    at: datetime
    unit: str
    entity: str
    value: float
    low: float | None
    high: float | None
    judged_by: str
    why: str


@dataclass(frozen=True, slots=True)
class ValueSet:
    """All values of a question, oldest first. `chosen`: the limits whose values count; `others`: how many were judged
    by which others; `cut`: older ones were not read."""

    values: tuple[Value, ...]
    chosen: str
    others: dict[str, int]
    cut: bool

    @property
    def used(self) -> list[Value]:
        return [one for one in self.values if not one.why]

    def left_out(self) -> dict[str, int]:
        """Why → how many."""
        return {why: sum(one.why == why for one in self.values) for why in WHYS}


_MEASURED = """
SELECT j.id, j.ended_at, COALESCE(NULLIF(u.serial, ''), u.tag), '', v.value::float8, v.low::float8, v.high::float8,
  '|' || COALESCE(v.low::text, '') || '|' || COALESCE(v.high::text, ''),
  CASE WHEN j.outcome = 'reference' THEN 'reference' WHEN j.turn > 1 THEN 'later' ELSE '' END
FROM judged j JOIN inventory_unit u ON u.id = j.unit_id
CROSS JOIN LATERAL (SELECT m.value, m.low, m.high FROM assembly_operationrun x
  JOIN assembly_measurement m ON m.run_id = x.id AND m.field_id = %(field)s
  WHERE x.build_id = j.build_id AND x.operation_id = j.operation_id AND x.started_event_id = j.started_event_id
  ORDER BY x.attempt DESC LIMIT 1) v
WHERE {kept} AND v.value IS NOT NULL ORDER BY j.ended_at DESC, j.id DESC LIMIT %(most)s
"""

_TESTED = """
SELECT t.id, t.at, COALESCE(NULLIF(u.serial, ''), u.tag), r.entity, r.value, r.low, r.high,
  COALESCE(s.revision::text, '') || '|' || COALESCE(r.low::text, '') || '|' || COALESCE(r.high::text, ''),
  CASE WHEN EXISTS (SELECT 1 FROM assembly_referencemark m WHERE m.unit_id = t.unit_id AND m.event_id < t.event_id
      AND (m.ended_event_id IS NULL OR m.ended_event_id > t.event_id)) THEN 'reference'
    WHEN EXISTS (SELECT 1 FROM assembly_testrun e WHERE e.unit_id = t.unit_id AND e.tool = t.tool AND e.id < t.id
      AND e.verdict NOT IN ('error', 'not_run') AND NOT EXISTS (SELECT 1 FROM assembly_referencemark m
        WHERE m.unit_id = e.unit_id AND m.event_id < e.event_id
        AND (m.ended_event_id IS NULL OR m.ended_event_id > e.event_id))) THEN 'later' ELSE '' END
FROM assembly_testrun t JOIN inventory_unit u ON u.id = t.unit_id
JOIN assembly_testresult r ON r.test_run_id = t.id AND r.name = %(name)s AND r.value IS NOT NULL
LEFT JOIN assembly_limitset s ON s.id = t.limit_set_id
WHERE t.tool = %(tool)s AND t.at >= %(starts)s AND t.at < %(ends)s AND u.part_id = %(part)s
  AND t.verdict NOT IN ('error', 'not_run') {station}
ORDER BY t.at DESC, r.id DESC LIMIT %(most)s
"""


def measured_values(wish: Wish, field: OperationField, chosen: str = "") -> ValueSet:
    """Values of a field of an operation. One query."""
    beginning, kept, values = judged(replace(wish, operation=field.operation_id, kind="", cause=""))
    kept += " AND j.outcome IN ('pass', 'fail', 'reference')"
    rows = told(beginning + _MEASURED.format(kept=kept), {**values, "field": field.pk, "most": MOST})
    return _set(rows, chosen)


def values_of_tester(wish: Wish, point: Point, chosen: str = "") -> ValueSet:
    """Values that testers' files hold under a name. One query."""
    values = {"starts": wish.starts_at, "ends": wish.ends_at, "station": wish.station, "most": MOST}
    values |= {"tool": point.tool, "name": point.name, "part": point.part_id}
    narrowed = "" if wish.station is None else "AND t.station = %(station)s"
    return _set(told(_TESTED.format(station=narrowed), values), chosen)


def source_of(field: int | None, point: tuple[str, str] | None, part_id: int | None) -> OperationField | Point | None:
    """What an address names: a field that records numbers, or a tester's name of a product. At most one query."""
    if point is not None:
        return Point(part_id, *point) if part_id is not None else None
    return OperationField.objects.filter(pk=field, kind="number").first() if field is not None else None


def values_of(wish: Wish, source: OperationField | Point, chosen: str) -> ValueSet:
    """Values of a field or of a tester's name. One query."""
    if isinstance(source, Point):
        return values_of_tester(wish, source, chosen)
    return measured_values(wish, source, chosen)


def _set(rows: list[tuple[Any, ...]], chosen: str) -> ValueSet:
    """The limits asked for, else those of the newest value that counts; the values of all others do not."""
    known = [Value(*row) for row in reversed(rows)]
    keys = [one.judged_by for one in known if not one.why]
    chosen = chosen if chosen in keys else (keys[-1] if keys else "")
    values = tuple(replace(one, why=_why(one, chosen)) for one in known)
    others: dict[str, int] = {}
    for one in values:
        if one.why == "other_limits":
            others[one.judged_by] = others.get(one.judged_by, 0) + 1
    return ValueSet(values, chosen, others, len(rows) == MOST)


def _why(one: Value, chosen: str) -> str:
    if one.why:
        return one.why
    if not math.isfinite(one.value):
        return "no_number"
    return "" if one.judged_by == chosen else "other_limits"


def fields_of(part_id: int) -> list[OperationField]:
    """The numbers that the operations of a product's routings record. One query."""
    rows = OperationField.objects.filter(
        kind="number", operation__routing__designs__part_revision__part_id=part_id
    ).exclude(operation__routing__released_at=None)
    return list(
        rows.distinct()
        .select_related("operation__routing")
        .order_by("operation__routing__code", "operation__routing__revision", "operation__number", "order", "id")
    )


def points_of(part_id: int) -> list[TestLimit]:
    """What testers measure of a product and the plant has limits for, one of each name. One query."""
    rows = TestLimit.objects.filter(limit_set__part_id=part_id).exclude(limit_set__released_at=None)
    return list(
        rows.select_related("limit_set").order_by("limit_set__tool", "name", "-pk").distinct("limit_set__tool", "name")
    )
