"""The plant's own record of a stage: statistics with open stays counted as open, and the blend with the defaults."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .hierarchy import beyond
from .scenarios import StageInput
from .shape import Z90, Floats
from .survival import kaplan_meier

PSEUDO_STAYS = 8
"""The default weighs as much as so many stays of the plant (MODEL 5.1: 5 to 10); shown on the page."""

MEASURED_FROM = 10
"""From so many closed stays on, a blended input is measured (grade A); below it is borrowed (MODEL 10, trap 8)."""

WIDEST = 3.0
"""The spread grows to so many times the default's at most: open stays alone must not make it endless."""

ROUNDS = 40
_DENSITY_AT_ZERO = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True)
class StageStatistics:
    """Stays in one stage, elapsed days. A quantile is None where the record does not reach it yet."""

    n_closed: int
    n_open: int
    p10: float | None
    p50: float | None
    p80: float | None
    p90: float | None
    p95: float | None

    @property
    def is_borrowed(self) -> bool:
        """Too few closed stays to be shown as the plant's own."""
        return self.n_closed < MEASURED_FROM


def stage_statistics(closed_days: Sequence[float], open_ages: Sequence[float] = ()) -> StageStatistics:
    """Kaplan-Meier quantiles: an open stay says "longer than its age". Without open stays: the plain quantiles."""
    days, share = kaplan_meier(np.asarray(closed_days, dtype=float), np.asarray(open_ages, dtype=float))
    p10, p50, p80, p90, p95 = (_first_at(days, share, level) for level in (0.1, 0.5, 0.8, 0.9, 0.95))
    return StageStatistics(len(closed_days), len(open_ages), p10, p50, p80, p90, p95)


def _first_at(days: Floats, share: Floats, level: float) -> float | None:
    place = int(np.searchsorted(share, level - 1e-12))
    return float(days[place]) if place < len(days) else None


def blend(
    default: StageInput, closed_days: Sequence[float], open_ages: Sequence[float] = (), *, weight: float = PSEUDO_STAYS
) -> StageInput:
    """The default drawn towards the plant's own stays, on the log scale; the default weighs `weight` stays.

    Centre and spread are posterior means of a lognormal, open stays entering by the mean and variance of the
    truncated law (EM, MODEL 5.1). The skew of the default fades as stays arrive. No stays: the default itself.
    """
    closed = np.log(np.maximum(np.asarray(closed_days, dtype=float), 1e-3))
    opened = np.log(np.maximum(np.asarray(open_ages, dtype=float), 1e-3))
    if not len(closed) and not len(opened):
        return default
    shape = default.shape
    prior_spread = max((shape.low + shape.high) / 2, 1e-3)
    skew = (shape.high - shape.low) / prior_spread
    prior = (shape.log_median + skew * prior_spread * _DENSITY_AT_ZERO, prior_spread)
    centre, spread = _posterior(prior, closed, opened, weight)

    skew *= weight / (weight + len(closed))
    p50 = math.exp(centre - skew * spread * _DENSITY_AT_ZERO)
    low, high = spread * (1 - skew / 2), spread * (1 + skew / 2)
    grade = "A" if len(closed) >= MEASURED_FROM else default.grade
    return replace(default, p10=p50 * math.exp(-Z90 * low), p50=p50, p90=p50 * math.exp(Z90 * high), grade=grade)


def _posterior(prior: tuple[float, float], closed: Floats, opened: Floats, weight: float) -> tuple[float, float]:
    """Centre and spread of log days by EM, starting from the prior."""
    centre, spread = prior
    total = weight + len(closed) + len(opened)
    for _ in range(ROUNDS):
        guesses, variances = beyond(opened, np.full(len(opened), centre), spread**2)
        known = np.concatenate([closed, guesses])
        centre = (weight * prior[0] + known.sum()) / total
        around = ((known - centre) ** 2).sum() + variances.sum()
        around += weight * (prior[1] ** 2 + (prior[0] - centre) ** 2)
        spread = min(math.sqrt(around / total), WIDEST * prior[1])
    return float(centre), spread
