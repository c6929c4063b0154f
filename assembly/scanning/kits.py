"""What a scan means while a kit is fetched: its code takes it up, parts go into it, CMD-OK completes it."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assembly.models import Kit
from assembly.operations.kits import Fetched, complete_kit, pick_parts
from assembly.queries.kits import kit_lines
from inventory.operations.finding import find_lot, find_unit_ids
from inventory.scanning import ScanAnswer, ScanContext, own_code
from ledger.callers import Caller

KINDS = frozenset({"receiving", "assembly"})
"""Kinds of stations where kits are fetched."""

_NUMBER = re.compile(r"KT\d{6,}")


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: the code of a kit takes it up. With a kit in work a unit or lot is fetched for it (of a
    lot all that is still wanted); anything else is left to the next resolver, and the kit with it."""
    if context.station_kind not in KINDS:
        return None
    if _NUMBER.fullmatch(text):
        kit = Kit.objects.filter(number=text).select_related("build__unit", "location").first()
        return _in_work(caller, kit) if kit is not None else None
    number = str(context.facts.get("kit") or "")
    if not number:
        return None
    own = own_code(text)
    if own is not None:
        if own.kind != "CMD" or own.value != "OK":
            return None
        kit = complete_kit(caller=caller, kit_number=number)
        say = _("Kit %(number)s is complete.") % {"number": kit.number}
        return ScanAnswer(state="ok", word=_("Complete"), say=(say, kit.location.name))
    if not find_unit_ids([text])[text] and find_lot(text) is None:
        return None
    answer = pick_parts(caller=caller, kit_number=number, fetched=[Fetched(text)])
    return _fetched(caller, Kit.objects.get(number=number), text, bool(answer["older"]))


def _in_work(caller: Caller, kit: Kit) -> ScanAnswer:
    return ScanAnswer(
        state="run",
        word=_("Kit"),
        say=(kit.number, kit.build.unit.name),
        next=_next(caller, kit),
        context={"kit": kit.number},
    )


def _fetched(caller: Caller, kit: Kit, text: str, older: bool) -> ScanAnswer:
    say: tuple[str, ...] = (_("%(code)s is fetched.") % {"code": text},)
    if older:
        say = (*say, _("An older one lies in stock. Take the older one first next time."))
    facts: dict[str, Any] = {"kit": kit.number}
    return ScanAnswer(state="late" if older else "ok", say=say, next=_next(caller, kit), context=facts)


def _next(caller: Caller, kit: Kit) -> str:
    """The one act wanted now: the next part and where it lies."""
    lines = [line for line in kit_lines(kit, caller.at.date()) if not line.is_done]
    if not lines:
        return _("All is fetched. Scan CMD-OK to complete the kit.")
    there = next((line for line in lines if line.next is not None), None)
    if there is None or there.next is None:
        short = ngettext("%(count)d part is short.", "%(count)d parts are short.", len(lines))
        return short % {"count": len(lines)}
    return _("Fetch %(part)s %(code)s from %(place)s.") % {
        "part": there.line.part.name,
        "code": there.next.name,
        "place": there.next.place_name,
    }
