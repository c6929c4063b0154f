"""The act of saying when a shipment is expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from logistics.operations.etas import EtaGiven
from tests.doors.act import Act, Acts, days_ago
from tests.logistics.world import departed


def give_eta() -> Act:
    shipment = departed(at=days_ago(1))
    at = (timezone.localtime() + timedelta(days=1)).replace(second=0, microsecond=0)
    eta = EtaGiven(shipment.pk, at, reason="運転手に電話で確認")
    form = {"awaited": "arrival", "earliest_at": f"{at:%Y-%m-%dT%H:%M}", "reason": eta.reason, "carrier_code": ""}
    page = reverse("shipment_act", args=[shipment.number, "eta"])
    return Act(
        "rosa", {"eta": eta}, (page, form), {"eta": replace(eta, reason="")}, "EtaUnfounded",
        (page, {**form, "reason": ""}),
    )  # fmt: skip


ACTS: Acts = {"logistics.give_eta": give_eta}
