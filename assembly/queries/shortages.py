"""Shortages by date: what open builds and planned orders still need, against stock and what is announced.

Set-based: nine queries, however many orders. The arithmetic is plain netting by date, level by level: a tray that is
short is built, and so needs its own parts earlier by its lead. What a running build needs comes from its frozen slots,
what an order needs from the design (its own, or the one effective on its start day)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from assembly.models import BuildOrder, Design
from inventory.models import Part
from inventory.queries.held import HELD

WEEKS = 8
"""Weeks that the page shows."""
INBOUND_DAYS = 14
"""Days from a supplier's shipping to receipt where its own past receipts say nothing (planning figure, L)."""
NOTICES = 30
"""A supplier's latest ship notices, whose receipts tell how long its goods are under way: not those of years ago."""


@dataclass(frozen=True, slots=True)
class Need:
    """So many pieces of a part wanted on a day, for an order or a build (`why`)."""

    day: date
    quantity: Decimal
    why: str
    order_id: int | None = None
    build: str = ""


@dataclass(slots=True)
class PartPlan:
    """One part over time. `stock`: free and good now; `coming`: day → announced; `needs` by day; `short_on`: the first
    day on which the running balance falls below zero; `short`: how deep it falls at most (0 = never)."""

    part: Part
    stock: Decimal = Decimal(0)
    coming: dict[date, Decimal] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    made: bool = False
    """The plant builds it: its shortages are built, and asked of its parts."""
    short_on: date | None = None
    short: Decimal = Decimal(0)

    @property
    def needed(self) -> Decimal:
        return sum((need.quantity for need in self.needs), Decimal(0))

    @property
    def announced(self) -> Decimal:
        return sum(self.coming.values(), Decimal(0))

    def balances(self, days: Iterable[date]) -> list[Decimal]:
        """The balance at the end of each of these days."""
        found = []
        for day in days:
            came = sum((quantity for at, quantity in self.coming.items() if at <= day), Decimal(0))
            gone = sum((need.quantity for need in self.needs if need.day <= day), Decimal(0))
            found.append(self.stock + came - gone)
        return found

    def net(self) -> list[tuple[date, Decimal]]:
        """Go through the days: what is missing on each that was not missing before; notes when and how deep."""
        changes: dict[date, Decimal] = defaultdict(Decimal)
        for day, quantity in self.coming.items():
            changes[day] += quantity
        for need in self.needs:
            changes[need.day] -= need.quantity
        balance, covered, missing = self.stock, Decimal(0), []
        for day in sorted(changes):
            balance += changes[day]
            if balance + covered < 0:
                missing.append((day, -(balance + covered)))
                covered = -balance
                self.short_on = self.short_on or day
        self.short = covered
        return missing


_OPEN_SLOTS = """
SELECT s.part_id, count(*), coalesce(nullif(u.serial, ''), u.tag) FROM assembly_slot s
JOIN assembly_build b ON b.id = s.build_id JOIN inventory_unit u ON u.id = b.unit_id
LEFT JOIN LATERAL (
  SELECT true AS there FROM inventory_placement p
  WHERE p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL LIMIT 1
) filled ON true
WHERE b.completed_at IS NULL AND b.origin = 'plant' AND u.ended_at IS NULL AND s.required AND filled.there IS NULL
GROUP BY s.part_id, u.tag, u.serial
"""

