"""Soaking a rack in a cell: start, stop with a verdict from the stored samples, abort. Single and bulk by one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from assembly.models import Build, BurnInCell, BurnInRun, OperationRun, Reservation
from assembly.operations.burn_in_ending import end_burn_ins
from assembly.operations.cell_room import CellTaken, Wish, outages_in, refuse_blocked
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.reservations import (
    cancel_many,
    cells_by_code,
    known_builds,
    lock_plant,
    reserve_many,
)
from assembly.operations.runs import AlreadyRunning, RunStart, UnknownOperation, start_many
from assembly.operations.soak_gates import refuse_gates
from assembly.queries.burn_in_plan import MARGIN
from inventory.models import Location
from inventory.operations.finding import Whereabouts, lock_units
from inventory.operations.placements import Move, place, refuse_unmovable
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class CellWithoutLocation(Refusal):
    """The cell has no location to put the rack at."""


@dataclass(frozen=True, slots=True)
class BurnInStart:
    """Start the burn-in of a build in a cell."""

    build_id: int
    cell_code: str


@operation(permission="assembly.run_burn_in", returns=BurnInRun, deferred=True)
def start_burn_in(*, caller: Caller, build_id: int, cell_code: str) -> BurnInRun:
    """Move the rack into the cell and start its burn-in operation and the soak clock; keeps the cell from now until
    soak and 12 hours are over, if no reservation of the rack covers this moment. A burn-in operation that was started
    at a station already is taken over. Locks the build, the rack, then cell, feed, loop.

    Refuses as runs.start_run and reserve_cell do; LeakTestNotDone, FirmwareNotMet, CellTaken, AlreadyRunning,
    UnknownOperation, CellWithoutLocation."""
    return start_cells(caller, [BurnInStart(build_id, cell_code)])[0]


@operation(permission="assembly.run_burn_in", deferred=True)
def start_burn_ins(*, caller: Caller, starts: list[BurnInStart]) -> dict[str, list[int]]:
    """Start many burn-ins, all or none; refuses as start_burn_in does."""
    return {"burn_ins": [row.pk for row in start_cells(caller, starts)]}


@operation(permission="assembly.run_burn_in", returns=BurnInRun, deferred=True)
def stop_burn_in(*, caller: Caller, build_id: int) -> BurnInRun:
    """End a burn-in and judge it from its stored samples and gaps alone: passed when the clock has run long enough, no
    alarm is open and no leak was seen. Locks the build, the cell, the burn-in run. Refuses NothingSoaks."""
    return stop_many(caller, [build_id])[0]


@operation(permission="assembly.run_burn_in", deferred=True)
def stop_burn_ins(*, caller: Caller, build_ids: list[int]) -> dict[str, list[int]]:
    """End and judge many burn-ins, all or none; refuses as stop_burn_in does."""
    return {"burn_ins": [row.pk for row in stop_many(caller, build_ids)]}


@operation(permission="assembly.run_burn_in", returns=BurnInRun, deferred=True)
def abort_burn_in(*, caller: Caller, build_id: int, reason: str) -> BurnInRun:
    """Break a burn-in off, without a verdict of ours; its operation run ends as aborted and may be started again.
    Locks as stop_burn_in. Refuses NothingSoaks, ReasonWanted."""
    if not reason.strip():
        raise ReasonWanted(_("An abort needs a reason."), do=_("Say why the burn-in ends."))
    return end_burn_ins(caller, [build_id], reason.strip())[0]


def start_cells(caller: Caller, starts: Sequence[BurnInStart]) -> list[BurnInRun]:
    """Step: start burn-ins in cells; locks builds, racks, cells, feeds, loops."""
    builds = known_builds(start.build_id for start in starts)
    cells = cells_by_code(start.cell_code for start in starts)
    pairs = [(builds[start.build_id], cells[start.cell_code]) for start in starts]
    refuse_gates([build for build, _cell in pairs])
    runs = _operation_runs(caller, [build for build, _cell in pairs])
    here = lock_units([build.unit_id for build, _cell in pairs])
    lock_plant([cell.pk for _build, cell in pairs])
    _refuse_occupied(pairs, runs)
    _refuse_out_of_service(caller, pairs)
    _move_in(caller, pairs, here)
    _keep_cells(caller, pairs, runs)

    events = record_many(
        caller,
        "assembly.burn-in-started",
        [
            Happening(build, {"cell": cell.code, "soak_minutes": run.operation.soak_minutes, "run": run.pk})
            for (build, cell), run in zip(pairs, runs, strict=True)
        ],
    )
    return BurnInRun.objects.bulk_create(
        [
            BurnInRun(
                run=run,
                cell=cell,
                soak_minutes_required=run.operation.soak_minutes or 0,
                started_at=caller.happened_at,
                event_id=event,
            )
            for (_build, cell), run, event in zip(pairs, runs, events, strict=True)
        ]
    )


def stop_many(caller: Caller, build_ids: Sequence[int]) -> list[BurnInRun]:
    """Step: end and judge the burn-ins of these builds; locks builds, cells, burn-in runs."""
    return end_burn_ins(caller, build_ids, "")


def _operation_runs(caller: Caller, builds: Sequence[Build]) -> list[OperationRun]:
    """The open runs of the builds' burn-in operations: those at work, and the others started now."""
    numbers = _burn_in_numbers(builds)
    at_work = {run.build_id: run for run in _open_runs(builds)}
    waiting = [RunStart(build.pk, numbers[build.pk]) for build in builds if build.pk not in at_work]
    if waiting:
        start_many(caller, waiting)
        at_work = {run.build_id: run for run in _open_runs(builds)}
    return [at_work[build.pk] for build in builds]


