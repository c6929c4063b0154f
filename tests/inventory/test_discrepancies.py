"""report_discrepancy and settle_discrepancy: what came otherwise is told with photos, decided once, and changes no
receipt."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from documents.models import Photo
from documents.operations.photos import PhotoMissing
from documents.photos import put_photo
from inventory.models import Discrepancy, GoodsReceipt, Hold, ShipNotice, Stock
from inventory.operations.discrepancies import (
    DiscrepancyOdd,
    DiscrepancyReport,
    DiscrepancySettled,
    SettlementOdd,
    UnknownDiscrepancy,
    report_discrepancy,
    settle_discrepancy,
)
from inventory.operations.finding import UnknownSerial
from inventory.operations.holds import ReasonMissing
from inventory.operations.placements import UnknownLocation
from inventory.operations.receiving import NotByLot, QuantityOdd, receive_lot, receive_unit
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import a_caller, person
from tests.inventory.unchanged import refused
from tests.pictures import a_picture
from tests.world import a_consumable, a_location, a_notice, a_part, fresh

pytestmark = pytest.mark.django_db


def a_delivery() -> tuple[ShipNotice, list[str]]:
    """Three boards by serial (lines 1 to 3) and 100 of a lot (line 4); nothing received yet."""
    a_location("RCV-1")
    board, paste = a_part(), a_consumable()
    serials = [fresh("SN") for _ in range(3)]
    lines: list[dict[str, Any]] = [{"part number": board.number, "serial": serial} for serial in serials]
    lines.append({"part number": paste.number, "lot": fresh("LOT"), "quantity": "100"})
    return a_notice(lines), serials


def come(serial: str) -> GoodsReceipt:
    return receive_unit(caller=a_caller("mei"), serial=serial, location_code="RCV-1")


def lot_come(notice: ShipNotice, quantity: str) -> GoodsReceipt:
    line = notice.lines.get(number=4)
    return receive_lot(caller=a_caller("mei"), line_id=line.pk, quantity=Decimal(quantity), location_code="RCV-1")


def told(notice: ShipNotice, by: str = "mei", key: str | None = None, **report: Any) -> Discrepancy:
    if "quantity" in report:
        report["quantity"] = Decimal(report["quantity"])
    return report_discrepancy(caller=a_caller(by, key=key), notice_id=notice.pk, report=DiscrepancyReport(**report))


def settled(found: Discrepancy, settlement: str, by: str = "tanaka", **more: Any) -> Discrepancy:
    return settle_discrepancy(
        caller=a_caller(by),
        number=found.number,
        settlement=settlement,  # type: ignore[arg-type]
        reason=more.pop("reason", "Told by telephone"),
        **more,
    )


def test_damage_is_told_with_photos_and_held_at_once() -> None:
    notice, serials = a_delivery()
    unit = come(serials[0]).unit
    photo = put_photo(a_picture())

    found = told(notice, kind="damaged", code=serials[0], text="Corner bent", photos=[photo])

    assert (found.kind, found.unit, found.line.number) == ("damaged", unit, 1)
    assert found.hold is not None
    assert (found.hold.unit, found.hold.released_at) == (unit, None)
    assert found.number in found.hold.reason
    event = Event.objects.get(pk=found.event_id)
    assert (event.kind, event.payload["photos"], event.payload["unit"]) == (
        "inventory.discrepancy-reported",
        [photo],
        unit.tag,
    )
    attached = Photo.objects.get(subject_type="inventory.discrepancy", subject_id=found.pk)
    assert (attached.file.sha256, attached.event_id) == (photo, event.pk)


def test_damage_of_a_lot_holds_the_lot() -> None:
    notice, _serials = a_delivery()
    receipt = lot_come(notice, "100")

    found = told(notice, kind="damaged", line=4, quantity="5", text="Torn bag")

    assert found.hold is not None
    assert found.hold.lot_id == receipt.lot_id


@pytest.mark.complaint(37)
def test_reports_and_settlements_leave_earlier_receipts_as_they_are() -> None:
    notice, serials = a_delivery()
    come(serials[0])
    lot_come(notice, "60")
    before = list(GoodsReceipt.objects.order_by("pk").values())

    told(notice, kind="under", line=4, quantity="40")
    over = told(notice, kind="over", line=4, quantity="7")
    told(notice, kind="wrong_part", code="SOMETHING-ELSE")
    with pytest.raises(QuantityOdd):
        lot_come(notice, "70")
    settled(over, "accept", location_code="RCV-1")

    assert list(GoodsReceipt.objects.filter(pk__in=[row["id"] for row in before]).order_by("pk").values()) == before
    with pytest.raises(IntegrityError), transaction.atomic():
        GoodsReceipt.objects.update(quantity=1)


def test_accepted_surplus_becomes_stock() -> None:
    notice, _serials = a_delivery()
    lot = lot_come(notice, "100").lot
    over = told(notice, kind="over", line=4, quantity="7")
    a_location("STORE-3", "store")

    done = settled(over, "accept", by="plan", location_code="STORE-3")

    assert (done.settlement, done.settled_by.username) == ("accept", "plan")
    assert Stock.objects.get(lot=lot, location__code="STORE-3").quantity == 7
    event = Event.objects.get(pk=done.settled_event_id)
    assert (event.kind, event.payload["settlement"]) == ("inventory.discrepancy-settled", "accept")


def test_surplus_with_serials_is_not_received_without_an_announcement() -> None:
    notice, _serials = a_delivery()
    over = told(notice, kind="over", line=1, code="SURPLUS-1")

    with refused(NotByLot):
        settled(over, "accept", location_code="RCV-1")
    with refused(UnknownLocation):
        settled(told_again := Discrepancy.objects.get(pk=over.pk), "accept", location_code="NOWHERE")
    assert settled(told_again, "return").settlement == "return"


def test_accepting_damage_releases_its_hold_and_returning_keeps_it() -> None:
    notice, serials = a_delivery()
    first, second = (come(serial) for serial in serials[:2])
    good = told(notice, kind="damaged", code=first.unit.tag)
    bad = told(notice, kind="damaged", code=second.unit.tag)

    settled(good, "accept", reason="Only the box")
    settled(bad, "return")

    assert Hold.objects.get(pk=good.hold_id).released_at is not None
    assert "Only the box" in Hold.objects.get(pk=good.hold_id).release_reason
    assert Hold.objects.get(pk=bad.hold_id).released_at is None


def test_missing_serials_are_told_up_to_what_has_not_come() -> None:
    notice, serials = a_delivery()
    come(serials[0])

    with refused(DiscrepancyOdd):
        told(notice, kind="under", line=1, quantity="3")
    found = told(notice, kind="under", line=1, quantity="2")

    assert settled(found, "await_rest").settlement == "await_rest"
    come(serials[1])  # the rest comes after all


@pytest.mark.parametrize(
    ("report", "refusal"),
    [
        ({"kind": "over"}, DiscrepancyOdd),
        ({"kind": "over", "code": "X"}, DiscrepancyOdd),
        ({"kind": "wrong_part", "line": 1}, DiscrepancyOdd),
        ({"kind": "damaged", "line": 1}, DiscrepancyOdd),
        ({"kind": "damaged", "code": "NOT-HERE"}, UnknownSerial),
        ({"kind": "under", "line": 99}, DiscrepancyOdd),
        ({"kind": "over", "line": 4, "quantity": "0"}, DiscrepancyOdd),
        ({"kind": "under", "line": 4, "quantity": "100.5"}, DiscrepancyOdd),
        ({"kind": "wrong_part", "code": "W", "photos": ["0" * 64]}, PhotoMissing),
    ],
)
def test_a_report_that_does_not_fit_changes_nothing(report: dict[str, Any], refusal: Any) -> None:
    notice, _serials = a_delivery()
    person("mei")

    with refused(refusal):
        told(notice, **report)


def test_a_unit_of_another_delivery_is_refused() -> None:
    notice, _serials = a_delivery()
    _other, serials = a_delivery()
    unit = come(serials[0]).unit

    with refused(DiscrepancyOdd):
        told(notice, kind="damaged", code=unit.tag)


def test_a_discrepancy_is_settled_once_with_a_reason_and_a_fitting_decision() -> None:
    notice, _serials = a_delivery()
    wrong = told(notice, kind="wrong_part", code="W-1")

    with refused(SettlementOdd):
        settled(wrong, "accept")
    with refused(ReasonMissing):
        settled(wrong, "return", reason=" ")
    settled(wrong, "return")
    with refused(DiscrepancySettled):
        settled(wrong, "supplier_informed")
    with refused(UnknownDiscrepancy):
        settle_discrepancy(caller=a_caller("tanaka"), number="DC999999", settlement="return", reason="x")


def test_rights() -> None:
    notice, _serials = a_delivery()
    found = told(notice, kind="wrong_part", code="W-1")

    with refused(NotPermitted):
        told(notice, by="aud", kind="wrong_part", code="W-2")
    with refused(NotPermitted):
        settled(found, "return", by="mei")


def test_the_same_key_tells_once() -> None:
    notice, _serials = a_delivery()

    assert told(notice, key="tap", kind="wrong_part", code="W") == told(notice, key="tap", kind="wrong_part", code="W")
    assert Discrepancy.objects.count() == 1


def test_the_tablets_form_takes_photos_and_names_the_bad_one() -> None:
    notice, serials = a_delivery()
    unit = come(serials[0]).unit
    client = Client()
    client.force_login(person("mei"))
    address = reverse("discrepancy_new", args=[notice.pk])
    form = {"key": "k1", "kind": "damaged", "code": unit.tag, "line": "", "quantity": "1", "text": "傷"}

    bad = client.post(address, form | {"photos": SimpleUploadedFile("note.txt", b"no photo")})
    good = client.post(address, form | {"photos": SimpleUploadedFile("tray.jpg", a_picture())})

    assert bad.status_code == 422
    assert "note.txt" in bad.content.decode()
    assert (good.status_code, good.headers["Location"]) == (302, reverse("ship_notice", args=[notice.pk]))
    found = Discrepancy.objects.get()
    page = client.get(reverse("discrepancy", args=[found.number])).content.decode()
    assert reverse("photo_small", args=[Photo.objects.get().pk]) in page
    assert found.number in client.get(reverse("ship_notice", args=[notice.pk])).content.decode()
    assert found.number in client.get(reverse("discrepancies") + "?state=open&kind=damaged").content.decode()


def test_settling_on_its_page() -> None:
    notice, _serials = a_delivery()
    lot_come(notice, "100")
    found = told(notice, kind="over", line=4, quantity="2")
    client = Client()
    client.force_login(person("plan"))
    address = reverse("discrepancy", args=[found.number])

    none = client.post(address, {"key": "s1", "settlement": "accept", "reason": "More use", "location": ""})
    done = client.post(address, {"key": "s2", "settlement": "accept", "reason": "More use", "location": "RCV-1"})

    assert (none.status_code, done.status_code) == (422, 302)
    assert Discrepancy.objects.get().settlement == "accept"


def test_the_api_tells_and_lists() -> None:
    notice, _serials = a_delivery()
    client = Client()
    client.force_login(person("mei"))

    made = client.post(
        reverse("api_report_discrepancy", args=[notice.pk]),
        {"report": {"kind": "wrong_part", "code": "W-9", "photos": [put_photo(a_picture())]}},
        content_type="application/json",
    )
    listed = client.get(reverse("api_discrepancies") + "?state=open").json()

    assert made.status_code == 201
    assert [(row["kind"], row["seen"], len(row["photos"])) for row in listed["results"]] == [("wrong_part", "W-9", 1)]
