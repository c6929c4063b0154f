"""What a scan means where goods come in: a ship notice, an announced unit, a place to put it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from inventory.models import GoodsReceipt, Location, Placement, ShipNotice
from inventory.operations.placements import UnknownLocation
from inventory.operations.receiving import receive_unit
from inventory.scanning import ScanAnswer, ScanContext, own_code
from inventory.text import is_tag
from ledger.callers import Caller

CONTENTS_SHOWN = 8


def resolve(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver at stations of kind receiving. Our own tags and codes are left to the next resolvers.

    Facts: `notice` (the notice in work), `location` (where goods are put; else the station's own), `unit` (in hand)."""
    if context.station_kind != "receiving" or own_code(text) is not None or is_tag(text):
        return None
    notices = list(ShipNotice.objects.filter(number=text).select_related("supplier")[:2])
    if len(notices) == 1:
        return _take_up(notices[0], context)
    receipt = receive_unit(caller=caller, serial=text, location_code=_place(context))
    line, unit = receipt.line, receipt.unit
    if unit is None:  # receive_unit receives units only
        return None
    facts: dict[str, Any] = {"notice": line.notice_id, "unit": unit.tag}
    return ScanAnswer(
        state="ok",
        say=(_("%(part)s is received.") % {"part": line.part.name},),
        detail=(
            {"code": unit.tag, "text": unit.serial},
            {"code": "", "text": receipt.location.name},
            *_contents(unit.pk),
            *_waits(receipt),
        ),
        next=_("Put the tag %(tag)s on it, then scan the next label or a place.") % {"tag": unit.tag},
        context=_kept(context) | facts,
    )


def _contents(unit_id: int) -> tuple[dict[str, str], ...]:
    """What the supplier had built in already, as one line: position and serial (or the tag we gave)."""
    inside = Placement.objects.filter(host=unit_id, to_at=None).select_related("unit").order_by("position")
    told = [f"{placement.position} {placement.unit.name}" for placement in inside[:CONTENTS_SHOWN]]
    if not told:
        return ()
    return ({"code": "", "text": _("Inside it: %(contents)s") % {"contents": ", ".join(told)}},)


def _waits(receipt: GoodsReceipt) -> tuple[dict[str, str], ...]:
    """That it waits for its incoming inspection, where it does."""
    if receipt.inspection is None:
        return ()
    return ({"code": receipt.inspection.number, "text": _("On hold until its incoming inspection is accepted.")},)


def _take_up(notice: ShipNotice, context: ScanContext) -> ScanAnswer:
    return ScanAnswer(
        state="run",
        word=_("Ready"),
        say=(_("Ship notice %(number)s") % {"number": notice.number}, notice.supplier.name),
        next=_("Scan the label of the first part."),
        context=_kept(context) | {"notice": notice.pk},
    )


def _place(context: ScanContext) -> str:
    code = str(context.facts.get("location") or context.station)
    if not Location.objects.filter(code=code).exists():
        raise UnknownLocation(
            _("This station has no place of its own."),
            true=_("Nothing was recorded."),
            do=_("Scan the label of the place first."),
        )
    return code


def _kept(context: ScanContext) -> dict[str, Any]:
    return {name: context.facts[name] for name in ("location", "notice") if context.facts.get(name)}
