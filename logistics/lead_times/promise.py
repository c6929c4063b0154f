"""Which day to promise: what it costs to be late against what it costs to be early."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .results import ScenarioResult


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise that costs least (newsvendor): the quantile late ÷ (late + early) of one rack's days, and the
    expected yen of it: late days and early days at their price."""

    level: float
    days: float
    yen: float


def best_level(late_yen: float, early_yen: float) -> float:
    """Cu ÷ (Cu + Co): being late by one more day costs `late_yen`, being early by one more `early_yen`."""
    if late_yen <= 0 or early_yen <= 0:
        raise ValueError(f"{late_yen} yen late, {early_yen} yen early")
    return late_yen / (late_yen + early_yen)


def best_promise(result: ScenarioResult, late_yen: float, early_yen: float) -> Promise:
    """The day on which the curve of arrivals crosses the best level; its last point where it never does."""
    level = best_level(late_yen, early_yen)
    shares = np.array([share for _, share in result.arrived])
    days = np.array([at for at, _ in result.arrived])
    first = int(np.searchsorted(shares, level))
    if first in (0, len(days)):
        best = float(days[min(first, len(days) - 1)])
    else:
        low, high = shares[first - 1], shares[first]
        best = float(days[first - 1] + (level - low) / (high - low) * (days[first] - days[first - 1]))
    return Promise(level, best, cost_of(result, best, late_yen, early_yen))


def cost_of(result: ScenarioResult, promised: float, late_yen: float, early_yen: float) -> float:
    """Expected yen of one rack that is promised for so many days after kit ready."""
    days, early = zip(*result.early, strict=True)
    mean_early = float(np.interp(promised, days, early))
    if promised > days[-1]:
        mean_early += promised - days[-1]
    mean_late = result.mean - promised + mean_early
    return late_yen * max(mean_late, 0.0) + early_yen * mean_early


def cost_curve(
    result: ScenarioResult, late_yen: float, early_yen: float, levels: tuple[float, float] = (0.2, 0.99)
) -> Sequence[tuple[float, float]]:
    """(days promised, expected yen) between two levels of the arrivals."""
    low, high = levels
    return [
        (days, cost_of(result, days, late_yen, early_yen)) for days, share in result.arrived if low <= share <= high
    ]