def _open_runs(builds: Sequence[Build]) -> list[OperationRun]:
    runs = OperationRun.objects.filter(build__in=builds, operation__kind="burn_in", finished_at=None)
    return list(runs.select_related("operation"))


def _burn_in_numbers(builds: Sequence[Build]) -> dict[int, int]:
    numbers = dict(
        Build.objects.filter(pk__in=[build.pk for build in builds], design__routing__operations__kind="burn_in")
        .order_by("-design__routing__operations__number")
        .values_list("pk", "design__routing__operations__number")
    )
    for build in builds:
        if build.pk not in numbers:
            raise UnknownOperation(_("The route of %(unit)s has no burn-in.") % {"unit": build.unit.name})
    return numbers


def _refuse_occupied(pairs: Sequence[tuple[Build, BurnInCell]], runs: Sequence[OperationRun]) -> None:
    for run, (build, _cell) in zip(runs, pairs, strict=True):
        if BurnInRun.objects.filter(run=run).exists():
            raise AlreadyRunning(
                _("The burn-in of %(rack)s was started already.") % {"rack": build.unit.name},
                true=_("Nothing was recorded."),
                do=_("Open its cell on the board."),
            )
    soaking = BurnInRun.objects.filter(cell__in=[cell for _build, cell in pairs], ended_at=None)
    other = soaking.select_related("cell", "run__build__unit").first()
    if other is not None:
        raise CellTaken(
            _("%(rack)s is soaking in cell %(cell)s.") % {"rack": other.run.build.unit.name, "cell": other.cell.code},
            true=_("Nothing was recorded."),
            do=_("Choose a free cell from the board."),
        )


def _refuse_out_of_service(caller: Caller, pairs: Sequence[tuple[Build, BurnInCell]]) -> None:
    """Also for a rack that has the cell reserved: its reservation may begin only after the outage."""
    outages = outages_in(caller.happened_at, caller.happened_at + timedelta(minutes=1))
    for build, cell in pairs:
        refuse_blocked(Wish(build, cell, caller.happened_at, caller.happened_at + timedelta(minutes=1)), outages, [])


def _move_in(caller: Caller, pairs: Sequence[tuple[Build, BurnInCell]], here: dict[int, Whereabouts]) -> None:
    """Place the (locked) racks at their cells; one that stands there already stays."""
    places = {place.code: place for place in Location.objects.filter(code__in=[cell.code for _b, cell in pairs])}
    moving = []
    for build, cell in pairs:
        if cell.code not in places:
            raise CellWithoutLocation(_("Cell %(cell)s has no location.") % {"cell": cell.code})
        was = refuse_unmovable(here[build.unit_id])
        if was.placement is not None and was.placement.location_id != places[cell.code].pk:
            moving.append((was, places[cell.code]))
    events = record_many(
        caller,
        "inventory.unit-moved",
        [
            Happening(
                was.unit,
                {
                    "from": was.placement.location.code if was.placement and was.placement.location else "",
                    "to": there.code,
                    "why": "burn-in",
                },
            )
            for was, there in moving
        ],
    )
    place(
        caller,
        [
            Move(unit=was.unit, event_id=event, location_id=there.pk, was=was.placement, why="burn-in")
            for (was, there), event in zip(moving, events, strict=True)
        ],
    )


def _keep_cells(caller: Caller, pairs: Sequence[tuple[Build, BurnInCell]], runs: Sequence[OperationRun]) -> None:
    """A reservation for every rack that has none covering now; its other ones in that period are given back."""
    now = caller.happened_at
    wishes, freed = [], []
    for (build, cell), run in zip(pairs, runs, strict=True):
        until = now + timedelta(minutes=run.operation.soak_minutes or 0) + MARGIN
        mine = Reservation.objects.filter(build=build, cancelled_at=None, period__overlap=DateTimeTZRange(now, until))
        if not any(row.cell_id == cell.pk and row.period.lower <= now for row in mine):
            freed += list(mine)
            wishes.append(Wish(build, cell, now, until))
    cancel_many(caller, freed)
    if wishes:
        reserve_many(caller, wishes)


wall(
    "cell_runs_one_rack",
    lambda: CellTaken(_("Another rack was started in this cell at the same moment."), true=_("Nothing was recorded.")),
)
