"""A cell out of service: nothing is reserved, started or placed in it, and who has it is named first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assembly.burn_in.placement import plan_of
from assembly.models import BurnInCell, CellOutage, Reservation
from assembly.operations.burn_in import start_burn_in
from assembly.operations.cell_room import CellBlocked
from assembly.operations.outages import CellReserved, OutageReason, UnknownOutage, block_cell, unblock_cell
from assembly.operations.replanning import RackPlacing, move_reservation, place_racks
from assembly.operations.reservations import WrongPeriod, reserve_cell
from assembly.queries.burn_in_board import burn_in_board
from assembly.queries.burn_in_plan import placement_question, schedule_of, waiting_for_cells
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import a_burn_in_room, a_rack, a_soaking_rack, some_racks
from tests.cast import NOON, a_caller, person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = 24 * HOUR


def block(cell: str = "A-01", start: datetime = NOON, end: datetime = NOON + 2 * DAY, **others: Any) -> CellOutage:
    told = {"reason": "配管の漏れ", **others}
    return block_cell(caller=a_caller(told.pop("who", "kenji")), cell_code=cell, from_at=start, to_at=end, **told)


def reserve(build: Any, cell: str, start: datetime) -> Reservation:
    return reserve_cell(
        caller=a_caller("kenji"), build_id=build.pk, cell_code=cell, from_at=start, to_at=start + 12 * HOUR
    )


def test_nothing_goes_into_a_cell_that_is_out_of_service() -> None:
    a_burn_in_room()
    rack, other = some_racks(2)
    outage = block()
    kept = reserve(other, "A-02", NOON + HOUR)

    for call in (
        lambda: reserve(rack, "A-01", NOON + HOUR),
        lambda: start_burn_in(caller=a_caller("kenji"), build_id=rack.pk, cell_code="A-01"),
        lambda: move_reservation(
            caller=a_caller("kenji"), reservation_id=kept.pk, cell_code="A-01", from_at=NOON + 40 * HOUR
        ),
        lambda: place_racks(
            caller=a_caller("kenji"), placings=[RackPlacing(rack.pk, "A-01", NOON + HOUR, NOON + 9 * HOUR)]
        ),
    ):
        with pytest.raises(CellBlocked, match="配管の漏れ") as refused:
            call()
        assert "A-01" not in refused.value.do

    assert list(Reservation.objects.filter(cancelled_at=None)) == [kept]
    assert reserve(rack, "A-01", outage.period.upper).cell.code == "A-01"  # the end is not in it
    assert Event.objects.get(pk=outage.event_id).payload["reason"] == "配管の漏れ"


def test_racks_that_have_the_cell_are_named_and_moved_first() -> None:
    a_burn_in_room()
    rack = a_rack()
    kept = reserve(rack, "A-01", NOON + DAY)
    before = Event.objects.count()

    with pytest.raises(CellReserved, match=rack.unit.name):
        block()
    assert not CellOutage.objects.exists() and Event.objects.count() == before

    move_reservation(caller=a_caller("kenji"), reservation_id=kept.pk, cell_code="A-02", from_at=NOON + DAY)
    assert block().cell.code == "A-01"


def test_a_rack_that_soaks_keeps_its_cell() -> None:
    burn_in = a_soaking_rack()
    Reservation.objects.update(cancelled_at=NOON)  # it has outlasted what was kept

    with pytest.raises(CellReserved, match=burn_in.run.build.unit.name):
        block()


def test_what_is_no_outage_is_refused() -> None:
    a_burn_in_room()
    block()
    for refusal, told in (
        (CellBlocked, {"start": NOON + DAY, "end": NOON + 9 * DAY}),
        (OutageReason, {"cell": "A-02", "reason": "  "}),
        (WrongPeriod, {"cell": "A-02", "end": NOON}),
        (NotPermitted, {"cell": "A-02", "who": "mei"}),
    ):
        with pytest.raises(refusal):
            block(**told)

    assert CellOutage.objects.count() == 1


def test_an_outage_ends_early_and_once() -> None:
    a_burn_in_room()
    outage = block()

    ended = unblock_cell(caller=a_caller("kenji", at=NOON + HOUR), outage_id=outage.pk)

    assert ended.ended_at == NOON + HOUR and reserve(a_rack(), "A-01", NOON + HOUR)
    for pk in (outage.pk, 0):
        with pytest.raises(UnknownOutage):
            unblock_cell(caller=a_caller("kenji", at=NOON + HOUR), outage_id=pk)


def test_board_schedule_and_solver_respect_it() -> None:
    a_burn_in_room(cells=1)
    racks = some_racks(2)
    block(start=NOON - HOUR, end=NOON + 5 * DAY)

    states = {state.cell.code: state.state for state in burn_in_board(NOON).cells}
    assert states == {"A-01": "blocked", "B-01": "free"}
    assert [one.cell.code for one in schedule_of(NOON, NOON + DAY).outages] == ["A-01"]
    plan = plan_of(placement_question(NOON, waiting_for_cells(NOON, 4), (), again=False))
    assert len(plan.placings) == len(racks)
    for one in plan.placings:
        assert one.cell == "B-01" or one.from_at >= NOON + 5 * DAY


def test_pages_show_it_and_take_it() -> None:
    a_burn_in_room()
    browser = Client()
    browser.force_login(person("kenji"))
    form = {"key": "k1", "from": "2099-01-01T08:00", "to": "2099-01-02T08:00", "outage_reason": "配管の漏れ"}

    assert browser.post("/burn-in/A-01/outage/", {**form, "to": "x"}).status_code == 422
    assert browser.post("/burn-in/A-01/outage/", form).status_code == 302
    outage = CellOutage.objects.get()
    assert "配管の漏れ" in browser.get("/burn-in/A-01/").text
    assert "配管の漏れ" in browser.get("/burn-in/schedule/?day=2099-01-01").text
    (listed,) = browser.get("/api/cell-outages/").json()["results"]
    assert (listed["cell"], listed["reason"]) == ("A-01", "配管の漏れ")
    assert browser.post(f"/burn-in/outages/{outage.pk}/end/", {"key": "k2"}).status_code == 302
    assert not BurnInCell.objects.filter(outages__ended_at=None, code="A-01", outages__isnull=False).exists()
