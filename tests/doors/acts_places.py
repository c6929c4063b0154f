"""The act of putting places on the map."""

from __future__ import annotations

from decimal import Decimal

from logistics.operations.places import PlacePoint
from tests.doors.act import Act, Acts


def place_on_map() -> Act:
    moved = [PlacePoint("志布志港", Decimal("31.47"), Decimal("131.11"))]
    return Act(
        "rosa", {"places": moved}, None, {"places": [PlacePoint("仙台", Decimal(38), Decimal(141))]}, "PlaceUnknown"
    )


ACTS: Acts = {"logistics.place_on_map": place_on_map}
