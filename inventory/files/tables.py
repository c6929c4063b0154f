"""From the bytes of a CSV or XLSX file to rows of text. Pure: no database.

CSV in UTF-8 (with or without BOM), UTF-16 or CP932, separated by comma, tab or semicolon. XLSX read-only; a formula is
its text, never its value. Full-width letters, digits and blanks are folded, cells trimmed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from inventory.files.workbooks import sheet_lines
from inventory.text import fold

SIZE_LIMIT = 20 * 1024 * 1024
"""Bytes of a file."""
UNPACKED_LIMIT = 400 * 1024 * 1024
"""Bytes of a workbook once unzipped."""
LINE_LIMIT = 50_000
CELL_LIMIT = 500
"""Characters of a cell."""
FAULT_LIMIT = 200
"""Faults told of one file; more help nobody."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """What is wrong with a file: the line (0 = the whole file) and column as people count them, and a sentence."""

    line: int
    column: str
    say: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table with its number in the file; cells by column name, folded and trimmed. `raw`: as it is."""

    line: int
    cells: Mapping[str, str]
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Table:
    """The rows of a file, and what is wrong with it. `shown` is each column's name as the file has it."""

    rows: list[Row] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)

    def fault(self, line: int, column: str, say: str) -> None:
        """Note a fault; `column` is our name, told as the file names it."""
        if len(self.faults) < FAULT_LIMIT:
            self.faults.append(LineFault(line, self.shown.get(column, column), say))


class _Unreadable(Exception):
    """The file as a whole cannot be read: the sentence says why."""


def read_table(content: bytes, columns: Mapping[str, Sequence[str]], required: Iterable[str]) -> Table:
    """The rows of a file whose first line names its columns. `columns`: our name → words it goes by."""
    table = Table()
    try:
        lines = _lines(content)
        header_line, header = next(lines, (0, []))
        names = _names(table, header, columns, required)
        if table.faults:
            return table
        for number, cells in lines:
            if any(map(str.strip, cells)):
                _add_row(table, number, header_line, names, cells)
    except _Unreadable as fault:
        table.rows.clear()
        table.fault(0, "", str(fault))
    if not table.rows and not table.faults:
        table.fault(0, "", _("The file has no lines below its heading."))
    return table


def _names(
    table: Table, header: Sequence[str], columns: Mapping[str, Sequence[str]], required: Iterable[str]
) -> list[str]:
    known = {column_word(word): name for name, words in columns.items() for word in (name, *words)}
    names = [known.get(column_word(cell), "") for cell in header]
    table.shown.update({name: fold(cell) for name, cell in zip(names, header, strict=True) if name})
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        table.fault(1, name, _("This column stands twice."))
    for name in required:
        if name not in names:
            words = ", ".join(dict.fromkeys((name, *columns[name])))
            table.fault(1, "", _("A column is missing: %(words)s.") % {"words": words})
    return names


def column_word(text: str) -> str:
    """A heading for comparing: Date-Time, date time and (Date time) are one."""
    return "".join(char for char in fold(text).lower() if char not in " _-./()[]　")


def _add_row(table: Table, number: int, header_line: int, names: Sequence[str], cells: Sequence[str]) -> None:
    if len(table.rows) >= LINE_LIMIT:
        raise _too_many()
    if any(map(str.strip, cells[len(names) :])):
        table.fault(number, "", _("The line has more cells than the heading."))
    raw = {name: cell for name, cell in zip(names, cells, strict=False) if name}
    row = {name: fold(cell) for name, cell in raw.items()}
    for name, cell in row.items():
        if len(cell) > CELL_LIMIT:
            table.fault(number, name, _("The cell is longer than %(limit)d characters.") % {"limit": CELL_LIMIT})
        elif any(not char.isprintable() for char in cell):
            table.fault(number, name, _("The cell holds characters that cannot be printed."))
    table.rows.append(Row(number, row, raw))


def _too_many() -> _Unreadable:
    return _Unreadable(_("The file has more than %(limit)d lines. Split it.") % {"limit": LINE_LIMIT})


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > SIZE_LIMIT:
        raise _Unreadable(_("The file is larger than %(limit)d MB.") % {"limit": SIZE_LIMIT // 1024 // 1024})
    if not content.strip():
        raise _Unreadable(_("The file is empty."))
    if content.startswith(b"PK\x03\x04"):
        return _workbook_lines(content)
    if content.count(b"\n") > LINE_LIMIT + 1:  # told before anything of it is held; a cell never spans lines
        raise _too_many()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _Unreadable(_("This is an old or protected workbook. Save it as XLSX or CSV."))
    return _csv_lines(_decoded(content))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:200]:
        head = content[:400]
        encodings = ["utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp932"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Unreadable(_("The file is neither UTF-8 nor Shift_JIS nor UTF-16 text, nor an XLSX workbook."))


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    heading = text.split("\n", 1)[0]
    separator = max(",\t;", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    first = 1
    try:
        for cells in reader:
            yield first, cells
            first = reader.line_num + 1
    except csv.Error as fault:
        raise _Unreadable(_("Line %(line)d cannot be read: %(why)s.") % {"line": first, "why": fault}) from fault


def _workbook_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > UNPACKED_LIMIT:
                raise _Unreadable(_("The workbook is too large once it is unpacked."))
        yield from sheet_lines(content)
    except _Unreadable:
        raise
    except Exception as fault:  # openpyxl and expat raise whatever it meets in a damaged workbook
        raise _Unreadable(_("The workbook cannot be read: %(why)s.") % {"why": type(fault).__name__}) from fault


def first_column(content: bytes) -> list[str]:
    """The first cells of the lines of a CSV, XLSX or text file that are not blank, folded, each once: a list of serials
    with or without a heading. Raises ValueError with a sentence for a file that cannot be read."""
    found: dict[str, None] = {}
    try:
        for _number, cells in _lines(content):
            text = fold(cells[0]) if cells else ""
            if text and text.isprintable() and len(text) <= CELL_LIMIT:
                found.setdefault(text)
            if len(found) > LINE_LIMIT:
                raise _Unreadable(_("The file has more than %(limit)d lines. Split it.") % {"limit": LINE_LIMIT})
    except _Unreadable as fault:
        raise ValueError(str(fault)) from fault
    return list(found)
