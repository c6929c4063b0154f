"""The floor: choosing a station, its page, finishing and signing operations there."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import OperatorSession, Station, User
from accounts.operations.pins import check_pin
from accounts.operations.sessions import start_session
from assembly.operations import runs
from assembly.operations.judging import limits_text
from assembly.queries.station import WorkInHand, work_in_hand
from assembly.scanning import facts, next_words, place
from ledger.doors import call_from_page, caller_from, new_key
from ledger.models import ScanLog
from ledger.refusals import Refusal


@login_required
@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def station_home(request: HttpRequest) -> HttpResponse:
    """The list of stations."""
    stations = [
        {
            "name": station.name,
            "code": station.code,
            "operation": station.work_centre,
            "url": f"/stations/{station.code}/",
        }
        for station in Station.objects.all()
    ]
    return render(
        request, "assembly/stations.html", {"stations": stations, "heading": _("Choose a station"), "station": None}
    )


@login_required
@permission_required("accounts.work_at_station", raise_exception=True)
@require_GET
def station_page(request: HttpRequest, code: str) -> HttpResponse:
    """One station: scan field, rack, last answer, next act. Opening it begins the operator's session."""
    station = get_object_or_404(Station, code=code)
    if station.kind == "receiving":
        return redirect("receiving", code=code)
    session = _session_at(request, station)
    if isinstance(session, HttpResponse):
        return session
    return render(request, "assembly/station.html", page_context(request, session))


def _session_at(request: HttpRequest, station: Station) -> OperatorSession | HttpResponse:
    """The reader's open session at this station; begins one when there is none (a page load is no double act: the
    operation ends the one before)."""
    known = request.session.get("operator_session")
    session = (
        OperatorSession.objects.select_related("station").filter(pk=known, ended_at=None).first() if known else None
    )
    if session is not None and session.station_id == station.pk and session.user_id == request.user.pk:
        return session
    caller = caller_from(request, door="page", key=new_key())
    try:
        session = start_session(caller=caller, station_code=station.code)
    except Refusal as refusal:
        return render(request, "403.html", {"refusal": refusal}, status=403)
    request.session["operator_session"], request.session["station"] = str(session.pk), station.code
    return session


