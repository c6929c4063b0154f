"""The demo's calendars and timetables: released in its last days, so that its earlier history is judged by none; with a
draft of each that waits for its release."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from genpin.demo.plant import JAPAN, Plant
from genpin.master.calendars import MASTER_REASON, calendars, saturday_dock, timetables
from genpin.master.logistics_lanes import SITE
from logistics.operations.calendars import CalendarOwner, draft_calendar, release_calendar
from logistics.operations.timetables import draft_timetable, release_timetable

RELEASED_BEFORE = timedelta(days=8)
"""The racks that are on their way now left later; every accepted one had left before."""
AGREED = "守衛室と現地の荷受に電話で合意(山本)"
"""Why a shipment of the demo may go against a calendar: it leaves when the demo's present wants it to."""


def schedule(plant: Plant) -> None:
    """Put the releases and the drafts on the agenda."""
    plant.agenda.at(plant.agenda.end - RELEASED_BEFORE, _release, plant)
    plant.agenda.at(plant.agenda.end - timedelta(days=1, hours=3), _draft, plant)


def _release(at: datetime, plant: Plant) -> None:
    today = at.astimezone(JAPAN).date()
    for owner, content in calendars(today):
        drafted = plant.call(draft_calendar, "plan", at, owner=owner, content=content)
        plant.call(release_calendar, "plan", at, calendar_id=drafted.pk, version=1, reason=MASTER_REASON)
    for lane, leg, table in timetables(today):
        timed = plant.call(draft_timetable, "plan", at, lane_code=lane, leg_number=leg, content=table)
        plant.call(release_timetable, "plan", at, timetable_id=timed.pk, version=1, reason=MASTER_REASON)


def _draft(at: datetime, plant: Plant) -> None:
    today = at.astimezone(JAPAN).date()
    owner = CalendarOwner(kind="site", code=SITE)
    plant.call(draft_calendar, "plan", at, owner=owner, content=saturday_dock(today))
    lane, leg, table = timetables(today)[0]
    later = replace(table, valid_from=today + timedelta(days=60), blanks=[])
    plant.call(draft_timetable, "plan", at, lane_code=lane, leg_number=leg, content=later)
