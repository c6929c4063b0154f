"""What forecasts missed is learnt in the morning, kept, and in force from then on."""

from __future__ import annotations

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from ledger.models import Event
from logistics.lead_times import misses, recalibration
from logistics.models import Forecast, Recalibration
from logistics.operations import recalibrations
from logistics.operations.forecasts import record_forecasts
from logistics.queries.calibration import calibration_record
from logistics.queries.outlook import MODEL, as_learnt, outlook
from tests.cast import NOON, a_caller, person
from tests.logistics.world import HOUR, a_build, received, run

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def three_received_racks() -> None:
    """One after the other, so that the first one is known when the others begin."""
    for days in (45, 25, 6):
        received(at=NOON - days * DAY)


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two delivered racks teach, after the first one: thirty would take a minute to build."""
    for place, name, value in (
        (recalibration, "LEAST", 2), (recalibrations, "LEAST", 2), (misses, "OWN_FROM", 1), (recalibrations, "OWN_FROM",
        1),
    ):  # fmt: skip
        monkeypatch.setattr(place, name, value)


def a_young_rack() -> int:
    build = a_build(NOON - 2 * DAY)
    run(build, 10, NOON - DAY)
    return build.unit_id


def taught(p50: str) -> Recalibration:
    """A row as the morning writes it."""
    return Recalibration.objects.create(
        made_at=NOON - DAY, model=MODEL, delivered=40, horizon_days=Decimal("2.000"), p10_shift=Decimal(p50),
        p50_shift=Decimal(p50), p80_shift=Decimal(p50), p95_shift=Decimal(p50), event_id=1,
    )  # fmt: skip


def test_with_few_racks_nothing_is_learnt() -> None:
    three_received_racks()
    a_young_rack()

    record_forecasts(caller=a_caller("rosa"))

    assert not Recalibration.objects.exists()
    event = Event.objects.get(kind="logistics.forecast-made")
    assert event.payload["recalibrated_on"] == 0


@pytest.mark.usefixtures("few_are_enough")
def test_the_morning_learns_once_and_forecasts_by_it(client: Client) -> None:
    three_received_racks()
    a_young_rack()

    record_forecasts(caller=a_caller("rosa"))
    record_forecasts(caller=a_caller("rosa", at=NOON + HOUR))

    row = Recalibration.objects.get()
    assert (row.made_at, row.model, row.delivered) == (NOON, MODEL, 2)
    event = Event.objects.get(pk=row.event_id)
    assert (event.kind, event.subject_id) == ("logistics.forecasts-recalibrated", row.pk)
    assert event.payload["p50_shift"] == str(row.p50_shift)
    forecasts = Event.objects.filter(kind="logistics.forecast-made")
    assert [one.payload["recalibrated_on"] for one in forecasts] == [2, 2]
    record = calibration_record(NOON + 2 * HOUR)
    assert record.recalibration == as_learnt(row) and record.since == NOON

    client.force_login(person("rosa"))
    page = client.get("/lead-times/record/", {"of": "again"}, headers={"Accept-Language": "en"})
    assert "2" in page.context["recalibration"] and "P50" in page.context["recalibration"]
    answer = client.get(reverse("api_forecast_record")).json()
    assert answer["recalibration"]["is_on"] and answer["recalibration"]["delivered"] == 2


@pytest.mark.usefixtures("few_are_enough")
def test_it_is_learnt_again_after_a_month_or_ten_racks() -> None:
    three_received_racks()
    record_forecasts(caller=a_caller("rosa"))
    later = NOON + 31 * DAY
    record_forecasts(caller=a_caller("rosa", at=later))
    assert Recalibration.objects.count() == 1  # no rack more: nothing to learn

    received(at=NOON + 25 * DAY)
    record_forecasts(caller=a_caller("rosa", at=later + DAY))

    assert list(Recalibration.objects.order_by("pk").values_list("delivered", flat=True)) == [2, 3]


def test_a_lesson_moves_windows_and_the_chance_of_delay_alike() -> None:
    rack = a_young_rack()
    before = outlook(NOON).by_unit[rack]
    taught("-0.4000")

    after = outlook(NOON).by_unit[rack]

    assert (after.p50_at - NOON) / (before.p50_at - NOON) == pytest.approx(math.exp(-0.4), rel=0.02)
    assert NOON < after.p10_at <= after.p50_at <= after.p80_at <= after.p95_at
    assert after.p_late is not None and before.p_late is not None and after.p_late <= before.p_late
    assert outlook(NOON - 2 * DAY).recalibration.delivered == 0  # nobody knew it then


def test_a_lesson_of_another_model_is_not_taken() -> None:
    rack = a_young_rack()
    before = outlook(NOON).by_unit[rack]
    Recalibration.objects.create(
        made_at=NOON - DAY, model="stage-mc-0", delivered=99, horizon_days=2, p10_shift=1, p50_shift=1, p80_shift=1,
        p95_shift=1, event_id=1,
    )  # fmt: skip

    assert outlook(NOON).by_unit[rack] == before
    record_forecasts(caller=a_caller("rosa"))
    assert Forecast.objects.get().model == MODEL
