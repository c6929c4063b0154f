"""The sailings or flights of a leg by its timetables: which one is caught next, which days are blank. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from logistics.lead_times.calendars import DAY, HORIZON_DAYS, Closure


@dataclass(frozen=True, slots=True)
class WeeklySailing:
    """Weekdays "1" Monday to "7" Sunday, the departure, the cut-off that time of day so many days before."""

    days: str
    departs_at: time
    cut_off_at: time
    cut_off_days: int = 0


@dataclass(frozen=True, slots=True)
class Validity:
    """One timetable: the days on which it counts, its sailings, the days on which nothing sails."""

    valid_from: date
    valid_to: date | None
    sailings: tuple[WeeklySailing, ...]
    blanks: tuple[Closure, ...] = ()
    key: int = 0

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class NextSailing:
    """The sailing that is caught: departure, cut-off, by which timetable; `blank`: days before it on which it would
    have sailed and does not, with why."""

    departs_at: datetime
    cut_off_at: datetime
    key: int
    blank: tuple[Closure, ...] = ()


@dataclass(frozen=True, slots=True)
class LegSailings:
    """The released timetables of a leg, the newest first: of those that count on a day, the first one speaks."""

    tables: tuple[Validity, ...]

    def table_on(self, day: date) -> Validity | None:
        return next((one for one in self.tables if one.covers(day)), None)

    def on(self, day: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
        """Departures with their cut-offs on a day; none on a blank one."""
        table = self.table_on(day)
        if table is None or any(one.first_day <= day <= one.last_day for one in table.blanks):
            return []
        weekday = str(day.isoweekday())
        rows = [one for one in table.sailings if weekday in one.days]
        return [(datetime.combine(day, row.departs_at, zone), _cut_off(row, day, zone)) for row in rows]

    def next_after(self, ready_at: datetime, zone: tzinfo) -> NextSailing | None:
        """The first departure whose cut-off is kept by one who is there at a moment; None within `HORIZON_DAYS`."""
        here = ready_at.astimezone(zone).date()
        blanks: list[Closure] = []
        for ahead in range(HORIZON_DAYS):
            day = here + ahead * DAY
            table = self.table_on(day)
            if table is None:
                continue
            rows = [one for one in table.sailings if str(day.isoweekday()) in one.days]
            blank = next((one for one in table.blanks if one.first_day <= day <= one.last_day), None)
            if blank is not None:
                blanks += [blank] if rows and blank not in blanks else []
                continue
            caught = [row for row in rows if _cut_off(row, day, zone) >= ready_at]
            if caught:
                row = min(caught, key=lambda one: one.departs_at)
                leaves = datetime.combine(day, row.departs_at, zone)
                return NextSailing(leaves, _cut_off(row, day, zone), table.key, tuple(blanks))
        return None


def _cut_off(row: WeeklySailing, day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day - timedelta(days=row.cut_off_days), row.cut_off_at, zone)
