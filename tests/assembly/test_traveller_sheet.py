"""traveller_sheet: every fact of a build as it is true now."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.documents.traveller_sheet import Step, TravellerSheet
from assembly.models import Build, Slot
from assembly.operations.deviations import approve_deviation
from assembly.operations.nonconformities import report_nonconformity
from assembly.operations.runs import abort_run, start_run
from assembly.queries.traveller import traveller_sheet
from documents.operations.issuing import copy_of, issue_document
from documents.seal import facts_hash
from documents.words import Words
from inventory.models import Part, Placement
from inventory.operations.holds import place_hold
from inventory.operations.lots import consume_lot
from inventory.operations.placements import move_units
from inventory.scanning import own_code
from ledger.models import Event
from tests.assembly.burn_in_world import feed
from tests.assembly.paper_world import (
    BEGIN,
    HOUR,
    a_complete_rack,
    a_filled_rack,
    a_soaking_rack,
    a_started_rack,
    fit,
)
from tests.cast import NOON, a_caller
from tests.documents.reading import text_of
from tests.world import a_consumable, a_location, a_lot, a_part, a_unit, received_units

pytestmark = pytest.mark.django_db


def facts_of(build: Build) -> str:
    return facts_hash(traveller_sheet(build.pk))


def short(step: Step) -> tuple[str, int, str, bool]:
    return step.number, step.attempt, step.verdict, step.is_current


def queries_of(build: Build) -> int:
    with CaptureQueriesContext(connection) as caught:
        traveller_sheet(build.pk)
    return len(caught)


def test_started_build_shows_the_whole_way_before_it() -> None:
    build = a_started_rack()

    sheet = traveller_sheet(build.pk)

    assert (sheet.kind, sheet.serial, sheet.tag) == ("rack", build.unit.serial, build.unit.tag)
    assert (sheet.order, sheet.design, sheet.need_by) == (build.order_number, "D-31", NOON.date())
    assert [step.number for step in sheet.steps] == ["200", "230", "250", "260", "350", "510"]
    assert all(step.started_at is None and step.attempt == 1 for step in sheet.steps)
    assert [step.number for step in sheet.steps if step.is_current] == ["200"]
    assert sheet.current == "waiting"
    assert {slot.state for slot in sheet.slots} == {"empty"}
    assert (sheet.record, sheet.at) == (Event.objects.latest("pk").pk, BEGIN)


def test_bar_code_of_a_step_is_what_the_station_reads() -> None:
    build = a_started_rack()

    step = traveller_sheet(build.pk).steps[2]

    code = own_code(step.scan_text)
    assert code is not None
    assert (code.kind, code.value, code.number) == ("OP", build.unit.tag, 250)


def counts_of(build: Build) -> dict[str, tuple[int, int]]:
    return {one.kind.en: (one.required, one.installed) for one in traveller_sheet(build.pk).composition}


def test_design_is_counted_down_to_the_chips_before_anything_is_fitted() -> None:
    counts = {
        count.kind.en: (count.required, count.installed) for count in traveller_sheet(a_started_rack().pk).composition
    }

    assert counts == {
        "Compute": (2, 0), "Power shelf": (1, 0), "Superchip": (4, 0), "GPU": (8, 0), "CPU": (4, 0), "PSU": (6, 0),
    }  # fmt: skip


def test_what_is_fitted_is_counted_with_what_is_inside_it() -> None:
    counts = {
        count.kind.en: (count.required, count.installed) for count in traveller_sheet(a_filled_rack().pk).composition
    }

    assert counts == {
        "Compute": (2, 2), "Power shelf": (1, 1), "Superchip": (4, 4), "GPU": (8, 0), "CPU": (4, 4), "PSU": (6, 6),
    }  # fmt: skip


def test_attempts_stand_in_the_order_they_were_begun() -> None:
    sheet = traveller_sheet(a_filled_rack().pk)

    assert [short(step) for step in sheet.steps] == [
        ("200", 1, "pass", False),
        ("230", 1, "pass", False),
        ("250", 1, "fail", False),
        ("230", 2, "pass", False),
        ("250", 2, "pass", False),
        ("260", 1, "pass", False),
        ("350", 1, "", True),
        ("510", 1, "", False),
    ]
    report = sheet.nonconformities[0]
    assert sheet.steps[4].demanded_by == report.number
    assert [step.demanded_by for step in sheet.steps if step is not sheet.steps[4]] == [""] * 7
    assert (report.step, report.disposition, report.state) == ("250", "rework", "closed")
    assert report.demands.startswith("250") and "QD 交換" in report.demands


def test_step_names_its_people_values_and_places() -> None:
    sheet = traveller_sheet(a_filled_rack().pk)

    failed = sheet.steps[2]
    assert (failed.operator, failed.checker) == ("小林", "佐藤")
    reading = failed.readings[0]
    assert (reading.value, reading.unit, reading.low, reading.high) == (Decimal("6.2"), "kPa", Decimal(0), Decimal(3))
    assert (reading.verdict, reading.tool, reading.name) == ("fail", "TQ-0417", Words("圧力降下", "Pressure drop"))
    assert sheet.steps[1].note == "2/2"
    assert sheet.steps[0].checker == ""
    assert [(one.step, one.verdict) for one in sheet.readings] == [("200", "pass"), ("250", "fail"), ("250", "pass")]


def test_operation_demanded_again_waits_with_the_number_that_demands_it() -> None:
    build = a_filled_rack()
    report = report_nonconformity(caller=a_caller("mei"), serial=build.unit.tag, text="Scratch")

    sheet = traveller_sheet(build.pk)

    assert sheet.current == "held"
    assert [(one.number, one.state) for one in sheet.nonconformities][-1] == (report.number, "open")


def test_stamps_are_who_began_who_checked_who_approved() -> None:
    begun = traveller_sheet(a_started_rack().pk)
    complete = traveller_sheet(a_complete_rack().pk)

    assert [(one.meaning, one.family_name) for one in begun.stamps] == [("prepared", "計良")]
    assert [(one.meaning, one.family_name) for one in complete.stamps] == [
        ("prepared", "計良"), ("checked", "佐藤"), ("approved", "田中"),
    ]  # fmt: skip
    assert [(sign.step, sign.meaning) for sign in complete.signatures][-3:] == [
        ("510", "prepared"), ("510", "checked"), ("510", "approved"),
    ]  # fmt: skip
    assert complete.signatures[-1].name == Words("田中 誠", "Makoto Tanaka (田中 誠)")
    assert complete.current == "finished" and not any(step.is_current for step in complete.steps)


def test_slots_say_what_sits_in_them() -> None:
    build = a_filled_rack()
    inside = Placement.objects.get(host=build.unit, position="CT-01", to_at=None)
    place_hold(caller=a_caller("tanaka"), target=inside.unit.tag, reason="QD")

    shelf, first, second = traveller_sheet(build.pk).slots

    assert (shelf.designation, shelf.designed_part, shelf.state) == ("P1", "PF-1333", "installed")
    assert (first.rack_unit, first.slot_number, first.state) == ("11", "1", "installed")
    assert (second.serial, second.tag, second.state) == (inside.unit.serial, inside.unit.tag, "held")
    assert second.since == inside.from_at


def test_approved_substitute_is_a_deviation() -> None:
    build = a_started_rack()
    other = a_part("PF-OTHER", kind="shelf", level="module")
    approve_deviation(
        caller=a_caller("tanaka"), build_id=build.pk, position="P1", part_number=other.number, reason="Shortage"
    )
    start_run(caller=a_caller("mei", at=BEGIN), build_id=build.pk, number=200)
    fit(build, "P1", received_units(other, 1, at=BEGIN)[0], BEGIN)

    slot = traveller_sheet(build.pk).slots[0]

    assert (slot.state, slot.designed_part, slot.installed_part) == ("deviation", "PF-1333", "PF-OTHER")


def test_coolant_stands_first_among_the_lots() -> None:
    build = a_started_rack()
    paste = a_lot(a_consumable("TIM-1", kind="tim"), at=BEGIN)
    coolant = a_lot(Part.objects.get(number="PG25"), at=BEGIN)
    for lot, quantity in ((paste, "2.50"), (coolant, "41.2")):
        consume_lot(
            caller=a_caller("mei"), lot=lot.tag, host=build.unit.tag, quantity=Decimal(quantity), operation_name="260"
        )

    lots = traveller_sheet(build.pk).lots

    assert [(lot.part_number, str(lot.quantity), lot.step) for lot in lots] == [
        ("PG25", "41.2", "260"), ("TIM-1", "2.5", "260"),
    ]  # fmt: skip


def test_same_facts_are_the_same_sheet() -> None:
    build = a_filled_rack()

    assert traveller_sheet(build.pk) == traveller_sheet(build.pk)
    assert facts_of(build) == facts_of(build)


def test_issuing_the_paper_and_moving_the_rack_change_nothing_on_it() -> None:
    build = a_filled_rack()
    before = facts_of(build)
    a_location("DOCK", "dock")

    paper = issue_document(caller=a_caller("plan"), kind="traveller", key=build.unit.tag)
    move_units(caller=a_caller("mei"), serials=[build.unit.tag], location_code="DOCK")

    assert Event.objects.filter(pk=paper.event_id, kind="documents.document-issued").exists()
    assert Event.objects.filter(kind="inventory.unit-moved", subject_id=build.unit_id).exists()
    assert facts_of(build) == before


@pytest.mark.parametrize("change", ["board inside", "sample"])
def test_another_fact_is_another_sheet(change: str) -> None:
    build, burn_in = a_soaking_rack()
    sheet = traveller_sheet(build.pk)

    if change == "sample":
        feed(burn_in, [31])
    else:
        board = Placement.objects.filter(host__placements__host=build.unit, to_at=None, unit__level=20).first()
        assert board is not None
        place_hold(caller=a_caller("tanaka"), target=board.unit.tag, reason="Recall")

    later = traveller_sheet(build.pk)
    assert facts_hash(later) != facts_hash(sheet)
    assert later.at > sheet.at
    assert (later.record == sheet.record) == (change == "sample")


def test_units_and_builds_of_others_change_nothing() -> None:
    build = a_filled_rack()
    before = facts_of(build)

    a_unit()
    a_started_rack()

    assert facts_of(build) == before


def test_questions_are_as_many_for_a_full_rack_as_for_an_empty_one() -> None:
    assert queries_of(a_complete_rack()) == 22
    assert queries_of(a_started_rack(NOON - 2 * HOUR)) <= 21


def test_tray_has_a_traveller_of_its_own() -> None:
    build = a_filled_rack()
    tray = Placement.objects.get(host=build.unit, position="CT-00", to_at=None).unit

    sheet: TravellerSheet = traveller_sheet(tray.build.pk)

    assert (sheet.kind, sheet.current) == ("tray", "finished")
    assert [slot.designation for slot in sheet.slots] == ["superchip_0", "superchip_1"]
    assert Slot.objects.filter(build=tray.build).count() == 2


def test_missing_build_is_said() -> None:
    with pytest.raises(Build.DoesNotExist):
        traveller_sheet(0)


def test_aborted_attempt_is_kept_with_its_reason() -> None:
    build = a_started_rack()
    start_run(caller=a_caller("mei", at=BEGIN), build_id=build.pk, number=200)
    abort_run(caller=a_caller("mei", at=BEGIN + HOUR), build_id=build.pk, number=200, reason="Wrong wrench")

    first, second = traveller_sheet(build.pk).steps[:2]

    assert (first.verdict, first.note) == ("aborted", "0/1 · Wrong wrench")
    assert (second.number, second.attempt, second.is_current) == ("200", 2, True)


def test_what_was_taken_out_stays_told() -> None:
    build = a_filled_rack()

    gone = traveller_sheet(build.pk).removed

    assert [(row.designation, row.reason, row.by) for row in gone] == [("CT-01", "QD 損傷", "小林")]
    assert gone[0].installed_at == BEGIN + 3 * HOUR
    now = next(row for row in traveller_sheet(build.pk).slots if row.designation == "CT-01")
    assert gone[0].serial != now.serial
    assert gone[0].serial in text_of(copy_of("traveller", build.unit.tag, "ja")[0])
