"""Shipments: the list, one page, and the acts on it. Every act is one operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.queries.configuration import open_differences
from inventory.event_words import GAIHI
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key, recorded_before
from logistics.forms import (
    AcceptanceForm,
    ArrivalForm,
    DepartureForm,
    DoubtForm,
    EtaForm,
    ExportCheckForm,
    FoundForm,
    HandOverForm,
    MilestoneForm,
    PlanForm,
    WaybillForm,
)
from logistics.models import Carrier, Indicator, Lane, Milestone, MissingCrate, Shipment
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.carrier_files import review_milestone
from logistics.operations.carrier_words import record_waybill
from logistics.operations.conditions import IndicatorRead
from logistics.operations.custody import SealSeen, seals_in
from logistics.operations.departures import depart_shipment
from logistics.operations.etas import EtaGiven, give_eta, overtaken_expectation
from logistics.operations.exports import check_shipment_export
from logistics.operations.handovers import Handing, hand_over
from logistics.operations.loggers import LoggerSeen, fitted_loggers
from logistics.operations.milestones import Report, report_milestone
from logistics.operations.receivings import finish_receiving, receive_crates
from logistics.operations.shipments import ShipmentPlan, plan_shipment
from logistics.queries.carrier_files import open_doubts
from logistics.queries.custody import carriers_ahead, seals_under_way
from logistics.queries.etas import carriers_of, eta_rows
from logistics.queries.kept import kept_outlook
from logistics.queries.load_board import first_need
from logistics.queries.loads import vehicles_in_use
from logistics.queries.shipments import ShipmentFilter, racks_of_shipments, shipment_page, shipment_rows
from logistics.views.eta_facts import eta_context
from logistics.views.part_arrivals import receiving_form, sent_again
from logistics.views.rows import shipment_table
from logistics.views.saying import doubt_words, reads, shipment_state, where_words
from logistics.views.shipment_facts import shipment_context

EXPORTED = 5_000
"""Rows of one file."""

ACTS = (
    "departure",
    "milestone",
    "arrival",
    "receiving",
    "acceptance",
    "waybill",
    "doubt",
    "hand-over",
    "export-check",
    "eta",
)


@reads
@require_GET
def shipments(request: HttpRequest) -> HttpResponse:
    """All shipments, filtered and sorted; `?export=csv|xlsx` gives what is on the screen."""
    chosen = {name: request.GET.get(name, "").strip() for name in ("q", "state", "lane")}
    rows = shipment_rows(
        ShipmentFilter(text=chosen["q"], state=chosen["state"], lane=chosen["lane"]), request.GET.get("sort", "")
    )
    now = timezone.now()
    file = exported(request, "shipments", _heading(), _lines(rows, now))
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    racks = racks_of_shipments([row.pk for row in page])
    kept = {name: value for name, value in chosen.items() if value}
    context = {
        "shipments": shipment_table(page, racks, kept_outlook(now), now, _stopped(page, racks)),
        "page": page,
        "total": Shipment.objects.count() if kept else page.paginator.count,
        "now": now,
        "filters": _filters(chosen),
        "chosen": chosen_links(request, kept, {"q": _("Number"), "state": _("State"), "lane": _("Lane")}),
        "exports": exports_of(request),
        "create_url": reverse("shipment_plan") if request.user.has_perm("logistics.ship") else "",
        "empty": empty_words(kept),
    }
    return render(request, "logistics/shipments.html", context)


def _stopped(page: Iterable[Shipment], racks: dict[int, list[int]]) -> dict[int, int]:
    """How many differences between scanned and reported stop each rack of a shipment that has not left."""
    waiting = [unit_id for row in page if not row.has_departed for unit_id in racks[row.pk]]
    return {unit_id: len(found) for unit_id, found in open_differences(waiting).items()} if waiting else {}


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    states = [
        {"value": "", "label": _("All")},
        {"value": "planned", "label": _("Planned")},
        {"value": "on_the_way", "label": _("On the way")},
        {"value": "in_part", "label": _("Arrived in part")},
        {"value": "arrived", "label": _("At the dock")},
        {"value": "received", "label": _("Site receiving done")},
    ]
    lanes = [
        {"value": "", "label": _("All")},
        *({"value": lane.code, "label": lane.name} for lane in Lane.objects.all()),
    ]
    return [
        {"name": "q", "label": _("Shipment, rack or SSCC"), "value": chosen["q"], "kind": "search"},
        {"name": "state", "label": _("State"), "value": chosen["state"], "kind": "select", "options": states},
        {"name": "lane", "label": _("Lane"), "value": chosen["lane"], "kind": "select", "options": lanes},
    ]


def _heading() -> list[str]:
    return [
        _("Shipment"),
        _("Racks"),
        _("Lane"),
        _("Carrier"),
        _("Planned departure"),
        _("Needed by"),
        _("State"),
        _("Place"),
    ]


def _lines(rows: QuerySet[Shipment], now: datetime) -> Iterator[list[Any]]:
    for row in rows[:EXPORTED]:
        yield _line(row, now)


def _line(row: Any, now: datetime) -> list[Any]:
    return [
        row.number,
        row.rack_count,
        row.lane.name,
        row.carrier.name,
        f"{timezone.localtime(row.planned_departure_at):%Y/%m/%d %H:%M}",
        row.need_by,
        shipment_state(row, now)[1],
        where_words(row),
    ]


@reads
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a shipment."""
    lanes = [(lane.code, lane.name) for lane in Lane.objects.all()]
    carriers = [(one.code, one.name) for one in Carrier.objects.order_by("code")]
    kinds = [("", _("to be named before it leaves")), *((one.code, one.name) for one in vehicles_in_use())]
    form = PlanForm(
        request.POST if request.method == "POST" else None, lanes=lanes, carriers=carriers, vehicles=kinds,
        initial=_chosen(request.GET.getlist("crates")),
    )  # fmt: skip
    outcome = Outcome()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        wish = ShipmentPlan(
            lane_code=given["lane"],
            carrier_code=given["carrier"],
            planned_departure_at=given["planned_departure_at"],
            need_by=given["need_by"],
            crates=given["crates"].split(),
            accepted_because=given["accepted_because"],
            vehicle_code=given["vehicle"],
        )
        outcome = call_from_page(request, plan_shipment, plan=wish)
        if outcome.refusal is None:
            if "board" in request.GET:
                return redirect("shipment_board")
            return redirect("shipment", number=outcome.result.number)
    status = 422 if form.is_bound else 200
    context = {"form": form, "title": _("Prepare a shipment"), "refusal": outcome.refusal, "key": new_key()}
    context |= {"crumbs_url": reverse("shipments"), "button": _("Plan it"), "number": ""}
    return render(request, "logistics/act.html", context, status=status if outcome.refusal is None else outcome.status)


