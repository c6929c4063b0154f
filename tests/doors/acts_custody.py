"""Acts on the custody of a load on its way."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from logistics.operations.custody import SealSeen
from logistics.operations.handovers import Handing
from tests.doors.act import Act, Acts, days_ago
from tests.logistics.world import departed


def hand_over() -> Act:
    shipment = departed(at=days_ago(2))
    handing = Handing(shipment.pk, "CR-HYUGA", "架空 太郎", "港 花子", [SealSeen("S-1", "intact")])
    form = {
        "to_carrier": "CR-HYUGA", "given_by": "架空 太郎", "taken_by": "港 花子", "vehicle": "", "place": "",
        "occurred_at": "", "crates": "", "new_seals": "", "remarks": "", "seal-S-1": "intact",
        **{f"indicator-{one.serial}": "" for one in shipment.crates.get().crate.indicators.all()},
    }  # fmt: skip
    page = reverse("shipment_act", args=[shipment.number, "hand-over"])
    return Act(
        "rosa",
        {"handing": handing},
        (page, form),
        {"handing": replace(handing, crates=["049512345600000010"])},
        "UnknownCrate",
        (page, {**form, "crates": "049512345600000010"}),
    )


ACTS: Acts = {"logistics.hand_over": hand_over}
