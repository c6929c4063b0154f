"""What the events of a build are called: event kind → (state, sentence). The sentence takes facts of the payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assembly.views.words import DISPOSITIONS, MEANINGS, RESULTS
from inventory.views.event_words import TITLES
from ledger.models import Event

SENTENCES: dict[str, tuple[str, Any]] = {
    "assembly.build-started": ("run", gettext_lazy("Build started to design %(design)s, order %(order)s")),
    "assembly.history-imported": ("info", gettext_lazy("Read in as history, order %(order)s")),
    "assembly.build-completed": ("done", gettext_lazy("All operations done: complete")),
    "assembly.operation-started": ("run", gettext_lazy("Operation %(operation)s started, attempt %(attempt)s")),
    "assembly.operation-finished": ("done", gettext_lazy("Operation %(operation)s %(result)s, attempt %(attempt)s")),
    "assembly.operation-aborted": (
        "void",
        gettext_lazy("Operation %(operation)s broken off, attempt %(attempt)s: %(reason)s"),
    ),
    "assembly.run-signed": ("seal", gettext_lazy("Operation %(operation)s signed: %(meaning)s")),
    "assembly.unit-installed": ("done", gettext_lazy("%(serial)s fitted at %(position)s of %(host)s")),
    "assembly.unit-removed": ("swap", gettext_lazy("Taken out of %(position)s of %(host)s: %(reason)s (to %(to)s)")),
    "assembly.nonconformity-opened": ("late", gettext_lazy("Nonconformity %(number)s opened: %(text)s")),
    "assembly.nonconformity-disposed": ("info", gettext_lazy("%(number)s decided: %(disposition)s. %(reason)s")),
    "assembly.nonconformity-closed": ("ok", gettext_lazy("Nonconformity %(number)s closed")),
    "assembly.rework-demanded": ("swap", gettext_lazy("Operations %(repeats)s wanted again: %(reason)s")),
    "assembly.deviation-approved": (
        "late",
        gettext_lazy("Deviation %(number)s: %(part)s may sit at %(position)s. %(reason)s"),
    ),
    "assembly.cell-reserved": ("wait", gettext_lazy("Burn-in cell %(cell)s reserved")),
    "assembly.reservation-cancelled": ("void", gettext_lazy("Reservation of cell %(cell)s cancelled")),
    "assembly.burn-in-started": ("run", gettext_lazy("Burn-in started in cell %(cell)s")),
    "assembly.burn-in-ended": ("done", gettext_lazy("Burn-in ended: %(verdict)s")),
    "assembly.burn-in-aborted": ("void", gettext_lazy("Burn-in broken off: %(why)s")),
    "assembly.alarm-raised": ("late", gettext_lazy("Alarm of %(series)s raised")),
    "assembly.alarm-cleared": ("ok", gettext_lazy("Alarm of %(series)s cleared")),
    "assembly.test-imported": ("info", gettext_lazy("Test file of %(tool)s read: %(verdict)s, %(disposition)s")),
    "inventory.unit-received": ("ok", gettext_lazy("Received from the supplier")),
    "inventory.unit-registered": ("ok", gettext_lazy("Registered, serial %(serial)s")),
    "inventory.unit-moved": ("info", gettext_lazy("Moved to %(to)s")),
    "inventory.hold-placed": ("hold", gettext_lazy("Hold %(number)s: %(reason)s")),
    "inventory.hold-released": ("ok", gettext_lazy("Hold %(number)s released: %(reason)s")),
    "inventory.lot-consumed": ("info", gettext_lazy("Lot %(lot)s used: %(quantity)s")),
}


class _Facts(dict[str, Any]):
    """The payload of an event as a sentence needs it; a fact that is not there is a dash."""

    def __init__(self, payload: Mapping[str, Any]) -> None:
        super().__init__({key: _spoken(key, value) for key, value in payload.items()})

    def __missing__(self, key: str) -> str:
        return "–"


def _spoken(key: str, value: Any) -> Any:
    tables: dict[str, Mapping[str, Any]] = {"result": RESULTS, "disposition": DISPOSITIONS, "meaning": MEANINGS}
    if key in tables and isinstance(value, str) and value in tables[key]:
        found = tables[key][value]
        return found[1] if isinstance(found, tuple) else found
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "–" if value in (None, "") else value


def sentence(event: Event, names: Mapping[int, str] | None = None) -> tuple[str, str]:
    """An event as (state, words). A kind that nobody named is shown by its name; `names`: units by id."""
    if event.kind in SENTENCES:
        state, words = SENTENCES[event.kind]
        if event.payload.get("result") == "fail":
            state = "fail"
        facts = _Facts(event.payload)
        host = (names or {}).get(event.payload.get("host_id", 0))
        if host:
            facts["host"] = host
        return state, str(words) % facts
    state, words = TITLES.get(event.kind, ("info", event.kind))
    return state, str(words)


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
