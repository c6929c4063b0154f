"""Kitting: opening a kit from the frozen design, fetching by scan, completing, putting back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from assembly.models import Build, Kit, KitLine, KitPick, Slot
from assembly.operations.fits import known_of
from assembly.operations.kit_rules import (
    KitLineFull,
    OpenLines,
    ReservedForKit,
    lock_kit,
    lots_of_units,
    refuse_unpickable,
)
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.rework import lock_build
from inventory.models import BomLine, Lot, Placement, Stock, Unit
from inventory.operations.finding import find_lot, find_unit_ids, lock_units, one_unit_id
from inventory.operations.lots import QuantityOdd, refuse_lots, share_lots, short_of
from inventory.operations.placements import carry, location_by_code
from inventory.operations.stock import Shift, lock_stock, shift
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

FETCHED_FROM = ("receiving", "store", "line", "station")
"""Kinds of places from which parts are fetched."""


class KitOpen(Refusal):
    """The build has an open kit already."""


class NothingToFetch(Refusal):
    """The build lacks nothing."""


class KitShort(Refusal):
    """Something of the kit is not fetched yet."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was scanned: a unit (tag, serial), or a lot (tag, number) with how much of it; none: all that is wanted."""

    code: str
    quantity: Decimal | None = None


@operation(permission="assembly.kit", returns=Kit)
def open_kit(*, caller: Caller, build_id: int, location_code: str) -> Kit:
    """Open the kit of a build: a line for each required slot that is empty, and one for each part of its frozen bill
    that has no serials. It will stand at that place. Locks the build.

    Refuses KitOpen, NothingToFetch, UnknownLocation."""
    location = location_by_code(location_code)
    build = lock_build(build_id)
    there = Kit.objects.open().filter(build=build).first()
    if there is not None:
        raise _kit_open(there.number)
    lines = _lines_of(build)
    if not lines:
        raise NothingToFetch(
            _("%(unit)s lacks nothing.") % {"unit": build.unit.name},
            true=_("Every slot is filled. Nothing was recorded."),
        )

    (key,), number = next_keys(Kit, 1), _number()
    event = record(
        caller, "assembly.kit-opened", ("assembly.kit", key), number=number, unit=build.unit.tag, build_id=build.pk,
        order=build.order_number, location=location.code, lines=len(lines),
    )  # fmt: skip
    kit = Kit.objects.create(
        pk=key,
        number=number,
        build=build,
        location=location,
        opened_at=caller.at,
        opened_by_id=caller.user.pk,
        event_id=event,
    )
    for line in lines:
        line.kit = kit
    KitLine.objects.bulk_create(lines, batch_size=2_000)
    return kit


@operation(permission="assembly.kit")
def pick_parts(*, caller: Caller, kit_number: str, fetched: list[Fetched]) -> dict[str, object]:
    """Fetch units and quantities of lots for a kit, all or none: one scan, or the whole kit in one go. A unit is
    reserved for this kit from now on; a quantity is moved to the kit's place. An older one of the same part in stock is
    no refusal: the event and the answer say so (`older`).

    Locks the kit, lots (share), stock, units. Refuses UnknownKit, KitClosed, UnknownSerial, AmbiguousSerial, WrongPart,
    KitLineFull, ReservedForKit, UnitHeld, UnitEnded, UnitNotHere, UnitInstalled, UnitNotFinished, LotHeld, LotExpired,
    StockShort, QuantityOdd."""
    kit = lock_kit(kit_number)
    lines = OpenLines(kit)
    hits = find_unit_ids([one.code for one in fetched])
    by_lot = {one.code: lot for one in fetched if not hits[one.code] and (lot := find_lot(one.code)) is not None}
    serials = [one.code for one in fetched if one.code not in by_lot]
    unit_ids = [one_unit_id(code, hits[code]) for code in serials]
    _share_all_lots(list(by_lot.values()), unit_ids)
    picks = _pick_lots(caller, kit, lines, [(by_lot[one.code], one.quantity) for one in fetched if one.code in by_lot])
    picked, older = _pick_units(caller, kit, lines, unit_ids)
    rows = KitPick.objects.bulk_create([*picks, *picked], batch_size=2_000)
    missing = sum(left > 0 for left in lines.left.values())
    return {"kit": kit.number, "picks": [row.pk for row in rows], "missing": missing, "older": older}


@operation(permission="assembly.kit")
def return_pick(*, caller: Caller, pick_id: int, reason: str) -> dict[str, object]:
    """Put back what was fetched for an open kit: a unit is free again (it lies where it lay), a quantity goes back to
    where it came from. Locks the kit, the lot's stock. Refuses KitClosed, ReasonWanted, StockShort."""
    _refuse_no_reason(reason)
    found = KitPick.objects.select_related("line__kit").get(pk=pick_id)
    kit = lock_kit(found.line.kit.number)
    pick = KitPick.objects.select_related("line__part", "picked_unit", "lot", "taken_from").get(pk=pick_id)
    if pick.ended_at is None:
        _put_back(caller, kit, [pick], reason.strip())
    return {"kit": kit.number, "pick": pick.pk}


