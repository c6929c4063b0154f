"""install_unit, install_units: the right unit into the right slot, once."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from assembly.models import Build
from assembly.operations.deviations import approve_deviation
from assembly.operations.installs import (
    Fit,
    SlotTaken,
    StepNotOpen,
    UnitInstalled,
    UnitNotFinished,
    UnknownSlot,
    WrongPart,
    install_unit,
    install_units,
)
from assembly.operations.nonconformities import report_nonconformity
from assembly.operations.runs import NonconformityOpen
from inventory.models import Placement
from inventory.operations.endings import end_unit
from inventory.operations.finding import AmbiguousSerial, UnitEnded, UnitHeld, UnknownSerial
from inventory.operations.holds import place_hold
from inventory.text import LayoutError
from ledger.models import Event
from ledger.refusals import KeyReused, NotPermitted
from tests.assembly.world import (
    a_build,
    a_finished_switch,
    a_rack_taking_trays,
    a_tray,
    a_unit_of,
    everything,
    fill,
    held,
    part,
    received,
    slot_of,
)
from tests.cast import a_caller
from tests.world import a_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

PDB = "PDB-CT"


def test_unit_sits_in_the_slot_and_left_the_store() -> None:
    tray, unit = a_tray(), a_unit_of(PDB)

    placement = install_unit(caller=a_caller("mei", station="A1"), slot_id=slot_of(tray, "pdb_0").pk, serial=unit.tag)

    assert (placement.host_id, placement.position, placement.to_at) == (tray.unit_id, "pdb_0", None)
    assert unit.placements.exclude(to_at=None).get().location.code == "STORE"
    event = Event.objects.get(kind="assembly.unit-installed")
    assert (event.subject_type, event.subject_id, event.station) == ("inventory.unit", unit.pk, "A1")
    assert event.payload == {
        "host": tray.unit.tag, "host_id": tray.unit_id, "position": "pdb_0", "serial": unit.serial, "part": PDB,
    }  # fmt: skip
    assert placement.event_id == event.pk


@pytest.mark.parametrize("spelling", [str, lambda text: f" {text} ", lambda text: f"{PDB}:{text}"])
def test_the_label_is_read_as_it_comes(spelling: Callable[[str], str]) -> None:
    tray, unit = a_tray(), a_unit_of(PDB)

    placement = install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=spelling(unit.serial))

    assert placement.unit_id == unit.pk


@pytest.mark.complaint(15)
def test_one_installation_takes_twelve_statements() -> None:
    tray, unit = a_tray(), a_unit_of(PDB)
    caller = a_caller("mei")
    assert caller.user.has_perm("assembly.install")
    slot = slot_of(tray, "pdb_0")

    with CaptureQueriesContext(
        connection,
    ) as seen:
        install_unit(caller=caller, slot_id=slot.pk, serial=unit.serial)

    told = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(told) <= 12, "\n".join(told)


def test_the_same_key_answers_again_and_fits_once() -> None:
    tray, unit = a_tray(), a_unit_of(PDB)
    slot = slot_of(tray, "pdb_0").pk
    first = install_unit(caller=a_caller("mei", key="k"), slot_id=slot, serial=unit.serial)

    again = install_unit(caller=a_caller("mei", key="k"), slot_id=slot, serial=unit.serial)

    assert again.pk == first.pk
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1
    with pytest.raises(KeyReused):
        install_unit(caller=a_caller("mei", key="k"), slot_id=slot, serial="ANOTHER")
    with pytest.raises(KeyReused):
        install_unit(caller=a_caller("kenji", key="k"), slot_id=slot, serial=unit.serial)


def test_a_finished_tray_goes_into_a_rack_with_all_that_is_in_it() -> None:
    rack, switch = a_rack_taking_trays(), a_finished_switch()

    install_unit(caller=a_caller("mei"), slot_id=slot_of(rack, "ST-3").pk, serial=switch.serial)

    assert Placement.objects.get(unit=switch, to_at=None).host_id == rack.unit_id
    assert Placement.objects.filter(host=switch, to_at=None).exists()


def test_a_kit_is_fitted_in_one_act() -> None:
    tray = a_tray()

    units = fill(tray)

    assert len(units) == tray.slots.count()
    assert Event.objects.filter(kind="assembly.unit-installed").count() == len(units)


def refused(refusal: type[Exception], tray: Build, position: str, serial: str) -> Exception:
    """The refusal of an installation, after which nothing has changed."""
    slot = slot_of(tray, position).pk
    before = everything()
    with pytest.raises(refusal) as said:
        install_unit(caller=a_caller("mei"), slot_id=slot, serial=serial)
    assert everything() == before
    return said.value


def test_wrong_part_is_refused() -> None:
    said = refused(WrongPart, a_tray(), "pdb_0", a_unit_of("HMC-GB").serial)

    assert "HMC-GB" in str(said)
    assert PDB in str(said)


def test_a_taken_slot_is_refused() -> None:
    tray = a_tray()
    first, second = received([PDB, PDB])
    install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=first.serial)

    said = refused(SlotTaken, tray, "pdb_0", second.serial)

    assert first.serial in str(said)


def test_a_fitted_unit_is_refused_elsewhere() -> None:
    one, other, unit = a_tray(), a_tray(), a_unit_of(PDB)
    install_unit(caller=a_caller("mei"), slot_id=slot_of(one, "pdb_0").pk, serial=unit.serial)

    said = refused(UnitInstalled, other, "pdb_0", unit.serial)

    assert one.unit.serial in str(said)


def test_an_unknown_serial_is_refused() -> None:
    refused(UnknownSerial, a_tray(), "pdb_0", "NEVER-SEEN")


def test_a_serial_of_two_parts_is_refused_and_the_tag_is_not() -> None:
    tray = a_tray()
    a_notice([{"part number": PDB, "serial": "TWIN"}, {"part number": "HMC-GB", "serial": "TWIN"}], number="ASN-TWIN")
    refused(UnknownSerial, tray, "pdb_0", "TWIN")  # announced is not received
    one = received_twin(PDB)
    received_twin("HMC-GB")

    refused(AmbiguousSerial, tray, "pdb_0", "TWIN")
    install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=one.tag)


def received_twin(number: str):  # type: ignore[no-untyped-def]
    from inventory.models import Unit  # noqa: PLC0415
    from inventory.operations.receiving import receive_unit  # noqa: PLC0415

    receipt = receive_unit(caller=a_caller("mei"), serial=f"{number}:TWIN", location_code="STORE")
    return Unit.objects.get(pk=receipt.unit_id)


def test_text_in_the_wrong_layout_is_refused() -> None:
    refused(LayoutError, a_tray(), "pdb_0", "製造番号")


def test_a_held_unit_is_refused() -> None:
    unit = a_unit_of(PDB)
    held(unit, "傷あり")

    said = refused(UnitHeld, a_tray(), "pdb_0", unit.serial)

    assert "傷あり" in str(said)


def test_a_unit_of_a_held_lot_is_refused() -> None:
    unit = received([PDB], lot="LOT-7")[0]
    assert unit.lot is not None
    place_hold(caller=a_caller("tanaka"), target=unit.lot.tag, reason="仕入先の連絡")

    refused(UnitHeld, a_tray(), "pdb_0", unit.serial)


def test_nothing_is_fitted_into_a_held_tray() -> None:
    tray = a_tray()
    held(tray.unit)

    refused(UnitHeld, tray, "pdb_0", a_unit_of(PDB).serial)


def test_a_scrapped_unit_is_refused() -> None:
    unit = a_unit_of(PDB)
    end_unit(caller=a_caller("tanaka"), unit=unit.tag, how="scrapped", reason="破損")

    refused(UnitEnded, a_tray(), "pdb_0", unit.serial)


def test_an_unfinished_tray_is_refused_in_a_rack() -> None:
    tray = a_build("N5200")

    said = refused(UnitNotFinished, a_rack_taking_trays(), "ST-0", tray.unit.serial)

    assert tray.order_number in str(said)


def test_a_slot_is_filled_only_while_its_operation_runs() -> None:
    refused(StepNotOpen, a_build("GB200-CT"), "pdb_0", a_unit_of(PDB).serial)


def test_an_undecided_nonconformity_stops_fitting() -> None:
    tray, unit = a_tray(), a_unit_of(PDB)
    report_nonconformity(caller=a_caller("mei"), serial=tray.unit.tag, text="凹みがある")

    refused(NonconformityOpen, tray, "pdb_0", unit.serial)


def test_a_slot_that_is_none_is_refused() -> None:
    before = everything()

    with pytest.raises(UnknownSlot):
        install_unit(caller=a_caller("mei"), slot_id=0, serial=a_unit_of(PDB).serial)

    assert everything()["Placement"] == before["Placement"] + 1  # the unit's own receipt


def test_an_approved_deviation_lets_another_part_in() -> None:
    tray, other = a_tray(), a_unit_of("HMC-GB")
    refused(WrongPart, tray, "pdb_0", other.serial)
    deviation = approve_deviation(
        caller=a_caller("tanaka"), build_id=tray.pk, position="pdb_0", part_number="HMC-GB", reason="欠品のため"
    )

    install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=other.serial)

    assert deviation.number.startswith("DV-26-")
    assert slot_of(tray, "pdb_0").part == part(PDB)


def test_one_bad_fit_of_a_kit_fits_none() -> None:
    tray = a_tray()
    good, bad = received([PDB, PDB])
    fits = [Fit(slot_of(tray, "pdb_0").pk, good.serial), Fit(slot_of(tray, "hmc_0").pk, bad.serial)]
    before = everything()

    with pytest.raises(WrongPart):
        install_units(caller=a_caller("mei"), fits=fits)

    assert everything() == before


@pytest.mark.parametrize("twice", ["slot", "unit"])
def test_a_kit_names_no_slot_and_no_unit_twice(twice: str) -> None:
    tray = a_tray()
    one, two = received(["900-2G548-A801-000"] * 2)
    slots = [slot_of(tray, "superchip_0").pk, slot_of(tray, "superchip_1").pk]
    fits = [Fit(slots[0], one.serial), Fit(slots[0] if twice == "slot" else slots[1], two.serial)]
    if twice == "unit":
        fits[1] = Fit(slots[1], one.serial)
    before = everything()

    with pytest.raises((SlotTaken, UnitInstalled)):
        install_units(caller=a_caller("mei"), fits=fits)

    assert everything() == before


@pytest.mark.parametrize("who", ["aud", "rosa", "stranger", "plan"])
def test_who_may_not_fit_is_refused(who: str) -> None:
    tray, unit = a_tray(), a_unit_of(PDB)
    before = everything()

    with pytest.raises(NotPermitted):
        install_unit(caller=a_caller(who), slot_id=slot_of(tray, "pdb_0").pk, serial=unit.serial)

    assert everything() == before


@pytest.mark.parametrize("wall", ["unit_has_one_open_placement", "position_has_one_open_placement"])
def test_the_walls_stand_without_the_operation(wall: str) -> None:
    tray = a_tray()
    one, two = received([PDB, PDB])
    placement = install_unit(caller=a_caller("mei"), slot_id=slot_of(tray, "pdb_0").pk, serial=one.serial)
    placement.pk = None
    if wall.startswith("position"):
        Placement.objects.filter(unit=two).update(to_at=placement.from_at, closed_event_id=placement.event_id)
        placement.unit, placement.unit_level = two, two.level

    with pytest.raises(IntegrityError, match=r"open_placement|overlap"), transaction.atomic():
        placement.save(force_insert=True)
