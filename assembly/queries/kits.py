"""Kits: what is fetched, what is still wanted and where it lies, oldest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from assembly.models import Kit, KitLine, KitPick
from ledger.statements import ask

MOST = 120
"""Candidates of one part that are read: more than any build takes of one."""


def kit_rows(*, text: str = "", state: str = "", kind: str = "") -> QuerySet[Kit]:
    """Kits with `line_count` and `done_count` (lines with all that they want), newest first. `state`: open, complete,
    cancelled; `kind`: rack, tray. One query a page."""
    lines = KitLine.objects.filter(kit=OuterRef("pk")).order_by().values("kit")
    picks = KitPick.objects.filter(line__kit=OuterRef("pk")).exclude(ended_why="returned").order_by()
    rows = Kit.objects.select_related(
        "build__unit", "build__design__part_revision__part", "location", "opened_by"
    ).annotate(
        line_count=Coalesce(Subquery(lines.annotate(n=Count("pk")).values("n")), 0),
        done_count=Coalesce(
            Subquery(picks.values("line__kit").annotate(n=Count("line", distinct=True)).values("n")), 0
        ),
    )
    if text:
        rows = rows.filter(
            Q(number=text.upper()) | Q(build__unit__serial=text) | Q(build__unit__tag=text)
            | Q(build__order_number__icontains=text)
        )  # fmt: skip
    if kind:
        rows = rows.filter(build__design__kind=kind)
    if state == "open":
        rows = rows.filter(completed_at=None, cancelled_at=None)
    elif state == "complete":
        rows = rows.filter(completed_at__isnull=False)
    elif state == "cancelled":
        rows = rows.filter(cancelled_at__isnull=False)
    return rows.order_by("-pk")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something free in stock that a line may take: a unit, or what is left of a lot at a place."""

    part_id: int
    tag: str
    name: str
    place: str
    place_ja: str
    place_en: str
    since: datetime | None
    expires_on: date | None
    quantity: Decimal

    @property
    def place_name(self) -> str:
        return self.place_en if get_language() == "en" else self.place_ja


_UNITS = """
SELECT * FROM (
  SELECT u.part_id, u.tag, coalesce(nullif(u.serial, ''), u.tag), l.code, l.name_ja, l.name_en, u.born_at,
    lot.expires_on, 1::numeric, row_number() OVER (PARTITION BY u.part_id ORDER BY u.born_at, u.id) AS place
  FROM inventory_unit u
  JOIN inventory_placement p ON p.unit_id = u.id AND p.to_at IS NULL
  JOIN inventory_location l ON l.id = p.location_id AND l.kind IN ('receiving', 'store', 'line', 'station')
  LEFT JOIN inventory_lot lot ON lot.id = u.lot_id
  WHERE u.part_id = ANY(%s::bigint[]) AND u.ended_at IS NULL AND coalesce(lot.expires_on >= %s, true)
  AND NOT EXISTS (SELECT 1 FROM inventory_hold h
    WHERE h.released_at IS NULL AND (h.unit_id = u.id OR h.lot_id = u.lot_id))
  AND NOT EXISTS (SELECT 1 FROM assembly_build b WHERE b.unit_id = u.id AND b.completed_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM assembly_kitpick k WHERE k.picked_unit_id = u.id AND k.ended_at IS NULL)
) free WHERE place <= %s ORDER BY part_id, place
"""

_LOTS = """
SELECT o.part_id, o.tag, o.number, l.code, l.name_ja, l.name_en, NULL, o.expires_on, s.quantity
FROM inventory_stock s JOIN inventory_lot o ON o.id = s.lot_id
JOIN inventory_location l ON l.id = s.location_id AND l.kind IN ('receiving', 'store', 'line', 'station')
WHERE o.part_id = ANY(%s::bigint[]) AND s.quantity > 0 AND coalesce(o.expires_on >= %s, true)
AND NOT EXISTS (SELECT 1 FROM inventory_hold h WHERE h.released_at IS NULL AND h.lot_id = o.id)
ORDER BY o.part_id, o.expires_on NULLS LAST, o.id, l.code
"""


