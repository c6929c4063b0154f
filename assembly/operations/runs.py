"""Running the operations of a route: start, finish with values and a signature, sign, abort. Single and bulk alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Station
from accounts.operations.sessions import signer_of
from assembly.models import Build, OperationRun, RoutingOperation, Signature
from assembly.operations import completion, judging
from assembly.operations.nonconformities import Finding, open_many
from assembly.queries.route import Route, routes_of
from assembly.queries.shown import shown_hash_of
from inventory.operations.finding import refuse_held
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class UnknownOperation(Refusal):
    """The route has no such operation."""


class OutOfOrder(Refusal):
    """An earlier operation is not done yet."""


class AlreadyRunning(Refusal):
    """The operation is running already."""


class AlreadyDone(Refusal):
    """The operation is done."""


class NotRunning(Refusal):
    """The operation was not started, or has ended."""


class NonconformityOpen(Refusal):
    """An undecided nonconformity stops the build."""


class WrongStation(Refusal):
    """The operation belongs to another work centre."""


class BuildDone(Refusal):
    """The build is complete."""


class ShownChanged(Refusal):
    """What was shown to the signer is no longer true."""


class AlreadySigned(Refusal):
    """That meaning is signed already."""


class SecondPersonWanted(Refusal):
    """Who made it may not also check it."""


class SignatureNotWanted(Refusal):
    """The operation asks for no such signature."""


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
    UnitHeld."""
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
    Refuses NotRunning, WrongStation, SlotsEmpty, FieldMissing, ValueNotUnderstood, TestMissing, TestNotAccepted,
    ConfigurationDiffers, BurnInNotJudged, PinNotChecked, ShownChanged."""
    finish = RunFinish(build_id, number, values or [], pin_check_id, note)
    return finish_many(caller, [finish], shown_hash)[0]


@operation(permission="assembly.run_operation", deferred=True)
def finish_runs(*, caller: Caller, finishes: list[RunFinish]) -> dict[str, list[int]]:
    """Finish runs of many builds, all or none; refuses as finish_run does. One operation a build."""
    return {"runs": [run.pk for run in finish_many(caller, finishes)]}


@operation(permission="assembly.run_operation")
def abort_run(*, caller: Caller, build_id: int, number: int, reason: str) -> dict[str, int]:
    """End an open run without a result. Locks the build. Refuses NotRunning, ReasonWanted."""
    build = lock_builds([build_id])[build_id]
    run = _open_run(routes_of([build])[build_id], number)

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
        run.operation = state.operation
        rows.append((builds[sign.build_id], run, sign.meaning, sign.pin_check_id, ""))
    return {"signatures": [signature.pk for signature in sign_many(caller, rows)]}


def lock_builds(build_ids: Iterable[int]) -> dict[int, Build]:
    """Step: lock builds by key, with design, product and unit loaded."""
    builds = (
        Build.objects.select_for_update(no_key=True, of=("self",))
        .select_related("design__part_revision__part", "unit")
        .filter(pk__in=sorted(set(build_ids)))
        .order_by("pk")
    )
    return {build.pk: build for build in builds}


def start_many(caller: Caller, starts: Sequence[RunStart]) -> list[OperationRun]:
    """Step: start one operation in each of these builds, set-based."""
    builds = lock_builds(start.build_id for start in starts)
    routes = routes_of(list(builds.values()))
    refuse_held([build.unit_id for build in builds.values()])
    centres = _work_centres(caller.station)
    chosen = [_refuse_start(routes[start.build_id], start.number, caller.station, centres) for start in starts]

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
    builds = lock_builds(finish.build_id for finish in finishes)
    routes = routes_of(list(builds.values()))
    runs = [_open_run(routes[finish.build_id], finish.number) for finish in finishes]
    centres = _work_centres(caller.station)
    for finish, run in zip(finishes, runs, strict=True):
        _refuse_other_station(_operation_of(routes[finish.build_id], finish.number), caller.station, centres)
        run.build = builds[finish.build_id]
        run.operation = _operation_of(routes[finish.build_id], finish.number)
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
                    "reasons": list(verdict.reasons),
                },
                happened_at=finish.happened_at,
            )
            for run, finish, verdict in zip(runs, finishes, verdicts, strict=True)
        ],
    )
    judging.store(verdicts, events)
    sign_many(caller, signing)
    for run, finish, verdict, event in zip(runs, finishes, verdicts, events, strict=True):
        run.finished_at = max(finish.happened_at or caller.happened_at, run.started_at)
        run.finished_event_id, run.result, run.note = event, verdict.result, finish.note
    update_rows(runs, ["finished_at", "finished_event_id", "result", "note"])
    open_many(
        caller,
        [
            Finding(run.build, run.build.unit_id, verdict.say, run, verdict.defect_code)
            for run, verdict in zip(runs, verdicts, strict=True)
            if verdict.result == "fail"
        ],
    )
    completion.complete_done(caller, list(builds.values()))
    return runs


def sign_many(caller: Caller, rows: Sequence[tuple[Build, OperationRun, str, int | None, str]]) -> list[Signature]:
    """Step: sign runs (`operation` loaded) of locked builds; a row is build, run, meaning, PIN check, shown hash."""
    if not rows:
        return []
    signers = {check: signer_of(caller, check or 0) for check in {row[3] for row in rows}}
    earlier: dict[int, dict[str, int]] = {}
    known = Signature.objects.filter(run_id__in=[row[1].pk for row in rows]).values_list("run_id", "meaning", "user_id")
    for run_id, signed_meaning, user_id in known:
        earlier.setdefault(run_id, {})[signed_meaning] = user_id
    hashes = shown_hash_of([row[1] for row in rows])
    for _build, run, meaning, check, shown in rows:
        _refuse_sign(run, meaning, signers[check].pk, earlier.get(run.pk, {}))
        if shown and shown != hashes[run.pk]:
            raise ShownChanged(
                _("The record changed after it was shown to you."),
                true=_("Nothing was signed."),
                do=_("Look at it again and sign then."),
            )
    events = record_many(
        caller,
        "assembly.run-signed",
        [
            Happening(
                build,
                {
                    "operation": run.operation.number,
                    "attempt": run.attempt,
                    "meaning": meaning,
                    "signer": signers[check].pseudonym,
                    "shown": hashes[run.pk],
                },
            )
            for build, run, meaning, check, _shown in rows
        ],
    )
    signatures = insert_rows(
        [
            Signature(
                run=run,
                meaning=meaning,
                user=signers[check],
                pin_check_id=check or 0,
                shown_hash=hashes[run.pk],
                at=caller.happened_at,
                event_id=event,
            )
            for (_build, run, meaning, check, _shown), event in zip(rows, events, strict=True)
        ]
    )
    finished = {build.pk: build for build, run, *_rest in rows if run.finished_at is not None}
    completion.complete_done(caller, list(finished.values()))
    return signatures


def _refuse_sign(run: OperationRun, meaning: str, signer: int, earlier: dict[str, int]) -> None:
    if meaning not in run.operation.signs:
        raise SignatureNotWanted(
            _("Operation %(number)d asks for no such signature.") % {"number": run.operation.number},
            true=_("Nothing was signed."),
        )
    if meaning in earlier:
        raise AlreadySigned(
            _("Operation %(number)d is signed already.") % {"number": run.operation.number},
            true=_("Nothing was signed."),
        )
    if meaning == "made":
        return
    if run.finished_at is None:
        raise NotRunning(_("The operation is not finished yet."), do=_("Finish it first."))
    if earlier.get("made", run.started_by_id) == signer:
        raise SecondPersonWanted(
            _("Who did the work may not also check it."),
            true=_("Nothing was signed."),
            do=_("Ask a second person to sign."),
        )


def _refuse_start(route: Route, number: int, station: str, centres: frozenset[str]):  # type: ignore[no-untyped-def]
    if route.build.completed_at is not None:
        raise BuildDone(
            _("%(unit)s is complete.") % {"unit": route.build.unit.name},
            true=_("Nothing was recorded."),
            do=_("Rework must be demanded by quality first."),
        )
    state = route.of_number(number)
    if state is None:
        raise UnknownOperation(
            _("The route of %(unit)s has no operation %(number)d.") % {"unit": route.build.unit.name, "number": number},
            true=_("Nothing was recorded."),
            do=_("Scan an operation of this traveller."),
        )
    undecided = next((report for report in route.open_nonconformities if report.disposition is None), None)
    if undecided is not None:
        raise NonconformityOpen(
            _("%(number)s is undecided: %(text)s") % {"number": undecided.number, "text": undecided.text[:120]},
            true=_("Nothing was recorded."),
            do=_("Ask quality for the disposition."),
        )
    if state.open_run is not None:
        raise AlreadyRunning(
            _("Operation %(number)d is running already.") % {"number": number}, true=_("Nothing was recorded.")
        )
    if state.counting is not None:
        raise AlreadyDone(
            _("Operation %(number)d is done.") % {"number": number},
            true=_("Nothing was recorded."),
            do=_next_act(route),
        )
    before = route.undone_before(number)
    if before is not None:
        raise OutOfOrder(
            _("Operation %(number)d comes later: %(before)d %(name)s is not done.")
            % {"number": number, "before": before.operation.number, "name": before.operation.name},
            true=_("Nothing was recorded."),
            do=_next_act(route),
        )
    _refuse_other_station(state.operation, station, centres)
    return state


def _next_act(route: Route) -> str:
    following = route.next
    if following is None:
        return _("All operations are done.")
    if following.missing_signs:
        return _("Operation %(number)d still needs a signature.") % {"number": following.operation.number}
    return _("Do operation %(number)d %(name)s next.") % {
        "number": following.operation.number,
        "name": following.operation.name,
    }


def _work_centres(station: str) -> frozenset[str]:
    """The work centres of a station, comma-separated in its row; an empty set means any."""
    if not station:
        return frozenset()
    text = Station.objects.filter(code=station).values_list("work_centre", flat=True).first() or ""
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _refuse_other_station(op: RoutingOperation, station: str, centres: frozenset[str]) -> None:
    if centres and op.work_centre not in centres:
        raise WrongStation(
            _("Operation %(number)d is done at %(centre)s, not at station %(station)s.")
            % {"number": op.number, "centre": op.work_centre, "station": station},
            true=_("Nothing was recorded."),
            do=_("Bring the unit to %(centre)s.") % {"centre": op.work_centre},
        )


def _operation_of(route: Route, number: int) -> RoutingOperation:
    state = route.of_number(number)
    if state is None:
        raise UnknownOperation(_("The route has no operation %(number)d.") % {"number": number})
    return state.operation


def _open_run(route: Route, number: int) -> OperationRun:
    state = route.of_number(number)
    run = state.open_run if state else None
    if run is None:
        raise NotRunning(
            _("Operation %(number)d is not running.") % {"number": number},
            true=_("Nothing was recorded."),
            do=_next_act(route),
        )
    return run


wall(
    "operation_has_one_open_run",
    lambda: AlreadyRunning(_("The operation was started at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "meaning_is_signed_once_in_a_run",
    lambda: AlreadySigned(_("The operation was signed at the same moment."), true=_("Nothing was signed.")),
)
