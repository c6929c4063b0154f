"""Capability, normality and control charts, against other formulae of the standard library alone."""

from __future__ import annotations

import math
import random
import statistics
from itertools import pairwise

import numpy as np
import pytest

from assembly.figures.capability import MINIMUM, capability, freedom_of_ranges
from assembly.figures.control import D2, D3, FEWEST, individuals, means, western_electric
from assembly.figures.normality import anderson_darling

NORMAL = statistics.NormalDist()


def sample(seed: int, n: int, mean: float = 5.0, sigma: float = 0.1) -> list[float]:
    dice = random.Random(seed)
    return [dice.gauss(mean, sigma) for _ in range(n)]


def all_of(values: list[float]) -> np.ndarray:
    return np.ones(len(values), dtype=bool)


@pytest.mark.parametrize(("low", "high"), [(4.6, 5.5), (4.6, None), (None, 5.5)])
def test_indices_and_intervals_agree_with_the_standard_librarys_moments(low: float | None, high: float | None) -> None:
    values = sample(1, 90)
    chart = individuals(np.array(values), all_of(values))
    found = capability(np.array(values), low, high, chart.within, freedom_of_ranges(90, 1))

    mean, overall = statistics.fmean(values), statistics.stdev(values)
    within = statistics.fmean(abs(b - a) for a, b in pairwise(values)) * math.sqrt(math.pi) / 2  # E|a − b| = 2σ/√π
    for index, sigma, freedom in ((found.ppk, overall, 89), (found.cpk, within, 0.62 * 89)):
        sides = [abs(mean - limit) / (3 * sigma) for limit in (low, high) if limit is not None]
        half = NORMAL.inv_cdf(0.975) * math.sqrt(1 / (9 * 90) + min(sides) ** 2 / (2 * freedom))
        assert index is not None
        assert (index.value, index.low, index.high) == pytest.approx(
            (min(sides), min(sides) - half, min(sides) + half), rel=1e-4
        )
    assert (found.cp is None, found.pp is None) == (low is None or high is None,) * 2
    if found.pp is not None and low is not None and high is not None:
        assert found.pp == pytest.approx((high - low) / (6 * overall))
        assert found.cp == pytest.approx((high - low) / (6 * within), rel=1e-4)


def test_an_interval_holds_the_true_index_about_nineteen_times_of_twenty() -> None:
    held = 0
    for seed in range(300):
        values = np.array(sample(seed, 50))
        index = capability(values, 4.6, 5.3, None, 1).ppk
        held += index is not None and index.low <= 1.0 <= index.high

    assert 0.90 <= held / 300 <= 0.985


def test_a_process_outside_its_limits_has_a_negative_index() -> None:
    found = capability(np.array(sample(2, 60, mean=6.0)), 4.6, 5.5, None, 1)

    assert found.ppk is not None
    assert found.ppk.value < 0
    assert found.outside == 60


@pytest.mark.parametrize(
    ("values", "limits", "why"),
    [
        (sample(3, MINIMUM - 1), (4.6, 5.5), "few"),
        ([5.0] * 40, (4.6, 5.5), "flat"),
        ([0.1 + 0.2] * 39 + [0.3], (0.0, 1.0), "flat"),
        (sample(3, 40), (None, None), "no_limits"),
    ],
    ids=["one too few", "all the same", "the same but for a float's tail", "no limits"],
)
def test_what_cannot_be_told_is_not_told(values: list[float], limits: tuple[float | None, ...], why: str) -> None:
    found = capability(np.array(values), limits[0], limits[1], 0.1, 10)

    assert (found.why, found.cp, found.cpk, found.pp, found.ppk) == (why, None, None, None, None)


def test_thirty_values_are_enough() -> None:
    assert capability(np.array(sample(3, MINIMUM)), 4.6, 5.5, 0.1, 10).why == ""


