"""The plant's own record of a stage: statistics with open stays counted as open, and the blend with the defaults."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from .hierarchy import beyond
from .scenarios import Grade, StageInput
from .shape import Z90, Floats
from .survival import kaplan_meier

PSEUDO_STAYS: Mapping[Grade, int] = MappingProxyType({"C": 5, "B": 8, "A": 10})
"""The default weighs as much as so many stays of the plant, from the first one on (MODEL 5.1: 5 to 10): a guess least,
a measured figure most."""

DOUBT = 4
"""Degrees of freedom of the prior of the centre. A default that the record contradicts was a wrong guess: with heavy
tails it then lets go, instead of staying in the middle and widening the spread (both of a normal prior)."""

SHAPE_STAYS = 30
"""From so many closed stays on the plain record says more of P10, P50 and P90 than the lognormal law does."""

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


def blend(default: StageInput, closed_days: Sequence[float], open_ages: Sequence[float] = ()) -> StageInput:
    """The default drawn towards the plant's own stays, on the log scale, from the first one on.

    Centre and spread are posterior means of a lognormal; both the default's median and its spread weigh PSEUDO_STAYS
    stays. Open stays enter by the mean and variance of the truncated law (EM, MODEL 5.1). The doubt of the centre is
    in the spread, so that few stays promise no more than they know. The skew of the default fades as stays arrive and
    the plant's own takes its place. No stays: the default itself.
    """
    closed = np.log(np.maximum(np.asarray(closed_days, dtype=float), 1e-3))
    opened = np.log(np.maximum(np.asarray(open_ages, dtype=float), 1e-3))
    if not len(closed) and not len(opened):
        return default
    shape, weight = default.shape, PSEUDO_STAYS[default.grade]
    prior_spread = max((shape.low + shape.high) / 2, 1e-3)
    skew = (shape.high - shape.low) / prior_spread
    prior = _Prior(shape.log_median + skew * prior_spread * _DENSITY_AT_ZERO, prior_spread, weight)
    centre, spread = _posterior(prior, closed, opened)

    skew *= weight / (weight + len(closed))
    middle = centre - skew * spread * _DENSITY_AT_ZERO
    law = np.array([middle - Z90 * spread * (1 - skew / 2), middle, middle + Z90 * spread * (1 + skew / 2)])
    p10, p50, p90 = (float(days) for days in np.exp(_towards_own_shape(law, closed, opened)))
    grade = "A" if len(closed) >= MEASURED_FROM else default.grade
    return replace(default, p10=p10, p50=p50, p90=p90, grade=grade)


def _towards_own_shape(law: Floats, closed: Floats, opened: Floats) -> Floats:
    """Log P10, P50 and P90 of the law drawn towards those of the plain record, which knows the plant's own skew: a few
    racks caught by a storm must not make all hauls slow. Where the record does not reach P90, the law stands."""
    if not len(closed):
        return law
    days, share = kaplan_meier(closed, opened)
    own = [_first_at(days, share, level) for level in (0.1, 0.5, 0.9)]
    if own[-1] is None:
        return law
    weight = len(closed) / (len(closed) + SHAPE_STAYS)
    return np.asarray((1 - weight) * law + weight * np.array(own, dtype=float))


@dataclass(frozen=True, slots=True)
class _Prior:
    """What the default says of log days: its centre, its spread (of a new stay), and the stays it weighs."""

    centre: float
    spread: float
    weight: float


def _posterior(prior: _Prior, closed: Floats, opened: Floats) -> tuple[float, float]:
    """Centre and spread of the log days of a new stay, by EM from the prior on; the closed ones enter by their sums."""
    n, total, squares = len(closed), float(closed.sum()), float((closed**2).sum())
    known = n + len(opened)
    noise2 = first2 = prior.spread**2 / (1 + 1 / prior.weight)
    centre, weight = prior.centre, float(prior.weight)
    for _ in range(ROUNDS):
        guesses, doubts = beyond(opened, np.full(len(opened), centre), noise2) if known > n else (opened, opened)
        sums, twice = total + float(guesses.sum()), squares + float((guesses**2).sum() + doubts.sum())
        gap2 = prior.weight * (centre - prior.centre) ** 2 / first2
        weight = min((DOUBT + 1) / (DOUBT + gap2), 1.0) * prior.weight
        centre = (weight * prior.centre + sums) / (weight + known)
        around = twice - 2 * centre * sums + known * centre**2 + weight * (centre - prior.centre) ** 2
        noise2 = (max(around, 0.0) + prior.weight * first2) / (prior.weight + known)
        noise2 = min(noise2, first2 * WIDEST**2)
    return centre, math.sqrt(noise2 * (1 + 1 / (weight + known)))
