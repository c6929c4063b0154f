"""Incoming inspections: what waits is held, what is free was accepted, and the numbers are those of the pieces."""

from __future__ import annotations

from inventory.checks import register_check
from inventory.checks.sql import statement

register_check(
    "inventory.what-waits-for-inspection-is-held",
    statement(
        "SELECT 'inspection ' || i.id, i.number, coalesce(u.tag, l.tag) FROM inventory_goodsreceipt r"
        " JOIN inventory_inspection i ON i.id = r.inspection_id"
        " LEFT JOIN inventory_unit u ON u.id = r.unit_id LEFT JOIN inventory_lot l ON l.id = r.lot_id"
        " WHERE NOT EXISTS (SELECT 1 FROM inventory_hold h WHERE h.inspection_id = i.id AND h.released_at IS NULL"
        " AND (h.unit_id = r.unit_id OR h.lot_id = r.lot_id))"
        " AND NOT EXISTS (SELECT 1 FROM inventory_inspection v WHERE (v.id = i.id OR v.origin_id = i.id)"
        " AND (v.verdict = 'accepted' OR v.conceded_at IS NOT NULL))"
        " AND NOT EXISTS (SELECT 1 FROM inventory_supplierreturn t"
        " WHERE t.unit_id = r.unit_id AND t.outcome = 'repaired')"
        " ORDER BY i.id, r.id",
        "{2} of {1} is free without an acceptance",
    ),
)
register_check(
    "inventory.inspections-count-their-pieces",
    statement(
        "SELECT 'inspection ' || i.id, i.number, i.inspected, i.nonconforming, count(p.id),"
        " count(p.id) FILTER (WHERE NOT p.ok) FROM inventory_inspection i LEFT JOIN inventory_inspectedpiece p"
        " ON p.inspection_id = i.id AND p.withdrawn_at IS NULL GROUP BY i.id"
        " HAVING i.inspected <> count(p.id) OR i.nonconforming <> count(p.id) FILTER (WHERE NOT p.ok) ORDER BY i.id",
        "{1} says {2} inspected and {3} nonconforming, its pieces say {4} and {5}",
    ),
)
register_check(
    "inventory.inspections-are-as-large-as-their-receipts",
    statement(
        "SELECT 'inspection ' || i.id, i.number, i.lot_size, coalesce(sum(r.quantity), 0) FROM inventory_inspection i"
        " LEFT JOIN inventory_goodsreceipt r ON r.inspection_id = coalesce(i.origin_id, i.id) GROUP BY i.id"
        " HAVING i.lot_size <> coalesce(sum(r.quantity), 0) ORDER BY i.id",
        "{1} is over {2}, its receipts are {3}",
    ),
)
register_check(
    "inventory.inspected-units-are-of-their-inspection",
    statement(
        "SELECT 'piece ' || p.id, i.number, u.tag FROM inventory_inspectedpiece p"
        " JOIN inventory_inspection i ON i.id = p.inspection_id JOIN inventory_unit u ON u.id = p.unit_id"
        " LEFT JOIN inventory_goodsreceipt r ON r.unit_id = p.unit_id"
        " WHERE r.inspection_id IS DISTINCT FROM coalesce(i.origin_id, i.id) ORDER BY p.id",
        "{2} was inspected with {1}, but did not arrive with it",
    ),
)
