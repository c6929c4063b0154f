"""Pages: returns to suppliers (RMA), from the trade-control check to what became of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from inventory.event_words import GAIHI, OUTCOMES
from inventory.forms import ReturnForm, ReturnOutcomeForm, SendingForm, TradeCheckForm, searched
from inventory.models import SupplierReturn
from inventory.operations.returns import check_return, request_return, send_return, settle_return
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key

STATES: dict[str, tuple[str, Any]] = {
    "opened": ("hold", gettext_lazy("waits for its trade check")),
    "checked": ("wait", gettext_lazy("may leave")),
    "sent": ("run", gettext_lazy("at the supplier")),
    **OUTCOMES,
}
"""State of a return → (state, words)."""

_JOINED = ("unit__part", "supplier", "opened_by", "checked_by", "sent_by", "settled_by")


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def returns(request: HttpRequest) -> HttpResponse:
    """The returns, newest first; opening one."""
    may = request.user.has_perm("inventory.hold")
    form = ReturnForm(request.POST or None) if may else None
    outcome = None
    if request.method == "POST":
        outcome = _open(request, form)
        if outcome is not None and outcome.refusal is None:
            return redirect("supplier_return", outcome.result.number)
    chosen = {name: value for name in ("q", "state") if (value := searched(request.GET.get(name)))}
    rows = _rows(chosen)
    heading = [_("Return"), _("Unit"), _("Part number"), _("Supplier"), _("Reason"), _("Opened"), _("State")]
    file = exported(request, "returns", heading, rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    options = [("", _("All")), ("open", _("not settled")), ("settled", _("settled"))]
    filters: list[dict[str, Any]] = [
        {"name": "q", "label": _("Number, serial or supplier"), "value": chosen.get("q"), "kind": "search"},
        {
            "name": "state", "label": _("State"), "value": chosen.get("state", ""), "kind": "select",
            "options": [{"value": value, "label": label} for value, label in options],
        },
    ]  # fmt: skip
    context = {
        "returns": [return_row(row) for row in page],
        "page": page,
        "filters": filters,
        "chosen": chosen_links(request, chosen, {str(one["name"]): str(one["label"]) for one in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "form": form,
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }
    status = outcome.status if outcome else 422 if request.method == "POST" else 200
    return render(request, "inventory/returns.html", context, status=status)


def _open(request: HttpRequest, form: ReturnForm | None) -> Outcome | None:
    if form is None:
        return call_from_page(request, request_return, unit="", reason="")
    return call_from_page(request, request_return, **form.cleaned_data) if form.is_valid() else None


def _rows(chosen: dict[str, str]) -> Any:
    rows = SupplierReturn.objects.select_related(*_JOINED).order_by("-pk")
    if text := chosen.get("q", ""):
        rows = rows.filter(Q(number=text) | Q(unit__serial=text) | Q(unit__tag=text) | Q(supplier__code=text))
    if chosen.get("state") == "open":
        rows = rows.filter(outcome=None)
    elif chosen.get("state") == "settled":
        rows = rows.exclude(outcome=None)
    return rows


def return_row(row: SupplierReturn) -> dict[str, Any]:
    """A return as lists and its own page show it."""
    state, word = STATES[row.state]
    return {
        "number": row.number,
        "url": reverse("supplier_return", args=[row.number]),
        "unit": row.unit.name,
        "unit_url": reverse("unit", args=[row.unit.tag]),
        "part": row.unit.part.number,
        "supplier": row.supplier.name,
        "reason": row.reason,
        "opened_at": row.opened_at,
        "state": state,
        "word": word,
    }


def _cells(row: SupplierReturn) -> list[Any]:
    told = return_row(row)
    opened = f"{timezone.localtime(row.opened_at):%Y-%m-%d %H:%M}"
    return [*(told[name] for name in ("number", "unit", "part", "supplier", "reason")), opened, told["word"]]


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def supplier_return(request: HttpRequest, number: str) -> HttpResponse:
    """One return: its check, its leaving, what became of it, and the form of the next act."""
    found = get_object_or_404(SupplierReturn.objects.select_related(*_JOINED), number=number)
    outcome = None
    posted = request.POST.get("act", "") if request.method == "POST" else ""
    shown = _forms(request, found, posted)
    if posted in ACTS:
        form = shown.get(posted)
        if form is None or form.is_valid():
            given = form.cleaned_data if form else dict.fromkeys(ACTS[posted][1], "")
            outcome = call_from_page(request, ACTS[posted][0], number=number, **given)
            if outcome.refusal is None:
                messages.success(request, _("%(number)s is recorded.") % {"number": number})
                return redirect("supplier_return", number)
    context = {
        "row": return_row(found),
        "facts": _facts(found),
        "check": _check(found),
        "check_form": shown.get("check"),
        "send_form": shown.get("send"),
        "settle_form": shown.get("settle"),
        "refusal": outcome.refusal if outcome else None,
        "key": request.POST.get("key") or new_key(),
    }
    status = outcome.status if outcome else 422 if request.method == "POST" else 200
    return render(request, "inventory/return.html", context, status=status)


ACTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "check": (check_return, ("gaihi", "eccn", "destination", "basis")),
    "send": (send_return, ("carrier",)),
    "settle": (settle_return, ("outcome",)),
}
"""Act of the page → the operation and the fields that whoever may not act would send blank."""


def _forms(request: HttpRequest, found: SupplierReturn, posted: str) -> dict[str, forms.Form]:
    """The forms of what comes next, for whoever may."""
    told: dict[str, forms.Form] = {}

    def data(act: str) -> Any:
        return request.POST if posted == act else None

    if found.sent_at is None and request.user.has_perm("inventory.check_export"):
        first = {"eccn": found.unit.part.eccn, "destination": found.supplier.country}
        choices = [(name, word) for name, (_state, word) in GAIHI.items()]
        told["check"] = TradeCheckForm(data("check"), choices=choices, initial=first)
    if found.sent_at is None and found.checked_at and request.user.has_perm("inventory.send_return"):
        told["send"] = SendingForm(data("send"))
    if found.sent_at and found.outcome is None and request.user.has_perm("inventory.receive"):
        choices = [(name, word) for name, (_state, word) in OUTCOMES.items()]
        told["settle"] = ReturnOutcomeForm(data("settle"), choices=choices)
    return told


def _facts(found: SupplierReturn) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("Unit"), "value": found.unit.name, "url": reverse("unit", args=[found.unit.tag])},
        {"label": _("Part number"), "value": found.unit.part.number, "code": True},
        {"label": _("Supplier"), "value": f"{found.supplier.name} ({found.supplier.country})"},
        {"label": _("Reason"), "value": found.reason},
        {"label": _("Opened"), "value": _signed(found.opened_at, found.opened_by)},
        {"label": _("Sent"), "value": _signed(found.sent_at, found.sent_by) or _("not yet")},
    ]
    if found.sent_at:
        facts.append({"label": _("Carrier"), "value": f"{found.carrier} {found.tracking}".strip()})
    if found.outcome:
        word = OUTCOMES[found.outcome][1]
        facts.append({"label": _("What became of it"), "value": f"{word} {found.replacement} {found.remarks}".strip()})
        facts.append({"label": _("Settled"), "value": _signed(found.settled_at, found.settled_by)})
    return facts


def _check(found: SupplierReturn) -> list[dict[str, Any]]:
    if found.checked_at is None:
        return []
    state, word = GAIHI[found.gaihi]
    return [
        {"label": _("Judgement (該非判定)"), "value": word, "state": state, "word": ""},
        {"label": "ECCN", "value": found.eccn, "code": True},
        {"label": _("Destination"), "value": found.destination},
        {"label": _("What the judgement rests on"), "value": found.basis},
        {"label": _("Licence or exception"), "value": found.licence or _("none")},
        {"label": _("Checked"), "value": _signed(found.checked_at, found.checked_by)},
    ]


def _signed(at: Any, by: Any) -> str:
    return f"{timezone.localtime(at):%Y/%m/%d %H:%M} · {by.name}" if at and by else ""
