"""The first sheet of an XLSX workbook as lines of text, read as it is unpacked. Pure: no database.

openpyxl reads what is small (workbook, styles, shared strings); the sheet itself goes through expat, because openpyxl
takes some 50 µs a cell and a ship notice has 140,000 of them. A formula is its text, never its value. A document type
or an entity is refused: no workbook has one, and they are how a small file becomes a large one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.datetime import from_excel, from_ISO8601

CHUNK = 1 << 16
TEXTS = frozenset({"v", "f", "t"})
COLUMN_LIMIT = 16_384
"""Columns of a sheet, as Excel has it."""


class DeclaredEntity(Exception):
    """The file declares a document type or an entity."""


def sheet_lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of each row that is there; gaps between the cells are blank."""
    reader = ExcelReader(io.BytesIO(content), read_only=True)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    path = next(rel.target for _sheet, rel in reader.parser.find_sheets() if rel.target.endswith(".xml"))
    sheet = _Sheet(reader)
    with reader.archive.open(path) as source:
        while chunk := source.read(CHUNK):
            sheet.parser.Parse(chunk, False)
            yield from sheet.taken()
        sheet.parser.Parse(b"", True)
        yield from sheet.taken()


class _Sheet:
    """What expat says of a sheet, row by row."""

    def __init__(self, reader: ExcelReader) -> None:
        self.strings: list[str] = reader.shared_strings
        self.book = reader.wb
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = _refuse
        self.rows: list[tuple[int, list[str]]] = []
        self.number, self.column = 0, 0
        self.cells: list[str] = []
        self.kind, self.style = "n", 0
        self.parts: dict[str, list[str]] = {}
        self.into: list[str] | None = None
        self.phonetic = False

    def taken(self) -> list[tuple[int, list[str]]]:
        """The rows that are complete by now."""
        rows, self.rows = self.rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "c":
            reference = attributes.get("r")
            self.column = _column(reference) if reference else self.column + 1
            self.kind, self.style, self.parts = attributes.get("t", "n"), int(attributes.get("s", 0)), {}
        elif name in TEXTS and not self.phonetic:
            self.into = self.parts.setdefault(name, [])
        elif name == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.column, self.cells = 0, []
        elif name == "rPh":  # how a Japanese text is read aloud: no part of it
            self.phonetic = True

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in TEXTS:
            self.into = None
        elif name == "c":
            self.cells.extend([""] * (self.column - 1 - len(self.cells)))
            self.cells.append(self._value())
        elif name == "row":
            self.rows.append((self.number, self.cells))
        elif name == "rPh":
            self.phonetic = False

    def _text(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)

    def _value(self) -> str:
        """A cell as text."""
        if "f" in self.parts:
            return "=" + "".join(self.parts["f"])
        if self.kind == "inlineStr":
            return "".join(self.parts.get("t", ()))
        text = "".join(self.parts.get("v", ()))
        if not text:
            return ""
        return READERS.get(self.kind, _as_it_is)(self, text)

    def number_text(self, text: str) -> str:
        number = float(text) if any(char in text for char in ".eE") else int(text)
        if self.style in self.book._date_formats:
            return _moment(from_excel(number, self.book.epoch, timedelta=self.style in self.book._timedelta_formats))
        return str(int(number) if isinstance(number, float) and number.is_integer() else number)


def _as_it_is(_sheet: _Sheet, text: str) -> str:
    return text


READERS: dict[str, Callable[[_Sheet, str], str]] = {
    "n": _Sheet.number_text,
    "s": lambda sheet, text: str(sheet.strings[int(text)]),
    "b": lambda _sheet, text: str(bool(int(text))),
    "d": lambda _sheet, text: _moment(from_ISO8601(text)),
}
"""By the type of a cell; others are text as it is."""


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _column(reference: str) -> int:
    """B7 is in column 2."""
    number = 0
    for char in reference:
        if not "A" <= char <= "Z":
            break
        number = number * 26 + ord(char) - 64
    if not 1 <= number <= COLUMN_LIMIT:
        raise ValueError(reference[:20])
    return number


def _refuse(*_declared: object) -> None:
    raise DeclaredEntity
