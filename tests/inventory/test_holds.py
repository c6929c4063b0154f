"""place_hold, place_holds, release_hold: what may not move on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from inventory.models import Hold
from inventory.operations.finding import AmbiguousSerial, UnitHeld, UnknownSerial
from inventory.operations.holds import (
    AlreadyHeld,
    HoldReleased,
    ReasonMissing,
    UnknownHold,
    place_hold,
    place_holds,
    release_hold,
    stop_unit,
)
from inventory.operations.placements import move_units
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller, tanaka
from tests.inventory.unchanged import refused
from tests.world import a_location, a_lot, a_part, a_unit, received_units

pytestmark = pytest.mark.django_db


def test_held_unit_is_moved_inside_the_plant_and_leaves_it_only_when_it_is_released() -> None:
    unit = a_unit()
    a_location("QUARANTINE-1", "quarantine")
    a_location("TRUCK-1", "vehicle")

    hold = place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="Scratch on the cold plate")

    assert (hold.unit, hold.placed_by, hold.placed_at) == (unit, tanaka(), NOON)
    assert hold.placed_event_id == Event.objects.get(kind="inventory.hold-placed", subject_id=unit.pk).pk
    move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="QUARANTINE-1")
    with refused(UnitHeld) as caught:
        move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="TRUCK-1")
    assert hold.number in caught.value.true

    released = release_hold(caller=a_caller("tanaka"), number=hold.number, reason="Polished")

    assert (released.released_by, released.release_reason) == (tanaka(), "Polished")
    assert Event.objects.get(pk=released.released_event_id).kind == "inventory.hold-released"
    move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="TRUCK-1")


def test_hold_on_a_lot_holds_the_units_made_in_it() -> None:
    units = received_units(a_part(), 2, lot="L-1")
    a_location("TRUCK-1", "vehicle")

    place_hold(caller=a_caller("tanaka"), target="L-1", reason="Supplier's notice")

    for unit in units:
        with refused(UnitHeld):
            move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="TRUCK-1")


def test_many_are_held_in_one_act() -> None:
    units, lot = received_units(a_part(), 3), a_lot()

    answer = place_holds(
        caller=a_caller("tanaka"), targets=[*(unit.tag for unit in units), lot.tag], reason="Recall 26-04"
    )

    assert len(answer["holds"]) == 4  # type: ignore[arg-type]
    assert Event.objects.filter(kind="inventory.hold-placed").count() == 4


def test_one_unknown_number_holds_nothing() -> None:
    unit = a_unit()
    with refused(UnknownSerial):
        place_holds(caller=a_caller("tanaka"), targets=[unit.tag, "NOBODY"], reason="Recall")


def test_text_of_several_things_is_refused() -> None:
    a_lot(number="TWIN")
    a_lot(number="TWIN")
    with refused(AmbiguousSerial):
        place_hold(caller=a_caller("tanaka"), target="TWIN", reason="Recall")


def test_hold_and_release_need_a_reason() -> None:
    unit = a_unit()
    with refused(ReasonMissing):
        place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="  ")
    hold = place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="Scratch")
    with refused(ReasonMissing):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="")


def test_release_of_nothing_and_second_release_are_refused() -> None:
    hold = place_hold(caller=a_caller("tanaka"), target=a_unit().tag, reason="Scratch")
    release_hold(caller=a_caller("tanaka"), number=hold.number, reason="Polished")
    with refused(HoldReleased):
        release_hold(caller=a_caller("tanaka"), number=hold.number, reason="Polished")
    with refused(UnknownHold):
        release_hold(caller=a_caller("tanaka"), number="H999999", reason="Polished")


@pytest.mark.parametrize("who", ["mei", "kenji", "aud"])
def test_only_quality_holds(who: str) -> None:
    unit, caller = a_unit(), a_caller(who)
    with refused(NotPermitted):
        place_hold(caller=caller, target=unit.tag, reason="Scratch")


def test_same_key_places_one_hold() -> None:
    unit, caller = a_unit(), a_caller("tanaka", key="k")
    assert place_hold(caller=caller, target=unit.tag, reason="x") == place_hold(
        caller=caller, target=unit.tag, reason="x"
    )
    assert Hold.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "wall"),
    [
        ({"reason": ""}, "hold_has_a_reason"),
        ({"unit": None}, "hold_is_on_a_unit_or_a_lot"),
        ({"released_at": NOON}, "release_names_its_person"),
    ],
)
def test_the_walls_stand_alone(change: dict[str, object], wall: str) -> None:
    hold = place_hold(caller=a_caller("tanaka"), target=a_unit().tag, reason="Scratch")
    with pytest.raises(IntegrityError, match=wall), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(**change)


@pytest.mark.commits
def test_hold_on_a_lot_and_moves_of_its_units_queue_up() -> None:
    units = received_units(a_part(), 8, lot="L-1")
    for code in ("TRUCK-1", "TRUCK-2"):
        a_location(code, "vehicle")
    movers = [a_caller("mei") for _ in units]
    quality = a_caller("tanaka")
    barrier = threading.Barrier(9)

    def act(number: int) -> str:
        try:
            barrier.wait(20)
            if number == 8:
                place_hold(caller=quality, target="L-1", reason="Recall")
            else:
                move_units(caller=movers[number], serials=[units[number].tag], location_code="TRUCK-1")
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(act, range(9)))

    assert answers[8] == "done"
    assert set(answers[:8]) <= {"done", "UnitHeld"}
    assert answers[:8].count("done") == Event.objects.filter(kind="inventory.unit-moved").count()
    with refused(UnitHeld):
        move_units(caller=a_caller("mei"), serials=[units[0].tag], location_code="TRUCK-2")


def test_whoever_sees_a_fault_stops_the_unit_and_only_quality_releases_it() -> None:
    unit = a_unit()

    hold = stop_unit(caller=a_caller("mei"), serial=unit.tag, reason="傷")

    assert (hold.unit, hold.reason, hold.released_at) == (unit, "傷", None)
    assert Event.objects.get(pk=hold.placed_event_id).kind == "inventory.hold-placed"
    before = Hold.objects.count(), Event.objects.count()
    for refusal, serial, reason in (
        (AlreadyHeld, unit.tag, "傷"), (UnknownSerial, "NO-SUCH", "傷"), (ReasonMissing, a_unit().tag, " "),
    ):  # fmt: skip
        before = Hold.objects.count(), Event.objects.count()
        with pytest.raises(refusal):
            stop_unit(caller=a_caller("mei"), serial=serial, reason=reason)
        assert (Hold.objects.count(), Event.objects.count()) == before
    with pytest.raises(NotPermitted):
        release_hold(caller=a_caller("mei"), number=hold.number, reason="x")
    with pytest.raises(NotPermitted):
        stop_unit(caller=a_caller("rosa"), serial=a_unit().tag, reason="x")
