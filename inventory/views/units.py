"""Pages: the list of units, one unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.forms import UnitFilterForm
from inventory.models import Hold, Identifier, Location, Part, Placement, Unit
from inventory.queries.genealogy import Node, Step
from inventory.queries.units import UnitFilter, UnitPage, unit_page, unit_rows
from inventory.views.event_lines import event_line
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of, reads
from ledger.shapes import CENTURIES

PLANT = ZoneInfo("Asia/Tokyo")


@reads
def units(request: HttpRequest) -> HttpResponse:
    """Every unit there is, narrowed by filters, exported with them. Six queries, however many rows."""
    chosen = UnitFilterForm(request.GET).chosen()
    wish = UnitFilter(text=chosen.get("q", ""), **{name: value for name, value in chosen.items() if name != "q"})
    rows = unit_rows(wish, request.GET.get("sort", ""))
    file = exported(request, "units", _heading(), _export_rows(rows))
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    filters = _filters(chosen)
    context = {
        "units": [_row(unit) for unit in page],
        "page": page,
        "total": Unit.objects.count(),
        "now": timezone.now(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {entry["name"]: entry["label"] for entry in filters}),
        "exports": exports_of(request),
        "acts": [
            {"label": _("Ship notices"), "url": reverse("ship_notices"), "icon": ""},
            {"label": _("Stock"), "url": reverse("stock"), "icon": ""},
            {"label": _("Holds"), "url": reverse("holds"), "icon": "hold"},
        ],
        "empty": empty_words(chosen),
    }
    return render(request, "inventory/units.html", context)


def _heading() -> list[str]:
    return [_("Tag"), _("Serial"), _("Part number"), _("Name"), _("Revision"), _("Where"), _("State"), _("Since")]


def _export_rows(rows: Any) -> Iterator[list[str]]:
    for unit in rows.iterator(chunk_size=2_000):
        row = _row(unit)
        since = unit.born_at.astimezone(PLANT).strftime("%Y-%m-%d %H:%M")
        yield [unit.tag, unit.serial, row["part"], row["name"], row["revision"], row["where"], row["word"], since]


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    states = [("", _("All")), ("free", _("Standing alone")), ("fitted", _("Inside another")),
              ("held", _("On hold")), ("ended", _("Ended"))]  # fmt: skip
    kinds = [
        ("", _("All")),
        *((kind, kind) for kind in Part.objects.order_by("kind").values_list("kind", flat=True).distinct()),
    ]
    places = [
        ("", _("All")),
        *((place.code, f"{place.code} {place.name}") for place in Location.objects.exclude(kind="position")),
    ]
    return [
        {"name": "q", "label": _("Number"), "value": chosen.get("q"), "kind": "search",
         "placeholder": _("Tag, serial, UUID, or how it ends")},
        {"name": "part", "label": _("Part number"), "value": chosen.get("part"), "kind": "text"},
        _choice("kind", _("Kind"), chosen, kinds),
        _choice("location", _("Place"), chosen, places),
        _choice("state", _("State"), chosen, states),
    ]  # fmt: skip


def _choice(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": shown}


def _row(unit: Unit) -> dict[str, Any]:
    here: list[Placement] = unit.here  # type: ignore[attr-defined]
    placement = here[0] if here else None
    where, url = "", ""
    if placement is not None and placement.host is not None:
        where, url = f"{placement.host.name} {placement.position}", reverse("unit", args=[placement.host.tag])
    elif placement is not None and placement.location is not None:
        where = placement.location.name
    state, word = state_of(unit, is_held=unit.is_held, placement=placement)  # type: ignore[attr-defined]
    return {
        "tag": unit.tag,
        "serial": unit.serial,
        "url": reverse("unit", args=[unit.tag]),
        "part": unit.part.number,
        "name": unit.part.name,
        "revision": unit.part_revision.revision,
        "where": where,
        "where_url": url,
        "state": state,
        "word": word,
        "since": placement.from_at if placement else unit.born_at,
        "void": unit.ended_at is not None,
    }


def state_of(unit: Unit, *, is_held: bool, placement: Placement | None) -> tuple[str, str]:
    """The state of a unit as (name, word): ended, held, unplaced, inside another, standing alone."""
    if unit.ended_at is not None:
        return "void", _("Ended")
    if is_held:
        return "hold", _("On hold")
    if placement is None:
        return "unknown", _("Without a place")
    return ("done", _("Inside another")) if placement.host_id else ("ok", _("Standing alone"))


@reads
def unit(request: HttpRequest, tag: str) -> HttpResponse:
    """One unit: names, place, genealogy both ways at `?as_of=`, holds, history. A fixed number of queries."""
    found = get_object_or_404(Unit.objects.with_names().select_related("supplier", "lot"), tag=tag)
    as_of = _moment(request.GET.get("as_of", ""))
    page = unit_page(found, as_of)
    here = page.placements[0] if page.placements and page.placements[0].to_at is None else None
    state, word = state_of(found, is_held=page.is_held, placement=here)
    context = {
        "unit": {
            "tag": found.tag,
            "serial": found.serial,
            "name": found.part.name,
            "part": found.part.number,
            "revision": found.part_revision.revision,
            "state": state,
            "word": word,
            "crumbs_url": reverse("units"),
        },
        "acts": _acts(request, found),
        "tag": {"name": found.part.name, "id": found.name, "more": [{"text": _("Tag"), "code": found.tag}]},
        "facts": _facts(page, here),
        "identifiers": [_identifier(row) for row in page.identifiers],
        "nodes": [_node(node) for node in page.inside],
        "as_of": as_of or timezone.now(),
        "as_of_value": as_of.astimezone(PLANT).strftime("%Y-%m-%dT%H:%M") if as_of else "",
        "around": [_step(step) for step in page.around],
        "hosts": [_host(row) for row in page.placements],
        "consumed": page.consumed,
        "holds": [_hold(hold) for hold in page.holds],
        "events": [event_line(event, page.actors) for event in page.events],  # type: ignore[arg-type]
    }
    return render(request, "inventory/unit.html", context)


def _moment(text: str) -> datetime | None:
    """A moment from a form's field, in the plant's time unless it says otherwise; None when it cannot be read."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    if moment is None or moment.year not in CENTURIES:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=PLANT)


