"""Whether values look normal: the Anderson–Darling test with mean and deviation taken from the values themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
LEVEL = 0.05
"""Below this probability a page warns."""
FAR = 37.0
"""Standard deviations beyond which a tail is no number any more."""


@dataclass(frozen=True, slots=True)
class Normality:
    """The adjusted statistic A*² and its probability (D'Agostino and Stephens 1986, case 3)."""

    statistic: float
    probability: float

    @property
    def doubtful(self) -> bool:
        return self.probability < LEVEL


def anderson_darling(values: Values) -> Normality:
    """Of at least three values that are not all the same."""
    n = len(values)
    z = np.clip((np.sort(values) - values.mean()) / values.std(ddof=1), -FAR, FAR)
    below = np.array([math.log(_under(one)) for one in z])
    above = np.array([math.log(_under(-one)) for one in z])
    weights = 2 * np.arange(1, n + 1) - 1
    statistic = float(-n - (weights * (below + above[::-1])).sum() / n)
    adjusted = statistic * (1 + 0.75 / n + 2.25 / n**2)
    return Normality(adjusted, _probability(adjusted))


def _under(z: float) -> float:
    """The standard normal distribution: how much lies below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _probability(a: float) -> float:
    if a >= 13:
        return 0.0
    if a >= 0.6:
        return math.exp(1.2937 - 5.709 * a + 0.0186 * a**2)
    if a >= 0.34:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    if a >= 0.2:
        return 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    return 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a**2)