def page_context(
    request: HttpRequest, session: OperatorSession, answer: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Everything that station.html and its fragments show (see their contracts)."""
    last = ScanLog.objects.filter(operator_session=session.pk).order_by("-seq").values_list("seq", "answer").first()
    shown = answer or (last[1] if last and last[1] else None) or _welcome()
    work = work_in_hand(shown.get("context") or {})
    now = timezone.now()
    context: dict[str, Any] = {
        "station": session.station,
        "operator": {"name": getattr(request.user, "name", ""), "shift": shift_words(now)},
        "operator_session": str(session.pk),
        "next_seq": (last[0] if last else 0) + 1,
        "scan_id": str(uuid.uuid4()),
        "now": now,
        "answer": {**shown, "then": shown.get("detail") or []},
        "hint": "",
    }
    return context | (_work_context(session, work, shown) if work else {"next": _first_act()})


def _welcome() -> dict[str, Any]:
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
            "url": f"/racks/{build.unit.name}/",
            "more": [
                {"text": f"{build.design.part_revision.part.name} {build.design.part_revision.revision}"},
                {"text": _("Order"), "code": build.order_number, "after": f"{_('frozen design')} {build.design.code}"},
            ],
        },
        "next": {"what": next_words(work.route, work.slots), "then": current.operation.instruction if current else ""},
    }
    if current is not None:
        context["operation"] = {"code": current.operation.number, "name": current.operation.name}
        context |= _asked(session, work, shown)
    return context


def _asked(session: OperatorSession, work: WorkInHand, shown: dict[str, Any]) -> dict[str, Any]:
    """The form that the step wants now: values, or a signature."""
    current = work.current
    if current is None or shown.get("state") == "stop":
        return {}
    if current.missing_signs:
        return {"sign": sign_form(session, work, current.missing_signs[0], second=True)}
    open_run = current.open_run
    slots_wait = work.wanted is not None and work.wanted.required
    if open_run is None or (slots_wait and (shown.get("context") or {}).get("finish") is None):
        return {}
    if current.operation.fields.all():
        return {"measure": measure_form(session, work)}
    if "made" in current.operation.signs:
        return {"sign": sign_form(session, work, "made", second=False)}
    return {}


def measure_form(session: OperatorSession, work: WorkInHand, given: dict[str, str] | None = None) -> dict[str, Any]:
    """The values that the open operation records (contract of _measure.html)."""
    current = work.current
    assert current is not None
    operation = current.operation
    values = [
        {
            "name": f"v_{field.code}",
            "label": field.name,
            "unit": field.unit,
            "low": field.low,
            "high": field.high,
            "value": (given or {}).get(field.code),
            "error": "",
            "text": field.kind == "text",
            "expected": field.expected,
            "limits": limits_text(field) if field.low is not None or field.high is not None else "",
        }
        for field in operation.fields.all()
    ]
    return {
        "action": f"/stations/{session.station.code}/finish/",
        "key": new_key(),
        "title": f"{operation.number} {operation.name}",
        "tool": None,
        "values": values,
        "note": operation.instruction,
        "hidden": [("build", work.build.pk), ("number", operation.number)],
    }


def sign_form(
    session: OperatorSession,
    work: WorkInHand,
    meaning: str,
    *,
    second: bool,
    hidden: list[tuple[str, Any]] | None = None,
) -> dict[str, Any]:
    """A signature by PIN (contract of _sign.html)."""
    current = work.current
    assert current is not None
    operation = current.operation
    run = current.counting if second else current.open_run
    action = "sign" if second else "finish"
    return {
        "action": f"/stations/{session.station.code}/{action}/",
        "key": new_key(),
        "meaning": meaning_words(meaning),
        "statement": _("I did this operation as the instruction says.")
        if meaning == "made"
        else _("I looked at it and agree."),
        "subject": f"{work.build.unit.name} · {operation.number} {operation.name}",
        "person": session.user.name,
        "second": second,
        "error": "",
        "length": 6,
        "hidden": [
            ("build", work.build.pk),
            ("number", operation.number),
            ("run", run.pk if run else ""),
            ("meaning", meaning),
            *(hidden or []),
        ],
    }


def meaning_words(meaning: str) -> str:
    """作成, 確認, 承認 in the reader's language."""
    return {"made": _("Made"), "checked": _("Checked"), "approved": _("Approved")}[meaning]


def shift_words(now: datetime) -> str:
    """The shift by the plant's clock: three of eight hours from 06:00."""
    hour = timezone.localtime(now).hour
    names = {0: _("first shift"), 1: _("second shift"), 2: _("third shift")}
    return names[((hour - 6) % 24) // 8]


def answer_fragment(
    request: HttpRequest, session_id: uuid.UUID, answer: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The station's own fragment for an answer."""
    session = OperatorSession.objects.select_related("station", "user").get(pk=session_id)
    return render(request, "assembly/_answer.html", page_context(request, session, answer), status=status)


@login_required
@require_POST
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """Finish the open operation with its values; asks for the PIN when the operation is signed."""
    session = _own_session(request, code)
    build_id, number = int(request.POST.get("build", 0)), int(request.POST.get("number", 0))
    given = {name[2:]: str(value) for name, value in request.POST.items() if name.startswith("v_")}
    work = work_in_hand({"build": build_id})
    if work is None or work.current is None:
        return _told(request, session, _gone(), {})
    wants_pin = "made" in work.current.operation.signs
    pin = request.POST.get("pin")
    hidden = [(f"v_{name}", value) for name, value in given.items()]
    if wants_pin and pin is None:
        form = sign_form(session, work, "made", second=False, hidden=hidden)
        return _form_fragment(request, session, work, {"sign": form})
    try:
        check = _pin_check(request, session.user, pin) if wants_pin else None
    except Refusal as refusal:
        form = sign_form(session, work, "made", second=False, hidden=hidden) | {"error": refusal.detail}
        return _form_fragment(request, session, work, {"sign": form}, status=422)
    outcome = call_from_page(
        request,
        runs.finish_run,
        build_id=build_id,
        number=number,
        values=[runs.RecordedValue(name, value) for name, value in given.items()],
        pin_check_id=check,
    )
    return _told(request, session, outcome.refusal, {"build": build_id}, outcome.result)


@login_required
@require_POST
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """A second person's signature on a finished operation: name or badge, and PIN."""
    session = _own_session(request, code)
    build_id = int(request.POST.get("build", 0))
    work = work_in_hand({"build": build_id})
    who = request.POST.get("person", "").strip()
    person = (
        User.objects.filter(username=who, is_active=True).first()
        or User.objects.filter(badge=who or None, is_active=True).first()
    )
    if work is None or work.current is None or work.current.counting is None:
        return _told(request, session, _gone(), {"build": build_id})
    meaning = request.POST.get("meaning", "checked")
    if person is None:
        form = sign_form(session, work, meaning, second=True) | {"error": _("Nobody has that badge or name.")}
        return _form_fragment(request, session, work, {"sign": form}, status=422)
    try:
        check = _pin_check(request, person, request.POST.get("pin"))
    except Refusal as refusal:
        form = sign_form(session, work, meaning, second=True) | {"error": refusal.detail}
        return _form_fragment(request, session, work, {"sign": form}, status=422)
    outcome = call_from_page(
        request, runs.sign_run, run_id=int(request.POST.get("run") or 0), meaning=meaning, pin_check_id=check
    )
    return _told(request, session, outcome.refusal, {"build": build_id}, outcome.result)


def _pin_check(request: HttpRequest, person: User, pin: str | None) -> int:
    caller = caller_from(request, door="page", key=new_key())
    return check_pin(person, pin or "", at=caller.at, session=caller.session).pk


def _own_session(request: HttpRequest, code: str) -> OperatorSession:
    return get_object_or_404(
        OperatorSession.objects.select_related("station", "user"),
        pk=request.session.get("operator_session"),
        user=request.user,
        station__code=code,
        ended_at=None,
    )


def _gone() -> Refusal:
    return runs.NotRunning(_("The operation is not running any more."), do=_("Scan the rack again."))


def _form_fragment(
    request: HttpRequest, session: OperatorSession, work: WorkInHand, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {"state": "run", "word": _("Finish"), "say": [work.build.unit.name], "context": facts(work.build)}
    context = page_context(request, session, shown)
    context.pop("measure", None)
    context.pop("sign", None)
    return render(request, "assembly/_answer.html", context | forms, status=status)


def _told(
    request: HttpRequest, session: OperatorSession, refusal: Refusal | None, known: dict[str, Any], result: Any = None
) -> HttpResponse:
    """The answer after a form: OK, failed, or the refusal."""
    if refusal is not None:
        answer = {
            "state": "stop",
            "say": [refusal.say],
            "wrong": refusal.say,
            "true": refusal.true or _("Nothing was recorded."),
            "do": refusal.do,
            "context": known,
        }
        return answer_fragment(request, session.pk, answer, status=422)
    failed = getattr(result, "result", None) == "fail"
    answer = {
        "state": "late" if failed else "ok",
        "say": [_("Recorded: out of limits, a nonconformity is open") if failed else _("Recorded and signed")],
        "context": known,
    }
    return answer_fragment(request, session.pk, answer)


__all__ = ["answer_fragment", "finish", "place", "sign", "station_home", "station_page"]
