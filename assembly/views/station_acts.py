"""What a person does at a station besides scanning: finish with values and PIN, sign as a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import OperatorSession, User
from accounts.operations.badges import person_of_badge
from accounts.operations.pins import check_pin
from assembly.models import OperationRun, RoutingOperation
from assembly.operations import runs
from assembly.operations.tools import tool_for_use
from assembly.queries.instruments import tools_by_field
from assembly.queries.station import WorkInHand, work_in_hand
from assembly.scanning import facts
from assembly.views.station_forms import measure_form, sign_form
from assembly.views.station_list import centres_of
from assembly.views.stations import answer_fragment, page_context, template_of
from ledger.doors import call_from_page, caller_from, new_key
from ledger.refusals import Refusal


@login_required
@require_POST
def finish(request: HttpRequest, code: str) -> HttpResponse:
    """Finish the open operation with its values; asks for the PIN when the operation is signed."""
    session = _own_session(request, code)
    build_id, number = _whole(request, "build"), _whole(request, "number")
    given = {name[2:]: str(value) for name, value in request.POST.items() if name.startswith("v_")}
    tools = {name[2:]: str(value).strip() for name, value in request.POST.items() if name.startswith("t_")}
    work = work_at(session, build_id, number)
    if work is None or work.current is None:
        return told(request, session, _gone(), {})
    operation = work.current.operation
    wants_pin = "made" in operation.signs
    pin = request.POST.get("pin")
    hidden = [(f"v_{name}", value) for name, value in given.items()]
    hidden += [(f"t_{kind}", code) for kind, code in tools.items()]
    unfit = unfit_tool(operation, tools)
    if unfit is not None:
        return _again(request, session, work, unfit, {**given, **{f"t_{kind}": tool for kind, tool in tools.items()}})
    if wants_pin and pin is None:
        form = sign_form(session, work, "made", second=False, hidden=hidden)
        return form_fragment(request, session, work, {"sign": form})
    try:
        check = _pin_check(request, session.user, pin) if wants_pin else None
    except Refusal as refusal:
        form = sign_form(session, work, "made", second=False, hidden=hidden) | {"error": refusal.detail}
        return form_fragment(request, session, work, {"sign": form}, status=422)
    behind = tools_by_field(list(operation.fields.all()), operation.tool_kinds, tools)
    outcome = call_from_page(
        request,
        runs.finish_run,
        build_id=build_id,
        number=number,
        values=[runs.RecordedValue(name, value, behind.get(name, "")) for name, value in given.items()],
        pin_check_id=check,
    )
    return told(request, session, outcome.refusal, {"build": build_id}, outcome.result)


def work_at(session: OperatorSession, build_id: int, number: int) -> WorkInHand | None:
    """The work with the operation that the form is about: several may run on one build at once."""
    work = work_in_hand({"build": build_id}, session.station.code, centres_of(session.station))
    state = work.route.of_number(number) if work is not None else None
    return work if work is None or state is None else replace(work, current=state)


def unfit_tool(operation: RoutingOperation, tools: dict[str, str]) -> Refusal | None:
    """The first asked tool that is missing or may not be used today: said before the PIN is asked for."""
    for kind in operation.tool_kinds:
        try:
            tool_for_use(tools.get(kind, ""), timezone.localdate(), [kind])
        except Refusal as refusal:
            return refusal
    return None


def _again(
    request: HttpRequest, session: OperatorSession, work: WorkInHand, refusal: Refusal, given: dict[str, str]
) -> HttpResponse:
    """The refusal, with the form below it as it was filled in: nobody types twelve values twice."""
    shown = _refused(refusal, facts(work.build))
    context = page_context(request, session, shown) | {"measure": measure_form(session, work, given)}
    return render(request, template_of(request), context, status=422)


@login_required
@require_POST
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """A second person's signature on a finished operation: name or badge, and PIN."""
    session = _own_session(request, code)
    build_id = _whole(request, "build")
    work = work_in_hand({"build": build_id})
    who = request.POST.get("person", "").strip()
    run = OperationRun.objects.filter(pk=_whole(request, "run"), build_id=build_id).first()
    if work is None or work.current is None or run is None:
        return told(request, session, _gone(), {"build": build_id})
    meaning = request.POST.get("meaning", "checked")
    try:
        check = _pin_check(request, _named(who), request.POST.get("pin"))
    except Refusal as refusal:
        form = sign_form(session, work, meaning, second=True) | {"error": refusal.detail}
        return form_fragment(request, session, work, {"sign": form}, status=422)
    outcome = call_from_page(
        request,
        runs.sign_run,
        run_id=run.pk,
        meaning=meaning,
        pin_check_id=check,
        shown_hash=request.POST.get("shown", ""),
    )
    return told(request, session, outcome.refusal, {"build": build_id}, outcome.result)


def _named(who: str) -> User:
    """The second person, by badge or by name. Refuses UnknownBadge, BadgeEnded."""
    return User.objects.filter(username=who, is_active=True).first() or person_of_badge(who)


def _whole(request: HttpRequest, name: str) -> int:
    """A key that a form of ours sent; anything else is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0


def _pin_check(request: HttpRequest, person: User, pin: str | None) -> int:
    caller = caller_from(request, door="page", key=new_key())
    session = OperatorSession.objects.filter(pk=caller.session).first() if caller.session else None
    device_id = session.device_id if session else None
    sent = request.POST.get("key", "")
    return check_pin(person, pin or "", at=caller.at, session=caller.session, device_id=device_id, form=sent).pk


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


def form_fragment(
    request: HttpRequest, session: OperatorSession, work: WorkInHand, forms: dict[str, Any], status: int = 200
) -> HttpResponse:
    shown = {"state": "run", "word": _("Enter values"), "say": [work.build.unit.name], "context": facts(work.build)}
    context = page_context(request, session, shown)
    context.pop("measure", None)
    context.pop("sign", None)
    return render(request, template_of(request), context | forms, status=status)


def told(
    request: HttpRequest, session: OperatorSession, refusal: Refusal | None, known: dict[str, Any], result: Any = None
) -> HttpResponse:
    """The answer after a form: OK, failed, or the refusal."""
    if refusal is not None:
        return answer_fragment(request, session.pk, _refused(refusal, known), status=422)
    failed = getattr(result, "result", None) == "fail"
    answer = {
        "state": "late" if failed else "ok",
        "say": [_("Recorded: out of limits, a nonconformity is open") if failed else _("Recorded and signed")],
        "context": known,
    }
    return answer_fragment(request, session.pk, answer)


def _refused(refusal: Refusal, known: dict[str, Any]) -> dict[str, Any]:
    """A refusal as the answer of the station."""
    return {
        "state": "stop",
        "say": [refusal.say],
        "wrong": refusal.say,
        "true": refusal.true or _("Nothing was recorded."),
        "do": refusal.do,
        "context": known,
    }
