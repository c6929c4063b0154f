"""The tab 構成 of a build's page: designed, built and reported; one place in focus with its tree; facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.elevation import TrayTop, tray_top
from assembly.queries.builds import Focus, figures_of, focus_on
from assembly.queries.comparison import ComparedPlace
from assembly.queries.faces import tray_positions
from assembly.queries.slots import build_of_unit, filled_slots
from assembly.views.rack_differences import differences
from assembly.views.racks import BuildPage, Context, part_name, place_name, place_words, tab_view, tray_legend
from inventory.models import Placement, Unit
from inventory.queries.genealogy import Node
from ledger.shapes import CENTURIES


@tab_view("configuration")
def configuration(page: BuildPage) -> Context:
    """What was designed, built and reported; the place in focus with its tree; facts. Query count pinned."""
    every = page.request.GET.get("all") == "1"
    chosen = page.request.GET.get("slot", "")
    places = [place for place in page.comparison.places if every or place.differs or place.slot.position == chosen]
    return {
        "difference": {
            "rows": [_compared(page, place, chosen) for place in places],
            "total": page.comparison.total,
            "differing": page.comparison.differing,
            "reported_at": page.comparison.reported_at,
            "toggle_url": "?" if every else "?all=1",
            "toggle_label": _("Show differences only") if every else _("Show what agrees too"),
            "design": page.build.design.code,
        },
        "apart": differences(page),
        "focus": _focus(page, chosen),
        "facts": facts(page),
    }


def _compared(page: BuildPage, place: ComparedPlace, chosen: str) -> dict[str, Any]:
    slot = place.slot
    words = {"hold": "", "empty": "", "unknown": "", "done": _("agrees"), "fail": _("differs")}
    ru = [f"U{slot.ru}"] if slot.ru else []
    if slot.tray_index is not None:
        ru.append(_("tray %(number)d") % {"number": slot.tray_index})
    other = slot.unit_part and slot.unit_part != slot.part_number
    return {
        "place": place_name(slot),
        "position": " · ".join([*ru, *([slot.position] if place_name(slot) != slot.position else [])]),
        "part": part_name(slot),
        "designed": slot.part_number,
        "built": slot.serial or slot.tag,
        "built_note": f"{slot.unit_part} · {place.deviation or _('alternate')}" if other else "",
        "reported": place.reported,
        "state": place.state,
        "word": _("approved") if place.state == "done" and (place.deviation or place.inside) else words[place.state],
        "note": _place_note(place),
        "selected": slot.position == chosen,
        "url": f"{page.url('rack')}?slot={slot.position}#focus",
    }


def _place_note(place: ComparedPlace) -> str:
    """What differs, the first two; where all agrees, how much of it by another part number."""
    said = [row.say for row in (place.open or place.inside)[:2]]
    if not said and place.alias:
        said = [_("%(count)d by another number of the same part") % {"count": place.alias}]
    return "; ".join(said)


def _focus(page: BuildPage, chosen: str) -> dict[str, Any] | None:
    slot = next((slot for slot in page.slots if slot.position == chosen), None)
    if slot is None:
        return None
    text = page.request.GET.get("as_of", "")
    as_of = _told_moment(text)
    found = focus_on(page.build, slot, as_of)
    unit = found.placement.unit if found.placement else None
    tray = build_of_unit(unit.pk) if unit is not None and page.build.design.kind == "rack" else None
    inside = filled_slots(tray.pk) if tray is not None else []
    drawn = TrayTop(f"focus-{slot.id}", tray_positions(inside), _("Tray from above"), str(unit), _("front"))
    return {
        "title": _("What sits in %(place)s") % {"place": place_name(slot)},
        "as_of": as_of or page.now,
        "as_of_url": reverse("unit", args=[unit.tag]) if unit else "",
        "as_of_label": _("Page of this unit"),
        "nodes": _tree(page, found),
        "tray": tray_top(drawn) if inside else None,
        "legend": tray_legend(inside),
        "acts": _slot_acts(page, found),
    }


def _slot_acts(page: BuildPage, found: Focus) -> list[dict[str, str]]:
    if found.placement is None or found.placement.to_at is not None or not page.may("assembly.install"):
        return []
    url = page.url("unit_removal", found.slot.position)
    return [{"label": _("Take this unit out"), "url": url, "icon": "swap"}]


def _tree(page: BuildPage, found: Focus) -> list[dict[str, Any]]:
    """The unit in the place with all in it, then what was there before, struck through."""
    earlier = [_void(row) for row in found.earlier.get((page.build.unit_id, found.slot.position), [])]
    if found.placement is None:
        return earlier
    unit: Unit = found.placement.unit
    build = build_of_unit(unit.pk)
    top = {
        "name": part_name(found.slot),
        "id": unit.name,
        "url": reverse("rack", args=[unit.name]) if build else reverse("unit", args=[unit.tag]),
        "kind": "",
        "state": "hold" if found.slot.held else "",
        "word": "",
        "note": _("fitted %(at)s") % {"at": f"{timezone.localtime(found.placement.from_at):%m/%d %H:%M}"},
        "void": False,
        "children": _children(unit.pk, found.nodes, found),
    }
    return [top, *earlier]


def _children(host_id: int, nodes: list[Node], found: Focus) -> list[dict[str, Any]]:
    rows = [_leaf(node, found) for node in nodes]
    gone = [row for (host, _place), rows_ in found.earlier.items() if host == host_id for row in rows_]
    return rows + [_void(row) for row in gone]


def _leaf(node: Node, found: Focus) -> dict[str, Any]:
    unit = node.unit
    english = get_language() == "en"
    return {
        "name": unit.name_en if english else unit.name_ja,
        "id": unit.serial or found.names.get(unit.unit_id) or unit.tag,
        "url": reverse("unit", args=[unit.tag]),
        "kind": node.position,
        "state": "hold" if unit.is_held else "",
        "word": "",
        "note": "",
        "void": False,
        "children": _children(unit.unit_id, node.children, found),
    }


def _void(row: Placement) -> dict[str, Any]:
    begin, end = timezone.localtime(row.from_at), timezone.localtime(row.to_at)
    return {
        "name": row.unit.part.name,
        "id": row.unit.name,
        "url": "",
        "kind": row.position or "",
        "state": "void",
        "word": _("taken out"),
        "note": f"{begin:%m/%d %H:%M} – {end:%m/%d %H:%M}",
        "void": True,
        "children": [],
    }


def facts(page: BuildPage) -> list[dict[str, Any]]:
    """Counted and dated facts of the build."""
    figures = figures_of(page.build)
    build = page.build
    rows: list[dict[str, Any]] = [
        {"label": words, "value": " / ".join(map(str, page.row.trays[kind]))}
        for kind, words in (
            ("compute", _("Compute trays")),
            ("switch", _("Switch trays")),
            ("shelf", _("Power shelves")),
            ("cartridge", _("Cartridges")),
            ("superchip", _("Superchip boards")),
        )
        if kind in page.row.trays
    ]
    rows += [
        {"label": _("GPUs known"), "value": figures.inside.get("gpu", 0)},
        {"label": _("Units inside"), "value": sum(figures.inside.values())},
        {"label": _("Failed runs"), "value": figures.failed_runs},
        {"label": _("Rework"), "value": figures.reworks},
        {"label": _("Where"), "value": place_words(page)},
        {"label": _("Tag"), "value": build.unit.tag, "code": True, "url": reverse("unit", args=[build.unit.tag])},
        {"label": _("Started"), "value": _moment(build.started_at)},
        {"label": _("Completed"), "value": _moment(build.completed_at) or _("not yet")},
        {"label": _("Kit ready"), "value": _moment(build.kit_ready_at)},
    ]
    due: dict[str, Any] = {
        "label": _("Needed by"),
        "value": f"{build.need_by:%Y/%m/%d}" if build.need_by else _("not set"),
    }
    if build.need_by and build.completed_at is None and build.need_by < timezone.localdate(page.now):
        due |= {"state": "late", "word": _("past its day")}
    return [*rows, due]


def _told_moment(text: str) -> datetime | None:
    """The moment in an address; what is none, or has no zone, is now."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo and moment.year in CENTURIES else None


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y/%m/%d %H:%M}" if at else ""
