"""Instruments at a step: which value was measured with which kind, and what is known of a tool by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assembly.models import OperationField, Tool

KIND_OF_UNIT: dict[str, tuple[str, ...]] = {
    "N·m": ("torque",),
    "kPa": ("leak_tester", "pressure"),
    "min": ("leak_tester",),
    "Ω": ("resistance", "electrical"),
    "MΩ": ("electrical",),
    "mA": ("electrical",),
    "V": ("electrical",),
    "kg": ("scale",),
    "mm": ("length",),
    "%": ("coolant",),
    "µS/cm": ("coolant",),
}
"""The kinds of tool that measure in a unit, the likely one first."""


def kind_of_field(field: OperationField, asked: Sequence[str]) -> str:
    """Which of the asked kinds a value comes from, by its unit; "" for what is seen or counted."""
    return next((kind for kind in KIND_OF_UNIT.get(field.unit, ()) if kind in asked), "")


def tools_by_field(fields: Sequence[OperationField], asked: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """The tool's number behind each value, from the numbers given by kind. A kind that fits no unit stands behind the
    first number (or the first field), so that it is on record; a tool that was not given is left out."""
    found = {field.code: given.get(kind_of_field(field, asked), "") for field in fields}
    used = {kind_of_field(field, asked) for field in fields}
    for kind in asked:
        if kind not in used and given.get(kind):
            free = [field for field in fields if not found[field.code]] or list(fields)
            first = next((field for field in free if field.kind == "number"), free[0] if free else None)
            if first is not None:
                found[first.code] = given[kind]
    return {code: tool for code, tool in found.items() if tool}


@dataclass(frozen=True, slots=True)
class KnownTool:
    """A tool and until when it is calibrated (None: it is not)."""

    tool: Tool
    due_on: date | None


def known_tool(code: str, on: date) -> KnownTool | None:
    """The tool of that number with its calibration on that day; None where there is none. Two queries."""
    tool = Tool.objects.filter(code=code.strip()).first()
    if tool is None:
        return None
    last = tool.calibrations.filter(calibrated_on__lte=on).order_by("-calibrated_on", "-pk").first()
    return KnownTool(tool, last.due_on if last is not None and last.covers(on) else None)
