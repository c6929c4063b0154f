"""Pieces of a lot that are set apart: a lot of their own, with a tag, from the same supplier's lot."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Hold, Inspection, Lot
from inventory.operations.holds import hold_things
from inventory.operations.stock import LotToBe, Shift, StockShort, lock_stock, register_lots, shift
from ledger.callers import Caller
from ledger.recording import record


def split_lot(caller: Caller, lot: Lot, count: int, inspection: Inspection) -> Lot:
    """Step: `count` pieces of a (locked) lot become the lot `<number>-NG-<inspection>`, at the places where they lie;
    less than a piece counts as what is left. Everything else that holds the lot holds them too. Locks its balances; not
    the part, which who receives holds before the inspection. Refuses StockShort."""
    whole = Lot.objects.select_related("part", "part_revision__part", "supplier").get(pk=lot.pk)
    name = _free_name(whole, f"{whole.number}-NG-{inspection.number}")
    wish = LotToBe(whole.part_revision, name, whole.supplier, whole.unit, whole.made_on, whole.expires_on, whole)
    apart = register_lots(caller, {(whole.part_id, name): wish})[whole.part_id, name]
    places = [row for row in lock_stock([whole.pk]).values() if row.quantity > 0]
    wanted = min(Decimal(count), sum((row.quantity for row in places), Decimal(0)))
    if wanted <= 0:
        raise StockShort(
            _("Nothing of lot %(number)s is in stock.") % {"number": whole.number},
            true=_("Nothing was recorded."),
            do=_("Have the stock counted."),
        )
    event = record(
        caller, "inventory.lot-split", whole, lot=whole.number, into=apart.number, quantity=wanted,
        reason=inspection.number,
    )  # fmt: skip
    for row in sorted(places, key=lambda place: (-place.quantity, place.location_id)):
        part = min(wanted, row.quantity)
        if part > 0:
            shift(
                [
                    Shift(whole.pk, row.location_id, None, part, event),
                    Shift(apart.pk, None, row.location_id, part, event),
                ]
            )
            wanted -= part
    others = Hold.objects.open().filter(lot=whole).exclude(inspection=inspection)
    for hold in others.select_related("recall__opened_by", "inspection").order_by("pk"):
        hold_things(caller, [], [apart], hold.reason, hold.recall, hold.inspection)
    return apart


def _free_name(lot: Lot, name: str) -> str:
    """The name, counted on where a supplier has called a lot of the part so."""
    taken = set(Lot.objects.filter(part=lot.part_id, number__startswith=name).values_list("number", flat=True))
    return name if name not in taken else f"{name}-{len(taken) + 1}"
