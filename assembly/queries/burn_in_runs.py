"""One burn-in run as its page shows it: series with their course, gaps, alarms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from assembly.burn_in.drawing import Strip, strip_of
from assembly.burn_in.moments import MINUTE, micros, moment
from assembly.burn_in.soak import Interval, Times, Values, gaps_between
from assembly.burn_in.summaries import Summary, summaries_of
from assembly.models import Alarm, BurnInCell, BurnInRun, CellOutage, TelemetrySeries
from assembly.queries.burn_in import SoakClock, clocks_of, known_of, samples_of


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which the clock stood: why is alarm or data."""

    from_at: datetime
    to_at: datetime
    why: str

    @property
    def minutes(self) -> float:
        return (self.to_at - self.from_at).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class BurnInPage:
    """A run with everything that is known of it at a moment."""

    burn_in: BurnInRun
    clock: SoakClock
    strip: Strip
    gaps: tuple[Gap, ...]
    alarms: tuple[Alarm, ...]
    series: tuple[tuple[TelemetrySeries, Summary], ...]
    times: Times
    values: Values


def latest_run_in(cell_code: str) -> tuple[BurnInCell | None, BurnInRun | None]:
    """A cell, and its open run, else the last one that ended there."""
    cell = BurnInCell.objects.select_related("feed", "loop").filter(code=cell_code).first()
    runs = BurnInRun.objects.filter(cell__code=cell_code).select_related(
        "cell", "run__build__unit", "run__build__design", "run__operation"
    )
    return cell, runs.filter(ended_at=None).first() or runs.order_by("-started_at").first()


def burn_in_of(burn_in_id: int) -> BurnInRun | None:
    """A run by its id, with what its page needs."""
    return (
        BurnInRun.objects.filter(pk=burn_in_id)
        .select_related("cell", "run__build__unit", "run__build__design", "run__operation")
        .first()
    )


def burn_in_page(burn_in: BurnInRun, now: datetime) -> BurnInPage:
    """The run's page. Six queries; reads all samples of the run."""
    known = known_of([burn_in])
    clock = clocks_of([burn_in], known)[burn_in.pk]
    end = micros(burn_in.ended_at or clock.known_until(now))
    start = micros(burn_in.started_at)
    intervals = [Interval(micros(from_at), micros(to_at)) for from_at, to_at in known.intervals.get(burn_in.pk, ())]
    alarms = list(reversed(known.alarms))
    raised = [
        Interval(micros(alarm.started_at), micros(alarm.cleared_at or now))
        for alarm in alarms
        if alarm.series.index is not None
    ]
    times, values = samples_of(burn_in.pk)
    gap = burn_in.gap_minutes_allowed * MINUTE
    series = list(TelemetrySeries.objects.exclude(index=None).order_by("index"))
    figures = summaries_of(times, values, gap, start, end) if series else []
    return BurnInPage(
        burn_in,
        clock,
        strip_of(intervals, raised, start, end, burn_in.soak_minutes_required),
        tuple(_gaps(intervals, raised, start, end)),
        tuple(alarms),
        tuple(zip(series, figures, strict=False)),
        times,
        values if len(values) else np.empty((0, len(series))),
    )


def _gaps(intervals: list[Interval], raised: list[Interval], start: int, end: int) -> list[Gap]:
    """Gaps of a minute and more; the minutes between two samples are none."""
    found = []
    for gap in gaps_between(intervals, start, end):
        if gap.to_at - gap.from_at > MINUTE:
            alarm = any(one.from_at < gap.to_at and gap.from_at < one.to_at for one in raised)
            found.append(Gap(moment(gap.from_at), moment(gap.to_at), "alarm" if alarm else "data"))
    return found


def open_outages(cell: BurnInCell, now: datetime) -> list[CellOutage]:
    """The outages of a cell that are not over. One query."""
    return list(CellOutage.objects.filter(cell=cell, ended_at=None, period__endswith__gt=now).order_by("period"))
