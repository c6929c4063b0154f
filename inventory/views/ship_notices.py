"""Pages: what suppliers announced, against what came."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from documents import files
from inventory.files.tables import LineFault
from inventory.forms import FileForm, LotForm, PlaceForm, searched
from inventory.models import Location, ShipNotice, ShipNoticeLine, Supplier
from inventory.operations.incoming_files import FileRefused
from inventory.operations.receiving import receive_lot, receive_notice
from inventory.operations.ship_notices import check_ship_notice, import_ship_notice
from inventory.queries.discrepancies import discrepancy_rows
from inventory.queries.inspections import inspection_rows
from inventory.queries.notices import LineGroup, notice_groups, notice_rows, serial_lines
from inventory.views.discrepancies import discrepancy_row
from inventory.views.inspection_words import inspection_row
from inventory.views.reading import ROWS, chosen_links, done_words, empty_words, exported, exports_of, page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal


@permission_required("inventory.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def ship_notices(request: HttpRequest) -> HttpResponse:
    """The list, and a file read in or only checked."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            outcome, context = _taken(request, form)
            if outcome is not None and outcome.refusal is None:
                return _after_import(request, outcome.result)
            status = 200 if outcome is None else outcome.status
    file = exported(request, "ship-notices", _heading(), _export_rows(request))
    if file is not None:
        return file  # type: ignore[no-any-return]
    return render(request, "inventory/ship_notices.html", _list(request, form) | context, status=status)


def _taken(request: HttpRequest, form: FileForm) -> tuple[Outcome | None, dict[str, Any]]:
    upload = form.cleaned_data["file"]
    content, name = upload.read(), str(upload.name)
    if "check" in request.POST:
        told, _book, _suppliers = check_ship_notice(content)
        return None, {"report": report(name, told.faults, lines=told.lines)}
    outcome = call_from_page(request, import_ship_notice, file_sha256=files.put(content), file_name=name)
    if isinstance(outcome.refusal, FileRefused):
        return outcome, {"refusal": outcome.refusal, "report": report(name, outcome.refusal.faults)}
    return outcome, {"refusal": outcome.refusal}


def report(name: str, faults: list[LineFault], lines: int = 0) -> dict[str, Any]:
    """What a file was found to be, line by line."""
    told = [
        {"line": fault.line, "text": f"{fault.column}: {fault.say}" if fault.column else fault.say, "state": "fail"}
        for fault in faults
    ]
    if told:
        return {"file": name, "state": "fail", "word": _("Not taken"), "lines": told}
    line = {"line": lines, "text": _("Every line up to here can be imported."), "state": "ok"}
    return {"file": name, "state": "ok", "word": _("No fault"), "lines": [line]}


def _after_import(request: HttpRequest, result: dict[str, Any]) -> HttpResponse:
    if result["already"]:
        messages.info(request, _("This file was imported before. Nothing was changed."))
    else:
        messages.success(request, done_words(result["lines"]))
    if len(result["notices"]) == 1:
        return redirect("ship_notice", result["notices"][0])
    return redirect("ship_notices")


def _chosen(request: HttpRequest) -> dict[str, str]:
    names = ("q", "supplier", "state")
    return {name: value for name in names if (value := searched(request.GET.get(name)))}


def _rows(request: HttpRequest) -> Any:
    chosen = _chosen(request)
    return notice_rows(
        text=chosen.get("q", ""),
        supplier=chosen.get("supplier", ""),
        state=chosen.get("state", ""),
        sort=request.GET.get("sort", ""),
    )


def _heading() -> list[str]:
    return [_("Notice"), _("Supplier"), _("Order"), _("Sent"), _("Lines"), _("Announced"), _("Received"), _("State")]


def _export_rows(request: HttpRequest) -> Any:
    for notice in _rows(request).iterator(chunk_size=2_000):
        yield [
            notice.number,
            notice.supplier.name,
            notice.order_number,
            notice.shipped_at.date().isoformat(),
            notice.line_count,
            notice.expected,
            notice.received,
            progress(notice.expected, notice.received)[1],
        ]


def progress(expected: Decimal, received: Decimal) -> tuple[str, str]:
    """The state of something announced: expected, partly here, here."""
    if received <= 0:
        return "wait", _("Expected")
    if received < expected:
        return "run", _("Partly here")
    return "done", _("Received")


def _list(request: HttpRequest, form: FileForm) -> dict[str, Any]:
    chosen = _chosen(request)
    page = page_of(request, _rows(request))
    may_import = isinstance(request.user, User) and request.user.has_perm("inventory.import_ship_notice")
    states = [("", _("All")), ("open", _("Expected")), ("part", _("Partly here")), ("done", _("Received"))]
    states.append(("overdue", _("Overdue")))
    suppliers = [("", _("All")), *Supplier.objects.values_list("code", "name")]
    filters = [
        {"name": "q", "label": _("Number"), "value": chosen.get("q"), "kind": "search"},
        _choice("supplier", _("Supplier"), chosen, suppliers),
        _choice("state", _("State"), chosen, states),
    ]
    return {
        "notices": [_row(notice) for notice in page],
        "page": page,
        "total": ShipNotice.objects.count(),
        "filters": filters,
        "chosen": chosen_links(request, chosen, {str(entry["name"]): str(entry["label"]) for entry in filters}),
        "exports": exports_of(request),
        "empty": empty_words(chosen),
        "import_form": form if may_import else None,
        "key": request.POST.get("key") or new_key(),
    }


