"""A sheet is read as openpyxl reads it, many times as fast; a file that declares entities is refused."""

import io
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from inventory.files.tables import read_table
from inventory.files.workbooks import sheet_lines

ROWS: list[list[Any]] = [
    ["品番", "数量", "出荷日", ""],
    ["900-2G548-A901-000", 12, datetime(2026, 11, 20, 16, 5), None, "=1+1"],
    [None, 1.5, None, True, -3, 2.0, "1234567890123", 1e21],
    [],
    ["最後", Decimal("0.25"), datetime(2026, 11, 20)],
]


def _saved(*, write_only: bool) -> bytes:
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.active
    assert sheet is not None
    for row in ROWS:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write_only", [True, False])
def test_every_kind_of_cell_is_its_text(write_only: bool) -> None:
    """Inline strings (write-only) and shared ones; blank rows are passed over with their numbers kept."""
    lines = {number: cells for number, cells in sheet_lines(_saved(write_only=write_only)) if any(cells)}

    assert lines == {
        1: ["品番", "数量", "出荷日", *([""] if len(lines[1]) == 4 else [])],
        2: ["900-2G548-A901-000", "12", "2026-11-20 16:05:00", "", "=1+1"],
        3: ["", "1.5", "", "True", "-3", "2", "1234567890123", "1000000000000000000000"],
        5: ["最後", "0.25", "2026-11-20 00:00:00"],
    }


def test_a_text_in_pieces_is_whole() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["B2"] = CellRichText("GB", TextBlock(InlineFont(b=True), "300"))
    out = io.BytesIO()
    book.save(out)

    assert dict(sheet_lines(out.getvalue()))[2] == ["", "GB300"]


def test_a_declared_entity_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><worksheet><sheetData>'
    bomb += b'<row r="1"><c r="A1" t="str"><v>&a;</v></c></row></sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_saved(write_only=True))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, bomb if name == "xl/worksheets/sheet1.xml" else good.read(name))

    table = read_table(out.getvalue(), {"part": ()}, ())

    assert table.rows == []
    assert [fault.say for fault in table.faults] != []


def test_a_column_that_no_sheet_has_is_refused() -> None:
    out = io.BytesIO()
    wide = b'<worksheet><sheetData><row r="1"><c r="XFZ1" t="str"><v>x</v></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(_saved(write_only=True))) as good, zipfile.ZipFile(out, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, wide if name == "xl/worksheets/sheet1.xml" else good.read(name))

    assert read_table(out.getvalue(), {"part": ()}, ()).faults
