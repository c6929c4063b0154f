"""A shipment's way as planned: each leg begins when the one before ends, or at its next sailing. Pure.

A ferry or flight has a departure time of day and a cut-off before it. Who is there after the cut-off waits for the
next day's. Times of day are the plant's (JST has no summer time, so a day always has 24 hours).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class LegTimes:
    """What a leg takes: hours on the way; departure and cut-off (local time of day) where there is a timetable."""

    number: int
    hours: float
    departs_at: time | None = None
    cut_off_at: time | None = None

    @property
    def closes_at(self) -> time | None:
        """Until when one must be there: the cut-off, else the departure itself."""
        return self.cut_off_at or self.departs_at


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A leg in the plan: when one is there, when it leaves, when it ends; `missed`: it waits for the next day's."""

    number: int
    ready_at: datetime
    starts_at: datetime
    ends_at: datetime
    missed: bool


def sailing(leg: LegTimes, ready_at: datetime, zone: tzinfo) -> datetime:
    """When a leg leaves for one who is there at a moment: at once, or at the day's departure if its cut-off is kept."""
    closes_at = leg.closes_at
    if leg.departs_at is None or closes_at is None:
        return ready_at
    here = ready_at.astimezone(zone)
    day = here.date() if here.time() <= closes_at else here.date() + timedelta(days=1)
    return datetime.combine(day, leg.departs_at, zone)


def planned(legs: Sequence[LegTimes], departure: datetime, zone: tzinfo) -> list[PlannedLeg]:
    """The legs in order, from the departure of the first on."""
    rows, at = [], departure
    for leg in legs:
        start = sailing(leg, at, zone)
        missed = leg.departs_at is not None and start.astimezone(zone).date() > at.astimezone(zone).date()
        end = start + timedelta(hours=leg.hours)
        rows.append(PlannedLeg(leg.number, at, start, end, missed))
        at = end
    return rows
