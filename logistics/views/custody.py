"""Custody at a tablet: scan what is on the load, and its hand-over opens."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.forms import searched
from logistics.models import Shipment
from logistics.queries.custody import load_named
from logistics.text import bare_sscc, is_sscc
from logistics.views.saying import reads


def scanned_load(code: str | None) -> tuple[str, Shipment | None, str]:
    """What was scanned, the shipment that has it, and what to say where none has: the scan of every page that asks for
    the load."""
    code = searched(code) or ""
    shipment = load_named(code) if code else None
    if shipment is not None or not code:
        return code, shipment, ""
    text = _("No shipment has %(code)s. Nothing was recorded; scan the label of the crate again.") % {"code": code}
    return code, None, text


@reads
@require_GET
def hand_over_scan(request: HttpRequest) -> HttpResponse:
    """Scan a crate's SSCC, a seal or a shipment's number: the form of its hand-over opens, the crate counted."""
    code, shipment, text = scanned_load(request.GET.get("code"))
    if shipment is not None:
        return redirect(hand_over_address(shipment, code))
    notice = {"state": "stop", "text": text, "alert": True} if text else None
    context = {"notice": notice, "code": code}
    return render(request, "logistics/hand_over_scan.html", context, status=404 if code else 200)


def hand_over_address(shipment: Shipment, code: str) -> str:
    """The form of a shipment's hand-over, a scanned crate counted."""
    sscc = bare_sscc(code)
    asked = f"?{urlencode({'crate': sscc})}" if is_sscc(sscc) else ""
    return reverse("shipment_act", args=[shipment.number, "hand-over"]) + asked
