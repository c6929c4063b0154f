"""The auditor's pages: find anything by any number, and read its whole record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assembly.models import Build
from inventory.models import Unit
from ledger.models import Event
from ledger.refusals import Refusal
from ledger.shapes import CENTURIES
from logistics.queries.audit import Record, corrections_of, find_units, people_of, record_of
from logistics.queries.outlook import PLANT
from logistics.views.audit_record import lines_of, places_of, sheets_of

ROWS = 50
JSON_ROWS = 5_000


def reads_audit(view: Any) -> Any:
    """A page for whoever may read logistics; the record itself holds no more than the pages do."""
    return permission_required("logistics.read", raise_exception=True)(view)


@reads_audit
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """Search by any number. One hit goes straight to its record."""
    text, fault, hits = request.GET.get("q", "").strip(), "", None
    if text:
        try:
            hits = find_units(text)
        except Refusal as refusal:
            hits, fault = [], refusal.detail
    if hits is not None and len(hits) == 1:
        return redirect(_with_query(reverse("audit_unit", args=[hits[0].tag]), request))
    context = {
        "query": _query(request, text),
        "acts": [{"label": _("One rack at random"), "url": reverse("audit_random"), "icon": "", "kind": ""}],
        "hits": None if hits is None else [_hit(unit) for unit in hits],
        "fault": fault,
    }
    return render(request, "logistics/audit.html", context, status=422 if fault else 200)


def _with_query(address: str, request: HttpRequest) -> str:
    moment = request.GET.get("as_of", "").strip()
    return f"{address}?as_of={moment}" if _moment(moment) else address


def _hit(unit: Unit) -> dict[str, Any]:
    return {
        "number": unit.name,
        "url": reverse("audit_unit", args=[unit.tag]),
        "kind": unit.part.number,
        "name": unit.part.name,
        "state": "void" if unit.ended_at else "",
        "word": "",
        "tag": unit.tag,
    }


def _query(request: HttpRequest, text: str) -> dict[str, Any]:
    kinds = [
        {"value": "inventory", "label": _("Parts and places")},
        {"value": "assembly", "label": _("Making and testing")},
        {"value": "logistics", "label": _("Shipping")},
        {"value": "documents", "label": _("Documents")},
    ]
    as_of = request.GET.get("as_of", "").strip()
    return {
        "text": text,
        "as_of": as_of,
        "kind": request.GET.get("kind", ""),
        "kinds": kinds,
        "action": reverse("audit"),
    }


@reads_audit
@require_GET
def random_rack(request: HttpRequest) -> HttpResponse:
    """A rack that nobody chose."""
    rack = Build.objects.racks().order_by("?").values_list("unit__tag", flat=True).first()
    if rack is None:
        return redirect("audit")
    return redirect("audit_unit", tag=rack)


@reads_audit
@require_GET
def audit_unit(request: HttpRequest, tag: str) -> HttpResponse:
    """The whole record of one unit, as it was at an instant."""
    record = _record(tag, request)
    kind = request.GET.get("kind", "")
    events = record.events().defer("body")
    if kind:
        events = events.filter(kind__startswith=f"{kind}.")
    page = Paginator(events, ROWS).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    people, corrected = people_of(rows), corrections_of(rows)
    unit = record.unit
    context = {
        "query": _query(request, unit.name) | {"action": request.path},
        "acts": [{"label": _("One rack at random"), "url": reverse("audit_random"), "icon": "", "kind": ""}],
        "subject": {"number": unit.name, "name": unit.part.name, "url": "", **_state(record)},
        "events": lines_of(rows, people, corrected),
        "page": page,
        "json_url": reverse("audit_unit_json", args=[unit.tag]),
        "proof": None,
        "changes": _changes(rows),
        "sheets": sheets_of(record),
        **places_of(record),
    }
    return render(request, "logistics/audit_unit.html", context)


def _record(tag: str, request: HttpRequest) -> Record:
    moment = _moment(request.GET.get("as_of", "").strip())
    record = record_of(tag, moment or timezone.now())
    if record is None:
        raise Http404
    return record


def _moment(text: str) -> datetime | None:
    """An instant as a person writes it, in the plant's time: 2026/11/20 16:05 or 2026-11-20T16:05."""
    for form in ("%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d"):
        try:
            moment = datetime.strptime(text, form).replace(tzinfo=PLANT)
        except ValueError:
            continue
        return moment if moment.year in CENTURIES else None
    return None


def _state(record: Record) -> dict[str, str]:
    if record.unit.ended_at:
        return {"state": "void", "word": _("life ended")}
    if record.is_held:
        return {"state": "hold", "word": ""}
    return {"state": "", "word": ""}


def _changes(rows: list[Event]) -> list[dict[str, Any]]:
    """Events of this page that amend an earlier one."""
    return [
        {
            "what": event.kind,
            "before": f"#{event.amends}",
            "after": f"#{event.pk}",
            "why": event.payload.get("reason", ""),
        }
        for event in rows
        if event.amends
    ]


@reads_audit
@require_GET
def audit_unit_json(request: HttpRequest, tag: str) -> HttpResponse:
    """The events themselves: one line each, the canonical bytes as they were written (JSON lines)."""
    record = _record(tag, request)
    bodies = record.events().values_list("body", flat=True)[:JSON_ROWS]
    answer = HttpResponse(b"\n".join(bytes(body) for body in bodies), content_type="application/jsonl")
    answer["Content-Disposition"] = f'attachment; filename="{record.unit.tag}.jsonl"'
    return answer
