"""Running the operations of a route: start, finish with values and a signature, sign, abort. Single and bulk alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.operations.skills import SkillNotHeld, refuse_unskilled, today_at
from assembly.models import Build, BurnInRun, OperationRun, Signature
from assembly.operations import completion, judging
from assembly.operations.nonconformities import Finding, ReasonWanted, open_many
from assembly.operations.route_rules import (
    AlreadyDone,
    AlreadyRunning,
    BuildDone,
    NonconformityOpen,
    NotRunning,
    OutOfOrder,
    UnknownBuild,
    UnknownOperation,
    WrongStation,
    open_run_of,
    operation_of,
    refuse_before_others,
    refuse_other_station,
    refuse_start,
    work_centres,
)
from assembly.operations.signing import (
    AlreadySigned,
    SecondPersonWanted,
    ShownChanged,
    SignatureNotWanted,
    refuse_unfinished,
    sign_many,
)
from assembly.queries.route import Route, routes_of
from inventory.operations.finding import refuse_ended, refuse_held
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class StillSoaking(Refusal):
    """A burn-in ends at its cell, not by breaking off its operation."""


class NamedTwice(Refusal):
    """One build stands twice in a bulk request."""


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """A value for a field of the operation, as it was written; `tool` is the instrument's number."""

    code: str
    text: str
    tool: str = ""


@dataclass(frozen=True, slots=True)
class RunStart:
    """Start operation `number` of a build."""

    build_id: int
    number: int


@dataclass(frozen=True, slots=True)
class RunFinish:
    """Finish the open run of operation `number` of a build with its values. `pin_check_id` signs it as made, where the
    operation asks for that; `note` is free text."""

    build_id: int
    number: int
    values: list[RecordedValue] = field(default_factory=list)
    pin_check_id: int | None = None
    note: str = ""
    happened_at: datetime | None = None


@operation(permission="assembly.run_operation", returns=OperationRun)
def start_run(*, caller: Caller, build_id: int, number: int) -> OperationRun:
    """Start an operation of a build. Locks the build.

    Refuses UnknownOperation, BuildDone, AlreadyRunning, AlreadyDone, OutOfOrder, NonconformityOpen, WrongStation,
    SkillNotHeld, UnitHeld, UnitEnded."""
    return start_many(caller, [RunStart(build_id, number)])[0]


@operation(permission="assembly.run_operation")
def start_runs(*, caller: Caller, starts: list[RunStart]) -> dict[str, list[int]]:
    """Start operations of many builds, all or none; refuses as start_run does. One operation a build."""
    return {"runs": [run.pk for run in start_many(caller, starts)]}


@operation(permission="assembly.run_operation", returns=OperationRun, deferred=True)
def finish_run(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    build_id: int,
    number: int,
    values: list[RecordedValue] | None = None,
    pin_check_id: int | None = None,
    note: str = "",
    shown_hash: str = "",
) -> OperationRun:
    """Finish the open run of an operation; a value out of its limits makes it fail and opens a nonconformity.

    `shown_hash` (of what the page showed) binds the signature: "" takes what is true now. Locks the build.
    Refuses NotRunning, WrongStation, OutOfOrder (it ends after an operation beside which it is done), SlotsEmpty,
    FieldMissing, ValueNotUnderstood, TestMissing, TestNotAccepted, ConfigurationDiffers, BurnInNotJudged, ToolMissing,
    UnknownTool, ToolRetired, CalibrationExpired, PinNotChecked, ShownChanged,
    UnitEnded."""
    finish = RunFinish(build_id, number, values or [], pin_check_id, note)
    return finish_many(caller, [finish], shown_hash)[0]


@operation(permission="assembly.run_operation", deferred=True)
def finish_runs(*, caller: Caller, finishes: list[RunFinish]) -> dict[str, list[int]]:
    """Finish runs of many builds, all or none; refuses as finish_run does. One operation a build."""
    return {"runs": [run.pk for run in finish_many(caller, finishes)]}


