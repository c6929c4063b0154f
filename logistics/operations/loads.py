"""How a shipment is loaded: planned until it leaves, judged again when it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation
from ledger.versions import refuse_stale_facts
from logistics.models import LoadPlan, Shipment, VehicleKind
from logistics.operations.load_judging import (
    CratePlace,
    LoadWish,
    VehicleUnnamed,
    crate_rows,
    judge_load,
    keep_loads,
)
from logistics.operations.shipments import lock_shipments, refuse_gone
from logistics.text import bare_sscc


@operation(permission="logistics.ship", returns=LoadPlan)
def plan_load(*, caller: Caller, shipment_id: int, version: int, load: LoadWish) -> LoadPlan:
    """Say on which vehicle a shipment goes and where its crates stand; another plan replaces it until the departure.
    Judged by what the vehicle bears, by road limits (domain/japan.md 2) and by the docks' floors. `version`: that of
    the shipment, which counts its crates and its way too. Locks the shipment.

    Refuses UnknownShipment, ShipmentGone, StaleEdit, UnknownVehicle, PlacesWrong, DeckTooSmall, OverLimit,
    PermitMissing, PermitExpired, FloorTooWeak."""
    shipment = lock_shipments([shipment_id])[shipment_id]
    refuse_gone(shipment)
    plans = LoadPlan.objects.filter(shipment=shipment).select_related("vehicle")
    kept = plans.prefetch_related("places__row__crate").first()
    before, after = _facts(wish_of_plan(kept) if kept else None), _facts(load)
    refuse_stale_facts(shipment, version, before, after)

    shipment.version += 1
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    plan = keep_loads(caller, [(shipment, load)], {"version": shipment.version, "changes": changes})[0]
    shipment.save(update_fields=["version"])
    return plan


def _facts(wish: LoadWish | None) -> dict[str, str | bool | None]:
    """What a plan says, by the names of the fields it is edited in."""
    if wish is None:
        return dict.fromkeys(("vehicle", "securing_kg", "on_designated_roads", "permit", "permit_until", "placed"))
    places = sorted(((bare_sscc(one.sscc), one) for one in wish.places), key=lambda pair: pair[0])
    return {
        "vehicle": wish.vehicle_code,
        "securing_kg": f"{wish.securing_kg:.1f}",
        "on_designated_roads": wish.on_designated_roads,
        "permit": wish.permit.strip(),
        "permit_until": wish.permit_until.isoformat() if wish.permit_until else None,
        "placed": ", ".join(f"{sscc} {one.x_mm}/{one.y_mm}{' ↻' if one.turned else ''}" for sscc, one in places),
    }


def wish_of_plan(plan: LoadPlan) -> LoadWish:
    """Step: a kept plan (with its vehicle, and its places with their crates) as a wish."""
    return LoadWish(
        plan.vehicle.code, plan.securing_kg, plan.on_designated_roads, plan.permit, plan.permit_until,
        [CratePlace(one.row.crate.sscc, one.x_mm, one.y_mm, one.turned) for one in plan.places.all()],
    )  # fmt: skip


def refuse_overloaded(shipments: Sequence[Shipment], moments: Mapping[int, datetime]) -> None:
    """Step: judge the loads of (locked) shipments again at their departure, with the crates that are on them now. A way
    that begins on the road needs its vehicle named, once the plant knows any. Three queries. Refuses VehicleUnnamed
    and what a plan of a load refuses."""
    plans = LoadPlan.objects.filter(shipment__in=shipments).select_related("vehicle")
    known = {plan.shipment_id: plan for plan in plans.prefetch_related("places__row__crate")}
    rows = crate_rows([shipment.pk for shipment in shipments])
    for shipment in shipments:
        plan = known.get(shipment.pk)
        if plan is not None:
            judge_load(shipment, plan.vehicle, wish_of_plan(plan), rows[shipment.pk], moments[shipment.pk])
        elif _begins_on_the_road(shipment) and VehicleKind.objects.filter(retired_at=None).exists():
            raise VehicleUnnamed(
                _("No vehicle is named for %(number)s: its load was not checked.") % {"number": shipment.number},
                true=_("Nothing was recorded."),
                do=_("Plan the load first: the vehicle, and where the crates stand."),
            )


def _begins_on_the_road(shipment: Shipment) -> bool:
    first = shipment.lane.legs.order_by("number").first()
    return first is None or first.mode == "road"
