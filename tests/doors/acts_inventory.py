"""Acts of inventory: parts, bills, places, ship notices and what comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.urls import reverse

from documents import files
from inventory.models import ShipNoticeLine, Supplier
from inventory.operations.boms import BomRow
from inventory.operations.locations import LocationRow
from inventory.operations.parts import PartRow
from inventory.operations.ship_notices import import_ship_notice as announce
from tests.doors.act import Act, Acts, Upload, caller, free_unit
from tests.world import a_consumable, a_part, notice_csv


def define_supplier() -> Act:
    return Act("plan", {"code": "NEW-1", "name": "New One", "country": "JP"}, wrong={"code": " "}, refusal="PartOdd")


def _row(number: str, **others: object) -> PartRow:
    return PartRow(
        number=number, revision="A", name_ja="新品", name_en="New part", kind="board", level="board", **others
    )  # type: ignore[arg-type]


def define_part() -> Act:
    row = {"number": "DOOR-P1", "revision": "A", "name_ja": "新", "name_en": "New", "kind": "board", "level": "board"}
    return Act("plan", {"part": row}, wrong={"part": {**row, "level": "sky"}}, refusal="PartOdd")


def define_parts() -> Act:
    rows = [_row("DOOR-P1"), _row("DOOR-P2", traceability="lot")]
    return Act("plan", {"parts": rows}, wrong={"parts": [_row("DOOR-P1", traceability="never")]}, refusal="PartOdd")


def define_location() -> Act:
    row = LocationRow(code="DOOR-1", name_ja="扉の前", name_en="At the door", kind="store")
    return Act("plan", {"location": row}, wrong={"location": replace(row, kind="sky")}, refusal="LocationOdd")


def define_locations() -> Act:
    door = LocationRow(code="DOOR-1", name_ja="扉", name_en="Door", kind="store")
    rows = [door, replace(door, code="DOOR-2", parent="DOOR-1")]
    return Act(
        "plan",
        {"locations": rows},
        wrong={"locations": [replace(rows[1], parent="NOWHERE")]},
        refusal="LocationOdd",
    )


def release_bom() -> Act:
    part, screw = a_part("DOOR-P1"), a_consumable("DOOR-P2")
    lines = [BomRow(number=10, part_number=screw.number, quantity=Decimal(4))]
    return Act(
        "plan",
        {"part_number": part.number, "part_revision": "A", "revision": "1", "lines": lines},
        wrong={"lines": []},
        refusal="BomOdd",
    )


PARTS = b"number,revision,name ja,name en,kind,level\nDOOR-P1,A,\xe6\x96\xb0,New,board,board\n"


def import_parts() -> Act:
    bad = files.put(PARTS.replace(b"board,board", b"board,sky"))
    return Act(
        "plan",
        {"file_sha256": files.put(PARTS), "file_name": "parts.csv"},
        wrong={"file_sha256": bad},
        refusal="FileRefused",
    )


def import_bom() -> Act:
    part, screw = a_part("DOOR-P1"), a_consumable("DOOR-P2")
    heading = "parent part number,part rev,bom revision,find number,component,quantity"
    text = f"{heading}\n{part.number},A,1,10,{screw.number},4\n"
    return Act(
        "plan",
        {"file_sha256": files.put(text.encode()), "file_name": "bom.csv"},
        wrong={"file_sha256": files.put(text.replace(screw.number, "NO-PART").encode())},
        refusal="FileRefused",
    )


def _notice(lines: Sequence[dict[str, str]]) -> bytes:
    """The file of a ship notice by a supplier whom the plant knows."""
    return notice_csv(lines, supplier=Supplier.objects.order_by("pk")[0].code)


def announced(lines: Sequence[dict[str, str]]) -> int:
    """An imported ship notice."""
    answer = announce(caller=caller("plan"), file_sha256=files.put(_notice(lines)), file_name="doors.csv")
    return int(answer["notices"][0])  # type: ignore[index]


def import_ship_notice() -> Act:
    good = _notice([{"part number": free_unit().part.number, "serial": "DOOR-1"}])
    bad = _notice([{"part number": "NO-PART", "serial": "DOOR-1"}])
    page = reverse("ship_notices")
    return Act(
        "rosa",
        {"file_sha256": files.put(good), "file_name": "doors.csv"},
        (page, {"file": Upload("doors.csv", good)}),
        {"file_sha256": files.put(bad)},
        "FileRefused",
        (page, {"file": Upload("doors.csv", bad)}),
    )


def receive_unit() -> Act:
    announced([{"part number": free_unit().part.number, "serial": "DOOR-1"}])
    return Act(
        "mei",
        {"serial": "DOOR-1", "location_code": "R1"},
        wrong={"serial": "DOOR-9"},
        refusal="UnknownSerial",
        station="R1",
        scans=("DOOR-1",),
        wrong_scan="DOOR-9",
    )


def receive_units() -> Act:
    part = free_unit().part.number
    announced([{"part number": part, "serial": "DOOR-1"}, {"part number": part, "serial": "DOOR-2"}])
    return Act(
        "mei",
        {"serials": ["DOOR-1", "DOOR-2"], "location_code": "RCV"},
        wrong={"serials": ["DOOR-1", "DOOR-9"]},
        refusal="UnknownSerial",
    )


def receive_lot() -> Act:
    notice = announced([{"part number": a_consumable().number, "lot": "DOOR-L", "quantity": "10"}])
    line = ShipNoticeLine.objects.get(notice=notice).pk
    page, form = reverse("receive_lot", args=[notice]), {"line": str(line), "location": "STORE"}
    return Act(
        "mei",
        {"line_id": line, "quantity": Decimal(4), "location_code": "STORE"},
        (page, {**form, "quantity": "4"}),
        {"location_code": "NOWHERE"},
        "UnknownLocation",
        (page, {**form, "quantity": "4", "location": "NOWHERE"}),
    )


def receive_notice() -> Act:
    part = free_unit().part.number
    notice = announced([{"part number": part, "serial": "DOOR-1"}, {"part number": part, "serial": "DOOR-2"}])
    address = reverse("receive_notice", args=[notice])
    return Act(
        "mei",
        {"notice_id": notice, "location_code": "RCV"},
        (address, {"location": "RCV"}),
        {"location_code": "NOWHERE"},
        "UnknownLocation",
        (address, {"location": "NOWHERE"}),
    )


ACTS: Acts = {
    "inventory.define_location": define_location,
    "inventory.define_locations": define_locations,
    "inventory.define_part": define_part,
    "inventory.define_parts": define_parts,
    "inventory.define_supplier": define_supplier,
    "inventory.import_bom": import_bom,
    "inventory.import_parts": import_parts,
    "inventory.import_ship_notice": import_ship_notice,
    "inventory.receive_lot": receive_lot,
    "inventory.receive_notice": receive_notice,
    "inventory.receive_unit": receive_unit,
    "inventory.receive_units": receive_units,
    "inventory.release_bom": release_bom,
}
