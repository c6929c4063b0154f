"""Acts of the loading board: crates onto shipments and off again."""

from __future__ import annotations

from django.urls import reverse

from logistics.models import Crate, Shipment
from tests.doors.act import Act, Acts, days_ago
from tests.logistics.world import a_crate, a_shipment

NOBODY = "049512345600000010"
"""An SSCC that no crate has."""


def _world() -> tuple[Shipment, Crate]:
    crate = a_crate(at=days_ago(3))
    return a_shipment([crate], at=days_ago(2), planned_departure_at=days_ago(-1), need_by=None), crate


def assign_crates() -> Act:
    shipment, crate = _world()[0], a_crate(at=days_ago(3))
    form = {"sscc": crate.sscc, "from": "", "to": f"{shipment.pk}:1"}
    return Act(
        "rosa",
        {"shipment_id": shipment.pk, "version": 1, "crates": [crate.sscc]},
        (reverse("shipment_board_move"), form),
        {"crates": [NOBODY]},
        "UnknownCrate",
        (reverse("shipment_board_move"), {**form, "sscc": NOBODY}),
    )


def withdraw_crates() -> Act:
    shipment, crate = _world()
    form = {"sscc": crate.sscc, "from": f"{shipment.pk}:1", "to": "list"}
    return Act(
        "rosa",
        {"shipment_id": shipment.pk, "version": 1, "crates": [crate.sscc]},
        (reverse("shipment_board_move"), form),
        {"crates": [NOBODY]},
        "UnknownCrate",
        (reverse("shipment_board_move"), {**form, "sscc": NOBODY}),
    )


ACTS: Acts = {"logistics.assign_crates": assign_crates, "logistics.withdraw_crates": withdraw_crates}
