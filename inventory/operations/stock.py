"""Quantities of lots: the one step that writes stock moves and their balances, and the making of lots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from inventory.models import BomLine, Lot, Part, PartRevision, Stock, StockMove, Supplier
from inventory.operations.units import next_keys, next_tags
from ledger.callers import Caller
from ledger.operations import wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class StockShort(Refusal):
    """There is not as much there."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A quantity of a lot that goes: from a location (None: it came in) to a location (None: it was used)."""

    lot_id: int
    from_id: int | None
    to_id: int | None
    quantity: Decimal
    event_id: int


def lock_stock(lot_ids: Sequence[int]) -> dict[tuple[int, int], Stock]:
    """Step: lock the balances of these lots by (lot, location)."""
    rows = (
        Stock.objects.select_for_update(no_key=True, of=("self",))
        .filter(lot_id__in=sorted(set(lot_ids)))
        .select_related("location", "lot")
        .order_by("lot_id", "location_id")
    )
    return {(row.lot_id, row.location_id): row for row in rows}


def shift(shifts: Sequence[Shift]) -> list[StockMove]:
    """Step: write the moves and bring the balances with them; set-based.

    The caller holds the locks of `lock_stock` on every balance that shrinks. Refuses StockShort by the constraint."""
    moves = StockMove.objects.bulk_create(
        [
            StockMove(
                lot_id=move.lot_id,
                from_location_id=move.from_id,
                to_location_id=move.to_id,
                quantity=move.quantity,
                event_id=move.event_id,
            )
            for move in shifts
        ],
        batch_size=2_000,
    )
    change: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for move in shifts:
        if move.from_id is not None:
            change[move.lot_id, move.from_id] -= move.quantity
        if move.to_id is not None:
            change[move.lot_id, move.to_id] += move.quantity
    _apply({key: by for key, by in change.items() if by < 0}, {key: by for key, by in change.items() if by > 0})
    return moves


_SHRINK = (
    "UPDATE inventory_stock s SET quantity = s.quantity + v.by"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS v(lot_id, location_id, by)"
    " WHERE s.lot_id = v.lot_id AND s.location_id = v.location_id"
)
_GROW = (
    "INSERT INTO inventory_stock AS s (lot_id, location_id, quantity)"
    " SELECT v.lot_id, v.location_id, v.by FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])"
    " AS v(lot_id, location_id, by) ORDER BY 1, 2"
    " ON CONFLICT (lot_id, location_id) DO UPDATE SET quantity = s.quantity + EXCLUDED.quantity"
)


def _apply(shrinking: dict[tuple[int, int], Decimal], growing: dict[tuple[int, int], Decimal]) -> None:
    with connection.cursor() as cursor:
        for sql, change in ((_SHRINK, shrinking), (_GROW, growing)):
            if not change:
                continue
            cursor.execute(sql, [[key[0] for key in change], [key[1] for key in change], list(change.values())])
            if cursor.rowcount != len(change):
                raise _short()


def _short() -> StockShort:
    return StockShort(
        _("There is not as much there any more."),
        true=_("Nothing was recorded."),
        do=_("Look at the stock of the lot again."),
    )


@dataclass(frozen=True, slots=True)
class LotToBe:
    """A lot as a ship notice tells of it. A blank unit is the one in which the bills count the part, else pieces.
    `origin`: the lot it is set apart from."""

    revision: PartRevision
    number: str
    supplier: Supplier | None
    unit: str = ""
    made_on: date | None = None
    expires_on: date | None = None
    origin: Lot | None = None


def lots_of(caller: Caller, wanted: Sequence[LotToBe]) -> dict[tuple[int, str], Lot]:
    """Step: the lots by (part, number), registered where they are missing, one event each.

    Locks the parts whose lots are missing, so that two stations that receive one new lot do not collide."""
    by_key = {(lot.revision.part_id, lot.number): lot for lot in wanted}
    known = _known(by_key)
    missing = sorted(set(by_key) - set(known))
    if not missing:
        return known
    parts = Part.objects.select_for_update(no_key=True).filter(pk__in={key[0] for key in missing}).order_by("pk")
    list(parts)
    known = _known(by_key)
    return known | register_lots(caller, {key: by_key[key] for key in missing if key not in known})


def register_lots(caller: Caller, by_key: Mapping[tuple[int, str], LotToBe]) -> dict[tuple[int, str], Lot]:
    """Step: these lots, none of which is there, one event each."""
    missing = sorted(by_key)
    keys, tags = next_keys(Lot, len(missing)), next_tags(len(missing))
    units = _units_of_bills({key[0] for key in missing})
    made = [_lot(by_key[wish], key, tag, units) for wish, key, tag in zip(missing, keys, tags, strict=True)]
    events = record_many(caller, "inventory.lot-registered", [Happening(lot, _facts(lot, by_key)) for lot in made])
    for lot, event in zip(made, events, strict=True):
        lot.event_id = event
    Lot.objects.bulk_create(made, batch_size=2_000)
    return dict(zip(missing, made, strict=True))


def _facts(lot: Lot, by_key: Mapping[tuple[int, str], LotToBe]) -> dict[str, object]:
    part = by_key[lot.part_id, lot.number].revision.part
    return {"tag": lot.tag, "number": lot.number, "part": part.number, "expires_on": lot.expires_on}


def _known(by_key: dict[tuple[int, str], LotToBe]) -> dict[tuple[int, str], Lot]:
    parts, numbers = {key[0] for key in by_key}, {key[1] for key in by_key}
    found = Lot.objects.filter(part_id__in=parts, number__in=numbers)
    return {(lot.part_id, lot.number): lot for lot in found if (lot.part_id, lot.number) in by_key}


def _units_of_bills(part_ids: Iterable[int]) -> dict[int, str]:
    """In what the newest bill counts these parts (a coolant in litres); ship notices name no unit."""
    lines = BomLine.objects.filter(part_id__in=list(part_ids)).order_by("bom_id", "id")
    return dict(lines.values_list("part_id", "unit"))


def _lot(row: LotToBe, key: int, tag: str, units: Mapping[int, str]) -> Lot:
    return Lot(
        pk=key,
        tag=tag,
        part_id=row.revision.part_id,
        part_revision=row.revision,
        supplier=row.supplier,
        number=row.number,
        unit=row.unit or units.get(row.revision.part_id, "pcs"),
        made_on=row.made_on,
        expires_on=row.expires_on,
        origin=row.origin,
        event_id=0,
    )


wall("stock_is_never_negative", _short)
