"""Control charts: limits from a stated baseline, and the Western Electric rules on the points.

One value a point: individuals with moving ranges of two (I-MR). Several of one piece of work: means with ranges (X̄-R).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

D2 = {2: 1.1284, 3: 1.6926, 4: 2.0588, 5: 2.3259, 6: 2.5344, 7: 2.7044, 8: 2.8472, 9: 2.9700, 10: 3.0775}
"""The mean range of so many standard normal values."""
D3 = {2: 0.8525, 3: 0.8884, 4: 0.8798, 5: 0.8641, 6: 0.8480, 7: 0.8332, 8: 0.8198, 9: 0.8078, 10: 0.7971}
"""The standard deviation of that range."""
FEWEST = 20
"""Points of a baseline below which no limits are drawn."""
USUAL = 30
"""The first so many points are the baseline where none is stated."""
RULES = {
    1: "beyond three sigma",
    2: "two of three beyond two sigma on one side",
    3: "four of five beyond one sigma on one side",
    4: "eight in a row on one side",
}
"""Western Electric Statistical Quality Control Handbook (1956), zone rules."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Points with centre and sigma of a point (None: too few in the baseline); ranges with their centre and upper and
    lower limit; the rules that each point breaks."""

    size: int
    points: Values
    centre: float | None
    sigma: float | None
    ranges: Values
    range_centre: float | None
    range_upper: float | None
    range_lower: float | None
    broken: tuple[tuple[int, ...], ...]
    within: float | None
    """The standard deviation of single values inside the pieces of work, from the mean range of the baseline."""

    @property
    def limits(self) -> tuple[float, float] | None:
        if self.centre is None or self.sigma is None:
            return None
        return self.centre - 3 * self.sigma, self.centre + 3 * self.sigma


def individuals(values: Values, baseline: npt.NDArray[np.bool_]) -> Chart:
    """I-MR: a moving range belongs to the later of its two values, and to the baseline when both of them do."""
    ranges = np.abs(np.diff(values))
    inside = baseline[1:] & baseline[:-1]
    if baseline.sum() < FEWEST or not inside.any():
        return _without_limits(1, values, ranges)
    mean_range = float(ranges[inside].mean())
    within = mean_range / D2[2]
    centre = float(values[baseline].mean())
    upper = mean_range * (1 + 3 * D3[2] / D2[2])
    broken = western_electric(values, centre, within)
    return Chart(1, values, centre, within, ranges, mean_range, upper, 0.0, broken, within)


def means(groups: Sequence[Values], baseline: npt.NDArray[np.bool_]) -> Chart:
    """X̄-R of groups of one size, 2 to 10."""
    table = np.vstack(groups) if groups else np.empty((0, 2))
    size = table.shape[1]
    points, ranges = table.mean(axis=1), np.ptp(table, axis=1)
    if baseline.sum() < FEWEST:
        return _without_limits(size, points, ranges)
    mean_range = float(ranges[baseline].mean())
    within = mean_range / D2[size]
    sigma, centre, spread = within / size**0.5, float(points[baseline].mean()), 3 * D3[size] / D2[size]
    broken = western_electric(points, centre, sigma)
    upper, lower = mean_range * (1 + spread), mean_range * max(0.0, 1 - spread)
    return Chart(size, points, centre, sigma, ranges, mean_range, upper, lower, broken, within)


def _without_limits(size: int, points: Values, ranges: Values) -> Chart:
    return Chart(size, points, None, None, ranges, None, None, None, ((),) * len(points), None)


def western_electric(points: Values, centre: float, sigma: float) -> tuple[tuple[int, ...], ...]:
    """The rules that each point completes; a point on a line is not beyond it. Without spread only rule 4 is asked."""
    z = (points - centre) / sigma if sigma > 0 else np.sign(points - centre) * 0.5
    breaks = [(np.abs(z) > 3, 1)]
    for side in (z, -z):
        breaks.append(((side > 2) & (_lately(side > 2, 3) >= 2), 2))
        breaks.append(((side > 1) & (_lately(side > 1, 5) >= 4), 3))
        breaks.append((_lately(side > 0, 8) == 8, 4))
    return tuple(tuple(rule for broken, rule in breaks if broken[place]) for place in range(len(z)))


def _lately(hits: npt.NDArray[np.bool_], span: int) -> npt.NDArray[np.int64]:
    """At each point, how many of the last `span` (itself the last of them) are hits."""
    total = np.concatenate((np.zeros(span, dtype=np.int64), np.cumsum(hits, dtype=np.int64)))
    counted: npt.NDArray[np.int64] = total[span:] - total[: len(hits)]
    return counted
