"""What a station shows besides the answer: its queue and pace, who else is at the rack, its andon call, its tools."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Station
from assembly.models.andon import REASONS
from assembly.operations.andon import raise_andon
from assembly.operations.tools import tool_for_use
from assembly.queries.andon import open_calls
from assembly.queries.instruments import known_tool
from assembly.queries.pace import centres_by_code, ended_by_station, pace_of
from assembly.queries.shifts import shift_at
from assembly.queries.station import WorkInHand, work_in_hand
from assembly.queries.station_queue import queue_of
from assembly.queries.together import hands_beside, working_beside
from assembly.views.andon_words import REASON_WORDS, call_row, minutes_words
from assembly.views.station_list import BUILDING, centre_names, centres_of, pace_words
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

LOOK_BACK = timedelta(hours=2)
"""How long ago a part fitted by another station still tells that somebody works there."""


def line_context(station: Station, work: WorkInHand | None, now: datetime) -> dict[str, Any]:
    """The strip and the queue (contracts of _floor_line.html and _floor_queue.html), and the andon button."""
    if station.kind not in BUILDING:
        return {}
    centres, known = centres_of(station), centres_by_code()
    queue = queue_of(centres)
    pace = pace_of(station.code, centres, known, ended_by_station(shift_at(now)), now)
    return {
        "line": {
            "centres": centre_names(centres, known),
            "pace": pace_words(pace),
            "queue": queue.total,
            "running": _running(work, now),
            "beside": _beside(work, station, now),
        },
        "queue": [
            {
                "name": row.name,
                "operation": f"{row.number} {row.operation_name}",
                "need_by": row.need_by,
                "late": row.need_by is not None and row.need_by < timezone.localdate(now),
                "since": row.since,
                "waits": minutes_words(now - row.since),
                "stopped": row.stopped,
            }
            for row in queue.rows
        ],
        "queue_total": queue.total,
        "andon": andon_button(station, now),
    }


def _running(work: WorkInHand | None, now: datetime) -> dict[str, Any] | None:
    """The operation in hand against its standard time."""
    run = work.current.open_run if work is not None and work.current is not None else None
    if work is None or work.current is None or run is None:
        return None
    minutes = max(0, int((now - run.started_at).total_seconds() // 60))
    standard = work.current.operation.standard_minutes
    return {
        "words": _("%(spent)s of %(standard)s") % {
            "spent": minutes_words(now - run.started_at), "standard": minutes_words(standard * 60),
        },
        "late": bool(standard) and minutes > standard,
    }  # fmt: skip


def _beside(work: WorkInHand | None, station: Station, now: datetime) -> list[dict[str, Any]]:
    """Other stations at the build in hand: what they run, or what they fitted in the last hours."""
    if work is None:
        return []
    others = working_beside(work.route, work.slots, station.code)
    shown = {other.station for other in others}
    hands = hands_beside(work.build.unit_id, now - LOOK_BACK, station.code)
    hands = tuple(hand for hand in hands if hand.station not in shown)
    if not others and not hands:
        return []
    names = {row.code: row.name for row in Station.objects.all()}
    rows = []
    for other in others:
        count = f" {other.filled}/{other.places}" if other.places else ""
        text = f"{other.number} {other.name}{count} · {other.person}"
        rows.append({"station": names.get(other.station, other.station or "–"), "text": text})
    for hand in hands:
        last = f"{timezone.localtime(hand.last_at):%H:%M}"
        text = _("fitted %(count)d, last %(at)s") % {"count": hand.fitted, "at": last}
        rows.append({"station": names.get(hand.station, hand.station), "text": text})
    return rows


def andon_button(station: Station, now: datetime) -> dict[str, Any]:
    """The button under the page: calls, or says who comes."""
    calls = [call_row(call, now) for call in open_calls(station.code)]
    worst = calls[0] if calls else None
    return {"url": reverse("station_andon", args=[station.code]), "call": worst, "calls": calls}


@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def pulse(request: HttpRequest, code: str) -> HttpResponse:
    """What moves without the operator: other hands on the rack, the queue, the andon answer. 204 while nothing does.

    A page asks every few seconds; it is no sign of life of a person, and it records nothing."""
    station = get_object_or_404(Station, code=code)
    build = request.GET.get("build", "")
    known = {"build": int(build)} if build.isdecimal() and len(build) < 18 else {}
    work = work_in_hand(known, station.code, centres_of(station))
    now = timezone.now()
    context: dict[str, Any] = {
        "station": station,
        "drawing": work.drawing if work else None,
        "tray": work.tray if work else None,
        "caption": work.caption if work else None,
        "build_id": build if work else "",
        "now": now,
        **line_context(station, work, now),
    }
    moved = render_to_string("assembly/_floor_pulse.html", context, request)
    mark = hashlib.sha256(moved.encode()).hexdigest()[:16]
    if mark == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "assembly/_floor_pulse.html", {**context, "pulse_mark": mark})


@permission_required("accounts.work_at_station", raise_exception=True)
@require_http_methods(["GET", "POST"])
def station_andon(request: HttpRequest, code: str) -> HttpResponse:
    """Choose why, and the line leader is called; the station's open calls and their end."""
    station = get_object_or_404(Station, code=code)
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        build = request.POST.get("build", "")
        outcome = call_from_page(
            request,
            raise_andon,
            reason=request.POST.get("reason", ""),
            text=request.POST.get("text", ""),
            build_id=int(build) if build.isdecimal() and len(build) < 18 else None,
            station_code=code,
        )
        if outcome.refusal is None:
            return redirect("station", code)
        refusal, status = outcome.refusal, outcome.status
    now = timezone.now()
    context = {
        "station": station,
        "heading": _("Call the line leader"),
        "reasons": [{"code": name, "label": REASON_WORDS[name]} for name in REASONS],
        "calls": [{**call_row(call, now), "key": new_key()} for call in open_calls(station.code)],
        "key": new_key(),
        "build": request.GET.get("build", ""),
        "refusal": refusal,
        "now": now,
        "leave_url": reverse("station", args=[code]),
    }
    return render(request, "assembly/station_andon.html", context, status=status)


@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def tool_look(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of a tool that was just read at a step: its name and calibration, or why it may not be used."""
    get_object_or_404(Station, code=code)
    kind = request.GET.get("kind", "")
    number = request.GET.get(f"t_{kind}", "")[:60]
    if not number.strip():
        return HttpResponse("")
    today = timezone.localdate()
    try:
        tool = tool_for_use(number, today, [kind] if kind else [])
    except Refusal as refusal:
        return render(request, "assembly/_tool.html", {"refusal": refusal})
    known = known_tool(tool.code, today)
    return render(request, "assembly/_tool.html", {"tool": tool, "due_on": known.due_on if known else None})


URLS = [
    path("stations/<str:code>/pulse/", pulse, name="station_pulse"),
    path("stations/<str:code>/andon/", station_andon, name="station_andon"),
    path("stations/<str:code>/tool/", tool_look, name="station_tool"),
]
