"""The loading board: crates are put on planned shipments, moved between them and taken off, by drag, by keys or by a
form. Each move is one operation; the server answers with the whole board."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from inventory.forms import searched
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal
from logistics.models import Crate, Shipment
from logistics.operations.crate_moves import Origin, assign_crates, withdraw_crates
from logistics.queries.load_board import CRATES, TRUCKS, load_board
from logistics.text import bare_sscc
from logistics.views.load_board_facts import Marks, crate_facts, stale_lines, truck_facts, would_be
from logistics.views.saying import reads

LIST, NEW = "list", "new"
"""Where a crate may go besides a shipment: back to those that wait; onto a truck that is planned with it."""


class NowhereNamed(Refusal):
    """The form does not say where the crate goes."""


@reads
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board; `?q=` a scanned SSCC or a serial selects its crate."""
    return _page(request, request.GET, Outcome(), [])


@reads
@require_GET
def judge(request: HttpRequest) -> HttpResponse:
    """What a truck would carry with a crate: its limits, before anything is moved; nothing of none."""
    if "sscc" not in request.GET:
        return HttpResponse("")
    asked = request.GET.get("to", "").partition(":")[0]
    known = Shipment.objects.select_related("lane__origin", "lane__destination", "load_plan__vehicle")
    shipment = get_object_or_404(known, pk=_number(asked), departure=None)
    crate = get_object_or_404(Crate, sscc=bare_sscc(request.GET.get("sscc", "")))
    crates = [row.crate for row in shipment.crates.select_related("crate")]
    context = {"judged": would_be(shipment, crates, [crate]), "number": shipment.number, "asked": True}
    return render(request, "logistics/_board_limits.html", context)


@reads
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Crates were put down: they go, or each says why not."""
    ssccs = [bare_sscc(text) for text in request.POST.getlist("sscc")]
    start, end = _seen(request.POST.get("from", "")), request.POST.get("to", "")
    if end == NEW:
        return redirect(f"{reverse('shipment_plan')}?{urlencode({'crates': ssccs, 'board': 1}, doseq=True)}")
    said: dict[str, Any] = {"crates": ssccs, "reason": request.POST.get("reason", "")[:300]}
    seen = _seen(end)
    if seen is not None:
        outcome = call_from_page(
            request, assign_crates, shipment_id=seen.shipment_id, version=seen.version, origin=start, **said
        )
    elif end == LIST and start is not None:
        outcome = call_from_page(request, withdraw_crates, shipment_id=start.shipment_id, version=start.version, **said)
    else:
        outcome = Outcome(
            refusal=NowhereNamed(
                _("It is not said where the crate goes."), true=_("Nothing was recorded."), do=_("Choose a truck.")
            )
        )
    if outcome.refusal is None and not request.headers.get("HX-Request"):
        messages.success(request, _moved(outcome, ssccs, back=seen is None))
        return redirect(f"{reverse('shipment_board')}?{_shown(request.POST)}")
    return _page(request, request.POST, outcome, ssccs, _moved(outcome, ssccs, back=seen is None))


def _moved(outcome: Outcome, ssccs: list[str], *, back: bool) -> str:
    if outcome.refusal is not None or outcome.result is None:
        return ""
    told = {"crates": ", ".join(ssccs), "number": outcome.result.number}
    if back:
        return _("%(crates)s waits again; taken off %(number)s.") % told
    return _("%(crates)s is on %(number)s now.") % told


def _page(request: HttpRequest, given: Any, outcome: Outcome, ssccs: list[str], moved: str = "") -> HttpResponse:
    text = (searched(given.get("q")) or "")[:60]
    page, more = _number(given.get("page", "")) or 1, _number(given.get("more", "")) or 1
    found = load_board(text, (page - 1) * TRUCKS, (more - 1) * CRATES)
    page, more = found.trucks_from // TRUCKS + 1, found.crates_from // CRATES + 1  # those that are there
    everything = [*found.waiting, *(one for truck in found.trucks for one in truck.crates)]
    sought = bare_sscc(text)
    hits = [
        one.crate.sscc for one in everything
        if text and (one.crate.sscc == sought or (one.rack and one.rack.serial.lower().endswith(text.lower())))
    ]  # fmt: skip
    marks = Marks(frozenset(ssccs or hits), outcome.refusal)
    waiting = [crate_facts(one, marks) for one in found.waiting]
    trucks = [truck_facts(truck, marks) for truck in found.trucks]
    shown = {one.crate.sscc for one in everything}
    context = {
        "waiting": waiting, "trucks": trucks, "q": text, "page": page, "more": more, "moved": moved,
        "waiting_total": found.waiting_total, "truck_total": found.truck_total,
        "waiting_more": max(0, found.waiting_total - (more - 1) * CRATES - len(waiting)),
        "truck_more": max(0, found.truck_total - (page - 1) * TRUCKS - len(trucks)),
        "refusal": outcome.refusal, "stale_lines": stale_lines(outcome.refusal),
        "on_top": outcome.refusal is not None and not marks.ssccs & shown,
        "unknown": bool(text) and not hits, "key": new_key(), "may": request.user.has_perm("logistics.ship"),
        "address": reverse("shipment_board"), "move_url": reverse("shipment_board_move"),
        "judge_url": reverse("shipment_board_judge"),
    }  # fmt: skip
    whole = not request.headers.get("HX-Request")
    name = "logistics/load_board.html" if whole else "logistics/_load_board.html"
    return render(request, name, context, status=outcome.status)


def _shown(given: Any) -> str:
    """What the board shows, for its address: pages and the search."""
    return urlencode({name: given[name][:60] for name in ("q", "page", "more") if given.get(name)})


def _seen(text: str) -> Origin | None:
    """A shipment and the version that was seen, as forms carry them; None: neither."""
    pk, colon, version = text.partition(":")
    return Origin(_number(pk), _number(version)) if colon and _number(pk) else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


URLS = [
    path("shipments/plan/", board, name="shipment_board"),
    path("shipments/plan/move/", move, name="shipment_board_move"),
    path("shipments/plan/judge/", judge, name="shipment_board_judge"),
]
