"""Lots in stock: used up in units, moved between places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from inventory.models import Consumption, Hold, Lot, Stock, StockMove, Unit
from inventory.operations.finding import (
    AmbiguousSerial,
    UnknownSerial,
    find_unit_id,
    find_unit_ids,
    lock_units,
    one_unit_id,
    refuse_ended,
    refuse_held,
)
from inventory.operations.placements import location_by_code
from inventory.operations.stock import Shift, StockShort, lock_stock, shift
from inventory.text import normalise
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

PLANT = ZoneInfo("Asia/Tokyo")


class LotExpired(Refusal):
    """The lot is past its expiry date."""


class LotHeld(Refusal):
    """The lot is under a hold."""


class QuantityOdd(Refusal):
    """The quantity is not more than zero."""


@dataclass(frozen=True, slots=True)
class Use:
    """A quantity of a lot that goes into a host unit. `location_id` None: from where there is enough."""

    lot_id: int
    host_id: int
    quantity: Decimal
    operation: str = ""
    location_id: int | None = None


@operation(permission="inventory.move", returns=Consumption)
def consume_lot(
    *, caller: Caller, lot: str, host: str, quantity: Decimal, operation_name: str = "", location_code: str = ""
) -> Consumption:
    """Use a quantity of a lot (tag or number) in a unit. Without a location: the caller's station if enough lies there,
    else the first place where it does.

    Locks lot (share), stock, host. Refuses UnknownSerial, AmbiguousSerial, LotExpired, LotHeld, StockShort, UnitHeld,
    UnitEnded, QuantityOdd, UnknownLocation."""
    location_id = location_by_code(location_code).pk if location_code else None
    use = Use(lot_by_text(lot).pk, find_unit_id(host), quantity, operation_name, location_id)
    return consume(caller, [use])[0]


@dataclass(frozen=True, slots=True)
class LotUse:
    """A quantity of a lot (tag or number) to use in a host unit (as scanned), in an operation."""

    lot: str
    host: str
    quantity: Decimal
    operation: str = ""


@operation(permission="inventory.move")
def consume_lots(*, caller: Caller, uses: list[LotUse]) -> dict[str, list[int]]:
    """Use quantities of lots in many units, all or none; each is taken as consume_lot takes it without a location.

    Refuses as consume_lot does."""
    lots = {text: lot_by_text(text).pk for text in dict.fromkeys(use.lot for use in uses)}
    hits = find_unit_ids([use.host for use in uses])
    rows = consume(
        caller,
        [Use(lots[use.lot], one_unit_id(use.host, hits[use.host]), use.quantity, use.operation) for use in uses],
    )
    return {"consumptions": [row.pk for row in rows]}


@operation(permission="inventory.move", returns=StockMove)
def move_stock(*, caller: Caller, lot: str, quantity: Decimal, from_code: str, to_code: str) -> StockMove:
    """Move a quantity of a lot to another location. A held or expired lot may be moved (to quarantine).

    Locks lot (share), stock. Refuses UnknownSerial, AmbiguousSerial, UnknownLocation, StockShort, QuantityOdd."""
    found = lot_by_text(lot)
    start, end = location_by_code(from_code), location_by_code(to_code)
    _refuse_odd(quantity)
    if start.pk == end.pk:
        raise QuantityOdd(_("The stock is there already."), true=_("Nothing was recorded."))
    share_lots([found.pk])
    there = lock_stock([found.pk])
    have = there[found.pk, start.pk].quantity if (found.pk, start.pk) in there else Decimal(0)
    if have < quantity:
        raise _short(found, start.name, have)

    event = record(
        caller, "inventory.stock-moved", found, lot=found.number, quantity=quantity, start=start.code, end=end.code
    )
    return shift([Shift(found.pk, start.pk, end.pk, quantity, event)])[0]


def consume(caller: Caller, uses: Sequence[Use]) -> list[Consumption]:
    """Step: lots are used in host units; set-based, one event each with the lot as subject.

    Locks the lots (share), their stock, then the hosts, by key. Refuses as consume_lot says."""
    for use in uses:
        _refuse_odd(use.quantity)
    lots = share_lots([use.lot_id for use in uses])
    refuse_lots(caller, list(lots.values()))
    stock = lock_stock(list(lots))
    hosts = {pk: here.unit for pk, here in lock_units(use.host_id for use in uses).items()}
    refuse_held(hosts)
    for host in hosts.values():
        refuse_ended(host)
    sources = _sources(caller, uses, lots, stock)

    events = record_many(
        caller,
        "inventory.lot-consumed",
        [
            Happening(lots[use.lot_id], _facts(use, lots, hosts, source))
            for use, source in zip(uses, sources, strict=True)
        ],
    )
    shift(
        [
            Shift(use.lot_id, source.location_id, None, use.quantity, event)
            for use, source, event in zip(uses, sources, events, strict=True)
        ]
    )
    return Consumption.objects.bulk_create(
        [
            Consumption(
                lot_id=use.lot_id, host_id=use.host_id, quantity=use.quantity, operation=use.operation, event_id=event
            )
            for use, event in zip(uses, events, strict=True)
        ],
        batch_size=2_000,
    )


def _facts(use: Use, lots: dict[int, Lot], hosts: dict[int, Unit], source: Stock) -> dict[str, object]:
    return {
        "lot": lots[use.lot_id].number,
        "host": hosts[use.host_id].tag,
        "quantity": use.quantity,
        "operation": use.operation,
        "location": source.location.code,
    }


def lot_by_text(text: str) -> Lot:
    """Step: the lot that a text names by tag or number. Refuses LayoutError, UnknownSerial, AmbiguousSerial."""
    value = normalise(text)
    lots = list(Lot.objects.filter(tag=value)) or list(Lot.objects.filter(number=value).order_by("pk")[:2])
    if not lots:
        raise UnknownSerial(
            _("There is no lot %(text)s.") % {"text": value[:60]},
            true=_("Nothing was recorded."),
            do=_("Check the label. A lot that has just arrived must first be received."),
        )
    if len(lots) > 1:
        raise AmbiguousSerial(
            _("%(text)s names several lots.") % {"text": value[:60]},
            true=_("Nothing was recorded."),
            do=_("Scan the plant's own tag (現品票) instead."),
        )
    return lots[0]


def refuse_lots(caller: Caller, lots: Sequence[Lot]) -> None:
    """Step: refuse LotExpired and LotHeld for any of these (locked) lots. Expiry is by the plant's calendar."""
    today = caller.at.astimezone(PLANT).date()
    for lot in lots:
        if lot.expires_on is not None and lot.expires_on < today:
            raise LotExpired(
                _("Lot %(number)s expired on %(day)s.") % {"number": lot.number, "day": lot.expires_on.isoformat()},
                true=_("Nothing was recorded."),
                do=_("Put it on the quarantine shelf and take a newer lot."),
            )
    hold = Hold.objects.open().filter(lot__in=lots).select_related("lot", "placed_by").order_by("pk").first()
    if hold is not None and hold.lot is not None:
        raise LotHeld(
            _("Lot %(number)s is on hold: %(reason)s.") % {"number": hold.lot.number, "reason": hold.reason},
            true=_("Hold %(number)s by %(person)s. Nothing was recorded.")
            % {"number": hold.number, "person": hold.placed_by.name},
            do=_("Put it on the quarantine shelf and take another lot."),
        )


