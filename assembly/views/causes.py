"""The table of causes: what quality chooses from, with how often each was named; kept by planner and quality."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from assembly.forms import CauseForm
from assembly.models import Cause
from assembly.models.quality import CAUSE_CATEGORIES
from assembly.operations.causes import define_cause, retire_cause
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key

CATEGORIES: dict[str, Any] = {
    "man": gettext_lazy("Man"),
    "machine": gettext_lazy("Machine"),
    "material": gettext_lazy("Material"),
    "method": gettext_lazy("Method"),
    "measurement": gettext_lazy("Measurement"),
    "environment": gettext_lazy("Environment"),
}


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def causes(request: HttpRequest) -> HttpResponse:
    """The causes by category; a form for whoever keeps them."""
    form, outcome = None, None
    if request.user.has_perm("assembly.keep_causes"):
        acted = request.method == "POST" and request.POST.get("act") != "retire"
        form = CauseForm(request.POST if acted else None, categories=_choices())
    if request.method == "POST":
        outcome = _act(request, form)
        if outcome is not None and outcome.refusal is None:
            messages.success(request, _("%(code)s is recorded.") % {"code": outcome.result.code})
            return redirect("causes")
    text = request.GET.get("q", "").strip()[:60]
    rows = Cause.objects.annotate(times=Count("nonconformities")).order_by("retired_at", "category", "code")
    if text:
        rows = rows.filter(code__icontains=text) | rows.filter(name_ja__icontains=text)
    heading = [_("Code"), _("Category"), _("Name"), _("At the stations"), _("Named"), _("State")]
    file = exported(request, "causes", heading, rows, lambda row: [*_row(row).values()])
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    context = {
        "causes": [_row(row) | {"retired": row.retired_at is not None} for row in page],
        "page": page,
        "filters": [{"name": "q", "label": _("Code or name"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, {"q": text} if text else {}, {"q": _("Code or name")}),
        "exports": exports_of(request),
        "empty": empty_words({"q": text} if text else {}),
        "form": form,
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }
    status = outcome.status if outcome else 422 if request.method == "POST" else 200
    return render(request, "assembly/causes.html", context, status=status)


def _choices() -> list[tuple[str, Any]]:
    return [(name, CATEGORIES[name]) for name in CAUSE_CATEGORIES]


def _act(request: HttpRequest, form: CauseForm | None) -> Outcome | None:
    """Whoever may not keep causes is refused by the gate."""
    if request.POST.get("act") == "retire":
        return call_from_page(request, retire_cause, code=request.POST.get("code", ""))
    if form is None:
        return call_from_page(request, define_cause, code="", category="man", name_ja="", name_en="")
    return call_from_page(request, define_cause, **form.cleaned_data) if form.is_valid() else None


def _row(row: Any) -> dict[str, Any]:
    return {
        "code": row.code,
        "category": str(CATEGORIES[row.category]),
        "name": row.name,
        "bench": _("after NG") if row.at_bench else "",
        "times": row.times,
        "word": _("retired") if row.retired_at else _("in use"),
    }
