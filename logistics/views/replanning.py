"""A shipment planned anew, or sent another way from where it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ledger.doors import Outcome, call_from_page, new_key
from logistics.disruption_forms import ReplanForm, RerouteForm
from logistics.models import Carrier, Disruption, Lane, Shipment
from logistics.operations.replanning import Detour, NewWay, replan_shipment, reroute_shipment
from logistics.views.saying import reads

LATEST = 50
"""Disruptions to name as the reason."""


@reads
@require_http_methods(["GET", "POST"])
def replan(request: HttpRequest, number: str) -> HttpResponse:
    """Another lane, carrier or departure, before it leaves."""
    shipment = _shipment(number)
    first = {
        "lane": shipment.lane.code, "carrier": shipment.carrier.code, "version": shipment.version,
        "planned_departure_at": timezone.localtime(shipment.planned_departure_at), "need_by": shipment.need_by,
    }  # fmt: skip
    form = ReplanForm(_data(request), initial=first | _asked(request), **_choices(shipment))
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        way = NewWay(
            given["lane"], given["carrier"], given["planned_departure_at"], given["need_by"], given["accepted_because"]
        )
        outcome = call_from_page(
            request, replan_shipment, shipment_id=shipment.pk, version=given["version"], way=way,
            reason=given["reason"], disruption=given["disruption"],
        )  # fmt: skip
    return _answer(request, shipment, form, outcome, _("Plan anew"))


@reads
@require_http_methods(["GET", "POST"])
def reroute(request: HttpRequest, number: str) -> HttpResponse:
    """Another way from where it is."""
    shipment = _shipment(number)
    first = {"version": shipment.version, "carrier": shipment.carrier.code, "from_leg": 1}
    form = RerouteForm(_data(request), initial=first | _asked(request), **_choices(shipment))
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        detour = Detour(given["place"], given["lane"], given["from_leg"], given["carrier"])
        outcome = call_from_page(
            request, reroute_shipment, shipment_id=shipment.pk, version=given["version"], detour=detour,
            reason=given["reason"], disruption=given["disruption"],
        )  # fmt: skip
    return _answer(request, shipment, form, outcome, _("Send another way"))


def _shipment(number: str) -> Shipment:
    return get_object_or_404(Shipment.objects.select_related("lane", "carrier"), number=number)


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the link of an alternative fills in."""
    names = ("place", "lane", "from_leg", "carrier", "disruption")
    return {name: request.GET[name] for name in names if name in request.GET}


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _choices(shipment: Shipment) -> dict[str, list[tuple[str, str]]]:
    lanes = Lane.objects.filter(destination_id=shipment.lane.destination_id)
    stops = Disruption.objects.order_by("-id")[:LATEST]
    return {
        "lanes": [(lane.code, lane.name) for lane in lanes],
        "carriers": [(one.code, one.name) for one in Carrier.objects.order_by("code")],
        "disruptions": [(one.number, f"{one.number} {one.headline}") for one in stops],
    }


def _answer(request: HttpRequest, shipment: Shipment, form: forms.Form, outcome: Outcome, title: str) -> HttpResponse:
    done = form.is_bound and form.is_valid() and outcome.refusal is None
    if done:
        messages.success(request, _("Recorded."))
        return redirect("shipment", number=shipment.number)
    bad = form.is_bound and outcome.refusal is None
    context = {
        "form": form, "title": title, "refusal": outcome.refusal, "key": new_key(), "number": shipment.number,
        "crumbs_url": reverse("shipment", args=[shipment.number]), "button": title,
    }  # fmt: skip
    return render(request, "logistics/act.html", context, status=422 if bad else outcome.status)
