"""The API of inventory: lists by cursor, filters, genealogy, recall, operations with keys and refusals."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from inventory.models import Hold, ShipNotice, Unit
from ledger.models import Event
from tests.cast import person
from tests.world import (
    a_location,
    a_notice,
    a_part,
    a_superchip,
    a_supplier,
    a_unit,
    notice_csv,
    received_units,
)

pytestmark = pytest.mark.django_db


def as_(name: str) -> APIClient:
    client = APIClient()
    client.force_login(person(name))
    return client


def test_units_are_listed_by_cursor_and_filtered(django_assert_max_num_queries: Any) -> None:
    part = a_part(kind="gpu")
    units = received_units(part, 7)
    a_unit()
    client = as_("aud")
    client.get("/api/units/")

    with django_assert_max_num_queries(6):
        first = client.get("/api/units/", {"part": part.number, "limit": 5}).json()
    second = client.get(first["next"]).json()

    assert [row["id"] for row in first["results"] + second["results"]] == [unit.pk for unit in reversed(units)]
    assert first["results"][0]["place"]["location"] == "RCV-1"
    for query in ({"q": units[0].serial}, {"tag": units[0].tag}, {"serial": units[0].serial}):
        assert [row["id"] for row in client.get("/api/units/", query).json()["results"]] == [units[0].pk]
    assert len(client.get("/api/units/", {"location": "RCV-1", "state": "free"}).json()["results"]) == 8
    assert client.get("/api/units/", {"state": "sky"}).status_code == 400
    assert client.get("/api/units/", {"cursor": "evil"}).status_code == 404


def test_a_unit_tells_its_names_and_its_tree() -> None:
    board = a_unit(a_superchip())
    client = as_("aud")

    unit = client.get(f"/api/units/{board.pk}/").json()
    tree = client.get(f"/api/units/{board.pk}/genealogy/").json()
    cpu = tree["children"][0]
    up = client.get(f"/api/units/{cpu['id']}/where-used/", {"as_of": "2026-11-20T12:00:01+09:00"}).json()

    assert [name["normalised"] for name in unit["identifiers"]] == [board.serial]
    assert (cpu["position"], cpu["children"]) == ("CPU0", [])
    assert [(step["unit"] or {}).get("id") for step in up["hosts"]] == [board.pk, None]
    assert client.get(f"/api/units/{board.pk}/genealogy/?as_of=2026-01-01T00:00:00%2B09:00").json()["children"] == []
    assert client.get(f"/api/units/{board.pk}/genealogy/?as_of=yesterday").status_code == 400
    assert client.get("/api/units/999999/genealogy/").status_code == 404


def test_recall_lots_holds_and_notices_are_read() -> None:
    unit = a_unit(lot="BAD")
    client = as_("tanaka")
    lot = client.get("/api/lots/", {"number": "BAD"}).json()["results"][0]
    assert [hit["unit_id"] for hit in client.get(f"/api/lots/{lot['id']}/recall/").json()["units"]] == [unit.pk]
    assert client.get("/api/holds/?open=true").json()["results"] == []
    notice = client.get("/api/ship-notices/").json()["results"][0]
    assert client.get(f"/api/ship-notices/{notice['id']}/").json()["lines"][0]["received"] == "1.0000"


@pytest.mark.parametrize("address", ["/api/units/", "/api/lots/", "/api/holds/", "/api/ship-notices/", "/api/units/1/"])
def test_reading_needs_the_right(address: str) -> None:
    assert APIClient().get(address).status_code in (401, 403)
    assert as_("stranger").get(address).status_code == 403


def test_receipt_has_a_key_and_refusals_are_409() -> None:
    a_location("RCV-1")
    a_notice([{"part number": a_part().number, "serial": "S1"}])
    body = {"serial": "S1", "location_code": "RCV-1"}
    client = as_("mei")

    first = client.post("/api/goods-receipts/", body, headers={"Idempotency-Key": "k1"})
    again = client.post("/api/goods-receipts/", body, headers={"Idempotency-Key": "k1"})
    other = client.post("/api/goods-receipts/", body, headers={"Idempotency-Key": "k2"})

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.json() == again.json()
    assert other.json()["code"] == "AlreadyReceived"
    assert Event.objects.filter(kind="inventory.unit-received").count() == 1
    assert Event.objects.get(kind="inventory.unit-received").door == "api"
    assert as_("aud").post("/api/goods-receipts/", body).status_code == 403
    assert client.post("/api/goods-receipts/", {"serial": 5}).status_code == 400
    assert client.post("/api/goods-receipts/", {**body, "evil": 1}).status_code == 400


def test_hold_by_api() -> None:
    unit, client = a_unit(), as_("tanaka")
    placed = client.post("/api/holds/placing/", {"target": unit.tag, "reason": "x"}).json()
    assert Hold.objects.get(pk=placed["id"]).unit == unit
    assert client.post(f"/api/holds/{placed['label']}/release/", {"reason": "y"}).status_code == 201


def test_ship_notice_file_by_api() -> None:
    a_supplier()
    part = a_part()
    client = as_("rosa")

    def send(content: bytes) -> Any:
        return client.post("/api/ship-notices/", {"file": SimpleUploadedFile("n.csv", content)}, format="multipart")

    good = notice_csv([{"part number": part.number, "serial": "S1"}])
    assert [send(good).status_code, send(good).status_code] == [201, 200]
    bad = send(notice_csv([{"part number": "NONE", "serial": "S1"}]))
    assert (bad.status_code, bad.json()["code"], bad.json()["lines"][0]["line"]) == (409, "FileRefused", 2)
    assert client.post("/api/ship-notices/", {}, format="multipart").status_code == 400
    assert (ShipNotice.objects.count(), Unit.objects.count()) == (1, 0)