_STOCK = f"""
WITH {HELD}
SELECT u.part_id, count(*)::numeric FROM inventory_placement p JOIN inventory_unit u ON u.id = p.unit_id
JOIN inventory_location l ON l.id = p.location_id
WHERE p.to_at IS NULL AND l.kind IN ('receiving', 'store', 'line', 'station') AND u.ended_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM held WHERE held.id = u.id)
  AND NOT EXISTS (SELECT 1 FROM assembly_build b WHERE b.unit_id = u.id AND b.completed_at IS NULL)
GROUP BY 1
UNION ALL
SELECT o.part_id, sum(s.quantity) FROM inventory_stock s JOIN inventory_lot o ON o.id = s.lot_id
JOIN inventory_location l ON l.id = s.location_id AND l.kind <> 'quarantine'
WHERE NOT EXISTS (SELECT 1 FROM inventory_hold h WHERE h.lot_id = o.id AND h.released_at IS NULL) GROUP BY 1
UNION ALL
SELECT u.part_id, count(*)::numeric FROM assembly_build b JOIN inventory_unit u ON u.id = b.unit_id
JOIN inventory_placement p ON p.unit_id = u.id AND p.to_at IS NULL AND p.location_id IS NOT NULL
WHERE b.completed_at IS NULL AND b.origin = 'plant' AND u.ended_at IS NULL GROUP BY 1
"""
"""Free units, quantities of lots, and builds that are running: those come in before they are missed."""

# OFFSET 0: lines and receipts by their keys. The planner takes them for large parts of the history and reads all of it.
_COMING = """
WITH awaited AS MATERIALIZED (
  SELECT l.part_id, l.notice_id, n.supplier_id, n.shipped_at, l.quantity - coalesce(c.quantity, 0) AS quantity
  FROM inventory_awaitedline a
  CROSS JOIN LATERAL (SELECT * FROM inventory_shipnoticeline WHERE id = a.line_id OFFSET 0) l
  JOIN inventory_shipnotice n ON n.id = l.notice_id
  CROSS JOIN LATERAL (SELECT sum(quantity) AS quantity FROM inventory_goodsreceipt WHERE line_id = l.id) c
), usual AS (
  SELECT s.supplier_id,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.at - n.shipped_at)) / 86400 AS days
  FROM (SELECT DISTINCT supplier_id FROM awaited) s
  CROSS JOIN LATERAL (
    SELECT id, shipped_at FROM inventory_shipnotice WHERE supplier_id = s.supplier_id ORDER BY id DESC
    LIMIT %(notices)s) n
  JOIN inventory_shipnoticeline l ON l.notice_id = n.id
  CROSS JOIN LATERAL (SELECT at FROM inventory_goodsreceipt WHERE line_id = l.id OFFSET 0) r
  GROUP BY s.supplier_id
)
SELECT w.part_id, (w.shipped_at + make_interval(hours => (24 * coalesce(u.days, %(days)s))::int))::date, sum(w.quantity)
FROM awaited w LEFT JOIN usual u ON u.supplier_id = w.supplier_id GROUP BY 1, 2
"""

_LEADS = """
SELECT d.id, sum(o.standard_minutes + coalesce(o.soak_minutes, 0)) FROM assembly_design d
JOIN assembly_routingoperation o ON o.routing_id = d.routing_id WHERE d.id = ANY(%s) GROUP BY 1
"""

_CONTENTS = """
SELECT d.id, s.part_id, count(*)::numeric FROM assembly_design d JOIN assembly_designslot s ON s.design_id = d.id
WHERE d.id = ANY(%(designs)s) AND s.required GROUP BY 1, 2
UNION ALL
SELECT d.id, l.part_id, sum(l.quantity) FROM assembly_design d
JOIN LATERAL (
  SELECT b.id FROM inventory_bom b WHERE b.released_at IS NOT NULL AND (d.bom_id = b.id OR (d.bom_id IS NULL
    AND b.part_revision_id = d.part_revision_id AND (b.effective_from IS NULL OR b.effective_from <= %(today)s)))
  ORDER BY b.effective_from DESC NULLS LAST, b.id DESC LIMIT 1
) bill ON true JOIN inventory_bomline l ON l.bom_id = bill.id
JOIN inventory_part p ON p.id = l.part_id AND p.traceability <> 'serial'
WHERE d.id = ANY(%(designs)s) GROUP BY 1, 2
"""