@operation(permission="assembly.run_operation")
def abort_run(*, caller: Caller, build_id: int, number: int, reason: str) -> dict[str, int]:
    """End an open run without a result. Locks the build. Refuses NotRunning, ReasonWanted, StillSoaking."""
    if not reason.strip():
        raise ReasonWanted(_("Breaking off needs a reason."), do=_("Say why the operation ends."))
    build = lock_builds([build_id])[build_id]
    run = open_run_of(routes_of([build])[build_id], number)
    if BurnInRun.objects.filter(run=run, ended_at=None).exists():
        raise StillSoaking(
            _("%(unit)s is still soaking in its cell.") % {"unit": build.unit.name},
            true=_("Nothing was recorded."),
            do=_("End the burn-in at its cell."),
        )

    event = record(caller, "assembly.operation-aborted", build, operation=number, attempt=run.attempt, reason=reason)
    OperationRun.objects.filter(pk=run.pk).update(
        finished_at=max(caller.happened_at, run.started_at), finished_event_id=event, result="aborted", note=reason
    )
    return {"id": run.pk}


@operation(permission="accounts.sign", returns=Signature)
def sign_run(*, caller: Caller, run_id: int, meaning: str, pin_check_id: int, shown_hash: str = "") -> Signature:
    """Sign a finished run: checked or approved need another person than made. Locks the build.

    Refuses NotRunning, SignatureNotWanted, AlreadySigned, SecondPersonWanted, PinNotChecked, ShownChanged."""
    build_id = OperationRun.objects.values_list("build_id", flat=True).get(pk=run_id)
    build = lock_builds([build_id])[build_id]
    run = OperationRun.objects.select_related("operation").get(pk=run_id)
    refuse_unfinished(run)
    return sign_many(caller, [(build, run, meaning, pin_check_id, shown_hash)])[0]


@dataclass(frozen=True, slots=True)
class RunSign:
    """Sign the latest finished run of operation `number` of a build with a meaning."""

    build_id: int
    number: int
    meaning: str
    pin_check_id: int


@operation(permission="accounts.sign")
def sign_runs(*, caller: Caller, signs: list[RunSign]) -> dict[str, list[int]]:
    """Sign many runs, all or none; refuses as sign_run does."""
    builds = lock_builds({sign.build_id for sign in signs})
    routes = routes_of(list(builds.values()))
    rows = []
    for sign in signs:
        state = routes[sign.build_id].of_number(sign.number)
        run = state.latest if state else None
        if state is None or run is None:
            raise NotRunning(_("Operation %(number)d was not run.") % {"number": sign.number})
        refuse_unfinished(run)
        run.operation = state.operation
        rows.append((builds[sign.build_id], run, sign.meaning, sign.pin_check_id, ""))
    return {"signatures": [signature.pk for signature in sign_many(caller, rows)]}


def lock_builds(build_ids: Iterable[int]) -> dict[int, Build]:
    """Step: lock builds by key, with design, product and unit loaded. Refuses UnknownBuild."""
    ids = set(build_ids)
    builds = (
        Build.objects.select_for_update(no_key=True, of=("self",))
        .select_related("design__part_revision__part", "unit")
        .filter(pk__in=sorted(ids))
        .order_by("pk")
    )
    found = {build.pk: build for build in builds}
    if len(found) != len(ids):
        raise UnknownBuild(
            _("There is no such build."), true=_("Nothing was recorded."), do=_("Choose a build from the list.")
        )
    return found


def _refuse_twice(build_ids: Sequence[int]) -> None:
    if len(set(build_ids)) != len(build_ids):
        raise NamedTwice(_("One build stands twice in this request."), true=_("Nothing was recorded."))


def _refuse_ended(builds: Iterable[Build]) -> None:
    """What was scrapped or sent back is made no further; breaking its open run off stays possible."""
    for build in builds:
        refuse_ended(build.unit)


def start_many(caller: Caller, starts: Sequence[RunStart]) -> list[OperationRun]:
    """Step: start one operation in each of these builds, set-based."""
    _refuse_twice([start.build_id for start in starts])
    builds = lock_builds(start.build_id for start in starts)
    routes = routes_of(list(builds.values()))
    _refuse_ended(builds.values())
    refuse_held([build.unit_id for build in builds.values()])
    centres = work_centres(caller.station)
    chosen = [refuse_start(routes[start.build_id], start.number, caller.station, centres) for start in starts]
    for skill in sorted({state.operation.skill for state in chosen}):
        refuse_unskilled(caller.user, skill, today_at(caller))

    events = record_many(
        caller,
        "assembly.operation-started",
        [
            Happening(
                builds[start.build_id],
                {"operation": start.number, "stage": state.operation.stage, "attempt": len(state.runs) + 1},
            )
            for start, state in zip(starts, chosen, strict=True)
        ],
    )
    return insert_rows(
        [
            OperationRun(
                build_id=start.build_id,
                operation=state.operation,
                attempt=len(state.runs) + 1,
                station=caller.station,
                started_by_id=caller.user.pk,
                started_at=caller.happened_at,
                started_event_id=event,
            )
            for start, state, event in zip(starts, chosen, events, strict=True)
        ]
    )


