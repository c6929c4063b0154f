"""Acts of returns from the site."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from inventory.models import Unit
from ledger.doors import new_key
from logistics.models import Shipment
from logistics.operations.crates import FittedIndicator
from logistics.operations.custody import SealSeen
from logistics.operations.sites import define_positions
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.returned import a_return_crate, asked, opened, under_way
from tests.logistics.world import accepted, arrived, departed, readings_of, received
from tests.world import fresh


def _delivered() -> Unit:
    """A rack at a position of the hall."""
    shipment = received(arrived(departed(at=days_ago(3)), at=days_ago(2)), at=days_ago(1.8))
    code = f"H9-{new_key()[:6]}"
    define_positions(caller=caller("plan"), site_code=shipment.lane.destination.code, codes=[code])
    return accepted(shipment, code, at=days_ago(1.7))


def open_site_return() -> Act:
    wish, page = asked(_delivered()), reverse("site_return_new")
    form = {
        "unit": wish.unit, "reason": wish.reason, "rma": wish.rma, "asked_by": wish.asked_by, "retest_from": "",
        "destination": wish.destination_code,
    }  # fmt: skip
    return Act(
        "sora", {"asked": wish}, (page, form), {"asked": replace(wish, unit="NO-SUCH")}, "UnknownSerial",
        (page, {**form, "unit": "NO-SUCH"}),
    )  # fmt: skip


def pack_site_return() -> Act:
    fitted = [FittedIndicator("shock", fresh("SW-"), "25 g"), FittedIndicator("tilt", fresh("TW-"), "80°")]
    back, crate = opened(_delivered(), days_ago(1.5)), a_return_crate(indicators=fitted)
    form = {
        "tare_kg": "320", "gross_kg": "1690", "length_mm": "1400", "width_mm": "900", "height_mm": "2450",
        "shock": fitted[0].serial, "shock_rating": "25 g", "tilt": fitted[1].serial, "tilt_rating": "80°",
        "centre_x_mm": "", "centre_y_mm": "", "centre_height_mm": "",
    }  # fmt: skip
    page = reverse("site_return_act", args=[back.number, "packing"])
    return Act(
        "sora", {"number": back.number, "crate": crate}, (page, form),
        {"crate": replace(crate, gross_kg=crate.tare_kg)}, "CrateWrong", (page, {**form, "gross_kg": "320"}),
    )  # fmt: skip


def cancel_site_return() -> Act:
    back = opened(_delivered(), days_ago(1.5))
    page = reverse("site_return_act", args=[back.number, "giving-up"])
    return Act(
        "sora", {"number": back.number, "reason": "It works"}, (page, {"reason": "It works"}), {"number": "RT-0"},
        "UnknownSiteReturn",
    )  # fmt: skip


def receive_site_returns() -> Act:
    shipment = under_way(_delivered(), days_ago(1))
    back = Shipment.objects.get(pk=shipment.pk).crates.get().crate.site_return
    readings = readings_of(shipment)
    form = {f"indicator-{one.serial}": one.state for one in readings}
    seals = [SealSeen("B-1", "intact")]
    form |= {"seal-B-1": "intact", "location_code": "QRN", "handed_by": ""}
    page = reverse("site_return_act", args=[back.number, "receipt"])
    return Act(
        "mei", {"shipment_id": shipment.pk, "location_code": "QRN", "readings": readings, "seals": seals},
        (page, form),
        {"location_code": "NOWHERE"}, "UnknownLocation", (page, {**form, "location_code": "NOWHERE"}),
    )  # fmt: skip


ACTS: Acts = {
    "logistics.cancel_site_return": cancel_site_return,
    "logistics.open_site_return": open_site_return,
    "logistics.pack_site_return": pack_site_return,
    "logistics.receive_site_returns": receive_site_returns,
}
