"""The life of each rack as moments, as known at an instant: one statement.

Moments are `happened_at` of events that were recorded by `as_of`, so that every figure can be recomputed for a past day
(RULINGS 2, leadtime/MODEL.md 4). The shipment is that of the crate which the rack was packed into last before it was
ever returned: a life is the way from the order to the first acceptance, and what follows a return (its own crate and
shipment, the repair, the second way out) has clocks of its own (queries/site_returns.py, decision 0025). Of a shipment
that arrived in parts each rack has the moments of its own crate (decision 0029).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

HISTORY = 300
"""Completed racks that speak for the plant: the latest ones, so that a page costs the same in the tenth year."""

_LIVES = """
WITH chosen AS (
  {chosen}
), rack AS MATERIALIZED (
  SELECT b.id, b.unit_id, u.serial, u.tag, b.order_number, b.need_by, b.origin, d.routing_id,
         b.customer_order_at AS ordered_at, b.kit_ready_at, started.happened_at AS started_at,
         coalesce((SELECT min(r.opened_event_id) FROM logistics_sitereturn r
                   WHERE r.unit_id = b.unit_id AND r.cancelled_at IS NULL), 9223372036854775807) AS until
  FROM assembly_build b
  JOIN assembly_design d ON d.id = b.design_id AND d.kind = 'rack'
  JOIN inventory_unit u ON u.id = b.unit_id
  JOIN ledger_event started ON started.id = b.event_id
    AND started.recorded_at <= %(known_at)s AND started.happened_at <= %(as_of)s
  WHERE b.id IN (SELECT id FROM chosen) AND u.ended_at IS NULL
), trays AS (
  SELECT p.host_id AS unit_id, min(e.happened_at) AS began_at
  FROM rack JOIN inventory_placement p ON p.host_id = rack.unit_id
  JOIN assembly_build b ON b.unit_id = p.unit_id
  JOIN ledger_event e ON e.id = b.event_id AND e.recorded_at <= %(known_at)s AND e.happened_at <= %(as_of)s
  GROUP BY 1
), demand AS (
  SELECT w.build_id, o.operation_id, max(w.event_id) AS event_id
  FROM rack JOIN assembly_rework w ON w.build_id = rack.id AND w.event_id < rack.until
  JOIN assembly_reworkoperation o ON o.rework_id = w.id
  JOIN ledger_event e ON e.id = w.event_id AND e.recorded_at <= %(known_at)s AND e.happened_at <= %(as_of)s
  GROUP BY 1, 2
), run AS MATERIALIZED (
  SELECT r.build_id, r.operation_id, r.attempt, r.started_event_id, s.happened_at AS begun,
         CASE WHEN f.id IS NOT NULL THEN r.result END AS result, f.happened_at AS ended
  FROM assembly_operationrun r
  JOIN rack ON rack.id = r.build_id AND r.started_event_id < rack.until
  JOIN ledger_event s ON s.id = r.started_event_id AND s.recorded_at <= %(known_at)s AND s.happened_at <= %(as_of)s
  LEFT JOIN ledger_event f ON f.id = r.finished_event_id AND f.id < rack.until
    AND f.recorded_at <= %(known_at)s AND f.happened_at <= %(as_of)s
), step AS (
  SELECT rack.id AS build_id, o.number, o.kind, o.stage, o.name_ja, o.name_en,
         min(run.ended) FILTER (WHERE run.result IN ('pass', 'conditional')) AS passed_at,
         max(run.ended) AS ended_at, min(run.begun) AS begun_at,
         coalesce(sum(extract(epoch FROM run.ended - run.begun)), 0) AS touch,
         coalesce(bool_or(run.attempt = 1 AND run.result = 'fail'), false) AS first_failed,
         coalesce((array_agg(run.result IN ('pass', 'conditional')
                             AND run.started_event_id > coalesce(demand.event_id, 0)
                             ORDER BY run.attempt DESC))[1], false) AS done
  FROM rack JOIN assembly_routingoperation o ON o.routing_id = rack.routing_id
  LEFT JOIN run ON run.build_id = rack.id AND run.operation_id = o.id
  LEFT JOIN demand ON demand.build_id = rack.id AND demand.operation_id = o.id
  GROUP BY rack.id, o.id
), steps AS (
  SELECT build_id, json_agg(json_build_array(number, kind, stage, name_ja, name_en, passed_at, ended_at, begun_at,
                                             touch, first_failed, done) ORDER BY number) AS rows
  FROM step GROUP BY build_id
), repairs AS (
  SELECT n.build_id, json_agg(json_build_array(o.happened_at, c.happened_at) ORDER BY n.id) AS rows
  FROM rack JOIN assembly_nonconformity n ON n.build_id = rack.id AND n.opened_event_id < rack.until
  JOIN ledger_event o ON o.id = n.opened_event_id AND o.recorded_at <= %(known_at)s AND o.happened_at <= %(as_of)s
  LEFT JOIN ledger_event c ON c.id = n.closed_event_id AND c.recorded_at <= %(known_at)s AND c.happened_at <= %(as_of)s
  GROUP BY n.build_id
), packed AS (
  SELECT DISTINCT ON (p.unit_id) p.unit_id, c.id AS crate_id, e.happened_at AS sealed_at
  FROM rack JOIN inventory_placement p ON p.unit_id = rack.unit_id
  JOIN logistics_crate c ON c.unit_id = p.host_id AND c.event_id < rack.until
  JOIN ledger_event e ON e.id = c.event_id AND e.recorded_at <= %(known_at)s AND e.happened_at <= %(as_of)s
  ORDER BY p.unit_id, c.id DESC
)
SELECT rack.id, rack.unit_id, rack.serial, rack.tag, rack.order_number, rack.need_by, rack.origin, rack.ordered_at,
       rack.kit_ready_at, least(rack.started_at, trays.began_at), packed.sealed_at,
       departed.happened_at, arrived.happened_at, received.happened_at, accepted.happened_at,
       s.id, s.number, a.outcome, steps.rows, repairs.rows
