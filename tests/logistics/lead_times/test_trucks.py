"""The band of honest forecasts when racks share trucks: exact where it is known, right on average where it is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.lead_times.calibration import Claim, coverage_of
from logistics.lead_times.trucks import by_truck, honest_band, likeness
from tests.logistics.lead_times.test_calibration import DAY, START

LEVELS = (0.1, 0.5, 0.8, 0.95)


def misses(trucks: int, racks: int, alike: float, seed: int) -> np.ndarray:
    """Normal scores by truck (row) and rack, of which `alike` of the variance is common to the truck."""
    rng = np.random.default_rng(seed)
    own, common = rng.standard_normal((trucks, racks)), rng.standard_normal((trucks, 1))
    return np.sqrt(alike) * common + np.sqrt(1 - alike) * own


def test_racks_of_one_fate_are_one_trial() -> None:
    pairs, singles = honest_band([2] * 33, 0.5, 1.0), honest_band([1] * 33, 0.5)

    assert (pairs.low, pairs.high) == (2 * singles.low, 2 * singles.high)
    assert pairs.trials == pytest.approx(33) and singles.trials == pytest.approx(33)


def test_trials_lie_between_trucks_and_racks() -> None:
    trials = [honest_band([2] * 30, 0.8, alike).trials for alike in (0.0, 0.3, 0.6, 0.9)]

    assert trials[0] == pytest.approx(60)
    assert trials == sorted(trials, reverse=True) and trials[-1] > 30


@pytest.mark.parametrize("level", LEVELS)
def test_honest_forecasters_lie_in_the_band_as_often_as_it_says(level: float) -> None:
    """4,000 plants of 33 trucks with two racks each: the binomial band loses too many of them."""
    bound = float(np.quantile(misses(200_000, 1, 0.0, 1), level))
    kept = (misses(4_000 * 33, 2, 0.7, 2) <= bound).reshape(4_000, 66).sum(axis=1)

    def inside(alike: float) -> float:
        band = honest_band([2] * 33, level, alike)
        return float(((kept >= band.low) & (kept <= band.high)).mean())

    assert 0.945 <= inside(0.7) <= 0.99
    assert inside(0.0) < inside(0.7) - 0.01


@pytest.mark.parametrize(("alike", "low", "high"), [(0.0, 0.0, 0.12), (0.6, 0.5, 0.7), (1.0, 0.99, 1.0)])
def test_likeness_is_found_again(alike: float, low: float, high: float) -> None:
    rows = misses(400, 2, alike, 3)

    found = likeness({str(number): list(np.exp(row)) for number, row in enumerate(rows)})

    assert low <= found <= high


def test_with_few_trucks_a_truck_is_one_trial() -> None:
    rows = misses(9, 2, 0.0, 4)

    assert likeness({str(number): list(row) for number, row in enumerate(rows)}) == 1.0
    assert likeness({}) == 1.0


def test_coverage_counts_trucks_and_racks_without_one_stand_alone() -> None:
    told = (START + DAY, START + 2 * DAY, START + 3 * DAY, START + 4 * DAY)
    claims = [Claim(str(n), START, told, None, START + 2 * DAY, f"SH-{n // 4}") for n in range(8)]
    claims += [Claim("alone", START, told, None, None), Claim("alone too", START, told, None, None)]

    row = coverage_of(claims, START + 9 * DAY)[1]

    assert (row.due, row.kept) == (10, 8)
    assert row.trials == pytest.approx(100 / (4**2 + 4**2 + 1 + 1))
    assert by_truck([("a", 1.0), ("b", 2.0), ("a", 3.0)]) == {"a": [1.0, 3.0], "b": [2.0]}
