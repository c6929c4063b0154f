"""Hierarchical lognormal of lead times: log days = centre + an effect of each group + noise; open rows are censored.

Effects are normal with a spread of their own for each level, so a group with few rows is drawn towards its elders, and
a group never met adds that spread to its uncertainty (leadtime/MODEL.md 5.1). Fitted by EM: an open row enters by the
mean and variance of the normal law above its age.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .shape import Floats, normal_share

Codes = NDArray[np.int64]
"""Group of each row at each level (level × row); -1: unknown or never met."""

ROUNDS = 60
FIRST_TAU2 = 0.1
LEAST_TAU2, LEAST_NOISE2 = 1e-4, 1e-3
_ROOT_TWO_PI = math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A fitted model. `effects`, `doubts` (posterior variances): one array a level; `noise2`: variance of log days."""

    centre: float
    effects: tuple[Floats, ...]
    doubts: tuple[Floats, ...]
    tau2: tuple[float, ...]
    noise2: float

    def places(self, codes: Codes) -> tuple[Floats, Floats]:
        """Mean and standard deviation of log days for new rows (one each)."""
        mean = np.full(codes.shape[1], self.centre)
        variance = np.full(codes.shape[1], self.noise2)
        for level, row in enumerate(codes):
            met = row >= 0
            mean[met] += self.effects[level][row[met]]
            variance[met] += self.doubts[level][row[met]]
            variance[~met] += self.tau2[level]
        return mean, np.sqrt(variance)


def fit_hierarchy(
    log_days: Floats, closed: NDArray[np.bool_], codes: Codes, weights: Floats | None = None
) -> Hierarchy:
    """Fit by EM. `closed` False: the row lasts longer than its `log_days`. Codes of the rows are 0… without gaps
    or -1. Needs one row at least."""
    sizes = [int(row.max(initial=-1)) + 1 for row in codes]
    state = _State.begin(log_days, sizes)
    for _ in range(ROUNDS):
        state.round(log_days, closed, codes)
    return Hierarchy(state.centre, tuple(state.effects), tuple(state.doubts), tuple(state.tau2), state.noise2)


@dataclass
class _State:
    centre: float
    noise2: float
    effects: list[Floats]
    doubts: list[Floats]
    tau2: list[float]

    @classmethod
    def begin(cls, log_days: Floats, sizes: Sequence[int]) -> _State:
        centre = float(log_days.mean())
        noise2 = max(float(((log_days - centre) ** 2).mean()), LEAST_NOISE2)
        none = [np.zeros(size) for size in sizes]
        return cls(centre, noise2, none, [each.copy() for each in none], [FIRST_TAU2] * len(sizes))

    def round(self, log_days: Floats, closed: NDArray[np.bool_], codes: Codes) -> None:
        """One round of EM: the open rows' expected days, then centre, effects level by level, noise."""
        effect = sum((_of(self.effects[k], row) for k, row in enumerate(codes)), np.zeros_like(log_days))
        expected, doubt = log_days.copy(), np.zeros_like(log_days)
        expected[~closed], doubt[~closed] = beyond(log_days[~closed], (self.centre + effect)[~closed], self.noise2)
        self.centre += float((expected - self.centre - effect).mean())
        for k, row in enumerate(codes):
            effect += self._refit(k, row, expected - self.centre - effect)
        doubt += sum((_of(self.doubts[k], row) for k, row in enumerate(codes)), np.zeros_like(log_days))
        around = (expected - self.centre - effect) ** 2 + doubt
        self.noise2 = max(float(around.mean()), LEAST_NOISE2)

    def _refit(self, level: int, row: Codes, left: Floats) -> Floats:
        """Posterior effects of one level given all others; gives the change for each row."""
        old, met = self.effects[level], row >= 0
        if not len(old):
            return np.zeros_like(left)
        counts = np.bincount(row[met], minlength=len(old))
        sums = np.bincount(row[met], weights=(left + _of(old, row))[met], minlength=len(old))
        doubts = 1 / (counts / self.noise2 + 1 / self.tau2[level])
        new = doubts * sums / self.noise2
        self.effects[level], self.doubts[level] = new, doubts
        self.tau2[level] = max(float((new**2 + doubts).mean()), LEAST_TAU2)
        return _of(new, row) - _of(old, row)


def _of(effects: Floats, row: Codes) -> Floats:
    """The effect of each row's group, nothing where it has none."""
    found = np.zeros(len(row))
    met = row >= 0
    found[met] = effects[row[met]]
    return found


def beyond(log_ages: Floats, means: Floats, noise2: float) -> tuple[Floats, Floats]:
    """Mean and variance of log days above the ages: the truncated normal law."""
    spread = math.sqrt(noise2)
    scores = np.clip((log_ages - means) / spread, -30, 30)
    survived = np.array([normal_share(-score) for score in scores])
    hazard = np.exp(-0.5 * scores**2) / _ROOT_TWO_PI / np.maximum(survived, 1e-300)
    return means + spread * hazard, noise2 * np.clip(1 + scores * hazard - hazard**2, 1e-6, 1)
