"""Calendars and timetables as tests release them: a plant by day and night, a site on working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from logistics.models import Calendar, Timetable
from logistics.operations.calendars import (
    CalendarContent,
    CalendarOwner,
    ClosureRow,
    WindowRow,
    draft_calendar,
    release_calendar,
)
from logistics.operations.lanes import LaneNames, LegPlan, define_carrier, define_lane
from logistics.operations.sites import SiteWords, define_site
from logistics.operations.timetables import SailingRow, TimetableContent, draft_timetable, release_timetable
from tests.cast import NOON, a_caller
from tests.logistics.world import LANE
from tests.world import a_location, fresh

LONG_AGO = NOON - timedelta(days=30)
PLANT = CalendarOwner(kind="site", code="JPHRM-1")
SITE = CalendarOwner(kind="site", code="JPSEN-1")
DRIVER = CalendarOwner(kind="carrier", code="CR-AKASHI")
JAPAN = CalendarOwner(kind="holidays", code="JP")

GATE = CalendarContent(
    windows=[
        WindowRow(days="12345", opens="06:00", closes="14:00", name="一直"),
        WindowRow(days="12345", opens="14:00", closes="22:00", name="二直"),
        WindowRow(days="5", opens="22:00", closes="06:00", next_day=True, name="夜間"),
    ],
    closures=[ClosureRow(first_day=date(2026, 12, 29), last_day=date(2027, 1, 4), reason="年末年始")],
)
DOCK = CalendarContent(windows=[WindowRow(days="12345", opens="09:00", closes="17:00", name="荷受")])
FERRY = TimetableContent(
    valid_from=date(2026, 10, 1), grade="B", source="carrier's site",
    sailings=[SailingRow(days="123456", departs_at="17:55", cut_off_at="16:30")],
    blanks=[ClosureRow(first_day=date(2026, 12, 8), last_day=date(2026, 12, 9), reason="ドック")],
)  # fmt: skip


def a_calendar(owner: CalendarOwner, content: CalendarContent, at: datetime = LONG_AGO, **others: Any) -> Calendar:
    """A released calendar."""
    draft = draft_calendar(caller=a_caller("plan", at=at), owner=owner, content=replace(content, **others))
    return release_calendar(
        caller=a_caller("plan", at=at), calendar_id=draft.pk, version=draft.version, reason="agreed"
    )


def a_timetable(content: TimetableContent = FERRY, at: datetime = LONG_AGO, **others: Any) -> Timetable:
    """A released timetable of the ferry to Shibushi."""
    draft = draft_timetable(
        caller=a_caller("plan", at=at), lane_code=LANE, leg_number=2, content=replace(content, **others)
    )
    return release_timetable(
        caller=a_caller("plan", at=at), timetable_id=draft.pk, version=draft.version, reason="notice"
    )


def a_carrier() -> str:
    """A carrier of its own, by its code."""
    code = fresh("CR-").upper()
    define_carrier(caller=a_caller("plan"), code=code, name_ja="試験運輸", name_en="Test Haulage")
    return code


def a_ferry_lane() -> str:
    """A lane of its own with one ferry leg, by its code."""
    ends = []
    for kind in ("plant", "customer"):
        code, dock = fresh("JP").upper(), fresh("D-").upper()
        a_location(dock, "dock")
        define_site(
            caller=a_caller("plan"), code=code, site_kind=kind, words=SiteWords("試験", "Test"), location_code=dock
        )
        ends.append(code)
    lane = fresh("L-").upper()
    leg = LegPlan("ferry", "甲", "A", "乙", "B", a_carrier(), Decimal(9), departs_at="20:00", cut_off_at="18:30")
    define_lane(
        caller=a_caller("plan"), code=lane, names=LaneNames("試験線", "Test lane"), origin_code=ends[0],
        destination_code=ends[1], legs=[leg],
    )  # fmt: skip
    return lane
