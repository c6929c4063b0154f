"""What judges a way at a moment: the calendars and timetables in force then. Two queries, however many lanes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import jpholiday
from django.db import connection

from documents.words import PLANT_TIME
from logistics.lead_times.calendars import Closure, OpenHours, Opening, WeekWindow, Window
from logistics.lead_times.sailings import LegSailings, Validity, WeeklySailing
from logistics.lead_times.timetable import LegTimes
from logistics.models import Carrier, Lane, Leg, Site

BY_TIMETABLE = ("ferry", "air", "sea", "rail")
CROSSES = ("air", "sea")
Owner = tuple[str, int | str]
"""("site", its id), ("carrier", its id), ("customs", "JP"), ("holidays", "JP")."""


@lru_cache(maxsize=4_096)
def holiday_name(day: date) -> str:
    """The public holiday of Japan on that day, in Japanese (jpholiday: 国民の祝日に関する法律); blank on others."""
    return jpholiday.is_holiday_name(day) or ""


@dataclass(frozen=True, slots=True)
class CalendarInForce:
    """A released revision: its key, whose it is, its number, its hours; whether holidays of `country` close it."""

    pk: int
    owner: Owner
    code: str
    revision: int
    hours: OpenHours
    country: str
    closes_on_holidays: bool
    is_plant: bool = False
    """Whether it is a plant's own."""

    def __str__(self) -> str:
        return f"{self.code} r{self.revision}"


@dataclass(frozen=True)
class Basis:
    """Calendars by their owner, timetables by leg, and what each revision is called."""

    calendars: dict[Owner, CalendarInForce] = field(default_factory=dict)
    sailings: dict[int, LegSailings] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    """Timetable's key → what it is called."""
    grades: dict[int, str] = field(default_factory=dict)
    """Timetable's key → its grade."""

    def of_site(self, site: Site) -> CalendarInForce | None:
        return self.calendars.get(("site", site.pk))

    def of_carrier(self, carrier: Carrier) -> CalendarInForce | None:
        return self.calendars.get(("carrier", carrier.pk))

    def leg_times(self, leg: Leg, customs: str = "") -> LegTimes:
        """A leg for the arithmetic. A road or a rail leg begins when its carrier works (the first one is left when the
        gate lets it: that is judged apart); `customs`: the country whose customs let it begin."""
        asked: list[CalendarInForce | None] = []
        if leg.mode == "road" and leg.number > 1:
            asked.append(self.calendars.get(("carrier", leg.carrier_id)))
        if customs:
            asked.append(self.calendars.get(("customs", customs)))
        return LegTimes(
            leg.number, float(leg.planned_hours), leg.departs_at, leg.cut_off_at, self.sailings.get(leg.pk),
            tuple(one.hours for one in asked if one is not None),
        )  # fmt: skip

    def legs(self, legs: Sequence[Leg], origin: str = "JP", destination: str = "JP") -> list[LegTimes]:
        """The legs of a lane in order; behind the last air or sea leg over a border customs must be open."""
        border = max((leg.number for leg in legs if leg.mode in CROSSES), default=0) if origin != destination else 0
        return [self.leg_times(leg, destination if border and leg.number == border + 1 else "") for leg in legs]

    def asked(self, lane: Lane, legs: Sequence[Leg], carrier: Carrier) -> list[CalendarInForce]:
        """The calendars that judge a way on a lane with a carrier, each once: gate, carriers, customs, site, and the
        national holidays that one of them heeds."""
        owners: list[Owner] = [("site", lane.origin_id), ("carrier", carrier.pk)]
        owners += [("carrier", leg.carrier_id) for leg in legs if leg.mode == "road" and leg.number > 1]
        if lane.origin.country != lane.destination.country:
            owners.append(("customs", lane.destination.country))
        owners.append(("site", lane.destination_id))
        found = [self.calendars[owner] for owner in dict.fromkeys(owners) if owner in self.calendars]
        countries = {one.country for one in found if one.closes_on_holidays}
        national = [self.calendars.get(("holidays", country)) for country in sorted(countries)]
        return found + [one for one in national if one is not None]


_CALENDARS = """
SELECT DISTINCT ON (c.kind, c.site_id, c.carrier_id, c.country) c.id, c.kind, c.site_id, c.carrier_id, c.country,
  c.revision, c.closes_on_holidays, coalesce(s.code, k.code, c.kind || ' ' || c.country),
  coalesce(s.country, nullif(c.country, ''), 'JP'), coalesce(s.kind = 'plant', false),
  (SELECT json_agg(json_build_array(w.days, w.opens, w.closes, w.next_day, w.name) ORDER BY w.opens, w.id)
    FROM logistics_calendarwindow w WHERE w.calendar_id = c.id),
  (SELECT json_agg(json_build_array(w.first_day, w.last_day, w.reason) ORDER BY w.first_day)
    FROM logistics_calendarclosure w WHERE w.calendar_id = c.id),
  (SELECT json_agg(json_build_array(w.day, w.opens, w.closes, w.next_day, w.reason) ORDER BY w.day, w.opens)
    FROM logistics_calendaropening w WHERE w.calendar_id = c.id)
FROM logistics_calendar c LEFT JOIN logistics_site s ON s.id = c.site_id
LEFT JOIN logistics_carrier k ON k.id = c.carrier_id
WHERE {which}
ORDER BY c.kind, c.site_id, c.carrier_id, c.country, c.revision DESC
"""