def _chosen(crates: list[str]) -> dict[str, Any]:
    """What the form begins with where crates were chosen on the loading board."""
    return {"crates": "\n".join(crates), "need_by": first_need(crates)} if crates else {}


@reads
@require_GET
def shipment(request: HttpRequest, number: str) -> HttpResponse:
    """One shipment: legs, crates, milestones, windows given so far, papers."""
    now = timezone.now()
    page = shipment_page(number, now)
    if page is None:
        raise Http404
    context = shipment_context(page, request.user, now) | eta_context(page, eta_rows(page.shipment.pk), now)
    return render(request, "logistics/shipment.html", context)


@reads
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act on a shipment: its form, and the call behind it."""
    if act not in ACTS:
        raise Http404
    shipment = get_object_or_404(Shipment.objects.select_related("lane"), number=number)
    if request.method == "POST" and recorded_before(request, *_OF_THE_MOMENT.get(act, ())):
        return sent_again(request, number)
    form = _form(act, shipment, request.POST if request.method == "POST" else None, request.GET.get("crate", ""))
    outcome = Outcome()
    if request.method == "POST" and form.is_valid():
        outcome = _CALLS[act](request, shipment, form)
        if outcome.refusal is None:
            messages.success(request, f"{_('Recorded.')} {_overtaken(outcome.result)}".strip())
            return redirect("shipment", number=number)
    bad = request.method == "POST" and outcome.refusal is None
    context = {"form": form, "title": _titles()[act], "refusal": outcome.refusal, "key": new_key(), "number": number}
    context |= {"crumbs_url": reverse("shipment", args=[number]), "button": _("Record it")}
    return render(request, "logistics/act.html", context, status=422 if bad else outcome.status)


def _titles() -> dict[str, str]:
    return {
        "departure": _("The truck leaves"),
        "milestone": _("Report on the way"),
        "arrival": _("Arrival at the dock"),
        "receiving": _("Receiving is finished"),
        "acceptance": _("Accept a rack"),
        "waybill": _("Note the waybill"),
        "doubt": _("Settle a doubtful place"),
        "hand-over": _("Hand over to the next carrier"),
        "export-check": _("Trade-control check"),
        "eta": _("Give an ETA"),
    }


def _form(act: str, shipment: Shipment, data: Any, crate: str = "") -> forms.Form:
    if act in ("arrival", "hand-over"):
        found = _under_way(shipment)
        if act == "arrival":
            return ArrivalForm(data, **found)
        found["sealed"] = not MissingCrate.objects.filter(shipment_crate__shipment=shipment).exists()
        carriers = _named(carriers_ahead(shipment))
        return HandOverForm(data, carriers=carriers, found=found, initial={"crates": crate})
    if act == "receiving":
        return receiving_form(shipment, data)
    if act == "eta":
        return EtaForm(data, carriers=_named(carriers_of(shipment)))
    if act == "doubt":
        doubts = open_doubts().filter(milestone__shipment=shipment)
        return DoubtForm(data, doubts=[(one.milestone_id, doubt_words(one)) for one in doubts])
    if act == "export-check":
        return ExportCheckForm(data, choices=[(code, word) for code, (_state, word) in GAIHI.items()])
    kinds: dict[str, type[forms.Form]] = {
        "departure": DepartureForm, "milestone": MilestoneForm, "acceptance": AcceptanceForm, "waybill": WaybillForm,
    }  # fmt: skip
    return kinds[act](data)


def _under_way(shipment: Shipment) -> dict[str, Any]:
    """What is on those crates of a shipment that are under way: seals, indicators, loggers."""
    waiting = {"crate__shipment_crate__shipment": shipment, "crate__shipment_crate__arrival": None}
    return {
        "seals": seals_under_way(shipment.pk),
        "serials": list(Indicator.objects.filter(**waiting).order_by("serial").values_list("serial", flat=True)),
        "loggers": list(fitted_loggers({shipment.pk: shipment})[shipment.pk]),
    }


def _named(carriers: Iterable[Carrier]) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in carriers]


def _depart(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, depart_shipment, shipment_id=shipment.pk, **form.cleaned_data)


def _report(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, report_milestone, report=Report(shipment_id=shipment.pk, **form.cleaned_data))


def _overtaken(result: Any) -> str:
    """What a report by hand must be told of its stale ETA; nothing of any other act."""
    if not isinstance(result, Milestone):
        return ""
    return overtaken_expectation(result.kind, result.expected_at, result.happened_at)


def _arrive(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    readings, seals, loggers = _found(form)
    told = {"readings": readings, "seals": seals, "loggers": loggers, "handed_by": form.cleaned_data["handed_by"]}
    return call_from_page(request, arrive_shipment, shipment_id=shipment.pk, **told)


def _found(form: forms.Form) -> tuple[list[IndicatorRead], list[SealSeen], list[LoggerSeen]]:
    assert isinstance(form, FoundForm)
    return (
        [IndicatorRead(*one) for one in form.readings()],
        [SealSeen(*one) for one in form.seals()],  # type: ignore[arg-type]
        [LoggerSeen(*one) for one in form.loggers()],  # type: ignore[arg-type]
    )


def _hand_over(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    given, (readings, seals, loggers) = form.cleaned_data, _found(form)
    told = {name: given[name] for name in ("to_carrier", "given_by", "taken_by", "vehicle", "place", "remarks")}
    seals += [SealSeen(number, "fitted") for number in seals_in(given["new_seals"])]
    handing = Handing(
        shipment.pk, **told, seals=seals, crates=given["crates"].split(), readings=readings,
        occurred_at=given["occurred_at"], loggers=loggers,
    )  # fmt: skip
    return call_from_page(request, hand_over, handing=handing)


def _receive(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    if "crates" not in form.fields:  # it arrived whole
        return call_from_page(request, finish_receiving, shipment_id=shipment.pk)
    return call_from_page(request, receive_crates, shipment_id=shipment.pk, crates=form.cleaned_data["crates"])


def _accept(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, accept_rack, verdict=Verdict(shipment_id=shipment.pk, **form.cleaned_data))


def _give_eta(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, give_eta, eta=EtaGiven(shipment_id=shipment.pk, **form.cleaned_data))


def _note_waybill(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, record_waybill, shipment_id=shipment.pk, **form.cleaned_data)


def _settle(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, review_milestone, **form.cleaned_data)


def _check_export(request: HttpRequest, shipment: Shipment, form: forms.Form) -> Outcome:
    return call_from_page(request, check_shipment_export, shipment_id=shipment.pk, **form.cleaned_data)


_CALLS: dict[str, Callable[[HttpRequest, Shipment, forms.Form], Outcome]] = {
    "departure": _depart,
    "milestone": _report,
    "arrival": _arrive,
    "receiving": _receive,
    "acceptance": _accept,
    "waybill": _note_waybill,
    "doubt": _settle,
    "hand-over": _hand_over,
    "export-check": _check_export,
    "eta": _give_eta,
}
_OF_THE_MOMENT: dict[str, tuple[Callable[..., Any], ...]] = {
    "arrival": (arrive_shipment,),
    "receiving": (receive_crates, finish_receiving),
    "hand-over": (hand_over,),
    "doubt": (review_milestone,),
}
"""Acts whose forms ask for what is true when they are shown: once recorded, they would be read as another's."""
