"""start_build, start_builds: one unit, one build, for ever, to a design frozen by copying its slots."""

from datetime import date

import pytest

from assembly.models import Build, DesignSlot, Slot
from assembly.operations.builds import (
    BuildExists,
    BuildStart,
    SerialWanted,
    UnknownDesign,
    WrongProduct,
    start_build,
    start_builds,
)
from inventory.models import Placement
from inventory.operations.finding import UnitHeld, UnknownSerial
from inventory.operations.placements import UnknownLocation
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import a_build, a_unit_of, everything, held
from tests.cast import NOON, a_caller
from tests.world import a_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def test_a_rack_gets_a_serial_an_order_and_a_place() -> None:
    build = start_build(caller=a_caller("plan"), start=BuildStart("D-31", need_by=date(2026, 12, 1)))

    assert build.unit.serial.startswith("RK26-")
    assert build.order_number.startswith("MO-26-")
    assert (build.need_by, build.started_at, build.completed_at) == (date(2026, 12, 1), NOON, None)
    assert Placement.objects.get(unit=build.unit, to_at=None).location.code == "LINE-RACK"
    event = Event.objects.get(kind="assembly.build-started", pk=build.event_id)
    assert event.payload["design"] == "D-31"


@pytest.mark.complaint(18)
def test_slots_are_a_copy_of_the_design() -> None:
    build = a_build("D-31")

    wanted = DesignSlot.objects.filter(design=build.design).values_list("position", "kind", "ru", "slot_number", "part")
    assert list(build.slots.values_list("position", "kind", "ru", "slot_number", "part")) == list(wanted)
    assert Slot.objects.get(build=build, position="CT-08").tray_index == 8


def test_a_bought_tray_is_built_on_the_unit_that_came() -> None:
    unit = a_unit_of("N5200_LD")

    build = start_build(caller=a_caller("plan"), start=BuildStart("N5200", serial=unit.serial))

    assert build.unit_id == unit.pk
    assert unit.placements.get(to_at=None).location.code == "STORE"


def test_kit_is_ready_when_the_last_announced_part_left_its_supplier() -> None:
    a_notice([{"part number": "PDB-CT", "serial": "X1"}], order="MO-1", shipped_at="2026-11-10 09:00")
    a_notice([{"part number": "PDB-CT", "serial": "X2"}], order="MO-1", shipped_at="2026-11-12 09:00")

    build = a_build("GB200-CT", order_number="MO-1")

    assert build.kit_ready_at is not None
    assert build.kit_ready_at.day == 12


def test_many_builds_start_in_one_act() -> None:
    answer = start_builds(caller=a_caller("plan"), starts=[BuildStart("GB200-CT") for _ in range(18)])

    builds = Build.objects.filter(pk__in=answer["builds"]).select_related("unit")
    assert len({build.unit.serial for build in builds}) == 18
    assert Event.objects.filter(kind="assembly.build-started").count() == 18


def test_the_same_key_starts_nothing_twice() -> None:
    first = start_build(caller=a_caller("plan", key="k1"), start=BuildStart("D-20"))
    again = start_build(caller=a_caller("plan", key="k1"), start=BuildStart("D-20"))

    assert first.pk == again.pk
    assert Build.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "refusal"),
    [
        (BuildStart("D-99"), UnknownDesign),
        (BuildStart("N5200"), SerialWanted),
        (BuildStart("N5200", serial="NOBODY"), UnknownSerial),
        (BuildStart("D-20", location_code="NOWHERE"), UnknownLocation),
    ],
)
def test_what_cannot_be_built_is_refused(start: BuildStart, refusal: type[Exception]) -> None:
    before = everything()

    with pytest.raises(refusal):
        start_build(caller=a_caller("plan"), start=start)

    assert everything() == before


def test_a_unit_has_one_build_for_ever() -> None:
    build = a_build("N5200")
    before = everything()

    with pytest.raises(BuildExists) as refused:
        start_build(caller=a_caller("plan"), start=BuildStart("N5200", serial=build.unit.serial))

    assert build.order_number in refused.value.say
    assert everything() == before


def test_a_unit_of_another_part_is_refused() -> None:
    unit = a_unit_of("PDB-CT")
    before = everything()

    with pytest.raises(WrongProduct) as refused:
        start_build(caller=a_caller("plan"), start=BuildStart("N5200", serial=unit.serial))

    assert "PDB-CT" in refused.value.say
    assert everything() == before


def test_a_held_unit_is_refused() -> None:
    unit = a_unit_of("N5200_LD")
    held(unit)
    before = everything()

    with pytest.raises(UnitHeld):
        start_build(caller=a_caller("plan"), start=BuildStart("N5200", serial=unit.serial))

    assert everything() == before


def test_one_bad_start_of_many_starts_none() -> None:
    before = everything()

    with pytest.raises(UnknownDesign):
        start_builds(caller=a_caller("plan"), starts=[BuildStart("D-20"), BuildStart("D-99")])

    assert everything() == before


def test_an_operator_may_not_start_a_build() -> None:
    with pytest.raises(NotPermitted):
        start_build(caller=a_caller("mei"), start=BuildStart("D-20"))

    assert not Build.objects.exists()
