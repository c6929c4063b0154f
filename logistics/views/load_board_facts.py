"""What the loading board shows: crates with what speaks against them, trucks with their limits, and what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.views.desk import stale_words
from ledger.doors import new_key
from ledger.refusals import Refusal
from logistics.load_forms import LoadForm
from logistics.loads.deck import carried
from logistics.loads.road import Check, checks_of
from logistics.models import Crate, LoadPlan, Shipment, ShipmentCrate
from logistics.operations.crate_moves import spread
from logistics.operations.load_judging import deck_too_small, judge_load
from logistics.queries.load_board import BoardCrate, BoardTruck
from logistics.queries.loads import box_of
from logistics.views.load_facts import limit_of, load_of

PLAIN = ("length", "width")
"""Limits of the vehicle alone: shown only where they are passed."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Which crates an answer marks, and the refusal that is shown at them."""

    ssccs: frozenset[str] = frozenset()
    refusal: Refusal | None = None


def crate_facts(one: BoardCrate, marks: Marks, start: str = "") -> dict[str, Any]:
    """A card; `start`: the shipment it is on and its version, blank where it waits."""
    crate = one.crate
    marked = crate.sscc in marks.ssccs
    return {
        "sscc": crate.sscc,
        "rack": one.rack.name if one.rack else "–",
        "rack_tag": one.rack.tag if one.rack else "",
        "kg": crate.gross_kg,
        "size": f"{crate.length_mm:,} × {crate.width_mm:,} × {crate.height_mm:,}",
        "need_by": one.need_by,
        "returns": f"{one.returns.number} → {one.returns.destination.name}" if one.returns else "",
        "reasons": _reasons(one),
        "start": start,
        "key": new_key(),
        "marked": marked,
        "refusal": marks.refusal if marked else None,
        "says": _("Crate %(sscc)s, rack %(rack)s, %(kg)s kg")
        % {"sscc": crate.sscc, "rack": one.rack.name if one.rack else "–", "kg": f"{crate.gross_kg:,.0f}"},
    }


def _reasons(one: BoardCrate) -> list[str]:
    """What would refuse its departure."""
    standing, found = one.standing, []
    if standing.incomplete:
        found.append(_("Build not complete"))
    if standing.differences:
        found.append(
            ngettext(
                "%(count)d difference between scanned and reported",
                "%(count)d differences between scanned and reported",
                standing.differences,
            )
            % {"count": standing.differences}
        )
    found += [_("Hold %(number)s: %(reason)s") % {"number": row.number, "reason": row.reason} for row in standing.holds]
    if standing.away:
        found.append(_("Does not stand in the plant"))
    return found


def truck_facts(truck: BoardTruck, marks: Marks) -> dict[str, Any]:
    """A column."""
    shipment, sheet = truck.shipment, truck.sheet
    value = f"{shipment.pk}:{shipment.version}"
    count = len(truck.crates)
    overdue = shipment.planned_departure_at < timezone.now()
    return {
        "pk": shipment.pk,
        "value": value,
        "number": shipment.number,
        "url": reverse("shipment", args=[shipment.number]),
        "replan_url": reverse("shipment_replan", args=[shipment.number]),
        "load_url": reverse("shipment_load", args=[shipment.number]),
        "lane": shipment.lane.name,
        "carrier": shipment.carrier.name,
        "departs_at": shipment.planned_departure_at,
        "overdue": overdue,
        "need_by": shipment.need_by,
        "crates": [crate_facts(one, marks, value) for one in truck.crates],
        "reasons": [_("No trade-control check lets it out yet")] if truck.unchecked else [],
        "load": load_of(sheet) if sheet else None,
        "judged": judged_facts(
            sheet.checks if sheet else (),
            bool(sheet and sheet.plan.permit),
            [one.crate for one in truck.crates],
            _unplaced(truck),
        ),
        "says": _("%(number)s, %(lane)s, %(count)d crates")
        % {"number": shipment.number, "lane": shipment.lane.name, "count": count},
    }


def _unplaced(truck: BoardTruck) -> Refusal | None:
    """What would refuse the departure until somebody says where the crates stand."""
    sheet = truck.sheet
    if sheet is None or sheet.stands:
        return None
    return deck_too_small(sheet.plan.vehicle, [box_of(one.crate) for one in truck.crates])


def judged_facts(
    checks: Sequence[Check], has_permit: bool, crates: Sequence[Crate], refusal: Refusal | None = None
) -> dict[str, Any]:
    """What a truck's load comes to beside its limits (logistics/_board_limits.html); `refusal`: why it cannot be."""
    limits = [limit_of(check, has_permit) | {"kind": check.kind} for check in checks]
    shown = [one for one in limits if one["kind"] not in PLAIN or one["state"] != "done"]
    mass = sum(crate.gross_kg for crate in crates)
    total = ngettext("%(count)d crate, %(kg)s kg", "%(count)d crates, %(kg)s kg", len(crates)) % {
        "count": len(crates),
        "kg": f"{mass:,.0f}",
    }
    near = [f"{one['label']} {one['share']} %" for one in shown if one["state"] != "done"]
    return {"limits": shown, "total": total, "refusal": refusal, "near": near, "known": bool(checks)}


def would_be(shipment: Shipment, crates: Sequence[Crate], more: Sequence[Crate]) -> dict[str, Any]:
    """The load of a shipment (its lane's ends and its plan's vehicle loaded) if more crates came: judged as a move is
    judged, and whether all would stand on the deck, nothing written. No query."""
    plan: LoadPlan | None = getattr(shipment, "load_plan", None)
    together = sorted({crate.pk: crate for crate in [*crates, *more]}.values(), key=lambda crate: crate.sscc)
    if plan is None:
        return judged_facts((), has_permit=False, crates=together)
    wish, vehicle, boxes = spread(plan), plan.vehicle.figures, [box_of(crate) for crate in together]
    found = carried(vehicle, boxes, [], plan.securing_kg)
    refusal: Refusal | None = deck_too_small(plan.vehicle, boxes)
    try:
        rows = [ShipmentCrate(shipment=shipment, crate=crate) for crate in together]
        judge_load(shipment, plan.vehicle, wish, rows, shipment.planned_departure_at, fits=False)
    except Refusal as why:
        refusal = why
    checks = checks_of(vehicle, boxes, found, designated=plan.on_designated_roads)
    return judged_facts(checks, bool(plan.permit), together, refusal)


def stale_lines(refusal: Refusal | None) -> list[str]:
    """Of a stale move: who changed what of the shipment, from what to what."""
    told = stale_words(LoadForm(vehicles=[], ssccs=[]), refusal, 0)
    if told["stale"] is None:
        return []
    labels = {
        "crates": _("Crates"), "lane": _("Lane"), "carrier": _("Carrier"), "need_by": _("Needed by"),
        "planned_departure_at": _("Planned departure"),
    }  # fmt: skip
    lines = [
        f"{labels.get(row['label'], row['label'])}: {row['was'] or '–'} → {row['theirs'] or '–'}"
        for row in told["stale"]
    ]
    return [told["stale_by"], *lines] if told["stale_by"] else lines
