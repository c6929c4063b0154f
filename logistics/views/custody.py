"""Custody at a tablet: scan what is on the load, and its hand-over opens."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from inventory.forms import searched
from logistics.queries.custody import load_named
from logistics.text import bare_sscc, is_sscc
from logistics.views.saying import reads


@reads
@require_GET
def hand_over_scan(request: HttpRequest) -> HttpResponse:
    """Scan a crate's SSCC, a seal or a shipment's number: the form of its hand-over opens, the crate counted."""
    code = searched(request.GET.get("code")) or ""
    shipment = load_named(code) if code else None
    if shipment is not None:
        sscc = bare_sscc(code)
        asked = f"?{urlencode({'crate': sscc})}" if is_sscc(sscc) else ""
        return redirect(reverse("shipment_act", args=[shipment.number, "hand-over"]) + asked)
    notice = None
    if code:
        text = _("No shipment has %(code)s. Nothing was recorded; scan the label of the crate again.") % {"code": code}
        notice = {"state": "stop", "text": text, "alert": True}
    context = {"notice": notice, "code": code}
    return render(request, "logistics/hand_over_scan.html", context, status=404 if code else 200)
