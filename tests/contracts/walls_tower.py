"""Walls of what the control tower keeps: constraint → table and the value that breaks it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

CARE, PLACE, LIMIT = "logistics_shipmentexception", "logistics_mapplace", "logistics_worklimit"

TOWER: dict[str, tuple[str, dict[str, Any]]] = {
    "exception_kind_is_known": (CARE, {"kind": "of no kind"}),
    "exception_state_fits_its_end": (CARE, {"state": "ended"}),
    "waiting_exception_says_for_what": (CARE, {"state": "waiting", "waiting_for": ""}),
    "work_limit_is_at_least_one": (LIMIT, {"most": 0}),
    "work_limit_says_its_reason": (LIMIT, {"reason": ""}),
    "map_place_lies_on_the_earth": (PLACE, {"latitude": Decimal(91)}),
    "map_place_has_its_names": (PLACE, {"name_en": ""}),
}
