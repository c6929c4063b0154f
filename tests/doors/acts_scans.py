"""What is done with refused scans."""

from __future__ import annotations

from django.urls import reverse

from inventory.models import ScanConflict
from tests.doors.act import Act, Acts


def settle_scan() -> Act:
    conflict = ScanConflict.objects.open().order_by("pk")[0]
    address = reverse("scan_conflict", args=[conflict.pk])
    return Act(
        "mei",
        {"conflict_id": conflict.pk, "how": "dropped", "reason": "Read twice"},
        (address, {"how": "dropped|Read twice"}),
        {"how": "again"},
        "NotScannedAgain",
        (address, {"how": "again"}),
    )


ACTS: Acts = {"inventory.settle_scan": settle_scan}
