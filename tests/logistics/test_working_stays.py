"""Working days beside calendar days: what of a stay falls on working days of the plant's released calendar."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from documents.words import PLANT_TIME
from logistics.lead_times.calendars import Closure, OpenHours, Opening, WeekWindow, Window
from logistics.lead_times.working_time import WorkingTime
from logistics.queries.comparison import CompareWish, compare_page
from logistics.queries.stays import stays_of
from logistics.queries.working_stays import working_statistics
from tests.cast import NOON
from tests.logistics.released import DOCK, DRIVER, GATE, PLANT, SITE, a_calendar
from tests.logistics.test_pages import asked, client_of
from tests.logistics.world import HOUR, a_build, a_crate, a_tested_rack, departed, lanes, run

DAY = timedelta(days=1)
DAYS = Window(time(6), time(22))
HOURS = OpenHours(
    (WeekWindow("12345", DAYS), WeekWindow("5", Window(time(22), time(6), next_day=True))), PLANT_TIME,
    (Closure(date(2026, 12, 29), date(2027, 1, 4), "year end"),), (Opening(date(2026, 12, 19), DAYS, "a Saturday"),),
)  # fmt: skip


def by_slices(hours: OpenHours, begin: datetime, end: datetime) -> float:
    """The same by hand: every day of the stretch apart, its hours counted where the calendar works."""
    total, day = timedelta(), begin.astimezone(PLANT_TIME).date()
    while (midnight := datetime.combine(day, time(), PLANT_TIME)) < end:
        if hours.works_on(day):
            total += min(end, midnight + DAY) - max(begin, midnight)
        day += DAY
    return total / DAY


def test_working_days_are_the_part_of_a_stretch_on_working_days():
    draw, first = random.Random(7), datetime(2026, 12, 1, tzinfo=UTC)
    begins = [first + draw.random() * 40 * DAY for _ in range(200)]
    ends = [begin + draw.random() ** 3 * 20 * DAY for begin in begins]

    days = WorkingTime(HOURS, date(2026, 12, 1), date(2027, 1, 31)).between(begins, ends)

    assert list(days) == pytest.approx([by_slices(HOURS, *both) for both in zip(begins, ends, strict=True)], abs=1e-9)
    assert any(day < (end - begin) / DAY - 1 for day, begin, end in zip(days, begins, ends, strict=True))


@pytest.mark.django_db
def test_the_plants_stages_stand_in_working_days_without_repair_and_open_ones_count_as_open():
    lanes()
    for owner in (PLANT, SITE, DRIVER):  # neither the site's nor the driver's judges the plant
        a_calendar(owner, GATE if owner == PLANT else DOCK)
    tested = NOON - 3 * DAY  # a Tuesday: its test began on Sunday and has the Monday only
    a_crate(a_tested_rack(tested), at=tested + 6 * HOUR)
    run(a_build(NOON - 8 * DAY), 10, NOON - 7 * DAY)

    facts = compare_page(CompareWish(), NOON)

    assert str(facts.calendar) == "JPHRM-1 r1"
    assert set(facts.working) == {"inbound", "assembly", "test_burnin", "pack"}
    hours = facts.calendar.hours
    stays = [stay for life in facts.lives for stay in stays_of(life, NOON)]
    for stage in ("test_burnin", "pack"):
        (stay,) = [one for one in stays if one.stage == stage]
        worked = by_slices(hours, stay.entered_at, stay.left_at)
        assert facts.working[stage].p50 == pytest.approx(worked)
        assert (worked < stay.days) is (stage == "test_burnin")
    assert (facts.working["assembly"].n_closed, facts.working["assembly"].n_open) == (1, 1)

    (life,) = [one for one in facts.lives if one.sealed_at]
    (stay,) = [one for one in stays_of(life, NOON) if one.stage == "test_burnin"]
    monday = stay.left_at - DAY
    spells = ((monday, monday + 5 * HOUR), (monday + 3 * HOUR, monday + 9 * HOUR), (monday - 2 * DAY, monday - DAY))
    repaired = working_statistics([replace(life, repairs=spells)], NOON, hours)
    without = by_slices(hours, stay.entered_at, stay.left_at) - 9 / 24
    assert repaired["test_burnin"].p50 == pytest.approx(without)
    assert repaired["repair_retest"].n_closed == 2


@pytest.mark.django_db
def test_the_page_says_by_which_calendar_and_that_none_is_released():
    lanes()
    tested = NOON - 6 * DAY
    departed([a_crate(a_tested_rack(tested), at=tested + 6 * HOUR)], at=tested + 20 * HOUR)
    client, address = client_of("rosa"), reverse("lead_times")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    page, statements = asked(client, address, "en")
    assert page.count("no calendar released") == 5
    assert page.count(">calendar days only<") == 4
    a_calendar(PLANT, GATE)
    page, again = asked(client, address, "en")

    assert "falls on working days of JPHRM-1 r1" in page
    assert "no calendar released" not in page
    assert len(again) == len(statements)
