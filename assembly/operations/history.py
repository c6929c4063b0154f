"""Racks that were built before Genpin was there, read in at rack, tray and run level and marked as imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from assembly.models import Build, Design, DesignSlot, Nonconformity, OperationRun, Rework, ReworkOperation
from assembly.models import RoutingOperation as Operation
from assembly.operations.builds import BuildStart, UnknownDesign, copy_slots, designs_by_code, unit_serials
from assembly.operations.nonconformities import next_numbers
from inventory.operations.placements import location_by_code
from inventory.operations.units import Birth, bear
from ledger.bulk import insert_rows, update_rows
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal

ORIGIN = "imported"


class HistoryAhead(Refusal):
    """A moment of the history lies in the future, or an end before its beginning."""


class HistoryOdd(Refusal):
    """A position, an operation or an order of attempts that the design does not have."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One attempt at an operation. A failed one says what was found; the next attempt answers it."""

    number: int
    started_at: datetime
    finished_at: datetime
    result: str = "pass"
    found: str = ""
    defect_code: str = ""


@dataclass(frozen=True, slots=True)
class PastTray:
    """A tray in a slot of the rack. `serial` "": the plant numbers it, where its design has numbers of the plant."""

    position: str
    serial: str
    started_at: datetime
    completed_at: datetime
    runs: list[PastRun] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PastRack:
    """A rack that is complete: its order, its clocks, its runs, its trays. Attempts stand in their order."""

    design_code: str
    order_number: str
    started_at: datetime
    completed_at: datetime
    location_code: str
    serial: str = ""
    need_by: date | None = None
    customer_order_at: datetime | None = None
    kit_ready_at: datetime | None = None
    runs: list[PastRun] = field(default_factory=list)
    trays: list[PastTray] = field(default_factory=list)


Past = PastRack | PastTray


@dataclass(slots=True)
class _Row:
    """One build to be: what is told of it, its order, its design, its rack (None: it is one) and place there."""

    past: Past
    order: str
    design: Design
    host: int | None = None
    position: str | None = None
    build: Build = field(default_factory=Build)


@operation(permission="assembly.keep_master_data", deferred=True)
def import_build_history(*, caller: Caller, rows: list[PastRack]) -> dict[str, list[int]]:
    """Read in racks that are complete, with their trays in their slots and the runs of both at their own times.

    Nothing below a tray has a unit, nothing is signed and no burn-in is judged: what was not seen here is not said.
    Builds are marked `imported`. Locks nothing: everything is new. Refuses UnknownDesign, UnknownLocation,
    HistoryAhead, HistoryOdd, SerialTaken."""
    drafts = _drafts(rows)
    for draft in drafts:
        _refuse_moments(caller, draft.past)
    operations = _operations(drafts)
    _bear(caller, drafts, rows)
    _start(caller, drafts)
    _run(caller, drafts, operations)
    _complete(caller, drafts)
    racks = [draft for draft in drafts if draft.host is None]
    record_many(
        caller,
        "assembly.history-imported",
        [
            Happening(draft.build.unit, {"order": draft.order, "trays": len(row.trays), "runs": len(row.runs)})
            for draft, row in zip(racks, rows, strict=True)
        ],
    )
    return {"builds": [draft.build.pk for draft in racks]}


def _drafts(rows: Sequence[PastRack]) -> list[_Row]:
    """Racks, each followed by its trays; a tray's design is that of its slot's part."""
    designs = designs_by_code({row.design_code for row in rows})
    slots = {
        (slot.design_id, slot.position): slot.part_id for slot in DesignSlot.objects.filter(design__in=designs.values())
    }
    released = Design.objects.filter(kind="tray").exclude(released_at=None).select_related("part_revision__part")
    of_part = {design.part_revision.part_id: design for design in released.order_by("released_at")}
    drafts: list[_Row] = []
    for row in rows:
        host = len(drafts)
        design = designs[row.design_code]
        drafts.append(_Row(row, row.order_number, design))
        for tray in row.trays:
            part_id = slots.get((design.pk, tray.position))
            if part_id is None:
                raise HistoryOdd(
                    _("Design %(design)s has no slot %(slot)s.") % {"design": design.code, "slot": tray.position[:40]},
                    true=_("Nothing was imported."),
                )
            if part_id not in of_part:
                raise UnknownDesign(_("There is no released design for slot %(slot)s.") % {"slot": tray.position[:40]})
            drafts.append(_Row(tray, row.order_number, of_part[part_id], host, tray.position))
    return drafts


