"""The pages of logistics open in both languages, for whoever may read, with pinned query counts."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from logistics.models import Arrival, Departure, Shipment
from logistics.operations.forecasts import record_forecasts
from tests.cast import a_caller, person
from tests.logistics.world import (
    HOUR,
    a_build,
    a_crate,
    a_shipment,
    a_tested_rack,
    accepted,
    arrived,
    departed,
    lanes,
    rack_of,
    received,
)

pytestmark = pytest.mark.django_db

QUERIES = {
    "control_tower": 10, "lead_times": 5, "shipments": 12, "shipment": 12, "audit": 2, "audit_unit": 11,
}  # fmt: skip


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(person(name))
    return client


def get(address: str, who: str = "rosa", language: str = "ja"):
    client = client_of(who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(address, headers={"accept-language": language})


@pytest.fixture
def plant():
    """A little of everything: in work, packed, planned, on the way, at the dock, accepted."""
    lanes()
    now = timezone.now()
    a_build()
    a_tested_rack()
    a_shipment([a_crate()])
    departed(at=now - 9 * HOUR)
    arrived(departed(at=now - 30 * HOUR), at=now - 2 * HOUR)
    rack = accepted(
        received(arrived(departed(at=now - 90 * HOUR), at=now - 60 * HOUR), at=now - 50 * HOUR), at=now - 49 * HOUR
    )
    record_forecasts(caller=a_caller("rosa", at=now))
    return rack


def addresses(rack) -> dict[str, str]:
    number = Shipment.objects.filter(departure__isnull=False).order_by("-pk")[0].number
    return {
        "control_tower": reverse("control_tower"),
        "lead_times": reverse("lead_times"),
        "shipments": reverse("shipments"),
        "shipment": reverse("shipment", args=[number]),
        "audit": reverse("audit"),
        "audit_unit": reverse("audit_unit", args=[rack.tag]),
    }


def asked(client: Client, address: str, language: str = "ja") -> tuple[str, list[str]]:
    """The page and the statements it needed."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return answer.content.decode(), [one["sql"] for one in queries]


