"""Changing the burn-in room's plan: one rack to another cell or time, or many racks by a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from assembly.models import Build, Reservation
from assembly.operations.cell_room import Wish
from assembly.operations.reservations import (
    UnknownReservation,
    cancel_many,
    cells_by_code,
    drafts_of,
    known_builds,
    lock_plant,
    refuse_in_use,
    refuse_period,
    reserve_many,
    told,
)
from assembly.queries.waiting_racks import waiting_of
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class ReservationMoved(UnknownReservation):
    """Somebody moved the rack, or gave its cell back, after it was read."""


class NothingToPlace(Refusal):
    """A plan without racks, or one that names a rack twice."""


class RackNotWaiting(Refusal):
    """A rack of the plan soaks already, has passed its burn-in, or is in the making no more."""


@dataclass(frozen=True, slots=True)
class RackPlacing:
    """A rack of a plan: its cell from (included) to (not included); `instead_of` is the reservation that it gives back
    for it (0: it has none)."""

    build_id: int
    cell_code: str
    from_at: datetime
    to_at: datetime
    instead_of: int = 0


@operation(permission="assembly.run_burn_in", returns=Reservation, deferred=True)
def move_reservation(*, caller: Caller, reservation_id: int, cell_code: str, from_at: datetime) -> Reservation:
    """Keep another cell or another time, as long as before, for the rack of a reservation; the old one is given back in
    the same moment. A reservation is never rewritten, so its number says which state was seen: of two planners who move
    one rack, the second is told where it is now. Locks the build, then cells, feeds, loops.

    Refuses ReservationMoved, UnknownReservation, ReservationInUse, UnknownCell, WrongPeriod, BuildReserved,
    CellTooSmall, CellTaken, FeedFull, LoopFull."""
    build_id = Reservation.objects.filter(pk=reservation_id).values_list("build_id", flat=True).first()
    if build_id is None:
        raise UnknownReservation(_("There is no such open reservation."), true=_("Nothing was recorded."))
    build = known_builds([build_id])[build_id]
    kept = _open_of(build, reservation_id)
    refuse_in_use(caller, build, kept)
    cell = cells_by_code([cell_code])[cell_code]
    was = {"cell": kept.cell.code, "from": kept.period.lower, "to": kept.period.upper, "reservation": kept.pk}
    to_at = from_at + (kept.period.upper - kept.period.lower)
    refuse_period(caller, from_at, to_at)
    lock_plant([kept.cell_id, cell.pk])

    cancel_many(caller, [kept])
    wish = Wish(build, cell, from_at, to_at)
    moved = drafts_of([wish])[0]
    facts = told(wish) | {"was": was}
    moved.event_id = record_many(caller, "assembly.reservation-moved", [Happening(build, facts)])[0]
    moved.save()
    return moved


@operation(permission="assembly.run_burn_in", deferred=True)
def place_racks(*, caller: Caller, placings: list[RackPlacing]) -> dict[str, list[int]]:
    """Carry a plan out: keep its cells for its racks, all or none. What has changed since the plan was made refuses it,
    named; nothing is recorded then. Locks the builds, then cells, feeds, loops.

    Refuses NothingToPlace, UnknownBuild, UnknownCell, RackNotWaiting, ReservationMoved, ReservationInUse, WrongPeriod,
    BuildReserved, CellTooSmall, CellTaken, FeedFull, LoopFull."""
    _refuse_odd(placings)
    builds = known_builds(placing.build_id for placing in placings)
    cells = cells_by_code(placing.cell_code for placing in placings)
    _refuse_busy(builds)
    for placing in placings:
        refuse_period(caller, placing.from_at, placing.to_at)
    old = [_open_of(builds[one.build_id], one.instead_of) for one in placings if one.instead_of]
    for kept in old:
        refuse_in_use(caller, builds[kept.build_id], kept)
    lock_plant([cell.pk for cell in cells.values()] + [kept.cell_id for kept in old])

    record_many(
        caller,
        "assembly.reservation-cancelled",
        [Happening(builds[kept.build_id], {"cell": kept.cell.code, "reservation": kept.pk}) for kept in old],
    )
    cancel_many(caller, old)
    wishes = [Wish(builds[one.build_id], cells[one.cell_code], one.from_at, one.to_at) for one in placings]
    return {"reservations": [row.pk for row in reserve_many(caller, wishes)]}


def _refuse_odd(placings: Sequence[RackPlacing]) -> None:
    if not placings:
        raise NothingToPlace(_("The plan names no rack."), do=_("Tick the racks that shall have their cells."))
    if len({placing.build_id for placing in placings}) != len(placings):
        raise NothingToPlace(_("The plan names a rack twice."), true=_("Nothing was recorded."))


def _refuse_busy(builds: dict[int, Build]) -> None:
    waiting = waiting_of(builds)
    busy = next((build for pk, build in sorted(builds.items()) if pk not in waiting), None)
    if busy is not None:
        raise RackNotWaiting(
            _("%(rack)s waits for no burn-in any more.") % {"rack": busy.unit.name},
            true=_("Nothing was recorded."),
            do=_("Ask for a new proposal."),
        )


def _open_of(build: Build, reservation_id: int) -> Reservation:
    """The open reservation of a (locked) build. Refuses ReservationMoved, with where the rack is kept now."""
    mine = Reservation.objects.select_related("cell").filter(build=build, cancelled_at=None)
    found = mine.filter(pk=reservation_id).first()
    if found is not None:
        return found
    now = mine.order_by("-pk").first()
    if now is None:
        say = _("The reservation of %(rack)s was given back meanwhile.") % {"rack": build.unit.name}
    else:
        say = _("%(rack)s was moved meanwhile: it has cell %(cell)s from %(at)s.") % {
            "rack": build.unit.name,
            "cell": now.cell.code,
            "at": timezone.localtime(now.period.lower).strftime("%Y/%m/%d %H:%M"),
        }
    raise ReservationMoved(say, true=_("Nothing was recorded."), do=_("Look at the board as it is now."))