def candidates(part_ids: Sequence[int], lot_part_ids: Sequence[int], today: date) -> dict[int, list[Candidate]]:
    """What is free of these parts, by part, the oldest (of lots: what expires first) first. Two queries."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    units = ask(_UNITS, [list(part_ids), today, MOST]) if part_ids else []
    for row in units:
        found[row[0]].append(Candidate(*row[:9]))
    for row in ask(_LOTS, [list(lot_part_ids), today]) if lot_part_ids else []:
        found[row[0]].append(Candidate(*row))
    return found


@dataclass(frozen=True, slots=True)
class LineState:
    """A line of a kit: what was fetched for it, what is left to fetch, and where the next of it lies. `short`: nothing
    fits in stock now."""

    line: KitLine
    picks: list[KitPick]
    left: Decimal
    next: Candidate | None
    short: bool

    @property
    def is_done(self) -> bool:
        return self.left <= 0


def kit_lines(kit: Kit, today: date) -> list[LineState]:
    """The lines of a kit in the order of its list. Each free unit is suggested once. Four queries."""
    lines = list(KitLine.objects.filter(kit=kit).select_related("part", "slot"))
    picked: dict[int, list[KitPick]] = defaultdict(list)
    picks = KitPick.objects.filter(line__kit=kit).exclude(ended_why="returned")
    for pick in picks.select_related("picked_unit", "lot", "taken_from", "by"):
        picked[pick.line_id].append(pick)
    left = {line.pk: line.quantity - sum((one.quantity for one in picked[line.pk]), Decimal(0)) for line in lines}
    wanting = [line for line in lines if left[line.pk] > 0] if kit.is_open else []
    parts = {part for line in wanting if line.slot for part in (line.part_id, *line.slot.alternates)}
    free = candidates(sorted(parts), sorted({line.part_id for line in wanting if line.slot is None}), today)
    states = []
    for line in lines:
        suggestion = _suggested(line, left[line.pk], free) if left[line.pk] > 0 and kit.is_open else None
        short = left[line.pk] > 0 and kit.is_open and suggestion is None
        states.append(LineState(line, picked[line.pk], left[line.pk], suggestion, short))
    return states


def _suggested(line: KitLine, left: Decimal, free: dict[int, list[Candidate]]) -> Candidate | None:
    if line.slot is None:
        there = free.get(line.part_id, [])
        return next((one for one in there if one.quantity >= left), there[0] if there else None)
    for part_id in (line.part_id, *line.slot.alternates):
        if free.get(part_id):
            return free[part_id].pop(0)
    return None


_SHORT = """
WITH wanted AS (
  SELECT l.kit_id, l.part_id, sum(l.quantity - coalesce(k.picked, 0)) AS quantity
  FROM assembly_kitline l JOIN assembly_kit t ON t.id = l.kit_id AND t.completed_at IS NULL AND t.cancelled_at IS NULL
  JOIN assembly_build b ON b.id = t.build_id JOIN inventory_unit u ON u.id = b.unit_id AND u.ended_at IS NULL
  LEFT JOIN (SELECT line_id, sum(quantity) AS picked FROM assembly_kitpick WHERE ended_why <> 'returned'
    GROUP BY line_id) k ON k.line_id = l.id
  WHERE l.quantity > coalesce(k.picked, 0) GROUP BY l.kit_id, l.part_id
), free AS (
  SELECT u.part_id, count(*)::numeric AS quantity FROM inventory_unit u
  JOIN inventory_placement p ON p.unit_id = u.id AND p.to_at IS NULL
  JOIN inventory_location l ON l.id = p.location_id AND l.kind IN ('receiving', 'store', 'line', 'station')
  WHERE u.part_id IN (SELECT part_id FROM wanted) AND u.ended_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM inventory_hold h
    WHERE h.released_at IS NULL AND (h.unit_id = u.id OR h.lot_id = u.lot_id))
  AND NOT EXISTS (SELECT 1 FROM assembly_build b WHERE b.unit_id = u.id AND b.completed_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM assembly_kitpick k WHERE k.picked_unit_id = u.id AND k.ended_at IS NULL)
  GROUP BY u.part_id
  UNION ALL
  SELECT o.part_id, sum(s.quantity) FROM inventory_stock s JOIN inventory_lot o ON o.id = s.lot_id
  WHERE o.part_id IN (SELECT part_id FROM wanted) AND coalesce(o.expires_on >= %s, true)
  AND NOT EXISTS (SELECT 1 FROM inventory_hold h WHERE h.released_at IS NULL AND h.lot_id = o.id)
  GROUP BY o.part_id
), served AS (
  SELECT w.kit_id, w.part_id, w.quantity, b.unit_id, b.need_by, greatest(coalesce(f.quantity, 0) - coalesce(
    sum(w.quantity) OVER (PARTITION BY w.part_id ORDER BY o.place NULLS LAST, b.need_by NULLS LAST, w.kit_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0) AS free,
    row_number() OVER (ORDER BY o.place NULLS LAST, b.need_by NULLS LAST, w.kit_id) AS place
  FROM wanted w JOIN assembly_kit t ON t.id = w.kit_id JOIN assembly_build b ON b.id = t.build_id
  LEFT JOIN assembly_buildorder o ON o.id = b.order_id LEFT JOIN free f ON f.part_id = w.part_id
)
SELECT s.kit_id, t.number, coalesce(nullif(u.serial, ''), u.tag), s.need_by, p.number, p.name_ja, p.name_en, s.quantity,
  s.free
FROM served s JOIN assembly_kit t ON t.id = s.kit_id JOIN inventory_unit u ON u.id = s.unit_id
JOIN inventory_part p ON p.id = s.part_id WHERE s.quantity > s.free ORDER BY s.place, p.number
"""
"""What is free goes to the kits in the order in which their orders shall be built; kits of no order come last, the
one needed first before the others."""


@dataclass(frozen=True, slots=True)
class KitShortage:
    """A part of which an open kit wants more than is `free` for it: what the kits before it leave."""

    kit_id: int
    kit: str
    build: str
    need_by: date | None
    part_number: str
    name_ja: str
    name_en: str
    wanted: Decimal
    free: Decimal

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def missing(self) -> Decimal:
        return self.wanted - self.free


def kit_shortages(today: date) -> list[KitShortage]:
    """What the open kits lack now, in the order in which they are built. One query, for planner and control tower."""
    return [KitShortage(*row) for row in ask(_SHORT, [today])]
