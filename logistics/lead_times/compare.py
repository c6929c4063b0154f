"""The comparison of sources: the same clock, the same need-by day, paired draws."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

import numpy as np

from .results import Comparison, GapDensity, Pair, ScenarioResult, StageDays
from .scenarios import Scenario
from .shape import Days, Floats
from .simulate import Rows, draw_common, empty_rows, simulate
from .stages import CLOCK

LEVELS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99)
MAX_DRAWS = 1_000_000
THREADS = 1


def compare(
    scenarios: Iterable[Scenario],
    *,
    draws: int = 100_000,
    seed: int = 1,
    need_by_days: float | None = None,
    start_on: date | None = None,
) -> Comparison:
    """Simulate the scenarios and set them side by side; the first one is the reference of the gap densities.

    `need_by_days` counts from kit ready. `start_on` is the day of kit ready (the weather depends on it); None takes
    any day of the year, each as likely. Storm rates are those of the first scenario: one sky for all.
    """
    chosen = tuple(scenarios)
    if not chosen or not 1 <= draws <= MAX_DRAWS:
        raise ValueError(f"{len(chosen)} scenarios, {draws} draws (1 to {MAX_DRAWS:,})")
    common = draw_common(chosen[0].risk, draws=draws, seed=seed, start_on=start_on)
    rows = empty_rows(draws)
    clocks, results = [], []
    for scenario in chosen:
        clock = simulate(scenario, common, rows)
        clocks.append(clock)
        results.append(_result(scenario, clock, rows, need_by_days))
    gaps = (_gap(chosen[0], other, clocks[0], clock) for other, clock in zip(chosen[1:], clocks[1:], strict=True))
    return Comparison(
        draws=draws,
        seed=seed,
        need_by_days=need_by_days,
        start_on=start_on,
        results=tuple(results),
        pairs=tuple(_pairs(chosen, clocks, results)),
        gaps=tuple(gaps),
    )


def _result(scenario: Scenario, clock: Days, rows: Rows, need_by_days: float | None) -> ScenarioResult:
    ordered = np.sort(clock)
    p50, p80, p95 = (quantile(ordered, level) for level in (0.5, 0.8, 0.95))
    on_time = late = early = None
    if need_by_days is not None:
        on_time = float(np.searchsorted(ordered, need_by_days, side="right") / len(ordered))
        late = float(np.maximum(ordered - need_by_days, 0).mean(dtype=np.float64))
        early = float(np.maximum(need_by_days - ordered, 0).mean(dtype=np.float64))
    stages = _stage_days(scenario, clock, rows)
    curve = arrivals(ordered)
    return ScenarioResult(
        name=scenario.name,
        title_ja=scenario.title_ja,
        title_en=scenario.title_en,
        p50=p50,
        p80=p80,
        p95=p95,
        mean=float(clock.mean(dtype=np.float64)),
        p_on_time=on_time,
        mean_days_late=late,
        mean_days_early=early,
        stages=stages,
        quantiles=tuple((level, quantile(ordered, level)) for level in LEVELS),
        arrived=curve,
        early=_early(ordered, curve),
        grades=scenario.grades,
    )


def _stage_days(scenario: Scenario, clock: Days, rows: Rows) -> tuple[StageDays, ...]:
    """Means by stage, split into work and wait, with each stage's share of the clock's variance."""
    means = rows.mean(axis=1)  # pairwise sums: single precision is enough for a hundred thousand days
    apart = clock - np.float32(clock.mean(dtype=np.float64))
    # einsum, not @: threads of the matrix library wait for each other on a busy machine and may add in another order.
    variance = float(np.einsum("i,i", apart, apart)) or 1.0
    shares = np.einsum("ij,j->i", rows, apart) / variance
    stages = []
    for stage, mean, share in zip(CLOCK, means, shares, strict=True):
        given = scenario.stages[stage.key].wait_share if stage.key in scenario.stages else None
        waits = given if given is not None else float(stage.kind == "wait")
        stages.append(StageDays(stage.key, float(mean) * (1 - waits), float(mean) * waits, float(share)))
    return tuple(stages)


def _pairs(scenarios: Sequence[Scenario], clocks: Sequence[Days], results: Sequence[ScenarioResult]) -> Iterable[Pair]:
    """Every pair once, in the order given. A tie counts half for each."""
    for i, j in combinations(range(len(scenarios)), 2):
        first, second = clocks[i], clocks[j]
        faster = np.count_nonzero(first < second) + np.count_nonzero(first == second) / 2
        yield Pair(
            first=scenarios[i].name,
            second=scenarios[j].name,
            p_first_faster=float(faster / len(first)),
            mean_gap=results[j].mean - results[i].mean,
            p50_gap=results[j].p50 - results[i].p50,
            p80_gap=results[j].p80 - results[i].p80,
            rests_on_guesses=bool(scenarios[i].grades["C"] or scenarios[j].grades["C"]),
        )


def quantile(ordered: Days, level: float) -> float:
    """Quantile of sorted draws, linear between neighbours."""
    place = level * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below]) + (place - below) * float(ordered[above] - ordered[below])


def arrivals(ordered: Days, step: float = 0.5) -> tuple[tuple[float, float], ...]:
    """Share received by each half day, from the last half day with nobody to P99.5."""
    first = np.floor(float(ordered[0]) / step) * step
    last = np.ceil(quantile(ordered, 0.995) / step) * step
    days = np.arange(first, last + step, step)
    shares = np.searchsorted(ordered, days.astype(np.float32), side="right") / len(ordered)
    return tuple(zip(days.tolist(), shares.tolist(), strict=True))


def _early(ordered: Days, curve: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Mean days before each day of the curve, exactly: from the sums of the ordered draws."""
    sums = np.concatenate([[0.0], np.cumsum(ordered, dtype=np.float64)])
    count = len(ordered)
    there = [(days, round(share * count)) for days, share in curve]
    return tuple((days, float((days * k - sums[k]) / count)) for days, k in there)


def _gap(first: Scenario, second: Scenario, one: Days, other: Days) -> GapDensity:
    """Histogram of the paired difference in 1 % to 99 %, smoothed by Silverman's width: shape, not noise."""
    gap = np.sort(other - one)
    low, high = quantile(gap, 0.01), quantile(gap, 0.99)
    bin_days = max((high - low) / 120, 1e-3)
    edges = np.linspace(low - 20 * bin_days, high + 20 * bin_days, 161)
    counts = np.diff(np.searchsorted(gap, edges.astype(np.float32)))
    spread = (quantile(gap, 0.75) - quantile(gap, 0.25)) / 1.34
    density = _smoothed(counts / (len(gap) * bin_days), 0.9 * spread * len(gap) ** -0.2 / bin_days)
    middle = (edges[:-1] + edges[1:]) / 2
    points = zip(middle[20:-20].tolist(), density[20:-20].tolist(), strict=True)
    return GapDensity(first.name, second.name, tuple(points))


def _smoothed(values: Floats, width: float) -> Floats:
    """Gaussian smoothing over at most 20 bins to each side; `width` in bins."""
    reach = np.arange(-20, 21)
    weights = np.exp(-0.5 * (reach / min(max(width, 0.3), 8.0)) ** 2)
    return np.convolve(values, weights / weights.sum(), mode="same")
