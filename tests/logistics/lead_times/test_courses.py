"""Forecasts by timetables and calendars: only what differs from the usual week is added, and it is exact."""

from datetime import date, datetime, time, timedelta

import numpy as np

from documents.words import PLANT_TIME
from logistics.lead_times.calendars import Closure, OpenHours, WeekWindow, Window
from logistics.lead_times.closures import WayAhead, unusual_days
from logistics.lead_times.courses import courses, departures
from logistics.lead_times.forecast import OpenRack, forecast
from logistics.lead_times.sailings import LegSailings, Validity, WeeklySailing
from logistics.lead_times.scenarios import default_scenarios
from logistics.lead_times.timetable import LegTimes, planned

MONDAY = datetime(2026, 12, 28, 9, tzinfo=PLANT_TIME)
NEW_YEAR = Closure(date(2026, 12, 31), date(2027, 1, 3), "年末年始")
DAILY = WeeklySailing("1234567", time(17, 50), time(16, 30))
FERRY = LegTimes(2, 12.0, sailings=LegSailings((Validity(date(2026, 4, 1), None, (DAILY,), (NEW_YEAR,), 7),)))
TRUCK = LegTimes(1, 6.0)
DOCK = OpenHours((WeekWindow("12345", Window(time(8), time(17))),), PLANT_TIME, (NEW_YEAR,))


def arrives(legs, dock, leaves):
    end = planned(legs, leaves, PLANT_TIME)[-1].ends_at
    return dock.open_from(end)


def test_the_days_that_differ_from_the_usual_week_are_those_of_the_plan_itself():
    found = courses([TRUCK, FERRY], [DOCK], MONDAY, PLANT_TIME)
    usual = [TRUCK, LegTimes(2, 12.0, sailings=LegSailings((Validity(date.min, None, (DAILY,)),)))]
    open_week = OpenHours(DOCK.week, PLANT_TIME)
    leaves = np.arange(0, 14, 0.25) + 1 / 96
    expected = []
    for days in leaves:
        at = MONDAY + timedelta(days=float(days))
        expected.append((arrives([TRUCK, FERRY], DOCK, at) - arrives(usual, open_week, at)) / timedelta(days=1))

    more = found.more_days(leaves)

    assert np.allclose(more, expected, atol=1e-6)
    assert more.max() > 3
    assert more[0] == 0
    assert not more[-8:].any()


def test_a_usual_week_adds_nothing_and_is_not_even_walked():
    plain = LegTimes(2, 12.0, departs_at=time(17, 50), cut_off_at=time(16, 30))
    assert courses([TRUCK, plain], [OpenHours(DOCK.week, PLANT_TIME)], MONDAY, PLANT_TIME) is None


def test_a_lane_of_a_mixture_is_held_alone():
    found = courses([TRUCK, FERRY], [DOCK], MONDAY, PLANT_TIME)
    ways = (WayAhead((), 0.5, found), WayAhead((), 0.5))
    more = unusual_days(ways, np.full(4, 2.5, np.float32), np.array([0.1, 0.4, 0.6, 0.9], np.float32))
    assert (more[:2] > 2).all()
    assert not more[2:].any()


def test_a_rack_over_new_year_is_forecast_later_and_another_keeps_its_numbers():
    domestic = default_scenarios()["DOM"]
    far, near = (OpenRack(key, domestic, "domestic_haul", 0.1) for key in ("far", "near"))
    found = courses([TRUCK, FERRY], [DOCK], MONDAY + timedelta(days=2, hours=8), PLANT_TIME)
    as_of = MONDAY + timedelta(days=2, hours=8)
    held = OpenRack("far", domestic, "domestic_haul", 0.1, ways=(WayAhead((), 1.0, found),))

    plain = forecast([far, near], as_of=as_of)
    over = forecast([held, near], as_of=as_of)

    assert over.racks[1] == plain.racks[1]
    assert over.racks[0].p10_at >= datetime(2027, 1, 4, 8, tzinfo=PLANT_TIME)
    assert over.racks[0].p50_at - plain.racks[0].p50_at > timedelta(days=3)


def test_a_ferry_that_does_not_sail_on_a_day_is_not_waited_for_on_it():
    found = departures(FERRY, MONDAY, PLANT_TIME)
    days = [(MONDAY + timedelta(days=one)).astimezone(PLANT_TIME).date() for one in found[:5]]
    assert days == [date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 30), date(2027, 1, 4), date(2027, 1, 5)]
