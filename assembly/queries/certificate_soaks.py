"""Burn-ins on a certificate: clock, alarms, figures and drawings, all from what is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from assembly.burn_in.moments import MINUTE, micros
from assembly.burn_in.plotting import stretches_of
from assembly.burn_in.summaries import Summary, summaries_of
from assembly.documents.certificate_sheet import AlarmRow, PlotRow, SeriesRow, SoakRow
from assembly.documents.traveller_sheet import BurnIn
from assembly.models import Alarm, BurnInRun, SeriesSummary, TelemetrySeries
from assembly.queries.burn_in import samples_of
from assembly.queries.sheets_burn_in import SoakFacts, burn_ins_of
from assembly.text import ended_words
from documents.paper import Curve
from documents.words import Words, plain_digits
from ledger.models import Event

PLOTTED = (
    "GpuTemperatureMax", "RackPower", "RackLiquidFlow", "RackLiquidSupplyTemperature", "RackLiquidReturnTemperature",
    "RackLeakDetect",
)  # fmt: skip
"""Series that are drawn, in their order: one page a burn-in. The others are there in figures."""

SECOND = timedelta(seconds=1)


def soaks_of(facts: SoakFacts, at: datetime) -> tuple[SoakRow, ...]:
    """The burn-ins of a build; `at`: how far one that still runs is known. Two queries and two a burn-in."""
    series = list(TelemetrySeries.objects.order_by("index")) if facts.runs else []
    ended = [run.ended_event_id for run in facts.runs if run.ended_event_id]
    told = dict(Event.objects.filter(pk__in=ended).values_list("pk", "payload")) if ended else {}
    drawn = burn_ins_of(facts, at)
    return tuple(
        _soak(run, shown, _Samples(run, series, at), facts, told) for run, shown in zip(facts.runs, drawn, strict=True)
    )


class _Samples:
    """The stored samples of one run, with the figures of each series: those that the verdict stored, else as of now."""

    def __init__(self, run: BurnInRun, series: Sequence[TelemetrySeries], at: datetime) -> None:
        self.series, self.start, self.end = series, run.started_at, run.ended_at or max(at, run.started_at)
        self.gap = run.gap_minutes_allowed * MINUTE
        self.times, self.values = samples_of(run.pk)

    @property
    def span(self) -> tuple[int, int]:
        return micros(self.start), micros(self.end)

    def figures(self) -> list[Summary]:
        if not len(self.times):
            return []
        return summaries_of(self.times, self.values, self.gap, *self.span)


def _soak(run: BurnInRun, shown: BurnIn, samples: _Samples, facts: SoakFacts, told: Mapping[int, Any]) -> SoakRow:
    alarms = facts.alarms.get(run.pk, [])
    return SoakRow(
        step=shown.step,
        attempt=shown.attempt,
        cell=shown.cell,
        started_at=run.started_at,
        ended_at=run.ended_at,
        required_minutes=shown.required_minutes,
        counted_minutes=shown.counted_minutes,
        gap_minutes_allowed=run.gap_minutes_allowed,
        state=shown.state,
        verdict=shown.verdict if len(samples.times) else "",
        why=Words(ended_words(run, "ja"), ended_words(run, "en")),
        samples=len(samples.times),
        samples_sha256=str(told.get(run.ended_event_id or 0, {}).get("samples_sha256") or ""),
        intervals=shown.intervals,
        gaps=shown.gaps,
        alarms=tuple(map(_alarm, alarms)),
        series=_series(samples, facts.summaries.get(run.pk, [])),
        plots=_plots(samples, shown, alarms),
    )


def _alarm(alarm: Alarm) -> AlarmRow:
    return AlarmRow(
        series=_name(alarm.series),
        unit=alarm.series.unit,
        low=_limit(alarm.series.low),
        high=_limit(alarm.series.high),
        value=figure(alarm.value) or Decimal(0),
        started_at=alarm.started_at,
        cleared_at=alarm.cleared_at,
    )


def _series(samples: _Samples, stored: Sequence[SeriesSummary]) -> tuple[SeriesRow, ...]:
    if stored:
        return tuple(_figures(row.series, row) for row in stored)
    return tuple(_figures(one, said) for one, said in zip(samples.series, samples.figures(), strict=False))


def _figures(one: TelemetrySeries, said: Summary | SeriesSummary) -> SeriesRow:
    return SeriesRow(
        name=_name(one),
        unit=one.unit,
        low=_limit(one.low),
        high=_limit(one.high),
        n=said.n,
        gaps=said.gaps,
        minimum=figure(said.minimum),
        mean=figure(said.mean),
        p95=figure(said.p95),
        maximum=figure(said.maximum),
        last=figure(said.last),
        verdict=_verdict(one, said),
    )


def _verdict(one: TelemetrySeries, said: Summary | SeriesSummary) -> str:
    if said.minimum is None or said.maximum is None:
        return "not_run"
    if one.low is None and one.high is None:
        return ""
    out = (one.low is not None and said.minimum < one.low) or (one.high is not None and said.maximum > one.high)
    return "fail" if out else "pass"


def _plots(samples: _Samples, shown: BurnIn, alarms: Sequence[Alarm]) -> tuple[PlotRow, ...]:
    """The chosen series, as far as the plant has them. None without samples: an empty frame would look measured."""
    places = {one.code: (place, one) for place, one in enumerate(samples.series)}
    if not len(samples.times):
        return ()
    return tuple(_plot(samples, *places[code], shown, alarms) for code in PLOTTED if code in places)


def _plot(samples: _Samples, place: int, one: TelemetrySeries, shown: BurnIn, alarms: Sequence[Alarm]) -> PlotRow:
    start, end = samples.start, samples.end
    times, column = samples.times, samples.values[:, place]
    curve = Curve(
        start=start,
        seconds=max(1, (end - start) // SECOND),
        stretches=stretches_of(times, column, samples.span, samples.gap),
        low=_limit(one.low),
        high=_limit(one.high),
        stood=tuple(_span(start, gap.started_at, gap.ended_at or end) for gap in shown.gaps),
        alarms=tuple(
            _span(start, alarm.started_at, alarm.cleared_at or end) for alarm in alarms if alarm.series_id == one.pk
        ),
    )
    return PlotRow(_name(one), one.unit, int(np.count_nonzero(~np.isnan(column))), curve)


def _span(start: datetime, from_at: datetime, to_at: datetime) -> tuple[int, int]:
    return (from_at - start) // SECOND, (to_at - start) // SECOND


def _name(one: TelemetrySeries) -> Words:
    return Words(one.name_ja, one.name_en)


def _limit(value: float | None) -> Decimal | None:
    exact = figure(value)
    return None if exact is None else plain_digits(exact)


def figure(value: float | None) -> Decimal | None:
    """A stored float with two decimals: what the instruments resolve, and short enough for the column."""
    return None if value is None else Decimal(f"{value:.2f}")
