"""as_built_sheet: what is inside what now, and what sat there before."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.documents.as_built import AsBuiltSheet, UnitRow
from assembly.models import Build
from assembly.operations.deviations import approve_deviation
from assembly.queries.as_built import as_built_sheet
from documents.seal import facts_hash
from inventory.models import Placement
from inventory.operations.lots import consume_lot
from inventory.operations.units import add_identifier
from tests.assembly.paper_world import BEGIN, HOUR, a_filled_rack, a_started_rack
from tests.cast import NOON, a_caller
from tests.world import a_lot, a_part

pytestmark = pytest.mark.django_db


def rows_at(sheet: AsBuiltSheet, position: str) -> list[UnitRow]:
    return [row for row in sheet.units if row.position == position]


def inside(build: Build, position: str) -> Placement:
    return Placement.objects.select_related("unit").get(host=build.unit, position=position, to_at=None)


@pytest.mark.complaint(4)
def test_tree_is_told_from_the_rack_to_the_chips() -> None:
    build = a_filled_rack()

    sheet = as_built_sheet(build.pk)

    told = [(row.depth, row.position) for row in sheet.units]
    assert told[:9] == [(0, build.unit.serial), (1, "P1"), *[(2, f"PSU{n}") for n in range(6)], (1, "CT-00")]
    assert told[9:13] == [(2, "superchip_0"), (3, "CPU0"), (3, "GPU0"), (3, "GPU1")]
    tray = inside(build, "CT-00")
    row = rows_at(sheet, "CT-00")[0]
    assert (row.serial, row.tag, row.part_number) == (tray.unit.serial, tray.unit.tag, "GB300-CT")
    assert (row.installed_at, row.installed_by, row.removed_at) == (tray.from_at, "小林", None)


def test_place_with_two_lives_tells_both() -> None:
    build = a_filled_rack()

    now, before = rows_at(as_built_sheet(build.pk), "CT-01")

    assert now.removed_at is None
    assert (before.installed_at, before.removed_at) == (BEGIN + 3 * HOUR, BEGIN + 8 * HOUR)
    assert (before.removed_by, before.reason) == ("小林", "QD 損傷")
    assert before.serial != now.serial


def test_chip_that_nothing_reported_yet_is_unknown() -> None:
    gpus = [row for row in as_built_sheet(a_filled_rack().pk).units if row.position.startswith("GPU")]

    assert len(gpus) == 8
    assert {(row.state, row.serial, row.tag, row.installed_at) for row in gpus} == {("unknown", "", "", None)}


def test_empty_places_are_listed_as_empty() -> None:
    sheet = as_built_sheet(a_started_rack().pk)

    assert [(row.depth, row.position, row.state) for row in sheet.units[1:]] == [
        (1, "P1", "empty"), (1, "CT-00", "empty"), (1, "CT-01", "empty"),
    ]  # fmt: skip


def test_reported_names_stand_beside_the_unit() -> None:
    build = a_filled_rack()
    cpu = Placement.objects.filter(position="CPU0", to_at=None).first()
    assert cpu is not None
    add_identifier(caller=a_caller("mei"), unit_id=cpu.unit_id, identifier_kind="chip", text="0xAB01")

    row = next(row for row in as_built_sheet(build.pk).units if row.tag == cpu.unit.tag)

    assert row.identifiers == (("CHIP", "0xAB01"),)


def test_deviations_and_all_lots_are_told() -> None:
    build = a_filled_rack()
    other = a_part("PF-OTHER", kind="shelf", level="module")
    deviation = approve_deviation(
        caller=a_caller("tanaka"), build_id=build.pk, position="P1", part_number=other.number, reason="Shortage"
    )
    tray = inside(build, "CT-00").unit
    paste = a_lot(number="TIM-77")
    consume_lot(caller=a_caller("mei"), lot=paste.tag, host=tray.tag, quantity=Decimal(3), operation_name="110")

    sheet = as_built_sheet(build.pk)

    assert [(row.number, row.what, row.approved_by) for row in sheet.deviations] == [
        (deviation.number, "P1: PF-OTHER — Shortage", "田中 誠")
    ]
    coolant, paste_used = sheet.lots
    assert (coolant.part_number, str(coolant.quantity)) == ("PG25", "41.2")
    assert (paste_used.lot, paste_used.step) == ("TIM-77", "110")


def test_same_configuration_is_the_same_sheet() -> None:
    build = a_filled_rack()

    assert facts_hash(as_built_sheet(build.pk)) == facts_hash(as_built_sheet(build.pk))


def test_eleven_questions_however_much_is_inside() -> None:
    for build in (a_filled_rack(), a_started_rack(NOON)):
        with CaptureQueriesContext(connection) as caught:
            as_built_sheet(build.pk)
        assert len(caught) == 11
