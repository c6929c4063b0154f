"""The pages of disruptions: the list narrowed, one with its alternatives chosen, the tower, in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from logistics.models import Disruption, Replan, Shipment
from logistics.operations.disruptions import ExpectedEnd
from tests.cast import person
from tests.logistics.storm_world import DAY, ROAD, a_stop
from tests.logistics.world import HOUR, a_crate, a_shipment, lanes

pytestmark = pytest.mark.django_db


def client_of(name: str, language: str = "ja") -> Client:
    client = Client()
    client.force_login(person(name))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.fixture
def stop() -> Disruption:
    """A stopped ferry, and a shipment that was to leave on it."""
    lanes()
    now = timezone.now()
    for _turn in range(2):
        a_shipment([a_crate(at=now - 6 * HOUR)], at=now - 5 * HOUR, planned_departure_at=now + 5 * HOUR, need_by=None)
    expected = ExpectedEnd(now + 4 * DAY, "船会社の運航案内", "B")
    return a_stop(at=now - HOUR, begins_at=now - 2 * HOUR, expected=expected)


def asked(client: Client, address: str) -> tuple[str, int]:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)


@pytest.mark.parametrize(("language", "word"), [("ja", "停止中"), ("en", "stopped")])
def test_pages_say_what_stops_and_ask_so_many_questions(stop: Disruption, language: str, word: str) -> None:
    client = client_of("rosa", language)
    client.get(reverse("disruptions"))

    for name, count in (("disruptions", 6), ("control_tower", 12)):
        asked(client, reverse(name))  # what is kept until a fact changes is read
        page, asked_for = asked(client, reverse(name))
        assert word in page
        assert stop.number in page
        assert asked_for <= count, name
    page, asked_for = asked(client, reverse("disruption", args=[stop.number]))
    assert asked_for <= 14, "two of them for the calendars by which ways out are offered"
    assert all(row.number in page for row in Shipment.objects.all())


def test_the_list_is_narrowed(stop: Disruption) -> None:
    client = client_of("rosa")

    assert stop.number not in asked(client, reverse("disruptions") + "?state=ended")[0].partition("<table")[2]
    assert stop.number in asked(client, reverse("disruptions") + "?kind=ferry_stopped&q=欠航")[0]


def test_the_chosen_ones_are_planned_anew_and_the_others_stay(stop: Disruption) -> None:
    client, address = client_of("rosa"), reverse("disruption", args=[stop.number])
    one, other = Shipment.objects.order_by("pk")
    departs = timezone.now().replace(microsecond=0) + timedelta(hours=8)
    form = {f"plan-{one.pk}": f"{one.pk}|1|{ROAD}|CR-SETO|{departs.isoformat()}", f"plan-{other.pk}": "", "key": "k"}

    def post(**more: Any) -> Any:
        return client.post(address, {**form, **more})

    assert post(reason="").status_code == 422
    assert client.post(address, {"key": "n", "reason": "欠航", f"plan-{one.pk}": "nonsense"}).status_code == 422
    assert Replan.objects.count() == 0
    assert post(reason="欠航").status_code == 302
    assert list(Replan.objects.values_list("shipment_id", "disruption_id")) == [(one.pk, stop.pk)]
    told = client.get(reverse("shipment", args=[one.number])).content.decode()
    assert "欠航" in told and stop.number in told


def test_a_form_shows_which_legs_are_meant_before_it_records(stop: Disruption) -> None:
    client = client_of("rosa")
    form = {
        "kind": "port_closed", "headline": "港湾閉鎖", "begins_at": "2026-11-26T08:00", "p50_at": "2026-11-28T08:00",
        "source": "港湾局", "grade": "A", "place": "志布志港", "key": "k",
    }  # fmt: skip

    shown = client.post(reverse("disruption_new"), {**form, "check": "1"})

    assert shown.status_code == 200
    assert "2 区間が当たります" in shown.content.decode()
    assert Disruption.objects.count() == 1
    assert client.post(reverse("disruption_new"), form).status_code == 302
    assert client_of("mei").post(reverse("disruption_new"), form).status_code == 403