def _acts(request: HttpRequest, found: Unit) -> list[dict[str, str]]:
    if not (isinstance(request.user, User) and request.user.has_perm("inventory.hold")):
        return []
    return [{"label": _("Hold"), "url": f"{reverse('holds')}?{urlencode({'target': found.tag})}", "icon": "hold"}]


def _facts(page: UnitPage, here: Placement | None) -> list[dict[str, Any]]:
    found = page.unit
    top = page.around[-1] if page.around else None
    place = (top.location_en if get_language() == "en" else top.location_ja) if top else ""
    facts: list[dict[str, Any]] = [
        {"label": _("Serial"), "value": found.serial, "code": True},
        {"label": _("Part number"), "value": f"{found.part.number} {found.part_revision.revision}", "code": True},
        {"label": _("Place"), "value": place},
        {"label": _("Supplier"), "value": found.supplier.name if found.supplier else ""},
        {"label": _("Country of origin"), "value": found.country},
        {"label": _("Registered"), "value": found.born_at.astimezone(PLANT).strftime("%Y/%m/%d %H:%M")},
    ]
    if found.lot is not None:
        facts.append({"label": _("Lot"), "value": found.lot.number, "url": reverse("lot", args=[found.lot.tag])})
    inspected = next((hold.inspection for hold in page.holds if hold.inspection is not None and hold.unit_id), None)
    if inspected is not None:
        url = reverse("inspection", args=[inspected.number])
        facts.append({"label": _("Incoming inspection"), "value": inspected.number, "url": url, "code": True})
    if found.ended_at is not None:
        facts.append({"label": _("Ended"), "value": found.ended_why})
    return facts


def _identifier(row: Identifier) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "value": row.normalised,
        "raw": row.raw if row.raw != row.normalised else "",
        "from_at": row.first_seen_at,
        "source": row.source,
        "void": row.closed_at is not None,
    }


def _node(node: Node) -> dict[str, Any]:
    unit = node.unit
    return {
        "name": unit.name_en if get_language() == "en" else unit.name_ja,
        "id": unit.serial or unit.tag,
        "url": reverse("unit", args=[unit.tag]),
        "kind": node.position,
        "state": "hold" if unit.is_held else "",
        "word": _("On hold") if unit.is_held else "",
        "note": unit.part_number,
        "children": [_node(child) for child in node.children],
    }


def _step(step: Step) -> dict[str, Any]:
    if step.host is None:
        return {"name": step.location_en if get_language() == "en" else step.location_ja, "number": step.location_code}
    return {
        "name": step.host.name_en if get_language() == "en" else step.host.name_ja,
        "number": step.host.serial or step.host.tag,
        "url": reverse("unit", args=[step.host.tag]),
        "position": step.position,
    }


def _host(row: Placement) -> dict[str, Any]:
    host = row.host
    return {
        "name": host.part.name if host else (row.location.name if row.location else ""),
        "number": host.name if host else "",
        "url": reverse("unit", args=[host.tag]) if host else "",
        "position": row.position or "",
        "from_at": row.from_at,
        "to_at": row.to_at,
    }


def _hold(hold: Hold) -> dict[str, Any]:
    is_open = hold.released_at is None
    return {
        "why": hold.reason,
        "by": hold.placed_by.name,
        "from_at": hold.placed_at,
        "to_at": hold.released_at,
        "number": hold.number,
        "url": reverse("hold", args=[hold.number]),
        "state": "hold" if is_open else "void",
        "word": _("On hold") if is_open else _("Released"),
    }
