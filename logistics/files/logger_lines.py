"""The files of loggers (輸送記録計): CSV as they write it, with lines before the table. Pure: no database.

UTF-8 with or without a mark or Shift_JIS, comma, semicolon or tab; columns by their Japanese or English names, units in
brackets or not. A cell that is blank or says NaN is no reading; one that is no number, or that nothing on Earth can
have measured, is a fault of its line. A moment without a zone is in the zone that is named with the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise, product
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from inventory.files.cells import PLANT, CellFault
from inventory.files.japanese_moments import read_japanese_moment
from inventory.files.tables import SIZE_LIMIT, LineFault, Row, Table, column_word, read_table
from inventory.text import fold
from logistics.files.encodings import unified
from logistics.files.road_course import Course, Times, Values

HEAD_LIMIT = 120
"""Lines before the table, at most."""
CELL = 500
PLACES = 3
"""Decimals that are kept; limits have two, so nothing lies beyond one by rounding."""
SEPARATORS = ",;\t"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TIME_COLUMNS = {
    "moment": ("time", "date time", "date and time", "timestamp", "recorded at", "日時", "記録日時", "測定日時",
               "計測日時", "年月日時刻"),
    "day": ("date", "日付", "年月日", "測定日", "記録日"),
    "clock": ("time of day", "時刻", "測定時刻", "記録時刻", "時間"),
}  # fmt: skip
_STEMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "shock": (
        ("shock", "acceleration", "peak", "peak acceleration", "resultant", "vector sum", "impact", "衝撃", "衝撃値",
         "合成加速度", "合成", "加速度", "最大加速度"),
        ("", "g", "peak g", "max g"),
    ),
    **{
        f"shock_{axis}": (
            (axis, f"{axis} axis", f"shock {axis}", f"acceleration {axis}", f"acc {axis}", f"g {axis}", f"{axis}軸",
             f"衝撃{axis}", f"加速度{axis}", f"{axis}軸加速度", f"{axis}軸衝撃"),
            ("", "g"),
        )
        for axis in "xyz"
    },
    "tilt": (("tilt", "tilt angle", "angle", "inclination", "傾き", "傾斜", "傾斜角", "傾斜角度", "転倒角"),
             ("", "deg", "°", "度", "degree", "degrees")),
    "temperature": (("temperature", "temp", "ambient temperature", "温度", "気温", "庫内温度"),
                    ("", "℃", "°c", "c", "degc", "deg c")),
    "humidity": (("humidity", "relative humidity", "rh", "湿度", "相対湿度"), ("", "%", "%rh", "rh", "% rh")),
}  # fmt: skip
COLUMNS = TIME_COLUMNS | {
    name: tuple(f"{stem} {unit}".strip() for stem, unit in product(stems, units))
    for name, (stems, units) in _STEMS.items()
}
"""Our name of a column → the words it goes by."""
AXES = ("shock_x", "shock_y", "shock_z")
PLAUSIBLE = {
    **dict.fromkeys(("shock", *AXES), (-500.0, 500.0)),
    "tilt": (-180.0, 180.0), "temperature": (-90.0, 150.0), "humidity": (0.0, 100.0),
}  # fmt: skip
NO_READING = frozenset(("", "-", "--", "---", "nan", "n/a", "na", "null", "none", "err", "error", "欠測", "無効"))
_FIGURE = re.compile(r"([-+]?\d{1,12}(?:[.,]\d{1,12})?(?:[eE][-+]?\d{1,3})?)\s*(?:g|℃|°c|°|c|%rh|%|deg|度)?")
_FRACTION = re.compile(r"(:\d{2})[.,]\d+")
_SERIAL = re.compile(
    r"(?:serial(?: number| no\.?)?|s/n|logger id|device id|シリアル(?:番号|no\.?)?|製造番号|機器番号|機番)"
    r"\s*[:,;\t=\"]+\s*\"?([\w./-]{1,60})",
    re.IGNORECASE,
)
_OTHER_UNIT = re.compile(r"℉|°\s*f\b|m/s", re.IGNORECASE)


@dataclass(slots=True)
class LoggerText:
    """What a file says: readings by measure, how many lines; `serial` as its head names the logger ("" where it does
    not). `findings`: what is odd and yet read, as codes with how many. With any fault nothing of it may be imported."""

    course: Course = field(default_factory=dict)
    rows: int = 0
    serial: str = ""
    findings: list[dict[str, Any]] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)

    @property
    def span(self) -> tuple[int, int]:
        """First and last moment (µs) of the readings."""
        ends = [(int(at[0]), int(at[-1])) for at, _values in self.course.values()]
        return min(first for first, _last in ends), max(last for _first, last in ends)


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    values: dict[str, float]


def read_logger_lines(content: bytes, zone: tzinfo = PLANT) -> LoggerText:
    """The readings of a file and everything that is wrong with it."""
    found = LoggerText()
    if len(content) > SIZE_LIMIT:
        return _whole(found, _("The file is larger than %(limit)d MB.") % {"limit": SIZE_LIMIT // 1024 // 1024})
    text = unified(content).content
    lines = text.decode("utf-8", errors="replace").splitlines()
    skipped = _heading(lines[:HEAD_LIMIT])
    if skipped is None:
        return _whole(
            found, _("No line names its columns: a time, and shock, tilt, temperature or humidity beside it.")
        )
    found.serial = _serial(lines[:skipped])
    if _OTHER_UNIT.search(fold(lines[skipped])):
        return _whole(found, _("A column is in °F or m/s². Let the logger write ℃ and g."))
    table = read_table("\n".join(lines[skipped:]).encode(), COLUMNS, ())
    told = [line for row in table.rows if (line := _line(table, row, zone, found)) is not None]
    found.faults = sorted(
        (LineFault(one.line + skipped if one.line else 0, one.column, one.say) for one in table.faults),
        key=lambda fault: fault.line,
    )
    found.rows = len(told)
    if not found.faults:
        _order(found, told)
    return found


def _whole(found: LoggerText, say: str) -> LoggerText:
    found.faults.append(LineFault(0, "", say))
    return found


def _heading(lines: list[str]) -> int | None:
    """Which line names a time and something measured."""
    names = {column_word(word): name for name, words in COLUMNS.items() for word in (name, *words)}
    for number, line in enumerate(lines):
        separator = max(SEPARATORS, key=line.count)
        told = {names.get(column_word(cell[:CELL].strip(' "')), "") for cell in line.split(separator)}
        if told & set(TIME_COLUMNS) and told & set(_STEMS):
            return number
    return None


def _serial(lines: Iterable[str]) -> str:
    for line in lines:
        found = _SERIAL.search(fold(line[:CELL]))
        if found is not None:
            return found.group(1)
    return ""


def _line(table: Table, row: Row, zone: tzinfo, found: LoggerText) -> _Line | None:
    at = _moment(table, row, zone)
    values: dict[str, float] = {}
    for name in _STEMS:
        cell = row.cells.get(name)
        if cell is None:
            continue
        if cell.lower() in NO_READING:
            _count(found, "no-reading")
            continue
        try:
            values[name] = _figure(name, cell)
        except CellFault as fault:
            table.fault(row.line, name, str(fault))
    axes = [values[axis] for axis in AXES if axis in values]
    if axes and "shock" not in values:
        values["shock"] = round(math.hypot(*axes), PLACES)
    return None if at is None else _Line(at, values)


def _moment(table: Table, row: Row, zone: tzinfo) -> int | None:
    day = row.cells.get("day", "")
    name = "day" if day else "moment"
    text = day or row.cells.get("moment", "")
    clock = (row.cells.get("clock") or row.cells.get("moment", "")) if day else row.cells.get("clock", "")
    if not text:
        table.fault(row.line, name if name in table.shown else "", _("This cell must not be blank."))
        return None
    try:
        at = read_japanese_moment(_FRACTION.sub(r"\1", text), _FRACTION.sub(r"\1", clock), zone)
        return (at - EPOCH) // timedelta(microseconds=1)
    except CellFault as fault:
        table.fault(row.line, name, str(fault))
    except (ValueError, OverflowError):
        table.fault(row.line, name, _("“%(text)s” is no time of day.") % {"text": text[:40]})
    return None


def _figure(name: str, cell: str) -> float:
    told = _FIGURE.fullmatch(cell.lower())
    value = float(told.group(1).replace(",", ".")) if told else float("nan")
    low, high = PLAUSIBLE[name]
    if told is None:
        raise CellFault(_("“%(text)s” is no number.") % {"text": cell[:40]})
    if not low <= value <= high:
        raise CellFault(
            _("“%(text)s” cannot have been measured: it lies outside %(low)g to %(high)g.")
            % {"text": cell[:40], "low": low, "high": high}
        )
    return round(abs(value) if name in ("shock", "tilt") else value, PLACES)


def _count(found: LoggerText, code: str, n: int = 1) -> None:
    """One more of a finding."""
    row = next((one for one in found.findings if one["code"] == code), None)
    if row is None:
        found.findings.append({"code": code, "n": n})
    else:
        row["n"] += n


def _order(found: LoggerText, lines: list[_Line]) -> None:
    """The lines as a course: in order of time, doubled ones once; readings of one moment that differ are all kept, a
    microsecond apart, so that no peak is lost."""
    back = sum(after.at < before.at for before, after in pairwise(lines))
    if back:
        _count(found, "out-of-order", back)
    seen: set[tuple[int, tuple[tuple[str, float], ...]]] = set()
    last = None
    kept: list[_Line] = []
    for line in sorted(lines, key=lambda one: one.at):
        same = (line.at, tuple(line.values.items()))
        if same in seen:
            _count(found, "doubled")
            continue
        seen.add(same)
        if last == line.at:
            _count(found, "differing")
        last = line.at
        kept.append(line)
    found.course = {name: course for name in _STEMS if (course := _series(kept, name)) is not None}
    if not found.course:
        _whole(found, _("The file has no reading."))


def _series(lines: list[_Line], name: str) -> tuple[Times, Values] | None:
    told = [(line.at, line.values[name]) for line in lines if name in line.values]
    if not told:
        return None
    at = np.array([one for one, _value in told], np.int64)
    values = np.array([value for _at, value in told], np.float64)
    place = np.arange(len(at))
    first = np.maximum.accumulate(np.where(np.diff(at, prepend=at[0] - 1) > 0, place, 0))
    return at + (place - first), values
