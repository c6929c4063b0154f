"""The facts of a station's or burn-in cell's history (設備履歴) over a period of plant days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet

from accounts.models import Station, User
from assembly.documents.station_history import (
    CallRow,
    InstrumentRow,
    PersonRow,
    RunRow,
    SoftwareRow,
    StationHistorySheet,
)
from assembly.models import (
    Alarm,
    AndonCall,
    BurnInCell,
    BurnInRun,
    CalibrationRecord,
    Measurement,
    OperationRun,
    TestRun,
    Tool,
)
from assembly.text import ended_words
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words
from ledger.models import Event

PLANT = Plant(PLANT_NAME, Words("生産技術課", "Production engineering"))
MOST_RUNS = 1_000
"""Runs that are listed: some 25 pages."""

MOST_IDLE = 20
LEAST_IDLE = timedelta(hours=1)
LONGEST = 366
"""Days of a period: a year."""

DAYS = 30
"""Days of a period that nobody chose."""

REASONS: dict[str, Words] = {
    "material": Words("部品がない", "Material is missing"),
    "quality": Words("品質の疑い", "Quality doubt"),
    "machine": Words("設備停止", "Machine stands"),
    "tool": Words("工具・測定器", "Tool or instrument"),
    "safety": Words("安全", "Safety"),
    "help": Words("応援依頼", "Help is needed"),
}
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Period:
    """Plant days, both included, as moments: from the first's midnight to the one after the last."""

    from_on: date
    to_on: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.from_on, datetime.min.time(), PLANT_TIME)

    @property
    def end(self) -> datetime:
        return datetime.combine(self.to_on + timedelta(days=1), datetime.min.time(), PLANT_TIME)


def station_runs(code: str, period: Period) -> QuerySet[OperationRun]:
    """Runs at a station of which any part falls into the period, the newest first."""
    rows = OperationRun.objects.filter(Q(finished_at=None) | Q(finished_at__gte=period.start), station=code)
    rows = rows.filter(started_at__lt=period.end).select_related("operation", "build__unit", "started_by")
    return rows.order_by("-started_at", "-pk")


def cell_runs(code: str, period: Period) -> QuerySet[BurnInRun]:
    """Burn-ins of a cell of which any part falls into the period, the newest first."""
    rows = BurnInRun.objects.filter(Q(ended_at=None) | Q(ended_at__gte=period.start), cell__code=code)
    rows = rows.filter(started_at__lt=period.end).select_related(
        "run__operation", "run__build__unit", "run__started_by"
    )
    return rows.order_by("-started_at", "-pk")


def station_history(station: Station, subject: str, period: Period) -> StationHistorySheet:
    """Every fact of a station's history. Ten queries, however much was done."""
    rows = station_runs(station.code, period)
    shown = list(rows[:MOST_RUNS])
    spans = list(rows.order_by("started_at", "pk").values_list("started_at", "finished_at"))
    files = TestRun.objects.filter(station=station.code, at__gte=period.start, at__lt=period.end)
    calls = AndonCall.objects.filter(station=station, raised_at__gte=period.start, raised_at__lt=period.end)
    called = list(calls.order_by("raised_at", "pk"))
    tools = _tools_of_runs([run.pk for run in shown])
    events = [max(run.started_event_id, run.finished_event_id or 0) for run in shown]
    events += [max(one.raised_event_id, one.resolved_event_id or 0) for one in called]
    software = _software(files)
    last = files.aggregate(last=Max("event_id"))["last"]
    return StationHistorySheet(
        **_about(subject, station.code, Words(station.name_ja, station.name_en), period),
        centre=station.work_centre,
        **_times(spans),
        runs=tuple(_run(run, tools.get(run.pk, ())) for run in shown),
        runs_more=len(spans) - len(shown),
        files=sum(row.count for row in software),
        software=software,
        instruments=_instruments(station.code, period),
        people=_people(rows),
        calls=tuple(map(_call, called)),
        **_record([*events, last or 0], period),
    )


