"""Packing a rack that leaves: scan it, weigh and measure its crate, read the indicators, sign; it is sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.operations.pins import check_pin
from inventory.forms import searched
from inventory.models import Unit
from inventory.operations.finding import find_unit_ids
from ledger.doors import Outcome, call_from_page, caller_from, new_key
from ledger.refusals import Refusal
from logistics.operations.crates import pack_rack
from logistics.queries.packing import packing_operation
from logistics.return_forms import PackForm

packs = permission_required("logistics.pack", raise_exception=True)


@packs
@require_http_methods(["GET", "POST"])
def packing(request: HttpRequest) -> HttpResponse:
    """Without a rack: scan one. With it: its crate, and on to the next rack once it is sealed."""
    text = searched(request.GET.get("rack")) or ""
    rack = _scanned(text) if text else None
    if rack is None:
        return _scan(request, text)
    operation = packing_operation(rack.pk)
    values = list(operation.fields.all()) if operation else []
    signed = operation is not None and "made" in operation.signs
    form = PackForm(request.POST if request.method == "POST" else None, values=values, signed=signed)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = _sealed(request, text, form)
        if outcome.refusal is None:
            told = {"rack": rack.name, "sscc": outcome.result.sscc}
            messages.success(request, _("%(rack)s is sealed in crate %(sscc)s.") % told)
            return redirect("rack_packing")
    bad = form.is_bound and outcome.refusal is None
    context = {
        "form": form, "title": _("Pack a rack"), "refusal": outcome.refusal, "key": new_key(), "number": rack.name,
        "crumbs_url": reverse("rack", args=[rack.tag]), "button": _("Seal the crate"),
    }  # fmt: skip
    return render(request, "logistics/act.html", context, status=422 if bad else outcome.status)


def _scanned(text: str) -> Unit | None:
    hits = find_unit_ids([text])[text]
    return Unit.objects.get(pk=hits[0]) if len(hits) == 1 else None


def _scan(request: HttpRequest, text: str) -> HttpResponse:
    say = _("No rack has %(code)s. Nothing was recorded; scan the label of the rack again.") % {"code": text}
    notice: dict[str, Any] | None = {"state": "stop", "text": say, "alert": True} if text else None
    return render(request, "logistics/packing_scan.html", {"notice": notice}, status=404 if text else 200)


def _sealed(request: HttpRequest, rack: str, form: PackForm) -> Outcome:
    """The PIN is checked first, as at a station: a wrong one is counted, and packs nothing; the same form
    sent twice names one check, and seals once."""
    check = None
    if "pin" in form.cleaned_data:
        caller = caller_from(request, door="page", key=new_key())
        try:
            person, sent = User.objects.get(pk=request.user.pk or 0), request.POST.get("key", "")
            check = check_pin(person, form.cleaned_data["pin"], at=caller.at, session=caller.session, form=sent).pk
        except Refusal as refusal:
            return Outcome(refusal=refusal)
    return call_from_page(request, pack_rack, packing=form.packing(rack, check))


URLS = [path("packing/", packing, name="rack_packing")]
