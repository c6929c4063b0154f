"""Remaining time of open racks: closed stages are facts, the current one is conditioned on its age, the rest drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from .closures import Stop, WayAhead, draw_ends, held_days, unusual_days
from .recalibration import FORECAST_LEVELS, OFF, Recalibration
from .scenarios import Scenario
from .shape import Days, Floats, days_at, normal_score, normal_share, score_of
from .simulate import late_vessel_days, review_days, rework, roll_days
from .stages import CLOCK, ROW
from .streams import Streams, normals, uniforms
from .weather import Calendar, draw_calendar, stoppage_days

DRAWS = 2_000
_KEYS = tuple(stage.key for stage in CLOCK if not stage.is_risk)
_HAUL = _KEYS.index("domestic_haul")

RackDraws = NDArray[np.float32]
"""Days by rack (rows) and draw (columns)."""


class StageClosed(ValueError):
    """The stage is none of the scenario's own, or not on the comparison clock."""


@dataclass(frozen=True, slots=True)
class OpenRack:
    """A rack on its way: the stage it is in, and for how long (elapsed days).

    `need_by_at` is the day promised or needed; `site_ready_at` the instant before which nothing is received: the
    site is not ready, or the way cannot end.
    `ways`: the legs ahead with what stops them; `later_days`: by how much a new plan moves the haul.
    """

    key: str
    scenario: Scenario
    stage: str
    age_days: float
    need_by_at: datetime | None = None
    site_ready_at: datetime | None = None
    ways: tuple[WayAhead, ...] = ()
    later_days: float = 0.0


@dataclass(frozen=True, slots=True)
class RackForecast:
    """When site receiving will end. Never before the as-of instant."""

    key: str
    p10_at: datetime
    p50_at: datetime
    p80_at: datetime
    p95_at: datetime
    p_late: float | None
    """Probability of ending after need-by; None: no need-by."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Forecasts of many racks as of one instant, drawn together: the same storm holds all that haul in its week."""

    as_of: datetime
    racks: tuple[RackForecast, ...]
    remaining: RackDraws

    def share_all_by(self, at: datetime) -> float:
        """Probability that every rack is received by an instant."""
        return float((self.remaining.max(axis=0) <= _days(at - self.as_of)).mean())

    def arrivals(self, days: Sequence[float], levels: Sequence[float] = (0.1, 0.5, 0.9)) -> Floats:
        """Racks received by so many days after as-of: a row for each level, a column for each day."""
        edges = np.asarray(days, dtype=np.float32)
        received = np.stack([(self.remaining <= edge).sum(axis=0) for edge in edges], axis=1)
        return np.asarray(np.quantile(received, levels, axis=0), dtype=np.float64)


def forecast(
    racks: Sequence[OpenRack],
    *,
    as_of: datetime,
    draws: int = DRAWS,
    seed: int = 1,
    stops: Sequence[Stop] = (),
    recalibration: Recalibration = OFF,
) -> Forecast:
    """Forecast all racks at once; each takes its own streams, named by its key, and all share one sky and the ends of
    the known stops.

    A rack's numbers do not change when another rack is added, nor when something stops that it does not meet. What past
    misses teach is in the draws, so that quantiles, chances of delay and fans agree; what a known stop adds is a fact
    and not corrected.
    """
    if not racks:
        return Forecast(as_of, (), np.zeros((0, draws), dtype=np.float32))
    streams = Streams(seed)
    scores = np.stack([_scores(rack, streams, draws) for rack in racks])
    calendar = draw_calendar(racks[0].scenario.risk, streams.at("common", "weather"), as_of.date(), draws)
    licence = uniforms(streams.at("common", "licence"), draws)

    before = np.zeros((len(racks), draws), dtype=np.float32)
    for place in range(_HAUL):
        before += _stage_days(racks, scores, place)
    for row, rack in enumerate(racks):
        before[row] += _extra_days(rack, streams, licence)
    haul = _haul_days(racks, scores, before, calendar)
    receiving = _stage_days(racks, scores, len(_KEYS) - 1)
    moved = _moved(recalibration, before + haul + receiving)
    _by_calendar(racks, before, haul, streams)
    _hold(racks, before, haul, stops, as_of, streams)
    remaining = before + haul
    np.maximum(remaining, _site_days(racks, as_of), out=remaining)
    remaining += receiving
    remaining += moved
    np.maximum(remaining, _site_days(racks, as_of), out=remaining)
    return Forecast(
        as_of, tuple(_read_off(rack, row, as_of) for rack, row in zip(racks, remaining, strict=True)), remaining
    )


def _moved(recalibration: Recalibration, clear: RackDraws) -> RackDraws:
    """By how many days past misses move each draw of ways that nothing stops."""
    taught = clear.copy()
    recalibration.apply(taught)
    return taught - clear


