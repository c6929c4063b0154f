"""Whether an operation may end, and how: slots filled, values within limits, tests accepted, soak judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from django.db import connection
from django.utils.translation import gettext as _

from accounts.operations.skills import today_at
from assembly.models import BurnInRun, Measurement, OperationField, OperationRun, TestRun
from assembly.operations.tools import tool_for_use
from assembly.queries.configuration import reconciled
from assembly.text import reasons_words, told
from inventory.text import fold
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.refusals import Refusal


class SlotsEmpty(Refusal):
    """Required slots of the operation are still empty."""


class FieldMissing(Refusal):
    """A value that the operation records is missing."""


class FieldUnknown(Refusal):
    """The operation records no such value."""


class ValueNotUnderstood(Refusal):
    """A value is not a number."""


class TestMissing(Refusal):
    """A tester's file is missing."""

    __test__ = False


class TestNotAccepted(Refusal):
    """A tester's file is in, but nobody may pass it yet."""

    __test__ = False


class ConfigurationDiffers(Refusal):
    """What the hardware reports is not what was scanned."""


class ToolMissing(Refusal):
    """The operation asks for a tool, and no value names one."""


class BurnInNotJudged(Refusal):
    """The burn-in has not ended with a verdict."""


class Finishing(Protocol):
    """What is judged: the values as written."""

    @property
    def values(self) -> list[Any]: ...


@dataclass(slots=True)
class RunVerdict:
    """The judgement of a run: result, the measurements to store, and what failed."""

    result: str = "pass"
    measurements: list[Measurement] = field(default_factory=list)
    says: list[dict[str, Any]] = field(default_factory=list)
    defect_code: str = ""

    @property
    def reasons(self) -> list[str]:
        """What failed, in words."""
        return [told([said]) for said in self.says]

    def fail(self, *says: dict[str, Any], defect_code: str = "") -> None:
        self.result = "fail"
        self.says += says
        self.defect_code = self.defect_code or defect_code

    def as_payload(self) -> list[dict[str, Any]]:
        return [
            {
                "field": m.field.code,
                "value": m.value,
                "text": m.text,
                "unit": m.unit,
                "low": m.low,
                "high": m.high,
                "verdict": m.verdict,
                "tool": m.tool,
            }
            for m in self.measurements
        ]


def judge(caller: Caller, pairs: Sequence[tuple[OperationRun, Finishing]]) -> list[RunVerdict]:
    """Step: judge the open runs (with build and operation loaded) and what was written; refuses what cannot end yet."""
    runs = [run for run, _finish in pairs]
    _refuse_empty_slots(runs)
    for run, finish in pairs:
        _refuse_tools(run, finish, today_at(caller))
    verdicts = [RunVerdict() for _pair in pairs]
    for (run, finish), verdict in zip(pairs, verdicts, strict=True):
        _judge_values(run, finish, verdict)
    _judge_tests(runs, verdicts)
    _judge_configuration(runs)
    _judge_burn_in(runs, verdicts)
    return verdicts


def _refuse_tools(run: OperationRun, finish: Finishing, on: date) -> None:
    """Each kind of tool that the operation asks for stands behind a value, and every tool named there is calibrated on
    that day. Operations that ask for none take the number as text. The database looks again."""
    wanted = set(run.operation.tool_kinds)
    if not wanted:
        return
    named = sorted({value.tool.strip() for value in finish.values if value.tool.strip()})
    missing = wanted - {tool_for_use(code, on).kind for code in named}
    if missing and len(named) == 1:
        tool_for_use(named[0], on, missing)
    if missing:
        raise ToolMissing(
            _("Operation %(number)d asks for a calibrated tool: %(kinds)s.")
            % {"number": run.operation.number, "kinds": ", ".join(sorted(missing))},
            true=_("Nothing was recorded."),
            do=_("Scan the tool with which you measured."),
        )


def store(verdicts: Sequence[RunVerdict], events: Sequence[int]) -> None:
    """Step: write the measurements, each naming the event that ended its run."""
    rows = []
    for verdict, event in zip(verdicts, events, strict=True):
        for measurement in verdict.measurements:
            measurement.event_id = event
            rows.append(measurement)
    insert_rows(rows)


def _refuse_empty_slots(runs: Sequence[OperationRun]) -> None:
    filling = [run for run in runs if run.operation.slot_kinds]
    if not filling:
        return
    kinds = sorted({kind for run in filling for kind in run.operation.slot_kinds})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.build_id, s.kind, s.position FROM assembly_slot s JOIN assembly_build b ON b.id = s.build_id"
            " WHERE s.build_id = ANY(%s) AND s.kind = ANY(%s) AND s.required AND NOT EXISTS (SELECT 1"
            " FROM inventory_placement p WHERE p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL)"
            ' ORDER BY s.build_id, s."order"',
            [[run.build_id for run in filling], kinds],
        )
        empty = cursor.fetchall()
    for run in filling:
        mine = [row[2] for row in empty if row[0] == run.build_id and row[1] in run.operation.slot_kinds]
        if mine:
            raise SlotsEmpty(
                _("%(count)d slots of %(unit)s are still empty: %(slots)s.")
                % {"count": len(mine), "unit": run.build.unit.name, "slots": ", ".join(mine[:6])},
                true=_("Nothing was recorded."),
                do=_("Fill %(slot)s next.") % {"slot": mine[0]},
            )


