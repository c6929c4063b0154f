"""The page of one build, rack or tray: its head, its drawing, and one tab at an address of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.elevation import RackFace, TrayTop, elevation, rear, tray_top
from assembly.models import Build, Nonconformity
from assembly.queries.builds import BuildHead, build_head, build_named
from assembly.queries.comparison import Comparison, comparison_of
from assembly.queries.faces import braces_of, rack_back, rack_rows, tray_positions
from assembly.queries.racks import BuildRow, build_rows
from assembly.queries.route import Route, routes_of
from assembly.queries.slots import FilledSlot, filled_slots, slot_name
from assembly.text import report_words
from assembly.views.lists import operation_words, trays_words
from assembly.views.words import state_words
from inventory.models import Hold
from ledger.doors import new_key

Context = dict[str, Any]


class BuildPage:
    """What every tab of a build's page reads: the build with its route, slots and comparison, each asked for once."""

    def __init__(self, request: HttpRequest, number: str) -> None:
        build = build_named(number)
        if build is None:
            raise Http404(_("No build goes by that number."))
        self.request = request
        self.build: Build = build
        self.name = build.unit.name
        self.now: datetime = timezone.now()
        self.head: BuildHead = build_head(build)
        self.row: BuildRow = build_rows([build.pk], timezone.localdate(self.now))[0]
        self.slots: list[FilledSlot] = filled_slots(build.pk)
        self.route: Route = routes_of([build])[build.pk]
        self.comparison: Comparison = comparison_of(build, self.slots)

    def may(self, right: str) -> bool:
        """Whether the reader holds a right."""
        return bool(self.request.user.has_perm(right))

    def url(self, name: str, *more: Any) -> str:
        """An address below this build's."""
        return reverse(name, args=[self.name, *more])


def tab_view(tab: str) -> Callable[[Callable[[BuildPage], Context]], Callable[..., HttpResponse]]:
    """A view of one tab from the function that reads the tab's own context."""

    def declare(read: Callable[[BuildPage], Context]) -> Callable[..., HttpResponse]:
        @permission_required("assembly.read", raise_exception=True)
        @require_GET
        def view(request: HttpRequest, number: str) -> HttpResponse:
            page = BuildPage(request, number)
            return render(request, "assembly/rack.html", {**shown(page, tab), **read(page)})

        view.__doc__ = read.__doc__
        return view

    return declare


def shown(page: BuildPage, tab: str) -> Context:
    """The frame around a tab (contract of assembly/rack.html)."""
    is_rack = page.build.design.kind == "rack"
    state, word = state_words(page.row.state, page.row.stage if page.row.running else "")
    context: Context = {
        "rack": {"number": page.name, "state": state, "word": word, "summary": summary(page)},
        "kind": page.build.design.kind,
        "acts": acts(page),
        "notices": notices(page),
        "crumbs_url": reverse("racks" if is_rack else "builds"),
        "crumbs_label": _("Racks") if is_rack else _("Tray builds"),
        "tabs": tabs(page, tab),
        "tab": tab,
        "now": page.now,
    }
    return context | (rack_drawings(page) if is_rack else tray_drawing(page))


def summary(page: BuildPage) -> list[str]:
    """The words under the number."""
    revision = page.build.design.part_revision
    words = [
        f"{revision.part.name} {_('rev')} {revision.revision}",
        _("order %(number)s") % {"number": page.build.order_number},
        _("frozen design %(code)s") % {"code": page.build.design.code},
        _("now: %(operation)s") % {"operation": operation_words(page.row)},
    ]
    if page.head.place is not None:
        words.append(place_words(page))
    return words


def place_words(page: BuildPage) -> str:
    """Where the unit is now; inside what, when it sits in another."""
    place = page.head.place
    if place is None:
        return ""
    name = place.location_en if get_language() == "en" else place.location_ja
    return name if place.top_id == page.build.unit_id else f"{place.top_serial or place.top_tag} · {name}"


def rack_drawings(page: BuildPage) -> Context:
    """Front and back of a rack; each place leads to itself at the right."""
    units = page.build.design.rack_model.rack_units if page.build.design.rack_model else 48
    link = f"{page.url('rack')}?slot={{position}}#focus"
    chosen = page.request.GET.get("slot", "")
    rows = rack_rows(page.slots, _differing(page), link, chosen)
    title = _("Front of rack %(number)s") % {"number": page.name}
    held = any(hold.unit_id == page.build.unit_id for hold in page.head.holds)
    face = RackFace(
        f"rack-{page.build.pk}", units, rows, title, trays_words(page.row), braces_of(page.slots), held=held
    )
    back = rack_back(page.slots, units, link)
    return {"drawing": elevation(face), "back": rear(back) if back else None}


def _differing(page: BuildPage) -> dict[str, str]:
    """Places whose report differs are drawn as failed."""
    return {place.slot.position: "fail" for place in page.comparison.places if place.state == "fail"}


