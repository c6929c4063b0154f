"""Where shipments are on the map: the last report, and the share of the leg that is reckoned since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from logistics.models import Lane, Leg, MapPlace, Milestone, Shipment

Point = tuple[float, float]


def lanes_on_map() -> QuerySet[Lane]:
    """Lanes with their ends, their legs, and `points`: the places of their legs that have coordinates. Two queries."""
    legs = Leg.objects.filter(lane=OuterRef(OuterRef("pk"))).order_by()
    places = MapPlace.objects.filter(Q(name_ja__in=legs.values("from_ja")) | Q(name_ja__in=legs.values("to_ja")))
    told: Any = JSONObject(name="name_ja", lon="longitude", lat="latitude")
    rows = Lane.objects.select_related("origin", "destination").prefetch_related("legs")
    return rows.annotate(points=ArraySubquery(places.values(told=told)))


def points_of(lanes: Iterable[Lane]) -> dict[str, Point]:
    """Japanese name → (longitude, latitude) of every place on these lanes. Asks nothing."""
    return {
        one["name"]: (float(one["lon"]), float(one["lat"]))
        for lane in lanes
        for one in lane.points  # type: ignore[attr-defined]
    }


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a shipment is: on a `leg` at a `share` of its planned hours since `since` (reckoned, never past its end),
    or at the leg's start (0) or end (1) as reported."""

    shipment: Shipment
    leg: Leg
    share: float
    since: datetime
    reckoned: bool
    state: str
    """ready, moving, at_port (a leg has ended, the next has not begun), at_dock."""


def whereabouts(shipment: Shipment, lane: Lane, as_of: datetime) -> Whereabouts | None:
    """From a row of `shipment_rows` and its lane with legs; None for a lane without legs. Asks nothing."""
    legs = list(lane.legs.all())
    if not legs:
        return None
    if not shipment.has_departed:
        return Whereabouts(shipment, legs[0], 0.0, shipment.planned_departure_at, False, "ready")
    if shipment.has_arrived:
        return Whereabouts(shipment, legs[-1], 1.0, shipment.arrival.at, False, "at_dock")
    reports: list[Milestone] = [one for one in getattr(shipment, "reports", []) if one.leg is not None]
    if reports and reports[0].kind == "leg_arrived" and reports[0].leg is not None:
        return Whereabouts(shipment, reports[0].leg, 1.0, reports[0].happened_at, False, "at_port")
    leg = (reports[0].leg if reports else None) or legs[0]
    since = _begun(leg, reports, shipment.departure.at)
    share = (as_of - since) / timedelta(hours=float(leg.planned_hours))
    return Whereabouts(shipment, leg, min(max(share, 0.0), 1.0), since, True, "moving")


def _begun(leg: Leg, reports: list[Milestone], departed_at: datetime) -> datetime:
    """When the leg began: its reported departure, else the end of the leg before it. A position or a delay that is
    reported on the way does not begin it anew."""
    own = next((one.happened_at for one in reports if one.leg_id == leg.pk and one.kind == "leg_departed"), None)
    ends = [one.happened_at for one in reports if one.kind == "leg_arrived" and one.leg and one.leg.number < leg.number]
    return own or max([departed_at, *ends])
