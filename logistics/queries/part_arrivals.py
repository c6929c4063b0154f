"""Shipments that arrive in parts: the crates of each, those at the dock and those that are still on their way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from logistics.models import MissingCrate, ShipmentCrate


def parted_crates(shipment_ids: Collection[int]) -> dict[int, list[ShipmentCrate]]:
    """Every crate of those of these shipments of which one was missing at the dock, with `arrival` and `missing`; a
    shipment that is not here arrived whole or not at all. One query."""
    parted = MissingCrate.objects.filter(shipment_crate__shipment_id__in=list(shipment_ids))
    rows = ShipmentCrate.objects.filter(shipment__in=parted.values("shipment_crate__shipment_id"))
    found: dict[int, list[ShipmentCrate]] = defaultdict(list)
    for row in rows.select_related("crate", "arrival", "missing").order_by("crate_id"):
        found[row.shipment_id].append(row)
    return dict(found)


def on_the_way(rows: Collection[ShipmentCrate]) -> list[ShipmentCrate]:
    """Of rows of `parted_crates`: those that have not arrived yet."""
    return [row for row in rows if not row.is_here]
