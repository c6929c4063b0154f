"""How shipments are loaded, and the kinds of vehicles: the questions behind pages, papers and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from logistics.loads.deck import Box, Carried, Stand, carried
from logistics.loads.road import Check, checks_of
from logistics.models import Crate, LoadPlace, LoadPlan, Shipment, ShipmentCrate, VehicleKind


@dataclass(frozen=True, slots=True)
class LoadSheet:
    """A planned load with what it comes to now, by the crates that are on it: every limit, and where each crate
    stands (nothing where nobody said)."""

    plan: LoadPlan
    found: Carried
    checks: tuple[Check, ...]
    stands: tuple[Stand, ...]


def box_of(crate: Crate) -> Box:
    """A crate as the arithmetic takes it."""
    return Box(
        crate.sscc, crate.gross_kg, crate.length_mm, crate.width_mm, crate.height_mm, crate.centre_x_mm or 0,
        crate.centre_y_mm or 0,
    )  # fmt: skip


def load_sheet(shipment: Shipment, rows: Sequence[ShipmentCrate]) -> LoadSheet | None:
    """The load of a shipment with the crates that are on it; None where none is planned. No query where the shipment
    was loaded with `load_plan__vehicle` and the rows with `crate` and `load_place`."""
    plan: LoadPlan | None = getattr(shipment, "load_plan", None)
    if plan is None:
        return None
    boxes = [box_of(row.crate) for row in rows]
    placed = [(box, row.load_place) for box, row in zip(boxes, rows, strict=True) if hasattr(row, "load_place")]
    stands = sorted(
        (Stand(box, one.x_mm, one.y_mm, one.turned) for box, one in placed), key=lambda one: (one.x_mm, one.y_mm)
    )
    vehicle = plan.vehicle.figures
    found = carried(vehicle, boxes, stands, plan.securing_kg)
    checks = checks_of(vehicle, boxes, found, designated=plan.on_designated_roads)
    return LoadSheet(plan, found, tuple(checks), tuple(stands))


def vehicle_rows(text: str = "", state: str = "") -> QuerySet[VehicleKind]:
    """Kinds of vehicles by code; `state`: used (the default) or retired."""
    rows = VehicleKind.objects.order_by("code").filter(retired_at__isnull=state != "retired")
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name_ja__icontains=text) | Q(name_en__icontains=text))
    return rows


def vehicles_in_use() -> list[VehicleKind]:
    """What a load may be planned on, the lightest first. One query."""
    return list(VehicleKind.objects.filter(retired_at=None).order_by("payload_kg", "code"))


def load_plans() -> QuerySet[LoadPlan]:
    """Planned loads with vehicle, shipment and places. Two queries a page."""
    places = Prefetch("places", LoadPlace.objects.select_related("row__crate"))
    return LoadPlan.objects.select_related("vehicle", "shipment").prefetch_related(places).order_by("-pk")