def test_anderson_darling_is_the_distance_of_the_distributions_and_keeps_its_level() -> None:
    values = sorted(sample(4, 40))
    fitted = statistics.NormalDist(statistics.fmean(values), statistics.stdev(values))
    # its definition, n ∫ (F − F₀)² / (F₀ (1 − F₀)) dF₀, step by step of the empirical distribution
    n, area = len(values), 0.0
    steps = [0.0, *(fitted.cdf(one) for one in values), 1.0]
    for number, (start, end) in enumerate(pairwise(steps)):
        grid = [start + (end - start) * (k + 0.5) / 4000 for k in range(4000)]
        area += sum((number / n - u) ** 2 / (u * (1 - u)) for u in grid) * (end - start) / 4000
    assert anderson_darling(np.array(values)).statistic == pytest.approx(
        n * area * (1 + 0.75 / n + 2.25 / n**2), rel=1e-3
    )

    normal = [anderson_darling(np.array(sample(seed, 60))).doubtful for seed in range(400)]
    skewed = [anderson_darling(np.exp(np.array(sample(seed, 60, 0, 1)))).doubtful for seed in range(40)]
    assert 0.02 <= sum(normal) / 400 <= 0.09
    assert all(skewed)


@pytest.mark.parametrize("size", sorted(D2))
def test_the_constants_are_the_moments_of_the_range_of_normal_values(size: int) -> None:
    """E R = ∫ 1 − Φⁿ − (1 − Φ)ⁿ dx; E R² = 2 ∫∫_{x<y} 1 − Φ(y)ⁿ − (1 − Φ(x))ⁿ + (Φ(y) − Φ(x))ⁿ dx dy."""
    grid = np.linspace(-7, 7, 1401)
    under = np.array([NORMAL.cdf(x) for x in grid])
    step = grid[1] - grid[0]
    first = float((1 - under**size - (1 - under) ** size).sum() * step)
    x, y = under[:, None], under[None, :]
    inner = np.triu(1 - y**size - (1 - x) ** size + (y - x).clip(0) ** size)
    second = 2 * float(inner.sum() - np.trace(inner) / 2) * step**2

    assert D2[size] == pytest.approx(first, abs=2e-4)
    assert D3[size] == pytest.approx(math.sqrt(second - first**2), abs=2e-3)


def slow_rules(z: list[float]) -> list[tuple[int, ...]]:
    """The four zone rules, read point by point."""
    found = []
    for at in range(len(z)):
        rules = {1} if abs(z[at]) > 3 else set()
        for side in (1, -1):
            tail = [side * one for one in z[: at + 1]]
            rules |= {2} if tail[-1] > 2 and len([one for one in tail[-3:] if one > 2]) > 1 else set()
            rules |= {3} if tail[-1] > 1 and len([one for one in tail[-5:] if one > 1]) > 3 else set()
            rules |= {4} if len(tail) > 7 and min(tail[-8:]) > 0 else set()
        found.append(tuple(sorted(rules)))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_western_electric_rules_agree_with_reading_them_point_by_point(seed: int) -> None:
    dice = random.Random(seed)
    z = [
        dice.choice([-3.5, -2.5, -1.5, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]) + 0.2 * (n // 40)
        for n in range(120)
    ]

    assert list(western_electric(np.array(z), 0.0, 1.0)) == slow_rules(z)


def test_limits_come_from_the_baseline_alone() -> None:
    values = sample(5, 60)
    baseline = np.array([number < 30 for number in range(60)])
    chart = individuals(np.array(values), baseline)
    drifted = individuals(np.array(values[:30] + [one + 1 for one in values[30:]]), baseline)

    assert drifted.limits == chart.limits
    assert chart.limits is not None
    moving = statistics.fmean(abs(b - a) for a, b in pairwise(values[:30]))
    centre = statistics.fmean(values[:30])
    assert chart.limits == pytest.approx((centre - 2.66 * moving, centre + 2.66 * moving), rel=1e-3)
    assert chart.range_upper == pytest.approx(3.267 * moving, rel=1e-3)
    assert all(1 in rules for rules in drifted.broken[30:])
    assert individuals(np.array(values), np.array([number < FEWEST - 1 for number in range(60)])).limits is None


def test_groups_have_the_limits_of_the_tables() -> None:
    dice = random.Random(6)
    groups = [np.array([dice.gauss(1000, 5) for _ in range(4)]) for _ in range(25)]
    chart = means(groups, np.ones(25, dtype=bool))

    centre = statistics.fmean(statistics.fmean(group) for group in groups)
    spread = statistics.fmean(max(group) - min(group) for group in groups)
    assert chart.limits == pytest.approx((centre - 0.729 * spread, centre + 0.729 * spread), rel=1e-4)  # A2 of 4
    assert (chart.range_upper, chart.range_lower) == (pytest.approx(2.282 * spread, rel=1e-3), 0.0)  # D4, D3 of 4
    assert chart.within == pytest.approx(spread / 2.059, rel=1e-3)
