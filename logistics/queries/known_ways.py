"""What is known of the ways to the site at an instant, in plain rows: disruptions, legs, shipments not yet arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection

from logistics.lead_times.closures import Stop
from logistics.lead_times.timetable import LegTimes

DAY = timedelta(days=1)
LATEST = 200
"""Shipments whose lanes say which way a rack without a shipment will take."""
REMEMBERED_DAYS = 30
"""An ended stop is looked at for so long: a shipment may have stood still for it."""

_KNOWN = """
WITH known AS (
  SELECT d.id, d.number, d.kind, d.headline, d.begins_at, x.p10_at, x.p50_at, x.p90_at,
         CASE WHEN d.closed_at <= %(as_of)s THEN d.ended_at END AS ended_at
  FROM logistics_disruption d
  JOIN LATERAL (SELECT e.p10_at, e.p50_at, e.p90_at FROM logistics_disruptionexpectation e
                WHERE e.disruption_id = d.id AND e.told_at <= %(as_of)s ORDER BY e.version DESC LIMIT 1) x ON true
  WHERE d.closed_at IS NULL OR d.closed_at > %(as_of)s OR d.ended_at > %(as_of)s - %(remembered)s * interval '1 day'
), moving AS (
  SELECT s.id, s.lane_id, s.carrier_id, s.planned_departure_at, dp.at AS departed_at
  FROM logistics_shipment s
  LEFT JOIN logistics_departure dp ON dp.shipment_id = s.id
  LEFT JOIN logistics_arrival a ON a.shipment_id = s.id
  WHERE s.created_at <= %(as_of)s AND (a.id IS NULL OR a.at > %(as_of)s)
), anew AS (
  SELECT r.* FROM logistics_replan r JOIN moving ON moving.id = r.shipment_id
), wanted AS (
  SELECT %(always)s OR EXISTS (SELECT 1 FROM known) OR EXISTS (SELECT 1 FROM anew) AS here
)
SELECT
  (SELECT json_agg(json_build_array(id, number, kind, headline, begins_at, p10_at, p50_at, p90_at, ended_at,
     (SELECT json_agg(leg_id) FROM logistics_disruptedleg l WHERE l.disruption_id = known.id)) ORDER BY id) FROM known),
  CASE WHEN here THEN (SELECT json_agg(json_build_array(lane_id, id, number, mode, planned_hours, departs_at,
     cut_off_at, carrier_id) ORDER BY lane_id, number) FROM logistics_leg) END,
  CASE WHEN here THEN (SELECT json_agg(json_build_array(id, lane_id, planned_departure_at, departed_at,
     (SELECT json_agg(json_build_array(m.leg_id, m.kind, m.happened_at)) FROM logistics_milestone m
      WHERE m.shipment_id = moving.id AND m.leg_id IS NOT NULL AND m.reported_at <= %(as_of)s),
     (SELECT json_agg(json_build_array(was_lane_id, lane_id, was_departure_at, departure_at, was_arrives_at,
      arrives_at, from_leg, at) ORDER BY id) FROM anew WHERE anew.shipment_id = moving.id)) ORDER BY id)
     FROM moving) END,
  CASE WHEN here THEN (SELECT json_agg(json_build_array(lane_id, n)) FROM (SELECT lane_id, count(*) AS n FROM
     (SELECT s.lane_id FROM logistics_shipment s JOIN logistics_lane la ON la.id = s.lane_id
      JOIN logistics_site st ON st.id = la.destination_id AND st.kind = 'customer'
      ORDER BY s.id DESC LIMIT %(latest)s) latest GROUP BY 1) shares) END,
  CASE WHEN here THEN (SELECT json_agg(json_build_array(l.id, l.origin_id, l.destination_id, o.country, d.country))
     FROM logistics_lane l JOIN logistics_site o ON o.id = l.origin_id JOIN logistics_site d ON d.id = l.destination_id)
     END
