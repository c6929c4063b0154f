"""Lots: the facts of one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from inventory.models import Hold, Lot, Stock, StockMove
from inventory.queries.recall import Hit, recall_of_lot

MOVES_LIMIT = 100


@dataclass(slots=True)
class LotPage:
    """Every fact of a lot's page. `hits` is what the lot went into, walked upwards."""

    lot: Lot
    stock: list[Stock]
    moves: list[StockMove]
    holds: list[Hold]
    hits: list[Hit]

    @property
    def quantity(self) -> Decimal:
        return sum((row.quantity for row in self.stock), Decimal(0))

    @property
    def is_held(self) -> bool:
        return any(hold.released_at is None for hold in self.holds)


def lot_page(lot: Lot) -> LotPage:
    """The facts of one lot. Four queries; moves are cut at MOVES_LIMIT, newest first."""
    moves = lot.moves.select_related("from_location", "to_location").order_by("-pk")
    return LotPage(
        lot=lot,
        stock=list(lot.stocks.filter(quantity__gt=0).select_related("location").order_by("location__code")),
        moves=list(moves[:MOVES_LIMIT]),
        holds=list(Hold.objects.filter(Q(lot=lot)).select_related("placed_by").order_by("-pk")),
        hits=recall_of_lot(lot.pk),
    )
