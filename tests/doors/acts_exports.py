"""Acts of trade control on shipments."""

from __future__ import annotations

from django.urls import reverse

from inventory.models import Part
from tests.doors.act import Act, Acts, days_ago
from tests.logistics.test_export_check import abroad
from tests.logistics.world import a_crate


def check_shipment_export() -> Act:
    crate = a_crate(at=days_ago(3))
    Part.objects.filter(number="RACK-1").update(hs_code="8471.50", eccn="4A090")
    shipment = abroad(crate)
    told = {"gaihi": "listed", "eccn": "4A090", "basis": "判定書 26-014", "licence": "包括 2026-1"}
    page = reverse("shipment_act", args=[shipment.number, "export-check"])
    return Act(
        "rosa", {"shipment_id": shipment.pk, **told}, (page, told), {"licence": ""}, "LicenceMissing",
        (page, {**told, "licence": ""}),
    )  # fmt: skip


ACTS: Acts = {"logistics.check_shipment_export": check_shipment_export}
