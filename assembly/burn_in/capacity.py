"""How much of a feed or loop is taken at the worst moment of a period."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Load:
    """A kept stretch: from (included) to (not included), kW and L/min."""

    from_at: datetime
    to_at: datetime
    kw: Decimal
    lpm: Decimal

    def overlaps(self, from_at: datetime, to_at: datetime) -> bool:
        return self.from_at < to_at and from_at < self.to_at


def peak_of(loads: Iterable[Load], from_at: datetime, to_at: datetime) -> tuple[Decimal, Decimal]:
    """The greatest sums of kW and of L/min at any one moment of the period; a sum only rises where a load begins."""
    near: Sequence[Load] = [load for load in loads if load.overlaps(from_at, to_at)]
    kw = lpm = Decimal(0)
    for moment in {max(load.from_at, from_at) for load in near}:
        there = [load for load in near if load.from_at <= moment < load.to_at]
        kw = max(kw, sum((load.kw for load in there), Decimal(0)))
        lpm = max(lpm, sum((load.lpm for load in there), Decimal(0)))
    return kw, lpm
