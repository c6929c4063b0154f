"""What a lot went into: the units made in it and the hosts it was used in, walked upwards to where they are now."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from ledger.statements import ask


class Hit(NamedTuple):
    """One affected unit, and the outermost unit around it now. `how`: made (of the lot) or used (the lot went into it).

    `top_id` is the unit itself when it stands alone; the location is "" when it has no place any more."""

    unit_id: int
    tag: str
    serial: str
    part_number: str
    how: str
    quantity: Decimal
    top_id: int
    top_tag: str
    top_serial: str
    top_kind: str
    location_code: str
    location_kind: str
    is_held: bool
    has_ended: bool


_SQL = """
WITH RECURSIVE lots AS (
  SELECT %(lot)s::bigint AS id
  UNION
  SELECT l.id FROM lots JOIN inventory_lot l ON l.origin_id = lots.id
), hit AS (
  SELECT u.id AS unit_id, 'made' AS how, 1::numeric AS quantity FROM inventory_unit u
  WHERE u.lot_id = ANY(ARRAY(SELECT id FROM lots))
  UNION ALL
  SELECT c.host_id, 'used', SUM(c.quantity) FROM inventory_consumption c
  WHERE c.lot_id = ANY(ARRAY(SELECT id FROM lots)) GROUP BY c.host_id
), up AS (
  SELECT h.unit_id AS start_id, h.unit_id AS at_id, p.host_id, p.location_id
  FROM (SELECT DISTINCT unit_id FROM hit) h
  LEFT JOIN inventory_placement p ON p.unit_id = h.unit_id AND p.to_at IS NULL
  UNION ALL
  SELECT up.start_id, up.host_id, p.host_id, p.location_id FROM up
  LEFT JOIN inventory_placement p ON p.unit_id = up.host_id AND p.to_at IS NULL
  WHERE up.host_id IS NOT NULL
)
SELECT u.id, u.tag, u.serial, pt.number, h.how, h.quantity, t.id, t.tag, t.serial, tp.kind,
  COALESCE(l.code, ''), COALESCE(l.kind, ''),
  EXISTS (SELECT 1 FROM inventory_hold o WHERE o.released_at IS NULL AND o.unit_id = u.id), u.ended_at IS NOT NULL
FROM hit h
JOIN up ON up.start_id = h.unit_id AND up.host_id IS NULL
JOIN inventory_unit u ON u.id = h.unit_id JOIN inventory_part pt ON pt.id = u.part_id
JOIN inventory_unit t ON t.id = up.at_id JOIN inventory_part tp ON tp.id = t.part_id
LEFT JOIN inventory_location l ON l.id = up.location_id
ORDER BY t.tag, u.tag, h.how
"""


def recall_of_lot(lot_id: int) -> list[Hit]:
    """Every unit that a lot, or what was set apart of it, is in, with where it is now. One query."""
    return list(map(Hit._make, ask(_SQL, {"lot": lot_id})))
