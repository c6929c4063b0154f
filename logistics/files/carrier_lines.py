"""Carriers' files of what happened on the way: CSV or XLSX with Japanese or English headings. Pure: no database.

A line names its shipment (our number, an SSCC, or the carrier's waybill), what happened in the carrier's own word,
when, and where. What only the database knows is judged by the import (operations/carrier_judging.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from inventory.files.cells import CellFault, read_whole
from inventory.files.japanese_moments import read_japanese_moment
from inventory.files.tables import LineFault, Row, Table, read_table
from logistics.files.encodings import Encoding, OddLine, unified
from logistics.text import bare_sscc, is_sscc

COLUMNS = {
    "shipment": ("shipment number", "our reference", "出荷番号", "出荷No", "荷主管理番号", "お客様管理番号"),
    "sscc": ("sscc code", "梱包番号", "個口番号", "荷物番号"),
    "waybill": ("waybill number", "tracking number", "送り状番号", "伝票番号", "問合せ番号", "お問い合わせ番号"),
    "word": ("status", "event", "milestone", "状況", "荷物状況", "ステータス", "事象", "区分"),
    "leg": ("leg number", "区間", "区間番号"),
    "place": ("location", "場所", "地点", "拠点", "取扱店", "取扱場所"),
    "moment": ("date and time", "happened at", "occurred at", "日時", "発生日時", "処理日時"),
    "day": ("date", "日付", "年月日", "処理日", "発生日"),
    "clock": ("time", "時刻", "時間", "処理時刻", "発生時刻"),
    "expected": ("eta", "expected at", "到着予定", "到着予定日時"),
    "remarks": ("remark", "note", "備考", "摘要"),
}  # fmt: skip
"""Our name of a column → the words it goes by."""

REQUIRED = ("word",)
NAMES = ("shipment", "sscc", "waybill")
LAST_LEG = 9
REMARK_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierLine:
    """One line as the carrier tells it; `word` is what happened in the carrier's word, folded (see `word_of`)."""

    line: int
    shipment: str = ""
    sscc: str = ""
    waybill: str = ""
    word: str
    leg: int | None = None
    place: str = ""
    at: datetime
    expected_at: datetime | None = None
    remarks: str = ""


@dataclass(slots=True)
class CarrierText:
    """What a file says. With any fault nothing of it may be imported."""

    lines: list[CarrierLine] = field(default_factory=list)
    table: Table = field(default_factory=Table)
    encoding: Encoding = "ascii"

    @property
    def faults(self) -> list[LineFault]:
        return sorted(self.table.faults, key=lambda fault: fault.line)


def word_of(text: str) -> str:
    """A carrier's word for comparing: 配達 完了 and 配達完了, PICKED UP and Picked up are one."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_carrier_lines(content: bytes) -> CarrierText:
    """The lines of a file and everything that is wrong with them."""
    text = unified(content)
    table = read_table(text.content, COLUMNS, REQUIRED)
    found = CarrierText(table=table, encoding=text.encoding)
    for odd in text.odd:
        table.fault(odd.line, "", _odd_words(odd, text.encoding))
    if table.rows and not any(name in table.shown for name in NAMES):
        table.fault(1, "", _("No column names the shipment: its number, an SSCC or the waybill."))
    if table.rows and not ({"moment", "day"} & set(table.shown)):
        table.fault(1, "", _("No column tells when it happened."))
    if not table.faults or table.rows:
        found.lines = [line for row in table.rows if (line := _line(table, row)) is not None]
    return found


def _odd_words(odd: OddLine, main: Encoding) -> str:
    names = {"utf-8": "UTF-8", "cp932": "Shift_JIS", "ascii": "ASCII"}
    if odd.encoding == "none":
        return _("This line is neither UTF-8 nor Shift_JIS text.")
    return _("This line is %(odd)s in a file that is %(main)s: two files were joined.") % {
        "odd": names[odd.encoding], "main": names.get(main, main),
    }  # fmt: skip


def _line(table: Table, row: Row) -> CarrierLine | None:
    before = len(table.faults)
    names = {name: row.cells.get(name, "") for name in NAMES}
    if not any(names.values()):
        table.fault(row.line, "", _("The line names no shipment."))
    word = word_of(row.cells.get("word", ""))
    if not word:
        table.fault(row.line, "word", _("This cell must not be blank."))
    at = _moment(table, row)
    line = CarrierLine(
        line=row.line,
        shipment=names["shipment"].upper(),
        sscc=_read(table, row, "sscc", _sscc) or "",
        waybill=waybill_of(names["waybill"]),
        word=word,
        leg=_read(table, row, "leg", _leg),
        place=row.cells.get("place", "")[:120],
        at=at or datetime.min,
        expected_at=_read(table, row, "expected", read_japanese_moment),
        remarks=row.cells.get("remarks", "")[:REMARK_LIMIT],
    )
    return line if len(table.faults) == before else None


def waybill_of(text: str) -> str:
    """A waybill number for comparing: 1234-5678-9012 and 123456789012 are one."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())


def _moment(table: Table, row: Row) -> datetime | None:
    name = "moment" if row.cells.get("moment") else "day"
    text = row.cells.get(name, "")
    if not text:
        table.fault(row.line, name if name in table.shown else "moment", _("This cell must not be blank."))
        return None
    clock = "" if name == "moment" else row.cells.get("clock", "")
    return _read(table, row, name, lambda cell: read_japanese_moment(cell, clock))


def _sscc(text: str) -> str:
    bare = bare_sscc(text.replace(" ", ""))
    if not is_sscc(bare):
        raise CellFault(_("“%(text)s” is no SSCC: 18 digits, the last one a check digit.") % {"text": text[:40]})
    return bare


def _leg(text: str) -> int:
    number = read_whole(text)
    if number > LAST_LEG:
        raise CellFault(_("“%(text)s” is no number of a leg.") % {"text": text[:40]})
    return number


T = TypeVar("T")


def _read(table: Table, row: Row, name: str, reader: Callable[[str], T]) -> T | None:
    text = row.cells.get(name, "")
    if not text:
        return None
    try:
        return reader(text)
    except CellFault as fault:
        table.fault(row.line, name, str(fault))
        return None
