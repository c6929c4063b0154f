"""What a forecast learns from its own misses: a factor on the remaining days for each quantile level (MODEL.md 5.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .shape import Floats

FORECAST_LEVELS = (0.1, 0.5, 0.8, 0.95)

LEAST = 30
"""With fewer delivered racks nothing is corrected, and the page says so (MODEL.md 5.4)."""

Shifts = tuple[float, float, float, float]
"""Logarithms of the factors on the days at FORECAST_LEVELS."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """Factors learnt from `delivered` racks whose forecasts reached `horizon_days` ahead at P50 (their median).

    A rack nearer to its end than that is corrected in proportion: what was missed at the start of the way says little
    of its last stage."""

    delivered: int
    shifts: Shifts
    horizon_days: float

    @property
    def is_on(self) -> bool:
        return self.delivered >= LEAST and self.horizon_days > 0

    def days(self, told: Sequence[float]) -> tuple[float, ...]:
        """Days at FORECAST_LEVELS, corrected; in order, never below zero."""
        fade = self._fade(told[1])
        moved = np.array([max(one, 0.0) * math.exp(shift * fade) for one, shift in zip(told, self.shifts, strict=True)])
        return tuple(float(one) for one in np.maximum.accumulate(moved)) if self.is_on else tuple(told)

    def apply(self, remaining: NDArray[np.float32]) -> None:
        """Correct the draws of many racks (a row each) in place: each draw by the factor of its own level, those
        between two levels by what lies between. The draws keep their order, so quantiles never cross and racks of one
        storm stay together."""
        if not self.is_on:
            return
        count = remaining.shape[1]
        levels = (np.arange(count) + 0.5) / count
        shifts: Floats = np.interp(levels, FORECAST_LEVELS, self.shifts)
        for row in remaining:
            order = np.argsort(row)
            days = row[order]
            fade = self._fade(float(days[count // 2]))
            row[order] = np.maximum.accumulate(days * np.exp(shifts * fade).astype(np.float32))

    def _fade(self, p50_days: float) -> float:
        return min(p50_days / self.horizon_days, 1.0) if self.horizon_days > 0 else 0.0


OFF = Recalibration(0, (0.0, 0.0, 0.0, 0.0), 0.0)