_TIMETABLES = """
SELECT t.id, t.leg_id, t.revision, t.valid_from, t.valid_to, t.grade, a.code, l.number,
  (SELECT json_agg(json_build_array(s.days, s.departs_at, s.cut_off_at, s.cut_off_days) ORDER BY s.departs_at, s.id)
    FROM logistics_sailing s WHERE s.timetable_id = t.id),
  (SELECT json_agg(json_build_array(b.first_day, b.last_day, b.reason) ORDER BY b.first_day)
    FROM logistics_blanksailing b WHERE b.timetable_id = t.id)
FROM logistics_timetable t JOIN logistics_leg l ON l.id = t.leg_id JOIN logistics_lane a ON a.id = l.lane_id
WHERE t.released_at <= %s AND t.leg_id = ANY(%s)
ORDER BY t.leg_id, t.revision DESC
"""


def way_basis(lanes: Iterable[Lane], at: datetime) -> Basis:
    """What is in force at a moment for these lanes (their legs loaded beside them). Two queries."""
    return basis_of([leg.pk for lane in lanes for leg in lane.legs.all() if leg.mode in BY_TIMETABLE], at)


def basis_of(legs: Sequence[int], at: datetime) -> Basis:
    """What is in force at a moment, with the timetables of these legs. Two queries."""
    calendars = calendars_in_force(at)
    rows = _rows(_TIMETABLES, [at, [*legs]])
    tables: dict[int, list[Validity]] = {}
    names, grades = {}, {}
    for pk, leg_id, revision, first, last, grade, lane, number, sailings, blanks in rows:
        weekly = tuple(WeeklySailing(row[0], _time(row[1]), _time(row[2]), row[3]) for row in sailings or ())
        tables.setdefault(leg_id, []).append(Validity(first, last, weekly, _closures(blanks), pk))
        names[pk] = f"{lane}-{number} r{revision}"
        grades[pk] = grade
    return Basis(calendars, {leg: LegSailings(tuple(rows)) for leg, rows in tables.items()}, names, grades)


def calendars_in_force(at: datetime) -> dict[Owner, CalendarInForce]:
    """The newest calendar of every owner that was released by a moment. One query."""
    found: dict[Owner, CalendarInForce] = {}
    rows = _rows(_CALENDARS.format(which="c.released_at <= %s"), [at])
    for row in sorted(rows, key=lambda row: row[1] != "holidays"):  # holidays first: the others look them up
        one = _calendar(row, found)
        found[one.owner] = one
    return found


def one_calendar(pk: int, at: datetime) -> CalendarInForce:
    """A revision, draft or released, with the national holidays in force at a moment. Two queries."""
    return _calendar(_rows(_CALENDARS.format(which="c.id = %s"), [pk])[0], calendars_in_force(at))


def _calendar(row: Sequence[Any], national: dict[Owner, CalendarInForce]) -> CalendarInForce:
    pk, kind, site, carrier, country_code, revision, heeds, code, country, is_plant, *rows = row
    windows, closures, openings = rows
    owner: Owner = (kind, site or carrier or country_code)
    holiday = holidays_of(country, national.get(("holidays", country))) if heeds and kind != "holidays" else None
    hours = OpenHours(
        tuple(WeekWindow(one[0], Window(_time(one[1]), _time(one[2]), one[3], one[4])) for one in windows or ()),
        PLANT_TIME,
        _closures(closures),
        tuple(
            Opening(date.fromisoformat(one[0]), Window(_time(one[1]), _time(one[2]), one[3]), one[4])
            for one in openings or ()
        ),
        **({"holiday": holiday} if holiday else {}),
    )
    return CalendarInForce(pk, owner, code, revision, hours, country, heeds, is_plant)


def holidays_of(country: str, national: CalendarInForce | None) -> Callable[[date], str]:
    """The holidays of a country: of Japan by the law as the library computes it; elsewhere, and where the released
    table of the country differs, by that table."""
    extra = national.hours.closures if national else ()
    none = {one.day for one in national.hours.openings} if national else set()

    def name(day: date) -> str:
        if day in none:
            return ""
        told = next((one.reason for one in extra if one.first_day <= day <= one.last_day), "")
        return told or (holiday_name(day) if country == "JP" else "")

    return name


def _closures(rows: Any) -> tuple[Closure, ...]:
    return tuple(Closure(date.fromisoformat(row[0]), date.fromisoformat(row[1]), row[2]) for row in rows or ())


def _time(text: str) -> time:
    return time.fromisoformat(text)


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
