"""What leaves the country leaves under a named judgement; what stays needs none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import User
from inventory.models import Part
from inventory.operations.locations import LocationRow, define_locations
from inventory.operations.returns import LicenceMissing, TradeCheckMissing
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Crate, Departure, ExportCheck, Shipment
from logistics.operations.crate_moves import assign_crates
from logistics.operations.departures import depart_shipment
from logistics.operations.exports import GoodsUnclassified, StaysInCountry, check_shipment_export
from logistics.operations.lanes import LaneNames, LegPlan, define_lane
from logistics.operations.shipments import ShipmentGone
from logistics.operations.sites import SiteWords, define_site
from tests.cast import a_caller, mei
from tests.logistics.facts import refused
from tests.logistics.world import a_crate, a_shipment, lanes

pytestmark = pytest.mark.django_db


def abroad(crate: Crate) -> Shipment:
    """A shipment to a repair shop in Taiwan, not judged yet."""
    lanes()
    dock = LocationRow(code="TPE-DOCK", name_ja="台北", name_en="Taipei", kind="site")
    define_locations(caller=a_caller("plan"), locations=[dock])
    words = SiteWords("修理工場(架空)", "Repair shop (invented)", country="TW")
    define_site(caller=a_caller("plan"), code="TWTPE-1", site_kind="customer", words=words, location_code="TPE-DOCK")
    leg = LegPlan(
        mode="air", from_ja="播磨", from_en="Harima", to_ja="台北", to_en="Taipei", carrier_code="CR-SETO",
        planned_hours=Decimal(9),
    )  # fmt: skip
    define_lane(
        caller=a_caller("plan"), code="HRM-TPE", names=LaneNames("台北", "Taipei"), origin_code="JPHRM-1",
        destination_code="TWTPE-1", legs=[leg],
    )  # fmt: skip
    return a_shipment([crate], lane_code="HRM-TPE", carrier_code="CR-SETO")


@pytest.fixture
def shipment() -> Shipment:
    crate = a_crate()
    Part.objects.filter(number="RACK-1").update(hs_code="8471.50", eccn="4A090")
    return abroad(crate)


def check(shipment: Shipment, user: str = "rosa", **others: str) -> ExportCheck:
    told = {"gaihi": "listed", "eccn": "4A090", "basis": "判定書 26-014", "licence": "包括 2026-1"} | others
    return check_shipment_export(caller=a_caller(user), shipment_id=shipment.pk, **told)  # type: ignore[arg-type]


def leave(shipment: Shipment) -> Departure:
    return depart_shipment(caller=a_caller("rosa"), shipment_id=shipment.pk, truck="T-1")


def test_unjudged_shipment_does_not_leave_the_country(shipment: Shipment) -> None:
    with refused(TradeCheckMissing) as caught:
        leave(shipment)
    assert "TW" in caught.value.say

    row = check(shipment)

    assert leave(shipment).pk
    event = Event.objects.get(kind="logistics.export-checked")
    assert (event.pk, event.payload["licence"], row.destination) == (row.event_id, "包括 2026-1", "TW")
    with refused(ShipmentGone):
        check(shipment)


def test_crates_that_come_later_are_judged_again(shipment: Shipment) -> None:
    check(shipment)
    assign_crates(caller=a_caller("rosa"), shipment_id=shipment.pk, version=1, crates=[a_crate().sscc])

    with refused(TradeCheckMissing) as caught:
        leave(shipment)
    assert "後に" in caught.value.detail
    check(shipment, gaihi="not_listed", licence="")
    assert leave(shipment).pk


def test_judgement_that_is_none_is_refused(shipment: Shipment) -> None:
    mei()
    for kind, told in [
        (LicenceMissing, {"licence": " "}),
        (TradeCheckMissing, {"eccn": " "}),
        (TradeCheckMissing, {"basis": ""}),
        (NotPermitted, {"user": "mei"}),
    ]:
        with refused(kind):
            check(shipment, **told)
    Part.objects.filter(number="RACK-1").update(eccn="")
    with refused(GoodsUnclassified):
        check(shipment)


def test_shipment_inside_the_country_needs_none() -> None:
    shipment = a_shipment([a_crate()])

    with refused(StaysInCountry):
        check(shipment)
    assert leave(shipment).pk


def test_the_page_says_whether_it_may_leave(shipment: Shipment, client) -> None:  # type: ignore[no-untyped-def]
    client.force_login(User.objects.get(username="rosa"))
    page = reverse("shipment", args=[shipment.number])
    assert "未確認" in client.get(page).text

    form = {"gaihi": "listed", "eccn": "4A090", "basis": "判定書", "licence": "包括 2026-1", "key": "k"}
    assert client.post(reverse("shipment_act", args=[shipment.number, "export-check"]), form).status_code == 302
    assert "包括 2026-1" in client.get(page).text