def _judge_values(run: OperationRun, finish: Finishing, verdict: RunVerdict) -> None:
    fields = list(run.operation.fields.all())
    known = {field.code for field in fields}
    given = {value.code: value for value in finish.values}
    strange = next((code for code in given if code not in known), None)
    if strange is not None:
        raise FieldUnknown(
            _("Operation %(number)d records no value “%(code)s”.")
            % {"number": run.operation.number, "code": strange[:40]}
        )
    for wanted in fields:
        value = given.get(wanted.code)
        if value is None or not value.text.strip():
            if wanted.required:
                raise FieldMissing(
                    _("%(name)s is missing.") % {"name": wanted.name},
                    true=_("Nothing was recorded."),
                    do=_("Enter %(name)s.") % {"name": wanted.name},
                )
            continue
        measurement = measured(run, wanted, fold(value.text), value.tool)
        verdict.measurements.append(measurement)
        if measurement.verdict == "fail":
            verdict.fail(
                {
                    "code": "value-outside",
                    "name": {"ja": wanted.name_ja, "en": wanted.name_en},
                    "value": f"{fold(value.text)} {wanted.unit}".strip(),
                    "limits": limits_text(wanted),
                }
            )


def measured(run: OperationRun, wanted: OperationField, text: str, tool: str) -> Measurement:
    """One measurement with its verdict by the field's limits. Refuses ValueNotUnderstood."""
    row = Measurement(
        run=run,
        field=wanted,
        unit=wanted.unit,
        low=wanted.low,
        high=wanted.high,
        tool=tool,
        text=text,
        verdict="none",
        event_id=0,
    )
    if wanted.kind == "text":
        if wanted.expected:
            row.verdict = "pass" if text == wanted.expected else "fail"
        return row
    try:
        number = Decimal(text if "_" not in text else "")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= Decimal(10) ** 11:
        raise ValueNotUnderstood(
            _("%(name)s: “%(text)s” is not a number.") % {"name": wanted.name, "text": text[:40]},
            true=_("Nothing was recorded."),
            do=_("Enter digits, such as 22.1."),
        )
    row.value, row.text = number, ""
    if wanted.low is not None or wanted.high is not None:
        below = wanted.low is not None and number < wanted.low
        above = wanted.high is not None and number > wanted.high
        row.verdict = "fail" if below or above else "pass"
    return row


def limits_text(wanted: OperationField) -> str:
    """The limits as a person reads them, with the unit."""
    if wanted.expected:
        return wanted.expected
    low = f"{wanted.low.normalize():f}" if wanted.low is not None else ""
    high = f"{wanted.high.normalize():f}" if wanted.high is not None else ""
    if low and high:
        return f"{low}–{high} {wanted.unit}".strip()
    return f"{'≧' if low else '≦'} {low or high} {wanted.unit}".strip()


def _judge_tests(runs: Sequence[OperationRun], verdicts: Sequence[RunVerdict]) -> None:
    testing = [run for run in runs if run.operation.required_tools]
    if not testing:
        return
    latest: dict[tuple[int, str], TestRun] = {}
    for test in TestRun.objects.filter(run_id__in=[run.pk for run in testing]).order_by("id"):
        latest[test.run_id or 0, test.tool] = test
    for run, verdict in zip(runs, verdicts, strict=True):
        for tool in run.operation.required_tools:
            _judge_test(run, tool, latest.get((run.pk, tool)), verdict)


def _judge_test(run: OperationRun, tool: str, test: TestRun | None, verdict: RunVerdict) -> None:
    if test is None:
        raise TestMissing(
            _("The file of %(tool)s is missing.") % {"tool": tool},
            true=_("Nothing was recorded."),
            do=_("Upload the tester's file first."),
        )
    if test.disposition in ("reject", "hold"):
        words = f"{tool}: {'; '.join(test.reasons) or test.verdict}"
        verdict.fail({"code": "plain", "text": words}, defect_code="TEST")
    elif test.disposition != "accept":
        raise TestNotAccepted(
            _("%(tool)s cannot pass: %(reason)s.")
            % {"tool": tool, "reason": reasons_words(test.reasons) or test.disposition},
            true=_("Nothing was recorded."),
            do=_("Run the test again and upload its file, or ask quality."),
        )


def _judge_configuration(runs: Sequence[OperationRun]) -> None:
    checking = [run for run in runs if run.operation.kind == "configuration"]
    told = reconciled(run.build_id for run in checking)
    for run in checking:
        found = [one for one in told[run.build_id] if one.is_open]
        if found:
            raise ConfigurationDiffers(
                _("%(count)d differences between scanned and reported: %(first)s.")
                % {"count": len(found), "first": found[0].say},
                true=_("Nothing was recorded."),
                do=_("Settle each first: read the hardware again, put right what was fitted, or have it approved."),
            )


def _judge_burn_in(runs: Sequence[OperationRun], verdicts: Sequence[RunVerdict]) -> None:
    burning = [run for run in runs if run.operation.kind == "burn_in"]
    if not burning:
        return
    found = {row.run_id: row for row in BurnInRun.objects.filter(run_id__in=[run.pk for run in burning])}
    for run, verdict in zip(runs, verdicts, strict=True):
        if run.operation.kind != "burn_in":
            continue
        burn_in = found.get(run.pk)
        if burn_in is None or burn_in.verdict is None:
            raise BurnInNotJudged(
                _("The burn-in has not ended yet."), true=_("Nothing was recorded."), do=_("Stop it at its cell first.")
            )
        if burn_in.verdict != "pass":
            soaked = {"code": "soaked", "done": burn_in.soak_minutes or 0, "wanted": burn_in.soak_minutes_required}
            why = burn_in.ended_says or [{"code": "plain", "text": burn_in.ended_why}]
            verdict.fail(soaked, *why, defect_code="BURN")
