"""A record in words: its events, its places, its papers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from documents.kinds import KINDS
from documents.models import IssuedDocument
from inventory.queries.genealogy import Named, Node, Step
from ledger.event_words import title_of, told_facts, value_words
from ledger.models import Event
from logistics.queries.audit import Record
from logistics.views.record_facts import DOORS, FIELDS
from logistics.views.saying import in_english

SHOWN_DEPTH = 2
"""Contents are drawn two steps down: trays and their boards; a tray's own record shows the rest."""


def lines_of(events: Sequence[Event], people: Mapping[Any, User], corrected: Mapping[int, int]) -> list[dict[str, Any]]:
    """Events for components/line.html."""
    return [_line(event, people, corrected) for event in events]


def _line(event: Event, people: Mapping[Any, User], corrected: Mapping[int, int]) -> dict[str, Any]:
    state, title = title_of(event)
    who = people.get(event.actor)
    by = [who.name if who else _("somebody whose name was erased"), str(DOORS.get(event.door, event.door))]
    if event.station:
        by.append(event.station)
    digest = bytes(event.leaf_hash).hex()
    return {
        "at": event.happened_at,
        "state": state,
        "title": title,
        "detail": _detail(told_facts(event.payload)),
        "by": " · ".join(by),
        "links": [],
        "position": event.pk,
        "hash": f"{digest[:4]} {digest[4:8]} … {digest[-4:]}",
        "corrected_by": corrected.get(event.pk),
    }


def _detail(payload: Mapping[str, Any]) -> str:
    """The plain facts of a payload, named; lists and blanks are left to the original."""
    parts = []
    for name, label in FIELDS.items():
        value = payload.get(name)
        if value in (None, "") or isinstance(value, list | dict):
            continue
        said = value_words(name, value)
        parts.append(f"{label} {said}" if label else said)
    return " · ".join(parts)


def sheets_of(record: Record) -> list[dict[str, str]]:
    """The papers issued, the latest revision of each valid, earlier ones superseded."""
    latest: dict[tuple[str, str], int] = {}
    for paper in record.papers:
        latest.setdefault((paper.kind, paper.language), paper.revision)
    return [_sheet(paper, latest[paper.kind, paper.language]) for paper in record.papers]


def _sheet(paper: IssuedDocument, latest: int) -> dict[str, str]:
    language = get_language() or "ja"
    kind = KINDS.get(paper.kind)
    title = kind.title(language) if kind else paper.kind
    current = paper.revision == latest
    return {
        "title": _("%(title)s, revision %(n)d (%(language)s)")
        % {"title": title, "n": paper.revision, "language": paper.language},
        "url": reverse("verify", args=[paper.verify_code]),
        "state": "done" if current else "void",
        "word": _("latest issue") if current else _("superseded"),
    }


def places_of(record: Record) -> dict[str, Any]:
    """Genealogy both ways: what it sits in, and what sits in it."""
    return {
        "hosts": [_host(step) for step in record.hosts],
        "nodes": [_node(node, 1) for node in record.contents],
        "names": [
            {"kind": row.kind, "value": row.normalised, "raw": row.raw, "closed": row.closed_at}
            for row in record.identifiers
        ],
    }


def _host(step: Step) -> dict[str, Any]:
    if step.host is not None:
        return {
            "name": _name(step.host),
            "number": step.host.serial or step.host.tag,
            "url": reverse("audit_unit", args=[step.host.tag]),
            "position": step.position,
            "from_at": step.from_at,
        }
    place = step.location_en if in_english() else step.location_ja
    return {"name": place, "number": step.location_code, "url": "", "position": "", "from_at": step.from_at}


def _name(unit: Named) -> str:
    return unit.name_en if in_english() else unit.name_ja


def _node(node: Node, depth: int) -> dict[str, Any]:
    deeper = node.children if depth < SHOWN_DEPTH else []
    return {
        "name": _name(node.unit),
        "kind": node.position,
        "id": node.unit.serial or node.unit.tag,
        "url": reverse("audit_unit", args=[node.unit.tag]),
        "state": "hold" if node.unit.is_held else "",
        "word": "",
        "note": "",
        "void": False,
        "children": [_node(child, depth + 1) for child in deeper],
    }
