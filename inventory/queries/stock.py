"""What there is of each part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from inventory.queries.held import HELD


@dataclass(frozen=True, slots=True)
class PartStock:
    """A part's stock. `free`: units at a location of the plant, not inside another, not held. `held`: under a hold,
    wherever. `quantity`: of its lots. `expected`: announced and not received. What is inside other units is no stock,
    and a plant in its third year has millions of it: counting them at each look would take seconds."""

    part_id: int
    number: str
    name_ja: str
    name_en: str
    kind: str
    traceability: str
    free: int
    held: int
    quantity: Decimal
    expected: Decimal


_SQL = f"""
WITH {HELD}, units AS (
  SELECT u.part_id, COUNT(*) AS free
  FROM inventory_location l JOIN inventory_placement p ON p.location_id = l.id AND p.to_at IS NULL
  JOIN inventory_unit u ON u.id = p.unit_id
  WHERE l.kind IN ('receiving', 'store', 'line', 'station') AND NOT EXISTS (SELECT 1 FROM held d WHERE d.id = u.id)
  GROUP BY u.part_id
), kept AS (
  SELECT u.part_id, COUNT(*) AS held FROM held d JOIN inventory_unit u ON u.id = d.id
  JOIN inventory_placement p ON p.unit_id = u.id AND p.to_at IS NULL GROUP BY u.part_id
), lots AS (
  SELECT o.part_id, SUM(s.quantity) AS quantity FROM inventory_stock s JOIN inventory_lot o ON o.id = s.lot_id
  GROUP BY o.part_id
), expected AS (
  SELECT n.part_id, SUM(n.quantity - COALESCE(r.came, 0)) AS quantity
  FROM inventory_awaitedline a JOIN inventory_shipnoticeline n ON n.id = a.line_id
  CROSS JOIN LATERAL (SELECT SUM(quantity) AS came FROM inventory_goodsreceipt WHERE line_id = n.id) r
  GROUP BY n.part_id
)
SELECT pt.id, pt.number, pt.name_ja, pt.name_en, pt.kind, pt.traceability, COALESCE(u.free, 0),
  COALESCE(k.held, 0), COALESCE(l.quantity, 0), COALESCE(x.quantity, 0)
FROM inventory_part pt LEFT JOIN units u ON u.part_id = pt.id LEFT JOIN kept k ON k.part_id = pt.id
LEFT JOIN lots l ON l.part_id = pt.id
LEFT JOIN expected x ON x.part_id = pt.id
WHERE %(all)s OR pt.id = ANY(%(parts)s) ORDER BY pt.number
"""


def stock_by_part(part_ids: list[int] | None = None) -> list[PartStock]:
    """The stock of all parts, or of these. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"all": part_ids is None, "parts": part_ids or []})
        return [PartStock(*row) for row in cursor.fetchall()]
