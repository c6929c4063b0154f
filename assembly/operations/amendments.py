"""Correcting what a finished run recorded: by another record beside it, never by an edit (undo by amendment)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from accounts.operations.sessions import signer_of
from assembly.models import Amendment, Build, BurnInRun, Measurement, OperationField, OperationRun, TestRun
from assembly.operations import completion, judging
from assembly.operations.judging import RunVerdict
from assembly.operations.nonconformities import Finding, ReasonWanted, open_many
from assembly.operations.rework import lock_build
from assembly.operations.route_rules import NotRunning
from assembly.operations.runs import RecordedValue
from assembly.operations.signing import sign_many
from assembly.queries.route import routes_of
from assembly.queries.shown import amended_runs
from inventory.text import fold
from ledger.bulk import insert_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal


class RunNotAmendable(Refusal):
    """The run is not the one that counts, or not ours to correct."""


class AlreadyAmended(Refusal):
    """The run was amended already."""


class NothingAmended(Refusal):
    """The correction says what is recorded already."""


@operation(permission="assembly.amend_run", returns=OperationRun, deferred=True)
def amend_run(
    *, caller: Caller, run_id: int, values: list[RecordedValue], reason: str, pin_check_id: int
) -> OperationRun:
    """Correct measured values of the latest finished run of an operation: it is recorded again as the next attempt with
    the same start, the values given and the others as they were, and judged anew. Both lives stay. The signatures on
    the amended run are void: the corrector signs as made, a second person must check again; a complete build waits for
    that. A value that is now out of its limits opens a nonconformity; one already open stays quality's to decide. A
    test or burn-in that failed is no value and goes on failing the run. Locks the build.

    Refuses NotRunning (unfinished, broken off), RunNotAmendable (not the latest, another attempt runs, conditional,
    history read in), ReasonWanted, NothingAmended, FieldUnknown, ValueNotUnderstood, PinNotChecked, AlreadyAmended."""
    build = lock_build(OperationRun.objects.values_list("build_id", flat=True).get(pk=run_id))
    old = _run(run_id)
    _refuse(build, old)
    if not reason.strip():
        raise ReasonWanted(_("A correction needs a reason."), true=_("Nothing was recorded."), do=_("Say why."))
    signer = signer_of(caller, pin_check_id)
    new = OperationRun(
        build=build, operation=old.operation, attempt=old.attempt + 1, station=old.station,
        started_by_id=old.started_by_id, started_at=old.started_at, started_event_id=old.started_event_id,
        finished_at=old.finished_at, note=reason.strip(),
    )  # fmt: skip
    verdict, changes = _judged(old, new, values)

    event = record(
        caller,
        "assembly.run-amended",
        build,
        amends=old.finished_event_id,
        operation=old.operation.number,
        attempt=new.attempt,
        amended_attempt=old.attempt,
        values=changes,
        result=verdict.result,
        reason=reason.strip(),
        signer=signer.pseudonym,
    )
    new.finished_event_id, new.result = event, verdict.result
    insert_rows([new])
    for measurement in verdict.measurements:
        measurement.run = new  # it has its key now
    judging.store([verdict], [event])
    Amendment.objects.create(
        amended=old, run=new, reason=reason.strip(), amended_by=signer, pin_check_id=pin_check_id,
        at=caller.happened_at, event_id=event,
    )  # fmt: skip
    _follow(caller, build, old, new, verdict, pin_check_id)
    return new


def _run(run_id: int) -> OperationRun:
    fields = Prefetch("operation__fields", OperationField.objects.order_by("order", "id"))
    measured = Prefetch("measurements", Measurement.objects.select_related("field"))
    return OperationRun.objects.select_related("operation").prefetch_related(fields, measured).get(pk=run_id)


def _refuse(build: Build, run: OperationRun) -> None:
    if run.finished_at is None or run.result == "aborted":
        raise NotRunning(
            _("Operation %(number)d has no result that could be corrected.") % {"number": run.operation.number},
            true=_("Nothing was recorded."),
            do=_("Finish it first."),
        )
    if Amendment.objects.filter(amended=run).exists():
        raise _already()
    state = routes_of([build])[build.pk].of_number(run.operation.number)
    latest = state.latest if state else None
    if latest is None or latest.pk != run.pk or run.result == "conditional" or build.origin == "imported":
        raise RunNotAmendable(
            _("This attempt at operation %(number)d does not count any more.") % {"number": run.operation.number},
            true=_("A later attempt, a concession or history read in stands in its place. Nothing was recorded."),
            do=_("Correct the attempt that counts, or ask quality."),
        )


def _judged(
    old: OperationRun, new: OperationRun, values: list[RecordedValue]
) -> tuple[RunVerdict, list[dict[str, Any]]]:
    """The values of the new run with its verdict, and what is different. Refuses FieldUnknown, NothingAmended."""
    fields = {field.code: field for field in old.operation.fields.all()}
    before = {row.field.code: row for row in old.measurements.all()}
    given = {value.code: value for value in values if value.text.strip()}
    strange = next((code for code in given if code not in fields), None)
    if strange is not None:
        raise judging.FieldUnknown(
            _("Operation %(number)d records no value “%(code)s”.")
            % {"number": old.operation.number, "code": strange[:40]}
        )
    verdict, changes = RunVerdict(), []
    for code, field in fields.items():
        was = before.get(code)
        row = _measured(new, field, was, given)
        if row is None:
            continue
        verdict.measurements.append(row)
        if row.verdict == "fail":
            verdict.fail(
                {
                    "code": "value-outside",
                    "name": {"ja": field.name_ja, "en": field.name_en},
                    "value": f"{row.written} {row.unit}".strip(),
                    "limits": judging.limits_text(field),
                }
            )
        if was is None or (was.value, was.text, was.tool) != (row.value, row.text, row.tool):
            changes.append({"field": code, "was": was.written if was else "", "value": row.written, "unit": row.unit})
    if not changes:
        raise NothingAmended(
            _("These values are recorded already."), true=_("Nothing was recorded."), do=_("Enter what it should be.")
        )
    _judge_the_rest(old, verdict)
    return verdict, changes


def _measured(
    new: OperationRun, field: OperationField, was: Measurement | None, given: Mapping[str, RecordedValue]
) -> Measurement | None:
    """The value of a field as it is told now, else as it was with the limits that judged it then."""
    told = given.get(field.code)
    if told is not None:
        tool = told.tool or (was.tool if was else "")
        return judging.measured(new, field, fold(told.text), tool)
    if was is None:
        return None
    copy = Measurement(**{f.attname: getattr(was, f.attname) for f in Measurement._meta.concrete_fields})
    copy.pk, copy.run = None, new
    return copy


def _judge_the_rest(old: OperationRun, verdict: RunVerdict) -> None:
    """What failed besides the values: a tester's file, a burn-in. They stay with the attempt that they were made in."""
    chain = amended_runs([old.pk])[old.pk]
    latest = {test.tool: test for test in TestRun.objects.filter(run__in=chain).order_by("id")}
    for tool, test in latest.items():
        if test.disposition in ("reject", "hold"):
            words = f"{tool}: {'; '.join(test.reasons) or test.verdict}"
            verdict.fail({"code": "plain", "text": words}, defect_code="TEST")
    for burn_in in BurnInRun.objects.filter(run__in=chain).exclude(verdict__in=("pass",)).exclude(verdict=None):
        verdict.fail(*(burn_in.ended_says or [{"code": "plain", "text": burn_in.ended_why}]), defect_code="BURN")


def _follow(
    caller: Caller, build: Build, old: OperationRun, new: OperationRun, verdict: RunVerdict, pin_check_id: int
) -> None:
    """Sign as made, report what now fails, and let the build be as complete as its route is."""
    if "made" in new.operation.signs:
        sign_many(caller, [(build, new, "made", pin_check_id, "")])
    if verdict.result == "fail" and old.result != "fail":
        open_many(caller, [Finding(build, build.unit_id, run=new, defect_code=verdict.defect_code, says=verdict.says)])
    if build.completed_at is not None and not routes_of([build])[build.pk].is_done:
        build.completed_at, build.completed_event_id = None, None
        Build.objects.filter(pk=build.pk).update(completed_at=None, completed_event_id=None)
    completion.complete_done(caller, [build])


def _already() -> AlreadyAmended:
    return AlreadyAmended(
        _("This attempt was corrected already."),
        true=_("Nothing was recorded."),
        do=_("Open the page again and correct the attempt that counts."),
    )


wall("assembly_amendment_amended_id_key", _already)
wall("attempt_number_is_used_once", _already)