def part_plans(today: date) -> dict[int, PartPlan]:
    """Every part that anything open needs, netted by date. Nine queries, however many orders and builds."""
    designs = {design.part_revision.part_id: design for design in _effective(today)}
    orders = list(BuildOrder.objects.open().select_related("product", "design").prefetch_related("builds"))
    wanted = {design.pk for design in designs.values()} | {order.design_id for order in orders if order.design_id}
    contents, leads = _contents(sorted(wanted), today), _leads(sorted(wanted))
    needs: dict[int, list[Need]] = defaultdict(list)
    for part_id, count, name in _rows(_OPEN_SLOTS):  # a running build wants its parts today
        needs[part_id].append(Need(today, Decimal(count), name, build=name))
    for order in orders:
        left = order.quantity - len(order.builds.all())
        design = order.design or designs.get(order.product_id)
        if left > 0 and design is not None:
            start = max(order.start_on, today)
            for part_id, each in contents.get(design.pk, {}).items():
                needs[part_id].append(Need(start, each * left, order.number, order.pk))
    return _netted(today, needs, designs, contents, leads)


def _netted(
    today: date,
    needs: dict[int, list[Need]],
    designs: dict[int, Design],
    contents: dict[int, dict[int, Decimal]],
    leads: dict[int, int],
) -> dict[int, PartPlan]:
    """Level by level from above: what is short of a part that the plant builds is asked of its contents, earlier by
    its lead. A part never holds one of its own level, so each is done once all that asks for it is."""
    stock, coming = _stock(), _coming(today)
    made = {part_id for part_id, design in designs.items() if design.unit_prefix}
    parts = Part.objects.in_bulk({*needs, *(part for content in contents.values() for part in content)})
    plans = {
        key: PartPlan(part, stock.get(key, Decimal(0)), coming.get(key, {}), needs.get(key, []), key in made)
        for key, part in parts.items()
    }
    for plan in sorted(plans.values(), key=lambda one: (-one.part.level, one.part.number)):
        missing = plan.net()
        if not plan.made:
            continue
        design = designs[plan.part.pk]
        lead = timedelta(days=leads.get(design.pk, 1))
        for day, quantity in missing:
            for child, each in contents.get(design.pk, {}).items():
                need = Need(max(day - lead, today), each * quantity, plan.part.number)
                plans[child].needs.append(need)
    return {key: plan for key, plan in plans.items() if plan.needs}


def shortages(today: date) -> list[PartPlan]:
    """The parts that will be short, the earliest first; parts that the plant builds are not bought, so not here."""
    short = [plan for plan in part_plans(today).values() if plan.short > 0 and not plan.made]
    return sorted(short, key=lambda plan: (plan.short_on or today, -plan.short, plan.part.number))


def weeks_from(today: date) -> list[date]:
    """The last days (Sundays) of the weeks that are shown."""
    sunday = today + timedelta(days=6 - today.weekday())
    return [sunday + timedelta(weeks=number) for number in range(WEEKS)]


def _effective(today: date) -> list[Design]:
    return list(Design.objects.effective(today).select_related("part_revision"))


def _rows(sql: str, values: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _stock() -> dict[int, Decimal]:
    found: dict[int, Decimal] = defaultdict(Decimal)
    for part_id, quantity in _rows(_STOCK):
        found[int(part_id)] += Decimal(quantity)
    return found


def _coming(today: date) -> dict[int, dict[date, Decimal]]:
    """Announced and not received, by the day it is to be expected; what should have come is expected tomorrow."""
    found: dict[int, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for part_id, day, quantity in _rows(_COMING, {"days": INBOUND_DAYS, "notices": NOTICES}):
        found[part_id][max(day, today + timedelta(days=1))] += quantity
    return found


def _leads(designs: list[int]) -> dict[int, int]:
    """Days from start to end of a build by its routing's standard and soak times, round the clock, at least one."""
    return {key: max(1, math.ceil(minutes / 1440)) for key, minutes in _rows(_LEADS, [designs])}


def _contents(designs: list[int], today: date) -> dict[int, dict[int, Decimal]]:
    found: dict[int, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for design_id, part_id, quantity in _rows(_CONTENTS, {"designs": designs, "today": today}):
        found[design_id][part_id] += quantity
    return found
