"""What a scan means everywhere: a place after a unit moves the unit; a unit or lot alone is shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from inventory.models import Hold, Placement, Unit
from inventory.operations.finding import find_lot, find_unit_ids, one_unit_id
from inventory.operations.placements import location_by_code, move_units
from inventory.operations.units import place_sentence
from inventory.scanning import ScanAnswer, ScanContext, UnknownScan, own_code
from ledger.callers import Caller


def move_to(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: `LOC-<code>` after a unit moves it there; alone, at receiving, it is where goods are put."""
    own = own_code(text)
    if own is None or own.kind != "LOC":
        return None
    location = location_by_code(own.value)
    tag = context.facts.get("unit")
    if tag:
        before = _place_of(str(tag))
        move_units(caller=caller, serials=[str(tag)], location_code=location.code, why="scan")
        unit = Unit.objects.get(tag=tag)
        return ScanAnswer(
            state="ok",
            say=(_("%(unit)s is now at %(place)s.") % {"unit": unit.name, "place": location.name},),
            detail=({"code": location.code, "text": location.name},),
            context=_without_unit(context) | ({"moved": tag, "moved_from": before} if before else {}),
        )
    if context.station_kind == "receiving":
        return ScanAnswer(
            state="run",
            word=_("Ready"),
            say=(_("Goods are put at %(place)s.") % {"place": location.name},),
            next=_("Scan the label of the first part."),
            context=_without_unit(context) | {"location": location.code},
        )
    raise UnknownScan(
        _("A place was scanned, but no unit before it."),
        true=_("Nothing was recorded."),
        do=_("Scan the unit, then the place where it goes."),
    )


def look_up(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver, the last one: shows a unit or a lot and takes the unit in hand.

    Refuses UnknownSerial, AmbiguousSerial."""
    if own_code(text) is not None:
        return None
    hits = find_unit_ids([text])[text]
    lot = find_lot(text) if not hits else None
    if lot is not None:
        return ScanAnswer(
            state="run",
            word=_("Lot"),
            say=(lot.number, lot.part.name),
            detail=({"code": lot.tag, "text": ""},),
            context=_without_unit(context) | {"lot": lot.tag},
        )
    unit = Unit.objects.with_names().get(pk=one_unit_id(text, hits))
    hold = Hold.objects.open().filter(unit=unit).order_by("pk").first()
    detail = ({"code": unit.tag, "text": f"{unit.part.number} {unit.part_revision.revision}"},)
    return ScanAnswer(
        state="run" if hold is None else "hold",
        word=_("Unit") if hold is None else "",
        say=(unit.part.name, unit.name, place_sentence(unit) if hold is None else hold.reason),
        detail=detail,
        next=_("Scan the place where it goes."),
        context=_without_unit(context) | {"unit": unit.tag},
    )


def _without_unit(context: ScanContext) -> dict[str, Any]:
    return {name: value for name, value in context.facts.items() if name not in ("unit", "moved", "moved_from")}


def _place_of(tag: str) -> str:
    """Where a unit lies open, so that its move can be taken back; nothing for one inside another."""
    places = Placement.objects.filter(unit__tag=tag, to_at=None, location__isnull=False)
    return places.values_list("location__code", flat=True).first() or ""


def undo_move(caller: Caller, text: str, context: ScanContext) -> ScanAnswer | None:
    """Resolver: `CMD-UNDO` after a move brings the unit back to where it was; both moves stay on record."""
    own = own_code(text)
    tag, place = context.facts.get("moved"), context.facts.get("moved_from")
    if own is None or (own.kind, own.value) != ("CMD", "UNDO") or not tag or not place:
        return None
    move_units(caller=caller, serials=[str(tag)], location_code=str(place), why="undone")
    unit = Unit.objects.get(tag=tag)
    return ScanAnswer(
        state="ok",
        word=_("Undone"),
        say=(_("%(unit)s is at %(place)s again; both moves are on record") % {"unit": unit.name, "place": place},),
        context=_without_unit(context) | {"unit": tag},
    )
