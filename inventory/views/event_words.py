"""What the events of a unit are called on its page. Events of higher apps are told in words too; what has none shows
its kind."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ledger.models import Event

TITLES: dict[str, tuple[str, Any]] = {
    "inventory.unit-received": ("ok", gettext_lazy("Received")),
    "inventory.unit-born": ("ok", gettext_lazy("Registered with its board")),
    "inventory.unit-moved": ("info", gettext_lazy("Moved")),
    "inventory.unit-ended": ("void", gettext_lazy("Life ended")),
    "inventory.identifier-added": ("info", gettext_lazy("Identifier added")),
    "inventory.identifier-closed": ("void", gettext_lazy("Identifier closed")),
    "inventory.hold-placed": ("hold", gettext_lazy("Held")),
    "inventory.hold-released": ("ok", gettext_lazy("Hold released")),
    "assembly.unit-installed": ("done", gettext_lazy("Installed")),
    "assembly.unit-removed": ("swap", gettext_lazy("Taken out")),
    "assembly.build-started": ("run", gettext_lazy("Build started")),
    "assembly.build-completed": ("done", gettext_lazy("Build completed")),
    "assembly.test-imported": ("info", gettext_lazy("Test result imported")),
    "assembly.nonconformity-opened": ("late", gettext_lazy("Nonconformity opened")),
    "assembly.nonconformity-closed": ("ok", gettext_lazy("Nonconformity closed")),
    "logistics.rack-packed": ("done", gettext_lazy("Packed")),
    "logistics.rack-accepted": ("done", gettext_lazy("Accepted at the site")),
}
"""Event kind → (state, words)."""

SHOWN = ("host", "position", "from", "to", "number", "notice", "reason", "text", "how", "why", "location")
"""The facts of a payload that a line shows, in this order."""


def event_line(event: Event, actors: dict[Any, User]) -> dict[str, Any]:
    """An event as components/line.html wants it."""
    state, title = TITLES.get(event.kind, ("info", event.kind))
    actor = actors.get(event.actor)
    detail = " · ".join(str(event.payload[name]) for name in SHOWN if event.payload.get(name))
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
