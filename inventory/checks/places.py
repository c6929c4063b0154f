"""Placements and stock: the constraints hold these; the check proves it, also for a restored or repaired database."""

from __future__ import annotations

from inventory.checks import register_check
from inventory.checks.sql import statement

register_check(
    "inventory.placements-do-not-overlap",
    statement(
        "SELECT 'placement ' || id, 'unit ' || unit_id FROM ("
        " SELECT id, unit_id, from_at, LAG(COALESCE(to_at, 'infinity'), 1)"
        " OVER (PARTITION BY unit_id ORDER BY from_at, id) AS earlier FROM inventory_placement) p"
        " WHERE earlier > from_at ORDER BY id",
        "{1} is in two places at once",
    ),
)
register_check(
    "inventory.positions-hold-one-unit",
    statement(
        "SELECT 'placement ' || id, 'position ' || position || ' of unit ' || host_id FROM ("
        " SELECT id, host_id, position, from_at, LAG(COALESCE(to_at, 'infinity'), 1)"
        " OVER (PARTITION BY host_id, position ORDER BY from_at, id) AS earlier"
        " FROM inventory_placement WHERE host_id IS NOT NULL) p WHERE earlier > from_at ORDER BY id",
        "{1} holds two units at once",
    ),
)
register_check(
    "inventory.placements-are-within-a-life",
    statement(
        "SELECT 'placement ' || p.id, u.tag FROM inventory_placement p JOIN inventory_unit u ON u.id = p.unit_id"
        " WHERE p.from_at < u.born_at OR (u.ended_at IS NOT NULL AND (p.to_at IS NULL OR p.to_at > u.ended_at))"
        " ORDER BY p.id",
        "{1} has a place before its life or after it",
    ),
)
register_check(
    "inventory.hosts-are-of-a-higher-level",
    statement(
        "SELECT 'placement ' || p.id, u.tag, h.tag FROM inventory_placement p"
        " JOIN inventory_unit u ON u.id = p.unit_id JOIN inventory_unit h ON h.id = p.host_id"
        " WHERE h.level <= u.level OR p.unit_level <> u.level OR p.host_level <> h.level ORDER BY p.id",
        "{1} cannot sit in {2}: levels",
    ),
)
register_check(
    "inventory.stock-is-the-sum-of-its-moves",
    statement(
        "WITH moved AS (SELECT lot_id, location_id, SUM(quantity) AS quantity FROM ("
        " SELECT lot_id, to_location_id AS location_id, quantity FROM inventory_stockmove"
        " WHERE to_location_id IS NOT NULL"
        " UNION ALL SELECT lot_id, from_location_id, -quantity FROM inventory_stockmove"
        " WHERE from_location_id IS NOT NULL) m GROUP BY lot_id, location_id)"
        " SELECT 'lot ' || COALESCE(s.lot_id, m.lot_id) || ' at location ' || COALESCE(s.location_id, m.location_id),"
        " COALESCE(s.quantity, 0), COALESCE(m.quantity, 0)"
        " FROM inventory_stock s FULL JOIN moved m ON m.lot_id = s.lot_id AND m.location_id = s.location_id"
        " WHERE COALESCE(s.quantity, 0) <> COALESCE(m.quantity, 0) ORDER BY 1",
        "the balance is {1}, its moves give {2}",
    ),
)
register_check(
    "inventory.consumption-left-the-stock",
    statement(
        "SELECT 'consumption ' || c.id, c.quantity FROM inventory_consumption c WHERE NOT EXISTS"
        " (SELECT 1 FROM inventory_stockmove m WHERE m.event_id = c.event_id AND m.lot_id = c.lot_id"
        " AND m.quantity = c.quantity AND m.to_location_id IS NULL) ORDER BY c.id",
        "{1} was used without leaving the stock",
    ),
)
register_check(
    "inventory.awaited-lines-are-those-not-come",
    statement(
        "SELECT 'ship notice line ' || l.id, l.quantity - COALESCE(SUM(r.quantity), 0) FROM inventory_shipnoticeline l"
        " LEFT JOIN inventory_goodsreceipt r ON r.line_id = l.id"
        " LEFT JOIN inventory_awaitedline a ON a.line_id = l.id GROUP BY l.id, a.line_id"
        " HAVING (l.quantity > COALESCE(SUM(r.quantity), 0)) <> (a.line_id IS NOT NULL) ORDER BY l.id",
        "{1} are to come, and the list of what is awaited says otherwise",
    ),
)
register_check(
    "inventory.receipts-are-within-their-lines",
    statement(
        "SELECT 'ship notice line ' || l.id, l.quantity, SUM(r.quantity) FROM inventory_shipnoticeline l"
        " JOIN inventory_goodsreceipt r ON r.line_id = l.id GROUP BY l.id, l.quantity"
        " HAVING SUM(r.quantity) > l.quantity + COALESCE((SELECT SUM(d.quantity) FROM inventory_discrepancy d"
        "  WHERE d.line_id = l.id AND d.kind = 'over' AND d.settlement = 'accept'), 0) ORDER BY l.id",
        "{1} were announced, and what is too much was accepted apart; {2} are received",
    ),
)
