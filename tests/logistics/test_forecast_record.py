"""The page of past forecasts: what was given, and what past days would have said without knowing what came."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from genpin.tasks import keep_forecasts
from logistics.models import Forecast
from logistics.operations.forecasts import record_forecasts
from logistics.queries.calibration import _on, as_known, calibration_record
from logistics.queries.lives import RackLife, rack_lives
from tests import cast
from tests.cast import NOON, a_caller, person
from tests.logistics.world import HOUR, a_tested_rack, departed, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def racks() -> Any:
    received()
    departed(at=NOON - 5 * HOUR)
    return a_tested_rack()


def test_the_first_forecast_of_a_rack_is_its_claim(racks: Any) -> None:
    record_forecasts(caller=a_caller("rosa"))
    record_forecasts(caller=a_caller("rosa", at=NOON + HOUR))

    record = calibration_record(NOON + 2 * HOUR)

    assert (record.kept, len(record.claims)) == (4, 2)
    row = Forecast.objects.filter(unit=racks).earliest("made_at", "pk")
    mine = next(claim for claim in record.claims if claim.key == str(racks.pk))
    assert (mine.made_at, mine.told) == (NOON, (row.p10_at, row.p50_at, row.p80_at, row.p95_at))
    assert mine.ended_at is None


def test_what_came_later_is_not_seen(racks: Any) -> None:
    """The life of a received rack cut at any moment, and what is computed from it, are the same whatever came after."""
    lives = rack_lives(NOON + HOUR)
    whole = next(life for life in lives if life.is_received)
    assert whole.kit_ready_at is not None
    begun = max(whole.started_at, whole.kit_ready_at)
    at = begun + timedelta(minutes=1)

    known = as_known(whole, at)

    assert known is not None and known.kit_ready_at == whole.kit_ready_at
    assert not known.is_received
    assert all(moment is None or moment <= at for moment in _moments(known))
    assert as_known(whole, whole.started_at - timedelta(seconds=1)) is None
    another = replace(whole, received_at=None, arrived_at=None, accepted_at=None)
    assert as_known(another, at) == replace(known, outcome=another.outcome)
    assert [one.told for one in _on(at, [whole], [whole])] == [one.told for one in _on(at, [another], [another])]


def _moments(life: RackLife) -> list[Any]:
    steps = [moment for step in life.steps for moment in (step.passed_at, step.ended_at, step.begun_at)]
    return [life.kit_ready_at, life.sealed_at, life.departed_at, life.arrived_at, life.received_at, *steps]


def test_the_morning_s_forecasts_are_kept_once_a_day(racks: Any) -> None:
    cast.system()

    first = keep_forecasts()
    again = keep_forecasts()

    assert first == again == Forecast.objects.count() > 0


@pytest.mark.parametrize("of", ["given", "again"])
def test_the_page_and_its_file_tell_every_claim(racks: Any, client: Client, of: str) -> None:
    record_forecasts(caller=a_caller("rosa"))
    client.force_login(person("rosa"))

    page = client.get("/lead-times/record/", {"of": of})
    file = client.get("/lead-times/record/", {"of": of, "export": "csv"})

    claims = calibration_record(timezone.now(), again=of == "again").claims
    assert page.status_code == file.status_code == 200
    assert (
        len(b"".join(file.streaming_content if file.streaming else [file.content]).strip().splitlines())
        == len(claims) + 1
    )
    assert page.context["count"] == len(claims)
