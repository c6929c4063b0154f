"""Calendars and timetables as released data: drafts, releases, what is refused, what is fixed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from logistics.models import Calendar, CalendarWindow, Timetable
from logistics.operations.calendar_rules import CalendarWrong
from logistics.operations.calendars import (
    CalendarContent,
    CalendarOwner,
    CalendarReasonWanted,
    ClosureRow,
    NoHours,
    OpeningRow,
    UnknownCalendar,
    WindowRow,
    draft_calendar,
    release_calendar,
)
from logistics.operations.lanes import UnknownCarrier
from logistics.operations.sites import UnknownSite
from logistics.operations.timetables import (
    NoSailings,
    SailingRow,
    UnknownLeg,
    UnknownTimetable,
    draft_timetable,
    release_timetable,
)
from logistics.queries.way_basis import calendars_in_force
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.released import DOCK, FERRY, GATE, JAPAN, LONG_AGO, PLANT, SITE, a_calendar, a_timetable
from tests.logistics.world import LANE, lanes

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def ways() -> Iterator[None]:
    lanes()
    with translation.override("en"):
        yield


def drafted(content: CalendarContent = GATE, owner: CalendarOwner = PLANT, version: int = 0) -> Calendar:
    return draft_calendar(caller=a_caller("plan"), owner=owner, content=content, version=version)


def test_draft_judges_nothing_and_its_release_does() -> None:
    draft = drafted()
    assert calendars_in_force(NOON) == {}

    released = release_calendar(caller=a_caller("plan"), calendar_id=draft.pk, version=1, reason="agreed")

    told = Event.objects.get(kind="logistics.calendar-released").payload
    assert (told["calendar"], told["reason"], told["revision"]) == ("JPHRM-1 r1", "agreed", 1)
    assert "5 22:00–06:00+1 夜間" in told["windows"] and "年末年始" in told["closures"]
    assert [str(one) for one in calendars_in_force(NOON).values()] == ["JPHRM-1 r1"]
    assert str(released.released_by) and calendars_in_force(LONG_AGO) == {}


def test_draft_is_changed_whole_and_the_event_tells_what_differs() -> None:
    draft = drafted()
    drafted(replace(GATE, closures=[], closes_on_holidays=False), version=draft.version)

    changes = Event.objects.get(kind="logistics.calendar-changed").payload["changes"]
    assert set(changes) == {"closures", "closes_on_holidays"}
    assert changes["closures"][1] == ""
    assert draft.closures.count() == 0 and draft.windows.count() == 3


def test_the_same_rows_again_change_nothing() -> None:
    draft = drafted()
    same = drafted(replace(GATE, windows=GATE.windows[::-1]), version=draft.version)

    assert (same.pk, same.version) == (draft.pk, draft.version)
    assert Event.objects.filter(kind="logistics.calendar-changed").count() == 0


def test_next_revision_is_a_draft_beside_the_released_one() -> None:
    first = a_calendar(SITE, DOCK)
    second = drafted(replace(DOCK, closes_on_holidays=False), SITE)

    assert (first.revision, second.revision, second.released_at) == (1, 2, None)
    with refused(StaleEdit):
        drafted(DOCK, SITE)  # who did not see that draft


def hours(**others: object) -> CalendarContent:
    row = {"days": "12345", "opens": "08:00", "closes": "17:00", **others}
    return CalendarContent(windows=[WindowRow(**row)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "say"),
    [
        (hours(closes="08:00"), "ends before it begins"),
        (hours(closes="09:00", next_day=True), "longer than a day"),
        (hours(days=""), "weekdays"),
        (hours(days="128"), "weekdays"),
        (hours(opens="25:00"), "25:00"),
        (hours(name="x" * 61), "longer than 60"),
        (replace(hours(), windows=hours().windows * 2), "overlap"),
        (
            CalendarContent(
                windows=[
                    WindowRow(days="7", opens="22:00", closes="06:00", next_day=True),
                    WindowRow(days="1", opens="05:00", closes="12:00"),
                ]
            ),
            "overlap",
        ),
        (CalendarContent(closures=[ClosureRow(first_day=DAY, last_day=date(2026, 11, 30), reason="x")]), "before"),
        (CalendarContent(closures=[ClosureRow(first_day=DAY, last_day=DAY, reason=" ")]), "reason"),
        (CalendarContent(closures=[ClosureRow(first_day=DAY, last_day=date(2028, 1, 1), reason="x")]), "a year"),
        (CalendarContent(closures=[ClosureRow(first_day=DAY, last_day=DAY, reason="x")] * 2), "meet on 2026-12-01"),
        (CalendarContent(openings=[OpeningRow(day=DAY, opens="09:00", closes="12:00", reason="")]), "reason"),
        (CalendarContent(openings=[OpeningRow(day=DAY, opens="09:00", closes="12:00", reason="x")] * 2), "overlap"),
        (CalendarContent(closures=[ClosureRow(first_day=date(202, 1, 1), last_day=DAY, reason="x")]), "2000"),
        (CalendarContent(windows=hours().windows * 101), "at most 100"),
    ],
)
def test_rows_that_make_no_calendar_are_refused(content: CalendarContent, say: str) -> None:
    with refused(CalendarWrong) as caught:
        drafted(content)
    assert say in str(caught.value.say)


def test_nights_that_touch_do_not_overlap() -> None:
    nights = [WindowRow(days="1234567", opens="22:00", closes="06:00", next_day=True)]
    days = [WindowRow(days="1234567", opens="06:00", closes="22:00")]

    assert drafted(CalendarContent(windows=nights + days)).windows.count() == 2


@pytest.mark.parametrize(
    ("owner", "refusal"),
    [
        (CalendarOwner(kind="site", code="NO-SITE"), UnknownSite),
        (CalendarOwner(kind="carrier", code="CR-NONE"), UnknownCarrier),
        (CalendarOwner(kind="customs", code="JPN"), CalendarWrong),
    ],
)
def test_calendar_of_nobody_is_refused(owner: CalendarOwner, refusal: type[Exception]) -> None:
    with refused(refusal):
        drafted(owner=owner)


def test_holidays_have_days_and_no_hours() -> None:
    with refused(CalendarWrong):
        drafted(GATE, JAPAN)
    table = CalendarContent(
        closures=[ClosureRow(first_day=DAY, last_day=DAY, reason="即位の日")],
        openings=[OpeningRow(day=date(2026, 11, 23), opens="00:00", closes="00:00", next_day=True, reason="moved")],
    )
    a_calendar(JAPAN, table)
    a_calendar(SITE, DOCK)

    dock = next(one for one in calendars_in_force(NOON).values() if one.code == "JPSEN-1").hours
    assert (dock.on(DAY).kind, dock.on(DAY).reason) == ("holiday", "即位の日")
    assert dock.works_on(date(2026, 11, 23))


def test_what_never_opens_or_gives_no_reason_is_not_released() -> None:
    draft = drafted(CalendarContent())
    with refused(NoHours):
        release_calendar(caller=a_caller("plan"), calendar_id=draft.pk, version=1, reason="x")
    with refused(CalendarReasonWanted):
        release_calendar(caller=a_caller("plan"), calendar_id=draft.pk, version=1, reason=" ")
    released = a_calendar(SITE, DOCK)
    with refused(UnknownCalendar):
        release_calendar(caller=a_caller("plan"), calendar_id=released.pk, version=2, reason="x")


def test_who_keeps_no_calendars_is_refused() -> None:
    a_caller("mei")
    with refused(NotPermitted):
        draft_calendar(caller=a_caller("mei"), owner=PLANT, content=GATE)
    with refused(NotPermitted):
        draft_timetable(caller=a_caller("mei"), lane_code=LANE, leg_number=2, content=FERRY)


@pytest.mark.parametrize("change", ["UPDATE {t} SET {k} = {k} WHERE {k} = {id}", "DELETE FROM {t} WHERE {k} = {id}"])
def test_wall_rows_of_what_is_released_are_fixed(change: str) -> None:
    """released_window_is_fixed, released_closure_is_fixed, released_opening_is_fixed, released_sailing_is_fixed,
    released_blank_sailing_is_fixed."""
    table = CalendarContent(openings=[OpeningRow(day=DAY, opens="09:00", closes="12:00", reason="x")])
    kept = a_calendar(PLANT, replace(GATE, openings=table.openings))
    sails = a_timetable()
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        CalendarWindow.objects.create(calendar=kept, days="6", opens="08:00", closes="09:00")
    for row in (kept.windows, kept.closures, kept.openings, sails.sailings, sails.blanks):
        sql = change.format(t=row.model._meta.db_table, k="id", id=row.all()[0].pk)
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_timetable_is_drafted_changed_and_released() -> None:
    draft = draft_timetable(caller=a_caller("plan"), lane_code=LANE, leg_number=2, content=FERRY)
    later = replace(FERRY, valid_to=date(2027, 3, 31), blanks=[])
    draft = draft_timetable(caller=a_caller("plan"), lane_code=LANE, leg_number=2, content=later, version=1)
    release_timetable(caller=a_caller("plan"), timetable_id=draft.pk, version=2, reason="notice")

    changed = Event.objects.get(kind="logistics.timetable-changed").payload["changes"]
    told = Event.objects.get(kind="logistics.timetable-released").payload
    assert set(changed) == {"valid_to", "blanks"}
    assert told["sailings"] == "123456 17:55 (16:30)" and told["valid_to"] == "2027-03-31"
    assert Timetable.objects.get().reason == "notice"


@pytest.mark.parametrize(
    "others",
    [
        {"sailings": [SailingRow(days="1", departs_at="17:55", cut_off_at="18:00")]},
        {"sailings": [SailingRow(days="1", departs_at="17:55", cut_off_at="16:00", cut_off_days=15)]},
        {"sailings": [SailingRow(days="1", departs_at="17:55", cut_off_at="16:00")] * 2},
        {"valid_to": date(2026, 1, 1)},
        {"blanks": [ClosureRow(first_day=DAY, last_day=DAY, reason="")]},
    ],
)
def test_rows_that_make_no_timetable_are_refused(others: dict[str, object]) -> None:
    content = replace(FERRY, **others)  # type: ignore[arg-type]
    with refused(CalendarWrong):
        draft_timetable(caller=a_caller("plan"), lane_code=LANE, leg_number=2, content=content)


def test_roads_and_unknown_legs_have_no_timetable() -> None:
    for number in (1, 9):
        with refused(UnknownLeg):
            draft_timetable(caller=a_caller("plan"), lane_code=LANE, leg_number=number, content=FERRY)


def test_timetable_without_sailings_is_not_released() -> None:
    empty = draft_timetable(caller=a_caller("plan"), lane_code=LANE, leg_number=2, content=replace(FERRY, sailings=[]))
    with refused(NoSailings):
        release_timetable(caller=a_caller("plan"), timetable_id=empty.pk, version=1, reason="x")
    with refused(UnknownTimetable):
        release_timetable(caller=a_caller("plan"), timetable_id=0, version=1, reason="x")