def cell_history(cell: BurnInCell, subject: str, period: Period) -> StationHistorySheet:
    """Every fact of a burn-in cell's history: its burn-ins, and their alarms as its stops. Six queries."""
    rows = cell_runs(cell.code, period)
    shown = list(rows[:MOST_RUNS])
    spans = list(rows.order_by("started_at", "pk").values_list("started_at", "ended_at"))
    alarms = Alarm.objects.filter(burn_in__in=[run.pk for run in shown]).select_related("series")
    events = [max(run.event_id, run.ended_event_id or 0) for run in shown]
    return StationHistorySheet(
        **_about(subject, cell.code, Words("エージングセル", "Burn-in cell"), period),
        centre="",
        **_times(spans),
        runs=tuple(map(_burn_in, shown)),
        runs_more=len(spans) - len(shown),
        files=0,
        software=(),
        instruments=(),
        people=_starters([run.run for run in shown]),
        calls=tuple(_alarm(one) for one in alarms.order_by("started_at", "pk")),
        **_record(events, period),
    )


def _about(subject: str, code: str, name: Words, period: Period) -> dict[str, Any]:
    return {
        "plant": PLANT, "subject": subject, "code": code, "name": name, "from_on": period.from_on,
        "to_on": period.to_on, "stamps": (),
    }  # fmt: skip


def _record(events: Sequence[int], period: Period) -> dict[str, Any]:
    """The last event behind the history; a period without one is as old as its beginning."""
    last = Event.objects.filter(pk=max(events, default=0)).first()
    return {"at": last.recorded_at if last else period.start, "record": last.pk if last else 0}


def _times(spans: Sequence[tuple[datetime, datetime | None]]) -> dict[str, Any]:
    """Busy and idle between the first start and the last end, runs that overlap counted once; an open run is not
    counted, for nobody knows how long it will be."""
    busy, idle = merged([(start, end) for start, end in spans if end is not None])
    stretches = sorted((one for one in idle if one[1] - one[0] >= LEAST_IDLE), key=lambda one: one[0] - one[1])
    return {
        "busy_minutes": _minutes(busy), "idle_minutes": _minutes(idle), "idle": tuple(stretches[:MOST_IDLE]),
    }  # fmt: skip


def merged(spans: Iterable[Span]) -> tuple[list[Span], list[Span]]:
    """Spans joined where they touch or overlap, and what lies between them."""
    busy: list[Span] = []
    for start, end in sorted(spans):
        if busy and start <= busy[-1][1]:
            busy[-1] = (busy[-1][0], max(busy[-1][1], end))
        else:
            busy.append((start, end))
    return busy, [(one[1], other[0]) for one, other in pairwise(busy)]


def _minutes(spans: Sequence[Span]) -> int:
    return int(sum((end - start for start, end in spans), timedelta()) / timedelta(minutes=1))


def _run(run: OperationRun, tools: Sequence[str]) -> RunRow:
    return RunRow(
        step=str(run.operation.number),
        work=Words(run.operation.name_ja, run.operation.name_en),
        unit=run.build.unit.name,
        started_at=run.started_at,
        finished_at=run.finished_at,
        result=run.result or "",
        operator=_name(run.started_by),
        tools=tuple(tools),
        note=run.note,
    )


def _burn_in(burn_in: BurnInRun) -> RunRow:
    run = burn_in.run
    counted = "–" if burn_in.soak_minutes is None else burn_in.soak_minutes
    soaked = f"{counted} / {burn_in.soak_minutes_required} min"
    return RunRow(
        step=str(run.operation.number),
        work=Words(run.operation.name_ja, run.operation.name_en),
        unit=run.build.unit.name,
        started_at=burn_in.started_at,
        finished_at=burn_in.ended_at,
        result=burn_in.verdict or "",
        operator=_name(run.started_by),
        tools=(),
        note=Words(*(f"{soaked} {ended_words(burn_in, language)}".strip() for language in ("ja", "en"))),
    )


