"""Disruptions: the list, one reported, one with whom it strikes and what can be done, its expectation and its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from inventory.forms import searched
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal
from logistics.disruption_forms import KIND_WORDS, DisruptionForm, EndForm, ExpectationForm
from logistics.models import Disruption, Leg
from logistics.operations.disruptions import (
    ExpectedEnd,
    Strikes,
    end_disruption,
    leg_name,
    report_disruption,
    revise_disruption,
    struck_legs,
)
from logistics.operations.replanning import NewPlan, replan_shipments
from logistics.queries.alternatives import choices_of
from logistics.queries.disruptions import disruption_page, disruption_rows, impact_of
from logistics.views.disruption_facts import choice_rows, disruption_context, disruption_state
from logistics.views.saying import MODES, leg_words, reads

ACTS = ("expectation", "end")
AFFECTED_ROWS = 20


@reads
@require_GET
def disruptions(request: HttpRequest) -> HttpResponse:
    """All disruptions, the open ones first."""
    chosen = {name: value for name in ("q", "state", "kind") if (value := searched(request.GET.get(name)))}
    page = page_of(request, disruption_rows(chosen.get("q", ""), chosen.get("state", ""), chosen.get("kind", "")))
    context = {
        "disruptions": [_row(row) for row in page],
        "page": page,
        "total": Disruption.objects.count(),
        "filters": _filters(chosen),
        "chosen": chosen_links(request, chosen, {"q": _("Number"), "state": _("State"), "kind": _("Kind")}),
        "empty": empty_words(chosen),
        "create_url": reverse("disruption_new") if request.user.has_perm("logistics.report_disruption") else "",
    }
    return render(request, "logistics/disruptions.html", context)


def _row(row: Disruption) -> dict[str, Any]:
    state, word = disruption_state(row, timezone.now())
    return {
        "number": row.number, "url": reverse("disruption", args=[row.number]), "headline": row.headline,
        "kind": KIND_WORDS[row.kind],
        "legs": [f"{one.leg.lane.name}: {leg_words(one.leg)}" for one in row.struck.all()],
        "begins_at": row.begins_at, "p50_at": row.p50_at, "ended_at": row.ended_at, "grade": row.grade,
        "state": state, "word": word,
    }  # fmt: skip


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    states = [("", _("All")), ("open", _("Still open")), ("ended", _("Over"))]
    kinds = [("", _("All")), *KIND_WORDS.items()]
    return [
        {"name": "q", "label": _("Number, headline or source"), "value": chosen.get("q", ""), "kind": "search"},
        {
            "name": "state", "label": _("State"), "value": chosen.get("state", ""), "kind": "select",
            "options": [{"value": value, "label": label} for value, label in states],
        },
        {
            "name": "kind", "label": _("Kind"), "value": chosen.get("kind", ""), "kind": "select",
            "options": [{"value": value, "label": label} for value, label in kinds],
        },
    ]  # fmt: skip


@reads
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Report one; `check` shows first which legs are meant."""
    form = _form(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "key": request.POST.get("key") or new_key(), "refusal": None}
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        strikes = Strikes(given["legs"], given["carrier"], given["mode"], given["place"])
        if "check" in request.POST:
            status, context["meant"] = 200, _meant(strikes)
        else:
            outcome = call_from_page(
                request, report_disruption, kind=given["kind"], headline=given["headline"],
                begins_at=given["begins_at"], expected=_expected(given), strikes=strikes,
            )  # fmt: skip
            if outcome.refusal is None:
                messages.success(request, _("Recorded."))
                return redirect("disruption", number=outcome.result.number)
            status, context["refusal"] = outcome.status, outcome.refusal
    return render(request, "logistics/disruption_new.html", context, status=status)


