"""Files whose every line is one thing of plain facts: read by a table of columns. Pure: no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from inventory.files.cells import CellFault
from inventory.files.tables import Table, read_table


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the words it goes by, how its cell is read, whether it must be there, and what a blank cell means."""

    words: tuple[str, ...]
    reader: Callable[[str], Any] = str
    required: bool = False
    blank: Any = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One line: its number in the file, and its facts by our names."""

    line: int
    facts: dict[str, Any]


def read_rows(content: bytes, columns: Mapping[str, Column]) -> tuple[list[Told], Table]:
    """The lines of a file as facts; what is wrong is noted in the table's faults, line by line."""
    words = {name: column.words for name, column in columns.items()}
    table = read_table(content, words, [name for name, column in columns.items() if column.required])
    told = []
    for row in table.rows:
        before = len(table.faults)
        facts = {
            name: _cell(table, row.line, name, column, row.cells.get(name, "")) for name, column in columns.items()
        }
        if len(table.faults) == before:
            told.append(Told(row.line, facts))
    return told, table


def _cell(table: Table, line: int, name: str, column: Column, text: str) -> Any:
    if not text:
        if column.required:
            table.fault(line, name, _("This cell must not be blank."))
        return column.blank
    try:
        return column.reader(text)
    except CellFault as fault:
        table.fault(line, name, str(fault))
        return column.blank


def read_number(text: str) -> Decimal:
    """A number with sign and decimals, as limits have."""
    from_text = text.replace(",", "").replace("−", "-")
    try:
        number = Decimal(from_text)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**9:
        raise CellFault(_("“%(text)s” is no number.") % {"text": text[:40]})
    return number
