"""remove_unit: out of the slot, with a reason, to a place; what the rules repeat is demanded again."""

import pytest

from assembly.models import Build, Rework
from assembly.operations.installs import RemovalReasonWanted, SlotEmpty, UnknownSlot, install_unit, remove_unit
from assembly.queries.route import routes_of
from inventory.models import Placement
from inventory.operations.placements import UnitInsideHost, UnknownLocation
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import (
    a_finished_switch,
    a_rack_taking_trays,
    a_tray,
    a_unit_of,
    done,
    everything,
    fill,
    finished,
    slot_of,
)
from tests.cast import a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def out(build: Build, position: str, reason: str = "傷", to: str = "QRN", who: str = "mei"):  # type: ignore[no-untyped-def]
    return remove_unit(caller=a_caller(who), slot_id=slot_of(build, position).pk, reason=reason, location_code=to)


def a_filled_tray() -> Build:
    tray = a_tray()
    fill(tray)
    return tray


def test_unit_is_where_it_was_put_and_the_slot_is_empty() -> None:
    tray = a_filled_tray()
    unit_id = Placement.objects.get(host=tray.unit, position="pdb_0", to_at=None).unit_id

    answer = out(tray, "pdb_0", "端子の曲がり")

    assert answer["unit"] == unit_id
    assert Placement.objects.get(unit_id=unit_id, to_at=None).location.code == "QRN"
    gone = Placement.objects.get(unit_id=unit_id, host=tray.unit)
    event = Event.objects.get(kind="assembly.unit-removed")
    assert gone.to_at is not None
    assert gone.closed_event_id == event.pk
    assert (event.payload["reason"], event.payload["position"], event.payload["to"]) == ("端子の曲がり", "pdb_0", "QRN")


@pytest.mark.complaint(9)
def test_another_unit_may_follow_and_both_lives_stay() -> None:
    tray = a_filled_tray()
    out(tray, "pdb_0")

    install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=a_unit_of("PDB-CT").serial)

    assert Placement.objects.filter(host=tray.unit, position="pdb_0").count() == 2


@pytest.mark.complaint(32)
def test_what_was_done_is_demanded_again_by_the_rule() -> None:
    tray = a_filled_tray()
    finished(tray, 110)
    done(tray, 120)

    answer = out(tray, "superchip_0")

    assert answer["repeats"] == [110, 120]  # 130 and 140 are the rule's too, but were not done
    route = routes_of([Build.objects.select_related("design").get(pk=tray.pk)])[tray.pk]
    assert [state.operation.number for state in route.operations if state.is_done] == [100]
    event = Event.objects.get(kind="assembly.rework-demanded")
    assert Rework.objects.get(build=tray).event_id == event.pk


def test_a_removal_while_the_operation_runs_demands_nothing() -> None:
    tray = a_filled_tray()

    assert out(tray, "hmc_0")["repeats"] == []
    assert not Rework.objects.exists()


def test_a_complete_tray_is_reopened() -> None:
    switch = a_finished_switch()

    answer = out(switch.build, "bmc_0")

    switch.build.refresh_from_db()
    assert answer["repeats"] == [110, 140]
    assert switch.build.completed_at is None


def test_the_same_key_removes_once() -> None:
    tray = a_filled_tray()
    slot = slot_of(tray, "pdb_0").pk
    caller = a_caller("mei", key="k")
    first = remove_unit(caller=caller, slot_id=slot, reason="傷", location_code="QRN")

    assert remove_unit(caller=caller, slot_id=slot, reason="傷", location_code="QRN") == first
    assert Event.objects.filter(kind="assembly.unit-removed").count() == 1


def test_removal_needs_a_reason_a_place_and_a_unit() -> None:
    tray = a_tray()
    fill(tray, leave=1)
    before = everything()

    with pytest.raises(RemovalReasonWanted):
        out(tray, "pdb_0", reason=" ")
    with pytest.raises(UnknownLocation):
        out(tray, "pdb_0", to="NOWHERE")
    with pytest.raises(SlotEmpty):
        out(tray, "m2_0")
    with pytest.raises(UnknownSlot):
        remove_unit(caller=a_caller("mei"), slot_id=0, reason="傷", location_code="QRN")

    assert everything() == before


def test_a_tray_inside_a_rack_keeps_its_parts() -> None:
    rack, switch = a_rack_taking_trays(), a_finished_switch()
    install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-0").pk, serial=switch.serial)
    before = everything()

    with pytest.raises(UnitInsideHost) as refused:
        out(switch.build, "bmc_0")

    assert rack.unit.serial in refused.value.say
    assert everything() == before


def test_who_may_not_fit_may_not_take_out() -> None:
    tray = a_filled_tray()
    before = everything()

    with pytest.raises(NotPermitted):
        out(tray, "pdb_0", who="plan")

    assert everything() == before
