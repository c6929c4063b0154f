"""Pages: what came otherwise than announced: telling it with photos, the list, one of them with its settlement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Station, User
from inventory.event_words import DECISIONS, DIFFERENCES
from inventory.forms import DecisionForm, DiscrepancyForm, searched
from inventory.models import Discrepancy, Location, ShipNotice, Supplier
from inventory.operations.discrepancies import FITTING, DiscrepancyReport, report_discrepancy, settle_discrepancy
from inventory.queries.discrepancies import discrepancy_rows
from inventory.queries.notices import notice_groups
from inventory.views.reading import chosen_links, empty_words, exported, exports_of, page_of
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal


@permission_required("inventory.receive", raise_exception=True)
@require_http_methods(["GET", "POST"])
def discrepancy_new(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Tell a difference, at a tablet: what, of which line, how much, with photos. `?station=` leads back there."""
    notice = get_object_or_404(ShipNotice.objects.select_related("supplier"), pk=notice_id)
    lines = _line_choices(notice)
    if request.method == "POST":
        form = DiscrepancyForm(request.POST, request.FILES, lines=lines)
    else:
        form = DiscrepancyForm(
            lines=lines, initial={name: request.GET.get(name, "") for name in ("kind", "line", "code")}
        )
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome = call_from_page(
                request, report_discrepancy, notice_id=notice.pk, report=DiscrepancyReport(**form.report())
            )
            if outcome.refusal is None:
                return _back(request, notice, outcome.result)
            refusal, status = outcome.refusal, outcome.status
    context = {
        "notice": notice,
        "form": form,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
        "station": _station(request),
        "heading": _("Report a difference"),
        "operator": {"name": getattr(request.user, "name", ""), "shift": ""},
        "back_url": _back_url(request, notice),
    }
    return render(request, "inventory/discrepancy_new.html", context, status=status)


def _station(request: HttpRequest) -> Station | None:
    code = request.POST.get("station") or request.GET.get("station", "")
    return Station.objects.filter(code=code, kind="receiving").first() if code else None


def _back_url(request: HttpRequest, notice: ShipNotice) -> str:
    station = _station(request)
    return reverse("receiving", args=[station.code]) if station else reverse("ship_notice", args=[notice.pk])


def _back(request: HttpRequest, notice: ShipNotice, found: Discrepancy) -> HttpResponse:
    if _station(request) is not None:  # a floor page shows no messages: its side says what was told
        return redirect(_back_url(request, notice))
    messages.success(request, _("Discrepancy %(number)s is recorded.") % {"number": found.number})
    if found.hold is not None:
        messages.warning(request, _("It is on hold: put it on the quarantine shelf."))
    return redirect(_back_url(request, notice))


