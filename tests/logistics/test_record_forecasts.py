"""What was forecast is kept."""

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Forecast
from logistics.operations.forecasts import DrawsOutOfRange, record_forecasts
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_tested_rack, departed, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def racks():
    received()
    departed(at=NOON - 5 * HOUR)
    return a_tested_rack()


def test_each_open_rack_has_its_window(racks):
    answer = record_forecasts(caller=a_caller("rosa"))

    assert answer["forecasts"] == Forecast.objects.count() == 2
    row = Forecast.objects.get(unit=racks)
    assert NOON < row.p10_at <= row.p50_at <= row.p80_at <= row.p95_at
    assert row.made_at == NOON
    event = Event.objects.get(pk=row.event_id)
    assert (event.kind, event.subject_id) == ("logistics.forecast-made", racks.pk)
    assert event.payload["stage"] == "pack"


def test_same_instant_and_seed_give_the_same_window(racks):
    record_forecasts(caller=a_caller("rosa"))
    record_forecasts(caller=a_caller("rosa"))

    first, second = Forecast.objects.filter(unit=racks)
    assert (first.p50_at, first.p95_at, first.p_late) == (second.p50_at, second.p95_at, second.p_late)


def test_same_key_forecasts_once(racks):
    first = record_forecasts(caller=a_caller("rosa", key="k"))

    assert record_forecasts(caller=a_caller("rosa", key="k")) == first
    assert Forecast.objects.count() == 2


def test_wrong_draws_and_strangers_are_refused(racks):
    a_caller("mei")
    with refused(DrawsOutOfRange):
        record_forecasts(caller=a_caller("rosa"), draws=0)
    with refused(NotPermitted):
        record_forecasts(caller=a_caller("mei"))


def test_wall_a_forecast_is_never_rewritten(racks):
    record_forecasts(caller=a_caller("rosa"))

    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Forecast.objects.update(p_late=0)
