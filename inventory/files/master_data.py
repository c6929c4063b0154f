"""Parts and bills of material as files: CSV or XLSX with English or Japanese headings. Pure: no database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory.files.cells import CellFault, read_code, read_day, read_flag, read_quantity, read_whole
from inventory.files.tables import Row, Table, read_table

PART_COLUMNS = {
    "number": ("part number", "pn", "品番", "部品番号"),
    "revision": ("rev", "版数", "レビジョン"),
    "name_ja": ("name ja", "japanese name", "品名", "名称"),
    "name_en": ("name en", "english name", "name", "英語名", "英名"),
    "kind": ("part kind", "種類", "部品種別"),
    "level": ("階層", "レベル"),
    "traceability": ("followed by", "追跡単位", "追跡区分"),
    "trace_level": ("ipc-1782 level", "追跡水準"),
    "manufacturer": ("maker", "メーカー", "製造者"),
    "gtin": ("gtin", "jan"),
    "hs_code": ("hs", "hs code", "hsコード", "統計品目番号"),
    "eccn": ("eccn",),
    "gaihi": ("該非", "該非判定"),
    "country": ("country of origin", "原産国"),
    "weight_kg": ("weight", "mass kg", "質量", "質量kg"),
    "self_reported": ("reports itself", "自己申告"),
    "released_on": ("release date", "発行日", "リリース日"),
    "aliases": ("manufacturer part number", "mpn", "other numbers", "別名", "メーカー品番"),
    "built_in": ("built in", "内蔵部品"),
}
PART_REQUIRED = ("number", "revision", "name_ja", "name_en", "kind", "level")
BOM_COLUMNS = {
    "part": ("part number", "parent part number", "親品番", "製品品番"),
    "part_revision": ("part rev", "親版数", "製品版数"),
    "revision": ("bom revision", "bom rev", "部品表版数", "bom版数"),
    "number": ("find number", "line", "item", "照合番号", "行"),
    "child": ("component", "component part number", "子品番", "構成品番"),
    "quantity": ("qty", "数量", "員数"),
    "unit": ("unit of measure", "uom", "単位"),
}
BOM_REQUIRED = ("part", "part_revision", "revision", "number", "child", "quantity")


@dataclass(frozen=True, slots=True)
class ToldBuiltIn:
    """A built-in part as a cell tells it: `POSITION=PART[/REVISION][ reported]`."""

    position: str
    part_number: str
    revision: str
    born: str


@dataclass(frozen=True, slots=True)
class ToldPart:
    """A part as a line tells it; `facts` are the plain fields of a part row."""

    line: int
    facts: dict[str, Any]
    aliases: list[str]
    built_in: list[ToldBuiltIn]


@dataclass(slots=True)
class ToldBom:
    """A bill as the lines of a file tell it: (find number, part number, quantity, unit)."""

    part: str
    part_revision: str
    revision: str
    line: int
    lines: list[tuple[int, str, Decimal, str]] = field(default_factory=list)


def read_parts(content: bytes) -> tuple[list[ToldPart], Table]:
    """The parts of a file and the table with its faults."""
    table = read_table(content, PART_COLUMNS, PART_REQUIRED)
    return [part for row in table.rows if (part := _part(table, row)) is not None], table


def read_boms(content: bytes) -> tuple[list[ToldBom], Table]:
    """The bills of a file and the table with its faults."""
    table = read_table(content, BOM_COLUMNS, BOM_REQUIRED)
    bills: dict[tuple[str, str, str], ToldBom] = {}
    for row in table.rows:
        _refuse_blank(table, row, BOM_REQUIRED)
        cells = _Cells(table, row)
        key = (cells.text("part"), cells.text("part_revision"), cells.text("revision"))
        number = cells.read("number", read_whole, 0)
        quantity = cells.read("quantity", read_quantity, Decimal(1))
        bill = bills.setdefault(key, ToldBom(*key, line=row.line))
        if number in {line[0] for line in bill.lines}:
            table.fault(row.line, "number", _("This line number stands twice in the bill."))
        bill.lines.append((number, cells.text("child"), quantity, cells.text("unit") or "pcs"))
    return list(bills.values()), table


class _Cells:
    """The cells of one row; faults go to the table."""

    def __init__(self, table: Table, row: Row) -> None:
        self.table, self.row = table, row

    def text(self, name: str) -> str:
        return self.row.cells.get(name, "")

    def read(self, name: str, reader: Callable[[str], Any], absent: Any) -> Any:
        text = self.text(name)
        if not text:
            return absent
        try:
            return reader(text)
        except CellFault as fault:
            self.table.fault(self.row.line, name, str(fault))
            return absent


def _part(table: Table, row: Row) -> ToldPart | None:
    before = len(table.faults)
    _refuse_blank(table, row, PART_REQUIRED)
    cells = _Cells(table, row)
    released_on: date | None = cells.read("released_on", read_day, None)
    facts = {
        "number": cells.read("number", read_code, ""),
        "revision": cells.read("revision", read_code, ""),
        "level": cells.text("level").lower(),
        "traceability": cells.text("traceability").lower() or "serial",
        "trace_level": cells.read("trace_level", read_whole, 3),
        "weight_kg": cells.read("weight_kg", read_quantity, None),
        "self_reported": cells.read("self_reported", read_flag, False),
        "released_on": released_on,
    }
    plain = ("name_ja", "name_en", "kind", "manufacturer", "gtin", "hs_code", "eccn", "gaihi", "country")
    facts |= {name: cells.text(name) for name in plain}
    built_in = [_built_in(table, row, piece) for piece in _pieces(cells.text("built_in"))]
    if len(table.faults) > before:
        return None
    return ToldPart(row.line, facts, _pieces(cells.text("aliases")), [one for one in built_in if one is not None])


def _pieces(text: str) -> list[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]


def _built_in(table: Table, row: Row, piece: str) -> ToldBuiltIn | None:
    position, equals, rest = piece.partition("=")
    words = rest.split()
    if (
        not equals
        or not position.strip()
        or not 1 <= len(words) <= 2
        or words[1:] not in ([], ["reported"], ["receipt"])
    ):
        table.fault(row.line, "built_in", _("Write POSITION=PART/REVISION, then “reported” where a test reports it."))
        return None
    number, _slash, revision = words[0].partition("/")
    return ToldBuiltIn(position.strip(), number, revision, words[1] if len(words) == 2 else "receipt")


def _refuse_blank(table: Table, row: Row, names: tuple[str, ...]) -> None:
    for name in names:
        if not row.cells.get(name):
            table.fault(row.line, name, _("This cell must not be blank."))
