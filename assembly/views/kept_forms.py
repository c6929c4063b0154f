"""Values that a device kept while it had no connection: recorded as by the person who entered them, or listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import OperatorSession
from assembly.forms import KeptForm
from assembly.models import RoutingOperation
from assembly.operations import runs
from assembly.queries.instruments import tools_by_field
from assembly.queries.station import WorkInHand
from assembly.views.station_acts import form_fragment, told, unfit_tool, work_at
from assembly.views.station_forms import sign_form
from inventory.operations.scan_conflicts import Kept, keep_conflict
from ledger.callers import Caller
from ledger.doors import caller_from
from ledger.refusals import Refusal


class ValuesAfterSession(Refusal):
    """The values were entered after their session had ended."""


class ValuesOfAnotherPerson(Refusal):
    """The values were entered by somebody who is not signed in now."""


@permission_required("accounts.work_at_station", raise_exception=True)
@require_POST
def finish_kept(request: HttpRequest, code: str) -> HttpResponse:
    """Finish an operation with values that waited on the device. The form's own key makes a repeat harmless.

    Where the operation is signed, the answer asks for the PIN, which no device keeps. A refusal is listed to be
    settled: the person may be elsewhere by now."""
    form = KeptForm(request.POST)
    form.received_at = timezone.now()
    if not form.is_valid():
        return HttpResponse(str(form.errors.as_text()), status=400, content_type="text/plain; charset=utf-8")
    sent = form.cleaned_data
    session = get_object_or_404(
        OperatorSession.objects.select_related("station", "user"), pk=sent["operator_session"], station__code=code
    )
    caller = caller_from(
        request,
        door="page",
        key=sent["key"].hex,
        device_at=sent["at"],
        offset=timedelta(milliseconds=sent["offset_ms"]),
    )
    caller = replace(caller, station=session.station.code, session=session.pk)
    known = {"build": sent["build"]}
    given = _given(request, "v_")
    tools = {kind: code.strip() for kind, code in _given(request, "t_").items()}
    try:
        _refuse_others(session, caller)
        work, operation = _work(session, sent["build"], sent["number"])
        unfit = unfit_tool(operation, tools)
        if unfit is not None:
            raise unfit
        if _wants_pin(work):
            hidden = [(f"v_{name}", value) for name, value in given.items()]
            hidden += [(f"t_{kind}", tool) for kind, tool in tools.items()]
            signing = sign_form(session, work, "made", second=False, hidden=hidden)
            return form_fragment(request, session, work, {"sign": signing})
        behind = tools_by_field(list(operation.fields.all()), operation.tool_kinds, tools)
        values = [runs.RecordedValue(name, value, behind.get(name, "")) for name, value in given.items()]
        result = runs.finish_run(
            caller=caller, build_id=sent["build"], number=sent["number"], values=values, pin_check_id=None
        )
    except Refusal as refusal:
        kept = (sent["key"], session.pk, sent["summary"], caller.happened_at, refusal.code, refusal.say, refusal.do)
        keep_conflict(caller, Kept(*kept, kind="form"))
        answer = told(request, session, refusal, known)
        answer["Genpin-Code"] = refusal.code
        return answer
    return told(request, session, None, known, result)


def _refuse_others(session: OperatorSession, caller: Caller) -> None:
    true = _("The values are on the list of scans to settle; nothing else was recorded.")
    if session.user_id != caller.user.pk:
        raise ValuesOfAnotherPerson(
            _("%(name)s entered these values.") % {"name": session.user.name},
            true=true,
            do=_("Ask that person to enter them again."),
        )
    if session.ended_at is not None and caller.happened_at > session.ended_at:
        raise ValuesAfterSession(
            _("These values were entered after the session had ended."), true=true, do=_("Enter them again.")
        )


def _given(request: HttpRequest, prefix: str) -> dict[str, str]:
    return {name[2:]: str(value) for name, value in request.POST.items() if name.startswith(prefix)}


def _work(session: OperatorSession, build_id: int, number: int) -> tuple[WorkInHand, RoutingOperation]:
    work = work_at(session, build_id, number)
    if work is None or work.current is None or work.current.operation.number != number:
        raise runs.NotRunning(_("The operation is not running any more."), do=_("Scan the rack again."))
    return work, work.current.operation


def _wants_pin(work: WorkInHand) -> bool:
    current: Any = work.current
    return current.open_run is not None and "made" in current.operation.signs