def _form(data: Any) -> DisruptionForm:
    legs = list(Leg.objects.select_related("lane", "carrier").order_by("lane__code", "number"))
    english = get_language() == "en"
    places = {leg.from_en if english else leg.from_ja for leg in legs} | {
        leg.to_en if english else leg.to_ja for leg in legs
    }
    return DisruptionForm(
        data,
        carriers=sorted({(leg.carrier.code, leg.carrier.name) for leg in legs}),
        modes=[(mode, str(word)) for mode, word in MODES.items() if any(leg.mode == mode for leg in legs)],
        places=[(place, place) for place in sorted(places)],
        legs=[(leg_name(leg), f"{leg.lane.name}: {leg_words(leg)} ({leg.carrier.name})") for leg in legs],
    )


def _meant(strikes: Strikes) -> list[str]:
    try:
        return [f"{leg.lane.name}: {leg_words(leg)}" for leg in struck_legs(strikes)]
    except Refusal:
        return []


def _expected(given: dict[str, Any]) -> ExpectedEnd:
    return ExpectedEnd(given["p50_at"], given["source"], given["grade"], given["p10_at"], given["p90_at"])


@reads
@require_http_methods(["GET", "POST"])
def disruption(request: HttpRequest, number: str) -> HttpResponse:
    """One disruption; a POST plans the chosen shipments anew."""
    outcome = Outcome()
    if request.method == "POST":
        plans = [plan for text in _chosen(request) if (plan := _plan(text)) is not None]
        outcome = call_from_page(
            request, replan_shipments, plans=plans, reason=request.POST.get("reason", ""), disruption=number
        )
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("disruption", number=number)
    page = disruption_page(number)
    if page is None:
        raise Http404
    impact = impact_of(number, timezone.now()) if page.disruption.is_open else None
    rows = page_of_impact(request, impact.rows if impact else ())
    choices = choices_of(impact, list(rows), number) if impact else []
    context = disruption_context(page, impact, list(rows), request.user) | {
        "page": rows,
        "choices": choice_rows(choices, impact, number) if impact else [],
        "refusal": outcome.refusal,
        "key": new_key(),
        "may_plan": request.user.has_perm("logistics.ship"),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "logistics/disruption.html", context, status=outcome.status)


def page_of_impact(request: HttpRequest, rows: Any) -> Any:
    """The page of affected rows; their alternatives are drawn for it alone."""
    return page_of(request, rows, AFFECTED_ROWS)


def _chosen(request: HttpRequest) -> list[str]:
    return [str(value) for name, value in request.POST.items() if name.startswith("plan-") and value]


def _plan(text: str) -> NewPlan | None:
    """ "12|1|HRM-SEN-ROAD|CR-SETO|2026-11-30T10:00:00+09:00" as the page wrote it; None for anything else."""
    cells = text.split("|")
    try:
        pk, version, lane, carrier, departs = cells
        return NewPlan(int(pk), int(version), lane, carrier, datetime.fromisoformat(departs))
    except ValueError:
        return None


@reads
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """A new expected end, or the end."""
    if act not in ACTS:
        raise Http404
    row = get_object_or_404(Disruption, number=number)
    form = _act_form(act, row, request.POST if request.method == "POST" else None)
    outcome = Outcome()
    if request.method == "POST" and form.is_valid():
        outcome = _done(request, act, row, form)
        if outcome.refusal is None:
            messages.success(request, _("Recorded."))
            return redirect("disruption", number=number)
    bad = request.method == "POST" and outcome.refusal is None
    titles = {"expectation": _("New expected end"), "end": _("The disruption is over")}
    context = {"form": form, "title": titles[act], "refusal": outcome.refusal, "key": new_key(), "row": row}
    return render(request, "logistics/disruption_act.html", context, status=422 if bad else outcome.status)


def _act_form(act: str, row: Disruption, data: Any) -> forms.Form:
    if act == "end":
        return EndForm(data)
    told = {name: timezone.localtime(getattr(row, name)) for name in ("p10_at", "p50_at", "p90_at")}
    return ExpectationForm(data, initial=told | {"source": row.source, "grade": row.grade})


def _done(request: HttpRequest, act: str, row: Disruption, form: forms.Form) -> Outcome:
    given = form.cleaned_data
    if act == "end":
        return call_from_page(request, end_disruption, number=row.number, ended_at=given["ended_at"])
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else row.version
    return call_from_page(request, revise_disruption, number=row.number, version=version, expected=_expected(given))
