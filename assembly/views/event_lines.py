"""Events of a build as lines: the sentence of the one table of words, with hosts and units by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from ledger.event_words import sentence_of
from ledger.models import Event


def sentence(event: Event, names: Mapping[int, str] | None = None) -> tuple[str, str]:
    """An event as (state, words); `names`: units by id."""
    host = (names or {}).get(event.payload.get("host_id", 0))
    return sentence_of(event, {"host": host} if host else None)


def event_line(
    event: Event, actors: Mapping[UUID, User], names: Mapping[int, str] | None = None, own: int = 0
) -> dict[str, Any]:
    """An event as components/line.html wants it; its unit is named where that is not the page's `own` and the sentence
    does not say it."""
    state, words = sentence(event, names)
    about = ""
    if event.subject_type == "inventory.unit" and event.subject_id != own and event.kind != "assembly.unit-installed":
        about = (names or {}).get(event.subject_id, "")
    actor = actors.get(event.actor)
    by = [actor.name if actor else _("somebody who is no longer named")]
    if event.station:
        by.append(event.station)
    return {
        "at": event.happened_at,
        "state": state,
        "title": words,
        "detail": about,
        "by": " · ".join(by),
        "links": [],
        "position": event.pk,
        "hash": bytes(event.leaf_hash).hex()[:16],
    }
