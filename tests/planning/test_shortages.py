"""Shortages by date: frozen slots and orders against stock and announced arrivals, level by level."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assembly.queries.shortages import part_plans, shortages
from tests.assembly.world import a_build, received
from tests.planning.edits import an_order
from tests.world import a_notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

TODAY = date(2026, 11, 20)


def short(number: str) -> tuple[date | None, Decimal]:
    plan = next((one for one in shortages(TODAY) if one.part.number == number), None)
    return (plan.short_on, plan.short) if plan else (None, Decimal(0))


def test_an_order_asks_for_the_slots_of_its_design_from_its_start() -> None:
    received(["SSD-M2-1T92"] * 2)
    an_order(product="GB300-CT", quantity=3, start_on=TODAY + timedelta(days=5))

    assert short("SSD-M2-1T92") == (TODAY + timedelta(days=5), Decimal(1))
    assert short("SSD-E1S-3T84") == (TODAY + timedelta(days=5), Decimal(12))


def test_a_running_build_wants_what_its_frozen_slots_lack_today() -> None:
    a_build("GB300-CT")

    assert short("SSD-E1S-3T84") == (TODAY, Decimal(4))


def test_what_is_announced_comes_in_time_or_late() -> None:
    an_order(product="GB300-CT", quantity=1, start_on=TODAY + timedelta(days=60), need_by=TODAY + timedelta(days=70))
    a_notice([{"part number": "SSD-M2-1T92", "serial": "ANN-1"}], shipped_at="2026-11-19 09:00")

    assert short("SSD-M2-1T92") == (None, Decimal(0))
    an_order(product="GB300-CT", quantity=1, start_on=TODAY)
    assert short("SSD-M2-1T92")[0] == TODAY


def test_a_rack_that_lacks_trays_asks_for_their_parts_earlier() -> None:
    start = TODAY + timedelta(days=30)
    an_order(product="GB300-NVL72", quantity=1, start_on=start, need_by=start + timedelta(days=10))

    when, how_many = short("SSD-E1S-3T84")
    assert how_many == 18 * 4
    assert when is not None
    assert TODAY < when < start
    assert not any(plan.part.number == "GB300-CT" for plan in shortages(TODAY))  # built here, not bought


def test_the_questions_are_as_many_for_one_order_as_for_thirty() -> None:
    an_order()
    with CaptureQueriesContext(connection) as one:
        part_plans(TODAY)
    for _turn in range(29):
        an_order(product="GB300-NVL72")
    with CaptureQueriesContext(connection) as thirty:
        part_plans(TODAY)

    assert len(one) == len(thirty) <= 11
