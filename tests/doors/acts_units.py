"""Acts of inventory: holds, moves, names and ends of units, lots and their stock."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from inventory.models import Hold, Lot
from inventory.operations.lots import LotUse
from inventory.operations.units import add_identifier as named
from tests.doors.act import Act, Acts, caller, free_unit, tray_just_started
from tests.world import a_lot


def place_holds() -> Act:
    tag = free_unit().tag
    return Act(
        "tanaka",
        {"targets": [tag], "reason": "Scratch"},
        (reverse("holds"), {"targets": tag, "reason": "Scratch"}),
        {"targets": ["NO-SUCH"]},
        "UnknownSerial",
        (reverse("holds"), {"targets": "NO-SUCH", "reason": "Scratch"}),
    )


def release_hold() -> Act:
    hold = Hold.objects.filter(released_at=None).order_by("pk")[0]
    return Act(
        "tanaka",
        {"number": hold.number, "reason": "Checked"},
        (reverse("hold", args=[hold.number]), {"reason": "Checked"}),
        {"number": "H999999"},
        "UnknownHold",
    )


def move_units() -> Act:
    unit = free_unit()
    here = unit.placements.get(to_at=None).location.code
    return Act(
        "mei",
        {"serials": [unit.tag], "location_code": "RCV" if here != "RCV" else "STORE", "why": "shelf"},
        wrong={"location_code": "NOWHERE"},
        refusal="UnknownLocation",
    )


def place_hold() -> Act:
    return Act(
        "tanaka", {"target": free_unit().tag, "reason": "Scratch"}, wrong={"target": "NO"}, refusal="UnknownSerial"
    )


def end_unit() -> Act:
    return Act(
        "tanaka",
        {"unit": free_unit().tag, "how": "scrapped", "reason": "Broken edge"},
        wrong={"reason": " "},
        refusal="ReasonMissing",
    )


def add_identifier() -> Act:
    return Act(
        "mei",
        {"unit_id": free_unit().pk, "identifier_kind": "mac", "text": "02:00:5E:10:00:01"},
        wrong={"text": "N/A"},
        refusal="IdentifierBlank",
    )


def close_identifier() -> Act:
    name = named(caller=caller("mei"), unit_id=free_unit().pk, identifier_kind="mac", text="02:00:5E:10:00:01")
    return Act(
        "mei",
        {"identifier_id": name.pk, "reason": "The board was changed"},
        wrong={"reason": " "},
        refusal="ReasonMissing",
    )


def _lot() -> Lot:
    """A lot with 100 in the store."""
    return a_lot(location="STORE")


def consume_lot() -> Act:
    return Act(
        "mei",
        {"lot": _lot().tag, "host": tray_just_started().unit.tag, "quantity": Decimal(5), "location_code": "STORE"},
        wrong={"quantity": Decimal(500)},
        refusal="StockShort",
    )


def consume_lots() -> Act:
    lot, host = _lot().tag, tray_just_started().unit.tag
    return Act(
        "mei",
        {"uses": [LotUse(lot, host, Decimal(5))]},
        wrong={"uses": [LotUse(lot, host, Decimal(500))]},
        refusal="StockShort",
    )


def move_stock() -> Act:
    return Act(
        "mei",
        {"lot": _lot().tag, "quantity": Decimal(5), "from_code": "STORE", "to_code": "RCV"},
        wrong={"quantity": Decimal(500)},
        refusal="StockShort",
    )


ACTS: Acts = {
    "inventory.add_identifier": add_identifier,
    "inventory.close_identifier": close_identifier,
    "inventory.consume_lot": consume_lot,
    "inventory.consume_lots": consume_lots,
    "inventory.end_unit": end_unit,
    "inventory.move_stock": move_stock,
    "inventory.move_units": move_units,
    "inventory.place_hold": place_hold,
    "inventory.place_holds": place_holds,
    "inventory.release_hold": release_hold,
}
