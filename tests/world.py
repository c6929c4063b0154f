"""Builders of a world that could exist: they call operations, never tables.

Each takes what matters to the test and fills in the rest; numbers and serials are fresh unless given.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from documents import files
from inventory.models import Location, Lot, Part, ShipNotice, ShipNoticeLine, Supplier, Unit
from inventory.operations.locations import LocationRow, define_location
from inventory.operations.parts import BuiltInRow, PartRow, define_part, define_supplier
from inventory.operations.receiving import receive_lot, receive_notice
from inventory.operations.ship_notices import import_ship_notice
from tests.cast import NOON, a_caller

_count = itertools.count(1)

NOTICE_HEADING = (
    "notice number", "supplier", "order number", "ordered at", "shipped at", "part number", "revision", "serial",
    "uuid", "lot", "quantity", "expires on", "country", "parent serial", "position",
)  # fmt: skip


def fresh(prefix: str) -> str:
    """A number nobody has used in this run."""
    return f"{prefix}{next(_count):06d}"


def a_location(code: str = "RCV-1", kind: str = "receiving", **others: Any) -> Location:
    """A location; the one that is there when it was made before."""
    there = Location.objects.filter(code=code).first()
    if there is not None:
        return there
    row = LocationRow(**{"code": code, "name_ja": f"場所 {code}", "name_en": f"Place {code}", "kind": kind, **others})
    return define_location(caller=a_caller("plan"), location=row)


def a_supplier(code: str = "SUP-1", name: str = "Supplier One", country: str = "TW") -> Supplier:
    """A supplier; the same code again is the same supplier."""
    return define_supplier(caller=a_caller("plan"), code=code, name=name, country=country)


def a_part(
    number: str | None = None, *, revision: str = "A", built_in: Sequence[BuiltInRow] = (), **others: Any
) -> Part:
    """A part with a revision: a board followed by serial unless told otherwise."""
    number = number or fresh("P-")
    row = PartRow(
        **{
            "number": number,
            "revision": revision,
            "name_ja": f"部品 {number}",
            "name_en": f"Part {number}",
            "kind": "board",
            "level": "board",
            "built_in": list(built_in),
            **others,
        }
    )
    return define_part(caller=a_caller("plan"), part=row)


def a_consumable(number: str | None = None, **others: Any) -> Part:
    """A part followed by lot (paste, screws)."""
    return a_part(number, **{"kind": "consumable", "level": "chip", "traceability": "lot", **others})


def notice_csv(lines: Sequence[dict[str, Any]], **notice: Any) -> bytes:
    """The bytes of a ship notice file; each line by column name of NOTICE_HEADING."""
    head = {
        "notice number": notice.get("number") or fresh("ASN-"),
        "supplier": notice.get("supplier", "SUP-1"),
        "order number": notice.get("order", "PO-1"),
        "ordered at": notice.get("ordered_at", "2026-11-01"),
        "shipped at": notice.get("shipped_at", "2026-11-15 09:00"),
    }
    out = io.StringIO()
    writer = csv.DictWriter(out, NOTICE_HEADING)
    writer.writeheader()
    for line in lines:
        writer.writerow(head | line)
    return out.getvalue().encode()


def a_notice(lines: Sequence[dict[str, Any]], *, at: datetime = NOON, **notice: Any) -> ShipNotice:
    """An imported ship notice with these lines."""
    a_supplier(notice.get("supplier", "SUP-1"))
    answer = import_ship_notice(
        caller=a_caller("rosa", at=at), file_sha256=files.put(notice_csv(lines, **notice)), file_name="notice.csv"
    )
    return ShipNotice.objects.get(pk=answer["notices"][0])  # type: ignore[index]


def received_units(
    part: Part,
    count: int = 1,
    *,
    location: str = "RCV-1",
    at: datetime = NOON,
    serials: Sequence[str] = (),
    lot: str = "",
) -> list[Unit]:
    """Units of a part that were announced and received; serials fresh unless given."""
    a_location(location)
    names = list(serials) or [fresh("SN") for _ in range(count)]
    notice = a_notice([{"part number": part.number, "serial": name, "lot": lot} for name in names], at=at)
    answer = receive_notice(caller=a_caller("mei", at=at), notice_id=notice.pk, location_code=location)
    units = {unit.serial: unit for unit in Unit.objects.filter(pk__in=answer["units"]).select_related("part")}
    return [units[name] for name in names]


def a_unit(part: Part | None = None, **others: Any) -> Unit:
    """One received unit."""
    return received_units(part or a_part(), 1, **others)[0]


def a_lot(
    part: Part | None = None,
    quantity: str = "100",
    *,
    number: str | None = None,
    location: str = "STORE-1",
    expires_on: str = "",
    at: datetime = NOON,
) -> Lot:
    """A lot in stock at a location."""
    part = part or a_consumable()
    a_location(location, "store")
    number = number or fresh("LOT")
    line = {"part number": part.number, "lot": number, "quantity": quantity, "expires on": expires_on}
    notice = a_notice([line], at=at)
    receipt = receive_lot(
        caller=a_caller("mei", at=at),
        line_id=ShipNoticeLine.objects.get(notice=notice).pk,
        quantity=Decimal(quantity),
        location_code=location,
    )
    return Lot.objects.get(pk=receipt.lot_id)


def a_superchip(**others: Any) -> Part:
    """A superchip board: a CPU born at receipt, two GPUs born when they are reported."""
    cpu = a_part(kind="cpu", level="chip")
    gpu = a_part(kind="gpu", level="chip", self_reported=True)
    return a_part(
        kind="superchip",
        level="board",
        built_in=[
            BuiltInRow(position="CPU0", part_number=cpu.number),
            BuiltInRow(position="GPU0", part_number=gpu.number, born="reported"),
            BuiltInRow(position="GPU1", part_number=gpu.number, born="reported"),
        ],
        **others,
    )
