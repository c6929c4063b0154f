"""The control tower: what is in work, on the way, short and to be decided, and whether the site's plan is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from inventory.models import Hold
from inventory.queries.held import HELD
from logistics.models import Lane, Shipment, Site
from logistics.queries.exceptions import key_of
from logistics.queries.kept import kept_outlook
from logistics.queries.lives import RackLife
from logistics.queries.outlook import PLANT, Outlook
from logistics.queries.shipment_map import lanes_on_map
from logistics.queries.shipments import open_shipments

STALE_AFTER = timedelta(hours=6)
"""A shipment on the way of which nothing was heard for so long."""

HOLDS_SHOWN = 20

_COUNTED = """
SELECT 'received', (come.received_at AT TIME ZONE 'Asia/Tokyo')::date, count(*)
FROM (
  SELECT sc.crate_id, a.received_at FROM logistics_arrival a
  JOIN logistics_shipmentcrate sc ON sc.shipment_id = a.shipment_id
  WHERE NOT EXISTS (SELECT 1 FROM logistics_cratearrival x WHERE x.shipment_crate_id = sc.id)
  UNION ALL
  SELECT sc.crate_id, x.received_at FROM logistics_cratearrival x
  JOIN logistics_shipmentcrate sc ON sc.id = x.shipment_crate_id
) come
JOIN logistics_crate c ON c.id = come.crate_id JOIN ledger_event e ON e.id = c.event_id
WHERE come.received_at <= %(as_of)s AND NOT EXISTS (
  SELECT 1 FROM logistics_sitereturn r
  WHERE r.unit_id = e.subject_id AND r.cancelled_at IS NULL AND r.opened_event_id < c.event_id)
GROUP BY 2
UNION ALL
SELECT 'needed', b.need_by, count(*) FROM assembly_build b JOIN assembly_design d ON d.id = b.design_id
JOIN inventory_unit u ON u.id = b.unit_id AND u.ended_at IS NULL
WHERE d.kind = 'rack' AND b.need_by IS NOT NULL GROUP BY 2
UNION ALL
SELECT 'limit ' || l.stage, NULL, l.most FROM (
  SELECT DISTINCT ON (stage) stage, most FROM logistics_worklimit ORDER BY stage, id DESC) l WHERE l.most IS NOT NULL
ORDER BY 1, 2
"""

# OFFSET 0: from what lies on stock and is awaited to each row by its key. The planner takes both for large parts of
# the plant's history, which it then reads as a whole; they stay as small as the stock while the history grows.
_SHORT = f"""
WITH {HELD}, wanted AS (
  SELECT s.part_id, count(*) AS needed, min(b.need_by) AS stops
  FROM assembly_slot s JOIN assembly_build b ON b.id = s.build_id AND b.completed_at IS NULL
  JOIN inventory_unit made ON made.id = b.unit_id AND made.ended_at IS NULL
  LEFT JOIN LATERAL (
    SELECT true AS there FROM inventory_placement p
    WHERE p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL LIMIT 1
  ) filled ON true
  WHERE s.required AND filled.there IS NULL
  GROUP BY s.part_id
), have AS (
  SELECT u.part_id, count(*) FILTER (WHERE held.id IS NULL) AS good, count(held.id) AS held
  FROM inventory_location l JOIN inventory_placement p ON p.location_id = l.id AND p.to_at IS NULL
  CROSS JOIN LATERAL (SELECT id, part_id FROM inventory_unit WHERE id = p.unit_id AND ended_at IS NULL OFFSET 0) u
  JOIN wanted ON wanted.part_id = u.part_id
  LEFT JOIN held ON held.id = u.id
  GROUP BY u.part_id
), coming AS (
  SELECT l.part_id, sum(l.quantity) AS quantity, min(n.shipped_at) AS shipped_at
  FROM inventory_awaitedline a
  CROSS JOIN LATERAL (SELECT id, notice_id, part_id, quantity FROM inventory_shipnoticeline WHERE id = a.line_id
                      AND part_id IN (SELECT part_id FROM wanted) OFFSET 0) l
  JOIN inventory_shipnotice n ON n.id = l.notice_id
  WHERE NOT EXISTS (SELECT 1 FROM inventory_goodsreceipt r WHERE r.line_id = l.id)
  GROUP BY l.part_id
)
SELECT p.number, p.name_ja, p.name_en, w.needed, coalesce(h.good, 0), coalesce(h.held, 0), w.stops,
       coalesce(c.quantity, 0), c.shipped_at
FROM wanted w JOIN inventory_part p ON p.id = w.part_id
LEFT JOIN have h ON h.part_id = w.part_id LEFT JOIN coming c ON c.part_id = w.part_id
WHERE w.needed > coalesce(h.good, 0)
ORDER BY w.stops NULLS LAST, w.needed - coalesce(h.good, 0) DESC, p.number LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class Shortage:
    """A part of which the open builds need more than there is good stock. `coming`: announced, not received."""

    number: str
    name_ja: str
    name_en: str
    needed: int
    good: int
    held: int
    stops_on: date | None
    coming: int
    shipped_at: datetime | None

    @property
    def short(self) -> int:
        return self.needed - self.good


