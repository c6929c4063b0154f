"""What users of other systems complained of, where no other test names it: a serial's life, genealogy both ways, taking
apart, trays that flow alone. The table is docs/developer/complaints.md."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assembly.models import Build, OperationRun, Slot
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.runs import OutOfOrder, finish_run, start_run
from documents import files
from inventory.models import GoodsReceipt, Identifier, Part, Placement, Unit
from inventory.operations.endings import close_identifier, end_unit
from inventory.operations.incoming_files import FileRefused
from inventory.operations.ship_notices import import_ship_notice
from inventory.operations.units import add_identifier
from inventory.queries.genealogy import Node, genealogy_down, genealogy_up
from ledger.models import Event
from tests.cast import a_caller
from tests.properties.workshop import POSITIONS, RACK, SHELVES, TRAY, A, a_workshop
from tests.world import notice_csv, received_units

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def workshop(db: None) -> None:
    a_workshop()


def a_build(part: str, *numbers: int) -> Build:
    """A build; these operations begun and, but for the last, finished."""
    build = start_build(caller=a_caller("plan"), start=BuildStart(part, location_code=SHELVES[0]))
    for number in numbers:
        start_run(caller=a_caller("mei"), build_id=build.pk, number=number)
        if number != numbers[-1]:
            finish_run(caller=a_caller("mei"), build_id=build.pk, number=number)
    return build


def finish(build: Build, number: int) -> OperationRun:
    return finish_run(caller=a_caller("mei"), build_id=build.pk, number=number)


def boards(part: str = A, count: int = 1) -> list[Unit]:
    return received_units(Part.objects.get(number=part), count, location=SHELVES[0])


def fit(build: Build, position: str, unit: Unit) -> None:
    slot = Slot.objects.get(build=build, position=position).pk
    install_unit(caller=a_caller("mei"), slot_id=slot, serial=unit.tag)


def take_out(build: Build, position: str) -> None:
    slot = Slot.objects.get(build=build, position=position).pk
    remove_unit(caller=a_caller("mei"), slot_id=slot, reason="傷", location_code=SHELVES[2])


def filled(build: Build) -> dict[str, Unit]:
    """The boards that are now in a tray, by position."""
    units = {position: boards(part)[0] for position, part in POSITIONS["board"].items()}
    for position, unit in units.items():
        fit(build, position, unit)
    return units


def a_whole_tray() -> tuple[Build, dict[str, Unit]]:
    tray = a_build(TRAY, 10, 20)
    units = filled(tray)
    finish(tray, 20)
    start_run(caller=a_caller("mei"), build_id=tray.pk, number=30)
    finish(tray, 30)
    return tray, units


@pytest.mark.complaint(3)
@pytest.mark.parametrize("how", ["scrapped", "returned"])
def test_a_serial_is_never_given_again_and_its_first_life_stays(how: str) -> None:
    unit = boards()[0]
    end_unit(caller=a_caller("tanaka"), unit=unit.tag, how=how, reason="故障")  # type: ignore[arg-type]
    events = list(Event.objects.filter(subject_id=str(unit.pk)).order_by("id").values_list("kind", flat=True))
    again = files.put(notice_csv([{"part number": A, "serial": unit.serial}]))

    with pytest.raises(FileRefused):
        import_ship_notice(caller=a_caller("rosa"), file_sha256=again, file_name="again.csv")

    assert Unit.objects.filter(serial=unit.serial).count() == 1
    assert GoodsReceipt.objects.filter(unit=unit).count() == 1
    assert Placement.objects.filter(unit=unit).count() == 1
    assert list(Event.objects.filter(subject_id=str(unit.pk)).order_by("id").values_list("kind", flat=True)) == events


def _pairs(nodes: Sequence[Node], host: int) -> set[tuple[int, str, int]]:
    """(host, position, unit) of a whole tree."""
    found: set[tuple[int, str, int]] = set()
    for node in nodes:
        found.add((host, node.position, node.unit.unit_id))
        found |= _pairs(node.children, node.unit.unit_id)
    return found


@pytest.mark.complaint(8)
@pytest.mark.complaint(4)
def test_genealogy_down_and_up_are_the_same_set_after_removal_rename_and_rework() -> None:
    rack = a_build(RACK, 110)
    trays = dict(zip(POSITIONS["tray"], [a_whole_tray(), a_whole_tray()], strict=True))
    for position, (tray, _units) in trays.items():
        fit(rack, position, tray.unit)
    tray, units = trays["t1"]
    take_out(rack, "t1")  # back to the bench: a board is swapped, the tray is made again, another name is read
    take_out(tray, "p1")
    start_run(caller=a_caller("mei"), build_id=tray.pk, number=20)
    units["p1"] = boards()[0]
    fit(tray, "p1", units["p1"])
    finish(tray, 20)
    start_run(caller=a_caller("mei"), build_id=tray.pk, number=30)
    finish(tray, 30)
    name = add_identifier(
        caller=a_caller("mei"), unit_id=units["p1"].pk, identifier_kind="mac", text="02:00:5E:10:00:01"
    )
    close_identifier(caller=a_caller("mei"), identifier_id=name.pk, reason="読取違い")
    fit(rack, "t1", tray.unit)
    golden = {(rack.unit_id, position, one.unit_id) for position, (one, _units) in trays.items()} | {
        (one.unit_id, position, unit.pk) for one, inside in trays.values() for position, unit in inside.items()
    }

    assert _pairs(genealogy_down(rack.unit_id), rack.unit_id) == golden
    for host, _position, unit in golden:
        above = [step.host.unit_id for step in genealogy_up(unit) if step.host]
        assert above == ([rack.unit_id] if host == rack.unit_id else [host, rack.unit_id])
    assert Identifier.objects.get(pk=name.pk).closed_at is not None


@pytest.mark.complaint(9)
def test_taking_apart_gives_back_exactly_what_was_fitted() -> None:
    tray, units = a_whole_tray()

    for position in units:
        take_out(tray, position)

    back = Placement.objects.filter(unit__in=units.values(), to_at=None)
    assert {row.unit_id: row.location.code for row in back.select_related("location") if row.location} == {
        unit.pk: SHELVES[2] for unit in units.values()
    }
    assert not Placement.objects.filter(host=tray.unit, to_at=None).exists()
    lives = Placement.objects.filter(host=tray.unit).values_list("position", "unit")
    assert set(lives) == {(position, unit.pk) for position, unit in units.items()}


@pytest.mark.complaint(22)
def test_each_tray_goes_its_way_alone_and_none_skips() -> None:
    ahead, behind = a_build(TRAY, 10, 20), a_build(TRAY, 10)

    filled(ahead)
    finish(ahead, 20)
    start_run(caller=a_caller("mei"), build_id=ahead.pk, number=30)  # while the other is still at its first
    with pytest.raises(OutOfOrder):
        start_run(caller=a_caller("mei"), build_id=behind.pk, number=20)
    finish(behind, 10)
    start_run(caller=a_caller("mei"), build_id=behind.pk, number=20)

    states = OperationRun.objects.filter(finished_at=None).values_list("build", "operation__number")
    assert dict(states) == {ahead.pk: 30, behind.pk: 20}