def _line_choices(notice: ShipNotice) -> list[tuple[int, str]]:
    """One choice a part and lot: the first line stands for all that are alike."""
    return [
        (group.first_line, " · ".join(filter(None, (group.part_number, group.name, group.lot_number))))
        for group in notice_groups(notice.pk)
    ]


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET"])
def discrepancies(request: HttpRequest) -> HttpResponse:
    """The list, what is open first on demand."""
    chosen = {name: searched(request.GET.get(name)) for name in ("q", "state", "kind", "supplier")}
    chosen = {name: value for name, value in chosen.items() if value}
    rows = discrepancy_rows(
        text=chosen.get("q", ""),
        state=chosen.get("state", ""),
        kind=chosen.get("kind", ""),
        supplier=chosen.get("supplier", ""),
    )
    file = exported(request, "discrepancies", _heading(), rows, _cells)
    if file is not None:
        return file  # type: ignore[no-any-return]
    page = page_of(request, rows)
    filters = _filters(chosen)
    context = {
        "discrepancies": [discrepancy_row(row) for row in page],
        "page": page,
        "total": Discrepancy.objects.count(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {entry["name"]: entry["label"] for entry in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
    }
    return render(request, "inventory/discrepancies.html", context)


def _filters(chosen: dict[str, str]) -> list[dict[str, Any]]:
    kinds = [("", _("All")), *((code, str(words)) for code, (_state, words) in DIFFERENCES.items())]
    states = [("", _("All")), ("open", _("Unsettled")), ("settled", _("Settled"))]
    suppliers = [("", _("All")), *Supplier.objects.values_list("code", "name")]
    return [
        {"name": "q", "label": _("Number"), "value": chosen.get("q"), "kind": "search"},
        _select("state", _("State"), chosen, states),
        _select("kind", _("Difference"), chosen, kinds),
        _select("supplier", _("Supplier"), chosen, suppliers),
    ]


def _select(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": shown}


def _heading() -> list[str]:
    return [
        _("Number"), _("Notice"), _("Supplier"), _("Difference"), _("Part number"), _("Quantity"), _("Seen"),
        _("Remark"), _("Found"), _("Found by"), _("Settled"), _("Decision"), _("Reason"),
    ]  # fmt: skip


def _cells(found: Discrepancy) -> list[Any]:
    row = discrepancy_row(found)
    return [
        found.number, found.notice.number, found.notice.supplier.name, row["kind"], row["part"], row["quantity"],
        found.seen, found.text, found.found_at.isoformat(timespec="minutes"), row["by"],
        found.settled_at.isoformat(timespec="minutes") if found.settled_at else "", row["settlement"],
        found.settlement_reason,
    ]  # fmt: skip


def discrepancy_row(found: Discrepancy) -> dict[str, Any]:
    """A discrepancy as lists, the notice's page and its own page show it."""
    state, kind = DIFFERENCES[found.kind]
    settled = DECISIONS[found.settlement] if found.settlement else None
    return {
        "number": found.number,
        "url": reverse("discrepancy", args=[found.number]),
        "notice": found.notice.number,
        "notice_url": reverse("ship_notice", args=[found.notice_id]),
        "supplier": found.notice.supplier.name,
        "kind": str(kind),
        "line": found.line.number if found.line else None,
        "part": found.line.part.number if found.line else "",
        "name": found.line.part.name if found.line else "",
        "lot": found.line.lot_number if found.line else "",
        "quantity": found.quantity.normalize(),
        "seen": found.seen,
        "tag": found.unit.tag if found.unit else "",
        "tag_url": reverse("unit", args=[found.unit.tag]) if found.unit else "",
        "hold": found.hold.number if found.hold else "",
        "hold_url": reverse("hold", args=[found.hold.number]) if found.hold else "",
        "text": found.text,
        "found_at": found.found_at,
        "by": found.found_by.name,
        "photos": found.photo_ids,  # type: ignore[attr-defined]
        "state": settled[0] if settled else state,
        "word": str(settled[1]) if settled else _("Not decided"),
        "settlement": str(settled[1]) if settled else "",
        "reason": found.settlement_reason,
        "settled_at": found.settled_at,
        "settled_by": found.settled_by.name if found.settled_by else "",
    }


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def discrepancy(request: HttpRequest, number: str) -> HttpResponse:
    """One discrepancy with its photos, and its settlement."""
    found = get_object_or_404(discrepancy_rows(), number=number)
    fitting = [(code, str(DECISIONS[code][1])) for code in FITTING[found.kind]]
    form = DecisionForm(request.POST or None, fitting=fitting, places=_places(found))
    refusal: Refusal | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            outcome = call_from_page(
                request,
                settle_discrepancy,
                number=number,
                settlement=told["settlement"],
                reason=told["reason"],
                location_code=told.get("location", ""),
            )
            if outcome.refusal is None:
                return redirect("discrepancy", number)
            refusal, status = outcome.refusal, outcome.status
    may = isinstance(request.user, User) and request.user.has_perm("inventory.settle_discrepancy")
    context = {
        "found": discrepancy_row(found),
        "form": form if may and found.settled_at is None else None,
        "refusal": refusal,
        "key": request.POST.get("key") or new_key(),
    }
    return render(request, "inventory/discrepancy.html", context, status=status)


def _places(found: Discrepancy) -> list[tuple[str, str]]:
    if found.kind != "over":
        return []
    places = Location.objects.filter(kind__in=("receiving", "store"))
    return [("", "–"), *((place.code, f"{place.code} {place.name}") for place in places)]