@operation(permission="assembly.kit", returns=Kit)
def complete_kit(*, caller: Caller, kit_number: str) -> Kit:
    """Declare a kit complete: everything is fetched, and its units go to the kit's place together. Locks the kit, then
    the units. Refuses UnknownKit, KitClosed, KitShort, UnitHeld, UnitEnded, UnitInsideHost, UnitNotHere."""
    kit = lock_kit(kit_number)
    lines = OpenLines(kit)
    short = [line for line in lines.lines if lines.left[line.pk] > 0]
    if short:
        raise KitShort(
            _("Kit %(number)s is not complete: %(count)d lines are missing.")
            % {"number": kit.number, "count": len(short)},
            true=_("The first is %(part)s %(name)s. Nothing was recorded.")
            % {"part": short[0].part.number, "name": short[0].part.name},
            do=_("Fetch what is missing."),
        )
    open_picks = KitPick.objects.filter(line__kit=kit, ended_at=None, picked_unit__isnull=False)
    carry(caller, list(open_picks.values_list("picked_unit_id", flat=True)), kit.location, kit.number)

    event = record(
        caller, "assembly.kit-completed", kit, number=kit.number, location=kit.location.code, lines=len(lines.lines)
    )
    kit.completed_at, kit.completed_event_id = caller.at, event
    kit.save(update_fields=["completed_at", "completed_event_id"])
    return kit


@operation(permission="assembly.kit", returns=Kit)
def cancel_kit(*, caller: Caller, kit_number: str, reason: str) -> Kit:
    """Give up an open kit: everything is put back and free again. Locks the kit, the lots' stock. Refuses UnknownKit,
    KitClosed, ReasonWanted, StockShort."""
    _refuse_no_reason(reason)
    kit = lock_kit(kit_number)
    picks = KitPick.objects.filter(line__kit=kit, ended_at=None)
    _put_back(caller, kit, list(picks.select_related("line__part", "picked_unit", "lot", "taken_from")), reason.strip())

    event = record(caller, "assembly.kit-cancelled", kit, number=kit.number, reason=reason.strip())
    kit.cancelled_at, kit.cancelled_event_id, kit.cancelled_why = caller.at, event, reason.strip()
    kit.save(update_fields=["cancelled_at", "cancelled_event_id", "cancelled_why"])
    return kit


def _lines_of(build: Build) -> list[KitLine]:
    filled = Placement.objects.filter(host=build.unit_id, to_at=None).values("position")
    slots = Slot.objects.filter(build=build, required=True).exclude(position__in=filled).order_by("order", "pk")
    lines = [KitLine(part_id=slot.part_id, slot=slot, quantity=Decimal(1)) for slot in slots]
    if build.bom_id is not None:
        loose = BomLine.objects.filter(bom=build.bom_id).exclude(part__traceability="serial").order_by("number")
        lines += [KitLine(part_id=row.part_id, quantity=row.quantity, unit=row.unit) for row in loose]
    for number, line in enumerate(lines, start=1):
        line.number = number
    return lines


def _share_all_lots(lots: Sequence[Lot], unit_ids: Sequence[int]) -> None:
    """Lots come before stock and units: those scanned and those that the units were made in, by key."""
    made_in = Unit.objects.filter(pk__in=unit_ids, lot__isnull=False).values_list("lot_id", flat=True)
    share_lots([*(lot.pk for lot in lots), *(lot_id for lot_id in made_in if lot_id)])


def _pick_units(caller: Caller, kit: Kit, lines: OpenLines, ids: list[int]) -> tuple[list[KitPick], list[str]]:
    """The picks of these units, and the names of those of which an older one lies in stock."""
    here, known = lock_units(ids), known_of(ids)
    for place, unit_id in enumerate(ids):
        refuse_unpickable(here[unit_id], known[unit_id], kit, unit_id in ids[:place])
    refuse_lots(caller, lots_of_units([here[unit_id].unit for unit_id in ids]))
    chosen = []
    for unit_id in ids:
        line = lines.for_unit(here[unit_id].unit)
        lines.take(line, Decimal(1))
        chosen.append((line, here[unit_id]))
    older = _older(ids)
    events = record_many(
        caller,
        "assembly.part-picked",
        [
            Happening(
                found.unit,
                {
                    "kit": kit.number,
                    "line": line.number,
                    "part": found.unit.part.number,
                    "older": found.unit.pk in older,
                },
            )
            for line, found in chosen
        ],
    )
    picks = [
        KitPick(
            line=line,
            picked_unit=found.unit,
            taken_from=found.placement.location if found.placement else None,
            quantity=Decimal(1),
            at=caller.at,
            by_id=caller.user.pk,
            event_id=event,
        )
        for (line, found), event in zip(chosen, events, strict=True)
    ]
    return picks, [found.unit.name for _line, found in chosen if found.unit.pk in older]


