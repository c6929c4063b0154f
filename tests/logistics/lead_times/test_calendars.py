"""Open hours: past midnight, over holidays and closures; what is said to be the next opening is open, none earlier."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.lead_times.calendars import Closure, OpenHours, Opening, WeekWindow, Window, overlap
from logistics.lead_times.sailings import LegSailings, Validity, WeeklySailing
from logistics.lead_times.timetable import LegTimes, NoSailing, planned
from logistics.queries.way_basis import holiday_name

JST = ZoneInfo("Asia/Tokyo")
DAY_SHIFT = WeekWindow("12345", Window(time(8), time(17), name="day"))
NIGHT = WeekWindow("5", Window(time(22), time(6), next_day=True, name="night"))
WEEK = OpenHours((DAY_SHIFT, NIGHT), JST, holiday=holiday_name)


def at(month: int, day: int, hour: int = 12, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=JST)


def test_fridays_night_lasts_into_saturday() -> None:
    assert WEEK.is_open(at(11, 21, 5, 59))
    assert not WEEK.is_open(at(11, 21, 6))
    assert WEEK.open_from(at(11, 21, 6)) == at(11, 24, 8)  # Monday the 23rd is 勤労感謝の日


def test_opening_is_included_and_closing_is_not() -> None:
    assert WEEK.is_open(at(11, 20, 8))
    assert not WEEK.is_open(at(11, 20, 17))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 9, 22), "国民の休日"),  # between 敬老の日 and 秋分の日
        (date(2027, 3, 22), "春分の日 振替休日"),
        (date(2026, 5, 6), "憲法記念日 振替休日"),
    ],
)
def test_days_that_are_holidays_by_their_neighbours_close(day: date, name: str) -> None:
    told = WEEK.on(day)

    assert (told.kind, told.reason, told.windows) == ("holiday", name, ())


def test_year_end_is_closed_through_and_the_next_opening_is_after_it() -> None:
    hours = OpenHours((DAY_SHIFT,), JST, (Closure(date(2026, 12, 29), date(2027, 1, 4), "year end"),), (), holiday_name)

    assert hours.open_from(at(12, 28, 18)) == at(1, 5, 8, year=2027)
    assert hours.working_days(at(12, 28, 9), at(1, 5, 9, year=2027)) == 1


def test_special_opening_goes_before_closure_and_holiday() -> None:
    special = Opening(date(2026, 11, 23), Window(time(10), time(12)), "stocktaking")
    hours = OpenHours((DAY_SHIFT,), JST, (Closure(date(2026, 11, 20), date(2026, 11, 25), "works"),), (special,))

    assert hours.open_from(at(11, 20, 9)) == at(11, 23, 10)
    assert hours.on(date(2026, 11, 23)).kind == "opening"


def test_what_never_opens_has_no_next_opening() -> None:
    assert OpenHours((), JST).open_from(at(11, 20)) is None


windows = st.builds(
    lambda begin, length: Window(
        time(begin // 60, begin % 60), time((begin + length) // 60 % 24, (begin + length) % 60), begin + length >= 1440
    ),
    st.integers(0, 1439),
    st.integers(1, 1440),
)
weeks = st.lists(
    st.builds(WeekWindow, st.sets(st.sampled_from("1234567"), min_size=1).map("".join), windows), min_size=1, max_size=4
).map(tuple)


@given(weeks, st.integers(0, 60 * 24 * 60))
def test_the_next_opening_is_open_and_none_is_earlier(week: tuple[WeekWindow, ...], minutes: int) -> None:
    hours = OpenHours(week, JST, (Closure(date(2026, 11, 25), date(2026, 11, 27), "works"),), holiday=holiday_name)
    asked = at(11, 20, 0) + timedelta(minutes=minutes)
    found = hours.open_from(asked)

    assert found is not None and found >= asked and hours.is_open(found)
    assert not any(hours.is_open(asked + (found - asked) * share / 7) for share in range(7) if found > asked)


@settings(max_examples=25)
@given(weeks)
def test_a_week_overlaps_where_a_minute_is_told_twice(week: tuple[WeekWindow, ...]) -> None:
    told = [0] * (7 * 1440)
    for row in week:
        begin, end = row.window.minutes
        for day in row.days:
            for minute in range(begin, end):
                told[((int(day) - 1) * 1440 + minute) % len(told)] += 1

    assert (overlap(week) is not None) == (max(told) > 1)


DAILY = WeeklySailing("1234567", time(20), time(18, 30))
OPEN_END = Validity(date(2026, 1, 1), None, (DAILY,), key=1)


def leg(*tables: Validity) -> LegTimes:
    return LegTimes(2, 12.5, sailings=LegSailings(tables))


def test_blank_sailing_is_passed_over_and_named() -> None:
    dock = Closure(date(2026, 12, 8), date(2026, 12, 9), "dock")
    row = planned([leg(Validity(date(2026, 1, 1), None, (DAILY,), (dock,), 7))], at(12, 8, 9), JST)[0]

    assert (row.starts_at, row.blank, row.timetable, row.missed) == (at(12, 10, 20), (dock,), 7, True)


def test_summer_timetable_counts_only_on_its_days() -> None:
    summer = Validity(date(2026, 12, 1), date(2026, 12, 10), (WeeklySailing("1", time(9), time(18), 3),), key=2)
    table = leg(summer, OPEN_END)

    caught = planned([table], at(12, 4, 12), JST)[0]  # Friday: Monday 7th 9:00 closes on Friday at 18:00
    missed = planned([table], at(12, 4, 18, 1), JST)[0]

    assert (caught.starts_at, caught.cut_off_at, caught.idle_day) == (at(12, 7, 9), at(12, 4, 18), True)
    assert (missed.starts_at, missed.timetable) == (at(12, 11, 20), 1)


def test_leg_whose_timetables_have_ended_is_stuck() -> None:
    with pytest.raises(NoSailing) as caught:
        planned([leg(Validity(date(2026, 1, 1), date(2026, 6, 1), (DAILY,)))], at(12, 4), JST)
    assert caught.value.number == 2


def test_road_leg_waits_for_its_driver() -> None:
    row = planned([LegTimes(3, 2, opens=(WEEK,))], at(11, 22), JST)[0]

    assert row.starts_at == at(11, 24, 8)
    assert [day.kind for day in row.closed] == ["off"]
