"""What OK, NG and HOLD mean at a station where builds are worked on, and a cause after NG."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assembly.models import Build
from assembly.operations import nonconformities, runs
from assembly.queries.quality import causes_at_bench
from assembly.queries.route import OperationState, Route, routes_of
from assembly.queries.slots import filled_slots, next_slot
from assembly.scanning import KINDS, NothingInHand, ask_for_values, facts, in_hand, next_words
from assembly.text import report_words
from inventory.operations.holds import stop_unit
from inventory.scanning import ScanAnswer, ScanContext, own_code
from ledger.callers import Caller
from ledger.refusals import Refusal


class NothingAsked(Refusal):
    """OK was scanned where nothing waits for it."""


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver, before the other one of assembly: `CMD-OK|NG|HOLD` and `CAUSE-<code>`."""
    if context.station_kind not in KINDS:
        return None
    own = own_code(text)
    if own is None or (own.kind, own.value) not in (("CMD", "OK"), ("CMD", "NG"), ("CMD", "HOLD")):
        return _cause(caller, own.value, context) if own is not None and own.kind == "CAUSE" else None
    build, _slots = in_hand(context)
    if own.value == "OK":
        return _ok(caller, build)
    return _ng(build) if own.value == "NG" else _hold(caller, build)


def _ok(caller: Caller, build: Build) -> ScanAnswer:
    """Ends the open operation where nothing else is asked for; else asks for the values or the PIN. A slot that is
    still empty refuses it."""
    route = routes_of([build])[build.pk]
    state = route.current
    if state is None or state.open_run is None:
        raise _nothing_asked(route)
    if state.operation.fields.all() or "made" in state.operation.signs:
        return ask_for_values(build, state)
    runs.finish_run(caller=caller, build_id=build.pk, number=state.operation.number)
    return _ended(build, state)


def _ended(build: Build, state: OperationState) -> ScanAnswer:
    after = routes_of([build])[build.pk]
    ended = after.of_number(state.operation.number)
    failed = ended is not None and ended.latest is not None and ended.latest.result == "fail"
    say = _("Operation %(number)d failed: a nonconformity is open") if failed else _("Operation %(number)d is done")
    return ScanAnswer(
        state="late" if failed else "ok",
        say=(say % {"number": state.operation.number},),
        detail=({"code": build.unit.name, "text": state.operation.name},),
        next=next_words(after, filled_slots(build.pk)),
        context=facts(build),
    )


def _nothing_asked(route: Route) -> NothingAsked:
    slots = filled_slots(route.build.pk)
    state = route.current
    waits = state is not None and next_slot(slots, state.operation.slot_kinds) is not None
    return NothingAsked(
        _("Nothing waits for an OK."),
        true=_("A slot is still empty. Nothing was recorded.") if waits else _("Nothing was recorded."),
        do=next_words(route, slots),
    )


def _ng(build: Build) -> ScanAnswer:
    """Asks for the cause; nothing is recorded before it is known."""
    choices = [(cause.code, cause.name) for cause in causes_at_bench()]
    return ScanAnswer(
        state="late",
        word="NG",
        say=(_("What is wrong with %(unit)s? Scan or touch the cause.") % {"unit": build.unit.name},),
        next=_("Scan the cause."),
        ask={"choices": [[f"CAUSE-{code}", words] for code, words in choices]},
        context=facts(build, ng=build.unit.tag),
    )


def _cause(caller: Caller, code: str, context: ScanContext) -> ScanAnswer:
    """The cause after NG opens a nonconformity on the work in hand. Refuses NothingInHand, UnknownCause."""
    tag = context.facts.get("ng")
    if not tag:
        raise NothingInHand(
            _("A cause was scanned, but no NG before it."),
            true=_("Nothing was recorded."),
            do=_("Scan NG first, then the cause."),
        )
    report = nonconformities.report_nonconformity(caller=caller, serial=str(tag), cause=code)
    build, _slots = in_hand(context)
    return ScanAnswer(
        state="late",
        word="NG",
        say=(_("%(number)s is open: %(text)s") % {"number": report.number, "text": report_words(report)},),
        detail=({"code": build.unit.name, "text": _("Quality decides what happens.")},),
        next=_("Wait: %(number)s needs quality's disposition.") % {"number": report.number},
        context=facts(build),
    )


def _hold(caller: Caller, build: Build) -> ScanAnswer:
    """Stops the unit in hand; quality settles it."""
    hold = stop_unit(caller=caller, serial=build.unit.tag, reason=_("stopped at the bench"))
    return ScanAnswer(
        state="hold",
        say=(_("%(unit)s is on hold") % {"unit": build.unit.name},),
        detail=({"code": hold.number, "text": hold.reason},),
        next=_("Leave it where it is and ask quality."),
        context=facts(build),
    )
