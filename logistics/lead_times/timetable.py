"""A shipment's way as planned: each leg begins when the one before ends, when who drives it works, or at its next
sailing. Pure.

A ferry or flight has departures and a cut-off before each. Who is there after the cut-off waits for the next one. Times
of day are the plant's (JST has no summer time, so a day always has 24 hours).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from logistics.lead_times.calendars import Closure, Day, OpenHours
from logistics.lead_times.sailings import LegSailings, NextSailing, Validity, WeeklySailing

EVERY_DAY = "1234567"


class NoSailing(LookupError):
    """Nothing leaves on this leg for more than a year from the moment of being there."""

    def __init__(self, number: int, ready_at: datetime) -> None:
        self.number, self.ready_at = number, ready_at
        super().__init__(f"leg {number}: no sailing after {ready_at.isoformat()}")


@dataclass(frozen=True, slots=True)
class LegTimes:
    """What a leg takes: hours on the way; departure and cut-off (local time of day) where its lane names them;
    `sailings`: its released timetables, which go before those; `opens`: calendars that must be open when it begins
    (its carrier's on a road, customs behind a border)."""

    number: int
    hours: float
    departs_at: time | None = None
    cut_off_at: time | None = None
    sailings: LegSailings | None = None
    opens: tuple[OpenHours, ...] = ()

    @property
    def closes_at(self) -> time | None:
        """Until when one must be there: the cut-off, else the departure itself."""
        return self.cut_off_at or self.departs_at

    @property
    def timetable(self) -> LegSailings | None:
        """The released timetables, else the lane's own daily departure; None for a leg that leaves at any time."""
        if self.sailings is not None or self.departs_at is None:
            return self.sailings
        daily = WeeklySailing(EVERY_DAY, self.departs_at, self.closes_at or self.departs_at)
        return LegSailings((Validity(date.min, None, (daily,)),))


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A leg in the plan: when one is there, when it leaves, when it ends; `missed`: it waits for another day's.
    `cut_off_at`: of the sailing that is caught; `blank`: days without the usual sailing before it; `idle_day`: nothing
    sails on the day of being there; `closed`: the days on which who drives it does not work, while it waits."""

    number: int
    ready_at: datetime
    starts_at: datetime
    ends_at: datetime
    missed: bool
    cut_off_at: datetime | None = None
    blank: tuple[Closure, ...] = ()
    idle_day: bool = False
    closed: tuple[Day, ...] = ()
    timetable: int = 0
    """The key of the released timetable it sails by; 0: by its lane, or at any time."""


def sailing(leg: LegTimes, ready_at: datetime, zone: tzinfo) -> datetime:
    """When a leg leaves for one who is there at a moment: at once, or at the next departure whose cut-off is kept.

    Raises NoSailing."""
    caught = next_sailing(leg, ready_at, zone)
    return caught.departs_at if caught else ready_at


def next_sailing(leg: LegTimes, ready_at: datetime, zone: tzinfo) -> NextSailing | None:
    """The sailing that is caught; None for a leg that leaves at any time. Raises NoSailing."""
    table = leg.timetable
    if table is None:
        return None
    found = table.next_after(ready_at, zone)
    if found is None:
        raise NoSailing(leg.number, ready_at)
    return found


def planned(legs: Sequence[LegTimes], departure: datetime, zone: tzinfo) -> list[PlannedLeg]:
    """The legs in order, from the departure of the first on. Raises NoSailing."""
    rows, at = [], departure
    for leg in legs:
        row = _leg(leg, at, zone)
        rows.append(row)
        at = row.ends_at
    return rows


def _leg(leg: LegTimes, at: datetime, zone: tzinfo) -> PlannedLeg:
    open_at, closed = _when_open(leg, at, zone)
    caught = next_sailing(leg, open_at, zone)
    hours = timedelta(hours=leg.hours)
    if caught is None:
        return PlannedLeg(leg.number, at, open_at, open_at + hours, missed=False, closed=closed)
    here = at.astimezone(zone).date()
    return PlannedLeg(
        leg.number, at, caught.departs_at, caught.departs_at + hours,
        missed=caught.departs_at.astimezone(zone).date() > here,
        cut_off_at=caught.cut_off_at, blank=caught.blank, idle_day=not _sails_on(leg, here), closed=closed,
        timetable=caught.key,
    )  # fmt: skip


def _when_open(leg: LegTimes, at: datetime, zone: tzinfo) -> tuple[datetime, tuple[Day, ...]]:
    """From when all calendars of the leg are open, and the days that closed it meanwhile. Raises NoSailing where they
    never are."""
    begin = at
    closed: list[Day] = []
    while True:
        moments = [hours.open_from(at) for hours in leg.opens]
        if None in moments:
            raise NoSailing(leg.number, begin)
        later = max((one for one in moments if one is not None), default=at)
        if later == at:
            return at, tuple(closed)
        first = next(hours for hours, moment in zip(leg.opens, moments, strict=True) if moment != at)
        closed.append(first.on(at.astimezone(zone).date()))
        at = later


def _sails_on(leg: LegTimes, day: date) -> bool:
    table = leg.timetable.table_on(day) if leg.timetable else None
    return table is not None and any(str(day.isoweekday()) in one.days for one in table.sailings)