def test_pages_open_in_both_languages_with_few_queries(plant):
    client = client_of("rosa")
    for language in ("ja", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for name, address in addresses(plant).items():
            asked(client, address, language)  # facts are kept until they change: see test_kept.py for what that asks
            page, statements = asked(client, address, language)

            assert "{#" not in page, name
            assert "#}" not in page, name
            assert f'<html lang="{language}"' in page
            assert len(statements) <= QUERIES[name], "\n".join([name, *(one[:160] for one in statements)])


def test_more_rows_ask_no_more_queries(plant):
    client = client_of("rosa")
    now = timezone.now()
    departed([a_crate(), a_crate()], at=now - 8 * HOUR)
    a_shipment([a_crate()])

    for name in ("control_tower", "shipments"):
        asked(client, addresses(plant)[name])
        assert len(asked(client, addresses(plant)[name])[1]) <= QUERIES[name]


def test_control_tower_shows_what_waits_for_a_decision(plant):
    page = get(reverse("control_tower"), language="en").content.decode()

    stale = Shipment.objects.get(departure__isnull=False, arrival=None)
    assert stale.number in page
    assert "no report for long" in page
    assert 'data-state="stale"' in page
    assert 'data-chart="arrivals"' in page


def test_control_tower_gives_its_racks_as_a_file(plant):
    answer = get(reverse("control_tower") + "?export=csv")

    text = b"".join(answer.streaming_content).decode()
    assert text.count("\n") == 1 + 5


def test_comparison_answers_in_steps_of_five_percent():
    page = get(reverse("lead_times"), language="en").content.decode()

    assert "<em>" in page
    for part in page.split("<em>")[1:]:
        figure = part.split("</em>")[0].replace("&lt;", "").replace("&gt;", "").strip(" %")
        assert int(figure) % 5 == 0


def test_comparison_takes_a_persons_assumptions():
    address = reverse("lead_times")
    usual = get(address + "?racks=12", language="en").context["pairs"][0]["mean"]
    slow = get(address + "?racks=12&inbound_p50=12", language="en").context["pairs"][0]["mean"]
    wrong = get(address + "?racks=0&against=Mars", language="en")

    assert slow < usual - 3
    assert wrong.status_code == 422


def test_shipment_page_shows_reports_and_indicators(plant):
    shipment = Shipment.objects.filter(arrival__isnull=False).first()
    page = get(reverse("shipment", args=[shipment.number]), language="en").content.decode()

    assert shipment.crates.first().crate.sscc in page
    assert "intact" in page


def test_unknown_numbers_are_not_found(plant):
    assert get(reverse("shipment", args=["SH-99-99999"])).status_code == 404
    assert get(reverse("audit_unit", args=["GP99999999X"])).status_code == 404
    assert get(reverse("shipment_act", args=["SH-99-99999", "nonsense"])).status_code == 404


def test_audit_finds_a_rack_by_any_number(plant):
    crate = plant.placements.get(host__isnull=False).host.crate
    for text in (plant.serial, plant.tag, plant.serial[-5:]):
        answer = get(reverse("audit") + f"?q={text}", "aud")
        assert answer.status_code == 302, text
        assert plant.tag in answer.url
    assert crate.unit.tag in get(reverse("audit") + f"?q={crate.sscc}", "aud").url
    assert get(reverse("audit") + "?q=nothing-has-this", "aud").status_code == 200


def test_audit_record_tells_build_shipment_and_places(plant):
    page = get(reverse("audit_unit", args=[plant.tag]), "aud", "en").content.decode()

    for words in ("Packed into a crate", "Left the plant", "Arrived at the site", "Build completed", "H1-A01"):
        assert words in page, words


def test_audit_record_of_a_past_moment_knows_no_more(plant):
    answer = get(reverse("audit_unit", args=[plant.tag]) + "?as_of=2026/11/01 00:00", "aud", "en")

    assert answer.context["page"].paginator.count == 0


def test_audit_gives_the_events_as_they_were_written(plant):
    answer = get(reverse("audit_unit_json", args=[plant.tag]), "aud")

    assert answer.content.count(b'"kind":"logistics.rack-packed"') == 1


def test_who_may_not_read_is_refused(plant):
    for address in addresses(plant).values():
        assert get(address, "stranger").status_code == 403


def post(shipment, act, who, **fields):
    address = reverse("shipment_act", args=[shipment.number, act])
    key = client_of(who).get(address).context["key"]
    return client_of(who).post(address, {"key": key, **fields})


def test_acts_of_a_shipment_are_one_operation_each():
    shipment = a_shipment([a_crate()])
    assert post(shipment, "departure", "rosa", truck="T-1").status_code == 302
    assert Departure.objects.get().truck == "T-1"

    assert post(shipment, "departure", "rosa", truck="T-1").status_code == 422
    assert post(shipment, "departure", "mei", truck="T-1").status_code == 403
    report = {"milestone": "position", "occurred_at": "2026-11-01T00:00", "place": "X"}
    assert post(shipment, "milestone", "rosa", **report).status_code == 422

    fitted = shipment.crates.get().crate.indicators.all()
    assert (
        post(shipment, "arrival", "sora", **{f"indicator-{one.serial}": "intact" for one in fitted}).status_code == 302
    )
    assert post(shipment, "receiving", "sora").status_code == 302
    assert Arrival.objects.get().received_at is not None
    rack = rack_of(shipment)
    word = {"rack": rack.serial, "outcome": "accepted", "position_code": "H1-A01"}
    assert post(shipment, "acceptance", "sora", **word).status_code == 302


def test_shipment_is_planned_on_a_page():
    lanes()
    crate = a_crate()
    address = reverse("shipment_plan")
    client = client_of("rosa")
    fields = {
        "lane": "HRM-SEN-MOJI",
        "carrier": "CR-SETO",
        "planned_departure_at": "2026-11-30T09:00",
        "crates": crate.sscc,
    }

    answer = client.post(address, {"key": "k1", **fields})

    assert answer.status_code == 302
    assert Shipment.objects.get().crates.get().crate == crate
    assert client.post(address, {"key": "k2", **fields}).status_code == 422
