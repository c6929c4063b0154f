"""The page of a receiving station: goods in by scan. The scans go to the scan door; this draws page and answer."""

from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import OperatorSession, Station
from accounts.views.floor import floor_context, relief_form, session_at
from inventory.models import Discrepancy, ShipNotice, Unit
from inventory.queries.inspections import inspection_rows
from inventory.queries.notices import notice_groups
from inventory.views.inspection_words import inspection_row
from inventory.views.ship_notices import progress
from ledger.models import ScanLog

UNANNOUNCED = ("UnknownSerial", "AlreadyReceived", "NotByLot")
"""Refusals behind which a wrong or surplus part may stand."""

WAITING_SHOWN = 4
"""Inspections named on the receiving page."""


@require_GET
@permission_required("accounts.work_at_station", raise_exception=True)
def receiving_home(request: HttpRequest) -> HttpResponse:
    """The reader's receiving station, else the first one."""
    stations = Station.objects.filter(kind="receiving")
    mine = stations.filter(code=request.session.get("station", "")).first() or stations.first()
    if mine is None:
        return redirect("ship_notices")
    return redirect("receiving", mine.code)


@require_GET
@permission_required("accounts.work_at_station", raise_exception=True)
def receiving(request: HttpRequest, code: str) -> HttpResponse:
    """One receiving station. Opening it begins the operator's session there."""
    station = get_object_or_404(Station, code=code, kind="receiving")
    session = session_at(request, station)
    if isinstance(session, HttpResponse):
        return session
    return render(request, "inventory/receiving.html", page_context(request, session))


def answer_fragment(request: HttpRequest, session_id: uuid.UUID, answer: dict[str, Any]) -> HttpResponse:
    """The receiving station's own fragment for an answer of the scan door."""
    session = OperatorSession.objects.select_related("station", "user").get(pk=session_id)
    return render(request, "inventory/_receiving_answer.html", page_context(request, session, answer))


def page_context(
    request: HttpRequest, session: OperatorSession, answer: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything that receiving.html and its fragment show."""
    scans = ScanLog.objects.filter(operator_session=session.pk).order_by("-seq")
    last = scans.values_list("seq", "answer", "text").first()
    shown = answer or (last[1] if last and last[1] else None)
    if shown is None:
        say = _("Scan a ship notice, or the label of a part.")
        shown = {"state": "wait", "say": [say], "context": session.begins_with}
    facts = shown.get("context") or {}
    return floor_context(request, session) | {
        "heading": _("Goods in"),
        "next_seq": (last[0] if last else 0) + 1,
        "scan_id": str(uuid.uuid4()),
        "answer": {
            **shown,
            "then": shown.get("detail") or [],
            "acts": _acts(session.station.code, shown, last[2] if last else ""),
        },
        "notice": _notice(facts.get("notice"), session.station.code),
        "tag": _tag(facts.get("unit")),
        "next": {"what": shown.get("next") or _("Scan the label of a part."), "then": _put_where(facts)},
        "hint": "",
        "relief": relief_form(shown),
    }


def _acts(station: str, shown: dict[str, Any], text: str) -> list[dict[str, str]]:
    """What else may be done with an answer: report a damaged part, or one that nobody announced."""
    facts = shown.get("context") or {}
    if facts.get("inspection"):
        return [{"label": _("Values, photos, verdict"), "icon": "scan", "href": _work_url(facts["inspection"])}]
    if not facts.get("notice"):
        return []
    if shown.get("state") == "ok" and facts.get("unit"):
        asked, label = {"kind": "damaged", "code": facts["unit"]}, _("It is damaged")
    elif shown.get("code") in UNANNOUNCED:
        asked, label = {"kind": "wrong_part", "code": text}, _("It came with this delivery")
    else:
        return []
    address = reverse("discrepancy_new", args=[facts["notice"]])
    return [{"label": label, "icon": "late", "href": f"{address}?{urlencode({**asked, 'station': station})}"}]


def _work_url(number: str) -> str:
    return reverse("inspection_work", args=[number])


def _put_where(facts: dict[str, Any]) -> str:
    place = facts.get("location")
    return _("Goods are put at %(place)s.") % {"place": place} if place else ""


def _notice(notice_id: Any, station: str) -> dict[str, Any] | None:
    notice = ShipNotice.objects.select_related("supplier").filter(pk=notice_id).first() if notice_id else None
    if notice is None:
        return None
    open_now = Discrepancy.objects.open().filter(notice=notice)
    told = Counter(open_now.values_list("line__part__number", flat=True))
    lines = [
        {
            "part": group.part_number,
            "name": group.name,
            "expected": group.expected.normalize(),
            "received": group.received.normalize(),
            "missing": max(group.expected - group.received, Decimal(0)).normalize(),
            "told": told[group.part_number],
            "state": progress(group.expected, group.received)[0],
        }
        for group in notice_groups(notice.pk)
    ]
    return {
        "number": notice.number,
        "supplier": notice.supplier.name,
        "lines": lines,
        "inspections": [
            inspection_row(row) for row in inspection_rows(notice_id=notice.pk, state="waiting")[:WAITING_SHOWN]
        ],
        "report_url": f"{reverse('discrepancy_new', args=[notice.pk])}?{urlencode({'station': station})}",
    }


def _tag(tag: Any) -> dict[str, Any] | None:
    unit = Unit.objects.with_names().filter(tag=tag).first() if tag else None
    if unit is None:
        return None
    return {
        "name": unit.part.name,
        "id": unit.tag,
        "more": [{"text": _("Serial"), "code": unit.serial}, {"text": _("Part number"), "code": unit.part.number}],
    }
