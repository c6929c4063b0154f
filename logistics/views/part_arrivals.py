"""A shipment that arrives in parts, at the dock: the crates that are here by scan, why the others are not; later each
of these as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.forms import searched
from inventory.models import Placement
from ledger.doors import Outcome, call_from_page, new_key
from logistics.models import Indicator, Shipment, ShipmentCrate
from logistics.operations.conditions import IndicatorRead
from logistics.operations.custody import SealSeen
from logistics.operations.loggers import LoggerSeen, fitted_loggers
from logistics.operations.part_arrivals import CrateAbsent, LateArriving, PartArriving, arrive_in_part, arrive_late
from logistics.part_arrival_forms import CratesForm, CrateToFind
from logistics.queries.custody import seals_under_way
from logistics.views.saying import reads


@reads
@require_http_methods(["GET", "POST"])
def part_arrival(request: HttpRequest, number: str) -> HttpResponse:
    """The form for both acts: of a shipment that is on its way as a whole which crates are here and why the others are
    not; of one that arrived in part the late crates that are here now."""
    shipment = Shipment.objects.select_related("lane", "departure", "arrival").filter(number=number).first()
    if shipment is None:
        raise Http404
    rows = list(
        ShipmentCrate.objects.filter(shipment=shipment)
        .select_related("crate", "arrival", "missing")
        .order_by("crate__sscc")
    )
    parted = any(row.is_here for row in rows)
    form = _form(request, shipment, [row for row in rows if not row.is_here], parted)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = _call(request, shipment, form, parted)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("shipment", number=number)
    bad = form.is_bound and outcome.refusal is None
    context = {
        "form": form, "refusal": outcome.refusal, "key": new_key(), "number": number,
        "title": _("Arrival of a late crate") if parted else _("Arrival in part"),
        "crumbs_url": reverse("shipment", args=[number]),
    }  # fmt: skip
    return render(request, "logistics/part_arrival.html", context, status=422 if bad else outcome.status)


def _form(request: HttpRequest, shipment: Shipment, rows: Sequence[ShipmentCrate], parted: bool) -> CratesForm:
    found = {row.crate_id: CrateToFind(row.crate.sscc) for row in rows}
    units = {row.crate.unit_id: row.crate_id for row in rows}
    for placement in Placement.objects.filter(host_id__in=list(units), to_at=None).select_related("unit"):
        found[units[placement.host_id or 0]].rack = placement.unit.name
    for one in Indicator.objects.filter(crate_id__in=list(found)).order_by("serial"):
        found[one.crate_id].serials.append(one.serial)
    for logger in fitted_loggers({shipment.pk: shipment})[shipment.pk].values():
        if logger.crate_id in found:
            found[logger.crate_id].loggers.append(logger.serial)
    data = request.POST if request.method == "POST" else None
    first = {"here": searched(request.GET.get("crate")) or ""}
    seals = seals_under_way(shipment.pk)
    return CratesForm(data, crates=list(found.values()), seals=seals, says_why=not parted, initial=first)


def _call(request: HttpRequest, shipment: Shipment, form: CratesForm, parted: bool) -> Outcome:
    given = form.cleaned_data
    found: dict[str, Any] = {
        "readings": [IndicatorRead(*one) for one in form.readings()],
        "seals": [SealSeen(*one) for one in form.seals()],  # type: ignore[arg-type]
        "loggers": [LoggerSeen(*one) for one in form.loggers()],  # type: ignore[arg-type]
        "handed_by": given["handed_by"], "occurred_at": given["occurred_at"],
    }  # fmt: skip
    here = given["here"].split()
    if parted:
        return call_from_page(request, arrive_late, arriving=LateArriving(shipment.pk, here, **found))
    absent = [CrateAbsent(*one) for one in form.absent()]  # type: ignore[arg-type]
    return call_from_page(request, arrive_in_part, arriving=PartArriving(shipment.pk, here, absent, **found))


URLS = [path("shipments/<str:number>/part-arrival/", part_arrival, name="part_arrival")]