def tray_drawing(page: BuildPage) -> Context:
    """A tray from above."""
    link = f"{page.url('rack')}?slot={{position}}#focus"
    positions = tray_positions(page.slots, href=link)
    title = _("Tray %(number)s from above") % {"number": page.name}
    drawing = tray_top(TrayTop(f"tray-{page.build.pk}", positions, title, trays_words(page.row), _("front")))
    return {"tray_drawing": drawing, "legend": tray_legend(page.slots)}


def tray_legend(slots: list[FilledSlot]) -> list[tuple[str, int]]:
    """How many places of a tray are in which state."""
    return Counter("done" if slot.state == "built" else slot.state for slot in slots).most_common()


def notices(page: BuildPage) -> list[dict[str, Any]]:
    """Holds and open nonconformities, worst first."""
    own = [hold for hold in page.head.holds if hold.unit_id == page.build.unit_id]
    inside = [hold for hold in page.head.holds if hold.unit_id != page.build.unit_id]
    found = [_hold_notice(hold, _("This unit is on hold.")) for hold in own]
    found += [_hold_notice(hold, _("%(unit)s inside is on hold.") % {"unit": hold.unit}) for hold in inside[:3]]
    if len(inside) > 3:
        text = _("%(count)d more units inside are on hold.") % {"count": len(inside) - 3}
        found.append({"state": "hold", "title": text, "text": "", "url": reverse("holds"), "link": _("Holds")})
    return found + [_report_notice(report) for report in page.head.reports]


def _hold_notice(hold: Hold, title: str) -> dict[str, Any]:
    return {
        "state": "hold",
        "title": title,
        "text": hold.reason,
        "url": reverse("hold", args=[hold.number]),
        "link": hold.number,
        "more": f"{hold.placed_by.name} · {timezone.localtime(hold.placed_at):%Y/%m/%d %H:%M}",
    }


def _report_notice(report: Nonconformity) -> dict[str, Any]:
    title = (
        _("A nonconformity waits for quality's disposition.")
        if report.disposition is None
        else _("Rework is not finished yet.")
    )
    return {
        "state": "hold" if report.disposition is None else "swap",
        "title": title,
        "text": report_words(report),
        "url": reverse("nonconformity", args=[report.number]),
        "link": report.number,
        "more": f"{report.opened_by.name} · {timezone.localtime(report.opened_at):%Y/%m/%d %H:%M}",
    }


def acts(page: BuildPage) -> list[dict[str, Any]]:
    """What the reader may do next, the one act wanted last and filled."""
    found = []
    if page.may("documents.print"):
        paper = reverse("document_copy", args=["traveller", page.build.unit.tag])
        found.append({"label": _("Traveller"), "url": paper, "icon": "print"})
    if page.may("assembly.report_nonconformity"):
        report = f"{reverse('nonconformity_new')}?serial={page.build.unit.tag}"
        found.append({"label": _("Report a nonconformity"), "url": report, "icon": "late"})
    if page.may("assembly.kit") and page.build.completed_at is None:
        opening = reverse("kit_open", args=[page.build.unit.name])
        found.append({"label": _("Kitting"), "post": opening, "key": new_key(), "icon": ""})
    current = page.route.current
    if current is not None and page.may("assembly.run_operation"):
        number = current.operation.number
        label = _("Operation %(number)d") if current.open_run else _("Start operation %(number)d")
        url = f"{page.url('rack_operations')}#op-{number}"
        found.append({"label": label % {"number": number}, "url": url, "icon": "", "kind": "primary"})
    if current is not None and current.operation.kind == "pack" and page.may("logistics.pack"):
        url = f"{reverse('rack_packing')}?rack={page.build.unit.tag}"
        found.append({"label": _("Pack the rack"), "url": url, "icon": ""})
    return found


def tabs(page: BuildPage, tab: str) -> list[dict[str, Any]]:
    """The tabs; the shipments' one belongs to a higher app and is there when that app offers it."""
    entries = [
        ("configuration", _("Configuration"), "rack", page.comparison.total),
        ("operations", _("Operations"), "rack_operations", len(page.route.operations)),
        ("tests", _("Tests"), "rack_tests", page.head.tests),
        ("history", _("History"), "rack_history", page.head.events),
        ("documents", _("Documents"), "rack_documents", page.head.sheets),
        ("shipments", _("Shipments"), "rack_shipments", None),
    ]
    found = []
    for key, label, name, count in entries:
        try:
            url = page.url(name)
        except NoReverseMatch:
            continue
        found.append({"label": label, "url": url, "current": key == tab, "count": count})
    return found


def place_name(slot: FilledSlot) -> str:
    """A slot as people call it."""
    return slot_name(slot.kind, slot.position, slot.slot_number)


def part_name(slot: FilledSlot) -> str:
    """The part of a slot in the reader's language."""
    return slot.part_en if get_language() == "en" else slot.part_ja
