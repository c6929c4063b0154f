"""Exceptions in words: kinds, states, what is wrong, how old it is, who has it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from logistics.models import ShipmentException
from logistics.part_arrival_forms import REASONS
from logistics.queries.exceptions import Exceptional, Fact
from logistics.queries.outlook import PLANT

KINDS: dict[str, tuple[str, Any]] = {
    "silence": ("stale", gettext_lazy("No report for long")),
    "overdue": ("late", gettext_lazy("Leg overdue")),
    "delayed": ("late", gettext_lazy("Delay reported")),
    "hold": ("hold", gettext_lazy("Held rack in a shipment")),
    "crate_missing": ("stop", gettext_lazy("Crate not there")),
    "refused": ("stop", gettext_lazy("Rack refused")),
    "disruption": ("late", gettext_lazy("Way stopped")),
    "document": ("stop", gettext_lazy("Paper missing")),
    "excursion": ("late", gettext_lazy("Condition out of limits")),
}
"""Kind → (state that draws it, word)."""

STATES: dict[str, tuple[str, Any]] = {
    "open": ("unknown", gettext_lazy("Nobody has it")),
    "in_hand": ("run", gettext_lazy("Being dealt with")),
    "waiting": ("wait", gettext_lazy("Waiting for somebody")),
    "closed": ("done", gettext_lazy("Closed")),
    "ended": ("done", gettext_lazy("Over by itself")),
}

PAPERS: dict[str, Any] = {
    "as-built": gettext_lazy("As-built record"),
    "export-check": gettext_lazy("Trade-control check"),
}


def missing_words(reason: str, place: str) -> str:
    """Why a crate is missing: "left behind: Shibushi"."""
    return ": ".join(filter(None, (str(REASONS[reason]), place)))


def clock(moment: datetime) -> str:
    """11/20 16:05 in the plant."""
    return f"{moment.astimezone(PLANT):%m/%d %H:%M}"


def age_words(since: datetime, now: datetime) -> str:
    """How long it stands: hours to two days, then days."""
    hours = max(int((now - since) / timedelta(hours=1)), 0)
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def fact_words(fact: Fact) -> str:
    """What is wrong, in one sentence of figures."""
    if fact.kind == "silence":
        return _("Last report %(time)s.") % {"time": clock(fact.since)}
    if fact.kind == "overdue":
        return _("Leg %(leg)s should have ended by %(time)s by the plan; nobody reported it.") % {
            "leg": fact.subject, "time": clock(fact.since),
        }  # fmt: skip
    if fact.kind == "document":
        if fact.subject == "export-check":
            return _("Not checked for %(country)s; it is to leave %(time)s.") % {
                "country": fact.about, "time": clock(fact.shipment.planned_departure_at),
            }  # fmt: skip
        return _("Not issued for %(racks)s; it is to leave %(time)s.") % {
            "racks": fact.about, "time": clock(fact.shipment.planned_departure_at),
        }  # fmt: skip
    if fact.kind == "crate_missing" and fact.told.partition(":")[0] in REASONS:
        reason, _colon, place = fact.told.partition(":")
        return f"{_('Crate %(crate)s was not at the dock.') % {'crate': fact.about}} {missing_words(reason, place)}"
    if fact.kind == "crate_missing":
        return _("Crate %(crate)s was not counted at the last hand-over.") % {"crate": fact.about}
    if fact.kind == "excursion":
        return _("Crate %(crate)s went beyond its limits on the way; %(number)s is not settled.") % {
            "crate": fact.about, "number": fact.subject,
        }  # fmt: skip
    return " · ".join(part for part in (fact.about, fact.told) if part)


def kind_words(kind: str, subject: str) -> str:
    """The kind, with which paper it is about."""
    word = str(KINDS[kind][1])
    return f"{word}: {PAPERS.get(subject, subject)}" if kind == "document" else word


def care_words(care: ShipmentException | None) -> str:
    """What the owner says: for what it waits, the remark, the reason."""
    if care is None:
        return ""
    waits = _("waits for %(what)s") % {"what": care.waiting_for} if care.waiting_for else ""
    return " · ".join(part for part in (waits, care.reason, care.note) if part)


def exception_row(row: Exceptional, now: datetime) -> dict[str, Any]:
    """A row of the list."""
    care = row.care
    state, word = STATES[row.state]
    drawn, _kind = KINDS[row.kind]
    return {
        "url": reverse("exception", args=[row.key]),
        "name": kind_words(row.kind, row.subject),
        "drawn": drawn if row.fact is not None else "done",
        "detail": fact_words(row.fact) if row.fact is not None else _("The fact is over."),
        "shipment": row.shipment.number,
        "shipment_url": reverse("shipment", args=[row.shipment.number]),
        "since": row.since,
        "age": age_words(row.since, now),
        "state": state,
        "word": word,
        "owner": care.owner.name if care is not None else "",
        "says": care_words(care),
        "due_on": care.due_on if care is not None else None,
        "overdue": bool(care and care.is_open and care.due_on and care.due_on < now.astimezone(PLANT).date()),
        "number": care.number if care is not None else "",
    }


def past_row(care: ShipmentException) -> dict[str, Any]:
    """A row of what is over."""
    state, word = STATES[care.state]
    return {
        "url": "",
        "name": kind_words(care.kind, care.subject),
        "drawn": "done",
        "detail": care.subject if care.kind != "document" else "",
        "shipment": care.shipment.number,
        "shipment_url": reverse("shipment", args=[care.shipment.number]),
        "since": care.since,
        "age": age_words(care.since, care.closed_at or care.since),
        "state": state,
        "word": word,
        "owner": care.owner.name,
        "says": care_words(care),
        "due_on": care.due_on,
        "overdue": False,
        "number": care.number,
    }
