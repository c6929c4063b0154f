"""The line leader's board of andon calls, and how a call is answered there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assembly.models import AndonCall
from assembly.operations.andon import acknowledge_andon, resolve_andon
from assembly.queries.andon import STATES, AndonFilter, andon_list, answer_times, open_calls
from assembly.queries.shifts import shift_at
from assembly.views.andon_words import REASON_WORDS, call_row, minutes_words
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal


@permission_required("assembly.read", raise_exception=True)
@require_GET
def andon(request: HttpRequest) -> HttpResponse:
    """Open calls as cards, answer times of the shift, and every call with filters and export."""
    chosen = {name: request.GET[name][:100] for name in ("q", "state", "reason") if request.GET.get(name)}
    wish = AndonFilter(
        text=chosen.get("q", ""),
        state=chosen.get("state", "all") if chosen.get("state") in STATES else "all",
        reason=chosen.get("reason", ""),
    )
    rows, now = andon_list(wish), timezone.now()
    file = exported(request, "andon", _heading(), rows, lambda call: _cells(call, now))
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    context = {
        "calls": [call_row(call, now) for call in page],
        "page": page,
        "filters": _filters(chosen),
        "chosen": chosen_links(request, _spoken(chosen), {"q": _("Number, unit or words"), "state": _("State")}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "assembly/andon.html", {**_board(request, now), **context})


@permission_required("assembly.read", raise_exception=True)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The open calls again, for a page that asks every few seconds; 204 while nothing has changed. It sounds when a
    call is there that the page has not shown."""
    shown = _board(request, timezone.now())
    seen = request.GET.get("seen", "")
    if seen == shown["mark"]:
        return HttpResponse(status=204)
    newest = seen.partition(".")[0]
    shown["sounds"] = newest.isdecimal() and int(newest) < shown["newest"]
    answer = render(request, "assembly/_andon_board.html", shown)
    if seen.rpartition(".")[0] != shown["mark"].rpartition(".")[0]:
        answer["HX-Trigger"] = "andon-changed"  # the list below reads itself anew
    return answer


def _board(request: HttpRequest, now: datetime, refusal: Refusal | None = None) -> dict[str, Any]:
    calls = open_calls()
    newest = AndonCall.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    state = "".join(f"{call.pk}{'a' if call.acknowledged_at else 'r'}" for call in calls)
    return {
        "open_calls": [{**call_row(call, now), "key": new_key()} for call in calls],
        "newest": newest,
        "mark": f"{newest}.{state}.{int(now.timestamp()) // 60}",
        "may_answer": request.user.has_perm("assembly.answer_andon"),
        "may_settle": request.user.has_perm("accounts.work_at_station"),
        "refusal": refusal,
        "readouts": _readouts(now),
        "now": now,
    }


@permission_required("assembly.answer_andon", raise_exception=True)
@require_POST
def acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one is coming."""
    outcome = call_from_page(request, acknowledge_andon, number=number)
    return _answered(request, outcome.refusal, outcome.status, _("%(number)s: you are coming.") % {"number": number})


@permission_required("accounts.work_at_station", raise_exception=True)
@require_POST
def resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Settle a call with what was done."""
    outcome = call_from_page(request, resolve_andon, number=number, outcome=request.POST.get("outcome", ""))
    return _answered(request, outcome.refusal, outcome.status, _("%(number)s is settled.") % {"number": number})


def _answered(request: HttpRequest, refusal: Refusal | None, status: int, said: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        shown = _board(request, timezone.now(), refusal)
        answer = render(request, "assembly/_andon_board.html", shown, status=status)
        answer["HX-Trigger"] = "andon-changed"
        return answer
    if refusal is not None:
        back = {"refusal": refusal, "back_url": reverse("andon"), "back_label": _("Andon")}
        return render(request, "assembly/refused.html", back, status=status)
    messages.success(request, said)
    return redirect("andon")


def _readouts(now: datetime) -> list[dict[str, Any]]:
    """How fast calls of this shift are answered."""
    times = answer_times(shift_at(now).starts_at)
    return [
        {"label": _("Calls in this shift"), "value": str(times.raised)},
        {"label": _("Answered"), "value": str(times.acknowledged)},
        {"label": _("Resolved"), "value": str(times.resolved)},
        {"label": _("To the answer (median)"), "value": minutes_words(times.median_answer)},
        {"label": _("Longest to the answer"), "value": minutes_words(times.longest_answer)},
        {"label": _("To the settlement (median)"), "value": minutes_words(times.median_settled)},
    ]


def _state_words() -> dict[str, str]:
    return {
        "all": _("All"), "open": _("open"), "raised": _("no answer yet"), "acknowledged": _("somebody comes"),
        "resolved": _("settled"),
    }  # fmt: skip


def _spoken(chosen: dict[str, str]) -> dict[str, str]:
    words: dict[str, Any] = {"state": _state_words(), "reason": REASON_WORDS}
    return {name: str(words.get(name, {}).get(value, value)) for name, value in chosen.items()}


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    reasons = [("", _("All")), *((name, str(word)) for name, word in REASON_WORDS.items())]
    return [
        {"name": "q", "label": _("Number, unit or words"), "value": chosen.get("q"), "kind": "search"},
        _choice("state", _("State"), chosen.get("state", "all"), list(_state_words().items())),
        _choice("reason", _("Reason"), chosen.get("reason", ""), reasons),
    ]


def _choice(name: str, label: str, value: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": code, "label": word} for code, word in options]
    return {"name": name, "label": label, "value": value, "kind": "select", "options": shown}


def _heading() -> list[str]:
    return [
        _("Number"), _("Station"), _("Reason"), _("Rack or tray"), _("Words"), _("Called"), _("Called by"),
        _("Answered"), _("Answered by"), _("Resolved"), _("What was done"), _("State"),
    ]  # fmt: skip


def _cells(call: AndonCall, now: datetime) -> list[str]:
    row = call_row(call, now)
    moments = [f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "" for at in (
        call.raised_at, call.acknowledged_at, call.resolved_at,
    )]  # fmt: skip
    return [
        call.number, call.station.code, row["reason"], row["unit"], call.text, moments[0], row["raised_by"], moments[1],
        row["acknowledged_by"], moments[2], call.outcome, row["word"],
    ]  # fmt: skip


URLS = [
    path("andon/", andon, name="andon"),
    path("andon/board/", board, name="andon_board"),
    path("andon/<str:number>/acknowledgement/", acknowledge, name="andon_acknowledge"),
    path("andon/<str:number>/resolution/", resolve, name="andon_resolve"),
]
