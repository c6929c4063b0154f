"""Days by lane and month: counted once a shipment, few are points, densities have their area."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from logistics.charts.ridges import Ridge, density, ridge_plot
from logistics.queries.lane_days import lane_days
from tests.cast import NOON, person
from tests.logistics.world import a_crate, arrived, departed, received


def test_a_month_with_few_shows_its_shipments_and_others_a_ridge_of_area_one() -> None:
    many = (1.0, 1.2, 1.4, 2.0, 2.2, 3.0)
    grid = np.linspace(-5, 12, 4_000)

    assert np.trapezoid(density(many, grid), grid) == pytest.approx(1.0, abs=1e-3)
    assert density((2.0,) * 6, grid).max() == pytest.approx(1 / (0.1 * np.sqrt(2 * np.pi)), rel=1e-2)
    svg = ridge_plot([Ridge("2026/10", many), Ridge("2026/11", (1.0, 4.0))], 5, says="x", days_word="d")
    assert (svg.count('class="ridge"'), svg.count("<circle"), svg.count("-tick")) == (1, 2, 3)


@pytest.mark.django_db
def test_each_shipment_counts_once_in_the_month_of_its_receiving_in_japan() -> None:
    """Received on 1 November 00:30 in Japan is November, though it is October in UTC."""
    begin = datetime(2026, 10, 30, 15, 30, tzinfo=UTC)
    two = departed(
        [a_crate(at=begin - timedelta(days=2)), a_crate(at=begin - timedelta(days=2))], at=begin, need_by=None
    )
    received(arrived(two, at=begin + timedelta(hours=20)), at=begin + timedelta(days=1))

    (found,) = lane_days(NOON)

    (month,) = found.months
    assert (month.month, month.days) == (date(2026, 11, 1), pytest.approx((1.0,)))
    assert lane_days(begin) == []
    assert lane_days(NOON + timedelta(days=400)) == []
    client = Client()
    client.force_login(person("rosa"))
    page = client.get(reverse("ridges"))
    assert "2026/11" in page.text
