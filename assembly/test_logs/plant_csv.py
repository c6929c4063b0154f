"""The plant's own testers: CSV files read by a column map, recognised by their heading and not by their name.

UTF-8 (with or without mark), UTF-16 or CP932; comma, tab or semicolon; lines before the heading are a banner. Digits
may be full-width. A decimal comma is refused: 1,250 might be a thousand or a one. Words of verdicts are in VERDICTS.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from assembly.test_logs.column_map import ColumnMap, MapColumn, folded, heading
from assembly.test_logs.findings import Findings
from assembly.test_logs.plant_cells import VERDICTS, moment_of, number_of
from assembly.test_logs.result import ROWS_LIMIT, Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.rules import worst
from assembly.test_logs.words import told

TOOL = "plant-csv"
DUT = "dut"
HEADING_WITHIN = 40
"""Lines in which the heading must stand."""

MOST_LINES = 200_000
_DELIMITERS = ",\t;"


class Fit(NamedTuple):
    """A map that fits a file: where its heading stands, what separates its cells, and the cells of the heading."""

    map: ColumnMap
    line: int
    delimiter: str
    header: tuple[str, ...]


def fit_of(text: str, maps: Iterable[ColumnMap]) -> Fit | None:
    """The map whose columns all stand in the heading; of several the one that knows the most columns. Refuses two
    that know equally many: which is meant cannot be told."""
    known = [(one, {heading(column.header) for column in one.columns}) for one in maps]
    for number, line in enumerate(io.StringIO(text[: 256 * 1024]), start=1):
        if number > HEADING_WITHIN:
            return None
        for delimiter in _DELIMITERS:
            header = _cells(line, delimiter)
            there = {heading(cell) for cell in header}
            fits = [(len(wanted), one) for one, wanted in known if wanted <= there]
            if fits:
                most = max(count for count, _one in fits)
                best = [one for count, one in fits if count == most]
                if len(best) > 1:
                    names = ", ".join(one.code for one in best[:4])
                    raise Unreadable(f"More than one column map fits the heading: {names}.")
                return Fit(best[0], number, delimiter, tuple(header))
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line.strip("\r\n")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def read(text: str, fit: Fit, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the map's revision and its code. With `options.duts` only the lines of that unit are read. Refuses
    a line of another width, a cell that is no number or no time, low above high, a file without a line, and, as soon as
    they are reached, more than ROWS_LIMIT results."""
    findings, table = Findings(options), _Table(fit)
    table.heading_is_sound(findings)
    duts: dict[str, str | None] = {}
    for line in _own_lines(text, table, findings):
        duts[line.serial] = line.moment() or duts.get(line.serial)
        line.take(findings, label(DUT, line.serial))
        if len(findings.readings) + len(findings.results) > ROWS_LIMIT:
            raise Unreadable(f"The file holds more than {ROWS_LIMIT} results.")
    if not duts:
        raise Unreadable("The file has a heading and no line below it.")
    if not text.endswith(("\n", "\r")):
        findings.because("review", "The last line has no end: the file may be cut off.")
    for serial, moment in duts.items():
        findings.entities.append(Entity(DUT, serial, serial=serial, more={"tested_at": moment}))
    return findings, f"r{fit.map.revision}", fit.map.code


def _own_lines(text: str, table: "_Table", findings: Findings) -> Iterator["_Line"]:
    """The lines about the unit that was asked for (all, where none was), each once."""
    wanted, seen, others = findings.options.duts, dict[str, int](), ""
    for number, cells in _lines(text, table.fit):
        line = _Line(number, cells, table)
        if not line.serial:
            raise Unreadable(f"Line {number} names no unit.")
        if wanted and line.serial not in wanted:
            others = others or line.serial
            continue
        earlier = seen.setdefault("\x00".join(cells), number)  # no cell holds a NUL; text_of refuses them
        if earlier == number:
            yield line
        else:
            findings.because("review", f"Line {number} repeats line {earlier}.")
    if others and not seen:
        raise Unreadable(f"No line of the file is about this unit; the first is about {others[:60]}.")


def _lines(text: str, fit: Fit) -> Iterator[tuple[int, list[str]]]:
    """Lines below the heading with their numbers, blank ones left out."""
    source = io.StringIO(text, newline="")
    for _ in range(fit.line):
        source.readline()
    rows = csv.reader(source, delimiter=fit.delimiter, strict=True)
    try:
        for cells in rows:
            number = fit.line + rows.line_num
            if number > MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES} lines.")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(fit.header):
                raise Unreadable(f"Line {number} has {len(cells)} cells under {len(fit.header)} headings.")
            yield number, cells
    except csv.Error as broken:
        raise Unreadable(f"Line {fit.line + rows.line_num} is no sound CSV: {broken}.") from broken


