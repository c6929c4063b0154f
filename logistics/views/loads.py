"""The load of a shipment, and the kinds of vehicles."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.forms import searched
from inventory.views.desk import stale_words
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, new_key
from logistics.load_forms import LoadForm, VehicleForm
from logistics.loads.deck import proposed
from logistics.models import Crate, Shipment, VehicleKind
from logistics.operations.loads import plan_load
from logistics.operations.vehicles import define_vehicle_kind, retire_vehicle_kind
from logistics.queries.loads import LoadSheet, box_of, load_sheet, vehicle_rows, vehicles_in_use
from logistics.views.load_facts import load_of
from logistics.views.saying import reads


@reads
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest, number: str) -> HttpResponse:
    """Plan how a shipment is loaded. The fields begin with the plan, else with a proposal for the vehicle that is
    asked for (`?vehicle=`) or the lightest on which the crates stand."""
    shipment = get_object_or_404(Shipment.objects.select_related("load_plan__vehicle"), number=number)
    rows = list(shipment.crates.select_related("crate", "load_place").order_by("crate__sscc"))
    crates, kinds, sheet = [row.crate for row in rows], vehicles_in_use(), load_sheet(shipment, rows)
    form = LoadForm(
        request.POST if request.method == "POST" else None,
        vehicles=[(kind.code, kind.name) for kind in kinds],
        ssccs=[crate.sscc for crate in crates],
        initial={"version": shipment.version} | _first(sheet, crates, kinds, request.GET.get("vehicle", "")),
    )
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["version"]
        outcome = call_from_page(request, plan_load, shipment_id=shipment.pk, version=seen, load=form.wish)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("shipment", number=number)
    status = 422 if form.is_bound and outcome.refusal is None else outcome.status
    context = {
        "form": form, "number": number, "refusal": outcome.refusal, "key": new_key(), "kinds": kinds,
        "load": load_of(sheet) if sheet else None, "crumbs_url": reverse("shipment", args=[number]),
        "chosen": form["vehicle"].value(), "url": reverse("shipment_load", args=[number]),
        **stale_words(form, outcome.refusal, form["version"].value()),
    }  # fmt: skip
    return render(request, "logistics/load.html", context, status=status)


def _first(sheet: LoadSheet | None, crates: list[Crate], kinds: list[VehicleKind], asked: str) -> dict[str, Any]:
    """What the fields begin with."""
    boxes = [box_of(crate) for crate in crates]
    if sheet is not None and asked in ("", sheet.plan.vehicle.code):
        plan = sheet.plan
        placed = list(sheet.stands) or proposed(plan.vehicle.figures, boxes) or []
        return LoadForm.first(placed) | {
            "vehicle": plan.vehicle.code, "securing_kg": plan.securing_kg, "permit": plan.permit,
            "on_designated_roads": plan.on_designated_roads, "permit_until": plan.permit_until, "placed": "told",
        }  # fmt: skip
    fits = [(kind, found) for kind in kinds if (found := proposed(kind.figures, boxes)) is not None]
    mass = sum(box.mass_kg for box in boxes)
    wanted = [row for row in fits if row[0].code == asked] or [
        row for row in fits if row[0].payload_kg >= mass and _room_inside(row[0], crates)
    ]
    if not wanted:
        return {"securing_kg": 0, "placed": "spread", "vehicle": asked}
    kind, stands = wanted[0]
    return LoadForm.first(stands) | {"vehicle": kind.code, "securing_kg": 20 * len(crates), "placed": "told"}


def _room_inside(kind: VehicleKind, crates: list[Crate]) -> bool:
    tallest = max((crate.height_mm for crate in crates), default=0)
    return kind.inside_height_mm is None or tallest <= kind.inside_height_mm


@reads
@require_http_methods(["GET", "POST"])
def vehicles(request: HttpRequest) -> HttpResponse:
    """Kinds of vehicles: the list; one is used no more."""
    outcome = Outcome()
    if request.method == "POST":
        outcome = call_from_page(request, retire_vehicle_kind, code=request.POST.get("retire", ""))
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("vehicles")
    chosen = {name: value for name in ("q", "state") if (value := searched(request.GET.get(name)))}
    states = [{"value": "", "label": _("in use")}, {"value": "retired", "label": _("used no more")}]
    context = {
        "page": (page := page_of(request, vehicle_rows(chosen.get("q", ""), chosen.get("state", "")))),
        "vehicles": list(page),
        "filters": [
            {"name": "q", "label": _("Vehicle"), "value": chosen.get("q", ""), "kind": "search"},
            {"name": "state", "label": _("State"), "value": chosen.get("state", ""), "kind": "select",
             "options": states},
        ],
        "chosen": chosen_links(request, chosen, {"q": _("Vehicle"), "state": _("State")}),
        "empty": empty_words(chosen),
        "may": request.user.has_perm("logistics.keep_master_data"),
        "refusal": outcome.refusal,
        "key": new_key(),
    }  # fmt: skip
    return render(request, "logistics/vehicles.html", context, status=outcome.status)


@reads
@require_http_methods(["GET", "POST"])
def vehicle_new(request: HttpRequest) -> HttpResponse:
    """Define a kind of vehicle."""
    form = VehicleForm(request.POST if request.method == "POST" else None)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = call_from_page(request, define_vehicle_kind, code=form.cleaned_data["code"], figures=form.figures)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("vehicles")
    status = 422 if form.is_bound and outcome.refusal is None else outcome.status
    context = {"form": form, "title": _("Register a vehicle"), "refusal": outcome.refusal, "key": new_key()}
    context |= {"crumbs_url": reverse("vehicles"), "button": _("Record it"), "number": ""}
    return render(request, "logistics/act.html", context, status=status)


URLS = [
    path("vehicles/", vehicles, name="vehicles"),
    path("vehicles/new/", vehicle_new, name="vehicle_new"),
    path("shipments/<str:number>/load/", load, name="shipment_load"),
]
