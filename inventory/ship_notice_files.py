"""Suppliers' ship notices as files: CSV or XLSX with English or Japanese headings. Pure: no database.

A blank cell in the columns of the notice itself means "as in the line above". Every bad line is told, with its number,
column and a sentence; what only the database knows (parts, suppliers, serials) is judged by the import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TypeVar

from django.utils.translation import gettext as _

from inventory.files.cells import PLANT, CellFault, read_code, read_day, read_moment, read_quantity, read_uuid
from inventory.files.japanese_moments import read_japanese_day
from inventory.files.tables import LineFault, Row, Table, read_table
from inventory.text import is_sentinel

COLUMNS = {
    "notice": ("notice number", "ship notice", "asn", "asn number", "出荷案内番号", "出荷通知番号", "送り状番号"),
    "supplier": ("supplier code", "vendor", "仕入先", "仕入先コード", "サプライヤー"),
    "order": ("order number", "purchase order", "po", "po number", "発注番号", "注文番号"),
    "ordered_at": ("ordered at", "order date", "ordered on", "発注日", "発注日時"),
    "shipped_at": ("shipped at", "ship date", "shipped on", "出荷日", "出荷日時"),
    "part": ("part number", "pn", "p/n", "品番", "部品番号"),
    "revision": ("rev", "版数", "レビジョン"),
    "serial": ("serial number", "sn", "s/n", "製造番号", "シリアル番号", "シリアル"),
    "uuid": ("uuid", "gpu uuid"),
    "lot": ("lot number", "ロット", "ロット番号"),
    "quantity": ("qty", "数量"),
    "expires_on": ("expires on", "expiry date", "expiry", "有効期限"),
    "promised_on": (
        "promised on",
        "promised date",
        "promised delivery date",
        "agreed date",
        "agreed delivery date",
        "delivery due date",
        "due date",
        "納期",
        "回答納期",
        "指定納期",
        "納入指定日",
        "納入期日",
        "納入約束日",
    ),
    "country": ("country of origin", "origin", "原産国"),
    "parent": ("parent serial", "parent serial number", "親製造番号", "親シリアル番号", "親シリアル"),
    "position": ("position in parent", "位置", "取付位置"),
}
"""Our name of a column → the words it goes by."""

REQUIRED = ("notice", "supplier", "shipped_at", "part")
OF_THE_NOTICE = ("notice", "supplier", "order", "ordered_at", "shipped_at")
PROMISE_SPAN = timedelta(days=731)
"""A promised day further from the shipping than two years is a slip of the pen, and would never fall due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One announced unit or lot as the file tells it. `line` counts the lines of the file; `promised_on`: the day that
    supplier and plant agreed on for its delivery, None where the file names none."""

    line: int
    part: str
    revision: str = ""
    serial: str = ""
    serial_raw: str = ""
    uuid: str = ""
    lot: str = ""
    quantity: Decimal = Decimal(1)
    expires_on: date | None = None
    promised_on: date | None = None
    country: str = ""
    parent: str = ""
    position: str = ""


@dataclass(slots=True, kw_only=True)
class Notice:
    """One ship notice of a file."""

    number: str
    supplier: str
    order: str
    ordered_at: datetime | None
    shipped_at: datetime
    lines: list[NoticeLine] = field(default_factory=list)


@dataclass(slots=True)
class NoticeFile:
    """What a file says. With any fault nothing of it may be imported."""

    notices: list[Notice] = field(default_factory=list)
    table: Table = field(default_factory=Table)

    @property
    def faults(self) -> list[LineFault]:
        return sorted(self.table.faults, key=lambda fault: fault.line)

    @property
    def lines(self) -> int:
        return sum(len(notice.lines) for notice in self.notices)


def read_ship_notices(content: bytes) -> NoticeFile:
    """The ship notices of a file and everything that is wrong with its lines."""
    table = read_table(content, COLUMNS, REQUIRED)
    found = NoticeFile(table=table)
    by_key: dict[tuple[str, str], Notice] = {}
    above: dict[str, str] = {}
    for row in table.rows:
        cells = dict(row.cells)
        for name in OF_THE_NOTICE:
            cells[name] = above[name] = cells.get(name) or above.get(name, "")
        head, line = _head(table, row.line, cells), _line(table, Row(row.line, cells, row.raw))
        if head is None or line is None:
            continue
        notice = by_key.setdefault((head.supplier, head.number), head)
        if (notice.order, notice.ordered_at, notice.shipped_at) != (head.order, head.ordered_at, head.shipped_at):
            table.fault(row.line, "notice", _("The lines of one ship notice differ in order or dates."))
        _check_promise(table, head, line)
        notice.lines.append(line)
    found.notices = list(by_key.values())
    for notice in found.notices:
        _check_contents(table, notice)
    return found


T = TypeVar("T")


def _read(table: Table, row: Row, name: str, reader: Callable[[str], T], absent: T) -> T:
    """A cell by its reader; a fault is noted and gives `absent`."""
    text = row.cells.get(name, "")
    if not text:
        return absent
    try:
        return reader(text)
    except CellFault as fault:
        table.fault(row.line, name, str(fault))
        return absent


def _head(table: Table, number: int, cells: dict[str, str]) -> Notice | None:
    row = Row(number, cells)
    before = len(table.faults)
    for name in ("notice", "supplier", "shipped_at"):
        if not cells.get(name):
            table.fault(number, name, _("This cell must not be blank."))
    shipped_at = _read(table, row, "shipped_at", read_moment, None)
    ordered_at = _read(table, row, "ordered_at", read_moment, None)
    if shipped_at and ordered_at and ordered_at > shipped_at:
        table.fault(number, "ordered_at", _("It was ordered after it was shipped."))
    if len(table.faults) > before or shipped_at is None:
        return None
    return Notice(
        number=cells["notice"],
        supplier=cells["supplier"],
        order=cells.get("order", ""),
        ordered_at=ordered_at,
        shipped_at=shipped_at,
    )


def _line(table: Table, row: Row) -> NoticeLine | None:
    before = len(table.faults)
    if not row.cells.get("part"):
        table.fault(row.line, "part", _("This cell must not be blank."))
    serial_raw = row.raw.get("serial", "")
    serial = _read(table, row, "serial", read_code, "")
    if serial_raw and is_sentinel(serial_raw):
        table.fault(row.line, "serial", _("“%(text)s” says nothing about the unit.") % {"text": serial_raw[:40]})
    line = NoticeLine(
        line=row.line,
        part=_read(table, row, "part", read_code, ""),
        revision=_read(table, row, "revision", read_code, ""),
        serial=serial,
        serial_raw=serial_raw,
        uuid=_read(table, row, "uuid", read_uuid, ""),
        lot=_read(table, row, "lot", read_code, ""),
        quantity=_read(table, row, "quantity", read_quantity, Decimal(1)),
        expires_on=_read(table, row, "expires_on", read_day, None),
        promised_on=_read(table, row, "promised_on", read_japanese_day, None),
        country=row.cells.get("country", ""),
        parent=_read(table, row, "parent", read_code, ""),
        position=_read(table, row, "position", read_code, ""),
    )
    if bool(line.parent) != bool(line.position):
        table.fault(row.line, "parent", _("Parent serial and position belong together."))
    if line.serial and line.serial == line.parent:
        table.fault(row.line, "parent", _("A unit cannot be inside itself."))
    return line if len(table.faults) == before else None


def _check_promise(table: Table, head: Notice, line: NoticeLine) -> None:
    """The promised day lies between the order and two years from the shipping; before the shipping is a late one."""
    if line.promised_on is None:
        return
    if head.ordered_at and line.promised_on < head.ordered_at.astimezone(PLANT).date():
        table.fault(line.line, "promised_on", _("It was promised for a day before it was ordered."))
    elif abs(line.promised_on - head.shipped_at.astimezone(PLANT).date()) > PROMISE_SPAN:
        table.fault(line.line, "promised_on", _("The promised day is more than two years from the shipping."))


def _check_contents(table: Table, notice: Notice) -> None:
    """Parents are lines of the notice; a position, a serial of a part and a UUID stand once."""
    serials: dict[str, int] = {}
    for line in notice.lines:
        if line.serial:
            serials[line.serial] = serials.get(line.serial, 0) + 1
    seen: dict[tuple[str, ...], int] = {}
    for line in notice.lines:
        if line.parent and serials.get(line.parent, 0) != 1:
            table.fault(line.line, "parent", _("The parent must be one line of the same ship notice."))
        keys = {
            "serial": ("serial", line.part, line.serial) if line.serial else None,
            "uuid": ("uuid", line.uuid) if line.uuid else None,
            "position": ("position", line.parent, line.position) if line.parent else None,
        }
        for name, key in keys.items():
            if key is None:
                continue
            earlier = seen.setdefault(key, line.line)
            if earlier != line.line:
                table.fault(line.line, name, _("It stands already in line %(line)d.") % {"line": earlier})
