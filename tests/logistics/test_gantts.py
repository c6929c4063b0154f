"""Racks over time: stays, work and plan against figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from logistics.queries.lives import rack_lives
from logistics.queries.outlook import outlook
from logistics.queries.stays import stays_of
from logistics.views.gantts import chosen_lives, plan_of, work_days, work_in
from tests.cast import person
from tests.logistics.world import HOUR, a_crate, departed, rack_of, received

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_a_stay_is_split_into_waiting_and_work_and_the_plan_stands_below() -> None:
    """Assembly: the run of operation 20 takes one hour; the haul: sealed, a day of waiting, then the road."""
    now = timezone.now().replace(microsecond=0)
    shipment = departed([a_crate(at=now - 3 * DAY)], at=now - 2 * DAY, need_by=None)
    (life,) = rack_lives(now, [rack_of(shipment).pk])
    stays = {stay.stage: stay for stay in stays_of(life, now)}

    assert work_days(life, stays["assembly"], now) == pytest.approx((1 + 1) / 24 / 2, abs=1 / 24)
    haul = stays["domestic_haul"]
    assert (haul.left_at, haul.days) == (None, pytest.approx(3.0))
    assert work_days(life, haul, now) == pytest.approx(2.0)
    assert work_in(life, haul, now) == ((now - 2 * DAY, now),)
    scenario = outlook(now).scenario
    plan = plan_of(life, scenario)
    assert life.kit_ready_at is not None
    assert plan[0][1] == life.kit_ready_at
    assert (plan[-1][2] - plan[0][1]) / DAY == pytest.approx(
        sum(
            scenario.stages[stage].p50
            for stage in ("inbound", "assembly", "test_burnin", "pack", "domestic_haul", "site_receiving")
            if stage in scenario.stages
        )
    )


def test_the_page_is_narrowed_and_gives_every_stay_as_a_file() -> None:
    now = timezone.now().replace(microsecond=0)
    done = rack_of(received(at=now - 2 * HOUR))
    shipment = departed([a_crate(at=now - 3 * DAY)], at=now - 2 * DAY, need_by=None)
    going = rack_of(shipment)
    client = Client()
    client.force_login(person("rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    page = client.get(reverse("gantts")).text
    everything = client.get(reverse("gantts"), {"state": "all"}).text
    lines = b"".join(client.get(reverse("gantts"), {"q": done.serial, "export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]

    assert going.serial in page and done.serial not in page
    assert done.serial in everything and everything.index(going.serial) < everything.index(done.serial)
    assert len(lines.splitlines()) == 1 + len(stays_of(rack_lives(now, [done.pk])[0], now))
    assert [life.unit_id for life in chosen_lives(rack_lives(now), going.serial, "open")] == [going.pk]
