"""Open hours by weekday, closures, special openings, holidays: is it open, and when is it open next? Pure.

A window belongs to the day on which it begins: Friday's night shift lasts into Saturday, also where Saturday is closed.
Opening moments are included, closing moments are not. Times of day are those of one zone without summer time.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

HORIZON_DAYS = 400
"""How far ahead the next opening or sailing is looked for."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of a day; `next_day`: they end on the day after."""

    opens: time
    closes: time
    next_day: bool = False
    name: str = ""

    @property
    def minutes(self) -> tuple[int, int]:
        """From and to in minutes from the day's midnight."""
        begin, end = (one.hour * 60 + one.minute for one in (self.opens, self.closes))
        return begin, end + (24 * 60 if self.next_day else 0)


@dataclass(frozen=True, slots=True)
class WeekWindow:
    """A window and its weekdays: "1" Monday to "7" Sunday."""

    days: str
    window: Window


@dataclass(frozen=True, slots=True)
class Closure:
    """Days without hours, both ends included."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Opening:
    """Hours of one day in place of all others."""

    day: date
    window: Window
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a calendar: its hours in order; where there are none (or others than usual), why."""

    day: date
    windows: tuple[Window, ...]
    kind: str
    """week, opening, holiday, closure, off (no hours on this weekday)."""
    reason: str = ""


def no_holiday(_day: date) -> str:
    """The holidays of a calendar that works on all of them."""
    return ""


@dataclass(frozen=True, slots=True)
class OpenHours:
    """A calendar in force. `holiday`: the name of the holiday on a day that closes it, blank on others."""

    week: tuple[WeekWindow, ...]
    zone: tzinfo
    closures: tuple[Closure, ...] = ()
    openings: tuple[Opening, ...] = ()
    holiday: Callable[[date], str] = no_holiday

    def on(self, day: date) -> Day:
        """A day: a special opening goes before a closure, a closure before a holiday, a holiday before the week."""
        special = [one for one in self.openings if one.day == day]
        if special:
            windows = tuple(sorted((one.window for one in special), key=lambda one: one.minutes))
            return Day(day, windows, "opening", special[0].reason)
        closed = next((one for one in self.closures if one.first_day <= day <= one.last_day), None)
        if closed is not None:
            return Day(day, (), "closure", closed.reason)
        name = self.holiday(day)
        if name:
            return Day(day, (), "holiday", name)
        weekday = str(day.isoweekday())
        rows = sorted((one.window for one in self.week if weekday in one.days), key=lambda one: one.minutes)
        return Day(day, tuple(rows), "week" if rows else "off")

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The hours that begin on a day, as moments."""
        midnight = datetime.combine(day, time(), self.zone)
        for window in self.on(day).windows:
            begin, end = window.minutes
            yield midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end)

    def is_open(self, at: datetime) -> bool:
        return self.open_from(at) == at

    def open_from(self, at: datetime) -> datetime | None:
        """This moment where it is open, else the next opening; None: nothing opens within `HORIZON_DAYS`."""
        here = at.astimezone(self.zone).date()
        for ahead in range(-1, HORIZON_DAYS):
            found = [max(begin, at) for begin, end in self.spans(here + ahead * DAY) if end > at]
            if found:
                return min(found)
        return None

    def works_on(self, day: date) -> bool:
        """Whether hours begin on that day: a working day of this calendar."""
        return bool(self.on(day).windows)

    def working_days(self, begin: datetime, end: datetime) -> int:
        """Working days from the day after the beginning to the day of the end: the same day is 0, the next 1."""
        first, last = (moment.astimezone(self.zone).date() for moment in (begin, end))
        return sum(self.works_on(first + n * DAY) for n in range(1, (last - first).days + 1))


def overlap(week: tuple[WeekWindow, ...]) -> tuple[WeekWindow, WeekWindow] | None:
    """Two windows of a week that meet, Sunday's night with Monday's morning too; None where none do."""
    rows = sorted(
        ((int(day) - 1) * 1440 + one.window.minutes[0], (int(day) - 1) * 1440 + one.window.minutes[1], place)
        for place, one in enumerate(week)
        for day in one.days
    )
    if not rows:
        return None
    rows.append((rows[0][0] + 7 * 1440, rows[0][1] + 7 * 1440, rows[0][2]))
    for before, after in itertools.pairwise(rows):
        if after[0] < before[1]:
            return week[before[2]], week[after[2]]
    return None
