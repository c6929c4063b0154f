"""The runs of imported builds, with what failed and how it was answered. A step of history.import_build_history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assembly.models import Nonconformity, OperationRun, Rework, ReworkOperation, RoutingOperation
from assembly.operations.nonconformities import next_numbers
from assembly.operations.past import ORIGIN, Draft, PastRun
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.recording import Happening, record_many


@dataclass(slots=True)
class _Attempt:
    """One run on its way into the tables."""

    draft: Draft
    past: PastRun
    row: OperationRun
    report: Nonconformity | None = None
    """What the failed attempt before this one opened."""


def store_past_runs(
    caller: Caller, drafts: Sequence[Draft], operations: dict[tuple[int, int], RoutingOperation]
) -> None:
    """Step: attempt after attempt, so that the events of an answer come after those of what it answers."""
    rounds: dict[int, list[_Attempt]] = {}
    for draft in drafts:
        counted: dict[int, int] = {}
        for past in draft.past.runs:
            attempt = counted[past.number] = counted.get(past.number, 0) + 1
            run = OperationRun(
                build=draft.build, operation=operations[draft.design.routing_id, past.number], attempt=attempt,
                started_by_id=caller.user.pk, started_at=past.started_at, finished_at=past.finished_at,
                result=past.result, note=ORIGIN,
            )  # fmt: skip
            rounds.setdefault(attempt, []).append(_Attempt(draft, past, run))
    open_reports: dict[tuple[int, int], Nonconformity] = {}
    for _number, attempts in sorted(rounds.items()):
        for one in attempts:
            one.report = open_reports.pop((one.draft.build.pk, one.past.number), None)
        _store_runs(caller, attempts)
        _close(caller, [one for one in attempts if one.report is not None and one.past.result == "pass"])
        failed = [one for one in attempts if one.past.result == "fail"]
        open_reports |= _open(caller, failed)


def _store_runs(caller: Caller, attempts: Sequence[_Attempt]) -> None:
    for one, event in _told(caller, "assembly.operation-started", attempts, lambda one: one.past.started_at, _begun):
        one.row.started_event_id = event
    for one, event in _told(caller, "assembly.operation-finished", attempts, lambda one: one.past.finished_at, _ended):
        one.row.finished_event_id = event
    insert_rows([one.row for one in attempts])


def _told(
    caller: Caller,
    kind: str,
    attempts: Sequence[_Attempt],
    moment: Callable[[_Attempt], datetime],
    payload: Callable[[_Attempt], dict[str, Any]],
) -> Iterable[tuple[_Attempt, int]]:
    happenings = [Happening(one.draft.build, payload(one), happened_at=moment(one)) for one in attempts]
    return zip(attempts, record_many(caller, kind, happenings), strict=True)


def _begun(one: _Attempt) -> dict[str, Any]:
    operation_row = one.row.operation
    return {"operation": operation_row.number, "stage": operation_row.stage, "attempt": one.row.attempt}


def _ended(one: _Attempt) -> dict[str, Any]:
    reasons = [one.past.found] if one.past.found else []
    return {**_begun(one), "result": one.past.result, "values": [], "reasons": reasons}


def _open(caller: Caller, failed: Sequence[_Attempt]) -> dict[tuple[int, int], Nonconformity]:
    """Nonconformities of failed attempts, decided at once as retest, as the old record says no more."""
    if not failed:
        return {}
    numbers = next_numbers(caller, len(failed))
    reports = [
        Nonconformity(
            number=number, build=one.draft.build, unit_id=one.draft.build.unit_id, run=one.row,
            defect_code=one.past.defect_code, text=one.past.found or one.past.result, opened_at=one.past.finished_at,
            opened_by_id=caller.user.pk, disposition="retest", disposition_reason=ORIGIN,
            disposed_at=one.past.finished_at, disposed_by_id=caller.user.pk,
        )
        for one, number in zip(failed, numbers, strict=True)
    ]  # fmt: skip
    by_id = {id(one): report for one, report in zip(failed, reports, strict=True)}
    facts = lambda one: {"number": by_id[id(one)].number, "text": by_id[id(one)].text, "run": one.row.pk}  # noqa: E731
    for one, event in _told(caller, "assembly.nonconformity-opened", failed, lambda one: one.past.finished_at, facts):
        by_id[id(one)].opened_event_id = event
    word = lambda one: {"number": by_id[id(one)].number, "disposition": "retest", "reason": ORIGIN}  # noqa: E731
    for one, event in _told(caller, "assembly.nonconformity-disposed", failed, lambda one: one.past.finished_at, word):
        by_id[id(one)].disposed_event_id = event
    insert_rows(reports)
    reworks = insert_rows(
        [
            Rework(
                build_id=r.build_id,
                nonconformity=r,
                reason=ORIGIN,
                at=r.disposed_at or caller.at,
                event_id=r.disposed_event_id or 0,
            )
            for r in reports
        ]
    )
    insert_rows(
        [
            ReworkOperation(rework=rework, operation=one.row.operation)
            for rework, one in zip(reworks, failed, strict=True)
        ]
    )
    return {(one.draft.build.pk, one.past.number): report for one, report in zip(failed, reports, strict=True)}


def _close(caller: Caller, answered: Sequence[_Attempt]) -> None:
    """The next attempt passed: what was found before it is closed."""
    facts = lambda one: {"number": one.report.number if one.report else ""}  # noqa: E731
    reports = []
    for one, event in _told(caller, "assembly.nonconformity-closed", answered, lambda one: one.past.finished_at, facts):
        assert one.report is not None
        one.report.closed_at, one.report.closed_event_id = one.past.finished_at, event
        reports.append(one.report)
    update_rows(reports, ["closed_at", "closed_event_id"])
