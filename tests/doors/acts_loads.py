"""Acts of loads: kinds of vehicles, and what goes on them."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from genpin.master.vehicles import USUAL, VEHICLES
from ledger.doors import new_key
from logistics.operations.load_judging import CratePlace, LoadWish
from logistics.operations.vehicles import define_vehicle_kind as define_kind
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.world import a_crate, a_shipment


def _form(figures: Any) -> dict[str, Any]:
    return {name: "" if value is None else str(value) for name, value in asdict(figures).items()}


def define_vehicle_kind() -> Act:
    code, figures, page = f"V-{new_key()[:6]}", VEHICLES[USUAL], reverse("vehicle_new")
    odd = replace(figures, rear_axle_mm=-2_000)
    return Act(
        "plan", {"code": code, "figures": figures}, (page, {"code": code, **_form(figures)}),
        {"figures": odd}, "VehicleWrong", (page, {"code": code, **_form(odd)}),
    )  # fmt: skip


def retire_vehicle_kind() -> Act:
    code, page = f"V-{new_key()[:6]}", reverse("vehicles")
    define_kind(caller=caller("plan"), code=code, figures=VEHICLES[USUAL])
    return Act(
        "plan", {"code": code}, (page, {"retire": code}), {"code": "NONE"}, "UnknownVehicle", (page, {"retire": "NONE"})
    )


def plan_load() -> Act:
    crate = a_crate(at=days_ago(3))
    later = timezone.now() + timedelta(days=1)
    shipment = a_shipment([crate], at=days_ago(2), planned_departure_at=later, need_by=None)
    load = LoadWish(USUAL, Decimal(40), places=[CratePlace(crate.sscc, 3_000, 700)])
    form = {
        "vehicle": USUAL, "securing_kg": "40", "placed": "told", f"x-{crate.sscc}": "3000", f"y-{crate.sscc}": "700",
        "permit": "", "permit_until": "", "version": "1",
    }  # fmt: skip
    page = reverse("shipment_load", args=[shipment.number])
    return Act(
        "rosa", {"shipment_id": shipment.pk, "version": 1, "load": load}, (page, form),
        {"load": replace(load, places=[CratePlace(crate.sscc, 9_000, 700)])}, "PlacesWrong",
        (page, {**form, f"x-{crate.sscc}": "9000"}),
    )  # fmt: skip


ACTS: Acts = {
    "logistics.define_vehicle_kind": define_vehicle_kind,
    "logistics.plan_load": plan_load,
    "logistics.retire_vehicle_kind": retire_vehicle_kind,
}
