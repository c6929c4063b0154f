"""What a recall speaks of in the stores: the units of lots, lists and deliveries, each with the reason why.

What was set apart of a lot is meant with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from inventory.models import Criterion


@dataclass(frozen=True, slots=True)
class Start:
    """One unit that a criterion hits. `how`: made (of the lot), used (the lot went into it), named (on the list),
    supplied, worked (at the station), tooled (with the tool), handled (by the person), runs (the firmware). `what` is
    the lot, supplier, station, tool, person or version; `detail` the part, operations or position that say where."""

    unit_id: int
    how: str
    what: str
    detail: str = ""
    quantity: Decimal = Decimal(1)


@dataclass(slots=True)
class Starts:
    """What a criterion hits before anybody walks upwards. `unknown`: names that are nothing here (yet)."""

    units: list[Start] = field(default_factory=list)
    lot_ids: list[int] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


_LOTS = """
WITH RECURSIVE meant AS (
  SELECT id FROM inventory_lot WHERE number = ANY(%(names)s) OR tag = ANY(%(names)s)
  UNION
  SELECT l.id FROM meant JOIN inventory_lot l ON l.origin_id = meant.id
)
SELECT l.id, l.number, l.tag FROM meant JOIN inventory_lot l ON l.id = meant.id
JOIN inventory_part p ON p.id = l.part_id JOIN ledger_event e ON e.id = l.event_id
WHERE (%(part)s = '' OR p.number = %(part)s)
  AND (%(at)s::timestamptz IS NULL OR e.recorded_at <= %(at)s) ORDER BY l.id
"""

_OF_LOTS = """
SELECT u.id, 'made', l.number, p.number, 1::numeric
FROM inventory_unit u JOIN inventory_lot l ON l.id = u.lot_id JOIN inventory_part p ON p.id = u.part_id
WHERE u.lot_id = ANY(%(lots)s) AND (%(at)s::timestamptz IS NULL OR u.born_at <= %(at)s)
UNION ALL
SELECT c.host_id, 'used', l.number, p.number, SUM(c.quantity)
FROM inventory_consumption c JOIN inventory_lot l ON l.id = c.lot_id JOIN inventory_part p ON p.id = l.part_id
JOIN ledger_event e ON e.id = c.event_id
WHERE c.lot_id = ANY(%(lots)s) AND (%(at)s::timestamptz IS NULL OR e.recorded_at <= %(at)s)
GROUP BY c.host_id, l.number, p.number ORDER BY 1, 2, 3
"""

_NAMED = """
SELECT n.name, u.id, p.number, u.serial FROM unnest(%(names)s::text[]) AS n(name)
JOIN LATERAL (
  SELECT t.id FROM inventory_unit t WHERE t.tag = n.name
  UNION SELECT i.unit_id FROM inventory_identifier i WHERE i.normalised = n.name
  UNION SELECT i.unit_id FROM inventory_identifier i JOIN inventory_part q ON q.id = i.part_id
    WHERE strpos(n.name, ':') > 0 AND i.normalised = substr(n.name, strpos(n.name, ':') + 1)
      AND q.number = split_part(n.name, ':', 1)
) f ON true
JOIN inventory_unit u ON u.id = f.id JOIN inventory_part p ON p.id = u.part_id
WHERE (%(part)s = '' OR p.number = %(part)s) AND (%(at)s::timestamptz IS NULL OR u.born_at <= %(at)s)
ORDER BY u.id
"""

_SUPPLIERS = "SELECT code FROM inventory_supplier WHERE code = ANY(%(names)s)"

# What was born inside a delivered board (a CPU without a label) is hit through its board.
_SUPPLIED = """
SELECT u.id, 'supplied', s.code, p.number, 1::numeric
FROM inventory_unit u JOIN inventory_supplier s ON s.id = u.supplier_id JOIN inventory_part p ON p.id = u.part_id
WHERE s.code = ANY(%(names)s) AND u.serial <> '' AND (%(part)s = '' OR p.number = %(part)s)
  AND (%(from)s::timestamptz IS NULL OR u.born_at >= %(from)s)
  AND (%(to)s::timestamptz IS NULL OR u.born_at <= %(to)s)
  AND (%(at)s::timestamptz IS NULL OR u.born_at <= %(at)s)
ORDER BY u.id
"""

_DELIVERED_LOTS = """
WITH RECURSIVE meant AS (
  SELECT l.id FROM inventory_goodsreceipt r JOIN inventory_lot l ON l.id = r.lot_id
  JOIN inventory_supplier s ON s.id = l.supplier_id JOIN inventory_part p ON p.id = l.part_id
  WHERE s.code = ANY(%(names)s) AND (%(part)s = '' OR p.number = %(part)s)
    AND (%(from)s::timestamptz IS NULL OR r.at >= %(from)s) AND (%(to)s::timestamptz IS NULL OR r.at <= %(to)s)
    AND (%(at)s::timestamptz IS NULL OR r.at <= %(at)s)
  UNION
  SELECT l.id FROM meant JOIN inventory_lot l ON l.origin_id = meant.id
  JOIN ledger_event e ON e.id = l.event_id WHERE %(at)s::timestamptz IS NULL OR e.recorded_at <= %(at)s
)
SELECT id FROM meant ORDER BY 1
"""


def stored_starts(wish: Criterion, as_of: datetime | None = None) -> Starts:
    """What a criterion of the stores (lots, serials, supplier) hits; its names are normalised. At most three queries.

    `as_of` None means now; otherwise only what was there and used by that instant. The part narrows the lot, the unit
    or the delivered part, not what they went into."""
    values: dict[str, Any] = {
        "names": wish.names,
        "part": wish.part,
        "from": wish.from_at,
        "to": wish.to_at,
        "at": as_of,
    }
    if wish.kind == "lots":
        return _of_lots(values)
    if wish.kind == "serials":
        return _of_serials(values)
    return _of_suppliers(values)


def _of_lots(values: dict[str, Any]) -> Starts:
    lots = _rows(_LOTS, values)
    found = _starts_of_lots([row[0] for row in lots], values)
    known = {row[1] for row in lots} | {row[2] for row in lots}
    return Starts(found, [row[0] for row in lots], [name for name in _names(values) if name not in known])


def _of_serials(values: dict[str, Any]) -> Starts:
    rows = _rows(_NAMED, values)
    found = {row[1]: Start(row[1], "named", row[0], row[2]) for row in rows}
    known = {row[0] for row in rows}
    return Starts(list(found.values()), [], [name for name in _names(values) if name not in known])


def _of_suppliers(values: dict[str, Any]) -> Starts:
    known = {row[0] for row in _rows(_SUPPLIERS, values)}
    lots = [row[0] for row in _rows(_DELIVERED_LOTS, values)]
    units = [Start(*row) for row in _rows(_SUPPLIED, values)]
    there = {start.unit_id for start in units}
    of_lots = [start for start in _starts_of_lots(lots, values) if start.how == "used" or start.unit_id not in there]
    return Starts(units + of_lots, lots, [name for name in _names(values) if name not in known])


def _starts_of_lots(lot_ids: Sequence[int], values: dict[str, Any]) -> list[Start]:
    if not lot_ids:
        return []
    return [Start(*row) for row in _rows(_OF_LOTS, values | {"lots": list(lot_ids)})]


def _names(values: dict[str, Any]) -> list[str]:
    names = values["names"]
    return list(names) if isinstance(names, list) else []


def _rows(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
