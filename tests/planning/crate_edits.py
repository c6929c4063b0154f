"""Edits of what a shipment carries and how: its crates, and its load."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from genpin.master.vehicles import USUAL
from logistics.operations.load_judging import LoadWish
from tests.logistics.world import a_crate, a_shipment


def a_crate_edit(take_off: bool = False) -> tuple[int, dict[str, Any], dict[str, Any], str, str]:
    """Two planners who each put a crate on one truck; `take_off`: two who each take one off."""
    crates = [a_crate(), a_crate()]
    shipment = a_shipment(crates if take_off else ())
    first, second = ({"shipment_id": shipment.pk, "crates": [crate.sscc]} for crate in crates)
    return 1, first, second, "crates", "rosa"


def a_load_edit() -> tuple[int, dict[str, Any], dict[str, Any], str, str]:
    """Two planners who each say how one shipment is loaded."""
    said = {"shipment_id": a_shipment([a_crate()]).pk}
    loads = [LoadWish(USUAL, Decimal(kg)) for kg in (20, 40)]
    return 1, {**said, "load": loads[0]}, {**said, "load": loads[1]}, "securing_kg", "rosa"


CRATE_EDITS = {
    "logistics.assign_crates": a_crate_edit,
    "logistics.withdraw_crates": lambda: a_crate_edit(take_off=True),
    "logistics.plan_load": a_load_edit,
}
