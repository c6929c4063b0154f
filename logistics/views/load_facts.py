"""What pages show of a load: the deck from above, the axles, and every limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from logistics.loads.deck import Stand, Vehicle
from logistics.loads.road import Check
from logistics.models import Shipment, ShipmentCrate
from logistics.operations.load_judging import limit_words
from logistics.queries.loads import LoadSheet, load_sheet

SCALE = 10
"""mm of the deck to a unit of the drawing."""
MARGIN = 24
SIDE = 70
"""Room beside the deck: what an axle carries is written below it, as wide as that."""
FOOT = 92
"""Room below the deck for what the axles carry."""
NEAR = 0.95
"""A limit used so far is shown as near."""


def load_facts(shipment: Shipment, rows: Sequence[ShipmentCrate], user: Any) -> dict[str, Any]:
    """The panel of a shipment's page; see logistics/_load.html."""
    sheet = load_sheet(shipment, rows)
    may = user.has_perm("logistics.ship") and not shipment.has_departed
    facts: dict[str, Any] = {"plan_url": reverse("shipment_load", args=[shipment.number]) if may else ""}
    if sheet is None:
        return facts | {"vehicle": ""}
    return facts | load_of(sheet)


def load_of(sheet: LoadSheet) -> dict[str, Any]:
    """A planned load: drawing, limits and what stands where."""
    plan, kind = sheet.plan, sheet.plan.vehicle
    permit = f"{plan.permit} (≦ {plan.permit_until:%Y/%m/%d})" if plan.permit and plan.permit_until else ""
    return {
        "vehicle": kind.name,
        "code": kind.code,
        "source": kind.source,
        "grade": kind.grade,
        "uniform": sheet.found.uniform,
        "designated": plan.on_designated_roads,
        "permit": permit,
        "securing_kg": plan.securing_kg,
        "limits": [limit_of(check, bool(plan.permit)) for check in sheet.checks],
        "drawing": _drawing(kind.figures, sheet),
        "places": [_place(one) for one in sheet.stands],
    }


def limit_of(check: Check, has_permit: bool) -> dict[str, Any]:
    """A limit as pages show it: what it comes to, what is allowed, and how near that is."""
    share = float(check.value / check.allowed)
    state, word = "done", _("within")
    if check.over > 0:
        state, word = ("late", _("by permit")) if check.by_permit and has_permit else ("stop", _("above"))
    elif share >= NEAR and check.unit == "kg":
        state, word = "late", _("close")
    return {
        "label": limit_words(check), "value": check.value, "allowed": check.allowed, "unit": check.unit,
        "share": round(share * 100), "state": state, "word": word,
    }  # fmt: skip


def _place(one: Stand) -> dict[str, Any]:
    return {
        "sscc": one.box.name, "kg": one.box.mass_kg, "x": one.x_mm, "y": one.y_mm,
        "turned": _("turned") if one.turned else "",
    }  # fmt: skip


def _drawing(vehicle: Vehicle, sheet: LoadSheet) -> dict[str, Any]:
    """The deck from above, its front to the left; a unit is 10 mm."""
    left = SIDE + max(0, -vehicle.front_axle_mm) // SCALE
    length, width = vehicle.deck_length_mm // SCALE, vehicle.deck_width_mm // SCALE
    found = sheet.found
    axles = [
        _axle(left + vehicle.front_axle_mm // SCALE, f"{found.front_kg:,.0f} kg", vehicle.front_limit_kg),
        _axle(left + vehicle.rear_axle_mm // SCALE, f"{found.rear_kg:,.0f} kg", vehicle.rear_limit_kg),
    ]
    axles[0]["label"], axles[1]["label"] = _("Front axle"), _("Rear axles")
    return {
        "width": left + length + SIDE,
        "height": MARGIN + width + FOOT,
        "deck": {"x": left, "y": MARGIN, "width": length, "height": width},
        "axles": axles,
        "boxes": [_box(one, left) for one in sheet.stands],
        "acts": None
        if found.uniform
        else {"x": left + round(found.centre_x_mm / SCALE), "y": MARGIN + round(found.centre_y_mm / SCALE)},
        "foot": MARGIN + width,
        "title": _("Deck from above, front to the left"),
        "says": _("%(crates)d crates; front axle %(front)s kg, rear axles %(rear)s kg")
        % {"crates": len(sheet.stands), "front": f"{found.front_kg:,.0f}", "rear": f"{found.rear_kg:,.0f}"},
    }


def _axle(x: int, value: str, limit: Any) -> dict[str, Any]:
    return {"x": x, "value": value, "limit": f"≦ {limit:,.0f} kg"}


def _box(one: Stand, left: int) -> dict[str, Any]:
    x, y = left + one.x_mm // SCALE, MARGIN + one.y_mm // SCALE
    along, across = one.along_mm // SCALE, one.across_mm // SCALE
    acts_x, acts_y = one.acts_at
    return {
        "x": x, "y": y, "width": along, "height": across, "middle": x + along // 2, "line": y + across // 2,
        "name": f"…{one.box.name[-5:]}", "kg": f"{one.box.mass_kg:,.0f} kg",
        "dot": {"x": left + round(acts_x / SCALE), "y": MARGIN + round(acts_y / SCALE)},
    }  # fmt: skip
