"""The named questions: genealogy both ways at any time, recall, stock, notices, lists; query counts pinned."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from inventory.checks import CHECKS
from inventory.models import AwaitedLine, Location, Placement, Unit
from inventory.operations.finding import lock_units
from inventory.operations.holds import place_hold
from inventory.operations.lots import consume_lot
from inventory.operations.placements import Move, move_units, place
from inventory.operations.receiving import receive_lot, receive_unit
from inventory.queries.genealogy import contents, genealogy_down, genealogy_up, whereabouts
from inventory.queries.lots import lot_page
from inventory.queries.notices import notice_groups, notice_rows, serial_lines
from inventory.queries.recall import recall_of_lot
from inventory.queries.stock import stock_by_part
from inventory.queries.units import UnitFilter, unit_page, unit_rows
from ledger.recording import record
from tests.cast import NOON, a_caller
from tests.world import a_consumable, a_location, a_lot, a_notice, a_part, a_superchip, a_unit, received_units

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def put_inside(unit: Unit, host: Unit, position: str, at: Any = NOON) -> None:
    """As installing does it: the one step that writes placements."""
    caller = a_caller("mei", at=at)
    with transaction.atomic():
        held = lock_units([unit.pk, host.pk])
        event = record(caller, "test.unit-installed", unit)
        place(caller, [Move(unit, event, host=held[host.pk].unit, position=position, was=held[unit.pk].placement)])


def take_out(unit: Unit, code: str, at: Any) -> None:
    caller = a_caller("mei", at=at)
    with transaction.atomic():
        held = lock_units([unit.pk])
        event = record(caller, "test.unit-removed", unit)
        place(caller, [Move(unit, event, location_id=a_location(code).pk, was=held[unit.pk].placement)])


@pytest.mark.complaint(8)
def test_tree_is_what_it_was_at_every_hour(django_assert_num_queries: Any) -> None:
    board, spare = received_units(a_superchip(), 2, at=NOON)
    tray = a_unit(a_part(level="tray"))
    put_inside(board, tray, "B1", NOON + HOUR)
    take_out(board, "RCV-1", NOON + 2 * HOUR)
    put_inside(spare, tray, "B1", NOON + 3 * HOUR)

    with django_assert_num_queries(1):
        now = genealogy_down(tray.pk)
    then = genealogy_down(tray.pk, NOON + HOUR)
    between = genealogy_down(tray.pk, NOON + 2 * HOUR)

    assert [(node.position, node.unit.unit_id) for node in now] == [("B1", spare.pk)]
    assert [child.position for child in now[0].children] == ["CPU0"]
    assert [node.unit.unit_id for node in then] == [board.pk]
    assert between == []
    assert len(contents(tray.pk)) == 2
    with django_assert_num_queries(1):
        up = genealogy_up(now[0].children[0].unit.unit_id)
    assert [(step.host.unit_id if step.host else None, step.location_code) for step in up] == [
        (spare.pk, ""), (tray.pk, ""), (None, "RCV-1"),
    ]  # fmt: skip
    assert [step.location_code for step in genealogy_up(board.pk, NOON + 2 * HOUR)] == ["RCV-1"]
    with django_assert_num_queries(1):
        tops = whereabouts([board.pk, spare.pk, tray.pk])
    assert {pk: top.top_id for pk, top in tops.items()} == {board.pk: board.pk, spare.pk: tray.pk, tray.pk: tray.pk}


def test_a_unit_on_hold_is_marked_in_the_tree() -> None:
    board, tray = a_unit(a_superchip()), a_unit(a_part(level="tray"))
    put_inside(board, tray, "B1")
    place_hold(caller=a_caller("tanaka"), target=board.tag, reason="Scratch")
    assert [node.unit.is_held for node in genealogy_down(tray.pk)] == [True]


@pytest.mark.complaint(8)
def test_recall_finds_what_was_made_of_a_lot_and_what_it_was_used_in(django_assert_num_queries: Any) -> None:
    part = a_part()
    first, second = received_units(part, 2, lot="BAD")
    tray, rack = a_unit(a_part(level="tray")), a_unit(a_part(level="rack"))
    put_inside(first, tray, "B1")
    put_inside(tray, rack, "U10")
    paste = a_lot()
    consume_lot(caller=a_caller("mei"), lot=paste.tag, host=tray.tag, quantity=Decimal(2))
    consume_lot(caller=a_caller("mei"), lot=paste.tag, host=tray.tag, quantity=Decimal(1))

    with django_assert_num_queries(1):
        made = recall_of_lot(first.lot_id or 0)
    used = recall_of_lot(paste.pk)

    assert {(hit.unit_id, hit.how, hit.top_id, hit.location_code) for hit in made} == {
        (first.pk, "made", rack.pk, "RCV-1"),
        (second.pk, "made", second.pk, "RCV-1"),
    }
    assert [(hit.unit_id, hit.how, hit.quantity, hit.top_id) for hit in used] == [(tray.pk, "used", 3, rack.pk)]
    page = lot_page(paste)
    assert (page.quantity, len(page.moves), page.is_held) == (Decimal(97), 3, False)


def test_stock_tells_free_held_and_expected(django_assert_num_queries: Any) -> None:
    part = a_part()
    free, fitted, held = received_units(part, 3)
    put_inside(fitted, a_unit(a_part(level="tray")), "B1")
    place_hold(caller=a_caller("tanaka"), target=held.tag, reason="x")
    a_notice([{"part number": part.number, "serial": "COMING"}])
    lot = a_lot(quantity="7")

    with django_assert_num_queries(1):
        rows = {row.part_id: row for row in stock_by_part()}

    found = rows[part.pk]
    assert (found.free, found.held, found.expected) == (1, 1, 1)
    assert (rows[lot.part_id].quantity, free.part_id) == (7, part.pk)
    assert [row.part_id for row in stock_by_part([part.pk])] == [part.pk]


def test_a_line_is_awaited_until_all_of_it_has_come() -> None:
    paste, part = a_consumable(), a_part()
    a_location("RCV-1", "store")
    notice = a_notice([{"part number": paste.number, "lot": "L1", "quantity": "10"}])
    line = notice.lines.get()
    a_notice([{"part number": part.number, "serial": "S1"}])
    assert {row.part_id: row.expected for row in stock_by_part() if row.expected} == {paste.pk: 10, part.pk: 1}

    for quantity, left in (("4", [Decimal(6)]), ("6", [])):
        receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(quantity), location_code="RCV-1")
        found = [row.expected for row in stock_by_part([paste.pk]) if row.expected]
        assert found == left
    receive_unit(caller=a_caller("mei"), serial="S1", location_code="RCV-1")
    assert not AwaitedLine.objects.exists()
    assert not list(CHECKS["inventory.awaited-lines-are-those-not-come"]())


def test_notice_tells_expected_against_received(django_assert_num_queries: Any) -> None:
    part = a_part()
    a_location("RCV-1")
    notice = a_notice([{"part number": part.number, "serial": f"S{n}"} for n in range(3)])
    other = a_notice([{"part number": part.number, "serial": "T1"}])
    receive_unit(caller=a_caller("mei"), serial="S1", location_code="RCV-1")

    with django_assert_num_queries(1):
        rows = {row.pk: row for row in notice_rows()}
    assert (rows[notice.pk].line_count, rows[notice.pk].expected, rows[notice.pk].received) == (3, 3, 1)
    assert [row.pk for row in notice_rows(state="part")] == [notice.pk]
    assert [row.pk for row in notice_rows(state="open")] == [other.pk]
    assert list(notice_rows(state="done")) == []
    with django_assert_num_queries(2):
        groups = notice_groups(notice.pk)
    assert [(group.expected, group.received, group.difference) for group in groups] == [(3, 1, -2)]
    with django_assert_num_queries(1):
        lines = list(serial_lines(notice.pk))
    assert [line.received_unit_id is not None for line in lines] == [False, True, False]


@pytest.mark.parametrize("count", [3, 60])
def test_list_of_units_asks_the_same_number_of_questions(count: int, django_assert_num_queries: Any) -> None:
    received_units(a_part(), count)
    with django_assert_num_queries(2):
        rows = list(unit_rows(UnitFilter())[:50])
    assert len(rows) == min(count, 50)


def test_units_are_found_by_whatever_one_has() -> None:
    part = a_part(kind="gpu")
    unit, other = received_units(part, 2, serials=["1640124000234", "MT2244T005JP"])
    place_hold(caller=a_caller("tanaka"), target=other.tag, reason="x")
    a_location("STORE-1", "store")
    move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="STORE-1")

    def found(**wish: str) -> list[int]:
        return [row.pk for row in unit_rows(UnitFilter(**wish), "serial")]

    for text in (unit.tag, unit.serial, "164012", "00234", "１６４０１２"):
        assert found(text=text) == [unit.pk]
    assert found(part=part.number) == found(kind="gpu") == [unit.pk, other.pk]
    assert found(location="STORE-1") == [unit.pk]
    assert found(state="held") == [other.pk]
    assert found(state="ended") == found(text="%") == found(text="\u2070") == []


def test_page_of_a_unit_asks_a_fixed_number_of_questions(django_assert_num_queries: Any) -> None:
    board, tray = a_unit(a_superchip()), a_unit(a_part(level="tray"))
    put_inside(board, tray, "B1")
    unit = Unit.objects.with_names().get(pk=tray.pk)
    with django_assert_num_queries(8):
        page = unit_page(unit)
    assert ([node.unit.unit_id for node in page.inside], len(page.placements)) == ([board.pk], 1)
    assert [event.kind for event in page.events] == ["inventory.unit-received"]


@pytest.mark.complaint(7)
def test_a_rack_of_nine_hundred_is_one_question(django_assert_num_queries: Any) -> None:
    rack = a_unit(a_part(level="rack"))
    boards = received_units(a_superchip(), 300)
    caller = a_caller("mei")
    with transaction.atomic():
        held = lock_units([unit.pk for unit in boards] + [rack.pk])
        event = record(caller, "test.units-installed", rack)
        place(
            caller,
            [
                Move(unit, event, host=rack, position=f"P{n}", was=held[unit.pk].placement)
                for n, unit in enumerate(boards)
            ],
        )
    with django_assert_num_queries(1):
        assert len(contents(rack.pk)) == 600
    assert Placement.objects.filter(host=rack).count() == 300
    assert Location.objects.count() == 1
