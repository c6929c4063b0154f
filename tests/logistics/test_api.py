"""The API of logistics: lists, the comparison, the same operations."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from logistics.models import Departure
from tests.cast import NOON, person
from tests.logistics.world import HOUR, a_crate, a_shipment, departed

pytestmark = pytest.mark.django_db


def client_of(name: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(person(name))
    return client


def test_shipments_are_listed_with_few_queries():
    departed(at=NOON - 5 * HOUR)
    client = client_of("rosa")

    def ask():
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/api/shipments/")
        return len(queries), answer.json()["results"]

    ask()
    few, rows = ask()
    departed(at=NOON - 4 * HOUR)
    more, both = ask()

    assert rows[0]["departed_at"]
    assert rows[0]["arrived_at"] is None
    assert len(rows[0]["crates"]) == 1
    assert len(both) == 2
    assert few == more == 3
    assert client.get(f"/api/shipments/{rows[0]['id']}/").json()["number"] == rows[0]["number"]


def test_departure_is_the_same_operation():
    shipment = a_shipment([a_crate()])
    address = f"/api/shipments/{shipment.pk}/departure/"
    client = client_of("rosa")

    first = client.post(address, {"truck": "T-1"}, format="json", headers={"Idempotency-Key": "k"})
    again = client.post(address, {"truck": "T-1"}, format="json", headers={"Idempotency-Key": "k"})
    other = client.post(address, {"truck": "T-1"}, format="json")

    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "ShipmentGone")
    assert Departure.objects.count() == 1
    assert client_of("mei").post(address, {"truck": "T-1"}, format="json").status_code == 403
    assert client.post(address, {"lorry": "T-1"}, format="json").status_code == 400


def test_milestones_are_posted_and_read():
    shipment = departed(at=NOON - 5 * HOUR)
    client = client_of("rosa")
    report = {
        "shipment_id": shipment.pk,
        "milestone": "position",
        "occurred_at": "2026-11-20T00:00:00Z",
        "place": "Kobe",
    }

    assert client.post("/api/milestones/", {"report": report}, format="json").status_code == 201
    rows = client.get(f"/api/shipments/{shipment.pk}/milestones/").json()["results"]

    assert [row["place"] for row in rows] == ["Kobe"]


def test_comparison_is_json():
    client = client_of("rosa")

    answer = client.get("/api/lead-times/compare/?racks=3&need_by_days=25").json()

    assert set(answer["scenarios"]) == {"DOM", "TWair", "TWsea", "TXair", "TXsea", "MXair", "MXsea"}
    assert answer["need_by_days"] == 25
    assert client.get("/api/lead-times/compare/?racks=none").status_code == 400
    assert client_of("stranger").get("/api/lead-times/compare/").status_code == 403