_OLDER = """
SELECT u.id FROM inventory_unit u WHERE u.id = ANY(%s::bigint[]) AND EXISTS (
  SELECT 1 FROM inventory_unit o JOIN inventory_placement p ON p.unit_id = o.id AND p.to_at IS NULL
  JOIN inventory_location l ON l.id = p.location_id AND l.kind = ANY(%s)
  WHERE o.part_id = u.part_id AND o.born_at < u.born_at AND o.ended_at IS NULL AND o.id <> ALL(%s::bigint[])
  AND NOT EXISTS (SELECT 1 FROM inventory_hold h WHERE h.released_at IS NULL
    AND (h.unit_id = o.id OR h.lot_id = o.lot_id))
  AND NOT EXISTS (SELECT 1 FROM assembly_kitpick k WHERE k.picked_unit_id = o.id AND k.ended_at IS NULL))
"""


def _older(ids: list[int]) -> set[int]:
    """Those of these units before which an older free one of the same part should have gone (first in, first out)."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDER, [ids, list(FETCHED_FROM), ids])
        return {row[0] for row in cursor.fetchall()}


def _pick_lots(
    caller: Caller, kit: Kit, lines: OpenLines, wanted: Sequence[tuple[Lot, Decimal | None]]
) -> list[KitPick]:
    if not wanted:
        return []
    lots = share_lots([lot.pk for lot, _quantity in wanted])
    refuse_lots(caller, list(lots.values()))
    stock = lock_stock(list(lots))
    return [_pick_lot(caller, kit, lines, (lot, quantity), stock) for lot, quantity in wanted]


def _pick_lot(
    caller: Caller,
    kit: Kit,
    lines: OpenLines,
    wanted: tuple[Lot, Decimal | None],
    stock: dict[tuple[int, int], Stock],
) -> KitPick:
    lot, asked = wanted
    line = lines.for_lot(lot)
    quantity = lines.left[line.pk] if asked is None else asked
    if not 0 < quantity <= lines.left[line.pk] or quantity != quantity.quantize(Decimal("0.0001")):
        raise QuantityOdd(
            _("%(quantity)s of lot %(lot)s do not fit the kit.") % {"quantity": f"{quantity:f}", "lot": lot.number},
            true=_("%(left)s are still wanted. Nothing was recorded.")
            % {"left": f"{lines.left[line.pk].normalize():f}"},
            do=_("Measure out what is wanted."),
        )
    places = [row for (lot_id, _place), row in stock.items() if lot_id == lot.pk and row.location.kind in FETCHED_FROM]
    source = next((row for row in sorted(places, key=_elsewhere(kit)) if row.quantity >= quantity), None)
    if source is None:
        raise short_of(lot, places)
    lines.take(line, quantity)
    event = record(
        caller, "assembly.quantity-picked", lot, kit=kit.number, line=line.number, lot=lot.number, quantity=quantity,
        start=source.location.code, end=kit.location.code,
    )  # fmt: skip
    if source.location_id != kit.location_id:
        shift([Shift(lot.pk, source.location_id, kit.location_id, quantity, event)])
    source.quantity -= quantity
    return KitPick(
        line=line,
        lot=lot,
        taken_from=source.location,
        quantity=quantity,
        at=caller.at,
        by_id=caller.user.pk,
        event_id=event,
    )


def _elsewhere(kit: Kit) -> Callable[[Stock], tuple[bool, str]]:
    """Stock on the shelves before what stands at the kit's own place for other kits."""
    return lambda row: (row.location_id == kit.location_id, row.location.code)


def _put_back(caller: Caller, kit: Kit, picks: list[KitPick], reason: str) -> None:
    lots = [pick for pick in picks if pick.lot_id is not None]
    lock_stock([pick.lot_id for pick in lots if pick.lot_id is not None])
    for pick in picks:
        thing = pick.picked_unit or pick.lot
        assert thing is not None  # a pick is a unit or a lot (constraint)
        event = record(
            caller, "assembly.pick-returned", thing, kit=kit.number, part=pick.line.part.number,
            quantity=pick.quantity, reason=reason,
        )  # fmt: skip
        if pick.lot_id is not None and pick.taken_from_id not in (None, kit.location_id):
            shift([Shift(pick.lot_id, kit.location_id, pick.taken_from_id, pick.quantity, event)])
        pick.ended_at, pick.ended_event_id, pick.ended_why = caller.at, event, "returned"
    KitPick.objects.bulk_update(picks, ["ended_at", "ended_event_id", "ended_why"], batch_size=1_000)


def _number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('assembly_kit_number')")
        return f"KT{cursor.fetchone()[0]:06d}"


def _refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonWanted(_("A reason is needed."), true=_("Nothing was recorded."), do=_("Write why."))


def _kit_open(number: str = "") -> KitOpen:
    return KitOpen(
        _("This build has an open kit: %(number)s.") % {"number": number or "–"},
        true=_("Nothing was recorded."),
        do=_("Fetch for that one."),
    )


wall("build_has_one_open_kit", _kit_open)
wall(
    "unit_is_picked_for_one_kit",
    lambda: ReservedForKit(_("Another kit took this unit at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "kit_line_takes_one_unit",
    lambda: KitLineFull(_("Somebody fetched this part at the same moment."), true=_("Nothing was recorded.")),
)
