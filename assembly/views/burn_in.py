"""Burn-in pages: the board, one cell with its run, and the acts there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assembly.models import BurnInCell, BurnInRun, CellOutage, Reservation
from assembly.operations.burn_in import abort_burn_in, start_burn_in, stop_burn_in
from assembly.operations.outages import block_cell, unblock_cell
from assembly.operations.reservations import cancel_reservation, reserve_cell
from assembly.queries.burn_in_board import burn_in_board
from assembly.queries.burn_in_runs import burn_in_of, burn_in_page, latest_run_in, open_outages
from assembly.queries.waiting_racks import waiting_racks
from assembly.views.burn_in_run_words import run_facts
from assembly.views.burn_in_words import board_facts
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal

EVERY = 10
"""Seconds between two looks of the board."""
PLANT = ZoneInfo("Asia/Tokyo")
DEFAULT_HOURS = 84

reads = permission_required("assembly.read", raise_exception=True)
acts = permission_required("assembly.run_burn_in", raise_exception=True)


@require_GET
@reads
def burn_in(request: HttpRequest) -> HttpResponse:
    """The board. htmx asks again for its moving part every ten seconds."""
    now = timezone.now()
    context = board_facts(burn_in_board(now), now, EVERY, reverse("burn_in_board"))
    if request.user.has_perm("assembly.run_burn_in"):
        context["reserve_url"] = reverse("burn_in_reserve")
    return render(request, "assembly/burn_in.html", context)


@require_GET
@reads
def burn_in_fragment(request: HttpRequest) -> HttpResponse:
    """The moving part of the board."""
    now = timezone.now()
    context = board_facts(burn_in_board(now), now, EVERY, reverse("burn_in_board"))
    if request.user.has_perm("assembly.run_burn_in"):
        context["reserve_url"] = reverse("burn_in_reserve")
    return render(request, "assembly/_burn_in_board.html", context)


@require_GET
@reads
def burn_in_run(request: HttpRequest, code: str) -> HttpResponse:
    """A cell: its run now, else the last one, and what can be done there."""
    return _cell_page(request, code)


@require_GET
@reads
def burn_in_run_by_id(request: HttpRequest, burn_in_id: int) -> HttpResponse:
    """An earlier run."""
    found = burn_in_of(burn_in_id)
    if found is None:
        raise Http404
    return _run_page(request, found.cell, found, None)


@require_GET
@acts
def burn_in_reserve(request: HttpRequest) -> HttpResponse:
    """The form that keeps a cell for a rack."""
    return _reserve_page(request, None)


@require_POST
@acts
def reserve(request: HttpRequest) -> HttpResponse:
    """Keep a cell."""
    period = _period(request)
    if isinstance(period, Refusal):
        return _reserve_page(request, Outcome(refusal=period))
    outcome = call_from_page(
        request,
        reserve_cell,
        build_id=_whole(request.POST.get("build")),
        cell_code=request.POST.get("cell", "")[:40],
        from_at=period[0],
        to_at=period[1],
    )
    return redirect("burn_in") if outcome.refusal is None else _reserve_page(request, outcome)


@require_POST
@acts
def cancel(request: HttpRequest, reservation_id: int) -> HttpResponse:
    """Give a kept cell back."""
    outcome = call_from_page(request, cancel_reservation, reservation_id=reservation_id)
    return redirect("burn_in_reserve") if outcome.refusal is None else _reserve_page(request, outcome)


@require_POST
@acts
def start(request: HttpRequest, code: str) -> HttpResponse:
    """Start the burn-in of a rack in this cell."""
    outcome = call_from_page(request, start_burn_in, build_id=_whole(request.POST.get("build")), cell_code=code)
    return _after(request, code, outcome)


@require_POST
@acts
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """End the burn-in in this cell and judge it."""
    return _after(request, code, _of_open(request, code, stop_burn_in))


@require_POST
@acts
def abort(request: HttpRequest, code: str) -> HttpResponse:
    """Break the burn-in in this cell off."""
    return _after(request, code, _of_open(request, code, abort_burn_in, reason=request.POST.get("reason", "")[:500]))


@require_POST
@acts
def block(request: HttpRequest, code: str) -> HttpResponse:
    """Take this cell out of service."""
    period = _period(request)
    if isinstance(period, Refusal):
        return _after(request, code, Outcome(refusal=period))
    reason = request.POST.get("outage_reason", "")[:500]
    outcome = call_from_page(request, block_cell, cell_code=code, from_at=period[0], to_at=period[1], reason=reason)
    return _after(request, code, outcome)


@require_POST
@acts
def unblock(request: HttpRequest, outage_id: int) -> HttpResponse:
    """Give a cell back before its outage is over."""
    code = get_object_or_404(CellOutage.objects.select_related("cell"), pk=outage_id).cell.code
    return _after(request, code, call_from_page(request, unblock_cell, outage_id=outage_id))


def _of_open(request: HttpRequest, code: str, gated: Callable[..., Any], **arguments: Any) -> Outcome:
    """The build is named by the form, so that a repeat after the end still finds its receipt."""
    return call_from_page(request, gated, build_id=_whole(request.POST.get("build")), **arguments)


def _after(request: HttpRequest, code: str, outcome: Outcome) -> HttpResponse:
    if outcome.refusal is None:
        return redirect("burn_in_run", code=code)
    return _cell_page(request, code, outcome)


def _cell_page(request: HttpRequest, code: str, outcome: Outcome | None = None) -> HttpResponse:
    cell, found = latest_run_in(code)
    if cell is None:
        raise Http404
    return _run_page(request, cell, found, outcome)


def _run_page(request: HttpRequest, cell: BurnInCell, found: BurnInRun | None, outcome: Outcome | None) -> HttpResponse:
    now = timezone.now()
    soaking = BurnInRun.objects.filter(cell=cell, ended_at=None).exists()
    context: dict[str, Any] = {
        "run": {"title": cell.code, "cell": cell.code, "crumbs_url": reverse("burn_in"), "state": "empty"},
        "refusal": outcome.refusal if outcome else None,
        "now": now,
    }
    if found is not None:
        context |= run_facts(burn_in_page(found, now), now)
    history = {"label": _("History of the cell"), "url": reverse("station_history", args=[cell.code])}
    files = {"label": _("Telemetry files"), "url": f"{reverse('telemetry_files')}?q={cell.code}"}
    context["acts"] = [*context.get("acts", []), files, history]
    stands = open_outages(cell, now)
    if not soaking and any(row.period.lower <= now for row in stands):
        context["run"] |= {"state": "hold", "word": _("Out of service")}
    context["outages"] = [
        {"row": row, "key": new_key(), "url": reverse("burn_in_unblock", args=[row.pk])} for row in stands
    ]
    if request.user.has_perm("assembly.run_burn_in"):
        local = timezone.localtime(now, PLANT)
        context["outage"] = {
            "url": reverse("burn_in_block", args=[cell.code]),
            "key": new_key(),
            "from": request.POST.get("from") or f"{local:%Y-%m-%dT%H:%M}",
            "to": request.POST.get("to", ""),
            "reason": request.POST.get("outage_reason", ""),
        }
        context["forms"] = {
            "start_url": "" if soaking else reverse("burn_in_start", args=[cell.code]),
            "stop_url": reverse("burn_in_stop", args=[cell.code]) if _is_open(found) else "",
            "abort_url": reverse("burn_in_abort", args=[cell.code]) if _is_open(found) else "",
            "build": found.run.build_id if found else "",
            "racks": [] if soaking else waiting_racks(),
            "keys": [new_key(), new_key(), new_key()],
        }
    return render(request, "assembly/burn_in_run.html", context, status=outcome.status if outcome else 200)


def _is_open(found: BurnInRun | None) -> bool:
    return found is not None and found.ended_at is None


def _reserve_page(request: HttpRequest, outcome: Outcome | None) -> HttpResponse:
    now = timezone.now()
    kept = Reservation.objects.filter(cancelled_at=None, period__endswith__gt=now)
    local = timezone.localtime(now, PLANT)
    context = {
        "refusal": outcome.refusal if outcome else None,
        "racks": waiting_racks(),
        "cells": list(BurnInCell.objects.select_related("feed", "loop").order_by("order", "code")),
        "kept": [
            {"row": row, "key": new_key(), "url": reverse("burn_in_cancel", args=[row.pk])}
            for row in kept.select_related("cell", "build__unit").order_by("period")
        ],
        "given": request.POST,
        "from_at": request.POST.get("from") or f"{local:%Y-%m-%dT%H:%M}",
        "to_at": request.POST.get("to") or f"{local + timedelta(hours=DEFAULT_HOURS):%Y-%m-%dT%H:%M}",
        "key": new_key(),
    }
    return render(request, "assembly/burn_in_reserve.html", context, status=outcome.status if outcome else 200)


class PeriodUnreadable(Refusal):
    """A time of the form is none."""


def _period(request: HttpRequest) -> tuple[datetime, datetime] | Refusal:
    """Both ends as the form writes them, in the plant's time."""
    found = []
    for name in ("from", "to"):
        try:
            moment = parse_datetime(request.POST.get(name, ""))
        except ValueError:
            moment = None
        if moment is None:
            return PeriodUnreadable(
                _("The period cannot be read."), true=_("Nothing was recorded."), do=_("Enter both date and time.")
            )
        found.append(moment if moment.tzinfo else moment.replace(tzinfo=PLANT))
    return found[0], found[1]


def _whole(text: str | None) -> int:
    """A row's number from a form; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 18 else 0


URLS = [
    path("burn-in/", burn_in, name="burn_in"),
    path("burn-in/board/", burn_in_fragment, name="burn_in_board"),
    path("burn-in/reservations/", burn_in_reserve, name="burn_in_reserve"),
    path("burn-in/reservations/new/", reserve, name="burn_in_reservation"),
    path("burn-in/reservations/<int:reservation_id>/cancellation/", cancel, name="burn_in_cancel"),
    path("burn-in/outages/<int:outage_id>/end/", unblock, name="burn_in_unblock"),
    path("burn-in/<str:code>/", burn_in_run, name="burn_in_run"),
    path("burn-in/<str:code>/start/", start, name="burn_in_start"),
    path("burn-in/<str:code>/stop/", stop, name="burn_in_stop"),
    path("burn-in/<str:code>/abort/", abort, name="burn_in_abort"),
    path("burn-in/<str:code>/outage/", block, name="burn_in_block"),
    path("burn-in-runs/<int:burn_in_id>/", burn_in_run_by_id, name="burn_in_run_by_id"),
]
