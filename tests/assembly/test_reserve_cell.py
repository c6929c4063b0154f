"""Keeping cells: sums per feed and loop at every moment, and the race for the last kilowatt."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from assembly.models import BurnInCell, Reservation
from assembly.operations.cell_room import BuildReserved, CellTaken, CellTooSmall, FeedFull, LoopFull, NotARack
from assembly.operations.reservations import (
    ReservationInUse,
    UnknownReservation,
    WrongPeriod,
    cancel_reservation,
    reserve_cell,
)
from ledger.models import Event
from ledger.operations import WALLS
from ledger.refusals import NotPermitted, Refusal
from tests.assembly.burn_in_world import a_burn_in_room, a_rack, a_soaking_rack, a_tray_with_superchips, some_racks
from tests.cast import NOON, a_caller

HOUR = timedelta(hours=1)


def reserve(build, cell, start=0, hours=10, who="plan"):
    return reserve_cell(
        caller=a_caller(who),
        build_id=build.pk,
        cell_code=cell,
        from_at=NOON + start * HOUR,
        to_at=NOON + (start + hours) * HOUR,
    )


@pytest.mark.django_db
def test_a_cell_is_kept_at_the_models_planned_figures():
    a_burn_in_room()
    build = a_rack()

    kept = reserve(build, "A-01")

    assert (kept.kw, kept.lpm) == (Decimal(142), Decimal(213))
    event = Event.objects.get(pk=kept.event_id)
    assert (event.kind, event.subject_id) == ("assembly.cell-reserved", build.pk)


@pytest.mark.django_db
def test_a_full_feed_says_how_much_is_left_and_where_there_is_room():
    a_burn_in_room(feed_kw="300")
    one, two, three = some_racks(3)
    reserve(one, "A-01")
    reserve(two, "A-02")

    with pytest.raises(FeedFull) as refused:
        reserve(three, "A-03")

    assert "F1" in refused.value.say and "284" in refused.value.say and "16 kW" in refused.value.true
    assert "B-01" in refused.value.do and Reservation.objects.count() == 2
    assert reserve(three, "A-03", start=10).pk


@pytest.mark.django_db
def test_a_full_loop_is_refused_by_its_flow():
    a_burn_in_room(lpm="400")
    one, two = some_racks(2)
    reserve(one, "A-01")

    with pytest.raises(LoopFull, match=r"400 L/min.*213 L/min|213 of 400"):
        reserve(two, "A-02")


@pytest.mark.django_db
def test_the_period_counts_moment_by_moment_not_in_sum():
    a_burn_in_room(feed_kw="300")
    one, two, three = some_racks(3)
    reserve(one, "A-01", 0, 5)
    reserve(two, "A-02", 5, 5)

    assert reserve(three, "A-03", 0, 10).pk


@pytest.mark.django_db
def test_what_cannot_be_kept_is_refused_and_changes_nothing():
    a_burn_in_room()
    one, two = some_racks(2)
    reserve(one, "A-01")
    tray = a_tray_with_superchips(testing=False)
    for refusal, call in (
        (CellTaken, lambda: reserve(two, "A-01", 5)),
        (BuildReserved, lambda: reserve(one, "A-02", 9)),
        (WrongPeriod, lambda: reserve(two, "A-02", 0, 0)),
        (WrongPeriod, lambda: reserve(two, "A-02", -9, 5)),
        (NotARack, lambda: reserve(tray, "A-02")),
        (NotPermitted, lambda: reserve(two, "A-02", who="mei")),
    ):
        with pytest.raises(refusal):
            call()
    BurnInCell.objects.filter(code="A-03").update(max_kw=100)
    with pytest.raises(CellTooSmall):
        reserve(two, "A-03")

    assert Reservation.objects.count() == 1


@pytest.mark.django_db
def test_periods_that_touch_do_not_overlap():
    a_burn_in_room()
    one, two = some_racks(2)
    reserve(one, "A-01", 0, 5)

    assert reserve(two, "A-01", 5, 5).pk


@pytest.mark.django_db
def test_a_cancelled_reservation_frees_its_cell_once():
    a_burn_in_room()
    one, two = some_racks(2)
    kept = reserve(one, "A-01")

    cancel_reservation(caller=a_caller("plan"), reservation_id=kept.pk)

    assert reserve(two, "A-01").pk
    with pytest.raises(UnknownReservation):
        cancel_reservation(caller=a_caller("plan"), reservation_id=kept.pk)
    with pytest.raises(UnknownReservation):
        cancel_reservation(caller=a_caller("plan"), reservation_id=10**9)


@pytest.mark.django_db
def test_a_reservation_in_use_stays():
    burn_in = a_soaking_rack()
    kept = Reservation.objects.get(build=burn_in.run.build)

    with pytest.raises(ReservationInUse):
        cancel_reservation(caller=a_caller("plan"), reservation_id=kept.pk)


def go_round(build, cell):
    """A reservation without the operation."""
    Reservation.objects.create(
        cell=BurnInCell.objects.get(code=cell),
        build=build,
        kw=142,
        lpm=213,
        event_id=1,
        period=DateTimeTZRange(NOON, NOON + HOUR),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
@pytest.mark.parametrize("cell", ["A-01", "A-03"])
def test_the_walls_stand_behind_the_operation(cell):
    a_burn_in_room(feed_kw="300")
    one, two, three = some_racks(3)
    reserve(one, "A-01")
    reserve(two, "A-02")

    with pytest.raises(IntegrityError) as fault, transaction.atomic():
        go_round(three, cell)

    name = fault.value.__cause__.diag.constraint_name
    wanted = "cell_holds_one_rack_at_a_time" if cell == "A-01" else "reservations_stay_within_capacity"
    assert name == wanted and isinstance(WALLS[name](), Refusal)
