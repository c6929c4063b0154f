"""request_return, check_return, send_return, settle_return: nothing leaves before its named trade-control check."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from inventory.models import Hold, Placement, SupplierReturn, Unit
from inventory.operations.endings import end_unit
from inventory.operations.finding import UnitEnded, UnitHeld
from inventory.operations.holds import ReasonMissing
from inventory.operations.placements import UnknownLocation, move_units
from inventory.operations.returns import (
    LicenceMissing,
    NotSent,
    ReturnOpen,
    ReturnSent,
    ReturnSettled,
    TradeCheckMissing,
    UnknownReturn,
    check_return,
    request_return,
    send_return,
    settle_return,
)
from inventory.queries.genealogy import genealogy_down
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller
from tests.inventory.inspected import judged, looked, waiting
from tests.inventory.unchanged import refused
from tests.world import a_location, a_superchip, a_unit

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def a_return(unit: Unit | None = None) -> SupplierReturn:
    return request_return(caller=a_caller("tanaka"), unit=(unit or a_unit()).tag, reason="通電せず")


def checked(found: SupplierReturn, **others: Any) -> SupplierReturn:
    told = {"gaihi": "not_listed", "eccn": "EAR99", "destination": "tw", "basis": "証明書 12", **others}
    return check_return(caller=a_caller("rosa"), number=found.number, **told)


def sent(found: SupplierReturn, at: timedelta = HOUR) -> SupplierReturn:
    return send_return(caller=a_caller("rosa", at=NOON + at), number=found.number, carrier="明石運輸", tracking="T-1")


def test_an_inspection_looks_at_what_comes_back_and_frees_nothing_that_is_away() -> None:
    inspection, units = waiting(count=3)
    first, second = a_return(units[0]), a_return(units[1])
    for found in (first, second):
        checked(found)
        sent(found)
    inspection.refresh_from_db()
    assert inspection.sample == 1
    settle_return(
        caller=a_caller("mei", at=NOON + 2 * HOUR), number=first.number, outcome="sent_back", location_code="RCV-1"
    )
    inspection.refresh_from_db()
    assert inspection.sample == 2

    for unit in (units[0], units[2]):
        looked(inspection, unit.tag)
    judged(inspection)
    settle_return(
        caller=a_caller("mei", at=NOON + 2 * HOUR), number=second.number, outcome="sent_back", location_code="RCV-1"
    )

    assert list(Hold.objects.open().values_list("unit", flat=True)) == [units[1].pk]


def test_it_is_held_until_it_leaves() -> None:
    unit = a_unit()
    a_location("TRUCK-1", "vehicle")

    found = a_return(unit)

    assert found.number.startswith("RMA-26-")
    assert Hold.objects.get(pk=found.hold_id).unit == unit
    with refused(UnitHeld):
        move_units(caller=a_caller("mei"), serials=[unit.tag], location_code="TRUCK-1")
    assert Event.objects.get(pk=found.opened_event_id).subject_id == unit.pk


def test_it_leaves_only_after_a_named_check_of_its_destination() -> None:
    found = a_return()
    with refused(TradeCheckMissing) as caught:
        sent(found)
    assert "該非判定" in caught.value.do or "ECCN" in caught.value.do

    checked(found)
    gone = sent(found)

    assert (gone.checked_by.username, gone.destination, gone.sent_by.username) == ("rosa", "TW", "rosa")  # type: ignore[union-attr]
    unit = Unit.objects.get(pk=found.unit_id)
    assert unit.ended_why == f"returned: {found.number}"
    assert not Placement.objects.filter(unit=unit, to_at=None).exists()
    assert Hold.objects.get(pk=found.hold_id).released_at is not None
    with pytest.raises(IntegrityError, match="return_leaves_after_its_trade_check"), transaction.atomic():
        SupplierReturn.objects.filter(pk=found.pk).update(checked_at=None, checked_by=None)


def test_a_listed_item_needs_a_licence_abroad_and_none_at_home() -> None:
    found = a_return()
    with refused(LicenceMissing):
        checked(found, gaihi="listed", eccn="3A090.a")
    with refused(TradeCheckMissing):
        checked(found, basis=" ")
    with refused(TradeCheckMissing):
        checked(found, destination="Taiwan")

    assert checked(found, gaihi="listed", eccn="3A090.a", destination="JP").licence == ""
    assert checked(found, gaihi="listed", eccn="3A090.a", licence="一般包括 第 3 号").licence == "一般包括 第 3 号"


def test_repaired_it_comes_back_with_what_was_in_it() -> None:
    board = a_unit(a_superchip())
    inside = [(node.position, node.unit.unit_id) for node in genealogy_down(board.pk)]
    assert inside
    found = a_return(board)
    checked(found)
    sent(found)
    assert genealogy_down(board.pk) == []
    assert Unit.objects.get(pk=inside[0][1]).ended_at is not None

    settled = settle_return(
        caller=a_caller("mei", at=NOON + 2 * HOUR), number=found.number, outcome="repaired", location_code="RCV-1"
    )

    board.refresh_from_db()
    assert (board.ended_at, settled.outcome) == (None, "repaired")
    assert Placement.objects.get(unit=board, to_at=None).location.code == "RCV-1"  # type: ignore[union-attr]
    assert [(node.position, node.unit.unit_id) for node in genealogy_down(board.pk)] == inside
    assert Event.objects.filter(kind="inventory.unit-came-back").count() == 1 + len(inside)


def test_replaced_or_credited_it_stays_away() -> None:
    found = a_return()
    checked(found)
    sent(found)

    settled = settle_return(
        caller=a_caller("mei"), number=found.number, outcome="replaced", replacement="SN-NEW", remarks="新品"
    )

    assert (settled.state, settled.replacement) == ("replaced", "SN-NEW")
    assert Unit.objects.get(pk=found.unit_id).ended_at is not None


def test_what_is_out_of_turn_is_refused() -> None:
    unit = a_unit()
    found = a_return(unit)
    with refused(ReturnOpen):
        a_return(unit)
    with refused(NotSent):
        settle_return(caller=a_caller("mei"), number=found.number, outcome="credited")
    with refused(UnknownReturn):
        send_return(caller=a_caller("rosa"), number="RMA-0", carrier="x")
    checked(found)
    with refused(ReasonMissing):
        send_return(caller=a_caller("rosa"), number=found.number, carrier=" ")
    sent(found)
    with refused(ReturnSent):
        sent(found)
    with refused(ReturnSent):
        checked(found)
    with refused(UnknownLocation):
        settle_return(caller=a_caller("mei"), number=found.number, outcome="repaired")
    settle_return(caller=a_caller("mei"), number=found.number, outcome="credited")
    with refused(ReturnSettled):
        settle_return(caller=a_caller("mei"), number=found.number, outcome="credited")
    with refused(UnitEnded):
        end_unit(caller=a_caller("tanaka"), unit=unit.tag, how="scrapped", reason="x")


def test_rights_are_of_those_who_answer_for_it() -> None:
    unit = a_unit()
    found = a_return(unit)
    mei, tanaka = a_caller("mei"), a_caller("tanaka")
    with refused(NotPermitted):
        request_return(caller=mei, unit=unit.tag, reason="x")
    with refused(NotPermitted):
        check_return(caller=mei, number=found.number, gaihi="not_listed", eccn="EAR99", destination="TW", basis="x")
    with refused(NotPermitted):
        send_return(caller=tanaka, number=found.number, carrier="x")
