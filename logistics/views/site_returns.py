"""Returns from the sites: the list, one return with both its lives, and the acts on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from inventory.forms import searched
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, new_key
from logistics.models import Indicator, Site, SiteReturn
from logistics.operations.conditions import IndicatorRead
from logistics.operations.custody import SealSeen
from logistics.operations.loggers import LoggerSeen, fitted_loggers
from logistics.operations.site_returns import (
    cancel_site_return,
    open_site_return,
    pack_site_return,
    receive_site_returns,
)
from logistics.queries.custody import handover_rows, seals_on
from logistics.queries.site_returns import (
    Journey,
    complete_again_at,
    journeys_of,
    shipment_of,
    site_return_rows,
    state_of,
)
from logistics.return_forms import GiveUpForm, OpenReturnForm, ReturnCrateForm, TakeInForm
from logistics.text import moment_words
from logistics.views.saying import days_word, reads

WORDS: dict[str, tuple[str, Any]] = {
    "opened": ("late", gettext_lazy("asked for, stands at the site")),
    "packed": ("wait", gettext_lazy("packed at the site")),
    "on_the_way": ("run", gettext_lazy("on the way back")),
    "at_plant": ("run", gettext_lazy("at the plant's dock")),
    "received": ("hold", gettext_lazy("back, to be repaired and tested")),
    "ready": ("done", gettext_lazy("complete and released again")),
    "cancelled": ("void", gettext_lazy("given up")),
}
ACTS = ("packing", "giving-up", "receipt")


@reads
@require_GET
def site_returns(request: HttpRequest) -> HttpResponse:
    """All returns, filtered by text and state."""
    chosen = {name: value for name in ("q", "state") if (value := searched(request.GET.get(name)))}
    page = page_of(request, site_return_rows(chosen.get("q", ""), chosen.get("state", "")))
    states = [{"value": "", "label": _("All")}, *({"value": key, "label": word[1]} for key, word in WORDS.items())]
    context = {
        "returns": [_row(row) for row in page],
        "page": page,
        "filters": [
            {"name": "q", "label": _("Return, RMA or serial"), "value": chosen.get("q", ""), "kind": "search"},
            {"name": "state", "label": _("State"), "value": chosen.get("state", ""), "kind": "select",
             "options": states},
        ],
        "chosen": chosen_links(request, chosen, {"q": _("Return, RMA or serial"), "state": _("State")}),
        "empty": empty_words(chosen),
        "may": request.user.has_perm("logistics.open_return"),
    }  # fmt: skip
    return render(request, "logistics/site_returns.html", context)


def _row(row: SiteReturn) -> dict[str, Any]:
    state, word = WORDS[state_of(row)]
    shipment = shipment_of(row)
    return {
        "number": row.number, "url": reverse("site_return", args=[row.number]), "unit": row.unit.name, "rma": row.rma,
        "part": row.unit.part.number, "reason": row.reason, "site": row.site.name, "destination": row.destination.name,
        "opened_at": row.opened_at, "shipment": shipment.number if shipment else "", "state": state, "word": word,
        "shipment_url": reverse("shipment", args=[shipment.number]) if shipment else "",
    }  # fmt: skip


@reads
@require_http_methods(["GET", "POST"])
def site_return_new(request: HttpRequest) -> HttpResponse:
    """Open a return, at the site's tablet."""
    plants = [(one.code, f"{one.name} ({one.country})") for one in Site.objects.filter(kind="plant").order_by("pk")]
    first = {"unit": request.GET.get("unit", "")}
    form = OpenReturnForm(request.POST if request.method == "POST" else None, plants=plants, initial=first)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = call_from_page(request, open_site_return, asked=form.asked)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("site_return", number=outcome.result.number)
    return _form_page(request, form, outcome, (_("Open a site return"), reverse("site_returns"), ""))


def _form_page(request: HttpRequest, form: forms.Form, outcome: Outcome, named: tuple[str, str, str]) -> HttpResponse:
    """A form; `named`: title, where it came from, number."""
    title, back, number = named
    status = 422 if form.is_bound and outcome.refusal is None else outcome.status
    context = {"form": form, "title": title, "refusal": outcome.refusal, "key": new_key(), "number": number}
    context |= {"crumbs_url": back, "button": _("Record it")}
    return render(request, "logistics/act.html", context, status=status)


def _find(number: str) -> SiteReturn:
    row = site_return_rows().filter(number=number).first()
    if row is None:
        raise Http404
    return row


@reads
@require_GET
def site_return(request: HttpRequest, number: str) -> HttpResponse:
    """One return: where it is, what may be done now, its clocks, and every way of the unit out and back."""
    row = _find(number)
    state = state_of(row)
    ways = journeys_of(row.unit_id)
    context = {
        "row": _row(row),
        "acts": _acts(row, state, request.user),
        "facts": _facts(row),
        "clocks": _clocks(row, ways),
        "ways": [_way(way) for way in ways],
    }
    return render(request, "logistics/site_return.html", context)


def _acts(row: SiteReturn, state: str, user: Any) -> list[dict[str, str]]:
    known = {
        "opened": [("packing", _("Pack it"), "logistics.open_return"),
                   ("giving-up", _("Give the return up"), "logistics.open_return")],
        "on_the_way": [("receipt", _("Take it in"), "inventory.receive")],
        "at_plant": [("receipt", _("Take it in"), "inventory.receive")],
    }  # fmt: skip
    acts = [
        {"label": label, "url": reverse("site_return_act", args=[row.number, act]), "kind": "", "icon": ""}
        for act, label, right in known.get(state, [])
        if user.has_perm(right)
    ]
    if state == "packed" and shipment_of(row) is None and user.has_perm("logistics.ship"):
        acts = [{"label": _("Prepare a shipment"), "url": reverse("shipment_plan"), "kind": "", "icon": ""}]
    if acts:
        acts[0]["kind"] = "primary"
    return acts


