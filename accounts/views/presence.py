"""現在の作業者: who is on which station, since when, and the last scan there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import OperatorSession
from accounts.operations.sessions import is_locked
from accounts.queries import badge_texts, open_sessions
from accounts.views.lists import chosen_of, empty_words, page_of, search_filter, select_filter, wish


@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def presence(request: HttpRequest) -> HttpResponse:
    """The open sessions by station, for line leaders."""
    filters = [
        search_filter(request, _("Station or person"), "A1"),
        select_filter(request, "kind", _("Kind"), [(code, str(word)) for code, word in kinds().items()]),
    ]
    chosen = chosen_of(request, filters)
    page = page_of(request, open_sessions(wish(request, "q"), wish(request, "kind")))
    now = timezone.now()
    sessions = list(page)
    badges = badge_texts([session.last_scan for session in sessions])  # type: ignore[attr-defined]
    context = {
        "rows": [_row(session, now, badges) for session in sessions],
        "page": page,
        "filters": filters,
        "chosen": chosen,
        "empty": empty_words(chosen) if chosen else {"title": _("Nobody is working at a station."), "text": ""},
        "now": now,
    }
    return render(request, "accounts/presence.html", context)


def kinds() -> dict[str, str]:
    """Kinds of stations in words."""
    return {
        "receiving": _("Goods in"),
        "assembly": _("Assembly"),
        "test": _("Test"),
        "burn_in": _("Burn-in"),
        "packing": _("Packing"),
        "quality": _("Quality"),
        "site": _("Site"),
    }


def _row(session: Any, now: datetime, badges: frozenset[str]) -> dict[str, Any]:
    state, word = _state(session, now)
    text = session.last_scan or ""
    return {
        "station": session.station.name,
        "code": session.station.code,
        "person": session.user.name,
        "section": session.user.section,
        "since": session.started_at,
        "minutes": int((now - session.started_at).total_seconds() // 60),
        "device": session.device.name if session.device else "",
        "last_scan_at": session.last_scan_at,
        "last_scan": _("a badge") if text in badges else text[:40],
        "state": state,
        "word": word,
    }


def _state(session: OperatorSession, now: datetime) -> tuple[str, str]:
    if is_locked(session, now):
        return "hold", _("locked")
    quiet = (now - (getattr(session, "last_scan_at", None) or session.started_at)).total_seconds() > 8 * 60 * 60
    return ("stale", _("no scan for a shift")) if quiet else ("run", _("working"))
