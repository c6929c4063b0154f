"""The series of a burn-in run: which reported, their figures, and one of them with its samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Q

from assembly.burn_in.moments import MINUTE, micros, moment
from assembly.burn_in.soak import Times, Values
from assembly.burn_in.summaries import Summary, summaries_of
from assembly.burn_in.wide import State
from assembly.models import BurnInRun, RunTelemetry, TelemetrySeries
from assembly.queries.burn_in import samples_of
from assembly.queries.raw_telemetry import figures_of, raw_samples

SUMS = ("n", "gaps", "minimum", "mean", "p95", "maximum", "last")


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A wide series in a run: what is known of it so far."""

    pk: int
    code: str
    unit: str
    low: float | None
    high: float | None
    figures: Summary
    is_late: bool
    """Some of its samples came late, across a gap: its gaps are counted anew when the run is settled."""


def wide_series_of(burn_in: BurnInRun, text: str) -> tuple[RunTelemetry | None, list[SeriesRow]]:
    """The wide series that reported in a run and whose name holds every word of the text, by name. Two queries."""
    row, state = figures_of(burn_in)
    wanted = Q(index=None)
    for word in text.split():
        wanted &= Q(code__icontains=word)
    rows = TelemetrySeries.objects.filter(wanted).order_by("code").values_list("pk", "code", "unit", "low", "high")
    if row is None:
        return None, []
    place = {int(series): number for number, series in enumerate(state["series"].tolist())}
    settled = row.settled_at is not None
    return row, [
        SeriesRow(
            pk, code, unit, low, high, _summary(state[place[pk]], burn_in, settled), bool(state[place[pk]]["late"])
        )
        for pk, code, unit, low, high in rows
        if pk in place
    ]


def _summary(one: State, burn_in: BurnInRun, settled: bool) -> Summary:
    p95 = float(one["p95"])
    ended = burn_in.ended_at
    open_end = not settled and ended is not None and micros(ended) - int(one["last_at"]) > _gap(burn_in)
    return Summary(
        n=int(one["n"]),
        gaps=int(one["gaps"]) + int(open_end),
        minimum=float(one["minimum"]),
        mean=float(one["sum"]) / int(one["n"]),
        p95=None if math.isnan(p95) else p95,
        maximum=float(one["maximum"]),
        last=float(one["last"]),
    )


def _gap(burn_in: BurnInRun) -> int:
    return burn_in.gap_minutes_allowed * MINUTE


@dataclass(frozen=True, slots=True)
class SeriesCourse:
    """One series of a run: all samples that came, and its figures from them."""

    series: TelemetrySeries
    times: Times
    values: Values
    figures: Summary
    start: int
    end: int
    gone_at: datetime | None


def series_course(burn_in: BurnInRun, series: TelemetrySeries, now: datetime) -> SeriesCourse:
    """A core series from the samples, a wide one from the raw store. Where the raw files are gone by policy its figures
    are those that were kept. At most three queries."""
    start = micros(burn_in.started_at)
    if series.index is not None:
        times, table = samples_of(burn_in.pk)
        told = ~np.isnan(table[:, series.index])
        times, values, row = times[told], table[told, series.index], None
    else:
        row, state = figures_of(burn_in)
        if row is not None and row.gone_at is not None:
            kept = state[state["series"] == series.pk]
            figures = _summary(kept[0], burn_in, True) if len(kept) else Summary(0, 0)
            end = micros(burn_in.ended_at or now)
            return SeriesCourse(series, np.empty(0, np.int64), np.empty(0), figures, start, end, row.gone_at)
        samples = raw_samples(burn_in.pk, series.pk)
        times, values = samples.at, samples.values
    end = micros(burn_in.ended_at) if burn_in.ended_at else int(times[-1]) if len(times) else micros(now)
    end = max(end, start + MINUTE)
    figures = summaries_of(times, values.reshape(-1, 1), _gap(burn_in), start, end)[0]
    return SeriesCourse(series, times, values, figures, start, end, None)


def stretch_asked(course: SeriesCourse, from_at: str, to_at: str) -> tuple[int, int]:
    """From–to in µs: whole seconds since 1970 of an address, inside the run; the whole run for anything else."""
    told = [
        int(text) * 1_000_000 if text.isascii() and text.isdecimal() and len(text) < 12 else 0
        for text in (from_at, to_at)
    ]
    if course.start <= told[0] < told[1] <= course.end + MINUTE:
        return told[0], told[1]
    return course.start, course.end


def seconds(at: int) -> int:
    """Of an address."""
    return int(moment(at).timestamp())
