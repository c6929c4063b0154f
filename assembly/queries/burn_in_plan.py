"""The burn-in room's plan: who waits for a cell from when on, what is kept, the question that a proposal answers, and
the schedule of a stretch of days."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assembly.burn_in.capacity import Load
from assembly.burn_in.placement import Kept, Question, Room, Waiting
from assembly.models import Build, BurnInCell, BurnInRun, CellOutage, Feed, Loop, Reservation
from assembly.queries.burn_in import soak_clocks
from assembly.queries.route import Route, routes_of
from assembly.queries.waiting_racks import waiting_racks
from inventory.models import Hold

PLANT = ZoneInfo("Asia/Tokyo")
MARGIN = timedelta(hours=12)
"""What a cell is kept beyond the soak: gaps, cooling down."""
URGENT = 5
"""How many times an urgent rack's lateness counts."""


@dataclass(frozen=True, slots=True)
class WaitingRack:
    """A rack that waits for its burn-in: from when on it can soak by its route's standard minutes, when its burn-in has
    to be over for the work after it and the road, and the reservation it has. `why` says why it is not to be placed:
    held, or "" (it is)."""

    build: Build
    earliest: datetime
    due: datetime | None
    soak_minutes: int
    reservation: Reservation | None
    why: str

    @property
    def minutes(self) -> int:
        """How long it keeps a cell."""
        return self.soak_minutes + int(MARGIN / timedelta(minutes=1))


def waiting_for_cells(now: datetime, road_days: int) -> list[WaitingRack]:
    """The racks that wait, oldest need first. Nine queries, however many."""
    builds = waiting_racks()
    routes = routes_of(builds)
    kept: dict[int, Reservation] = {}
    mine = Reservation.objects.filter(build__in=builds, cancelled_at=None, period__endswith__gt=now)
    for row in mine.select_related("cell").order_by("-period"):
        kept[row.build_id] = row
    held = set(
        Hold.objects.filter(released_at=None, unit__in=[build.unit_id for build in builds]).values_list(
            "unit_id", flat=True
        )
    )
    found = []
    for build in builds:
        before, soak, after = _minutes(routes[build.pk])
        due = None
        if build.need_by is not None:
            day = datetime.combine(build.need_by, time(), PLANT) + timedelta(days=1 - road_days)
            due = day - timedelta(minutes=after)
        why = "held" if build.unit_id in held else ""
        found.append(WaitingRack(build, now + timedelta(minutes=before), due, soak, kept.get(build.pk), why))
    return found


def _minutes(route: Route) -> tuple[int, int, int]:
    """Standard minutes of what is undone before the burn-in, the soak, standard minutes of what comes after."""
    states = [state for state in route.operations if not state.is_done]
    burn = next(state.operation for state in states if state.operation.kind == "burn_in")
    before = sum(state.operation.standard_minutes for state in states if state.operation.number < burn.number)
    after = sum(state.operation.standard_minutes for state in states if state.operation.number > burn.number)
    return before, burn.soak_minutes or 0, after


def placement_question(
    now: datetime, waiting: Sequence[WaitingRack], urgent: Collection[int], *, again: bool
) -> Question:
    """What the proposal is asked: racks without a reservation, `again` those with one too (not begun). Seven queries.

    What is kept stays; a soak that has outlasted its reservation keeps its cell until its clock can be full."""
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    asked = [rack for rack in waiting if not rack.why and (again or rack.reservation is None)]
    shut: dict[int, tuple[tuple[datetime, datetime], ...]] = {}
    for outage in CellOutage.objects.filter(ended_at=None, period__endswith__gt=start).order_by("pk"):
        shut[outage.cell_id] = (*shut.get(outage.cell_id, ()), (outage.period.lower, outage.period.upper))
    moving = {rack.reservation.pk for rack in asked if rack.reservation is not None}
    kept = Reservation.objects.filter(cancelled_at=None, period__endswith__gt=start).exclude(pk__in=moving)
    there = [
        Kept(row.cell.code, row.period.lower, row.period.upper, row.kw, row.lpm)
        for row in kept.select_related("cell").order_by("pk")
    ]
    return Question(
        start,
        tuple(_waiting(rack, rack.build.pk in urgent) for rack in asked),
        tuple(
            Room(cell.code, cell.feed.code, cell.loop.code, cell.max_kw, cell.max_lpm, shut.get(cell.pk, ()))
            for cell in BurnInCell.objects.select_related("feed", "loop").order_by("order", "code")
        ),
        dict(Feed.objects.order_by("code").values_list("code", "capacity_kw")),
        {loop.code: (loop.capacity_kw, loop.capacity_lpm) for loop in Loop.objects.order_by("code")},
        (*there, *_outlasting(now, there)),
    )


