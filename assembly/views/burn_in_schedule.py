"""The burn-in room's schedule: cells by hours, loads beneath; a rack's bar is dragged, or carried by keys, to another
cell or time, and the room answers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assembly.operations.replanning import move_reservation
from assembly.queries.burn_in_plan import PLANT, schedule_of
from assembly.views.burn_in_schedule_words import DAYS, drawn
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal

reads = permission_required("assembly.read", raise_exception=True)
acts = permission_required("assembly.run_burn_in", raise_exception=True)


class MomentUnreadable(Refusal):
    """The time of a form is none."""


@require_GET
@reads
def burn_in_schedule(request: HttpRequest) -> HttpResponse:
    """The schedule from a day on. htmx gets the board alone."""
    return _page(request, request.GET, None, 0)


@require_POST
@acts
def burn_in_move(request: HttpRequest, reservation_id: int) -> HttpResponse:
    """A bar was put down: the reservation moves, or the bar says why not."""
    try:
        at = parse_datetime(request.POST.get("from", ""))
    except ValueError:
        at = None
    if at is None:
        unread = MomentUnreadable(_("The time cannot be read."), true=_("Nothing was recorded."))
        return _page(request, request.POST, Outcome(refusal=unread), reservation_id)
    outcome = call_from_page(
        request,
        move_reservation,
        reservation_id=reservation_id,
        cell_code=request.POST.get("cell", "")[:40],
        from_at=at if at.tzinfo else at.replace(tzinfo=PLANT),
    )
    if outcome.refusal is None and not request.headers.get("HX-Request"):
        return redirect(f"{reverse('burn_in_schedule')}?{_shown(request.POST)}")
    at_bar = reservation_id if outcome.refusal else outcome.result.pk
    return _page(request, request.POST, outcome, at_bar)


def _page(request: HttpRequest, given: Any, outcome: Outcome | None, at_bar: int) -> HttpResponse:
    now = timezone.now()
    zoom = given.get("zoom") if given.get("zoom") in DAYS else "week"
    first = _day(given.get("day", "")) or timezone.localtime(now, PLANT).date()
    start = datetime.combine(first, time(), PLANT)
    schedule = schedule_of(start, start + timedelta(days=DAYS[zoom]))
    refusal = outcome.refusal if outcome else None
    may_move = request.user.has_perm("assembly.run_burn_in")
    context = drawn(schedule, now, zoom, at_bar) | {
        "refusal": refusal,
        "moved": outcome is not None and refusal is None,
        "may_move": may_move,
        "day": first.isoformat(),
        "zoom": zoom,
        "address": reverse("burn_in_schedule"),
        "before": (first - timedelta(days=DAYS[zoom])).isoformat(),
        "after": (first + timedelta(days=DAYS[zoom])).isoformat(),
    }
    for bar in context["bars"]:
        bar["key"] = new_key()
        bar["url"] = reverse("burn_in_move", args=[bar["pk"]])
        bar["movable"] = bar["movable"] and may_move
    whole = not request.headers.get("HX-Request")
    name = "assembly/burn_in_schedule.html" if whole else "assembly/_burn_in_schedule.html"
    return render(request, name, context, status=outcome.status if outcome else 200)


def _shown(given: Any) -> str:
    day, zoom = _day(given.get("day", "")), given.get("zoom", "")
    return f"day={day.isoformat() if day else ''}&zoom={zoom if zoom in DAYS else 'week'}"


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found is not None and 2000 <= found.year < 2200 else None


URLS = [
    path("burn-in/schedule/", burn_in_schedule, name="burn_in_schedule"),
    path("burn-in/reservations/<int:reservation_id>/move/", burn_in_move, name="burn_in_move"),
]
