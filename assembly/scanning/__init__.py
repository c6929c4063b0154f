"""What a scan means at an assembly or test station: work in hand, slot, part, operation, command."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.models import Build
from assembly.operations import andon, installs, runs
from assembly.queries.route import OperationState, Route, routes_of
from assembly.queries.slots import (
    FilledSlot,
    build_of_unit,
    build_page,
    filled_slots,
    next_slot,
    slot_name,
    suggested_slot,
)
from documents.models import IssuedDocument
from inventory.operations.finding import find_unit_ids, unit_with_part
from inventory.scanning import OwnCode, ScanAnswer, ScanContext, own_code
from ledger.callers import Caller
from ledger.refusals import Refusal

KINDS = frozenset({"assembly", "test", "burn_in", "packing", "quality"})
"""Kinds of stations where builds are worked on."""


class NothingInHand(Refusal):
    """A slot, operation or part was scanned before the rack or tray."""


class NothingToUndo(Refusal):
    """The last scan changed nothing that can be taken back."""


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: our own bar codes and units, where builds are worked on. None leaves the text to the next resolver."""
    if context.station_kind not in KINDS:
        return None
    own = own_code(text)
    if own is not None:
        return _own(caller, own, context)
    paper = _build_of_paper(text)
    if paper is not None:
        return _take_up(paper)
    hits = find_unit_ids([text])[text]
    if not hits:
        return None
    if context.build_id is not None:
        answer = _fit(caller, text, hits, context)
        if answer is not None:
            return answer
    build = build_of_unit(hits[0]) if len(hits) == 1 else None
    return None if build is None else _take_up(build)


_CHECK_PAGE = re.compile(r"https?://[^/]+/verify/([0-9A-Za-z_-]+)/?")


def _build_of_paper(text: str) -> Build | None:
    """The build of an issued paper whose square code was read: it opens the paper's check page."""
    found = _CHECK_PAGE.fullmatch(text)
    if found is None:
        return None
    papers = IssuedDocument.objects.filter(verify_code=found[1], subject_type="assembly.build")
    build_id = papers.values_list("subject_id", flat=True).first()
    return build_page(build_id) if build_id else None


def _own(caller: Caller, own: OwnCode, context: ScanContext) -> ScanAnswer | None:
    if own.kind == "OP":
        return _operation(caller, own)
    if own.kind == "SLOT":
        return _slot(own.value, context)
    if own.kind == "CMD" and own.value == "UNDO":
        return _undo(caller, context)
    if own.kind == "CMD" and own.value == "HELP":
        return _help(caller, context)
    return None


def facts(build: Build, **more: Any) -> dict[str, Any]:
    """The context for the next scan: the work in hand and what was just done."""
    return {"build": build.pk, **{key: value for key, value in more.items() if value not in (None, "")}}


def _take_up(build: Build) -> ScanAnswer:
    route = routes_of([build])[build.pk]
    hold = build.unit.holds.filter(released_at=None).order_by("id").first()
    if hold is not None:
        return ScanAnswer(
            state="hold",
            say=(_("%(unit)s is on hold: %(reason)s.") % {"unit": build.unit.name, "reason": hold.reason},),
            detail=({"code": hold.number, "text": build.design.part_revision.part.name},),
            next=_("Leave it where it is and ask quality."),
            context=facts(build),
        )
    return ScanAnswer(
        state="ok",
        say=(_("%(unit)s is in hand") % {"unit": build.unit.name},),
        detail=({"code": build.design.code, "text": build.design.part_revision.part.name},),
        next=next_words(route, filled_slots(build.pk)),
        context=facts(build),
    )