def _waiting(rack: WaitingRack, urgent: bool) -> Waiting:
    model = rack.build.design.rack_model
    assert model is not None  # waiting_racks asks for it
    kept = rack.reservation
    return Waiting(
        rack.build.pk,
        model.planned_kw,
        model.planned_lpm,
        rack.minutes,
        rack.earliest,
        rack.build.started_at,
        rack.due,
        URGENT if urgent else 1,
        None if kept is None else (kept.cell.code, kept.period.lower),
    )


def _outlasting(now: datetime, kept: Sequence[Kept]) -> list[Kept]:
    """Soaks going on in cells that nothing is kept for any more, or not for long enough."""
    running = list(
        BurnInRun.objects.filter(ended_at=None).select_related("cell", "run__build__design__rack_model").order_by("pk")
    )
    clocks = soak_clocks(running)
    found = []
    for run in running:
        model = run.run.build.design.rack_model
        until = now + timedelta(minutes=max(60, run.soak_minutes_required - clocks[run.pk].minutes))
        ends = [row.to_at for row in kept if row.cell == run.cell.code and row.from_at <= now]
        begin = max([now, *ends])
        if model is not None and begin < until:
            found.append(Kept(run.cell.code, begin, until, model.planned_kw, model.planned_lpm))
    return found


@dataclass(frozen=True, slots=True)
class Supply:
    """A feed's or loop's load over time: (moment, sum) wherever it changes, against its limit."""

    kind: str
    code: str
    unit: str
    limit: Decimal
    steps: tuple[tuple[datetime, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A stretch of the plan. `soaking`: the builds that soak now, by their open runs."""

    from_at: datetime
    to_at: datetime
    cells: tuple[BurnInCell, ...]
    reservations: tuple[Reservation, ...]
    soaking: frozenset[tuple[int, int]]
    supplies: tuple[Supply, ...]
    outages: tuple[CellOutage, ...] = ()


def schedule_of(from_at: datetime, to_at: datetime) -> Schedule:
    """All cells with what is kept in the stretch, and the sums of every feed and loop. Six queries."""
    cells = list(BurnInCell.objects.select_related("feed", "loop").order_by("order", "code"))
    rows = list(
        Reservation.objects.filter(cancelled_at=None, period__overlap=DateTimeTZRange(from_at, to_at))
        .select_related("cell", "build__unit")
        .order_by("cell__order", "cell__code", "period")
    )
    soaking = BurnInRun.objects.filter(ended_at=None).values_list("cell_id", "run__build_id")
    supplies = [
        *(
            Supply("feed", feed.code, "kW", feed.capacity_kw, _steps(rows, "feed_id", feed.pk, "kw", (from_at, to_at)))
            for feed in Feed.objects.order_by("code")
        ),
        *(
            Supply("loop", loop.code, unit, limit, _steps(rows, "loop_id", loop.pk, need, (from_at, to_at)))
            for loop in Loop.objects.order_by("code")
            for unit, limit, need in (("kW", loop.capacity_kw, "kw"), ("L/min", loop.capacity_lpm, "lpm"))
        ),
    ]
    shut = CellOutage.objects.filter(ended_at=None, period__overlap=DateTimeTZRange(from_at, to_at))
    outages = tuple(shut.select_related("cell").order_by("cell__order", "cell__code", "period"))
    return Schedule(from_at, to_at, tuple(cells), tuple(rows), frozenset(soaking), tuple(supplies), outages)


def _steps(
    rows: Sequence[Reservation], owner: str, pk: int, need: str, span: tuple[datetime, datetime]
) -> tuple[tuple[datetime, Decimal], ...]:
    loads = [
        Load(max(row.period.lower, span[0]), min(row.period.upper, span[1]), row.kw, row.lpm)
        for row in rows
        if getattr(row.cell, owner) == pk
    ]
    moments = sorted({span[0], *(load.from_at for load in loads), *(load.to_at for load in loads)})
    return tuple(
        (at, sum((getattr(load, need) for load in loads if load.from_at <= at < load.to_at), Decimal(0)))
        for at in moments
        if at < span[1]
    )
