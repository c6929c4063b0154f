"""A first guess at what the columns of a sample file mean, for the person who makes a map of it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from assembly.test_logs.column_map import MOST_COLUMNS, Role, folded, heading
from assembly.test_logs.plant_csv import HEADING_WITHIN
from assembly.test_logs.result import Unreadable
from assembly.test_logs.text import text_of
from assembly.test_logs.words import number

_WORDS: dict[Role, tuple[str, ...]] = {
    "serial": ("serial", "serial no", "serial no.", "serial number", "s/n", "sn", "製造番号", "シリアル",
               "シリアル番号", "シリアルno", "現品番号", "機番", "dut", "unit id"),
    "name": ("item", "test", "test item", "test name", "measurement", "項目", "測定項目", "試験項目", "検査項目"),
    "value": ("value", "measured", "measured value", "reading", "測定値", "値", "実測値", "データ"),
    "unit": ("unit", "units", "単位"),
    "low": ("low", "lower", "lower limit", "low limit", "lsl", "min", "下限", "下限値", "規格下限"),
    "high": ("high", "upper", "upper limit", "high limit", "usl", "max", "上限", "上限値", "規格上限"),
    "verdict": ("result", "judge", "judgement", "judgment", "verdict", "pass/fail", "判定", "合否", "結果"),
    "moment": ("date", "time", "datetime", "date time", "timestamp", "日時", "測定日時", "試験日時", "時刻"),
}  # fmt: skip
SHOWN = 3
"""Lines of the sample that are shown."""


@dataclass(frozen=True, slots=True)
class GuessedColumn:
    """A heading of the sample with its first cells, and what it may be."""

    header: str
    samples: tuple[str, ...]
    role: Role
    name: str = ""


def guessed_columns(content: bytes) -> list[GuessedColumn]:
    """The columns of a sample file. Refuses (Unreadable) a file that shows no table."""
    text = text_of(content, fallback="cp932").text
    rows = _table(text)
    header = [cell.strip() for cell in rows[0]]
    cells = [[row[at].strip() for row in rows[1:] if at < len(row)] for at in range(len(header))]
    roles = [_role(one) for one in header]
    taken: set[Role] = set()
    found = []
    for title, role, samples in zip(header, roles, cells, strict=True):
        own = role if role is not None and (role == "value" or role not in taken) else None
        is_number = bool(samples) and all(number(folded(cell)) is not None for cell in samples)
        if own is None and is_number and "name" not in roles and "value" not in roles:
            own = "value"
        taken.add(own or "ignore")
        name = title if own == "value" and "name" not in roles else ""
        found.append(GuessedColumn(title, tuple(samples), own or "ignore", name))
    return found


def _table(text: str) -> list[list[str]]:
    """The heading and the first lines below it: the first line whose cells are as many as those of the next."""
    head = list(io.StringIO(text[: 256 * 1024]))[: HEADING_WITHIN + SHOWN]
    for delimiter in ",\t;":
        try:
            rows = [row for row in csv.reader(head, delimiter=delimiter) if any(cell.strip() for cell in row)]
        except csv.Error:
            continue
        for at, row in enumerate(rows):
            below = rows[at + 1 : at + 1 + SHOWN]
            if 1 < len(row) <= MOST_COLUMNS and all(row) and (not below or len(below[0]) == len(row)):
                return [row, *below]
    raise Unreadable("The file shows no table: no heading with cells below it was found.")


def _role(title: str) -> Role | None:
    word: str = heading(title)
    known: Sequence[Role] = [role for role, words in _WORDS.items() if word in words]
    return known[0] if known else None
