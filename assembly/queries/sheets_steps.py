"""The operations of a traveller: every attempt in the order it was begun, then what is still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from accounts.models import User
from assembly.documents.traveller_sheet import Reading, Step
from assembly.models import BurnInRun, Measurement, Nonconformity, OperationRun, ReworkOperation, Signature, TestRun
from assembly.queries.route import OperationState, Route
from assembly.queries.slots import FilledSlot
from documents.words import Words, mark, plain_digits

MOST_READINGS = 1
"""Good values beside an operation on the front page; faulty ones are all shown."""


@dataclass(frozen=True)
class RunFacts:
    """What is known about the runs of one build, by run id where it can be."""

    people: Mapping[int, User]
    signatures: Sequence[Signature]
    readings: Mapping[int, Sequence[Reading]]
    burn_ins: Mapping[int, BurnInRun]
    soaked: Mapping[int, int]
    test_runs: Sequence[TestRun]
    reports: Sequence[Nonconformity]
    slots: Sequence[FilledSlot] = field(default_factory=tuple)
    amended: Mapping[int, int] = field(default_factory=dict)
    """Run id of a corrected run → that of the run which stands in its place."""

    def signer(self, run: OperationRun, *meanings: str) -> str:
        """Family name of who signed the run with one of these meanings."""
        return next(
            (sign.user.family_name for sign in self.signatures if sign.run_id == run.pk and sign.meaning in meanings),
            "",
        )


def readings_of(build_id: int) -> dict[int, list[Reading]]:
    """The recorded values by run, in the order of the operation's fields. One query."""
    rows = Measurement.objects.filter(run__build=build_id).select_related("field", "run__operation")
    found: dict[int, list[Reading]] = defaultdict(list)
    for row in rows.order_by("run__started_event_id", "field__order", "field_id"):
        found[row.run_id].append(_reading(row))
    return found


def _reading(row: Measurement) -> Reading:
    return Reading(
        step=str(row.run.operation.number),
        name=Words(row.field.name_ja, row.field.name_en),
        value=row.text if row.value is None else plain_digits(row.value),
        unit=row.unit,
        low=_limit(row.low),
        high=_limit(row.high),
        verdict="" if row.verdict == "none" else row.verdict,
        tool=row.tool,
        at=row.run.finished_at or row.run.started_at,
    )


def _limit(value: Decimal | None) -> Decimal | None:
    return None if value is None else plain_digits(value)


def reports_of(build_id: int) -> list[Nonconformity]:
    """The nonconformities of a build; `wants` lists what their reworks want again: operation, number, event. One
    query."""
    wanted = (
        ReworkOperation.objects.filter(rework__nonconformity=OuterRef("pk"))
        .order_by("rework_id", "operation__number")
        .values(want=JSONObject(operation="operation_id", number="operation__number", event="rework__event_id"))
    )
    rows = Nonconformity.objects.filter(build=build_id).select_related("run__operation")
    return list(rows.order_by("id").annotate(wants=ArraySubquery(wanted)))


def wants_of(report: Nonconformity) -> list[dict[str, int]]:
    """What the reworks of a report (read by reports_of) want again."""
    wants: list[dict[str, int]] = report.wants  # type: ignore[attr-defined]
    return wants


def steps_of(tag: str, route: Route, facts: RunFacts) -> tuple[Step, ...]:
    """Attempts in the order they were begun, then the operations still to come in the order of the route."""
    current = None if route.is_done else route.current
    done = [(run, state) for state in route.operations for run in state.runs]
    done.sort(key=lambda pair: (pair[0].started_event_id, pair[0].pk))
    steps = [
        _attempt(tag, state, run, facts, is_current=state is current and run.finished_at is None) for run, state in done
    ]
    for state in route.operations:
        if state.open_run is None and state.counting is None:
            steps.append(_to_come(tag, state, facts, is_current=state is current))
    return tuple(steps)