@dataclass(frozen=True, slots=True)
class WorkStage:
    """Racks in one stage of their routes, and how long closed stays there lasted (days)."""

    key: str
    count: int
    days: tuple[float, ...]


@dataclass(frozen=True)
class Tower:
    """Everything the control tower shows, as known at one instant."""

    as_of: datetime
    view: Outlook
    shipments: tuple[Shipment, ...]
    racks: dict[int, list[int]]
    """Rack unit ids by shipment id."""
    received: tuple[tuple[date, int], ...]
    needed: tuple[tuple[date, int], ...]
    shortages: tuple[Shortage, ...]
    holds: tuple[Hold, ...]
    lanes: tuple[Lane, ...]
    sites: dict[str, Site]
    limits: dict[str, int]
    """How many racks may stand in a stage, where a limit is released."""
    owners: dict[str, dict[str, str]]
    """Who has exceptions of these shipments in hand (names by language), by the exception's key."""

    @property
    def received_count(self) -> int:
        return sum(count for _day, count in self.received)

    @property
    def needed_by_now(self) -> int:
        today = self.as_of.astimezone(PLANT).date()
        return sum(count for day, count in self.needed if day <= today)


def control_tower(as_of: datetime) -> Tower:
    """The facts of the control tower. Eight queries."""
    shipments = open_shipments()
    counted = counted_racks(as_of)
    view = kept_outlook(as_of)
    lanes = [lane for lane in lanes_on_map() if lane.destination.kind == "customer"]
    return Tower(
        as_of=as_of,
        view=view,
        shipments=tuple(shipments),
        racks=racks_on(view.lives),
        received=tuple((day, count) for kind, day, count in counted if kind == "received"),
        needed=tuple((day, count) for kind, day, count in counted if kind == "needed"),
        shortages=tuple(short_parts()),
        holds=tuple(_holds()),
        lanes=tuple(lanes),
        sites={site.kind: site for lane in lanes for site in (lane.origin, lane.destination)},
        limits={kind.removeprefix("limit "): most for kind, _day, most in counted if kind.startswith("limit ")},
        owners={
            key_of(one["kind"], shipment.number, one["subject"]): one
            for shipment in shipments
            for one in shipment.in_care  # type: ignore[attr-defined]
        },
    )


def racks_on(lives: Iterable[RackLife]) -> dict[int, list[int]]:
    """Rack unit ids by the shipment they were packed for."""
    found: dict[int, list[int]] = {}
    for life in lives:
        if life.shipment_id is not None:
            found.setdefault(life.shipment_id, []).append(life.unit_id)
    return found


def counted_racks(as_of: datetime) -> list[tuple[str, date, int]]:
    """("received" or "needed", day, racks), by day. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"as_of": as_of})
        return list(cursor.fetchall())


def short_parts() -> list[Shortage]:
    """What the open builds lack now. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SHORT)
        return [Shortage(*row) for row in cursor.fetchall()]


def _holds() -> list[Hold]:
    """The latest open holds."""
    rows = Hold.objects.open().select_related("unit__build__design", "lot", "placed_by")
    return list(rows.order_by("-placed_at")[:HOLDS_SHOWN])


AFTER_ROUTE = ("waiting_truck", "on_the_way", "at_site")
"""Stages after the route's last operation."""


def work_stages(lives: Sequence[RackLife]) -> list[WorkStage]:
    """Open racks by the stage of their current operation, in the order of the routes, then of the way."""
    open_now = Counter(key for life in lives if (key := work_stage(life)) is not None)
    order = list(dict.fromkeys(step.stage for life in lives for step in life.steps))
    days = _closed_days(lives)
    return [WorkStage(key, open_now[key], tuple(days.get(key, ()))) for key in [*order, *AFTER_ROUTE]]


def work_stage(life: RackLife) -> str | None:
    """The stage of a rack that is not received: of its current operation, or of its way."""
    if life.is_received:
        return None
    if life.arrived_at:
        return "at_site"
    if life.departed_at:
        return "on_the_way"
    if life.sealed_at:
        return "waiting_truck"
    return life.current.stage if life.current else "waiting_truck"


def _closed_days(lives: Iterable[RackLife]) -> dict[str, list[float]]:
    """Days of closed stays by work stage: what each operation of the stage took after the stop of the one before it.

    By operation, not from the stage's first to its last: the checks after burn-in belong to the stage before it."""
    days: dict[str, list[float]] = {}
    for life in lives:
        for stage, spent in _stays(life).items():
            days.setdefault(stage, []).append(spent)
    return days


def _stays(life: RackLife) -> dict[str, float]:
    """Days in each work stage that this rack has left for good."""
    stops = [(step.stage, step.passed_at) for step in life.steps]
    stops += [("waiting_truck", life.departed_at), ("on_the_way", life.arrived_at), ("at_site", life.received_at)]
    spent: dict[str, float] = {}
    reached = life.started_at
    left_open = {stage for stage, stop in stops if stop is None}
    for stage, stop in stops:
        if stop is None:
            break
        if stage not in left_open:
            spent[stage] = spent.get(stage, 0.0) + max((stop - reached) / timedelta(days=1), 0.0)
        reached = max(stop, reached)
    return spent
