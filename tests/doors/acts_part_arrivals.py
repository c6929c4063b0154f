"""Acts of logistics: a shipment arrives in parts."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from logistics.operations.conditions import IndicatorRead
from logistics.operations.custody import SealSeen
from logistics.operations.part_arrivals import CrateAbsent, LateArriving, PartArriving
from tests.doors.act import Act, Acts, days_ago
from tests.logistics.parted import PORT, crates_of, gone, in_part, seen_on


def _read(readings: list[IndicatorRead]) -> dict[str, str]:
    return {f"indicator-{one.serial}": one.state for one in readings}


def arrive_in_part() -> Act:
    shipment = gone(2, at=days_ago(2))
    here, away = crates_of(shipment)
    right = PartArriving(
        shipment.pk, [here.sscc], [CrateAbsent(away.sscc, "left_behind", PORT)], seen_on([here]),
        seals=[SealSeen("S-1", "intact")],
    )  # fmt: skip
    page = reverse("part_arrival", args=[shipment.number])
    form = {
        "here": here.sscc, f"why-{away.sscc}": "left_behind", f"where-{away.sscc}": PORT, "seal-S-1": "intact",
        **_read(right.readings),
    }  # fmt: skip
    return Act(
        "sora", {"arriving": right}, (page, form), {"arriving": replace(right, missing=[])}, "CrateUnaccounted",
        (page, {**form, f"why-{away.sscc}": ""}),
    )  # fmt: skip


def arrive_late() -> Act:
    shipment = in_part(gone(2, at=days_ago(2)), here=1, at=days_ago(1))
    here, away = crates_of(shipment)
    page = reverse("part_arrival", args=[shipment.number])
    form = {"here": away.sscc, "late": "True", **_read(seen_on([away]))}
    return Act(
        "sora", {"arriving": LateArriving(shipment.pk, [away.sscc], seen_on([away]))}, (page, form),
        {"arriving": LateArriving(shipment.pk, [here.sscc], seen_on([here]))}, "AlreadyArrived",
        (page, {**form, "here": here.sscc}),
    )  # fmt: skip


def receive_crates() -> Act:
    shipment = in_part(gone(2, at=days_ago(2)), here=1, at=days_ago(1))
    here, away = crates_of(shipment)
    page = reverse("shipment_act", args=[shipment.number, "receiving"])
    wrong = {"shipment_id": shipment.pk, "crates": [away.sscc]}
    right = {"shipment_id": shipment.pk, "crates": [here.sscc]}
    return Act("sora", right, (page, {"crates": [here.sscc]}), wrong, "CrateNotHere")


ACTS: Acts = {
    "logistics.arrive_in_part": arrive_in_part,
    "logistics.arrive_late": arrive_late,
    "logistics.receive_crates": receive_crates,
}