FROM wanted
"""


@dataclass(frozen=True, slots=True)
class KnownStop:
    """A disruption as known then. `ended_at` None: still open."""

    id: int
    number: str
    kind: str
    headline: str
    begins_at: datetime
    p10_at: datetime
    p50_at: datetime
    p90_at: datetime
    ended_at: datetime | None
    legs: frozenset[int]

    @property
    def as_stop(self) -> Stop:
        return Stop(self.number, self.begins_at, self.p10_at, self.p50_at, self.p90_at)


@dataclass(frozen=True, slots=True)
class KnownLeg:
    """A leg of a lane with the lane's own daily departure. `waits`: for sailings and opening hours; one that has begun
    no longer does."""

    lane_id: int
    id: int
    number: int
    mode: str
    hours: float
    departs_at: time | None
    cut_off_at: time | None
    carrier_id: int = 0
    waits: bool = True

    @property
    def times(self) -> LegTimes:
        return LegTimes(self.number, self.hours, self.departs_at, self.cut_off_at)


@dataclass(frozen=True, slots=True)
class KnownLane:
    """Where a lane begins and ends."""

    id: int
    origin_id: int
    destination_id: int
    origin_country: str
    destination_country: str


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan made anew. `from_leg`: on its way, it went on from there by the new lane."""

    was_lane_id: int
    lane_id: int
    was_departure_at: datetime
    departure_at: datetime
    was_arrives_at: datetime
    arrives_at: datetime
    from_leg: int | None
    at: datetime

    @property
    def longer_days(self) -> float:
        """By how much the way itself became longer, by the timetables, from the day of the new plan on."""
        begins, was_to_begin = max(self.departure_at, self.at), max(self.was_departure_at, self.at)
        return ((self.arrives_at - begins) - (self.was_arrives_at - was_to_begin)) / DAY


@dataclass(frozen=True, slots=True)
class KnownShipment:
    """A shipment that is not at the site's dock: its plan, and the ends of legs that are reported."""

    id: int
    lane_id: int
    planned_at: datetime
    departed_at: datetime | None
    ends: dict[tuple[int, str], datetime]
    plans: tuple[KnownPlan, ...] = ()

    @property
    def rerouted(self) -> KnownPlan | None:
        """The latest change of its way after it left."""
        return next((one for one in reversed(self.plans) if one.from_leg is not None), None)


@dataclass(frozen=True, slots=True)
class KnownRows:
    """All of it; `lanes`: how many of the latest shipments took each; `ends`: where each lane begins and ends."""

    stops: list[KnownStop]
    legs: list[KnownLeg]
    shipments: list[KnownShipment]
    lanes: dict[int, int]
    ends: dict[int, KnownLane]


def known_rows(as_of: datetime, *, always: bool = False) -> KnownRows:
    """What is known at an instant; legs and shipments only where something stops, or `always`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"as_of": as_of, "always": always, "remembered": REMEMBERED_DAYS, "latest": LATEST})
        stops, legs, shipments, shares, ends = cursor.fetchone()
    return KnownRows(
        [_stop(row) for row in stops or ()],
        [_leg(row) for row in legs or ()],
        [_shipment(row, as_of) for row in shipments or ()],
        dict(shares or ()),
        {row[0]: KnownLane(*row) for row in ends or ()},
    )


def _leg(row: Sequence[Any]) -> KnownLeg:
    lane, pk, number, mode, hours, departs, cut_off, carrier = row
    return KnownLeg(lane, pk, number, mode, float(hours), _clock(departs), _clock(cut_off), carrier)


def _stop(row: Sequence[Any]) -> KnownStop:
    pk, number, kind, headline, begins, p10, p50, p90, ended, legs = row
    return KnownStop(
        pk, number, kind, headline, _known(begins), _known(p10), _known(p50), _known(p90), _moment(ended),
        frozenset(legs or ()),
    )  # fmt: skip


def _shipment(row: Sequence[Any], as_of: datetime) -> KnownShipment:
    """A shipment as it was planned then: plans made later are taken back."""
    pk, lane, planned_at, departed_at, ends, plans = row
    rows = [_plan(cells) for cells in plans or ()]
    made = tuple(plan for plan in rows if plan.at <= as_of)
    later = next((plan for plan in rows if plan.at > as_of), None)
    left = _moment(departed_at)
    return KnownShipment(
        pk,
        later.was_lane_id if later else lane,
        later.was_departure_at if later else _known(planned_at),
        left if left is not None and left <= as_of else None,
        {(leg, kind): _known(at) for leg, kind, at in ends or ()},
        made,
    )


def _plan(cells: Sequence[Any]) -> KnownPlan:
    was_lane, lane, was_departure, departure, was_arrives, arrives, from_leg, at = cells
    return KnownPlan(
        was_lane, lane, _known(was_departure), _known(departure), _known(was_arrives), _known(arrives), from_leg,
        _known(at),
    )  # fmt: skip


def _known(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
