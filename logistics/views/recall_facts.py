"""The facts of a recall as its pages show them: the answer first, then the rows with their paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from logistics.queries.recalls import KINDS, PLACES, Affected, RecallAnswer
from logistics.views.recall_words import KIND_WORDS, PLACE_WORDS, path_words, why_words
from logistics.views.saying import in_english

PATHS_SHOWN = 3
PATHS_OPENED = 60
"""Paths of one row on the page; the export has all."""


def readouts(answer: RecallAnswer) -> list[dict[str, Any]]:
    """The answer in figures."""
    figures = [
        {"label": _("Racks"), "value": answer.count("rack")},
        {"label": _("Trays"), "value": answer.count("tray")},
        {"label": _("Parts standing alone"), "value": answer.count("loose")},
        {"label": _("Units hit"), "value": len({start.unit_id for start in answer.starts.units})},
    ]
    if answer.lots:
        figures.append({"label": _("Lots"), "value": len(answer.lots)})
    return figures


def places(answer: RecallAnswer, query: Any) -> list[dict[str, Any]]:
    """Where they are: a line for each kind of place, with the address that narrows the table to it."""
    found = []
    for place in PLACES:
        state, word = PLACE_WORDS[place]
        counts = {kind: answer.count(kind, place) for kind in KINDS}
        if place == "gone" and not any(counts.values()):
            continue
        narrowed = query.copy()
        narrowed["place"] = place
        narrowed.pop("page", None)
        found.append({"state": state, "word": word, "url": f"?{narrowed.urlencode()}", **counts})
    return found


def people_of(answer: RecallAnswer) -> Mapping[str, str]:
    """The names of the persons a recall speaks of. One query, only where it does."""
    if answer.criterion.kind != "operator":
        return {}
    return {user.username: user.name for user in User.objects.filter(username__in=answer.criterion.names)}


def chosen_rows(answer: RecallAnswer, place: str, text: str) -> list[Affected]:
    """The rows of one kind of place, and those that a text names (their own number, a tray's, a hit unit's)."""
    wanted = text.lower()
    return [
        row
        for row in answer.rows
        if (not place or row.place == place)
        and (not wanted or any(wanted in thing.name.lower() for path in row.paths for thing in path.units))
    ]


def row_of(row: Affected, answer: RecallAnswer, people: Mapping[str, str]) -> dict[str, Any]:
    """One affected rack, tray or part."""
    state, word = PLACE_WORDS[row.place]
    paths = [
        {"why": why_words(path.start, people), "way": path_words(path), "past": path.is_past}
        for path in row.paths[:PATHS_OPENED]
    ]
    return {
        "name": row.thing.name,
        "url": reverse("audit_unit", args=[row.thing.tag]),
        "kind": KIND_WORDS[row.kind],
        "part": row.thing.name_en if in_english() else row.thing.name_ja,
        "place": {"state": state, "word": word},
        "location": (row.location_en if in_english() else row.location_ja) or row.location_code,
        "crate": row.crate.name if row.crate else "",
        "trays": ", ".join(sorted(answer.things[pk].name for pk in row.trays if pk != row.thing.unit_id)[:20]),
        "tray_count": len([pk for pk in row.trays if pk != row.thing.unit_id]),
        "suspects": row.suspects,
        "held": row.thing.is_held,
        "ended": row.thing.has_ended,
        "past": row.is_past,
        "paths": paths[:PATHS_SHOWN],
        "more": paths[PATHS_SHOWN:],
        "unshown": max(0, len(row.paths) - PATHS_OPENED),
        "path_count": len(row.paths),
    }


def lot_rows(answer: RecallAnswer) -> list[dict[str, Any]]:
    """The lots of the criterion."""
    return [
        {
            "number": lot.number,
            "url": reverse("lot", args=[lot.tag]),
            "part": lot.part.number,
            "supplier": lot.supplier.name if lot.supplier else "",
        }
        for lot in answer.lots
    ]


def export_heading() -> list[str]:
    """The columns of the file: one line for each path."""
    return [
        _("Rack, tray or part"),
        _("Kind"),
        _("Where"),
        _("Place"),
        _("Crate"),
        _("On hold"),
        _("Unit hit"),
        _("Why"),
        _("Path"),
        _("Sits there"),
    ]


def export_lines(rows: Iterable[Affected], people: Mapping[str, str]) -> Iterator[list[Any]]:
    """Every path of every row."""
    for row in rows:
        location = (row.location_en if in_english() else row.location_ja) or row.location_code
        for path in row.paths:
            yield [
                row.thing.name,
                KIND_WORDS[row.kind],
                PLACE_WORDS[row.place][1],
                location,
                row.crate.name if row.crate else "",
                _("yes") if row.thing.is_held else _("no"),
                path.units[0].name,
                why_words(path.start, people),
                path_words(path),
                _("before") if path.is_past else _("now"),
            ]
