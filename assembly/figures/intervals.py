"""Intervals: what a share of a few attempts can be, with 95 % confidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z95 = 1.959963984540054
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, as a fraction with its Wilson interval (E. B. Wilson 1927; without continuity correction)."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """None of nothing: no attempt is no yield."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Lower and upper end, inside 0 to 1 also where all or none passed."""
        if not self.whole:
            return None
        n, p = self.whole, self.part / self.whole
        middle = (p + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
        half = Z95 / (1 + Z95**2 / n) * math.sqrt(p * (1 - p) / n + Z95**2 / (4 * n**2))
        return (0.0 if self.part == 0 else middle - half, 1.0 if self.part == n else middle + half)


def rolled(shares: list[Share]) -> float | None:
    """The product of the yields of all operations of a route; None while one of them has no attempt."""
    values = [share.value for share in shares]
    if not values or any(value is None for value in values):
        return None
    return math.prod(value for value in values if value is not None)
