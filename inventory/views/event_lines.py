"""Events of a unit as lines of its page: the title of the one table of words, and the facts beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from ledger.event_words import title_of, told_facts, value_words
from ledger.models import Event

SHOWN = (
    "host",
    "position",
    "from",
    "to",
    "number",
    "notice",
    "disposition",
    "reason",
    "text",
    "how",
    "why",
    "location",
)
"""The facts of a payload that a line shows, in this order."""


def event_line(event: Event, actors: dict[Any, User]) -> dict[str, Any]:
    """An event as components/line.html wants it."""
    state, title = title_of(event)
    actor = actors.get(event.actor)
    facts = told_facts(event.payload)
    detail = " · ".join(value_words(name, facts[name]) for name in SHOWN if facts.get(name))
    by = actor.name if actor else _("somebody who is no longer named")
    return {
        "at": event.happened_at,
        "state": state,
        "title": title,
        "detail": detail,
        "by": f"{by} · {event.station}" if event.station else by,
        "position": event.pk,
        "hash": bytes(event.leaf_hash).hex()[:16],
        "links": [],
    }
