"""What every floor page shares: the operator's session at a station, who works there, and how to leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OperatorSession, Station
from accounts.operations.sessions import start_session
from ledger.doors import caller_from, new_key
from ledger.refusals import Refusal


def session_at(request: HttpRequest, station: Station) -> OperatorSession | HttpResponse:
    """The reader's open session at this station; begins one when there is none (a page load is no double act: the
    operation ends the one before). At a registered device it is the one that badge and PIN opened, at its station."""
    known = request.session.get("operator_session")
    session = (
        OperatorSession.objects.select_related("station").filter(pk=known, ended_at=None).first() if known else None
    )
    if session is not None and session.user_id == request.user.pk:
        if session.station_id == station.pk:
            return session
        if session.device_id is not None:
            return redirect("station", code=session.station.code)
    caller = caller_from(request, door="page", key=new_key())
    try:
        session = start_session(caller=caller, station_code=station.code)
    except Refusal as refusal:
        return render(request, "403.html", {"refusal": refusal}, status=403)
    remember(request, session)
    return session


def remember(request: HttpRequest, session: OperatorSession) -> None:
    """Whoever is signed in here works in this session from now on."""
    request.session["operator_session"], request.session["station"] = str(session.pk), session.station.code
    if session.device_id is not None:
        request.session["bench"] = str(session.pk)


def floor_context(request: HttpRequest, session: OperatorSession) -> dict[str, Any]:
    """What floor.html shows of a session (loaded with its station): station, operator, how to leave or to lock."""
    now = timezone.now()
    return {
        "station": session.station,
        "operator": {"name": getattr(request.user, "name", ""), "shift": _since(session, now)},
        "operator_session": str(session.pk),
        "now": now,
        "leave_url": "" if session.device_id else reverse("station_home"),
        "bench": {"idle_seconds": session.station.idle_minutes * 60} if session.device_id else None,
    }


def relief_form(shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """The PIN that a station asks for after another person's badge was scanned (contract of accounts/_relief.html)."""
    ask = shown.get("ask") or {}
    return {"badge": ask["badge"], "name": ask.get("name", "")} if ask.get("badge") else None


def _since(session: OperatorSession, now: datetime) -> str:
    begun = timezone.localtime(session.started_at)
    since = f"{begun:%H:%M}" if begun.date() == timezone.localtime(now).date() else f"{begun:%m/%d %H:%M}"
    return _("%(shift)s · since %(since)s") % {"shift": shift_words(now), "since": since}


def shift_words(now: datetime) -> str:
    """The shift by the plant's clock: three of eight hours from 06:00."""
    hour = timezone.localtime(now).hour
    names = {0: _("first shift"), 1: _("second shift"), 2: _("third shift")}
    return names[((hour - 6) % 24) // 8]