def _facts(row: SiteReturn) -> list[dict[str, Any]]:
    shipment = shipment_of(row)
    return [
        {"label": _("Rack or tray"), "value": row.unit.name, "url": reverse("unit", args=[row.unit.tag]), "code": True},
        {"label": _("RMA number"), "value": row.rma, "code": True},
        {"label": _("Reason"), "value": row.reason},
        {"label": _("Asked by"), "value": row.asked_by},
        {"label": _("Stood at"), "value": f"{row.site.name} · {row.came_from}"},
        {"label": _("Goes to"), "value": f"{row.destination.name} ({row.destination.country})"},
        {"label": _("Operation to begin again with"), "value": row.retest_from},
        {"label": "SSCC", "value": row.crate.sscc if row.crate else None, "code": True},
        {"label": _("Shipment"), "value": shipment.number if shipment else None, "code": True,
         **({"url": reverse("shipment", args=[shipment.number])} if shipment else {})},
        {"label": _("Return opened"), "value": f"{moment_words(row.opened_at)} · {row.opened_by.name}"},
        *([{"label": _("Given up"), "value": row.cancelled_why}] if row.cancelled_at else []),
    ]  # fmt: skip


def _clocks(row: SiteReturn, ways: list[Journey]) -> list[dict[str, Any]]:
    """The return's own clocks; those of the first life are not touched by them (decision 0025)."""
    out_again = next((way for way in ways if row.crate and way.sealed_at > row.crate.sealed_at and not way.back), None)
    return [
        {"label": _("Asked for → back in the plant"), **_span(row.opened_at, row.received_at)},
        {"label": _("Back in the plant → complete again"), **_span(row.received_at, complete_again_at(row))},
        {"label": _("Second way: left → received"),
         **_span(out_again.departed_at if out_again else None, out_again.received_at if out_again else None)},
    ]  # fmt: skip


def _span(start: datetime | None, end: datetime | None) -> dict[str, Any]:
    known = start is not None and end is not None
    return {"value": days_word((end - start).total_seconds() / 86_400) if known else None, "unit": ""}  # type: ignore[operator]


def _way(way: Journey) -> dict[str, Any]:
    word = way.acceptance
    outcome = ("wait", "–")
    if way.back and way.site_return is not None:
        outcome = ("done", _("back in the plant")) if way.site_return.received_at else ("run", _("going back"))
    elif word is not None:
        outcome = ("stop", _("refused")) if word.outcome == "refused" else ("done", str(word.position))
    return {
        "title": _("Back: %(number)s") % {"number": way.site_return} if way.back else _("Out"),
        "sscc": way.sscc,
        "shipment": way.shipment.number if way.shipment else "",
        "url": reverse("shipment", args=[way.shipment.number]) if way.shipment else "",
        "need_by": way.shipment.need_by if way.shipment else None,
        "sealed_at": way.sealed_at,
        "departed_at": way.departed_at,
        "arrived_at": way.arrived_at,
        "received_at": way.received_at,
        "state": outcome[0],
        "word": outcome[1],
    }


@reads
@require_http_methods(["GET", "POST"])
def site_return_act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Pack a return, give it up, or take it in at the plant."""
    if act not in ACTS:
        raise Http404
    row = _find(number)
    form = _form(act, row, request.POST if request.method == "POST" else None)
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        outcome = _call(act, request, row, form)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("site_return", number=number)
    titles = {"packing": _("Pack the return"), "giving-up": _("Give the return up"), "receipt": _("Take the return in")}
    return _form_page(request, form, outcome, (titles[act], reverse("site_return", args=[number]), number))


def _form(act: str, row: SiteReturn, data: Any) -> forms.Form:
    if act == "packing":
        return ReturnCrateForm(data)
    if act == "giving-up":
        return GiveUpForm(data)
    shipment = shipment_of(row)
    if shipment is None or shipment.has_arrived:
        return TakeInForm(data, seals=[], serials=[])
    fitted = Indicator.objects.filter(crate__shipment_crate__shipment=shipment).order_by("serial")
    seals = seals_on(handover_rows(shipment.pk))
    serials = list(fitted.values_list("serial", flat=True))
    loggers = list(fitted_loggers({shipment.pk: shipment})[shipment.pk])
    return TakeInForm(data, seals=seals, serials=serials, loggers=loggers)


def _call(act: str, request: HttpRequest, row: SiteReturn, form: Any) -> Outcome:
    if act == "packing":
        return call_from_page(request, pack_site_return, number=row.number, crate=form.crate)
    if act == "giving-up":
        return call_from_page(request, cancel_site_return, number=row.number, reason=form.cleaned_data["reason"])
    shipment, given = shipment_of(row), form.cleaned_data
    return call_from_page(
        request, receive_site_returns, shipment_id=shipment.pk if shipment else 0,
        location_code=given["location_code"], readings=[IndicatorRead(*one) for one in form.readings()],
        seals=[SealSeen(*one) for one in form.seals()], handed_by=given["handed_by"],
        loggers=[LoggerSeen(*one) for one in form.loggers()],
    )  # fmt: skip


URLS = [
    path("site-returns/", site_returns, name="site_returns"),
    path("site-returns/new/", site_return_new, name="site_return_new"),
    path("site-returns/<str:number>/", site_return, name="site_return"),
    path("site-returns/<str:number>/<slug:act>/", site_return_act, name="site_return_act"),
]
