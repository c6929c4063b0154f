"""Calendars in the reader's words: whose, which hours, a month as a grid, the closed days of a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from logistics.lead_times.calendars import DAY, Day, OpenHours
from logistics.models import Calendar
from logistics.operations.way_judging import why_closed
from logistics.queries.calendars import month_days
from logistics.text import WEEKDAYS, day_words

KINDS: dict[str, Any] = {
    "site": gettext_lazy("Plant or site"),
    "carrier": gettext_lazy("Carrier"),
    "customs": gettext_lazy("Customs"),
    "holidays": gettext_lazy("National holidays"),
}
CLOSED_AHEAD = 366
STATES = {"week": "", "opening": "next", "closure": "stop", "holiday": "hold", "off": "void"}
"""Kind of a day → look of its cell."""


def owner_code(row: Calendar) -> str:
    """The code of whose calendar it is."""
    return row.site.code if row.site else row.carrier.code if row.carrier else row.country


def owner_words(row: Calendar) -> str:
    """Whose calendar it is, by name and code."""
    if row.site:
        return f"{row.site.name} {row.site.code}"
    if row.carrier:
        return f"{row.carrier.name} {row.carrier.code}"
    return f"{KINDS[row.kind]} {row.country}"


def days_words(days: str) -> str:
    """Weekdays as people write them: Mon–Fri, or one by one."""
    if len(days) > 2 and days in "1234567":
        return f"{WEEKDAYS[int(days[0]) - 1]}–{WEEKDAYS[int(days[-1]) - 1]}"
    return _("every day") if days == "1234567" else "・".join(str(WEEKDAYS[int(day) - 1]) for day in days)


def hours_words(row: Any) -> str:
    """08:00–17:00, past midnight with its day."""
    words = f"{row.opens:%H:%M}–{row.closes:%H:%M}"
    return _("%(hours)s on the next day") % {"hours": words} if row.next_day else words


def hours_facts(found: Calendar) -> list[dict[str, str]]:
    """The weekly hours by their weekdays. One query."""
    return [{"days": days_words(row.days), "hours": hours_words(row), "name": row.name} for row in found.windows.all()]


def month_grid(hours: OpenHours, first: date, today: date) -> list[list[dict[str, Any] | None]]:
    """Weeks from Monday to Sunday; None outside the month."""
    cells: list[dict[str, Any] | None] = [None] * first.weekday()
    cells += [_cell(one, today) for one in month_days(hours, first.year, first.month)]
    cells += [None] * (-len(cells) % 7)
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def _cell(one: Day, today: date) -> dict[str, Any]:
    return {
        "day": one.day.day,
        "label": day_words(one.day),
        "kind": one.kind,
        "hours": [hours_words(window) for window in one.windows],
        "why": why_closed(one) if not one.windows else one.reason,
        "today": one.day == today,
    }


def closed_rows(found: Calendar, hours: OpenHours, first: date) -> list[dict[str, str]]:
    """The days of a year from the first of a month on which it is closed though its weekday has hours, or open though
    it would not be; days in a row with one reason in one line."""
    rows: list[dict[str, Any]] = []
    for ahead in range(CLOSED_AHEAD):
        day = first + ahead * DAY
        one = hours.on(day)
        usual = str(day.isoweekday()) in "".join(row.days for row in hours.week)
        if one.kind == "opening":
            why, state = one.reason, "next"
        elif one.windows or not usual:
            continue
        else:
            why, state = why_closed(one), "stop"
        before = rows[-1] if rows else None
        if before and before["why"] == why and day - before["last"] <= 4 * DAY and state == "stop" == before["state"]:
            before["last"] = day
        else:
            rows.append({"first": day, "last": day, "why": why, "state": state})
    return [
        {
            "days": day_words(row["first"]) + (f" – {day_words(row['last'])}" if row["last"] != row["first"] else ""),
            "why": row["why"],
            "state": row["state"],
            "word": _("special opening") if row["state"] == "next" else _("rests"),
        }
        for row in rows
    ]
