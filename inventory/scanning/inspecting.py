"""What a scan means where goods are inspected: an inspection is taken up, a piece, then OK, NG or undo."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _

from inventory.models import GoodsReceipt, Inspection
from inventory.operations.finding import find_unit_ids
from inventory.operations.inspecting import PieceFinding, inspect_piece, take_back_piece, unit_to_inspect
from inventory.operations.inspections import UnknownInspection
from inventory.scanning import ScanAnswer, ScanContext, own_code
from ledger.callers import Caller

NUMBER = re.compile(r"IQ\d{6,}")


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver at stations of kind receiving. Facts: `inspection` (in work), `piece` (the unit in hand), `looked` (the
    piece recorded last, for an undo). Everything that is not of the inspection in work is left to the next ones."""
    if context.station_kind != "receiving":
        return None
    if NUMBER.fullmatch(text):
        return _take_up(text, context)
    number = str(context.facts.get("inspection") or "")
    if not number:
        return None
    own = own_code(text)
    if own is not None:
        return _command(caller, number, own.value, context) if own.kind == "CMD" else None
    hits = find_unit_ids([text])[text]
    if not GoodsReceipt.objects.filter(unit_id__in=hits, inspection__isnull=False).exists():
        return None
    found = _inspection(number)
    unit = unit_to_inspect(found, text)
    return ScanAnswer(
        state="run",
        word=_("In hand"),
        say=(unit.part.name, unit.name),
        detail=({"code": unit.tag, "text": _progress(found)},),
        next=_("Look at it, then scan OK or NG."),
        context=_kept(context) | {"inspection": number, "piece": unit.tag},
    )


def _take_up(text: str, context: ScanContext) -> ScanAnswer:
    found = _inspection(text)
    return ScanAnswer(
        state="run",
        word=_("Ready"),
        say=(_("Incoming inspection %(number)s") % {"number": found.number}, found.part.name),
        detail=({"code": found.notice.number, "text": _progress(found)},),
        next=_("Take a piece; scan OK or NG.") if found.lot_id else _("Scan the label of any piece of this delivery."),
        context=_kept(context) | {"inspection": found.number},
    )


def _command(caller: Caller, number: str, command: str, context: ScanContext) -> ScanAnswer | None:
    found = _inspection(number)
    looked = context.facts.get("looked")
    if command == "UNDO" and looked:
        piece = take_back_piece(caller=caller, number=number, piece=int(looked))
        say = _("Piece %(number)d is taken back; the record stays.") % {"number": piece.number}
        return ScanAnswer(state="ok", word=_("Undone"), say=(say,), context=_kept(context) | {"inspection": number})
    if command not in ("OK", "NG"):
        return None
    finding = PieceFinding(ok=command == "OK", code=str(context.facts.get("piece") or ""))
    if found.lot_id is None and not finding.code:
        return ScanAnswer(
            state="late",
            say=(_("Scan the label of the piece first."),),
            context=_kept(context) | {"inspection": number},
        )
    piece = inspect_piece(caller=caller, number=number, finding=finding)
    found.refresh_from_db()
    whole = found.accepts or found.rejects
    return ScanAnswer(
        state="ok" if piece.ok else "hold",
        word="OK" if piece.ok else "NG",
        say=(
            _("Piece %(number)d is OK.") % {"number": piece.number}
            if piece.ok
            else _("Piece %(number)d is NG: %(defect)s.") % {"number": piece.number, "defect": piece.defect},
        ),
        detail=({"code": found.number, "text": _progress(found)},),
        next=_("Quality signs the verdict now.") if whole else _("Take the next piece."),
        context=_kept(context) | {"inspection": number, "looked": piece.number},
    )


def _inspection(number: str) -> Inspection:
    found = Inspection.objects.select_related("part", "notice", "plan").filter(number=number).first()
    if found is None:
        raise UnknownInspection(
            _("There is no inspection %(number)s.") % {"number": number[:40]},
            true=_("Nothing was recorded."),
            do=_("Choose one on the list."),
        )
    return found


def _progress(found: Inspection) -> str:
    return _("%(inspected)d of %(sample)d inspected, %(bad)d NG") % {
        "inspected": found.inspected,
        "sample": found.sample,
        "bad": found.nonconforming,
    }


def _kept(context: ScanContext) -> dict[str, Any]:
    return {name: context.facts[name] for name in ("location", "notice") if context.facts.get(name)}
