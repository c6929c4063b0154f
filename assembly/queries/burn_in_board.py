"""The burn-in room as it is at a moment: cells, feeds, loops, alarms, what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from assembly.burn_in.drawing import Strip, strip_of
from assembly.burn_in.moments import micros
from assembly.burn_in.soak import Interval
from assembly.models import (
    Alarm,
    BurnInCell,
    BurnInRun,
    CellOutage,
    Nonconformity,
    Reservation,
)
from assembly.queries.burn_in import Known, SoakClock, clocks_of, known_of
from inventory.models import Hold


@dataclass(frozen=True, slots=True)
class CellState:
    """A cell at a moment. `state`: run, stale, alarm, cooling (ended, rack still in), hold, blocked (out of service, as
    `outage` says), reserved, free."""

    cell: BurnInCell
    state: str
    burn_in: BurnInRun | None
    clock: SoakClock | None
    strip: Strip | None
    latest: dict[str, float | None]
    alarms: tuple[Alarm, ...]
    reservation: Reservation | None
    next_reservation: Reservation | None
    outage: CellOutage | None = None

    def done_at(self, now: datetime) -> datetime | None:
        """When the soak is long enough if nothing stops it."""
        if self.clock is None or self.burn_in is None or self.state != "run":
            return None
        return now + timedelta(minutes=max(0, self.burn_in.soak_minutes_required - self.clock.minutes))


@dataclass(frozen=True, slots=True)
class Supply:
    """A feed or loop: what is used now (last values; planned where none came), kept beyond that, and its limit."""

    code: str
    unit: str
    used: float
    kept: float
    limit: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """The whole room."""

    cells: tuple[CellState, ...]
    feeds: tuple[Supply, ...]
    loops: tuple[Supply, ...]
    alarms: tuple[Alarm, ...]
    open_reports: dict[int, str]
    coming: tuple[Reservation, ...]
    last_sample_at: datetime | None


def burn_in_board(now: datetime) -> Board:
    """The room at a moment; the same number of queries however many cells."""
    cells = list(BurnInCell.objects.select_related("feed", "loop").order_by("order", "code"))
    running = _running()
    known = known_of(running)
    clocks, alarms = clocks_of(running, known), known.alarms
    kept = list(
        Reservation.objects.filter(cancelled_at=None, period__endswith__gt=now)
        .select_related("cell", "build__unit")
        .order_by("period", "id")
    )
    strips = _strips(running, known, now, clocks)
    held = set(
        Hold.objects.filter(released_at=None, unit_id__in=[row.run.build.unit_id for row in running]).values_list(
            "unit_id", flat=True
        )
    )
    by_cell = {row.cell_id: row for row in running}
    out = CellOutage.objects.filter(ended_at=None, period__contains=now)
    outages = {row.cell_id: row for row in out.order_by("pk")}
    states = []
    for cell in cells:
        burn_in = by_cell.get(cell.pk)
        mine = [row for row in kept if row.cell_id == cell.pk]
        now_kept = next((row for row in mine if row.period.lower <= now), None)
        later = next((row for row in mine if row.period.lower > now), None)
        clock = clocks[burn_in.pk] if burn_in else None
        states.append(
            CellState(
                cell,
                "blocked" if cell.pk in outages else _state(burn_in, clock, now_kept or later, now, held),
                burn_in,
                clock,
                strips[burn_in.pk] if burn_in else None,
                dict(known.last[burn_in.pk][1]) if burn_in and burn_in.pk in known.last else {},
                tuple(alarm for alarm in alarms if burn_in and alarm.burn_in_id == burn_in.pk),
                now_kept,
                later,
                outages.get(cell.pk),
            )
        )
    samples = [clock.last_sample_at for clock in clocks.values() if clock.last_sample_at]
    return Board(
        tuple(states),
        _feeds(states),
        _loops(states),
        tuple(alarms),
        _reports(running),
        tuple(row for row in kept if row.period.lower > now),
        max(samples, default=None),
    )


def _running() -> list[BurnInRun]:
    """The open runs, and those that ended while their rack still stands in the cell."""
    runs = BurnInRun.objects.select_related("cell", "run__build__unit", "run__operation")
    found = list(runs.filter(ended_at=None))
    busy = {row.cell_id for row in found}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (b.cell_id) b.id FROM assembly_burninrun b"
            " JOIN assembly_burnincell c ON c.id = b.cell_id"
            " JOIN assembly_operationrun r ON r.id = b.run_id JOIN assembly_build d ON d.id = r.build_id"
            " JOIN inventory_location l ON l.code = c.code"
            " JOIN inventory_placement p ON p.unit_id = d.unit_id AND p.location_id = l.id AND p.to_at IS NULL"
            " WHERE b.ended_at IS NOT NULL ORDER BY b.cell_id, b.ended_at DESC"
        )
        cooling = [row[0] for row in cursor.fetchall()]
    return found + [row for row in runs.filter(pk__in=cooling) if row.cell_id not in busy]


def _state(
    burn_in: BurnInRun | None, clock: SoakClock | None, kept: Reservation | None, now: datetime, held: set[int]
) -> str:
    if burn_in is None or clock is None:
        return "reserved" if kept else "free"
    state = clock.state_at(now)
    if state == "ended":
        return "cooling"
    if burn_in.run.build.unit_id in held and state != "alarm":
        return "hold"
    return state


def _strips(
    running: Sequence[BurnInRun], known: Known, now: datetime, clocks: dict[int, SoakClock]
) -> dict[int, Strip]:
    raised: dict[int, list[Interval]] = defaultdict(list)
    for alarm in known.alarms:
        if alarm.series.index is not None:
            raised[alarm.burn_in_id].append(Interval(micros(alarm.started_at), micros(alarm.cleared_at or now)))
    intervals = {
        pk: [Interval(micros(from_at), micros(to_at)) for from_at, to_at in spans]
        for pk, spans in known.intervals.items()
    }
    return {
        row.pk: strip_of(
            intervals.get(row.pk, []),
            raised[row.pk],
            micros(row.started_at),
            micros(row.ended_at or clocks[row.pk].known_until(now)),
            row.soak_minutes_required,
        )
        for row in running
    }


def _reports(running: Sequence[BurnInRun]) -> dict[int, str]:
    """The undecided nonconformity of each build, if there is one."""
    rows = Nonconformity.objects.filter(build__in=[row.run.build_id for row in running], disposition=None)
    return dict(rows.order_by("-id").values_list("build_id", "number"))


def _feeds(states: Sequence[CellState]) -> tuple[Supply, ...]:
    found = []
    for feed in sorted({state.cell.feed for state in states}, key=lambda feed: feed.code):
        mine = [state for state in states if state.cell.feed_id == feed.pk]
        used = sum(_used(state, "RackPower", state.reservation.kw if state.reservation else None) for state in mine)
        kept = sum(float(state.reservation.kw) for state in mine if _only_kept(state) and state.reservation)
        found.append(Supply(feed.code, "kW", used, kept, float(feed.capacity_kw), _codes(mine)))
    return tuple(found)


def _loops(states: Sequence[CellState]) -> tuple[Supply, ...]:
    found = []
    for loop in sorted({state.cell.loop for state in states}, key=lambda loop: loop.code):
        mine = [state for state in states if state.cell.loop_id == loop.pk]
        used = sum(
            _used(state, "RackLiquidFlow", state.reservation.lpm if state.reservation else None) for state in mine
        )
        kept = sum(float(state.reservation.lpm) for state in mine if _only_kept(state) and state.reservation)
        found.append(Supply(loop.code, "L/min", used, kept, float(loop.capacity_lpm), _codes(mine)))
    return tuple(found)


def _used(state: CellState, series: str, planned: Decimal | None) -> float:
    if state.burn_in is None or state.burn_in.ended_at is not None:
        return 0.0
    value = state.latest.get(series)
    return value if value is not None else float(planned or 0)


def _only_kept(state: CellState) -> bool:
    return state.burn_in is None or state.burn_in.ended_at is not None


def _codes(states: Sequence[CellState]) -> tuple[str, ...]:
    return tuple(state.cell.code for state in states)
