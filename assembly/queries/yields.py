"""First-pass yield: of the first attempts that ended in a period, how many passed. The rule is that of `attempts`."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date

from assembly.figures.intervals import Share, rolled
from assembly.models import Design, RoutingOperation
from assembly.queries.attempts import TOOLS_OF, Wish, judged, told
from inventory.models import Part

DAYS_BY_DAY = 21
"""A period up to so many days is drawn day by day, a longer one week by week (from Mondays)."""

_COUNTED = """count(*) FILTER (WHERE turn = 1), count(*) FILTER (WHERE turn = 1 AND outcome = 'pass'),
  count(*) FILTER (WHERE turn > 1), count(*) FILTER (WHERE outcome = 'aborted'),
  count(*) FILTER (WHERE outcome = 'station'), count(*) FILTER (WHERE outcome = 'reference'),
  count(*) FILTER (WHERE turn = 1 AND origin = 'imported')"""

_FIGURES = """
SELECT grouping(part_id, station, day), part_id, operation_id, station, day, {counted}
FROM (SELECT j.*, date_trunc(%(step)s, j.ended_at AT TIME ZONE 'Asia/Tokyo')::date AS day FROM judged j WHERE {kept}) k
GROUP BY GROUPING SETS ((), (part_id, operation_id), (station), (day))
"""
_BY_TOOL = """
SELECT used.code, {counted} FROM judged j CROSS JOIN LATERAL {tools} used WHERE {kept} GROUP BY used.code
"""
WHOLE, OPERATIONS, STATIONS, DAYS = 7, 3, 5, 6


@dataclass(frozen=True, slots=True)
class Figure:
    """Counts of attempts: `n` first ones, of which `passed`; `later` ones; what was left out and why; how many of the
    first ones are history that was read in."""

    n: int = 0
    passed: int = 0
    later: int = 0
    aborted: int = 0
    station: int = 0
    reference: int = 0
    imported: int = 0

    @property
    def share(self) -> Share:
        return Share(self.passed, self.n)

    @property
    def failed(self) -> int:
        return self.n - self.passed

    @property
    def left_out(self) -> int:
        return self.aborted + self.station + self.reference


@dataclass(frozen=True, slots=True)
class OperationYield:
    """One operation of a product's routing, in the routing's revision."""

    part: Part
    operation: RoutingOperation
    figure: Figure


@dataclass(frozen=True, slots=True)
class RolledYield:
    """A product on a routing: the yields of all its operations multiplied; `missing`: those without a first attempt."""

    part: Part
    operations: tuple[OperationYield, ...]

    @property
    def value(self) -> float | None:
        return rolled([row.figure.share for row in self.operations])

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(row.operation.number for row in self.operations if not row.figure.n)

    @property
    def fewest(self) -> int:
        return min(row.figure.n for row in self.operations)

    @property
    def routing(self) -> str:
        return str(self.operations[0].operation.routing)


@dataclass(frozen=True, slots=True)
class Yields:
    """All figures of a wish. `days`: by the first day of each step, in plant time."""

    whole: Figure = Figure()
    operations: tuple[OperationYield, ...] = ()
    rolled: tuple[RolledYield, ...] = ()
    stations: dict[str, Figure] = field(default_factory=dict)
    days: dict[date, Figure] = field(default_factory=dict)
    step: str = "day"


def yields_of(wish: Wish) -> Yields:
    """Every figure of the attempts that fit, whatever kind or cause is asked for: those of one kind alone would be all
    passed, or none. Three queries."""
    beginning, kept, values = judged(replace(wish, kind="", cause=""))
    step = "day" if (wish.ends_at - wish.starts_at).days <= DAYS_BY_DAY else "week"
    rows = told(beginning + _FIGURES.format(counted=_COUNTED, kept=kept), {**values, "step": step})
    by_operation = {(row[1], row[2]): Figure(*row[5:]) for row in rows if row[0] == OPERATIONS}
    operations = _operations(by_operation)
    return Yields(
        whole=next(Figure(*row[5:]) for row in rows if row[0] == WHOLE),
        operations=tuple(row for row in operations if row.figure != Figure()),
        rolled=() if wish.operation or wish.station is not None or wish.tool else _rolled(operations),
        stations={row[3]: Figure(*row[5:]) for row in sorted(rows, key=lambda row: row[3] or "") if row[0] == STATIONS},
        days={row[4]: Figure(*row[5:]) for row in sorted(rows, key=lambda row: str(row[4])) if row[0] == DAYS},
        step=step,
    )


def yields_by_tool(wish: Wish) -> dict[str, Figure]:
    """By instrument and tester; an attempt with two of them counts at both. One query."""
    beginning, kept, values = judged(replace(wish, kind="", cause=""))
    rows = told(beginning + _BY_TOOL.format(counted=_COUNTED, tools=TOOLS_OF, kept=kept), values)
    return {row[0]: Figure(*row[1:]) for row in sorted(rows)}


def _operations(figures: dict[tuple[int, int], Figure]) -> list[OperationYield]:
    """In order of product, routing and number; with the operations of the same routings that have no attempt."""
    parts = Part.objects.in_bulk({part_id for part_id, _operation_id in figures})
    routings = RoutingOperation.objects.filter(pk__in={pk for _part_id, pk in figures}).values("routing_id")
    of_routing: dict[int, list[RoutingOperation]] = defaultdict(list)
    routing_of: dict[int, int] = {}
    for row in RoutingOperation.objects.filter(routing__in=routings).select_related("routing").order_by("number"):
        of_routing[row.routing_id].append(row)
        routing_of[row.pk] = row.routing_id
    ways = sorted(
        {(part_id, routing_of[pk]) for part_id, pk in figures}, key=lambda way: (parts[way[0]].number, way[1])
    )
    return [
        OperationYield(parts[part_id], row, figures.get((part_id, row.pk), Figure()))
        for part_id, routing_id in ways
        for row in of_routing[routing_id]
    ]


def _rolled(operations: list[OperationYield]) -> tuple[RolledYield, ...]:
    ways: dict[tuple[int, int], list[OperationYield]] = defaultdict(list)
    for row in operations:
        ways[row.part.pk, row.operation.routing_id].append(row)
    return tuple(RolledYield(rows[0].part, tuple(rows)) for rows in ways.values() if any(row.figure.n for row in rows))


def products_made() -> list[Part]:
    """The parts that designs make, by number. One query."""
    return list(Part.objects.filter(revisions__designs__isnull=False).distinct().order_by("number"))


def operations_made(part_id: int | None, chosen: int | None = None) -> list[RoutingOperation]:
    """The operations of the routings by which a product is made, every revision; without a product the chosen one
    alone. At most one query."""
    rows = RoutingOperation.objects.exclude(routing__released_at=None).select_related("routing")
    if part_id is None:
        return [] if chosen is None else list(rows.filter(pk=chosen).order_by("pk"))
    of_part = Design.objects.filter(part_revision__part_id=part_id).values("routing_id")
    return list(rows.filter(routing__in=of_part).order_by("routing__code", "routing__revision", "number"))
