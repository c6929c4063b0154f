"""The plan of a shipment's way by the timetables and calendars in force, and what a planner should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from documents.words import PLANT_TIME
from logistics.lead_times.calendars import Day
from logistics.lead_times.timetable import LegTimes, NoSailing, PlannedLeg, planned
from logistics.models import Carrier, Lane, Leg
from logistics.queries.way_basis import Basis, CalendarInForce, holiday_name

__all__ = ["Closed", "Way", "closed_points", "holiday_name", "leg_times", "next_departure", "way_of"]

LOOKED_AHEAD = timedelta(days=28)
STEP = timedelta(hours=1)


@dataclass(frozen=True)
class Way:
    """The legs with their plan. `missed`: those that wait for another day's sailing, with their rows. `stuck`: the leg
    on which nothing sails for a year: the way ends before it."""

    legs: tuple[PlannedLeg, ...]
    missed: tuple[tuple[Leg, PlannedLeg], ...]
    stuck: Leg | None = None
    rows: tuple[tuple[Leg, PlannedLeg], ...] = field(default=())

    @property
    def arrives_at(self) -> datetime | None:
        """The planned arrival at the site; None for a lane without legs, and where the way is stuck."""
        return self.legs[-1].ends_at if self.legs and self.stuck is None else None


@dataclass(frozen=True)
class Closed:
    """A point of the way that its calendar does not allow: the gate or the carrier at the departure, the site at the
    arrival; that day of the calendar, and the next opening (None: none within a year)."""

    point: str
    calendar: CalendarInForce
    at: datetime
    day: Day
    opens_at: datetime | None


def leg_times(leg: Leg, basis: Basis | None = None) -> LegTimes:
    """What the arithmetic knows of a leg."""
    return (basis or Basis()).leg_times(leg)


def way_of(legs: Sequence[Leg], departure: datetime, basis: Basis | None = None, lane: Lane | None = None) -> Way:
    """The way from a departure on; the legs in their order. Without a basis by the lane's own daily departures. Asks
    nothing (`lane`: with its sites loaded, for customs at a border)."""
    borders = (lane.origin.country, lane.destination.country) if lane else ("JP", "JP")
    times = (basis or Basis()).legs(legs, *borders)
    stuck = None
    try:
        rows = planned(times, departure, PLANT_TIME)
    except NoSailing as fault:
        stuck = next(leg for leg in legs if leg.number == fault.number)
        rows = planned([one for one in times if one.number < fault.number], departure, PLANT_TIME)
    pairs = tuple(zip(legs, rows, strict=False))
    return Way(tuple(rows), tuple((leg, row) for leg, row in pairs if row.missed), stuck, pairs)


def closed_points(
    basis: Basis, lane: Lane, carrier: Carrier, departure: datetime, arrival: datetime | None
) -> list[Closed]:
    """Where the calendars in force say that nobody works: at the departure the gate and the carrier, at the arrival
    the site. Asks nothing."""
    asked = [
        ("gate", basis.of_site(lane.origin), departure),
        ("carrier", basis.of_carrier(carrier), departure),
        ("site", basis.of_site(lane.destination), arrival),
    ]
    found = []
    for point, calendar, at in asked:
        if calendar is None or at is None or calendar.hours.is_open(at):
            continue
        day = calendar.hours.on(at.astimezone(PLANT_TIME).date())
        found.append(Closed(point, calendar, at, day, calendar.hours.open_from(at)))
    return found


def next_departure(basis: Basis, lane: Lane, carrier: Carrier, wished: datetime) -> tuple[datetime, datetime] | None:
    """The first departure from a wished one on, at a full hour or at an opening, that all calendars allow, with its
    arrival; None within four weeks."""
    legs = list(lane.legs.all())
    for at in _candidates(basis, lane, carrier, wished):
        way = way_of(legs, at, basis, lane)
        if way.arrives_at is None:
            return None
        site = basis.of_site(lane.destination)
        if site is None or site.hours.is_open(way.arrives_at):
            return at, way.arrives_at
    return None


def _candidates(basis: Basis, lane: Lane, carrier: Carrier, wished: datetime) -> Iterator[datetime]:
    gates = [one for one in (basis.of_site(lane.origin), basis.of_carrier(carrier)) if one is not None]
    at, end = wished, wished + LOOKED_AHEAD
    while at < end:
        moments = [gate.hours.open_from(at) for gate in gates]
        if None in moments:
            return
        later = max((one for one in moments if one is not None), default=at)
        if later > at:
            at = later
            continue
        yield at
        at = at.replace(minute=0, second=0, microsecond=0) + STEP