FROM rack
LEFT JOIN trays ON trays.unit_id = rack.unit_id
LEFT JOIN steps ON steps.build_id = rack.id
LEFT JOIN repairs ON repairs.build_id = rack.id
LEFT JOIN packed ON packed.unit_id = rack.unit_id
LEFT JOIN logistics_shipmentcrate sc ON sc.crate_id = packed.crate_id
LEFT JOIN logistics_shipment s ON s.id = sc.shipment_id
LEFT JOIN logistics_departure dp ON dp.shipment_id = s.id
LEFT JOIN ledger_event departed ON departed.id = dp.event_id
  AND departed.recorded_at <= %(known_at)s AND departed.happened_at <= %(as_of)s
LEFT JOIN logistics_arrival ar ON ar.shipment_id = s.id
LEFT JOIN logistics_cratearrival came ON came.shipment_crate_id = sc.id
LEFT JOIN ledger_event arrived ON arrived.id = coalesce(came.event_id, ar.event_id)
  AND arrived.recorded_at <= %(known_at)s AND arrived.happened_at <= %(as_of)s
LEFT JOIN ledger_event received ON received.id = CASE WHEN came.id IS NULL THEN ar.received_event_id
                                                      ELSE came.received_event_id END
  AND received.recorded_at <= %(known_at)s AND received.happened_at <= %(as_of)s
LEFT JOIN logistics_acceptance a ON a.shipment_id = s.id AND a.unit_id = rack.unit_id
LEFT JOIN ledger_event accepted ON accepted.id = a.event_id
  AND accepted.recorded_at <= %(known_at)s AND accepted.happened_at <= %(as_of)s
ORDER BY rack.id
"""

_NAMED = """
  SELECT b.id FROM assembly_build b JOIN assembly_design d ON d.id = b.design_id AND d.kind = 'rack'
  WHERE b.unit_id = ANY(%(units)s)
