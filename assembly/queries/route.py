"""Where builds stand on their routes: what is done, open, demanded again, unsigned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from assembly.models import (
    Build,
    Nonconformity,
    OperationField,
    OperationRun,
    RoutingOperation,
)
from ledger.statements import ask, columns, joined

PASSED = ("pass", "conditional")


@dataclass(frozen=True, slots=True)
class OperationState:
    """One operation of one build. `demand` is the event of the latest rework that wants it again (0 = none): only a run
    that started after it counts."""

    operation: RoutingOperation
    runs: tuple[OperationRun, ...]
    demand: int
    signed: tuple[str, ...]
    read_in: bool = False
    """The build was read in as history: it was signed elsewhere, or not; nobody is to sign it here."""

    @property
    def open_run(self) -> OperationRun | None:
        return next((run for run in self.runs if run.finished_at is None), None)

    @property
    def latest(self) -> OperationRun | None:
        return self.runs[-1] if self.runs else None

    @property
    def counting(self) -> OperationRun | None:
        """The run that makes the operation done: the latest one, passed, and started after the latest demand."""
        run = self.latest
        if run is None or run.result not in PASSED or run.started_event_id <= self.demand:
            return None
        return run

    @property
    def missing_signs(self) -> tuple[str, ...]:
        """The meanings still to be signed on the counting run (a conditional pass carries its approval)."""
        run = self.counting
        if run is None or run.result == "conditional" or self.read_in:
            return ()
        return tuple(meaning for meaning in self.operation.signs if meaning not in self.signed)

    @property
    def is_done(self) -> bool:
        return self.counting is not None and not self.missing_signs

    @property
    def state(self) -> str:
        """done, run (open), fail (last attempt failed), late (unsigned), swap (demanded again) or wait."""
        if self.is_done:
            return "done"
        if self.open_run is not None:
            return "run"
        if self.counting is not None:
            return "late"
        if self.latest is not None and self.latest.result == "fail" and self.latest.started_event_id > self.demand:
            return "fail"
        return "swap" if self.demand and self.runs else "wait"


@dataclass(frozen=True, slots=True)
class Route:
    """The operations of one build in order, with their states."""

    build: Build
    operations: tuple[OperationState, ...]
    open_nonconformities: tuple[Nonconformity, ...]

    def of_number(self, number: int) -> OperationState | None:
        return next((state for state in self.operations if state.operation.number == number), None)

    @property
    def current(self) -> OperationState | None:
        """The open operation, else the first that is not done; None when everything is."""
        return next((state for state in self.operations if state.open_run is not None), None) or self.next

    @property
    def next(self) -> OperationState | None:
        return next((state for state in self.operations if not state.is_done), None)

    @property
    def is_done(self) -> bool:
        return all(state.is_done for state in self.operations)

    def undone_before(self, number: int) -> OperationState | None:
        """The first operation before this number that is not done and that this one may not be done beside."""
        wanted = self.of_number(number)
        beside = wanted.operation.beside if wanted else ()
        return next((state for state in self._before(number) if state.operation.number not in beside), None)

    def unended_beside(self, number: int) -> OperationState | None:
        """The first operation beside which this one is done, and after which it ends, that is not done yet."""
        wanted = self.of_number(number)
        beside = wanted.operation.beside if wanted else ()
        return next((state for state in self._before(number) if state.operation.number in beside), None)

    def _before(self, number: int) -> list[OperationState]:
        return [state for state in self.operations if state.operation.number < number and not state.is_done]

    def current_at(self, station: str, centres: Collection[str]) -> OperationState | None:
        """What a station is at: the operation that it runs itself, else one that runs at its work centres, else the
        first that may begin there; where nothing of this build is its own (or any work is), the build's current one."""
        running = [state for state in self.operations if state.open_run is not None]
        own = next((state for state in running if state.open_run and state.open_run.station == station), None)
        if own is not None or not centres:
            return own or self.current
        here = [state for state in self.operations if state.operation.work_centre in centres and not state.is_done]
        run = next((state for state in here if state.open_run is not None), None)
        begin = next((state for state in here if self.undone_before(state.operation.number) is None), None)
        return run or begin or self.current


