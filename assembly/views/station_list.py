"""The stations of the plant: who is there, what waits, how the shift goes, whether it calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Station
from assembly.models import AndonCall
from assembly.queries.andon import open_calls
from assembly.queries.pace import Centre, Pace, centres_by_code, ended_by_station, pace_of
from assembly.queries.shifts import shift_at
from assembly.queries.station_queue import Load, load_at, loads
from assembly.queries.together import people_by_station
from assembly.views.andon_words import call_state, minutes_words, reason_word

BUILDING = frozenset({"assembly", "test", "burn_in", "packing", "quality"})
"""Kinds of stations at which builds wait."""


@login_required
@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def station_home(request: HttpRequest) -> HttpResponse:
    """Choose a station; also the plant at a glance. Query count pinned."""
    now = timezone.now()
    known, people, every = centres_by_code(), people_by_station(), loads()
    ended = ended_by_station(shift_at(now))
    calls: dict[str, list[AndonCall]] = {}
    for call in open_calls():
        calls.setdefault(call.station.code, []).append(call)
    stations = []
    for station in Station.objects.all():
        centres = centres_of(station)
        builds = station.kind in BUILDING
        stations.append(
            {
                "name": station.name,
                "code": station.code,
                "operation": centre_names(centres, known),
                "url": reverse("station", args=[station.code]),
                "people": [name for name, _since in people.get(station.code, [])],
                "load": load_words(load_at(centres, every)) if builds and centres else None,
                "pace": pace_words(pace_of(station.code, centres, known, ended, now)) if builds else None,
                "call": call_words(calls.get(station.code, []), now),
            }
        )
    context = {"stations": stations, "heading": _("Choose a station"), "station": None, "now": now}
    return render(request, "assembly/stations.html", {**context, "andon_url": _andon_url(request)})


def _andon_url(request: HttpRequest) -> str:
    return reverse("andon") if request.user.has_perm("assembly.read") else ""


def centres_of(station: Station) -> frozenset[str]:
    """The work centres of a station; an empty set means any."""
    return frozenset(part.strip() for part in station.work_centre.split(",") if part.strip())


def centre_names(codes: frozenset[str], known: dict[str, Centre]) -> str:
    """Work centres as people call them; one that nobody has named yet by its code."""
    english = get_language() == "en"
    names = []
    for code in sorted(codes):
        centre = known.get(code)
        names.append(code if centre is None else centre.name_en if english else centre.name_ja)
    return "・".join(names) if not english else ", ".join(names)


def load_words(load: Load) -> dict[str, Any]:
    """What waits and what runs."""
    words = _("waiting %(waiting)d · running %(running)d") % {"waiting": load.waiting, "running": load.running}
    if load.stopped:
        words += " · " + _("stopped %(stopped)d") % {"stopped": load.stopped}
    return {"words": words, "due": load.first_need}


def pace_words(pace: Pace) -> dict[str, Any] | None:
    """Ended in the shift against the takt; nothing where no pace is set and nothing was ended."""
    if pace.wanted is None:
        return {"state": "info", "word": _("shift: %(done)d ended") % {"done": pace.done}} if pace.done else None
    word = _("shift: %(done)d ended, %(wanted)d by now") % {"done": pace.done, "wanted": pace.wanted}
    return {
        "state": pace.state,
        "word": word,
        "takt": _("takt %(minutes)d min, %(whole)d a shift") % {"minutes": pace.takt_minutes, "whole": pace.whole},
    }


def call_words(calls: list[AndonCall], now: datetime) -> dict[str, Any] | None:
    """The worst open call of a station, and how many more there are."""
    if not calls:
        return None
    state, word = call_state(calls[0], now)
    waits = minutes_words(now - calls[0].raised_at)
    more = f" +{len(calls) - 1}" if len(calls) > 1 else ""
    return {"state": state, "word": f"{reason_word(calls[0].reason)} · {word} {waits}{more}"}