def share_lots(lot_ids: Sequence[int]) -> dict[int, Lot]:
    """Step: lock lots for share by key, and read them."""
    rows = Lot.objects.raw(
        "SELECT * FROM inventory_lot WHERE id = ANY(%s) ORDER BY id FOR SHARE", [sorted(set(lot_ids))]
    )
    return {lot.pk: lot for lot in rows}


def _sources(
    caller: Caller, uses: Sequence[Use], lots: dict[int, Lot], stock: dict[tuple[int, int], Stock]
) -> list[Stock]:
    """Where each use takes its quantity from; earlier uses of the call are counted. Refuses StockShort."""
    taken: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    sources = []
    for use in uses:
        places = [row for (lot_id, _place), row in stock.items() if lot_id == use.lot_id]
        if use.location_id is not None:
            places = [row for row in places if row.location_id == use.location_id]
        places.sort(key=lambda row: (row.location.code != caller.station, row.location.code))
        fits = next((row for row in places if row.quantity - taken[row.lot_id, row.location_id] >= use.quantity), None)
        if fits is None:
            raise short_of(lots[use.lot_id], places)
        taken[fits.lot_id, fits.location_id] += use.quantity
        sources.append(fits)
    return sources


def sum_of(rows: Sequence[Stock]) -> Decimal:
    """The quantity of these balances together."""
    return sum((row.quantity for row in rows), Decimal(0))


def short_of(lot: Lot, places: Sequence[Stock]) -> StockShort:
    """The refusal that there is not enough of a lot at any of these places."""
    return _short(lot, ", ".join(row.location.name for row in places), sum_of(places))


def _short(lot: Lot, place: str, have: Decimal) -> StockShort:
    return StockShort(
        _("There is not enough of lot %(number)s.") % {"number": lot.number},
        true=_("%(place)s: %(have)s %(unit)s. Nothing was recorded.")
        % {"place": place or _("No stock"), "have": format(have.normalize(), "f"), "unit": lot.unit},
        do=_("Take another lot, or have the stock counted."),
    )


def _refuse_odd(quantity: Decimal) -> None:
    if quantity <= 0 or quantity != quantity.quantize(Decimal("0.0001")):
        raise QuantityOdd(_("The quantity must be more than zero, with at most four decimals."))
