"""The instruments of the line. Numbers and makers are invented.

A calibration is the laboratory's word about a real thing: it is recorded only where the history is invented too (demo,
simulated plant). A real plant records its own before the first torque is written down.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.utils import timezone

from assembly.models import Tool
from assembly.operations.tools import record_calibration, register_tool
from ledger.callers import Caller


@dataclass(frozen=True, slots=True)
class ToolRow:
    """An instrument to register; calibrated so many days before the invented history begins."""

    code: str
    kind: str
    name_ja: str
    name_en: str
    place: str
    days_before: int = 40


TOOLS = (
    ToolRow("TQ-014", "torque", "トルクドライバー 0.2–1.2 N·m", "Torque driver 0.2 to 1.2 N·m", "A1"),
    ToolRow("TQ-022", "torque", "トルクレンチ 4–20 N·m", "Torque wrench 4 to 20 N·m", "A2"),
    ToolRow("TQ-031", "torque", "トルクレンチ 10–50 N·m", "Torque wrench 10 to 50 N·m", "A3", 88),
    ToolRow("LT-03", "leak_tester", "リークテスター 1 MPa", "Leak tester 1 MPa", "LINE-RACK"),
    ToolRow("EB-02", "resistance", "接地抵抗計", "Ground bond tester", "LINE-TRAY"),
    ToolRow("HP-02", "electrical", "耐電圧・絶縁試験器", "Hi-pot and insulation tester", "LINE-RACK"),
    ToolRow("CM-01", "coolant", "導電率・pH計", "Conductivity and pH meter", "LINE-RACK"),
    ToolRow("RF-01", "coolant", "屈折計", "Refractometer", "LINE-RACK"),
    ToolRow("DM-07", "electrical", "デジタルマルチメーター", "Digital multimeter", "T2"),
    ToolRow("SC-01", "scale", "床はかり 3 t", "Floor scale 3 t", "P1"),
    ToolRow("HY-04", "other", "温湿度計", "Thermo-hygrometer", "P1"),
)


def load(caller: Caller) -> None:
    """Register what is missing; with invented history also the calibration it was begun with."""
    there = set(Tool.objects.values_list("code", flat=True))
    today = timezone.localdate(caller.at)
    for row in TOOLS:
        if row.code in there:
            continue
        register_tool(
            caller=replace(caller, key=f"{caller.key}:{row.code}"), code=row.code, name_ja=row.name_ja,
            name_en=row.name_en, kind=row.kind, place=row.place,
        )  # fmt: skip
        if caller.history:
            record_calibration(
                caller=replace(caller, key=f"{caller.key}:{row.code}:c"), tool_code=row.code,
                calibrated_on=today - timedelta(days=row.days_before), certificate=f"CAL-{row.code}",
                laboratory="Kirishima Calibration (invented)",
            )  # fmt: skip
