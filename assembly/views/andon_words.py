"""What andon calls look like on pages: reasons, states, how long somebody waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assembly.models import AndonCall
from assembly.queries.andon import waited

REASON_WORDS: dict[str, Any] = {
    "material": gettext_lazy("Material is missing"),
    "quality": gettext_lazy("Quality doubt"),
    "machine": gettext_lazy("Machine stands"),
    "tool": gettext_lazy("Tool or instrument"),
    "safety": gettext_lazy("Safety"),
    "help": gettext_lazy("Help is needed"),
}
LONG = 48 * 60
"""Minutes from which whole days are told."""
LATE_MINUTES = 5
"""A call that nobody answers for so long is late (P)."""


def reason_word(reason: str) -> str:
    """The reason in words."""
    return str(REASON_WORDS.get(reason, reason))


def call_state(call: AndonCall, now: datetime) -> tuple[str, str]:
    """(state, word) of a call."""
    if call.resolved_at is not None:
        return "done", _("settled")
    if call.acknowledged_at is not None:
        return "run", _("somebody comes")
    late = now - call.raised_at > timedelta(minutes=LATE_MINUTES)
    return ("stop", _("no answer yet")) if late else ("late", _("called"))


def minutes_words(spell: timedelta | float | None) -> str:
    """`40 s`, `8 min`, `1 h 05 min`, `3 days`: how long it took or takes; a dash where nothing is known."""
    if spell is None:
        return "–"
    seconds = int(spell.total_seconds() if isinstance(spell, timedelta) else spell)
    if seconds < 60:
        return ngettext("%(n)d s", "%(n)d s", seconds) % {"n": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    if minutes >= LONG:
        return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}


def call_row(call: AndonCall, now: datetime) -> dict[str, Any]:
    """A call as the board, the list and a station show it."""
    state, word = call_state(call, now)
    return {
        "number": call.number,
        "station": call.station.name,
        "code": call.station.code,
        "reason": reason_word(call.reason),
        "text": call.text,
        "unit": call.build.unit.name if call.build else "",
        "raised_at": call.raised_at,
        "raised_by": call.raised_by.name,
        "acknowledged_at": call.acknowledged_at,
        "acknowledged_by": call.acknowledged_by.name if call.acknowledged_by else "",
        "resolved_at": call.resolved_at,
        "outcome": call.outcome,
        "answer": minutes_words(waited(call, now)) if call.acknowledged_at or not call.resolved_at else "–",
        "settled": minutes_words((call.resolved_at or now) - call.raised_at),
        "state": state,
        "word": word,
    }
