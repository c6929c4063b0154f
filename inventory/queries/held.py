"""Which units are on hold now, as a common table expression for statements that count many units."""

HELD = """held AS (
  SELECT h.unit_id AS id FROM inventory_hold h WHERE h.released_at IS NULL AND h.unit_id IS NOT NULL
  UNION
  SELECT u.id FROM inventory_hold h JOIN inventory_unit u ON u.lot_id = h.lot_id
  WHERE h.released_at IS NULL AND h.lot_id IS NOT NULL
)"""
"""From the holds, which are few, to the units: the other way round every unit of the plant asks for its holds."""
