"""Two-piece lognormal through P10/P50/P90: its days, its shares and the normal law behind it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z90 = 1.2815515655446004
"""Standard normal quantile at .90."""

Days = NDArray[np.float32]
"""Elapsed calendar days, one for each draw."""

Floats = NDArray[np.float64]


class Shape(NamedTuple):
    """log days = log_median + z × (low below the median, high above it), z standard normal."""

    log_median: float
    low: float
    high: float


def shape_of(p10: float, p50: float, p90: float) -> Shape:
    """The shape that passes exactly through the three points (days)."""
    return Shape(math.log(p50), math.log(p50 / p10) / Z90, math.log(p90 / p50) / Z90)


def days_at(shape: Shape, z: Days) -> Days:
    """Days at normal scores `z`; reuses the memory of `z`."""
    log_days_at(shape, z)
    return np.exp(z, out=z)


def log_days_at(shape: Shape, z: Days) -> Days:
    """Logarithm of the days at normal scores `z`; reuses the memory of `z`."""
    other = z * np.float32(shape.low)
    z *= np.float32(shape.high)
    # Of the two products the wanted one is always the larger, or always the smaller: no branch.
    choose = np.maximum if shape.high >= shape.low else np.minimum
    choose(z, other, out=z)
    z += np.float32(shape.log_median)
    return z


def mean_days(shape: Shape) -> float:
    """Expected days, in closed form."""
    log_median, low, high = shape
    below = math.exp(low**2 / 2) * normal_share(-low)
    above = math.exp(high**2 / 2) * normal_share(high)
    return math.exp(log_median) * (below + above)


def score_of(shape: Shape, days: float) -> float:
    """Normal score of a number of days; minus infinity at or below zero days."""
    if days <= 0:
        return -math.inf
    distance = math.log(days) - shape.log_median
    spread = shape.high if distance > 0 else shape.low
    return distance / spread if spread else math.copysign(math.inf, distance)


def normal_share(score: float) -> float:
    """Share of the standard normal law below a score."""
    return 0.5 * math.erfc(-score / math.sqrt(2))


_CENTRE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
     13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
     5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_NEAR = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


def normal_score(share: Floats) -> Floats:
    """Standard normal quantile of shares in (0, 1): Wichura, algorithm AS 241 (1988), about 16 digits."""
    centred = share - 0.5
    score = np.empty_like(share)
    middle = np.abs(centred) <= 0.425
    q = centred[middle]
    score[middle] = q * _ratio(_CENTRE, 0.180625 - q * q)

    tail = ~middle
    depth = np.sqrt(-np.log(np.minimum(share[tail], 1 - share[tail])))
    value = _ratio(_NEAR, depth - 1.6)
    far = depth > 5
    value[far] = _ratio(_FAR, depth[far] - 5.0)
    score[tail] = np.copysign(value, centred[tail])
    return score


def _ratio(polynomials: tuple[tuple[float, ...], tuple[float, ...]], at: Floats) -> Floats:
    """Ratio of two polynomials, highest power first, by Horner's rule."""
    above, below = (np.full_like(at, coefficients[0]) for coefficients in polynomials)
    for up, down in zip(polynomials[0][1:], polynomials[1][1:], strict=True):
        above *= at
        above += up
        below *= at
        below += down
    return above / below