_RUNS = f"""
SELECT {columns(OperationRun, "r")} FROM assembly_operationrun r WHERE build_id = ANY(%s::bigint[]) ORDER BY attempt
"""
_DEMANDS = """
SELECT r.build_id, o.operation_id, r.event_id FROM assembly_reworkoperation o
JOIN assembly_rework r ON r.id = o.rework_id
WHERE r.build_id = ANY(%s::bigint[])
"""
_SIGNED = """
SELECT s.run_id, s.meaning FROM assembly_signature s JOIN assembly_operationrun r ON r.id = s.run_id
WHERE r.build_id = ANY(%s::bigint[]) ORDER BY s.id
"""
_OPEN_REPORTS = f"""
SELECT {columns(Nonconformity, "n")} FROM assembly_nonconformity n
WHERE build_id = ANY(%s::bigint[]) AND closed_at IS NULL ORDER BY id
"""


def routes_of(builds: Sequence[Build]) -> dict[int, Route]:
    """The routes of these builds (with `design` loaded) by build id. Five queries, however many builds."""
    ids = [build.pk for build in builds]
    operations = _operations({build.design.routing_id for build in builds})
    runs: dict[tuple[int, int], list[OperationRun]] = defaultdict(list)
    for (run,) in joined((OperationRun,), _RUNS, [ids]):
        runs[run.build_id, run.operation_id].append(run)
    demands: dict[tuple[int, int], int] = defaultdict(int)
    for build_id, operation_id, event in ask(_DEMANDS, [ids]):
        demands[build_id, operation_id] = max(demands[build_id, operation_id], event)
    signed = _signed(ids)
    open_ones: dict[int, list[Nonconformity]] = defaultdict(list)
    for (report,) in joined((Nonconformity,), _OPEN_REPORTS, [ids]):
        open_ones[report.build_id].append(report)
    return {
        build.pk: Route(
            build,
            tuple(
                _state(build, operation, runs[build.pk, operation.pk], demands[build.pk, operation.pk], signed)
                for operation in operations[build.design.routing_id]
            ),
            tuple(open_ones[build.pk]),
        )
        for build in builds
    }


def _state(
    build: Build, operation: RoutingOperation, runs: list[OperationRun], demand: int, signed: dict[int, list[str]]
) -> OperationState:
    latest = runs[-1] if runs else None
    meanings = tuple(signed.get(latest.pk, ())) if latest else ()
    return OperationState(operation, tuple(runs), demand, meanings, read_in=build.origin == "imported")


def _signed(build_ids: Iterable[int]) -> dict[int, list[str]]:
    signed: dict[int, list[str]] = defaultdict(list)
    for run_id, meaning in ask(_SIGNED, [list(build_ids)]):
        signed[run_id].append(meaning)
    return signed


_OPERATIONS = f"""
SELECT {columns(RoutingOperation, "o")} FROM assembly_routingoperation o
WHERE routing_id = ANY(%s::bigint[]) ORDER BY routing_id, number
"""
_FIELDS = f"""
SELECT {columns(OperationField, "f")} FROM assembly_operationfield f
WHERE operation_id = ANY(%s::bigint[]) ORDER BY "order", id
"""


def _operations(routing_ids: Iterable[int]) -> dict[int, list[RoutingOperation]]:
    """With their fields at hand, as prefetch_related leaves them."""
    operations = [operation for (operation,) in joined((RoutingOperation,), _OPERATIONS, [list(routing_ids)])]
    fields: dict[int, list[OperationField]] = defaultdict(list)
    for (field,) in joined((OperationField,), _FIELDS, [[operation.pk for operation in operations]]):
        fields[field.operation_id].append(field)
    found: dict[int, list[RoutingOperation]] = defaultdict(list)
    for operation in operations:
        known = operation.fields.get_queryset()
        known._result_cache, known._prefetch_done = fields[operation.pk], True
        operation._prefetched_objects_cache = {"fields": known}
        found[operation.routing_id].append(operation)
    return found
