"""Pages: what is held, placing and releasing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from inventory.forms import HoldForm, ReasonForm, searched
from inventory.models import Hold
from inventory.operations.holds import place_holds, release_hold
from inventory.views.reading import chosen_links, done_words, empty_words, exported, exports_of, page_of
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """The list of holds, and placing one on many things in one act."""
    form = (
        HoldForm(request.POST) if request.method == "POST" else HoldForm(initial={"targets": request.GET.get("target")})
    )
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = call_from_page(
                request, place_holds, targets=form.targets_list(), reason=form.cleaned_data["reason"]
            )
            if outcome.refusal is None:
                messages.success(request, done_words(len(outcome.result["holds"])))
                return redirect("holds")
            refusal, status = outcome.refusal, outcome.status
    rows, chosen = _rows(request)
    file = exported(request, "holds", _heading(), rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    filters = _filters(chosen)
    context = {
        "holds": [hold_row(hold) for hold in page],
        "page": page,
        "total": Hold.objects.count(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {entry["name"]: entry["label"] for entry in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "form": form if _may_hold(request) else None,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
    }
    return render(request, "inventory/holds.html", context, status=status)


def _may_hold(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_perm("inventory.hold")


def _rows(request: HttpRequest) -> tuple[Any, dict[str, str]]:
    chosen = {name: searched(request.GET.get(name)) for name in ("q", "state", "recall")}
    chosen = {name: value for name, value in chosen.items() if value}
    rows = Hold.objects.select_related("unit__part", "lot__part", "placed_by", "released_by").order_by("-pk")
    if chosen.get("recall"):
        rows = rows.filter(recall__number=chosen["recall"])
    text = chosen.get("q", "")
    if text:
        rows = rows.filter(
            Q(number=text) | Q(unit__tag=text) | Q(unit__serial=text) | Q(lot__number=text) | Q(reason__icontains=text)
        )
    if chosen.get("state") == "open":
        rows = rows.filter(released_at=None)
    elif chosen.get("state") == "released":
        rows = rows.filter(released_at__isnull=False)
    return rows, chosen


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    options = [("", _("All")), ("open", _("On hold")), ("released", _("Released"))]
    return [
        {"name": "q", "label": _("Number"), "value": chosen.get("q"), "kind": "search"},
        {
            "name": "state",
            "label": _("State"),
            "value": chosen.get("state", ""),
            "kind": "select",
            "options": [{"value": value, "label": label} for value, label in options],
        },
        {"name": "recall", "label": _("Recall"), "value": chosen.get("recall"), "kind": "text"},
    ]


def _heading() -> list[str]:
    return [_("Hold"), _("On"), _("Part number"), _("Reason"), _("Placed by"), _("Placed"), _("Released"), _("Why")]


def _cells(hold: Hold) -> list[Any]:
    row = hold_row(hold)
    return [
        hold.number,
        row["on"],
        row["part"],
        hold.reason,
        row["by"],
        hold.placed_at.isoformat(timespec="minutes"),
        hold.released_at.isoformat(timespec="minutes") if hold.released_at else "",
        hold.release_reason,
    ]


def hold_row(hold: Hold) -> dict[str, Any]:
    """A hold as lists and its own page show it."""
    thing: Any = hold.unit or hold.lot
    is_open = hold.released_at is None
    return {
        "number": hold.number,
        "url": reverse("hold", args=[hold.number]),
        "on": thing.name if hold.unit else thing.number,
        "on_url": reverse("unit" if hold.unit else "lot", args=[thing.tag]),
        "is_lot": hold.unit is None,
        "part": thing.part.number,
        "reason": hold.reason,
        "by": hold.placed_by.name,
        "from_at": hold.placed_at,
        "to_at": hold.released_at,
        "released_by": hold.released_by.name if hold.released_by else "",
        "release_reason": hold.release_reason,
        "state": "hold" if is_open else "void",
        "word": _("On hold") if is_open else _("Released"),
    }


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """One hold, and its release."""
    found = get_object_or_404(
        Hold.objects.select_related("unit__part", "lot__part", "placed_by", "released_by"), number=number
    )
    form = ReasonForm(request.POST) if request.method == "POST" else ReasonForm()
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = call_from_page(request, release_hold, number=number, reason=form.cleaned_data["reason"])
            if outcome.refusal is None:
                return redirect("hold", number)
            refusal, status = outcome.refusal, outcome.status
    context = {
        "hold": hold_row(found),
        "form": form if found.released_at is None and _may_hold(request) else None,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
    }
    return render(request, "inventory/hold.html", context, status=status)