def _tools_of_runs(runs: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    named = Measurement.objects.filter(run__in=runs).exclude(tool="").values_list("run", "tool").distinct()
    for run, tool in named.order_by("run", "tool"):
        found[run].append(tool)
    return found


def _software(files: QuerySet[TestRun]) -> tuple[SoftwareRow, ...]:
    rows = files.values("tool", "variant", "tool_version", "limit_set__part__number", "limit_set__revision").annotate(
        first=Min("at"), last=Max("at"), n=Count("pk"), bad=Count("pk", filter=~Q(verdict="pass"))
    )
    return tuple(
        SoftwareRow(
            tool=" ".join(filter(None, (row["tool"], row["variant"]))),
            version=row["tool_version"],
            limits=f"{row['limit_set__part__number']} r{row['limit_set__revision']}"
            if row["limit_set__revision"]
            else "",
            first_at=row["first"],
            last_at=row["last"],
            count=row["n"],
            bad=row["bad"],
        )
        for row in rows.order_by("tool", "variant", "first", "limit_set__revision")
    )


def _instruments(code: str, period: Period) -> tuple[InstrumentRow, ...]:
    """Tools that values of the station name, with the calibrations that were in force on any day of the period."""
    runs = station_runs(code, period).order_by().values("pk")
    counts = dict(
        Measurement.objects.filter(run__in=runs).exclude(tool="").values_list("tool").annotate(n=Count("pk")).order_by()
    )
    records: dict[int, list[CalibrationRecord]] = defaultdict(list)
    tools = list(Tool.objects.filter(code__in=counts).order_by("code"))
    held = CalibrationRecord.objects.filter(tool__in=tools, calibrated_on__lte=period.to_on)
    for record in held.filter(Q(due_on=None) | Q(due_on__gte=period.from_on)).order_by("calibrated_on", "pk"):
        records[record.tool_id].append(record)
    return tuple(
        InstrumentRow(
            tool.code,
            Words(tool.name_ja, tool.name_en),
            counts[tool.code],
            tuple((record.calibrated_on, record.due_on) for record in records[tool.pk]),
        )
        for tool in tools
    )


def _people(rows: QuerySet[OperationRun]) -> tuple[PersonRow, ...]:
    told = rows.select_related(None).order_by().values("started_by").annotate(
        n=Count("pk"), first=Min("started_at"), last=Max("started_at")
    )  # fmt: skip
    found = {row["started_by"]: row for row in told}
    people = User.objects.filter(pk__in=found).order_by("username")
    return tuple(
        PersonRow(_name(one), found[one.pk]["n"], found[one.pk]["first"], found[one.pk]["last"]) for one in people
    )


def _starters(runs: Sequence[OperationRun]) -> tuple[PersonRow, ...]:
    by_person: dict[int, list[OperationRun]] = defaultdict(list)
    for run in runs:
        by_person[run.started_by_id].append(run)
    return tuple(
        PersonRow(
            _name(mine[0].started_by),
            len(mine),
            min(one.started_at for one in mine),
            max(one.started_at for one in mine),
        )
        for _person, mine in sorted(by_person.items())
    )


def _call(call: AndonCall) -> CallRow:
    return CallRow(
        call.number,
        REASONS[call.reason],
        call.text,
        call.raised_at,
        call.acknowledged_at,
        call.resolved_at,
        call.outcome,
    )


def _alarm(alarm: Alarm) -> CallRow:
    series = Words(f"警報 {alarm.series.name_ja}", f"Alarm {alarm.series.name_en}")
    value = f"{alarm.value:g} {alarm.series.unit}".strip()
    return CallRow("", series, value, alarm.started_at, None, alarm.cleared_at, "")


def _name(user: User) -> Words:
    ja = user.name_ja or user.name_en or user.username
    return Words(ja, user.name_en or ja)