def _scores(rack: OpenRack, streams: Streams, draws: int) -> RackDraws:
    """Normal scores of the stages from now on; those of the current one lie above its age: F⁻¹(F(a) + (1 − F(a)) u).

    The last stage is drawn first, so that a rack keeps its numbers when it moves on.
    """
    if rack.stage not in rack.scenario.stages or rack.stage not in _KEYS:
        raise StageClosed(f"{rack.key}: {rack.stage}")
    stream = streams.at("open", rack.key)
    current = _KEYS.index(rack.stage)
    scores = np.zeros((len(_KEYS), draws), dtype=np.float32)
    scores[: current - len(_KEYS) - 1 : -1] = stream.standard_normal((len(_KEYS) - current, draws), dtype=np.float32)
    survived = normal_share(-score_of(rack.scenario.stages[rack.stage].shape, rack.age_days))
    if survived < 1:
        left = np.maximum((1 - stream.random(draws)) * survived, 1e-300)
        scores[current] = -normal_score(left)
    return scores


def _stage_days(racks: Sequence[OpenRack], scores: RackDraws, place: int) -> RackDraws:
    """Remaining days of one stage: none where closed or skipped, total minus age where current."""
    days = np.zeros((len(racks), scores.shape[2]), dtype=np.float32)
    key = _KEYS[place]
    for row, rack in enumerate(racks):
        entry = rack.scenario.stages.get(key)
        current = _KEYS.index(rack.stage)
        if entry is None or place < current or (key == "repair_retest" and place != current):
            continue
        days[row] = days_at(entry.shape, scores[row, place])
        if place == current:
            np.maximum(days[row] - np.float32(max(rack.age_days, 0)), 0, out=days[row])
    return days


def _extra_days(rack: OpenRack, streams: Streams, licence: Days) -> Days:
    """What is still ahead beside the stages: failed passes, licence review, a missed flight or a late vessel.

    A rack in repair is tested again afterwards and may fail again: a failed pass has no memory.
    """
    stream, risk, ahead = streams.at("open", rack.key, "more"), rack.scenario.risk, ROW[rack.stage]
    days = np.zeros_like(licence)
    if ahead <= ROW["repair_retest"]:
        days = normals(stream, len(licence))
        rework(rack.scenario, stream, days)
    if rack.stage == "repair_retest":
        days += days_at(rack.scenario.stages["test_burnin"].shape, normals(stream, len(licence)))
    if not rack.scenario.is_overseas:
        return days
    chance = uniforms(stream, len(licence))
    if ahead <= ROW["pack"]:
        days += review_days(risk, licence)
    if ahead <= ROW["wait_departure"] and rack.scenario.transport == "air":
        days += roll_days(risk, chance)
    if ahead <= ROW["linehaul"] and rack.scenario.transport == "sea":
        days += late_vessel_days(risk, chance)
    return days


def _haul_days(racks: Sequence[OpenRack], scores: RackDraws, before: RackDraws, calendar: Calendar) -> RackDraws:
    """The haul to the site with the storms it meets."""
    haul = _stage_days(racks, scores, _HAUL)
    for row, rack in enumerate(racks):
        if ROW[rack.stage] <= ROW["domestic_haul"]:
            haul[row] += stoppage_days(calendar, before[row], haul[row])
    return haul


def _by_calendar(racks: Sequence[OpenRack], before: RackDraws, haul: RackDraws, streams: Streams) -> None:
    """What timetables and calendars add to the hauls beyond the usual week, in place; other racks keep their numbers.
    Facts: past misses do not correct them."""
    for row, rack in enumerate(racks):
        if ROW[rack.stage] > ROW["domestic_haul"] or not any(way.courses for way in rack.ways):
            continue
        chosen = uniforms(streams.at("open", rack.key, "way"), haul.shape[1])
        haul[row] = np.maximum(haul[row] + unusual_days(rack.ways, before[row], chosen), 0)


def _hold(
    racks: Sequence[OpenRack],
    before: RackDraws,
    haul: RackDraws,
    stops: Sequence[Stop],
    as_of: datetime,
    streams: Streams,
) -> None:
    """New plans and known stops, added to the hauls in place; racks that have neither keep their numbers."""
    draws = haul.shape[1]
    closed = draw_ends(stops, as_of, streams, draws)
    for row, rack in enumerate(racks):
        if ROW[rack.stage] > ROW["domestic_haul"]:
            continue
        if rack.later_days:
            np.maximum(haul[row] + np.float32(rack.later_days), 0, out=haul[row])
        if closed and any(way.is_struck for way in rack.ways):
            chosen = uniforms(streams.at("open", rack.key, "way"), draws)
            haul[row] += held_days(rack.ways, before[row], haul[row], closed, chosen)


def _site_days(racks: Sequence[OpenRack], as_of: datetime) -> RackDraws:
    """Days until the site can receive each rack; zero for racks already being received."""
    days = [
        _days(rack.site_ready_at - as_of) if rack.site_ready_at and rack.stage != "site_receiving" else 0.0
        for rack in racks
    ]
    return np.maximum(np.array(days, dtype=np.float32), 0)[:, None]


def _read_off(rack: OpenRack, remaining: Days, as_of: datetime) -> RackForecast:
    late = None
    if rack.need_by_at is not None:
        late = float((remaining > _days(rack.need_by_at - as_of)).mean())
    p10, p50, p80, p95 = (as_of + timedelta(days=float(days)) for days in np.quantile(remaining, FORECAST_LEVELS))
    return RackForecast(rack.key, p10, p50, p80, p95, late)


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)
