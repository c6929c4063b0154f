"""Stations receive, inspect and judge one delivery at once: one inspection, each piece once, nothing free too early."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from threading import Event as Flag
from typing import Any

import pytest

from inventory.checks import run_checks
from inventory.models import Hold, InspectedPiece, Inspection, Lot, Part, ShipNoticeLine, Stock
from inventory.operations import receiving, verdicts
from inventory.operations.endings import end_unit
from inventory.operations.lots import move_stock
from inventory.operations.receiving import receive_lot, receive_unit
from ledger.refusals import Refusal
from tests.cast import a_caller, person
from tests.database import at_once
from tests.inventory.inspected import inspected_part, judged, looked, waiting
from tests.world import a_consumable, a_location, a_notice, fresh

pytestmark = pytest.mark.commits

HANDS = 4


def test_stations_that_receive_one_notice_at_once_open_one_inspection(committed_db: str) -> None:
    part, serials = inspected_part((1, HANDS, 1)), [fresh("SN") for _ in range(HANDS)]
    a_location("RCV-1")
    a_notice([{"part number": part.number, "serial": serial} for serial in serials])
    people = [person("mei") for _hand in range(HANDS)]

    at_once(
        *(
            lambda one=one, serial=serial: receive_unit(caller=a_caller(one), serial=serial, location_code="RCV-1")
            for one, serial in zip(people, serials, strict=True)
        )
    )

    found = Inspection.objects.get()
    assert (found.lot_size, found.sample, Hold.objects.open().count()) == (HANDS, HANDS, HANDS)

    told = at_once(*(lambda: looked(found, serials[0]) for _hand in range(HANDS)))
    assert sum(isinstance(one, InspectedPiece) for one in told) == 1
    assert sum(isinstance(one, Refusal) for one in told) == HANDS - 1

    for serial in serials[1:-1]:
        looked(found, serial)
    at_once(lambda: looked(found, serials[-1]), lambda: judged(found))
    found.refresh_from_db()
    assert (found.inspected, Hold.objects.open().count()) == ((HANDS, 0) if found.verdict else (HANDS, HANDS))
    assert list(run_checks()) == []


def a_line(part: Part, lot: str) -> ShipNoticeLine:
    notice = a_notice([{"part number": part.number, "lot": lot, "quantity": "100"}])
    return ShipNoticeLine.objects.get(notice=notice)


def received(line: ShipNoticeLine, quantity: str = "10") -> None:
    receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(quantity), location_code="RCV-1")


def paused(monkeypatch: pytest.MonkeyPatch, room: Any, name: str) -> tuple[Flag, Flag]:
    """The step of that name waits, once it is reached and before it is taken, until it may go on."""
    reached, may_go = Flag(), Flag()
    step: Callable[..., Any] = getattr(room, name)

    def waits(*given: Any, **named: Any) -> Any:
        reached.set()
        may_go.wait(1)  # whoever waits for our locks lets us wait in vain, and goes after us
        return step(*given, **named)

    monkeypatch.setattr(room, name, waits)
    return reached, may_go


def after(flag: Flag, call: Callable[[], Any], then: Flag) -> Any:
    """The call, once the other one is half way through."""
    flag.wait(5)
    try:
        return call()
    finally:
        then.set()


def test_more_of_a_lot_is_received_while_it_is_moved(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    part = inspected_part((1, 1, 0), part=a_consumable())
    for code in ("RCV-1", "STORE-1"):
        a_location(code)
    line = a_line(part, fresh("LOT"))
    received(line)
    lot, caller = Lot.objects.get(part=part), a_caller("mei")
    reached, may_go = paused(monkeypatch, receiving, "hold_for_inspection")

    def moved() -> Any:
        return move_stock(caller=caller, lot=lot.tag, quantity=Decimal(1), from_code="RCV-1", to_code="STORE-1")

    told = at_once(lambda: received(line), lambda: after(reached, moved, may_go))

    assert [one for one in told if isinstance(one, Exception)] == []
    assert sum(row.quantity for row in Stock.objects.filter(lot=lot)) == 20
    assert list(run_checks()) == []


def test_a_lot_is_accepted_while_another_of_its_part_arrives(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = inspected_part((1, 2, 1), part=a_consumable())
    a_location("RCV-1")
    notice = a_notice([{"part number": part.number, "lot": fresh("LOT"), "quantity": "100"} for _lot in range(2)])
    first, second = ShipNoticeLine.objects.filter(notice=notice).order_by("pk")
    received(first)
    found = Inspection.objects.get(part=part)
    looked(found, ok=False)
    looked(found)
    reached, may_go = paused(monkeypatch, verdicts, "split_lot")

    told = at_once(lambda: judged(found), lambda: after(reached, lambda: received(second), may_go))

    assert [one for one in told if isinstance(one, Exception)] == []
    assert sorted(Lot.objects.filter(part=part).values_list("number", flat=True)) == sorted(
        [first.lot_number, f"{first.lot_number}-NG-{found.number}", second.lot_number]
    )
    assert list(run_checks()) == []


def test_a_unit_is_scrapped_while_its_inspection_is_judged(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, units = waiting(count=2)
    looked(found, units[0].tag)
    looked(found, units[1].tag)
    quality = a_caller("tanaka")
    reached, may_go = paused(monkeypatch, verdicts, "lock_things")

    told = at_once(
        lambda: judged(found),
        lambda: after(
            reached, lambda: end_unit(caller=quality, unit=units[1].tag, how="scrapped", reason="Crushed"), may_go
        ),
    )

    assert [one for one in told if isinstance(one, Exception)] == []
    assert Hold.objects.open().count() == 0
    assert list(run_checks()) == []
