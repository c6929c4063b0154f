"""Pieces of a lot that are set apart: a lot of their own, with a tag, from the same supplier's lot."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Lot
from inventory.operations.stock import LotToBe, Shift, StockShort, lock_stock, lots_of, shift
from ledger.callers import Caller
from ledger.recording import record


def split_lot(caller: Caller, lot: Lot, count: int, why: str) -> Lot:
    """Step: `count` pieces of a (locked) lot become the lot `<number>-NG-<why>`, at the places where they lie; less
    than a piece counts as what is left. Locks its balances. Refuses StockShort."""
    whole = Lot.objects.select_related("part", "part_revision__part", "supplier").get(pk=lot.pk)
    name = f"{whole.number}-NG-{why}"
    wish = LotToBe(whole.part_revision, name, whole.supplier, whole.unit, whole.made_on, whole.expires_on)
    apart = lots_of(caller, [wish])[whole.part_id, name]
    places = [row for row in lock_stock([whole.pk]).values() if row.quantity > 0]
    wanted = min(Decimal(count), sum((row.quantity for row in places), Decimal(0)))
    if wanted <= 0:
        raise StockShort(
            _("Nothing of lot %(number)s is in stock.") % {"number": whole.number},
            true=_("Nothing was recorded."),
            do=_("Have the stock counted."),
        )
    event = record(
        caller, "inventory.lot-split", whole, lot=whole.number, into=apart.number, quantity=wanted, reason=why
    )
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
    return apart
