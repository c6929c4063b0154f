"""What the columns of a plant's own CSV mean: data that test engineers keep, as plain facts for the reader.

Two forms. *Long*: a line is one measurement; a column names it. *Wide*: a line is one unit; each value column is one
measurement, named by the map with its unit and limits.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["serial", "name", "value", "unit", "low", "high", "verdict", "moment", "ignore"]
ROLES: tuple[Role, ...] = get_args(Role)
ONCE: tuple[Role, ...] = ("serial", "name", "unit", "low", "high", "verdict", "moment")
MOST_COLUMNS = 200

Fault = Literal[
    "no-columns", "blank-heading", "heading-twice", "no-serial", "no-value", "role-twice", "name-missing",
    "name-and-named", "limits-of-named", "low-above-high", "facts-without-value", "name-twice", "not-finite",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapColumn:
    """One column by its heading. `name`, `unit`, `low` and `high` only where the map itself names the measurement."""

    header: str
    role: Role
    name: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A revision of a map."""

    code: str
    revision: int
    columns: tuple[MapColumn, ...]


class BadColumnMap(ValueError):
    """The columns make no map; the message says why."""


_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2212: 0x2D}


def folded(text: str) -> str:
    """Full-width letters, digits and blanks (U+FF01–FF5E, U+3000) and the minus sign as ASCII; trimmed."""
    return text.translate(_FULL_WIDTH).strip()


def heading(text: str) -> str:
    """The form in which headings are compared: folded, one blank between words, lower case."""
    return " ".join(folded(text).split()).lower()


def fault_of(columns: Sequence[MapColumn]) -> tuple[Fault, str] | None:
    """The first thing that keeps the columns from being a map, with the heading or role it is about."""
    if not columns or len(columns) > MOST_COLUMNS:
        return "no-columns", str(len(columns))
    for key, times in Counter(heading(column.header) for column in columns).items():
        if not key:
            return "blank-heading", ""
        if times > 1:
            return "heading-twice", key
    return _fault_of_roles(columns) or next((fault for one in columns if (fault := _fault_of_column(one))), None)


def _fault_of_roles(columns: Sequence[MapColumn]) -> tuple[Fault, str] | None:
    times = Counter(column.role for column in columns)
    for role in ONCE:
        if times[role] > 1:
            return "role-twice", role
    if not times["serial"]:
        return "no-serial", ""
    if not times["value"]:
        return "no-value", ""
    named = [column.name.strip() for column in columns if column.role == "value" and column.name.strip()]
    if times["name"]:
        return ("name-and-named", named[0]) if named or times["value"] > 1 else None
    if len(named) < times["value"]:
        return "name-missing", next(c.header for c in columns if c.role == "value" and not c.name.strip())
    twice = [name for name, count in Counter(named).items() if count > 1]
    if twice:
        return "name-twice", twice[0]
    loose = [role for role in ("unit", "low", "high") if times[role]]  # type: ignore[index]
    return ("limits-of-named", loose[0]) if loose and times["value"] > 1 else None


def _fault_of_column(one: MapColumn) -> tuple[Fault, str] | None:
    bounds = [bound for bound in (one.low, one.high) if bound is not None]
    if one.role != "value" and (one.name.strip() or one.unit.strip() or bounds):
        return "facts-without-value", one.header
    if any(not math.isfinite(bound) for bound in bounds):
        return "not-finite", one.header
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        return "low-above-high", one.header
    return None


def column_map_from_json(text: str) -> ColumnMap:
    """A map from a file: `{"code", "columns": [{"header", "role", "name", "unit", "low", "high"}]}`. Raises
    BadColumnMap."""
    try:
        found = json.loads(text)
        columns = tuple(_column(one) for one in found["columns"])
        made = ColumnMap(str(found.get("code") or "file"), int(found.get("revision") or 1), columns)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise BadColumnMap(f"The column map is not of the form that is read: {broken}") from broken
    fault = fault_of(made.columns)
    if fault is not None:
        raise BadColumnMap(f"The columns make no map: {fault[0]} {fault[1]}".strip())
    return made


def _column(one: dict[str, object]) -> MapColumn:
    role = one["role"]
    if role not in ROLES:
        raise ValueError(f"the role {role!r} is not known")
    low, high = (None if one.get(key) is None else float(str(one[key])) for key in ("low", "high"))
    return MapColumn(str(one["header"]), role, str(one.get("name") or ""), str(one.get("unit") or ""), low, high)  # type: ignore[arg-type]
