"""Ways by timetables and calendars for many moments at once: what the days ahead cost that differ from the usual week.

The record of hauls holds what a usual week costs: the wait for tomorrow's ferry, the gate that is closed at night. It
does not know that nothing sails on the third of January. A way is therefore walked twice from the same moments, by all
that is released and by the usual week alone, and only the difference is added to a forecast. Days are counted from the
midnight before as-of, so that what is laid out once serves a whole day. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import numpy as np

from logistics.lead_times.calendars import DAY, OpenHours, no_holiday
from logistics.lead_times.sailings import LegSailings, Validity
from logistics.lead_times.shape import Floats
from logistics.lead_times.timetable import LegTimes

LOOKED_AHEAD_DAYS = 150
"""Beyond it the usual week is assumed."""
ROUNDS = 8
"""Several calendars of one leg are asked in turn until all are open; after so many turns the moment stands."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What one waits for: openings or sailings in order. Until `closes` one goes at `goes`, or at once if that is past;
    `inclusive`: a cut-off is kept to the minute, an opening ends before its last moment."""

    closes: Floats
    goes: Floats
    inclusive: bool

    def go(self, at: Floats) -> Floats:
        """When those go who are there at these moments; behind the last one nobody waits."""
        places = np.searchsorted(self.closes, at, side="left" if self.inclusive else "right")
        waits = np.append(self.goes, -np.inf)[places]
        return np.asarray(np.maximum(at, waits), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Course:
    """Legs in order, each what it waits for and how many days it takes; `dock`: what the arrival waits for."""

    legs: tuple[tuple[tuple[Steps, ...], tuple[Steps, ...], float], ...]
    dock: tuple[Steps, ...] = ()

    def arrive(self, leaves: Floats) -> Floats:
        """When those are received at the dock who leave at these moments."""
        at = leaves
        for opens, sails, days in self.legs:
            at = _open(opens, at)
            for steps in sails:
                at = steps.go(at)
            at = at + days
        return _open(self.dock, at)


@dataclass(frozen=True, slots=True)
class Courses:
    """A way as released and as the usual week has it; `passed_days`: from the midnight to as-of."""

    released: Course
    usual: Course
    passed_days: float = 0.0

    def more_days(self, leaves: Floats) -> Floats:
        """By how much those arrive later (earlier, where negative) than in a usual week who leave so many days after
        as-of."""
        at = leaves + self.passed_days
        return self.released.arrive(at) - self.usual.arrive(at)


def courses(legs: Sequence[LegTimes], dock: Sequence[OpenHours], as_of: datetime, zone: tzinfo) -> Courses | None:
    """The way of these legs at an instant; None where nothing on it differs from the usual week."""
    today = as_of.astimezone(zone).date()
    plain = [_usual_leg(leg, today) for leg in legs]
    usual_dock = [_usual_hours(hours) for hours in dock]
    if plain == list(legs) and usual_dock == list(dock):
        return None
    passed = (as_of - datetime.combine(today, time(), zone)) / DAY
    return Courses(_course(legs, dock, today, zone), _course(plain, usual_dock, today, zone), passed)


def _usual_leg(leg: LegTimes, today: date) -> LegTimes:
    return replace(
        leg,
        sailings=_usual_sailings(leg.sailings, today) if leg.sailings else None,
        opens=tuple(_usual_hours(hours) for hours in leg.opens),
    )


def _usual_sailings(sailings: LegSailings, today: date) -> LegSailings:
    """The week that sails today, for ever; where none does yet, the timetables without their blank days."""
    now = sailings.table_on(today)
    if now is None:
        return LegSailings(tuple(replace(one, blanks=()) for one in sailings.tables))
    if sailings.tables == (now,) and not now.blanks and now.valid_to is None:
        return sailings
    return LegSailings((Validity(date.min, None, now.sailings, (), now.key),))


def _usual_hours(hours: OpenHours) -> OpenHours:
    """The week of a calendar without closures, special openings and holidays."""
    if not hours.closures and not hours.openings and hours.holiday is no_holiday:
        return hours
    return OpenHours(hours.week, hours.zone)


def _course(legs: Sequence[LegTimes], dock: Sequence[OpenHours], today: date, zone: tzinfo) -> Course:
    rows = []
    for leg in legs:
        table = leg.timetable
        sails = (_sailings(table, today, zone),) if table is not None else ()
        rows.append((tuple(_openings(hours, today) for hours in leg.opens), sails, leg.hours / 24))
    return Course(tuple(rows), tuple(_openings(hours, today) for hours in dock))


@lru_cache(maxsize=256)
def _openings(hours: OpenHours, today: date) -> Steps:
    """The hours of a calendar from yesterday on."""
    midnight = datetime.combine(today, time(), hours.zone)
    spans = [span for day in _days(today) for span in hours.spans(day)]
    rows = sorted(((begin - midnight) / DAY, (end - midnight) / DAY) for begin, end in spans)
    begins, ends = ([row[place] for row in rows] for place in (0, 1))
    return Steps(np.array(ends, dtype=np.float64), np.array(begins, dtype=np.float64), inclusive=False)


@lru_cache(maxsize=256)
def _sailings(table: LegSailings, today: date, zone: tzinfo) -> Steps:
    """The sailings from yesterday on, by their cut-offs: whoever keeps one takes the next that leaves."""
    midnight = datetime.combine(today, time(), zone)
    rows = sorted(
        ((cut_off - midnight) / DAY, (leaves - midnight) / DAY)
        for day in _days(today)
        for leaves, cut_off in table.on(day, zone)
    )
    cut_offs = np.array([row[0] for row in rows], dtype=np.float64)
    leaves = np.array([row[1] for row in rows], dtype=np.float64)
    soonest = np.minimum.accumulate(leaves[::-1])[::-1]
    return Steps(cut_offs, soonest, inclusive=True)


def departures(leg: LegTimes, as_of: datetime, zone: tzinfo) -> tuple[float, ...]:
    """The departures of a leg after as-of, in days from it; none for a leg that leaves at any time."""
    table = leg.timetable
    if table is None:
        return ()
    days = _days(as_of.astimezone(zone).date())
    found = {(leaves - as_of) / DAY for day in days for leaves, _cut_off in table.on(day, zone)}
    return tuple(sorted(one for one in found if one >= 0))


def _days(today: date) -> list[date]:
    return [today + timedelta(days=ahead) for ahead in range(-1, LOOKED_AHEAD_DAYS)]


def _open(all_of: Sequence[Steps], at: Floats) -> Floats:
    """From when all of these are open."""
    for _round in range(ROUNDS if len(all_of) > 1 else len(all_of)):
        before = at
        for steps in all_of:
            at = steps.go(at)
        if len(all_of) == 1 or np.array_equal(before, at):
            break
    return at
