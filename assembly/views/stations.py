"""The floor: choosing a station, and its page."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import OperatorSession, Station
from accounts.views.floor import floor_context, relief_form, session_at
from assembly.queries.station import WorkInHand, work_in_hand
from assembly.scanning import next_words
from assembly.views.instructions import instruction_context
from assembly.views.station_floor import line_context
from assembly.views.station_forms import asked
from assembly.views.station_list import centres_of
from ledger.models import ScanLog


@login_required
@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def station_page(request: HttpRequest, code: str) -> HttpResponse:
    """One station: scan field, rack, last answer, next act. Opening it begins the operator's session."""
    station = get_object_or_404(Station, code=code)
    if station.kind == "receiving":
        return redirect("receiving", code=code)
    session = session_at(request, station)
    if isinstance(session, HttpResponse):
        return session
    return render(request, "assembly/station.html", page_context(request, session))


def page_context(
    request: HttpRequest, session: OperatorSession, answer: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything that station.html and its fragments show (see their contracts)."""
    last = ScanLog.objects.filter(operator_session=session.pk).order_by("-seq").values_list("seq", "answer").first()
    shown = answer or (last[1] if last and last[1] else None) or _welcome(session)
    work = work_in_hand(shown.get("context") or {}, session.station.code, centres_of(session.station))
    context: dict[str, Any] = floor_context(request, session) | {
        "next_seq": (last[0] if last else 0) + 1,
        "scan_id": str(uuid.uuid4()),
        "answer": {**shown, "then": shown.get("detail") or []},
        "hint": "",
        "relief": relief_form(shown),
    }
    context |= line_context(session.station, work, context["now"])
    return context | (_work_context(session, work, shown) if work else {"next": _first_act()})


def _welcome(session: OperatorSession) -> dict[str, Any]:
    """Before the first scan: what the operator before left in hand, else nothing."""
    if session.begins_with:
        return {"state": "wait", "say": [_("The work stays in hand: go on")], "context": session.begins_with}
    return {"state": "wait", "say": [_("Scan the tag of a rack or tray")], "context": {}}


def _first_act() -> dict[str, str]:
    return {"what": _("Scan the tag of a rack or tray"), "then": ""}


def _work_context(session: OperatorSession, work: WorkInHand, shown: dict[str, Any]) -> dict[str, Any]:
    build, current = work.build, work.current
    context: dict[str, Any] = {
        "drawing": work.drawing,
        "tray": work.tray,
        "caption": work.caption,
        "tag": {
            "name": _("Rack in work") if build.design.kind == "rack" else _("Tray in work"),
            "id": build.unit.name,
            "url": reverse("rack", args=[build.unit.name]),
            "more": [
                {"text": f"{build.design.part_revision.part.name} {build.design.part_revision.revision}"},
                {
                    "text": _("Work order"),
                    "code": build.order_number,
                    "after": f"{_('frozen design')} {build.design.code}",
                },
            ],
        },
        "build_id": build.pk,
        "next": {
            "what": next_words(work.route, work.slots, session.station.code, centres_of(session.station)),
            "then": current.operation.instruction if current else "",
        },
    }
    if current is not None:
        context["operation"] = {"code": current.operation.number, "name": current.operation.name}
        shown_now = instruction_context(current.operation.pk)
        if shown_now is not None:
            context["instruction"] = shown_now
            context["next"]["then"] = shown_now["text"]
        context |= asked(session, work, shown)
    return context


def answer_fragment(
    request: HttpRequest, session_id: uuid.UUID, answer: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The station's own fragment for an answer; without script the whole page."""
    session = OperatorSession.objects.select_related("station", "user").get(pk=session_id)
    return render(request, template_of(request), page_context(request, session, answer), status=status)


def template_of(request: HttpRequest) -> str:
    """The fragment for htmx and the scan field's script, the page for a browser without script."""
    asks = request.headers.get("HX-Request") or request.content_type == "application/json"
    return "assembly/_answer.html" if asks else "assembly/station.html"
