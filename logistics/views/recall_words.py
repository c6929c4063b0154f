"""What the criteria, reasons and places of a recall are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.words import PLANT_TIME
from inventory.models import Criterion
from inventory.queries.recall_starts import Start
from logistics.queries.recalls import Path

CRITERIA: dict[str, Any] = {
    "lots": gettext_lazy("Lots"),
    "serials": gettext_lazy("List of serials"),
    "supplier": gettext_lazy("Supplier and delivery dates"),
    "station": gettext_lazy("Station"),
    "tool": gettext_lazy("Tool"),
    "operator": gettext_lazy("Person at work"),
    "firmware": gettext_lazy("Firmware version"),
}

PLACE_WORDS: dict[str, tuple[str, Any]] = {
    "floor": ("info", gettext_lazy("On the floor")),
    "crate": ("wait", gettext_lazy("Packed, at the plant")),
    "transit": ("run", gettext_lazy("On the road")),
    "site": ("info", gettext_lazy("At the site")),
    "gone": ("void", gettext_lazy("No longer there")),
}
"""Kind of place → (state, words), in the order of a rack's life."""

KIND_WORDS: dict[str, Any] = {
    "rack": gettext_lazy("Rack"),
    "tray": gettext_lazy("Tray"),
    "loose": gettext_lazy("Part"),
}


WHY: dict[str, Any] = {
    "used": gettext_lazy("lot %(what)s used in it"),
    "made": gettext_lazy("of lot %(what)s"),
    "named": gettext_lazy("on the list"),
    "supplied": gettext_lazy("delivered by %(what)s"),
    "worked": gettext_lazy("operation %(detail)s at station %(what)s"),
    "tooled": gettext_lazy("operation %(detail)s with tool %(what)s"),
    "runs": gettext_lazy("%(detail)s %(what)s reported"),
    "handled": gettext_lazy("operation %(detail)s by %(person)s"),
    "fitted": gettext_lazy("fitted by %(person)s"),
}
"""Why a unit is hit, by `Start.how`."""


def why_words(start: Start, people: Mapping[str, str]) -> str:
    """Why a unit is hit, in a few words."""
    how = "fitted" if start.detail == "fitted" else start.how
    return str(WHY[how]) % {"what": start.what, "detail": start.detail, "person": people.get(start.what, start.what)}


def path_words(path: Path) -> str:
    """From the unit that is hit up to the rack, with positions."""
    names = [path.units[0].name]
    names += [
        f"{thing.name} ({step.position})" if step.position else thing.name
        for step, thing in zip(path.steps, path.units[1:], strict=True)
    ]
    return " → ".join(names)


def criterion_words(wish: Criterion) -> str:
    """A criterion in one line: what, which, when."""
    names = ", ".join(wish.names[:6])
    if len(wish.names) > 6:
        names = _("%(names)s and %(count)d more") % {"names": names, "count": len(wish.names) - 6}
    parts = [f"{CRITERIA.get(wish.kind, wish.kind)}: {names}"]
    if wish.part:
        parts.append(_("part %(part)s") % {"part": wish.part})
    if wish.from_at or wish.to_at:
        parts.append(f"{_day(wish.from_at)} – {_day(wish.to_at)}")
    return " · ".join(parts)


def _day(at: Any) -> str:
    return at.astimezone(PLANT_TIME).strftime("%Y/%m/%d") if at else "…"
