"""Burn-ins on a traveller: the clock's intervals, what stood between them and why, the series in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from assembly.documents.traveller_sheet import BurnIn, SeriesSummary, SoakGap, SoakInterval
from assembly.models import Alarm, BurnInRun
from assembly.models import SeriesSummary as SummaryRow
from assembly.models import SoakInterval as IntervalRow
from documents.words import Words

MINUTE = timedelta(minutes=1)
NO_DATA = Words("欠測", "no data")


@dataclass(frozen=True)
class SoakFacts:
    """The burn-ins of a build with their clocks, by burn-in id."""

    runs: Sequence[BurnInRun]
    intervals: dict[int, list[tuple[datetime, datetime]]]
    alarms: dict[int, list[Alarm]]
    summaries: dict[int, list[SummaryRow]]

    @property
    def soaked(self) -> dict[int, int]:
        """Whole minutes on the clock: the sum of the intervals, never rounded up."""
        return {run.pk: _minutes(sum(self._lengths(run), timedelta())) for run in self.runs}

    def _lengths(self, run: BurnInRun) -> list[timedelta]:
        return [end - start for start, end in self.intervals.get(run.pk, [])]

    @property
    def latest(self) -> datetime | None:
        """The last moment that a running clock has counted; a later one than the last event's."""
        ends = [span[1] for run in self.runs if run.ended_at is None for span in self.intervals.get(run.pk, [])]
        return max(ends, default=None)

    @property
    def in_alarm(self) -> bool:
        """Whether a running burn-in has an open alarm: its clock stands."""
        return any(_open_alarms(run, self.alarms) for run in self.runs if run.ended_at is None)


def soak_facts(build_id: int) -> SoakFacts:
    """All that is stored about the burn-ins of a build. Four queries, however long they ran."""
    mine = {"burn_in__run__build": build_id}
    intervals: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in IntervalRow.objects.filter(**mine).order_by("from_at"):
        intervals[row.burn_in_id].append((row.from_at, row.to_at))
    alarms: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in Alarm.objects.filter(**mine).select_related("series").order_by("started_at", "series__index"):
        alarms[alarm.burn_in_id].append(alarm)
    summaries: dict[int, list[SummaryRow]] = defaultdict(list)
    for summary in SummaryRow.objects.filter(**mine).select_related("series").order_by("series__index"):
        summaries[summary.burn_in_id].append(summary)
    runs = BurnInRun.objects.filter(run__build=build_id).select_related("cell", "run__operation")
    return SoakFacts(list(runs.order_by("started_at", "id")), intervals, alarms, summaries)


def burn_ins_of(facts: SoakFacts, at: datetime) -> tuple[BurnIn, ...]:
    """The burn-ins as a traveller tells them; `at` bounds a stop that has not ended."""
    return tuple(_burn_in(run, facts, at) for run in facts.runs)


def _burn_in(run: BurnInRun, facts: SoakFacts, at: datetime) -> BurnIn:
    spans, alarms = facts.intervals.get(run.pk, []), facts.alarms.get(run.pk, [])
    stands = bool(_open_alarms(run, facts.alarms))
    counted = [SoakInterval(start, end, _minutes(end - start)) for start, end in spans]
    if counted and run.ended_at is None and not stands:
        counted[-1] = SoakInterval(counted[-1].started_at, None, counted[-1].minutes)
    return BurnIn(
        step=str(run.run.operation.number),
        attempt=run.run.attempt,
        cell=run.cell.code,
        required_minutes=run.soak_minutes_required,
        counted_minutes=facts.soaked[run.pk] if run.soak_minutes is None else run.soak_minutes,
        state=_state(run, stands),
        verdict=run.verdict or "",
        intervals=tuple(counted),
        gaps=tuple(_gaps(run, spans, alarms, at)),
        series=tuple(_series(row) for row in facts.summaries.get(run.pk, [])),
    )


def _state(run: BurnInRun, stands: bool) -> str:
    if run.ended_at is not None:
        return "aborted" if run.verdict == "aborted" else "finished"
    return "stopped" if stands else "running"


def _open_alarms(run: BurnInRun, alarms: dict[int, list[Alarm]]) -> list[Alarm]:
    return [alarm for alarm in alarms.get(run.pk, []) if alarm.cleared_at is None]


def _gaps(
    run: BurnInRun, spans: Sequence[tuple[datetime, datetime]], alarms: Sequence[Alarm], at: datetime
) -> list[SoakGap]:
    """Stretches of a minute and more in which the clock stood, from the start to the end (or to an open alarm)."""
    starts = [run.started_at, *(end for _start, end in spans)]
    ends: list[datetime | None] = [*(start for start, _end in spans), run.ended_at]
    found = []
    for start, end in zip(starts, ends, strict=True):
        if end is None and not any(alarm.cleared_at is None for alarm in alarms):
            continue
        length = (end or max(at, start)) - start
        if length >= MINUTE:
            found.append(SoakGap(start, end, _minutes(length), _reason(alarms, start, end)))
    return found


def _reason(alarms: Sequence[Alarm], start: datetime, end: datetime | None) -> Words:
    """The series whose alarm stopped the clock; without an alarm, data were missing."""
    seen = {
        alarm.series.code: alarm.series
        for alarm in alarms
        if (end is None or alarm.started_at <= end) and (alarm.cleared_at is None or alarm.cleared_at >= start)
    }
    if seen:
        ja = "、".join(one.name_ja for one in seen.values())
        en = ", ".join(one.name_en for one in seen.values())
        return Words(f"警報 {ja}", f"alarm: {en}")
    return NO_DATA


def _series(row: SummaryRow) -> SeriesSummary:
    low, high = row.series.low, row.series.high
    return SeriesSummary(
        name=Words(row.series.name_ja, row.series.name_en),
        unit=row.series.unit,
        low=_figure(low),
        high=_figure(high),
        minimum=_figure(row.minimum),
        mean=_figure(row.mean),
        maximum=_figure(row.maximum),
        samples=row.n,
        verdict=_verdict(row, low, high),
    )


def _verdict(row: SummaryRow, low: float | None, high: float | None) -> str:
    if row.minimum is None or row.maximum is None:
        return "not_run"
    if low is None and high is None:
        return ""
    return "fail" if (low is not None and row.minimum < low) or (high is not None and row.maximum > high) else "pass"


def _figure(value: float | None) -> Decimal | None:
    """A stored float with two decimals: what the instruments resolve, and short enough for the column."""
    return None if value is None else Decimal(f"{value:.2f}")


def _minutes(length: timedelta) -> int:
    return int(length / MINUTE)
