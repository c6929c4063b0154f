"""Milestones by scan, at a tablet in a port or at a gate: the crate is scanned, the end of a leg that comes next is one
large button. Every report is the operation of the shipment's page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal
from logistics.milestone_forms import MINUTES_AGO, MilestoneScanForm, end_value
from logistics.models import Milestone, Shipment, ShipmentCrate
from logistics.operations.departures import is_return
from logistics.operations.milestones import NotDeparted, Report, known_ends, report_milestone
from logistics.operations.moments import plant_clock
from logistics.queries.outlook import PLANT
from logistics.text import bare_sscc, is_sscc
from logistics.views.custody import hand_over_address, scanned_load
from logistics.views.saying import lateness_words, reads
from logistics.views.way_ends import WayEnd, end_words, ends_of

SCAN_HOLDS = timedelta(minutes=30)
"""How long a scan may wait for its press: on a tablet left lying, "now" would be hours ago."""

Answer = dict[str, Any]


@reads
@require_http_methods(["GET", "POST"])
def milestone_scan(request: HttpRequest) -> HttpResponse:
    """Scan a crate's SSCC, a seal or a shipment's number; then press what happened."""
    now = timezone.now()
    if request.method == "GET" and request.GET.get("reported"):
        return _reported(request, request.GET["reported"])
    asked = request.POST if request.method == "POST" else request.GET
    code, shipment, unknown = scanned_load(asked.get("code"))
    if shipment is None:
        answer = _stop(unknown) if unknown else {"state": "wait", "say": [_("Scan the SSCC of a crate.")]}
        return _page(request, {"answer": answer}, status=404 if unknown else 200)
    if request.method == "GET":
        return _page(request, _asking(request, shipment, code, now), status=200 if shipment.has_departed else 422)

    form = MilestoneScanForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _page(request, _asking(request, shipment, code, now, _stop(wrong), form), status=422)
    if now - form.cleaned_data["scanned_at"] > SCAN_HOLDS:
        return _page(request, _asking(request, shipment, code, now, _too_old(form)), status=422)
    report = Report(shipment_id=shipment.pk, source="scan", **form.report())
    outcome = call_from_page(request, report_milestone, report=report)
    if outcome.refusal is None:
        return redirect(f"{reverse('milestone_scan')}?{urlencode({'reported': outcome.result.pk})}")
    facts = _asking(request, shipment, code, now, _refused(outcome.refusal), form)
    return _page(request, facts, status=outcome.status)


def _page(request: HttpRequest, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    operator = {"name": request.user.name if isinstance(request.user, User) else "", "shift": ""}
    context = {"operator": operator, "key": new_key(), **facts}
    return render(request, "logistics/milestone_scan.html", context, status=status)


def _stop(wrong: str, true: str = "", do: str = "") -> Answer:
    if not do:
        return {"state": "stop", "say": [wrong], "then": [{"text": true}] if true else []}
    return {"state": "stop", "say": [wrong], "wrong": wrong, "true": true, "do": do}


def _refused(refusal: Refusal) -> Answer:
    return _stop(refusal.say, refusal.true, refusal.do)


def _too_old(form: MilestoneScanForm) -> Answer:
    scanned = plant_clock(form.cleaned_data["scanned_at"])
    return _stop(
        _("The crate was scanned at %(moment)s: too long ago.") % {"moment": scanned},
        _("Nothing was recorded."),
        _("Scan the crate again, then choose when it happened."),
    )


def _asking(
    request: HttpRequest,
    shipment: Shipment,
    code: str,
    now: datetime,
    answer: Answer | None = None,
    form: MilestoneScanForm | None = None,
) -> dict[str, Any]:
    """What may be reported of a shipment: the end that comes next, then the others."""
    ends = ends_of(shipment)
    expected = next((end for end in ends if end.is_next), None)
    open_ends = [end for end in ends if end.at is None] if shipment.has_departed else []
    clock = {minutes: f"{(now - timedelta(minutes=minutes)).astimezone(PLANT):%H:%M}" for minutes in MINUTES_AGO}
    fresh = MilestoneScanForm(clock=clock, initial=_chosen(form) | {"scanned_at": now.isoformat()})
    return {
        "answer": answer or _first_answer(shipment, expected, open_ends),
        "shipment": shipment,
        "code": code,
        "way": [_row(end) for end in ends],
        "expected": _button(expected) if expected and shipment.has_departed else None,
        "others": [_button(end) for end in open_ends if end is not expected],
        "form": fresh,
        "links": _links(request, shipment, code),
    }


def _chosen(form: MilestoneScanForm | None) -> dict[str, Any]:
    """The minutes as they were chosen before a refusal; the scan is a new one."""
    return {} if form is None else {name: form[name].value() for name in ("ago", "minutes")}


def _first_answer(shipment: Shipment, expected: WayEnd | None, open_ends: Iterable[WayEnd]) -> Answer:
    if not shipment.has_departed:
        refusal = NotDeparted(
            _("Shipment %(number)s has not left yet.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its departure first."),
        )
        return _refused(refusal)
    then = [{"code": shipment.number, "text": shipment.lane.name}]
    if shipment.has_arrived:
        arrived = _("It arrived at %(moment)s.") % {"moment": plant_clock(shipment.arrival.at)}
        more = [_("What was not reported can still be told, with its time.")] if any(True for _end in open_ends) else []
        return {"state": "late", "word": _("At the dock"), "say": [arrived, *more], "then": then}
    if expected is None:
        return {
            "state": "wait",
            "word": _("All reported"),
            "say": [_("The arrival at the dock is next.")],
            "then": then,
        }
    return {"state": "run", "word": _("Expected next"), "say": [end_words(expected.leg, expected.kind)], "then": then}


def _button(end: WayEnd) -> dict[str, str]:
    note = "" if end.is_next else _("late: not reported so far") if end.is_missing else _("skips what comes before it")
    return {
        "value": end_value(end.leg.number, end.kind),
        "text": end_words(end.leg, end.kind),
        "note": note,
    }


def _row(end: WayEnd) -> dict[str, Any]:
    state = "done" if end.at else "late" if end.is_missing else "run" if end.is_next else "wait"
    word = _("not told") if end.is_missing else _("Expected next") if end.is_next else ""
    return {"state": state, "at": end.at, "text": end_words(end.leg, end.kind), "word": word}


def _links(request: HttpRequest, shipment: Shipment, code: str) -> list[dict[str, str]]:
    """The acts beside it that this person may do: each has its own form."""
    if not shipment.has_departed:
        acts = [("logistics.ship", _("The truck leaves"), "departure")]
    elif shipment.has_arrived:
        acts = []
    else:
        acts = [
            ("logistics.report_milestone", _("Delay or position"), "milestone"),
        ]
    may = [(label, reverse("shipment_act", args=[shipment.number, act])) for right, label, act in acts
           if request.user.has_perm(right)]  # fmt: skip
    if shipment.has_departed and not shipment.has_arrived:
        may += _at_dock(shipment, code) if request.user.has_perm("logistics.receive_at_site") else []
        if request.user.has_perm("logistics.hand_over"):
            may.append((_("Hand over to the next carrier"), hand_over_address(shipment, code)))
    return [{"label": label, "url": url} for label, url in may]


def _at_dock(shipment: Shipment, code: str) -> list[tuple[str, str]]:
    """The arrival at the dock: as a whole, in part, or of a late crate with the one that was scanned."""
    sscc = bare_sscc(code)
    asked = f"?{urlencode({'crate': sscc})}" if is_sscc(sscc) else ""
    part = reverse("part_arrival", args=[shipment.number]) + asked
    crates = list(ShipmentCrate.objects.filter(shipment=shipment).values_list("missing", flat=True))
    if any(crates):
        return [(_("Arrival of a late crate"), part)]
    whole = (_("Arrival at the dock"), reverse("shipment_act", args=[shipment.number, "arrival"]))
    return [whole, (_("Arrival in part"), part)] if len(crates) > 1 and not is_return(shipment) else [whole]


def _reported(request: HttpRequest, asked: str) -> HttpResponse:
    """The answer to a report, readable from afar, and the scan field for the next crate."""
    rows = Milestone.objects.with_order().select_related("leg", *(f"shipment__{one}" for one in _LOADED))
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 15 else 0
    row = rows.filter(pk=wanted, leg__isnull=False).first()
    if row is None or row.leg is None:
        return redirect("milestone_scan")
    known = known_ends({row.shipment_id: row.shipment})[row.shipment_id]
    remarks = lateness_words(row, known)
    answer = {
        "state": "ok",
        "say": [end_words(row.leg, row.kind), f"{row.happened_at.astimezone(PLANT):%m/%d %H:%M}"],
        "then": [{"code": row.shipment.number, "text": row.shipment.lane.name}, *({"text": one} for one in remarks)],
    }
    way = [_row(end) for end in ends_of(row.shipment)]
    return _page(request, {"answer": answer, "shipment": row.shipment, "way": way})


_LOADED = ("lane", "departure", "arrival")
