"""The plan of a way: nobody leaves before being there, no sailing is caught after its cut-off, none is let go."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from logistics.lead_times.timetable import LegTimes, planned, sailing

JST = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
FERRY = LegTimes(2, 12.5, time(20, 0), time(18, 30))
minutes = st.integers(0, 60 * 24 * 400).map(lambda count: NOON + timedelta(minutes=count))
times = st.times().map(lambda one: one.replace(second=0, microsecond=0))


@st.composite
def a_leg(draw):
    hours = draw(st.floats(0.5, 60))
    if draw(st.booleans()):
        return LegTimes(1, hours)
    departs = draw(times)
    cut_off = draw(st.one_of(st.none(), times.filter(lambda one: one <= departs)))
    return LegTimes(1, hours, departs, cut_off)


@given(a_leg(), minutes)
def test_a_leg_leaves_when_one_is_there_and_within_a_day(leg, ready):
    start = sailing(leg, ready, JST)

    assert ready <= start < ready + timedelta(days=2)
    if leg.departs_at is None:
        assert start == ready
    else:
        assert start.astimezone(JST).timetz().replace(tzinfo=None) == leg.departs_at
        assert ready <= datetime.combine(start.date(), leg.closes_at, JST)


@given(a_leg(), minutes)
def test_no_earlier_sailing_could_have_been_caught(leg, ready):
    start = sailing(leg, ready, JST)

    if leg.departs_at is not None:
        assert datetime.combine(start.date() - timedelta(days=1), leg.closes_at, JST) < ready


@given(st.lists(a_leg(), min_size=1, max_size=5), minutes)
def test_each_leg_begins_after_the_one_before(legs, departure):
    rows = planned(legs, departure, JST)

    at = departure
    for leg, row in zip(legs, rows, strict=True):
        assert row.ready_at == at <= row.starts_at
        assert row.ends_at - row.starts_at == timedelta(hours=leg.hours)
        at = row.ends_at


@given(a_leg(), minutes, st.integers(1, 500))
def test_who_comes_later_leaves_no_earlier(leg, ready, later):
    assert sailing(leg, ready + timedelta(minutes=later), JST) >= sailing(leg, ready, JST)


def test_the_cut_off_decides_to_the_minute():
    there = datetime(2026, 11, 20, 18, 30, tzinfo=JST)

    kept, missed = (planned([FERRY], there + timedelta(minutes=late), JST)[0] for late in (0, 1))
    assert (kept.missed, kept.starts_at.day) == (False, 20)
    assert (missed.missed, missed.starts_at.day) == (True, 21)
