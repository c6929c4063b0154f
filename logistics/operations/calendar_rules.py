"""What a calendar or a timetable may say: the rules of its rows, each refused with a sentence."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from inventory.text import refuse_unprintable
from ledger.refusals import Refusal
from logistics.lead_times.calendars import WeekWindow, Window, overlap

ROWS_LIMIT = 100
"""Rows of one kind in a revision: more is no calendar that anybody reads."""
NAME_LIMIT, REASON_LIMIT = 60, 300
LONGEST = timedelta(days=366)


class CalendarWrong(Refusal):
    """The rows do not make a calendar: no weekday, hours that end before they begin, overlaps, no reason."""


def wrong(say: str) -> CalendarWrong:
    """Step: the refusal of a row."""
    return CalendarWrong(say, true=_("Nothing was recorded."), do=_("Correct that row and save again."))


def refuse_odd_calendar(kind: str, content: Any) -> None:
    """Step: refuse CalendarWrong unless the rows of a calendar make sense."""
    refuse_too_many(content.windows, content.closures, content.openings)
    if kind == "holidays" and content.windows:
        raise wrong(_("National holidays have no hours."))
    for row in (*content.windows, *content.openings):
        refuse_odd_hours(row)
    for row in content.windows:
        days_in_order(row.days)
        refuse_long(row.name, NAME_LIMIT)
    for row in content.openings:
        refuse_no_reason_of_row(row.reason)
        refuse_far(row.day)
    refuse_odd_closures(content.closures)
    _refuse_overlaps(content)


def refuse_too_many(*lists: list[Any]) -> None:
    """Step: refuse a revision with more rows than anybody reads."""
    if any(len(rows) > ROWS_LIMIT for rows in lists):
        raise wrong(_("A calendar has at most %(limit)d rows of a kind.") % {"limit": ROWS_LIMIT})


def refuse_odd_hours(row: Any) -> None:
    """Step: hours run forward, and for a day at most."""
    opens, closes = clock(row.opens), clock(row.closes)
    told = {"opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}
    if not row.next_day and closes <= opens:
        raise wrong(_("%(opens)s–%(closes)s ends before it begins. Hours past midnight end “on the next day”.") % told)
    if row.next_day and closes > opens:
        raise wrong(_("%(opens)s–%(closes)s on the next day is longer than a day.") % told)


def refuse_odd_closures(rows: Iterable[Any]) -> None:
    """Step: closures run forward, say their reason and do not overlap."""
    ordered = sorted(rows, key=lambda row: (row.first_day, row.last_day))
    for row in ordered:
        refuse_far(row.first_day, row.last_day)
        if row.last_day < row.first_day:
            raise wrong(
                _("A closure ends on %(last)s, before it begins on %(first)s.")
                % {"first": row.first_day.isoformat(), "last": row.last_day.isoformat()}
            )
        if row.last_day - row.first_day > LONGEST:
            raise wrong(_("A closure lasts a year at most."))
        refuse_no_reason_of_row(row.reason)
    for before, after in itertools.pairwise(ordered):
        if after.first_day <= before.last_day:
            raise wrong(
                _("Two closures meet on %(day)s: “%(one)s” and “%(other)s”.")
                % {"day": after.first_day.isoformat(), "one": before.reason[:40], "other": after.reason[:40]}
            )


def _refuse_overlaps(content: Any) -> None:
    week = tuple(WeekWindow(days_in_order(row.days), _window(row)) for row in content.windows)
    found = overlap(week)
    if found is not None:
        raise wrong(
            _("The hours %(one)s and %(other)s overlap.")
            % {"one": _span(found[0].window), "other": _span(found[1].window)}
        )
    by_day: dict[date, list[Window]] = {}
    for row in content.openings:
        by_day.setdefault(row.day, []).append(_window(row))
    for day, windows in by_day.items():
        ordered = sorted(windows, key=lambda one: one.minutes)
        if any(after.minutes[0] < before.minutes[1] for before, after in itertools.pairwise(ordered)):
            raise wrong(_("The special hours on %(day)s overlap.") % {"day": day.isoformat()})


def _window(row: Any) -> Window:
    return Window(clock(row.opens), clock(row.closes), row.next_day)


def _span(window: Window) -> str:
    return f"{window.opens:%H:%M}–{window.closes:%H:%M}"


def clock(text: str) -> time:
    """Step: a local time of day such as "17:55". Refuses CalendarWrong."""
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or found.second or found.microsecond:
        raise wrong(_("“%(text)s” is not a time of day such as 17:55.") % {"text": text[:20]})
    return found


def days_in_order(days: str) -> str:
    """Step: weekdays as they are kept: each once, Monday first. Refuses CalendarWrong."""
    if not days.strip() or set(days.strip()) - set("1234567"):
        raise wrong(_("Name the weekdays of each row: 1 for Monday to 7 for Sunday."))
    return "".join(sorted(set(days.strip())))


def refuse_no_reason_of_row(reason: str) -> None:
    """Step: a row that is an exception says why, in words that can be printed."""
    if not reason.strip():
        raise wrong(_("A closure or a special opening says its reason."))
    refuse_long(reason, REASON_LIMIT)


def refuse_long(text: str, limit: int) -> None:
    """Step: a text that fits its column on the page."""
    refuse_unprintable(text)
    if len(text.strip()) > limit:
        raise wrong(_("A text is longer than %(limit)d characters.") % {"limit": limit})


def refuse_far(*days: date) -> None:
    """Step: days of our time."""
    if any(not 2000 <= day.year < 2100 for day in days):
        raise wrong(_("A day lies outside the years 2000 to 2099."))