def _operation(caller: Caller, own: OwnCode) -> ScanAnswer:
    """The traveller's bar code: starts the operation, or asks for its values when it runs."""
    hits = find_unit_ids([own.value])[own.value]
    build = build_of_unit(hits[0]) if len(hits) == 1 else None
    if build is None or own.number is None:
        raise NothingInHand(
            _("This bar code belongs to no build."), true=_("Nothing was recorded."), do=_("Print the traveller again.")
        )
    state = routes_of([build])[build.pk].of_number(own.number)
    if state is not None and state.open_run is not None:
        return ask_for_values(build, state)
    runs.start_run(caller=caller, build_id=build.pk, number=own.number)
    route = routes_of([build])[build.pk]
    begun = route.of_number(own.number)
    name = begun.operation.name if begun else ""
    return ScanAnswer(
        state="ok",
        say=(_("Operation %(number)d has begun") % {"number": own.number},),
        detail=({"code": build.unit.name, "text": name},),
        next=next_words(route, filled_slots(build.pk)),
        context=facts(build, begun=own.number),
    )


def ask_for_values(build: Build, state: OperationState) -> ScanAnswer:
    """The page asks for the values of the open operation, or for the PIN."""
    return ScanAnswer(
        state="run",
        word=_("Enter values"),
        say=(_("Operation %(number)d: enter the values and sign") % {"number": state.operation.number},),
        detail=({"code": build.unit.name, "text": state.operation.name},),
        context=facts(build, finish=state.operation.number),
    )


def _slot(position: str, context: ScanContext) -> ScanAnswer:
    build, slots = in_hand(context)
    slot = next((slot for slot in slots if _printed(slot.position) == _printed(position)), None)
    if slot is None:
        raise installs.UnknownSlot(
            _("%(unit)s has no slot %(slot)s.") % {"unit": build.unit.name, "slot": position},
            true=_("Nothing was recorded."),
            do=_("Scan a slot label of this rack."),
        )
    if not slot.is_empty:
        raise installs.SlotTaken(
            _("%(slot)s holds %(unit)s already.") % {"slot": place(slot), "unit": slot.serial or slot.tag},
            true=_("Nothing was recorded."),
            do=_("Choose the next empty slot, or take the other one out first."),
        )
    return ScanAnswer(
        state="ok",
        say=(_("%(slot)s is chosen") % {"slot": place(slot)},),
        detail=({"code": slot.part_number, "text": _part_name(slot)},),
        next=_("Scan the label of the part."),
        context=facts(build, position=slot.position),
    )


def _printed(position: str) -> str:
    """A position as its bar code has it: hyphens, because a US/JIS mix-up turns an underscore into something else."""
    return position.replace("_", "-").upper()


def _fit(caller: Caller, text: str, hits: list[int], context: ScanContext) -> ScanAnswer | None:
    """Fit what was scanned into the chosen slot, else the next empty one that takes it; None: it is work to take up."""
    build, slots = in_hand(context)
    if hits == [build.unit_id]:  # its own tag: taken up anew, and the slot chosen before is forgotten
        return None
    route = routes_of([build])[build.pk]
    kinds = [kind for state in route.operations if state.open_run for kind in state.operation.slot_kinds]
    unit = unit_with_part(hits[0])
    chosen = next((slot for slot in slots if slot.position == context.position), None)
    helping = _helps(route, caller.station)
    slot = chosen or suggested_slot(slots, kinds, unit.part_id, helping=helping)
    if slot is None and len(hits) == 1 and build_of_unit(unit.pk) is not None:
        return None
    # a part that belongs here later, or not at all: the operation says why it is refused
    slot = slot or next_slot(slots, sorted({slot.kind for slot in slots}), unit.part_id) or next_slot(slots, kinds)
    if slot is None:
        return None
    installs.install_unit(caller=caller, slot_id=slot.id, serial=text)
    # Fitting changes no operation and no other slot: what was read before tells what comes next.
    after = [replace(one, unit_id=unit.pk) if one.id == slot.id else one for one in slots]
    return ScanAnswer(
        state="ok",
        say=(_("Fitted in %(slot)s") % {"slot": place(slot)},),
        detail=(
            {"code": unit.name, "text": ""},
            {"code": "", "text": _("%(part)s · part, revision and holds checked") % {"part": unit.part.name}},
        ),
        next=next_words(route, after, caller.station),
        context=facts(build, fitted=slot.id),
    )