def _choice(name: str, label: str, chosen: dict[str, str], options: list[tuple[str, str]]) -> dict[str, Any]:
    shown = [{"value": value, "label": text} for value, text in options]
    return {"name": name, "label": label, "value": chosen.get(name, ""), "kind": "select", "options": shown}


def _row(notice: Any) -> dict[str, Any]:
    state, word = progress(notice.expected, notice.received)
    return {
        "number": notice.number,
        "url": reverse("ship_notice", args=[notice.pk]),
        "supplier": notice.supplier.name,
        "order": notice.order_number,
        "sent": notice.shipped_at,
        "lines": notice.line_count,
        "expected": notice.expected.normalize(),
        "received": notice.received.normalize(),
        "state": state,
        "word": word,
    }


@permission_required("inventory.read", raise_exception=True)
def ship_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice: lines by part and lot, serials, and receiving of all or of a lot."""
    return _shown(request, get_object_or_404(ShipNotice.objects.select_related("supplier"), pk=notice_id))


@require_POST
@permission_required("inventory.read", raise_exception=True)
def receive_all(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Receive everything of a notice that has not come yet."""
    notice = get_object_or_404(ShipNotice.objects.select_related("supplier"), pk=notice_id)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        return _shown(request, notice, form=form, status=422)
    outcome = call_from_page(request, receive_notice, notice_id=notice.pk, location_code=form.cleaned_data["location"])
    return _after_receiving(request, notice, outcome)


@require_POST
@permission_required("inventory.read", raise_exception=True)
def receive_some(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Receive a quantity of one announced lot."""
    notice = get_object_or_404(ShipNotice.objects.select_related("supplier"), pk=notice_id)
    form = LotForm(request.POST)
    if not form.is_valid():
        return _shown(request, notice, form=form, status=422)
    line = get_object_or_404(ShipNoticeLine, pk=form.cleaned_data["line"], notice=notice)
    outcome = call_from_page(
        request,
        receive_lot,
        line_id=line.pk,
        quantity=form.cleaned_data["quantity"],
        location_code=form.cleaned_data["location"],
    )
    return _after_receiving(request, notice, outcome)


def _after_receiving(request: HttpRequest, notice: ShipNotice, outcome: Outcome) -> HttpResponse:
    if outcome.refusal is not None:
        return _shown(request, notice, refusal=outcome.refusal, status=outcome.status)
    result = outcome.result
    count = len(result["units"]) + len(result["lots"]) if isinstance(result, dict) else 1
    messages.success(request, done_words(count))
    return redirect("ship_notice", notice.pk)


def _shown(
    request: HttpRequest,
    notice: ShipNotice,
    *,
    refusal: Refusal | None = None,
    form: PlaceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    groups = notice_groups(notice.pk)
    page = page_of(request, serial_lines(notice.pk))
    expected = sum((group.expected for group in groups), Decimal(0))
    received = sum((group.received for group in groups), Decimal(0))
    state, word = progress(expected, received)
    may_receive = isinstance(request.user, User) and request.user.has_perm("inventory.receive")
    context = {
        "notice": {
            "id": notice.pk,
            "number": notice.number,
            "supplier": notice.supplier.name,
            "state": state,
            "word": word,
            "summary": [word for word in (notice.order_number, notice.file_name) if word],
            "sent": notice.shipped_at,
            "ordered": notice.ordered_at,
            "crumbs_url": reverse("ship_notices"),
        },
        "lines": [_line(group) for group in groups],
        "units": [_unit(line) for line in page],
        "page": page,
        "places": Location.objects.filter(kind__in=("receiving", "store", "line", "quarantine")) if may_receive else [],
        "rest": expected - received,
        "inspections": [inspection_row(row) for row in inspection_rows(notice_id=notice.pk)[:ROWS]],
        "discrepancies": [discrepancy_row(row) for row in discrepancy_rows(notice_id=notice.pk)[:ROWS]],
        "report_url": reverse("discrepancy_new", args=[notice.pk]) if may_receive else "",
        "labels_url": reverse("document_copy", args=["unit-labels", notice.number]) if received else "",
        "key": request.POST.get("key") or new_key(),
        "refusal": refusal,
        "form": form,
    }
    return render(request, "inventory/ship_notice.html", context, status=status)


def _line(group: LineGroup) -> dict[str, Any]:
    state, word = progress(group.expected, group.received)
    return {
        "line": group.first_line,
        "line_id": group.line_id,
        "part": f"{group.part_number} {group.revision}",
        "name": group.name_en if get_language() == "en" else group.name_ja,
        "lot": group.lot_number,
        "expires_on": group.expires_on,
        "promised_on": group.promised_on,
        "expected": group.expected.normalize(),
        "received": group.received.normalize(),
        "left": (group.expected - group.received).normalize(),
        "by_lot": not group.is_serialised and group.received < group.expected,
        "unit": "",
        "difference": group.difference if group.received else 0,
        "state": state,
        "word": word,
    }


def _unit(line: Any) -> dict[str, Any]:
    came = line.received_unit_id is not None
    return {
        "serial": line.serial or line.uuid,
        "tag": line.received_tag,
        "url": reverse("unit", args=[line.received_tag]) if came else "",
        "part": line.part.number,
        "parent": line.parent_serial,
        "position": line.position,
        "state": "done" if came else "wait",
        "word": _("Received") if came else _("Expected"),
    }
