"""What a planner should know of a way before the truck leaves: sailings that are missed, a day off at the end."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.words import PLANT_TIME
from logistics.lead_times.timetable import PlannedLeg
from logistics.models import Leg
from logistics.queries.timetable import Way, holiday_name
from logistics.views.saying import MODES

SATURDAY = 5


def way_notices(way: Way) -> list[dict[str, Any]]:
    """Notices for components/notice.html; none for a way without a wait that arrives on a working day."""
    notices = [_missed(leg, row) for leg, row in way.missed]
    closed = day_off_words(way.arrives_at)
    if closed:
        notices.append({"state": "late", "title": _("Arrival on a day off"), "text": closed})
    return notices


def _missed(leg: Leg, row: PlannedLeg) -> dict[str, Any]:
    text = _(
        "%(mode)s %(start)s → %(end)s closes at %(cut_off)s; the truck is there at %(ready)s. The next leaves %(next)s."
    )
    told = {
        "mode": MODES.get(leg.mode, leg.mode),
        "start": leg.start,
        "end": leg.end,
        "cut_off": _clock(leg.cut_off_at or leg.departs_at),
        "ready": _short(row.ready_at),
        "next": _short(row.starts_at),
    }
    return {"state": "late", "title": _("The sailing of that day is missed"), "text": text % told}


def day_off_words(arrives_at: datetime | None) -> str:
    """The planned arrival, where it falls on a Saturday, Sunday or public holiday of Japan; else blank."""
    if arrives_at is None:
        return ""
    day = arrives_at.astimezone(PLANT_TIME).date()
    name = holiday_name(day)
    if not name and day.weekday() < SATURDAY:
        return ""
    why = (name if get_language() == "ja" else _("public holiday")) if name else _("weekend")
    text = _("By the plan it arrives on %(moment)s (%(why)s). Ask the site whether it receives trucks that day.")
    return text % {"moment": _short(arrives_at), "why": why}


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _short(moment: datetime) -> str:
    return f"{moment.astimezone(PLANT_TIME):%m/%d %H:%M}"