def _helps(route: Route, station: str) -> bool:
    """Whether what runs was begun at another station, and nothing at this one."""
    running = [run.station for state in route.operations if (run := state.open_run)]
    return bool(running) and bool(station) and station not in running and "" not in running


def _undo(caller: Caller, context: ScanContext) -> ScanAnswer:
    """Takes back the last act of the session, by another act: a part comes out, an operation just begun is broken off.
    Both stay on record."""
    fitted, begun = context.facts.get("fitted"), context.facts.get("begun")
    if context.build_id is None or (fitted is None and begun is None):
        raise NothingToUndo(
            _("The last scan changed nothing that can be taken back."),
            true=_("Nothing was recorded."),
            do=_("Open the rack's page to take a part out."),
        )
    build, _slots = in_hand(context)
    why = _("taken back at once")
    if fitted is not None:
        installs.remove_unit(caller=caller, slot_id=fitted, reason=why, location_code=caller.station)
        say = _("The part is out again; both acts are on record")
    else:
        runs.abort_run(caller=caller, build_id=build.pk, number=int(begun or 0), reason=why)
        say = _("The operation is broken off; both acts are on record")
    return ScanAnswer(
        state="ok",
        word=_("Undone"),
        say=(say,),
        next=next_words(routes_of([build])[build.pk], filled_slots(build.pk)),
        context=facts(build),
    )


def _help(caller: Caller, context: ScanContext) -> ScanAnswer:
    """Calls the line leader (andon), once: a second time it says who comes. And says what is wanted next."""
    said = _("Scan the tag of a rack or tray")
    if context.build_id is not None:
        build, slots = in_hand(context)
        said = next_words(routes_of([build])[build.pk], slots, caller.station)
    try:
        call = andon.raise_andon(caller=caller, reason="help", build_id=context.build_id)
    except andon.CalledAlready as standing:
        return ScanAnswer(
            state="wait", word=_("Called"), say=(standing.say,), next=standing.true, context=dict(context.facts)
        )
    return ScanAnswer(
        state="late",
        word=_("Called"),
        say=(_("The line leader is called"),),
        detail=({"code": call.number, "text": _("Wait here; the answer appears on this page.")},),
        next=said,
        context=dict(context.facts),
    )


def in_hand(context: ScanContext) -> tuple[Build, list[FilledSlot]]:
    """The build in hand with its slots. Refuses NothingInHand."""
    build = build_page(context.build_id) if context.build_id is not None else None
    if build is None:
        raise NothingInHand(
            _("No rack or tray is in hand."),
            true=_("Nothing was recorded."),
            do=_("Scan the tag of the rack or tray first."),
        )
    return build, filled_slots(build.pk)


def next_words(route: Route, slots: list[FilledSlot], station: str = "", centres: Collection[str] = ()) -> str:
    """The one act wanted now, in the imperative; of several stations at one build, at this one."""
    undecided = next((report for report in route.open_nonconformities if report.disposition is None), None)
    if undecided is not None:
        return _("Wait: %(number)s needs quality's disposition.") % {"number": undecided.number}
    state = route.current_at(station, centres)
    if state is None:
        return _("All operations are done.")
    number, name = state.operation.number, state.operation.name
    if state.missing_signs:
        return _("Operation %(number)d %(name)s: a second person signs.") % {"number": number, "name": name}
    if state.open_run is None:
        return _("Start operation %(number)d %(name)s.") % {"number": number, "name": name}
    slot = suggested_slot(slots, state.operation.slot_kinds, helping=_helps(route, station))
    if slot is not None and slot.required:
        return _("Fit %(part)s in %(slot)s.") % {"part": _part_name(slot), "slot": place(slot)}
    if state.operation.required_tools:
        return _("Upload the tester's files, then finish operation %(number)d.") % {"number": number}
    return _("Enter the values and finish operation %(number)d.") % {"number": number}


def place(slot: FilledSlot) -> str:
    """The slot's name in the reader's language."""
    return slot_name(slot.kind, slot.position, slot.slot_number)


def _part_name(slot: FilledSlot) -> str:
    return slot.part_en if get_language() == "en" else slot.part_ja
