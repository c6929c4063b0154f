"""A shipment that arrives in parts, at the dock: the crates that are here by scan, why the others are not; later each
of these as it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from inventory.forms import searched
from inventory.models import Placement
from ledger.doors import Outcome, call_from_page, new_key, recorded_before
from logistics.models import Indicator, Shipment, ShipmentCrate
from logistics.operations.conditions import IndicatorRead
from logistics.operations.custody import SealSeen
from logistics.operations.loggers import LoggerSeen, fitted_loggers
from logistics.operations.part_arrivals import CrateAbsent, LateArriving, PartArriving, arrive_in_part, arrive_late
from logistics.part_arrival_forms import CratesForm, CrateToFind, ReceivingForm
from logistics.queries.custody import seals_under_way
from logistics.queries.part_arrivals import parted_crates
from logistics.views.saying import reads


@reads
@require_http_methods(["GET", "POST"])
def part_arrival(request: HttpRequest, number: str) -> HttpResponse:
    """The form for both acts: of a shipment that is on its way as a whole which crates are here and why the others are
    not; of one that arrived in part the late crates that are here now. Which of both a form is was decided when it was
    shown; one that was recorded already leads to the shipment."""
    shipment = Shipment.objects.select_related("lane", "departure", "arrival").filter(number=number).first()
    if shipment is None:
        raise Http404
    if request.method == "POST" and recorded_before(request, arrive_in_part, arrive_late):
        return sent_again(request, number)
    rows = list(
        ShipmentCrate.objects.filter(shipment=shipment)
        .select_related("crate", "arrival", "missing")
        .order_by("crate__sscc")
    )
    late = request.POST.get("late") == "True" if request.method == "POST" else any(row.is_here for row in rows)
    form = _form(request, shipment, [row for row in rows if not (late and row.is_here)], late)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = _call(request, shipment, form, late)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("shipment", number=number)
    bad = form.is_bound and outcome.refusal is None
    context = {
        "form": form, "refusal": outcome.refusal, "key": new_key(), "number": number,
        "title": _("Arrival of a late crate") if late else _("Arrival in part"),
        "crumbs_url": reverse("shipment", args=[number]),
    }  # fmt: skip
    return render(request, "logistics/part_arrival.html", context, status=422 if bad else outcome.status)


def _form(request: HttpRequest, shipment: Shipment, rows: Sequence[ShipmentCrate], late: bool) -> CratesForm:
    racks = _racks_in(rows)
    found = {row.crate_id: CrateToFind(row.crate.sscc, racks.get(row.crate_id, "")) for row in rows}
    for one in Indicator.objects.filter(crate_id__in=list(found)).order_by("serial"):
        found[one.crate_id].serials.append(one.serial)
    for logger in fitted_loggers({shipment.pk: shipment})[shipment.pk].values():
        if logger.crate_id in found:
            found[logger.crate_id].loggers.append(logger.serial)
    data = request.POST if request.method == "POST" else None
    first = {"here": searched(request.GET.get("crate")) or "", "late": late}
    seals = seals_under_way(shipment.pk)
    return CratesForm(data, crates=list(found.values()), seals=seals, late=late, initial=first)


def _racks_in(rows: Sequence[ShipmentCrate]) -> dict[int, str]:
    """The names of the racks in crates, by the crate. One query."""
    units = {row.crate.unit_id: row.crate_id for row in rows}
    inside = Placement.objects.filter(host_id__in=list(units), to_at=None).select_related("unit")
    return {units[one.host_id]: one.unit.name for one in inside if one.host_id is not None}


def receiving_form(shipment: Shipment, data: Any) -> forms.Form:
    """What the end of receiving asks: nothing of a shipment that arrived whole; of one in parts which of the crates
    that are here and open (or were when the form was shown). Two queries at most."""
    rows = parted_crates([shipment.pk]).get(shipment.pk)
    if rows is None:
        return forms.Form(data)
    sent = set(data.getlist("crates")) if data is not None else set()
    open_ones = [row for row in rows if row.is_here and (row.arrival.received_at is None or row.crate.sscc in sent)]
    racks = _racks_in(open_ones)
    return ReceivingForm(data, crates=[(row.crate.sscc, racks.get(row.crate_id, "")) for row in open_ones])


def sent_again(request: HttpRequest, number: str) -> HttpResponse:
    """A form that was recorded before leads to its shipment, with a word that it was."""
    messages.info(request, _("This form was recorded already; nothing was recorded twice."))
    return redirect("shipment", number=number)


def _call(request: HttpRequest, shipment: Shipment, form: CratesForm, late: bool) -> Outcome:
    given = form.cleaned_data
    found: dict[str, Any] = {
        "readings": [IndicatorRead(*one) for one in form.readings()],
        "seals": [SealSeen(*one) for one in form.seals()],  # type: ignore[arg-type]
        "loggers": [LoggerSeen(*one) for one in form.loggers()],  # type: ignore[arg-type]
        "handed_by": given["handed_by"], "occurred_at": given["occurred_at"],
    }  # fmt: skip
    here = given["here"].split()
    if late:
        return call_from_page(request, arrive_late, arriving=LateArriving(shipment.pk, here, **found))
    absent = [CrateAbsent(*one) for one in form.absent()]  # type: ignore[arg-type]
    return call_from_page(request, arrive_in_part, arriving=PartArriving(shipment.pk, here, absent, **found))


URLS = [path("shipments/<str:number>/part-arrival/", part_arrival, name="part_arrival")]
