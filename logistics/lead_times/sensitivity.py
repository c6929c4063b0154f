"""What could change the answer: each input moved on its own, and the value at which the answer flips."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from .scenarios import Scenario, with_input, with_risk
from .shape import Days, Floats
from .simulate import Common, draw_common, empty_rows, simulate
from .stages import BY_KEY

DRAWS = 10_000
FAIL_SHARES = (0.10, 0.40)
"""First-pass failure, low and high: the range of MODEL 8."""


@dataclass(frozen=True, slots=True)
class Swing:
    """One bar of the tornado: an input moved from `low_at` to `high_at`, all else as it is.

    `of` is the scenario whose input moves, or "" for one that moves in both. Gaps are P50(second) − P50(first).
    """

    key: str
    of: str
    low_at: float
    high_at: float
    gap_low: float
    gap_high: float
    first_p80_low: float
    first_p80_high: float
    second_p80_low: float
    second_p80_high: float

    @property
    def width(self) -> float:
        return abs(self.gap_high - self.gap_low)


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How the P50 gap of two scenarios hangs on their inputs, days; widest swing first."""

    first: str
    second: str
    gap: float
    swings: tuple[Swing, ...]
    break_even_inbound_p50: float | None
    """P50 of the first scenario's inbound stage at which the gap is zero; None: no flip between its P10 and P90."""


@dataclass(frozen=True, slots=True)
class _Bench:
    """Two scenarios on common draws, so that a change of input is the only change."""

    first: Scenario
    second: Scenario
    common: Common

    def clock(self, scenario: Scenario, common: Common | None = None) -> Days:
        return simulate(scenario, common or self.common, empty_rows(self.common.draws))


def sensitivity(
    first: Scenario, second: Scenario, *, draws: int = DRAWS, seed: int = 1, start_on: date | None = None
) -> Sensitivity:
    """The tornado of the P50 gap between two scenarios, and the break-even of the first one's inbound stage.

    A stage moves with its whole distribution: its median goes to its P10 and to its P90, the spread in proportion.
    """
    bench = _Bench(first, second, draw_common(first.risk, draws=draws, seed=seed, start_on=start_on))
    clocks = (bench.clock(first), bench.clock(second))
    swings = [*_stage_swings(bench, clocks), *_risk_swings(bench), _storm_swing(bench, seed)]
    return Sensitivity(
        first=first.name,
        second=second.name,
        gap=_gap(*clocks),
        swings=tuple(sorted(swings, key=lambda swing: -swing.width)),
        break_even_inbound_p50=_break_even(bench, [clocks[1]])[0],
    )


def break_evens(
    first: Scenario,
    others: Sequence[Scenario],
    *,
    draws: int = DRAWS,
    seed: int = 1,
    start_on: date | None = None,
) -> dict[str, float | None]:
    """By name of the other: the P50 of the first one's inbound stage at which the P50 gap is zero; None: nowhere."""
    if not others:
        return {}
    bench = _Bench(first, others[0], draw_common(first.risk, draws=draws, seed=seed, start_on=start_on))
    turns = _break_even(bench, [bench.clock(other) for other in others])
    return {other.name: turn for other, turn in zip(others, turns, strict=True)}


def _gap(one: Days, other: Days) -> float:
    return float(np.median(other) - np.median(one))


def _swing(key: str, of: str, at: tuple[float, float], low: tuple[Days, Days], high: tuple[Days, Days]) -> Swing:
    p80s = [float(np.quantile(clocks[place], 0.8)) for place in (0, 1) for clocks in (low, high)]
    return Swing(key, of, *at, _gap(*low), _gap(*high), *p80s)


def _stage_swings(bench: _Bench, clocks: tuple[Days, Days]) -> Iterator[Swing]:
    """Own stages move in their scenario only, shared ones (site receiving) in both."""
    for scenario, is_first in ((bench.first, True), (bench.second, False)):
        for key, entry in scenario.stages.items():
            if key == "kit_ready" or BY_KEY[key].shared:
                continue
            moved = [bench.clock(with_input(scenario, key, p50=days)) for days in (entry.p10, entry.p90)]
            low, high = ((clock, clocks[1]) if is_first else (clocks[0], clock) for clock in moved)
            yield _swing(key, scenario.name, (entry.p10, entry.p90), low, high)
    entry = bench.first.stages["site_receiving"]
    at = (entry.p10, entry.p90)
    yield _both("site_receiving", at, bench, lambda one, days: with_input(one, "site_receiving", p50=days))


def _both(key: str, at: tuple[float, float], bench: _Bench, move: Callable[[Scenario, float], Scenario]) -> Swing:
    low, high = ((bench.clock(move(bench.first, value)), bench.clock(move(bench.second, value))) for value in at)
    return _swing(key, "", at, low, high)


_RISK_FIELDS: Mapping[str, tuple[str, ...]] = {
    "licence": ("licence_share",),
    "late_vessel": ("late_vessel_share",),
    "air_roll": ("air_roll_share",),
}


def _risk_swings(bench: _Bench) -> Iterator[Swing]:
    """First-pass failure from 10 to 40 %; the licence review, late vessels and rolled flights from never to twice as
    often, where a route knows them."""
    routes = {bench.first.transport, bench.second.transport}
    unknown = {key for key, route in (("late_vessel", "sea"), ("air_roll", "air")) if route not in routes}
    yield _both("first_pass_fail", FAIL_SHARES, bench, lambda one, share: with_risk(one, first_pass_fail=share))
    for key, fields in _RISK_FIELDS.items():
        if key in unknown:
            continue

        def move(one: Scenario, times: float, fields: tuple[str, ...] = fields) -> Scenario:
            return with_risk(one, **{field: min(getattr(one.risk, field) * times, 0.95) for field in fields})

        yield _both(key, (0.0, 2.0), bench, move)


def _storm_swing(bench: _Bench, seed: int) -> Swing:
    """Kit ready in February against kit ready in September: the month in which the racks are hauled."""
    skies = [
        draw_common(bench.first.risk, draws=bench.common.draws, seed=seed, start_on=date(2026, month, 1))
        for month in (2, 9)
    ]
    low, high = ((bench.clock(bench.first, sky), bench.clock(bench.second, sky)) for sky in skies)
    return _swing("storm_month", "", (2.0, 9.0), low, high)


def _break_even(bench: _Bench, others: Sequence[Days]) -> list[float | None]:
    """Read off seven values between P10 and P90: the gap falls as the first scenario's inbound grows."""
    entry = bench.first.stages["inbound"]
    values = np.linspace(entry.p10, entry.p90, 7)
    ours = [float(np.median(bench.clock(with_input(bench.first, "inbound", p50=float(p50))))) for p50 in values]
    return [_crossing(values, np.array([float(np.median(other)) - our for our in ours])) for other in others]


def _crossing(values: Floats, gaps: Floats) -> float | None:
    if gaps.min() > 0 or gaps.max() < 0:
        return None
    return float(np.interp(0.0, gaps[::-1], values[::-1]))