class _Table:
    """Where the columns of a map stand in a heading."""

    def __init__(self, fit: Fit) -> None:
        self.fit = fit
        self.header = fit.header
        places = {heading(cell): at for at, cell in enumerate(fit.header)}
        self.columns = [(places[heading(column.header)], column) for column in fit.map.columns]
        self.places: Mapping[str, int] = {column.role: at for at, column in self.columns if column.role != "value"}
        self.values: Sequence[tuple[int, MapColumn]] = [one for one in self.columns if one[1].role == "value"]
        self.is_long = "name" in self.places

    def one(self, role: str) -> int | None:
        return self.places.get(role)

    def heading_is_sound(self, findings: Findings) -> None:
        mapped = {at for at, _column in self.columns}
        spare = [cell.strip() for at, cell in enumerate(self.header) if at not in mapped and cell.strip()]
        if {heading(cell) for cell in spare} & {heading(column.header) for _at, column in self.columns}:
            raise Unreadable("A heading of the column map stands twice in the file.")
        if spare:
            findings.because("review", f"Columns that the map does not know were left out: {', '.join(spare[:4])}.")


@dataclass(frozen=True)
class _Line:
    """One line under its map."""

    number: int
    cells: Sequence[str]
    table: _Table

    def cell(self, role: str) -> str:
        at = self.table.one(role)
        return "" if at is None else folded(self.cells[at])

    @property
    def serial(self) -> str:
        return self.cell("serial")

    def moment(self) -> str | None:
        text = self.cell("moment")
        return moment_of(text, self.number) if text else None

    def take(self, findings: Findings, entity: str) -> None:
        said = self._said(findings)
        if self.table.is_long:
            at, column = self.table.values[0]
            name = self.cell("name")[:160]
            if not name:
                raise Unreadable(f"Line {self.number} names no measurement.")
            self._measured(findings, (entity, name), (at, column), said)
            return
        for at, column in self.table.values:
            self._measured(findings, (entity, column.name.strip()[:160]), (at, column), None)
        if said == "pass" and any(one.verdict == "fail" for one in findings.readings[-len(self.table.values) :]):
            findings.because("review", f"Line {self.number} is marked passed, but a value of it is outside its limits.")
        if said is not None:
            findings.results.append(TestResult(entity, "verdict of the line", said, detail=f"line {self.number}"))

    def _said(self, findings: Findings) -> Verdict | None:
        """The tester's own word; None where the map has no column for it or the cell is blank."""
        word = self.cell("verdict")
        if not word:
            return None
        if word.lower() not in VERDICTS:
            findings.because("review", f"Line {self.number}: the verdict {word[:20]!r} is not known; it is no pass.")
        return VERDICTS.get(word.lower(), "not_run")

    def _measured(
        self, findings: Findings, what: tuple[str, str], where: tuple[int, MapColumn], said: Verdict | None
    ) -> None:
        (entity, name), (at, column) = what, where
        low, high = self._bound("low", column.low), self._bound("high", column.high)
        if low is not None and high is not None and low > high:
            raise Unreadable(f"Line {self.number}: the low limit {low:g} is above the high limit {high:g}.")
        text = folded(self.cells[at])
        value = None if told(text) is None else number_of(text, self.number)
        if value is None and said is not None and low is None and high is None:
            findings.results.append(TestResult(entity, name, said, detail=f"line {self.number}"))
            return
        held = _held(value, low, high)
        if said == "pass" and held in ("fail", "not_run"):
            findings.because(
                "review", f"Line {self.number}: {name} is marked passed, which its value does not bear out."
            )
        verdict = None if said is None and held is None else worst((said or "none", held or "none"))
        unit = self.cell("unit") or column.unit.strip()
        findings.readings.append(Reading(name, entity, value, unit[:30] or None, low, high, verdict))

    def _bound(self, role: str, own: float | None) -> float | None:
        text = self.cell(role)
        return own if told(text) is None else number_of(text, self.number)


def _held(value: float | None, low: float | None, high: float | None) -> Verdict | None:
    """By the limits that the file or its map states; None without any."""
    if low is None and high is None:
        return None
    if value is None:
        return "not_run"
    return "pass" if (low is None or value >= low) and (high is None or value <= high) else "fail"
