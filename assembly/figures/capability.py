"""Process capability with its guard rails: n, interval, normality, one-sided limits, and what cannot be told.

Cp and Cpk stand on the spread inside the process (mean range ÷ d2), Pp and Ppk on that of all values (n − 1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assembly.figures.intervals import Z95
from assembly.figures.normality import Normality, anderson_darling

Values = npt.NDArray[np.float64]
MINIMUM = 30
"""Fewer values give no index: its interval would be wider than what it says."""


@dataclass(frozen=True, slots=True)
class Index:
    """One index with its two-sided 95 % interval (Bissell 1990): C ± z·√(1/(9n) + C²/(2ν))."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Capability:
    """What n values say against their limits. Figures are None where there is one limit only (cp, pp) or where `why`
    says what cannot be told: few (below MINIMUM), flat (no spread), no_limits."""

    n: int
    why: str = ""
    mean: float = math.nan
    overall: float = math.nan
    within: float | None = None
    cp: float | None = None
    cpk: Index | None = None
    pp: float | None = None
    ppk: Index | None = None
    outside: int = 0
    normality: Normality | None = None


def capability(
    values: Values, low: float | None, high: float | None, within: float | None, freedom: float
) -> Capability:
    """`within`: the deviation inside the process with its degrees of freedom, None where it cannot be told."""
    n = len(values)
    if low is None and high is None:
        return Capability(n, "no_limits")
    floor, ceiling = -math.inf if low is None else low, math.inf if high is None else high
    outside = int(((values < floor) | (values > ceiling)).sum())
    if n < MINIMUM:
        return Capability(n, "few", outside=outside)
    mean, overall = float(values.mean()), float(values.std(ddof=1))
    if overall <= 1e-12 * max(1.0, abs(mean)):
        return Capability(n, "flat", mean, overall, outside=outside)
    inner = within if within is not None and within > 0 else None
    two = low is not None and high is not None
    return Capability(
        n=n,
        mean=mean,
        overall=overall,
        within=inner,
        cp=(high - low) / (6 * inner) if two and inner else None,  # type: ignore[operator]
        cpk=_index(mean, inner, low, high, n, freedom) if inner else None,
        pp=(high - low) / (6 * overall) if two else None,  # type: ignore[operator]
        ppk=_index(mean, overall, low, high, n, n - 1),
        outside=outside,
        normality=anderson_darling(values),
    )


def _index(mean: float, sigma: float, low: float | None, high: float | None, n: int, freedom: float) -> Index:
    sides = [] if low is None else [(mean - low) / (3 * sigma)]
    sides += [] if high is None else [(high - mean) / (3 * sigma)]
    value = min(sides)
    half = Z95 * math.sqrt(1 / (9 * n) + value**2 / (2 * freedom))
    return Index(value, value - half, value + half)


def freedom_of_ranges(pieces: int, size: int) -> float:
    """Degrees of freedom of a deviation from mean ranges: 0.62 (n − 1) of moving ranges of two, 0.9 k (m − 1) of k
    groups of m (Montgomery, Introduction to Statistical Quality Control)."""
    return max(1.0, 0.62 * (pieces - 1) if size == 1 else 0.9 * pieces * (size - 1))