def _attempt(tag: str, state: OperationState, run: OperationRun, facts: RunFacts, *, is_current: bool) -> Step:
    burn_in = facts.burn_ins.get(run.pk)
    before = [other.started_event_id for other in state.runs if other.attempt < run.attempt]
    return Step(
        number=str(state.operation.number),
        name=Words(state.operation.name_ja, state.operation.name_en),
        attempt=run.attempt,
        work_centre=burn_in.cell.code if burn_in else run.station or _centre(state),
        scan_text=scan_text(tag, state),
        started_at=run.started_at,
        finished_at=run.finished_at,
        readings=_shown(facts.readings.get(run.pk, ())),
        note=_note(state, run, facts),
        verdict=run.result or "",
        operator=facts.signer(run, "made") or facts.people[run.started_by_id].family_name,
        checker=facts.signer(run, "checked", "approved"),
        is_current=is_current,
        demanded_by=_demand(state, facts.reports, max(before, default=0), run.started_event_id)
        or (run.note if run.result == "conditional" else ""),
        amended_by=run.attempt + 1 if run.pk in facts.amended else 0,
        amends=run.attempt - 1 if run.pk in facts.amended.values() else 0,
    )


def _to_come(tag: str, state: OperationState, facts: RunFacts, *, is_current: bool) -> Step:
    since = max((run.started_event_id for run in state.runs), default=0)
    return Step(
        number=str(state.operation.number),
        name=Words(state.operation.name_ja, state.operation.name_en),
        attempt=len(state.runs) + 1,
        work_centre=_centre(state),
        scan_text=scan_text(tag, state),
        started_at=None,
        finished_at=None,
        readings=(),
        note="",
        verdict="",
        operator="",
        checker="",
        is_current=is_current,
        demanded_by=_demand(state, facts.reports, since, None),
    )


def scan_text(tag: str, state: OperationState) -> str:
    """What the bar code beside an operation carries; the same for every attempt."""
    return f"OP-{tag}-{state.operation.number}"


def _centre(state: OperationState) -> str:
    return state.operation.work_centre.removeprefix("WC-")


def _demand(state: OperationState, reports: Sequence[Nonconformity], after: int, before: int | None) -> str:
    """The latest nonconformity that wanted this operation again between two attempts (or since the last one)."""
    wanted = [
        report.number
        for report in reports
        for want in wants_of(report)
        if want["operation"] == state.operation.pk
        if want["event"] > after and (before is None or want["event"] < before)
    ]
    return wanted[-1] if wanted else ""


def _shown(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """All faulty values; without one, the judged number that came nearest to a limit: it tells most."""
    every = list(readings)
    faulty = tuple(one for one in every if one.verdict == "fail")
    judged = sorted((one for one in every if _room(one) is not None), key=lambda one: _room(one) or Decimal("Infinity"))
    return faulty or tuple(judged[:MOST_READINGS])


def _room(reading: Reading) -> Decimal | None:
    """How far a number stayed from its nearer limit, as a share of the limits' width (of the limit, where there is only
    one); None for what was not judged. One that stands on its limit was set there: it tells nothing and sorts last."""
    value, low, high = reading.value, reading.low, reading.high
    if not isinstance(value, Decimal) or (low is None and high is None):
        return None
    gaps = [value - low] if low is not None else []
    gaps += [high - value] if high is not None else []
    width = abs(high - low) if low is not None and high is not None else abs(low or high or Decimal(0))
    return min(gaps) / width if width else Decimal(0)


def _note(state: OperationState, run: OperationRun, facts: RunFacts) -> str:
    words = []
    mine = [slot for slot in facts.slots if slot.kind in state.operation.slot_kinds]
    if mine:
        words.append(f"{sum(not slot.is_empty for slot in mine)}/{len(mine)}")
    burn_in = facts.burn_ins.get(run.pk)
    if burn_in:
        words.append(f"{_hours(facts.soaked.get(burn_in.pk, 0))} / {_hours(burn_in.soak_minutes_required)} h")
    if state.operation.kind == "configuration" and run.result == "pass":
        words.append("agrees")  # one difference and it could not have ended
    latest = {test.tool: test.verdict for test in facts.test_runs if test.run_id == run.pk}
    words += [f"{tool} {mark(verdict)}" for tool, verdict in sorted(latest.items())]
    if run.note and run.result != "conditional":
        words.append(run.note)
    return " · ".join(words)


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"
