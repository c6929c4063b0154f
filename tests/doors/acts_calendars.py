"""Acts on calendars and timetables: drafts and their releases, in the office and by machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from logistics.operations.calendars import CalendarContent, CalendarOwner, WindowRow
from logistics.operations.calendars import draft_calendar as drafted
from logistics.operations.timetables import SailingRow, TimetableContent
from logistics.operations.timetables import draft_timetable as timed
from tests.doors.act import Act, Acts, caller
from tests.logistics.released import a_carrier, a_ferry_lane

HOURS = CalendarContent(windows=[WindowRow(days="12345", opens="08:00", closes="17:00", name="Day")])
SAILINGS = TimetableContent(
    valid_from=date(2026, 12, 1), grade="B", sailings=[SailingRow(days="1", departs_at="20:00", cut_off_at="18:30")]
)


def draft_calendar() -> Act:
    right = {"owner": CalendarOwner(kind="carrier", code=a_carrier()), "content": HOURS}
    odd = replace(HOURS, windows=[replace(HOURS.windows[0], closes="07:00")])
    return Act("plan", right, wrong={"content": odd}, refusal="CalendarWrong")


def release_calendar() -> Act:
    owner = CalendarOwner(kind="carrier", code=a_carrier())
    draft = drafted(caller=caller("plan"), owner=owner, content=HOURS)
    right = {"calendar_id": draft.pk, "version": 1, "reason": "Agreed with the carrier"}
    return Act("plan", right, wrong={"version": 7}, refusal="StaleEdit")


def draft_timetable() -> Act:
    right = {"lane_code": a_ferry_lane(), "leg_number": 1, "content": SAILINGS}
    return Act("plan", right, wrong={"leg_number": 9}, refusal="UnknownLeg")


def release_timetable() -> Act:
    draft = timed(caller=caller("plan"), lane_code=a_ferry_lane(), leg_number=1, content=SAILINGS)
    right = {"timetable_id": draft.pk, "version": 1, "reason": "Notice of the carrier"}
    return Act("plan", right, wrong={"reason": " "}, refusal="CalendarReasonWanted")


ACTS: Acts = {
    "logistics.draft_calendar": draft_calendar,
    "logistics.draft_timetable": draft_timetable,
    "logistics.release_calendar": release_calendar,
    "logistics.release_timetable": release_timetable,
}
