"""define_supplier, define_part(s), define_location(s), release_bom, import_parts, import_bom."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from documents import files
from inventory.models import Bom, BomLine, Location, Part, PartAlias, PartPosition, PartRevision, Supplier
from inventory.operations.boms import BomOdd, BomReleased, BomRow, release_bom
from inventory.operations.incoming_files import FileRefused
from inventory.operations.locations import (
    LocationDiffers,
    LocationOdd,
    LocationRow,
    define_location,
    define_locations,
)
from inventory.operations.master_files import import_bom, import_parts
from inventory.operations.parts import (
    AliasTaken,
    BuiltInRow,
    PartDiffers,
    PartOdd,
    PartRow,
    SupplierDefined,
    define_part,
    define_parts,
    define_supplier,
)
from inventory.operations.units import UnknownPart, UnknownRevision
from inventory.text import TextUnprintable
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller
from tests.inventory.unchanged import refused
from tests.world import a_part

pytestmark = pytest.mark.django_db


def row(number: str = "P-1", **others: object) -> PartRow:
    facts = {"revision": "A", "name_ja": "基板", "name_en": "Board", "kind": "board", "level": "board"}
    return PartRow(number=number, **{**facts, **others})  # type: ignore[arg-type]


def place(code: str, parent: str = "", **others: object) -> LocationRow:
    facts = {"name_ja": "倉庫", "name_en": "Store", "kind": "store"}
    return LocationRow(code=code, parent=parent, **{**facts, **others})  # type: ignore[arg-type]


def test_supplier_is_defined_once() -> None:
    first = define_supplier(caller=a_caller("plan"), code="S1", name="One", country="TW")
    assert define_supplier(caller=a_caller("plan"), code="S1", name="One", country="TW") == first
    assert Event.objects.filter(kind="inventory.supplier-defined", subject_id=first.pk).count() == 1
    with refused(SupplierDefined):
        define_supplier(caller=a_caller("plan"), code="S1", name="Two")
    with refused(PartOdd):
        define_supplier(caller=a_caller("plan"), code=" ", name="Two")
    for odd in ("Two\x07", "Two\nThree", "Tw\u202eo"):
        with refused(TextUnprintable):
            define_supplier(caller=a_caller("plan"), code="S2", name=odd)
    assert Supplier.objects.count() == 1


def test_parts_with_revisions_aliases_and_what_is_built_in() -> None:
    answer = define_parts(
        caller=a_caller("plan"),
        parts=[
            row("HOST", aliases=["MPN-1"], built_in=[BuiltInRow(position="U1", part_number="CHIP")]),
            row("HOST", revision="B"),
            row("CHIP", level="chip", weight_kg=Decimal("0.125")),
        ],
    )

    assert (len(answer["revisions"]), answer["already"]) == (3, 0)  # type: ignore[arg-type]
    place = PartPosition.objects.get()
    assert (str(place.part_revision), str(place.child_revision), place.born) == ("HOST A", "CHIP A", "receipt")
    assert PartAlias.objects.get(number="MPN-1").part.number == "HOST"
    assert Event.objects.filter(kind="inventory.part-defined").count() == 2
    assert Event.objects.filter(kind="inventory.part-revised").count() == 1


def test_same_part_again_is_already_there_and_a_different_one_is_refused() -> None:
    define_part(caller=a_caller("plan"), part=row())
    answer = define_parts(caller=a_caller("plan"), parts=[row(), row()])
    assert answer["already"] == 1
    for other in (row(level="tray"), row(name_en="Card"), row(traceability="lot")):
        with refused(PartDiffers):
            define_part(caller=a_caller("plan"), part=other)
    with refused(PartDiffers):
        define_parts(caller=a_caller("plan"), parts=[row("P-2"), row("P-2", name_en="Card")])


@pytest.mark.parametrize(
    "odd",
    [
        {"level": "sky"}, {"level": "0"}, {"level": "100"}, {"level": "٣"}, {"number": "A:B"}, {"number": " "},
        {"traceability": "hope"}, {"trace_level": 9}, {"name_ja": ""}, {"kind": ""},
        {"built_in": [BuiltInRow(position="U1", part_number="NONE")]},
        {"built_in": [BuiltInRow(position="U1", part_number="P-1")]},
        {"level": "chip", "built_in": [BuiltInRow(position="U1", part_number="TALL")]},
    ],
)  # fmt: skip
def test_odd_parts_are_refused(odd: dict[str, object]) -> None:
    a_part("TALL", level="rack")
    with refused(PartOdd):
        define_part(caller=a_caller("plan"), part=row(**odd))  # type: ignore[arg-type]


def test_alias_means_one_part() -> None:
    define_part(caller=a_caller("plan"), part=row("P-1", aliases=["MPN"]))
    for alias in ("MPN", "P-1"):
        with refused(AliasTaken):
            define_part(caller=a_caller("plan"), part=row("P-2", aliases=[alias]))


@pytest.mark.parametrize("who", ["mei", "tanaka", "aud"])
def test_who_may_not_keep_master_data_is_refused(who: str) -> None:
    caller = a_caller(who)
    with refused(NotPermitted):
        define_part(caller=caller, part=row())
    with refused(NotPermitted):
        define_location(caller=caller, location=place("S-1"))


def test_places_are_a_tree_in_any_order() -> None:
    answer = define_locations(
        caller=a_caller("plan"), locations=[place("SHELF-1", "STORE"), place("STORE"), place("STORE")]
    )

    assert Location.objects.get(code="SHELF-1").parent == Location.objects.get(code="STORE")
    assert answer["already"] == 0
    assert define_locations(caller=a_caller("plan"), locations=[place("STORE")])["already"] == 1
    with refused(LocationDiffers):
        define_location(caller=a_caller("plan"), location=place("STORE", name_en="Other"))


@pytest.mark.parametrize("odd", [{"code": "A B"}, {"code": "棚"}, {"code": ""}, {"kind": "moon"}, {"parent": "NONE"}])
def test_odd_places_are_refused(odd: dict[str, str]) -> None:
    with refused(LocationOdd):
        define_location(caller=a_caller("plan"), location=place(**{"code": "S-1", **odd}))


def lines(*numbers: str) -> list[BomRow]:
    return [BomRow(number=n, part_number=part, quantity=Decimal(2)) for n, part in enumerate(numbers, start=1)]


def test_bill_is_released_and_then_fixed() -> None:
    define_parts(caller=a_caller("plan"), parts=[row("TRAY", level="tray"), row("CHIP", level="chip", aliases=["MPN"])])

    bom = release_bom(caller=a_caller("plan"), part_number="TRAY", part_revision="A", revision="1", lines=lines("MPN"))

    assert [(line.number, line.part.number, line.quantity) for line in bom.lines.all()] == [(1, "CHIP", Decimal(2))]
    assert Event.objects.get(pk=bom.event_id).kind == "inventory.bom-released"
    with refused(BomReleased):
        release_bom(caller=a_caller("plan"), part_number="TRAY", part_revision="A", revision="1", lines=lines("CHIP"))
    for change in (
        lambda: BomLine.objects.update(quantity=9),
        lambda: BomLine.objects.all().delete(),
        lambda: Bom.objects.update(revision="2"),
        lambda: BomLine.objects.create(bom=bom, number=9, part=Part.objects.get(number="CHIP"), quantity=1),
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            change()


def test_odd_bills_are_refused() -> None:
    define_parts(caller=a_caller("plan"), parts=[row("TRAY", level="tray"), row("RACK", level="rack")])
    host = {"part_number": "TRAY", "part_revision": "A", "revision": "1"}
    with refused(BomOdd):
        release_bom(caller=a_caller("plan"), lines=[], **host)
    with refused(BomOdd):
        release_bom(caller=a_caller("plan"), lines=lines("RACK"), **host)
    with refused(BomOdd):
        release_bom(caller=a_caller("plan"), lines=lines("TRAY") * 2, **host)
    with refused(UnknownPart):
        release_bom(caller=a_caller("plan"), lines=lines("NONE"), **host)
    with refused(UnknownRevision):
        release_bom(caller=a_caller("plan"), lines=lines("TRAY"), **{**host, "part_revision": "Z"})


PARTS = """品番,版数,品名,英語名,種類,階層,追跡単位,質量,別名,内蔵部品
SC-1,A,スーパーチップ,Superchip,superchip,board,serial,1.2,900-2G548;900-2G549,CPU0=CPU-1;GPU0=GPU-1/A reported
CPU-1,A,CPU,Grace CPU,cpu,chip,,,,
GPU-1,A,GPU,Blackwell GPU,gpu,chip,,,,
TIM,A,放熱材,Paste,consumable,chip,lot,,,
"""
BOM = """parent part number,parent part revision,bom revision,find number,component,quantity
SC-1,A,1,10,TIM,0.5
SC-1,A,1,20,CPU-1,1
"""


def test_files_of_parts_and_bills(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    parts, bom, bad = tmp_path / "parts.csv", tmp_path / "bom.csv", tmp_path / "bad.csv"
    parts.write_text(PARTS, encoding="cp932")
    bom.write_text(BOM.replace("parent part revision", "part_revision"))
    bad.write_text(PARTS.replace("chip,lot", "sky,lot").replace("serial,1.2", "serial,heavy"))

    call_command("import_parts", parts, "--check")
    assert Part.objects.count() == 0
    with pytest.raises(CommandError):
        call_command("import_parts", bad)
    call_command("import_parts", parts)
    call_command("import_parts", parts)
    call_command("import_bom", bom)
    call_command("import_bom", bom)

    told = capsys.readouterr()
    assert "4 were there already" in told.out
    assert "1 were released already" in told.out
    assert "line 2" in told.err
    assert PartRevision.objects.count() == 4
    assert {p.position: p.born for p in PartPosition.objects.all()} == {"CPU0": "receipt", "GPU0": "reported"}
    assert Bom.objects.get().lines.count() == 2


def test_a_file_of_parts_is_refused_by_line() -> None:
    sha = files.put(PARTS.replace("CPU0=CPU-1", "CPU0=NONE").encode())
    with refused(FileRefused) as caught:
        import_parts(caller=a_caller("plan"), file_sha256=sha, file_name="p.csv")
    assert isinstance(caught.value, FileRefused)
    assert caught.value.faults[0].line == 2
    sha = files.put(BOM.replace("parent part revision", "part_revision").encode())
    with refused(FileRefused):
        import_bom(caller=a_caller("plan"), file_sha256=sha, file_name="b.csv")
