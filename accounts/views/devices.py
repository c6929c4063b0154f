"""Devices at the stations: the list, registering the one that the page is open on, revoking, the idle lock."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import DeviceForm, IdleLockForm, ReasonForm
from accounts.models import Device
from accounts.operations.devices import register_device, revoke_device, set_idle_lock, token_hash
from accounts.queries import registered_devices, stations_in_order
from accounts.views.benches import give_cookie, this_device
from accounts.views.lists import chosen_of, empty_words, page_of, search_filter, select_filter, wish
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

keeps_stations = permission_required("accounts.keep_stations", raise_exception=True)


@keeps_stations
@require_http_methods(["GET", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """The devices, and registering the one that this page is open on: it gets a cookie of its own."""
    stations = stations_in_order()
    choices = [(station.code, f"{station.code} {station.name}") for station in stations]
    form = DeviceForm(request.POST if request.method == "POST" else None, stations=choices)
    here, refusal, status = this_device(request), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            answer, refusal = _registered(request, form, here)
            if answer is not None:
                return answer
    filters = [
        search_filter(request, _("Device or station"), "A1"),
        select_filter(request, "state", _("State"), [("live", _("in use")), ("revoked", _("revoked"))]),
    ]
    chosen = chosen_of(request, filters)
    page = page_of(request, registered_devices(wish(request, "q"), wish(request, "state")))
    context = {
        "rows": [_row(device, here) for device in page],
        "page": page,
        "filters": filters,
        "chosen": chosen,
        "empty": empty_words(chosen),
        "form": form,
        "refusal": refusal,
        "here": here,
        "stations": stations,
        "key": request.POST.get("key") or new_key(),
        "idle_key": new_key(),
    }
    return render(request, "accounts/devices.html", context, status=status)


def _registered(
    request: HttpRequest, form: DeviceForm, here: Device | None
) -> tuple[HttpResponse | None, Refusal | None]:
    """The cookie follows from the form's key, so that a double click registers one device."""
    token = salted_hmac("genpin device", request.POST.get("key", ""), algorithm="sha256").hexdigest()
    again = here is not None and here.token_hash == token_hash(token)
    outcome = call_from_page(
        request,
        register_device,
        station_code=form.cleaned_data["station"],
        name=form.cleaned_data["name"],
        token_hash=token_hash(token),
        former_id=here.pk if here and not again else None,
    )
    if outcome.refusal is not None:
        return None, outcome.refusal
    messages.success(request, _("This device is registered. Sign out, and it asks for a badge."))
    answer = redirect("devices")
    give_cookie(request, answer, token)
    return answer, None


def _row(device: Any, here: Device | None) -> dict[str, Any]:
    revoked = device.revoked_at is not None
    return {
        "id": device.pk,
        "name": device.name,
        "station": device.station.name,
        "code": device.station.code,
        "registered_at": device.registered_at,
        "by": device.registered_by.name,
        "revoked_at": device.revoked_at,
        "why": device.revoked_why,
        "state": "void" if revoked else "run" if device.in_use else "ok",
        "word": _("revoked") if revoked else _("somebody works there") if device.in_use else _("registered"),
        "here": here is not None and here.pk == device.pk,
        "revoke_url": "" if revoked else reverse("device_revocation", args=[device.pk]),
    }


@keeps_stations
@require_http_methods(["GET", "POST"])
def device_revocation(request: HttpRequest, device_id: int) -> HttpResponse:
    """Revoke a device, for a reason; whoever works there is signed out."""
    device = get_object_or_404(Device.objects.select_related("station"), pk=device_id)
    form = ReasonForm(request.POST or None)
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = call_from_page(request, revoke_device, device_id=device.pk, reason=form.cleaned_data["reason"])
            if outcome.refusal is None:
                messages.success(request, _("%(name)s is revoked.") % {"name": device.name})
                return redirect("devices")
            refusal, status = outcome.refusal, outcome.status
    context = {
        "heading": _("Revoke %(name)s") % {"name": device.name},
        "intro": f"{device.station.code} {device.station.name}",
        "form": form,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
        "button": _("Revoke"),
        "note": _("Whoever works there is signed out at once."),
        "back_url": reverse("devices"),
        "back_label": _("Devices"),
    }
    return render(request, "accounts/form.html", context, status=status)


@keeps_stations
@require_POST
def idle_lock(request: HttpRequest) -> HttpResponse:
    """The idle lock of one station."""
    form = IdleLockForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The idle lock takes 0 to %(limit)d minutes.") % {"limit": 240})
        return redirect("devices")
    told = form.cleaned_data
    outcome = call_from_page(request, set_idle_lock, station_code=told["station"], minutes=told["minutes"])
    if outcome.refusal is not None:
        messages.error(request, outcome.refusal.detail)
    else:
        messages.success(
            request,
            _("Idle lock of %(station)s: %(minutes)d min") % {"station": told["station"], "minutes": told["minutes"]},
        )
    return redirect("devices")
