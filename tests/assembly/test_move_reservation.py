"""Moving a reserved rack to another cell or time, and carrying a plan of many out."""

from datetime import timedelta

import pytest

from assembly.models import Reservation
from assembly.operations.cell_room import BuildReserved, CellTaken, FeedFull
from assembly.operations.replanning import (
    NothingToPlace,
    RackNotWaiting,
    RackPlacing,
    ReservationMoved,
    move_reservation,
    place_racks,
)
from assembly.operations.reservations import (
    ReservationInUse,
    UnknownCell,
    UnknownReservation,
    WrongPeriod,
    reserve_cell,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import a_burn_in_room, a_soaking_rack, some_racks
from tests.cast import NOON, a_caller

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def keep(build, cell, start=0, hours=10):
    period = {"from_at": NOON + start * HOUR, "to_at": NOON + (start + hours) * HOUR}
    return reserve_cell(caller=a_caller("plan"), build_id=build.pk, cell_code=cell, **period)


def move(kept, cell, start, who="plan", **others):
    caller = a_caller(who, **others)
    return move_reservation(caller=caller, reservation_id=kept.pk, cell_code=cell, from_at=NOON + start * HOUR)


def state():
    return list(Reservation.objects.order_by("pk").values_list("pk", "cell__code", "period", "cancelled_at"))


def placing(build, cell, start=0, hours=10, instead_of=0):
    return RackPlacing(build.pk, cell, NOON + start * HOUR, NOON + (start + hours) * HOUR, instead_of)


def test_a_moved_rack_keeps_its_length_and_gives_its_old_cell_back():
    a_burn_in_room()
    one, two = some_racks(2)
    kept = keep(one, "A-01", 2)

    moved = move(kept, "A-02", 5, key="drop")

    assert (moved.cell.code, moved.period.lower, moved.period.upper) == ("A-02", NOON + 5 * HOUR, NOON + 15 * HOUR)
    event = Event.objects.get(pk=moved.event_id)
    assert (event.kind, event.payload["was"]["cell"], event.payload["cell"]) == (
        "assembly.reservation-moved", "A-01", "A-02",
    )  # fmt: skip
    assert keep(two, "A-01", 2).pk
    assert move(kept, "A-02", 5, key="drop").pk == moved.pk  # the same drop twice is one


def test_a_rack_moves_within_its_own_time_on_a_full_feed():
    """What it gives back counts for what it takes: by an hour, with no kilowatt to spare."""
    a_burn_in_room(feed_kw="300")
    one, two = some_racks(2)
    keep(one, "A-01")

    assert move(keep(two, "A-02"), "A-02", 1).period.lower == NOON + HOUR


def test_a_move_that_cannot_be_changes_nothing():
    a_burn_in_room(feed_kw="300")
    one, two, three = some_racks(3)
    kept, _other, late = keep(one, "A-01"), keep(two, "A-02"), keep(three, "A-03", 20)
    soaking = a_soaking_rack("B-01")
    in_use = Reservation.objects.get(build=soaking.run.build)
    a_caller("mei")
    before, events = state(), Event.objects.count()

    for refusal, call in (
        (CellTaken, lambda: move(late, "A-02", 3)),
        (FeedFull, lambda: move(late, "A-03", 9)),
        (UnknownCell, lambda: move(late, "Z-9", 30)),
        (WrongPeriod, lambda: move(late, "A-03", -20)),
        (ReservationInUse, lambda: move(in_use, "A-03", 40)),
        (NotPermitted, lambda: move(kept, "A-03", 30, who="mei")),
        (UnknownReservation, lambda: move(Reservation(pk=10**9), "A-03", 1)),
    ):
        with pytest.raises(refusal):
            call()

    assert (state(), Event.objects.count()) == (before, events)


def test_the_second_of_two_planners_is_told_where_the_rack_is_now():
    a_burn_in_room()
    (one,) = some_racks(1)
    kept = keep(one, "A-01")
    move(kept, "A-02", 3)

    with pytest.raises(ReservationMoved, match=r"A-02.*2026/11/20 15:00"):
        move(kept, "A-03", 4)


def test_a_plan_keeps_all_its_cells_and_moves_what_it_says():
    a_burn_in_room()
    one, two = some_racks(2)
    kept = keep(one, "A-01")

    done = place_racks(
        caller=a_caller("plan"), placings=[placing(one, "A-02", 1, instead_of=kept.pk), placing(two, "A-01", 1)]
    )

    rows = Reservation.objects.filter(cancelled_at=None).order_by("cell__code")
    assert [(row.cell.code, row.build_id) for row in rows] == [("A-01", two.pk), ("A-02", one.pk)]
    assert {row.pk for row in rows} == set(done["reservations"])


def test_a_plan_that_the_room_has_outgrown_is_refused_whole():
    a_burn_in_room()
    one, two, three = some_racks(3)
    kept = keep(three, "A-03")
    soaking = a_soaking_rack("B-01").run.build
    before, events = state(), Event.objects.count()

    for refusal, plan in (
        (CellTaken, [placing(one, "A-01"), placing(two, "A-03", 5)]),
        (CellTaken, [placing(one, "A-01"), placing(two, "A-01", 5)]),
        (BuildReserved, [placing(three, "A-01", 2)]),
        (ReservationMoved, [placing(one, "A-01"), placing(two, "A-02", instead_of=kept.pk)]),
        (RackNotWaiting, [placing(one, "A-01"), placing(soaking, "A-02", 90)]),
        (NothingToPlace, []),
        (NothingToPlace, [placing(one, "A-01"), placing(one, "A-02", 30)]),
        (WrongPeriod, [placing(one, "A-01", -20)]),
    ):
        with pytest.raises(refusal):
            place_racks(caller=a_caller("plan"), placings=plan)

    assert (state(), Event.objects.count()) == (before, events)