def finish_many(caller: Caller, finishes: Sequence[RunFinish], shown_hash: str = "") -> list[OperationRun]:
    """Step: finish one open run in each of these builds: judge, record, sign, open nonconformities, complete."""
    _refuse_twice([finish.build_id for finish in finishes])
    builds = lock_builds(finish.build_id for finish in finishes)
    _refuse_ended(builds.values())
    routes = routes_of(list(builds.values()))
    runs = [open_run_of(routes[finish.build_id], finish.number) for finish in finishes]
    centres = work_centres(caller.station)
    for finish, run in zip(finishes, runs, strict=True):
        refuse_other_station(operation_of(routes[finish.build_id], finish.number), caller.station, centres)
        refuse_before_others(routes[finish.build_id], finish.number)
        run.build = builds[finish.build_id]
        run.operation = operation_of(routes[finish.build_id], finish.number)
    verdicts = judging.judge(caller, list(zip(runs, finishes, strict=True)))
    signing = [
        (run.build, run, "made", finish.pin_check_id, shown_hash)
        for run, finish in zip(runs, finishes, strict=True)
        if "made" in run.operation.signs
    ]

    events = record_many(
        caller,
        "assembly.operation-finished",
        [
            Happening(
                run.build,
                {
                    "operation": run.operation.number,
                    "stage": run.operation.stage,
                    "attempt": run.attempt,
                    "result": verdict.result,
                    "values": verdict.as_payload(),
                    "reasons": verdict.reasons,
                    "says": verdict.says,
                },
                happened_at=finish.happened_at,
            )
            for run, finish, verdict in zip(runs, finishes, verdicts, strict=True)
        ],
    )
    judging.store(verdicts, events)
    sign_many(caller, signing)
    for run, finish, verdict, event in zip(runs, finishes, verdicts, events, strict=True):
        told = min(finish.happened_at or caller.happened_at, caller.at)  # never after it was recorded
        run.finished_at = max(told, run.started_at)
        run.finished_event_id, run.result, run.note = event, verdict.result, finish.note
    update_rows(runs, ["finished_at", "finished_event_id", "result", "note"])
    open_many(
        caller,
        [
            Finding(run.build, run.build.unit_id, run=run, defect_code=verdict.defect_code, says=verdict.says)
            for run, verdict in zip(runs, verdicts, strict=True)
            if verdict.result == "fail"
        ],
    )
    completion.complete_done(caller, [run.build for run in runs if _may_end(routes[run.build_id], run)])
    return runs


def _may_end(route: Route, run: OperationRun) -> bool:
    """Whether the end of this run can close a nonconformity or complete the build: else nobody needs to look."""
    others = (state for state in route.operations if state.operation.pk != run.operation_id)
    return bool(route.open_nonconformities) or all(state.is_done for state in others)


wall(
    "operation_has_one_open_run",
    lambda: AlreadyRunning(_("The operation was started at the same moment."), true=_("Nothing was recorded.")),
)

wall(
    "run_is_started_by_the_skilled",
    lambda: SkillNotHeld(_("This operation asks for a qualification."), true=_("Nothing was recorded.")),
)
wall(
    "passed_run_has_its_tools",
    lambda: judging.ToolMissing(
        _("This operation asks for a calibrated tool."),
        true=_("Nothing was recorded."),
        do=_("Scan the tool with which you measured."),
    ),
)

__all__ = [
    "AlreadyDone",
    "AlreadyRunning",
    "AlreadySigned",
    "BuildDone",
    "NonconformityOpen",
    "NotRunning",
    "OutOfOrder",
    "RecordedValue",
    "RunFinish",
    "RunSign",
    "RunStart",
    "SecondPersonWanted",
    "ShownChanged",
    "SignatureNotWanted",
    "UnknownBuild",
    "UnknownOperation",
    "WrongStation",
    "abort_run",
    "finish_many",
    "finish_run",
    "finish_runs",
    "lock_builds",
    "sign_run",
    "sign_runs",
    "start_many",
    "start_run",
    "start_runs",
]
