"""Keeping a cell for a rack: power and coolant are shared, so the sums per feed and loop are kept at every moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from assembly.models import Build, BurnInCell, BurnInRun, Feed, Loop, Reservation
from assembly.operations.cell_room import CellTaken, FeedFull, Wish, outages_in, refuse_blocked, refuse_wish
from assembly.operations.runs import lock_builds
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class UnknownCell(Refusal):
    """There is no burn-in cell of that code."""


class WrongPeriod(Refusal):
    """The period ends before it begins, or is over."""


class UnknownReservation(Refusal):
    """There is no such open reservation."""


class ReservationInUse(Refusal):
    """The rack is soaking on this reservation."""


@operation(permission="assembly.run_burn_in", returns=Reservation, deferred=True)
def reserve_cell(*, caller: Caller, build_id: int, cell_code: str, from_at: datetime, to_at: datetime) -> Reservation:
    """Keep a cell for a rack over a period, at the planned kW and L/min of its model. Locks the build, then cell, feed,
    loop.

    Refuses UnknownCell, NotARack, WrongPeriod, CellBlocked, BuildReserved, CellTooSmall, CellTaken, FeedFull,
    LoopFull."""
    build = known_builds([build_id])[build_id]
    refuse_period(caller, from_at, to_at)
    cell = cells_by_code([cell_code])[cell_code]
    return reserve_many(caller, [Wish(build, cell, from_at, to_at)])[0]


@operation(permission="assembly.run_burn_in", returns=Reservation)
def cancel_reservation(*, caller: Caller, reservation_id: int) -> Reservation:
    """Give a kept cell back. Locks the reservation's build.

    Refuses UnknownReservation, ReservationInUse."""
    build_id = Reservation.objects.filter(pk=reservation_id).values_list("build_id", flat=True).first()
    build = lock_builds([build_id])[build_id] if build_id else None
    kept = Reservation.objects.select_related("cell").filter(pk=reservation_id, cancelled_at=None).first()
    if build is None or kept is None:
        raise UnknownReservation(_("There is no such open reservation."), true=_("Nothing was recorded."))
    refuse_in_use(caller, build, kept)

    event = record(caller, "assembly.reservation-cancelled", build, cell=kept.cell.code, reservation=kept.pk)
    cancel_many(caller, [kept])
    kept.event_id = event
    return kept


def reserve_many(caller: Caller, wishes: Sequence[Wish]) -> list[Reservation]:
    """Step: keep cells for (locked) builds, all or none; locks cells, feeds, loops, by key within a kind."""
    drafts = drafts_of(wishes)
    events = record_many(caller, "assembly.cell-reserved", [Happening(wish.build, told(wish)) for wish in wishes])
    for draft, event in zip(drafts, events, strict=True):
        draft.event_id = event
    return Reservation.objects.bulk_create(drafts)


def drafts_of(wishes: Sequence[Wish]) -> list[Reservation]:
    """Step: what these wishes would keep, unsaved; locks cells, feeds, loops. Refuses what does not fit.

    What a period has is read under the locks; a wish counts for those after it."""
    lock_plant([wish.cell.pk for wish in wishes])
    span = min(wish.from_at for wish in wishes), max(wish.to_at for wish in wishes)
    kept, outages = _kept(*span), outages_in(*span)
    drafts = []
    for wish in wishes:
        refuse_blocked(wish, outages, kept)
        refuse_wish(wish, kept)
        drafts.append(_draft(wish))
        kept.append(drafts[-1])
    return drafts


def told(wish: Wish) -> dict[str, object]:
    """What the event of a reservation says."""
    return {"cell": wish.cell.code, "from": wish.from_at, "to": wish.to_at, "kw": wish.kw, "lpm": wish.lpm}


def cancel_many(caller: Caller, kept: Iterable[Reservation]) -> None:
    """Step: give these back; the builds are locked."""
    Reservation.objects.filter(pk__in=[row.pk for row in kept], cancelled_at=None).update(
        cancelled_at=caller.happened_at
    )


def lock_plant(cell_ids: Iterable[int]) -> None:
    """Step: lock cells, then their feeds, then their loops, by key: whoever adds to a sum waits here."""
    cells = BurnInCell.objects.filter(pk__in=set(cell_ids))
    for rows in (
        cells.order_by("pk"),
        Feed.objects.filter(cells__in=list(cell_ids)).order_by("pk"),
        Loop.objects.filter(cells__in=list(cell_ids)).order_by("pk"),
    ):
        list(rows.select_for_update(no_key=True, of=("self",)))


def known_builds(build_ids: Iterable[int]) -> dict[int, Build]:
    """Step: lock builds by key, with what their planning needs. Refuses UnknownBuild."""
    return lock_builds(build_ids)


def cells_by_code(codes: Iterable[str]) -> dict[str, BurnInCell]:
    """Step: cells by their codes, with feed and loop. Refuses UnknownCell."""
    wanted = set(codes)
    found = {cell.code: cell for cell in BurnInCell.objects.filter(code__in=wanted).select_related("feed", "loop")}
    missing = sorted(wanted - set(found))
    if missing:
        raise UnknownCell(
            _("There is no burn-in cell %(code)s.") % {"code": missing[0][:40]}, do=_("Choose a cell from the board.")
        )
    return found


def refuse_period(caller: Caller, from_at: datetime, to_at: datetime) -> None:
    """Step: refuse WrongPeriod for one that is over, or ends before it begins."""
    if from_at >= to_at or to_at <= caller.happened_at:
        raise WrongPeriod(
            _("The period ends before it begins, or is over already."), do=_("Choose a period that lies ahead.")
        )


def refuse_in_use(caller: Caller, build: Build, kept: Reservation) -> None:
    """Step: refuse ReservationInUse for the cell in which the (locked) build soaks."""
    using = BurnInRun.objects.filter(run__build=build, cell=kept.cell, ended_at=None)
    if kept.period.lower <= caller.happened_at < kept.period.upper and using.exists():
        raise ReservationInUse(
            _("%(rack)s is soaking in cell %(cell)s.") % {"rack": build.unit.name, "cell": kept.cell.code},
            true=_("Nothing was recorded."),
            do=_("End the burn-in first."),
        )


def _kept(from_at: datetime, to_at: datetime) -> list[Reservation]:
    near = Reservation.objects.filter(cancelled_at=None, period__overlap=DateTimeTZRange(from_at, to_at))
    return list(near.select_related("cell", "build__unit").order_by("id"))


def _draft(wish: Wish) -> Reservation:
    return Reservation(
        cell=wish.cell,
        build=wish.build,
        period=DateTimeTZRange(wish.from_at, wish.to_at),
        kw=wish.kw,
        lpm=wish.lpm,
        event_id=0,
    )


wall(
    "cell_holds_one_rack_at_a_time",
    lambda: CellTaken(_("The cell was reserved at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "reservation_has_a_beginning_and_an_end",
    lambda: WrongPeriod(_("The period ends before it begins, or is over already."), true=_("Nothing was recorded.")),
)
wall(
    "reservations_stay_within_capacity",
    lambda: FeedFull(_("The feed or loop was taken at the same moment."), true=_("Nothing was recorded.")),
)
