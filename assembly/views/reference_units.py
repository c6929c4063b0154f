"""The units that verify stations: marked with a reason, and released again. What they run is no production."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assembly.models import ReferenceMark
from assembly.operations.reference_units import end_reference_mark, mark_reference_unit
from assembly.quality_forms import ReferenceForm
from assembly.queries.reference_units import reference_marks
from assembly.views.quality_words import asked, tabs
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key

KEEPS = "assembly.keep_reference_units"


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def reference_units(request: HttpRequest) -> HttpResponse:
    """Reference units, standing ones first; forms for whoever keeps them."""
    outcome, form = None, None
    if request.user.has_perm(KEEPS):
        marks = request.method == "POST" and request.POST.get("act") != "end"
        form = ReferenceForm(request.POST if marks else None)
    if request.method == "POST":
        outcome = _act(request, form)
        if outcome is not None and outcome.refusal is None:
            messages.success(request, _("%(unit)s is recorded.") % {"unit": outcome.result.unit.name})
            return redirect("reference_units")
    text = request.GET.get("q", "").strip()[:60]
    marks_found = reference_marks(text)
    heading = [_("Unit"), _("Part"), _("Reason"), _("Marked"), _("By"), _("Ended"), _("Why it ended")]
    file = exported(request, "reference-units", heading, marks_found, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, marks_found)
    chosen = {"q": text} if text else {}
    context = {
        "tabs": tabs("reference_units", asked(request)),
        "marks": page,
        "page": page,
        "filters": [{"name": "q", "label": _("Serial, part or reason"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, chosen, {"q": _("Serial, part or reason")}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "form": form,
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }
    status = outcome.status if outcome else 422 if request.method == "POST" else 200
    return render(request, "assembly/reference_units.html", context, status=status)


def _act(request: HttpRequest, form: forms.Form | None) -> Outcome | None:
    """Whoever may not keep reference units is refused by the gate."""
    if request.POST.get("act") == "end":
        unit, reason = request.POST.get("unit", "")[:200], request.POST.get("reason", "")[:500]
        return call_from_page(request, end_reference_mark, unit=unit, reason=reason)
    if form is None:
        return call_from_page(request, mark_reference_unit, unit="", reason="")
    return call_from_page(request, mark_reference_unit, **form.cleaned_data) if form.is_valid() else None


def _cells(row: ReferenceMark) -> list[Any]:
    marked = f"{timezone.localtime(row.marked_at):%Y-%m-%d %H:%M}"
    ended = f"{timezone.localtime(row.ended_at):%Y-%m-%d %H:%M}" if row.ended_at else ""
    return [row.unit.name, row.unit.part.number, row.reason, marked, row.marked_by.name, ended, row.ended_why]


URLS = [path("quality/reference-units/", reference_units, name="reference_units")]
