"""Instruments and their calibration: registered, edited, calibrated, retired; and the step that lets one be used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.operations.skills import later, today_at
from assembly.models import CalibrationRecord, Tool
from assembly.models.tools import TOOL_KINDS
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal
from ledger.versions import amend, locked, refuse_stale, write_changed


class ToolRegistered(Refusal):
    """A tool of that number exists."""


class ToolOdd(Refusal):
    """A tool or its calibration cannot be as it is described."""


class UnknownTool(Refusal):
    """No tool has that number."""


class WrongToolKind(Refusal):
    """The operation asks for another kind of tool."""


class ToolRetired(Refusal):
    """The tool is no longer in use."""


class CalibrationExpired(Refusal):
    """The tool is not calibrated on that day."""


@operation(permission="assembly.keep_tools", returns=Tool)
def register_tool(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    code: str,
    name_ja: str,
    name_en: str,
    kind: str,
    maker: str = "",
    serial: str = "",
    place: str = "",
    calibration_months: int = 12,
) -> Tool:
    """Register an instrument by the number on its label; it may be used once a calibration is recorded.

    Locks nothing. Refuses ToolRegistered, ToolOdd."""
    facts = {
        "name_ja": name_ja, "name_en": name_en, "kind": kind, "maker": maker, "serial": serial, "place": place,
        "calibration_months": calibration_months,
    }  # fmt: skip
    return add_tool(caller, code, facts)


def add_tool(caller: Caller, code: str, facts: dict[str, Any]) -> Tool:
    """Step: register a tool. Refuses as register_tool says."""
    code = code.strip()
    _refuse_odd(code, facts["name_ja"], facts["name_en"], facts["kind"], facts["calibration_months"])
    if Tool.objects.filter(code=code).exists():
        raise _registered(code)

    tool = Tool.objects.create(code=code, event_id=0, **facts)
    tool.event_id = record_many(
        caller,
        "assembly.tool-registered",
        [Happening(tool, {"code": code, "version": 1, "tool_kind": facts["kind"], **facts})],
    )[0]
    tool.save(update_fields=["event_id"])
    return tool


@operation(permission="assembly.keep_tools", returns=Tool)
def edit_tool(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    tool_id: int,
    version: int,
    name_ja: str,
    name_en: str,
    kind: str,
    maker: str = "",
    serial: str = "",
    place: str = "",
    calibration_months: int = 12,
) -> Tool:
    """Change what is said of an instrument; its number and its calibrations stay. Locks the tool.

    Refuses StaleEdit, ToolOdd, ToolRetired."""
    tool = locked(Tool, pk=tool_id)
    _refuse_odd(tool.code, name_ja, name_en, kind, calibration_months)
    _refuse_retired(tool)
    given = {
        "name_ja": name_ja, "name_en": name_en, "kind": kind, "maker": maker, "serial": serial, "place": place,
        "calibration_months": calibration_months,
    }  # fmt: skip
    return amend(caller, tool, "assembly.tool-edited", version, given)  # type: ignore[no-any-return]


@operation(permission="assembly.keep_tools", returns=Tool)
def retire_tool(*, caller: Caller, tool_id: int, version: int, reason: str) -> Tool:
    """Take an instrument out of use for good; what it measured keeps its number. Locks the tool.

    Refuses StaleEdit, ToolRetired, ToolOdd (no reason)."""
    tool = locked(Tool, pk=tool_id)
    if not reason.strip():
        raise ToolOdd(_("Taking a tool out of use needs a reason."), do=_("Write why."))
    refuse_stale(tool, version, {})
    _refuse_retired(tool)

    changed = {"retired_at": [None, caller.happened_at.isoformat()]}
    tool.retired_event_id = write_changed(caller, tool, "assembly.tool-retired", changed, reason=reason)
    tool.retired_at = caller.happened_at
    tool.save(update_fields=["retired_at", "retired_event_id", "version"])
    return tool


@operation(permission="assembly.keep_tools", returns=CalibrationRecord)
def record_calibration(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    tool_code: str,
    calibrated_on: date,
    result: str = "pass",
    due_on: date | None = None,
    certificate: str = "",
    laboratory: str = "",
    note: str = "",
) -> CalibrationRecord:
    """Record a calibration of an instrument. `result`: pass or fail; a pass without `due_on` is good for the tool's
    interval; a fail stops its use from that day. Locks the tool.

    Refuses UnknownTool, ToolRetired, ToolOdd (a day to come, a due day that is not after it, another result)."""
    papers = {"certificate": certificate, "laboratory": laboratory, "note": note}
    return calibrate(caller, tool_code, calibrated_on, result, due_on, papers)


def calibrate(
    caller: Caller, tool_code: str, calibrated_on: date, result: str, due_on: date | None, papers: dict[str, str]
) -> CalibrationRecord:
    """Step: record a calibration. Locks the tool. Refuses as record_calibration says."""
    tool = Tool.objects.select_for_update(no_key=True).filter(code=tool_code.strip()).first()
    if tool is None:
        raise _unknown(tool_code)
    _refuse_retired(tool)
    if result not in ("pass", "fail"):
        raise ToolOdd(_("A calibration passes or fails."), do=_("Choose one of: %(names)s.") % {"names": "pass, fail"})
    if calibrated_on > today_at(caller):
        raise ToolOdd(_("That calibration day has not come yet."), true=_("Nothing was recorded."))
    due = (due_on or later(calibrated_on, tool.calibration_months)) if result == "pass" else None
    if due is not None and due <= calibrated_on:
        raise ToolOdd(_("A calibration is due after the day it was made."), true=_("Nothing was recorded."))

    event = record(
        caller, "assembly.tool-calibrated", tool, code=tool.code, calibrated_on=calibrated_on, due_on=due,
        result=result, certificate=papers["certificate"], laboratory=papers["laboratory"],
    )  # fmt: skip
    return CalibrationRecord.objects.create(
        tool=tool,
        calibrated_on=calibrated_on,
        due_on=due,
        result=result,
        event_id=event,
        **papers,
    )


def tool_for_use(code: str, on: date, kinds: Collection[str] = ()) -> Tool:
    """Step: the instrument of that number, if it may be used on that day (for an operation that asks for one of these
    kinds; none = any). Locks nothing; two queries. Refuses UnknownTool, WrongToolKind, ToolRetired,
    CalibrationExpired."""
    tool = Tool.objects.filter(code=code.strip()).first()
    if tool is None:
        raise _unknown(code)
    if kinds and tool.kind not in kinds:
        raise WrongToolKind(
            _("%(tool)s is no tool of the kind this operation asks for.") % {"tool": tool.code},
            true=_("It is a %(kind)s tool; wanted: %(kinds)s. Nothing was recorded.")
            % {"kind": tool.kind, "kinds": ", ".join(sorted(kinds))},
            do=_("Scan the right tool."),
        )
    _refuse_retired(tool)
    last = tool.calibrations.filter(calibrated_on__lte=on).order_by("-calibrated_on", "-pk").first()
    if last is None or not last.covers(on):
        raise CalibrationExpired(
            _("%(tool)s is not calibrated on %(day)s.") % {"tool": tool.code, "day": f"{on:%Y/%m/%d}"},
            true=_calibration_words(last),
            do=_("Use another tool, and send this one to calibration."),
        )
    return tool


def _calibration_words(last: CalibrationRecord | None) -> str:
    if last is None:
        return _("No calibration is on record. Nothing was recorded.")
    if last.due_on is None:
        return _("It failed on %(day)s. Nothing was recorded.") % {"day": f"{last.calibrated_on:%Y/%m/%d}"}
    return _("It was due on %(day)s. Nothing was recorded.") % {"day": f"{last.due_on:%Y/%m/%d}"}


def _refuse_retired(tool: Tool) -> None:
    if tool.retired_at is not None:
        raise ToolRetired(
            _("%(tool)s is out of use.") % {"tool": tool.code},
            true=_("Nothing was recorded."),
            do=_("Use another tool."),
        )


def _refuse_odd(code: str, name_ja: str, name_en: str, kind: str, months: int) -> None:
    if not code or not code.isascii() or not code.isprintable() or len(code) > 40:
        raise ToolOdd(_("A tool has a number of printable ASCII characters, at most 40."))
    if not name_ja.strip() or not name_en.strip():
        raise ToolOdd(_("A tool needs both names."))
    if kind not in TOOL_KINDS:
        raise ToolOdd(
            _("There is no tool kind “%(kind)s”.") % {"kind": kind[:20]},
            do=_("Choose one of: %(names)s.") % {"names": ", ".join(TOOL_KINDS)},
        )
    if not 0 < months <= 120:
        raise ToolOdd(_("A calibration interval is from 1 to 120 months."))


def _unknown(code: str) -> UnknownTool:
    return UnknownTool(
        _("There is no tool %(code)s.") % {"code": code.strip()[:40]},
        true=_("Nothing was recorded."),
        do=_("Scan the label on the tool, or have it registered."),
    )


def _registered(code: str = "") -> ToolRegistered:
    return ToolRegistered(
        _("Tool %(code)s is registered already.") % {"code": code},
        true=_("Nothing was recorded."),
        do=_("Give the number on its own label."),
    )


wall("assembly_tool_code_key", _registered)
