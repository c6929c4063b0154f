"""The files of `forecast_lead_times`: past orders, orders to forecast, quantiles; columns as in leadtime/score.py."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .orders import Groups, NewOrders, PastOrders
from .shape import Floats

ATTRIBUTES = ("mode", "lane", "vendor")
"""What the forecast groups by; other columns are let through unread."""


class FileFault(ValueError):
    """A file is not as agreed: which file, which line, what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Orders to forecast with their names, in the order of the file."""

    names: tuple[str, ...]
    orders: NewOrders


def read_past(path: Path) -> PastOrders:
    """Read train.csv. Refuses (FileFault) missing columns, bad dates and numbers, and a file without a delivered order.

    Days may be fractional. Rows of several as-of days count as known on the latest."""
    days, closed, start, planned, as_of = [], [], [], [], []
    rows = []
    for line, row in _rows(path, ("row_id", "start_date", "asof_date", "days", "status")):
        status = (row["status"] or "").strip()
        if status not in ("closed", "open"):
            raise FileFault(f"{path.name}, line {line}: status is {status!r}, but is closed or open")
        days.append(_positive(path, line, "days", row["days"]))
        closed.append(status == "closed")
        start.append(_day(path, line, "start_date", row["start_date"]))
        as_of.append(_day(path, line, "asof_date", row["asof_date"]))
        planned.append(_planned(path, line, row))
        rows.append(row)
    if not any(closed):
        raise FileFault(f"{path.name}: no order is closed, so nothing says how long one takes")
    return PastOrders(
        np.array(days), np.array(closed), np.array(start, dtype=np.int64), max(as_of), np.array(planned), _groups(rows)
    )


def read_asked(path: Path) -> Asked:
    """Read test.csv. Refuses (FileFault) missing columns, bad numbers, a row_id that comes twice, an empty file."""
    names, ages, planned, rows = [], [], [], []
    seen: set[str] = set()
    for line, row in _rows(path, ("row_id", "age_days")):
        name = row["row_id"] or ""
        if not name or name in seen:
            raise FileFault(f"{path.name}, line {line}: row_id {name!r} is {'there twice' if name else 'empty'}")
        seen.add(name)
        names.append(name)
        ages.append(_number(path, line, "age_days", row["age_days"] or "0"))
        planned.append(_planned(path, line, row))
        rows.append(row)
        if ages[-1] < 0:
            raise FileFault(f"{path.name}, line {line}: age_days is below zero")
    if not rows:
        raise FileFault(f"{path.name}: no order to forecast")
    return Asked(tuple(names), NewOrders(np.array(ages), np.array(planned), _groups(rows)))


def write_quantiles(path: Path, names: Sequence[str], levels: Floats, quantiles: Floats) -> None:
    """Write pred.csv, whole or not at all."""
    head = ["row_id", *("q" + f"{level:.3f}"[2:].removesuffix("0") for level in levels)]
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows([name, *(f"{value:.4f}" for value in row)] for name, row in zip(names, quantiles, strict=True))
    part.replace(path)


def _rows(path: Path, wanted: Sequence[str]) -> Iterator[tuple[int, dict[str, str | None]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in wanted if name not in (reader.fieldnames or ())]
            if missing:
                raise FileFault(f"{path.name}: no column {', '.join(missing)}")
            for row in reader:
                yield reader.line_num, row
    except OSError as fault:
        raise FileFault(f"{path}: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise FileFault(f"{path.name}: not UTF-8") from fault
    except csv.Error as fault:
        raise FileFault(f"{path.name}: {fault}") from fault


def _groups(rows: Sequence[dict[str, str | None]]) -> Groups:
    groups: Groups = {name: _column(rows, name) for name in ATTRIBUTES if any(name in row for row in rows[:1])}
    if "lane" in groups and "vendor" in groups:
        pairs = zip(groups["lane"], groups["vendor"], strict=True)
        both = [f"{lane}|{vendor}" if lane and vendor else "" for lane, vendor in pairs]
        groups["lane_vendor"] = np.array(both, dtype=object)
    return groups


def _column(rows: Sequence[dict[str, str | None]], name: str) -> NDArray[np.object_]:
    return np.array([(row.get(name) or "").strip() for row in rows], dtype=object)


def _number(path: Path, line: int, name: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FileFault(f"{path.name}, line {line}: {name} is {text!r}, which is no number")
    return value


def _positive(path: Path, line: int, name: str, text: str | None) -> float:
    value = _number(path, line, name, text)
    if value <= 0:
        raise FileFault(f"{path.name}, line {line}: {name} is {text}, but must be above zero")
    return value


def _planned(path: Path, line: int, row: dict[str, str | None]) -> float:
    text = (row.get("planned_days") or "").strip()
    return _positive(path, line, "planned_days", text) if text else math.nan


def _day(path: Path, line: int, name: str, text: str | None) -> int:
    try:
        return date.fromisoformat((text or "").strip()).toordinal()
    except ValueError:
        raise FileFault(f"{path.name}, line {line}: {name} is {text!r}, but a day is like 2026-11-20") from None