def _refuse_moments(caller: Caller, past: Past) -> None:
    moments = [(past.started_at, past.completed_at), *((run.started_at, run.finished_at) for run in past.runs)]
    if any(not begin <= end <= caller.at for begin, end in moments):
        raise HistoryAhead(
            _("A moment lies in the future, or an end before its beginning."),
            true=_("Nothing was imported."),
            do=_("Correct the times and import again."),
        )


def _operations(drafts: Iterable[_Row]) -> dict[tuple[int, int], Operation]:
    """The operations by routing and number. Refuses HistoryOdd for a run of an operation that the routing lacks."""
    routings = {draft.design.routing_id for draft in drafts}
    known = {(row.routing_id, row.number): row for row in Operation.objects.filter(routing_id__in=routings)}
    for draft in drafts:
        for run in draft.past.runs:
            if (draft.design.routing_id, run.number) not in known or run.result not in ("pass", "fail"):
                raise HistoryOdd(
                    _("Operation %(number)d with result “%(result)s” cannot be imported.")
                    % {"number": run.number, "result": run.result[:20]},
                    true=_("Nothing was imported."),
                )
    return known


def _bear(caller: Caller, drafts: Sequence[_Row], rows: Sequence[PastRack]) -> None:
    """The racks where they stand and the trays inside them; no serial below a tray."""
    places = {row.location_code: location_by_code(row.location_code).pk for row in rows}
    made = [draft for draft in drafts if draft.design.unit_prefix]
    starts = [(BuildStart(draft.design.code, draft.past.serial), draft.design) for draft in made]
    serials = {id(draft): serial for draft, serial in zip(made, unit_serials(caller, starts), strict=True)}
    units = bear(
        caller,
        "inventory.unit-registered",
        [
            Birth(
                revision=draft.design.part_revision,
                serial=serials.get(id(draft), draft.past.serial),
                location_id=places[draft.past.location_code] if isinstance(draft.past, PastRack) else None,
                host_index=draft.host,
                position=draft.position,
                country="JP" if draft.design.unit_prefix else "",
                why="history imported",
                source="import",
            )
            for draft in drafts
        ],
    )
    for draft, unit in zip(drafts, units, strict=True):
        draft.build.unit = unit


def _start(caller: Caller, drafts: Sequence[_Row]) -> None:
    events = record_many(
        caller,
        "assembly.build-started",
        [
            Happening(
                draft.build.unit,
                {"design": draft.design.code, "order": draft.order, "need_by": getattr(draft.past, "need_by", None),
                 "origin": ORIGIN},
                happened_at=draft.past.started_at,
            )
            for draft in drafts
        ],
    )  # fmt: skip
    for draft, event in zip(drafts, events, strict=True):
        past, build = draft.past, draft.build
        build.design, build.order_number, build.origin, build.event_id = draft.design, draft.order, ORIGIN, event
        build.started_at = past.started_at
        if isinstance(past, PastRack):
            build.need_by, build.kit_ready_at = past.need_by, past.kit_ready_at
            build.customer_order_at = past.customer_order_at
    insert_rows([draft.build for draft in drafts])
    copy_slots([draft.build for draft in drafts])


@dataclass(slots=True)
class _Attempt:
    """One run on its way into the tables."""

    draft: _Row
    past: PastRun
    row: OperationRun
    report: Nonconformity | None = None
    """What the failed attempt before this one opened."""


def _run(caller: Caller, drafts: Sequence[_Row], operations: dict[tuple[int, int], Operation]) -> None:
    """Attempt after attempt, so that the events of an answer come after those of what it answers."""
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


def _complete(caller: Caller, drafts: Sequence[_Row]) -> None:
    events = record_many(
        caller,
        "assembly.build-completed",
        [
            Happening(draft.build, {"unit": draft.build.unit_id, "origin": ORIGIN}, happened_at=draft.past.completed_at)
            for draft in drafts
        ],
    )
    for draft, event in zip(drafts, events, strict=True):
        draft.build.completed_at, draft.build.completed_event_id = draft.past.completed_at, event
    update_rows([draft.build for draft in drafts], ["completed_at", "completed_event_id"])
