"""Acts of tools and their calibrations, of skills and who holds them."""

from __future__ import annotations

from datetime import date

from accounts.models import Skill, SkillGrant
from accounts.operations.skills import define_skill as defined
from accounts.operations.skills import grant_skill as granted
from assembly.models import Tool
from assembly.operations.tools import register_tool as registered
from tests.doors.act import Act, Acts, caller, days_ago

NAMES = {"name_ja": "新", "name_en": "New"}


def _tool() -> Tool:
    """A torque driver without a calibration."""
    return registered(caller=caller("plan"), code="TD-DOOR", kind="torque", **NAMES)


def register_tool() -> Act:
    return Act(
        "plan",
        {"code": "TD-DOOR", "kind": "torque", **NAMES},
        wrong={"code": " "},
        refusal="ToolOdd",
    )


def edit_tool() -> Act:
    tool = _tool()
    return Act(
        "plan",
        {"tool_id": tool.pk, "version": tool.version, "kind": "torque", "place": "A1", **NAMES},
        wrong={"version": tool.version + 1},
        refusal="StaleEdit",
    )


def retire_tool() -> Act:
    tool = _tool()
    return Act(
        "plan",
        {"tool_id": tool.pk, "version": tool.version, "reason": "Worn"},
        wrong={"reason": " "},
        refusal="ToolOdd",
    )


def record_calibration() -> Act:
    return Act(
        "plan",
        {"tool_code": _tool().code, "calibrated_on": days_ago(3).date(), "certificate": "C-1"},
        wrong={"tool_code": "NO-TOOL"},
        refusal="UnknownTool",
    )


def _skill() -> Skill:
    """A qualification for a year."""
    return defined(caller=caller("plan"), code="SK-DOOR", months_valid=12, **NAMES)


def define_skill() -> Act:
    return Act("plan", {"code": "SK-DOOR", "months_valid": 12, **NAMES}, wrong={"code": " "}, refusal="SkillOdd")


def edit_skill() -> Act:
    skill = _skill()
    return Act(
        "plan",
        {"skill_id": skill.pk, "version": skill.version, "months_valid": 24, **NAMES},
        wrong={"version": skill.version + 1},
        refusal="StaleEdit",
    )


def grant_skill() -> Act:
    return Act(
        "plan",
        {"username": "mei", "skill_code": _skill().code, "from_on": date(2026, 1, 15), "proof": "C-1"},
        wrong={"username": "nobody"},
        refusal="UnknownPerson",
    )


def _grant() -> SkillGrant:
    """A skill that mei holds."""
    return granted(caller=caller("plan"), username="mei", skill_code=_skill().code, from_on=date(2026, 1, 15))


def end_skill() -> Act:
    return Act("plan", {"grant_id": _grant().pk, "reason": "Long away"}, wrong={"reason": " "}, refusal="SkillOdd")


ACTS: Acts = {
    "accounts.define_skill": define_skill,
    "accounts.edit_skill": edit_skill,
    "accounts.end_skill": end_skill,
    "accounts.grant_skill": grant_skill,
    "assembly.edit_tool": edit_tool,
    "assembly.record_calibration": record_calibration,
    "assembly.register_tool": register_tool,
    "assembly.retire_tool": retire_tool,
}
