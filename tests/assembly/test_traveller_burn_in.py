"""traveller_sheet: the soak clock, why it stood, and the series in figures."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assembly.queries.traveller import traveller_sheet
from documents.words import Words
from inventory.operations.holds import place_hold
from tests.assembly.burn_in_world import feed
from tests.assembly.paper_world import a_complete_rack, a_soaking_rack
from tests.cast import a_caller

pytestmark = pytest.mark.django_db


def test_burn_in_tells_its_clock_and_why_it_stood() -> None:
    build, burn_in = a_soaking_rack()
    start = burn_in.started_at

    told = traveller_sheet(build.pk).burn_ins[0]

    assert (told.cell, told.required_minutes, told.counted_minutes) == ("A-01", 60, 18)
    assert (told.state, told.verdict) == ("running", "")
    assert [(one.minutes, one.ended_at is None) for one in told.intervals] == [(10, False), (8, True)]
    assert [(gap.minutes, gap.reason) for gap in told.gaps] == [(12, Words("欠測", "no data"))]
    assert told.gaps[0].started_at == start + timedelta(minutes=10)


def test_alarm_stops_the_clock_and_names_its_series() -> None:
    build, burn_in = a_soaking_rack()
    feed(burn_in, [31], [30.0, 130.0, 1.0])
    feed(burn_in, [35], [30.0, 130.0, 1.0])

    sheet = traveller_sheet(build.pk)

    told = sheet.burn_ins[0]
    assert (sheet.current, told.state) == ("stopped", "stopped")
    assert told.gaps[-1].ended_at is None
    assert told.gaps[-1].reason == Words("警報 漏液", "alarm: Leak")


def test_finished_burn_in_has_its_series_in_figures() -> None:
    told = traveller_sheet(a_complete_rack().pk).burn_ins[0]

    assert (told.state, told.verdict, told.counted_minutes) == ("finished", "pass", 77)
    supply, power, leak = told.series
    assert (supply.minimum, supply.mean, supply.maximum) == (Decimal("30.00"),) * 3
    assert (supply.samples, supply.verdict, power.high, leak.verdict) == (79, "pass", Decimal("150.00"), "pass")


def test_hold_on_the_rack_stops_the_work_in_hand() -> None:
    build, _burn_in = a_soaking_rack()

    place_hold(caller=a_caller("tanaka"), target=build.unit.tag, reason="Leak")

    assert traveller_sheet(build.pk).current == "stopped_held"