"""

# Design by design: the index of builds by design and completion gives the latest of each without reading the others.
_OPEN_AND_LATEST = """
  SELECT b.id FROM assembly_design d JOIN assembly_build b ON b.design_id = d.id AND b.completed_at IS NULL
  WHERE d.kind = 'rack'
  UNION
  SELECT b.id FROM assembly_design d JOIN assembly_build b ON b.design_id = d.id AND b.completed_at > %(as_of)s
  WHERE d.kind = 'rack'
  UNION
  (SELECT latest.id FROM assembly_design d CROSS JOIN LATERAL (
     SELECT b.id, b.completed_at FROM assembly_build b WHERE b.design_id = d.id AND b.completed_at <= %(as_of)s
     ORDER BY b.completed_at DESC LIMIT %(history)s) latest
   WHERE d.kind = 'rack' ORDER BY latest.completed_at DESC LIMIT %(history)s)
  UNION
  SELECT b.id FROM logistics_crate c
  LEFT JOIN logistics_shipmentcrate sc ON sc.crate_id = c.id
  LEFT JOIN logistics_arrival a ON a.shipment_id = sc.shipment_id
  JOIN ledger_event e ON e.id = c.event_id
  JOIN assembly_build b ON b.unit_id = e.subject_id
  JOIN assembly_design d ON d.id = b.design_id AND d.kind = 'rack'
  WHERE (a.received_at IS NULL OR a.received_at > %(as_of)s)
    AND NOT EXISTS (SELECT 1 FROM logistics_sitereturn r
                    WHERE r.unit_id = e.subject_id AND r.cancelled_at IS NULL AND r.opened_event_id < c.event_id)
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a rack's route: when it first passed, last ended, was first begun; seconds of work."""

    number: int
    kind: str
    stage: str
    name_ja: str
    name_en: str
    passed_at: datetime | None
    ended_at: datetime | None
    begun_at: datetime | None
    touch_seconds: float
    first_failed: bool
    done: bool


@dataclass(frozen=True, slots=True)
class RackLife:
    """One rack and its moments; None is not yet (or not known). `started_at`: work began on
    it or on one of its trays."""

    build_id: int
    unit_id: int
    serial: str
    tag: str
    order_number: str
    need_by: date | None
    origin: str
    ordered_at: datetime | None
    kit_ready_at: datetime | None
    started_at: datetime
    sealed_at: datetime | None
    departed_at: datetime | None
    arrived_at: datetime | None
    received_at: datetime | None
    accepted_at: datetime | None
    shipment_id: int | None
    shipment_number: str
    outcome: str
    steps: tuple[Step, ...]
    repairs: tuple[tuple[datetime, datetime | None], ...]
    """Nonconformities opened in the plant. What is found after the departure is no repair of the plant: it waits in
    the stages at the site, and says nothing about passes of the test."""

    @property
    def name(self) -> str:
        return self.serial or self.tag

    @property
    def is_received(self) -> bool:
        """The comparison clock has stopped."""
        return self.received_at is not None

    @property
    def current(self) -> Step | None:
        """The first operation of the route that is not done."""
        return next((step for step in self.steps if not step.done), None)


def rack_lives(
    as_of: datetime, unit_ids: Iterable[int] | None = None, *, known_at: datetime | None = None
) -> list[RackLife]:
    """The lives of these units, else of every open rack and the HISTORY latest completed ones, up to `as_of`, as known
    then, or at a later `known_at`: what was entered after midnight of what happened before. One query."""
    chosen, values = (_OPEN_AND_LATEST, {"history": HISTORY}) if unit_ids is None else (_NAMED, {"units": [*unit_ids]})
    with connection.cursor() as cursor:
        cursor.execute(_LIVES.replace("{chosen}", chosen), {"as_of": as_of, "known_at": known_at or as_of, **values})
        return [_life(row) for row in cursor.fetchall()]


def _life(row: Sequence[Any]) -> RackLife:
    shipment_id, shipment_number, outcome, steps, repairs = row[15:]
    accepted_at = row[14]
    way = (shipment_id, shipment_number or "", (outcome or "") if accepted_at else "")
    route = tuple(_step(cells) for cells in steps or ())
    found = [(_moment(opened) or row[9], _moment(closed)) for opened, closed in repairs or ()]
    mended = tuple((opened, closed) for opened, closed in found if row[11] is None or opened <= row[11])
    return RackLife(*(*row[:15], *way, route, mended))


def _step(cells: Sequence[Any]) -> Step:
    number, kind, stage, name_ja, name_en, passed, ended, begun, touch, failed, done = cells
    return Step(
        number, kind, stage, name_ja, name_en, _moment(passed), _moment(ended), _moment(begun), touch, failed, done
    )


def _moment(text: str | None) -> datetime | None:
    """The session answers in UTC (Django's own setting): nothing is converted, fifteen thousand times a page."""
    return datetime.fromisoformat(text) if text else None
