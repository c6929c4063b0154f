"""Pages: scans that were refused behind a person's back. For the line leader, for a station, and settling."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import Station
from inventory.event_words import SETTLEMENTS
from inventory.forms import SettlementForm, searched
from inventory.models import ScanConflict
from inventory.operations.scan_conflicts import settle_scan
from inventory.queries.scan_conflicts import conflict_rows
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

CARDS = 12
"""Cards a page on a tablet."""


@permission_required("inventory.read", raise_exception=True)
@require_GET
def scan_conflicts(request: HttpRequest) -> HttpResponse:
    """All refused scans of all stations, for whoever looks after the line."""
    chosen = {name: searched(request.GET.get(name)) for name in ("q", "state", "station")}
    rows = conflict_rows(text=chosen["q"], state=chosen["state"], station=chosen["station"])
    chosen = {name: value for name, value in chosen.items() if value}
    file = exported(request, "scan-conflicts", _heading(), rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page, filters = page_of(request, rows), _filters(chosen)
    context = {
        "conflicts": [conflict_row(row) for row in page],
        "page": page,
        "total": ScanConflict.objects.count(),
        "open_count": ScanConflict.objects.open().count(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {entry["name"]: entry["label"] for entry in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "inventory/scan_conflicts.html", context)


@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def station_conflicts(request: HttpRequest, code: str) -> HttpResponse:
    """What waits to be settled at one station, as cards for gloves."""
    station = get_object_or_404(Station, code=code)
    page = Paginator(conflict_rows(state="open", station=code), CARDS).get_page(request.GET.get("page"))
    context = _floor(station) | {
        "conflicts": [conflict_row(row) for row in page],
        "page": page,
        "station_url": reverse("station", args=[code]),
    }
    return render(request, "inventory/station_conflicts.html", context)


@permission_required("inventory.settle_scan", raise_exception=True)
@require_http_methods(["GET", "POST"])
def scan_conflict(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """One refused scan, and settling it: most ways are one touch."""
    found = get_object_or_404(conflict_rows(), pk=conflict_id)
    form = SettlementForm(request.POST) if request.method == "POST" else SettlementForm()
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = call_from_page(request, settle_scan, conflict_id=conflict_id, **form.arguments())
            if outcome.refusal is None:
                messages.success(request, _("Settled: %(text)s") % {"text": found.text[:60]})
                return redirect("station_conflicts", found.session.station.code)
            refusal, status = outcome.refusal, outcome.status
    context = _floor(found.session.station) | {
        "conflict": conflict_row(found),
        "ways": _ways(),
        "form": form,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
    }
    return render(request, "inventory/scan_conflict.html", context, status=status)


def _floor(station: Station) -> dict[str, Any]:
    return {"station": station, "heading": _("Scans to settle"), "now": timezone.now(), "leave_url": ""}


def _ways() -> list[dict[str, Any]]:
    """Ready reasons, so that nobody types with gloves."""
    by_hand = [_("Written on the traveller"), _("Entered at another station"), _("Done together with the line leader")]
    dropped = [_("Read twice"), _("Read by mistake"), _("The part went somewhere else")]
    return [
        {"how": "by_hand", "title": _("Done by hand"), "reasons": by_hand},
        {"how": "dropped", "title": _("Not wanted any more"), "reasons": dropped},
    ]


def way_words(how: str) -> str:
    """How it was settled, in words; of an open one nothing."""
    return str(SETTLEMENTS[how][1]) if how in SETTLEMENTS else ""


def conflict_row(row: ScanConflict) -> dict[str, Any]:
    """A refused scan as lists and its own page show it."""
    is_open = row.settled_at is None
    return {
        "id": row.pk,
        "url": reverse("scan_conflict", args=[row.pk]),
        "text": row.text,
        "is_form": row.kind == "form",
        "at": row.happened_at,
        "raised_at": row.raised_at,
        "station": row.session.station.name,
        "station_code": row.session.station.code,
        "by": row.session.user.name,
        "wrong": row.wrong,
        "wanted": row.act_wanted,
        "is_open": is_open,
        "state": "stop" if is_open else "done",
        "word": _("To settle") if is_open else way_words(row.how),
        "settled_at": row.settled_at,
        "settled_by": row.settled_by.name if row.settled_by else "",
        "reason": row.reason,
        "how": way_words(row.how),
    }


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    options = [("", _("All")), ("open", _("To settle")), ("settled", _("Settled"))]
    places = [("", _("All")), *((place.code, place.name) for place in Station.objects.all())]
    return [
        {"name": "q", "label": _("Search"), "value": chosen.get("q"), "kind": "search"},
        _select("state", _("State"), chosen, options),
        _select("station", _("Station"), chosen, places),
    ]


def _select(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, str]]) -> dict[str, Any]:
    rows = [{"value": value, "label": words} for value, words in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": rows}


def _heading() -> list[str]:
    return [_("Read"), _("Refused"), _("Station"), _("Person"), _("What was read"), _("What is wrong"), _("Settled"),
            _("How"), _("Why"), _("Settled by")]  # fmt: skip


def _cells(row: ScanConflict) -> list[Any]:
    shown = conflict_row(row)
    return [
        row.happened_at.isoformat(timespec="seconds"),
        row.raised_at.isoformat(timespec="seconds"),
        shown["station_code"],
        shown["by"],
        row.text,
        row.wrong,
        row.settled_at.isoformat(timespec="seconds") if row.settled_at else "",
        shown["how"],
        row.reason,
        shown["settled_by"],
    ]
