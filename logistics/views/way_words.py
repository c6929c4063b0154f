"""What a planner should know of a way before the truck leaves: sailings that are missed, a day off at the end."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from documents.words import PLANT_TIME
from logistics.lead_times.timetable import PlannedLeg
from logistics.models import Leg, Shipment
from logistics.operations.way_judging import closed_words, why_closed
from logistics.queries.timetable import Way, closed_points, holiday_name
from logistics.queries.way_basis import Basis
from logistics.text import moment_words
from logistics.views.saying import MODES

SATURDAY = 5


def way_notices(basis: Basis, shipment: Shipment, way: Way) -> list[dict[str, Any]]:
    """Notices for components/notice.html: sailings that are missed or blank, drivers' days off, a gate or a site
    that is closed by its calendar in force; without a calendar of the site, a day off at the end."""
    lane = shipment.lane
    notices = [_missed(leg, row) for leg, row in way.missed]
    notices += [_waiting(leg, row) for leg, row in way.rows if row.closed]
    if way.stuck is not None:
        text = _("Nothing sails from %(start)s to %(end)s after the departure that was asked for.")
        told = {"start": way.stuck.start, "end": way.stuck.end}
        notices.append({"state": "stop", "title": _("No sailing"), "text": text % told})
    for closed in closed_points(basis, lane, shipment.carrier, shipment.planned_departure_at, way.arrives_at):
        title = _("Closed by calendar %(name)s") % {"name": str(closed.calendar)}
        opens = _("It opens on %(moment)s.") % {"moment": moment_words(closed.opens_at)} if closed.opens_at else ""
        notices.append({"state": "late", "title": title, "text": closed_words(closed), "more": opens})
    day_off = "" if basis.of_site(lane.destination) else day_off_words(way.arrives_at)
    if day_off:
        notices.append({"state": "late", "title": _("Arrival on a day off"), "text": day_off})
    return notices


def _waiting(leg: Leg, row: PlannedLeg) -> dict[str, Any]:
    """A leg that waits until who drives it, or customs, work."""
    text = _("%(start)s → %(end)s waits from %(ready)s to %(begin)s: %(why)s.") % {
        "start": leg.start, "end": leg.end, "ready": _short(row.ready_at), "begin": _short(row.starts_at),
        "why": ", ".join(dict.fromkeys(why_closed(day) for day in row.closed)),
    }  # fmt: skip
    return {"state": "late", "title": _("The way waits"), "text": text}


def days_on_way(basis: Basis, shipment: Shipment, way: Way) -> str | None:
    """Elapsed days, and beside them, never mixed, the working days of the site's calendar (MODEL 2)."""
    if way.arrives_at is None:
        return None
    begin = shipment.planned_departure_at
    told = _("%(days)s elapsed days") % {"days": f"{(way.arrives_at - begin) / timedelta(days=1):.1f}"}
    site = basis.of_site(shipment.lane.destination)
    if site is None:
        return told
    working = site.hours.working_days(begin, way.arrives_at)
    return f"{told} · " + _("%(days)d working days of %(name)s") % {"days": working, "name": str(site)}


def _missed(leg: Leg, row: PlannedLeg) -> dict[str, Any]:
    if row.blank or row.idle_day:
        why = ", ".join(one.reason for one in row.blank) or _("no sailing on this weekday")
        text = _("%(start)s → %(end)s: %(why)s. The truck is there at %(ready)s; the next leaves %(next)s.") % {
            "start": leg.start, "end": leg.end, "why": why, "ready": _short(row.ready_at),
            "next": _short(row.starts_at),
        }  # fmt: skip
        return {"state": "late", "title": _("No sailing on that day"), "text": text}
    text = _(
        "%(mode)s %(start)s → %(end)s closes at %(cut_off)s; the truck is there at %(ready)s. The next leaves %(next)s."
    )
    told = {
        "mode": MODES.get(leg.mode, leg.mode),
        "start": leg.start,
        "end": leg.end,
        "cut_off": _missed_cut_off(leg, row),
        "ready": _short(row.ready_at),
        "next": _short(row.starts_at),
    }
    return {"state": "late", "title": _("The sailing of that day is missed"), "text": text % told}


def _missed_cut_off(leg: Leg, row: PlannedLeg) -> str:
    """The time of day at which the sailing closed: by the timetable that is sailed by, else by the lane."""
    if row.timetable and row.cut_off_at:
        return f"{row.cut_off_at.astimezone(PLANT_TIME):%H:%M}"
    return _clock(leg.cut_off_at or leg.departs_at)


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
