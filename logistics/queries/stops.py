"""What stops the ways to the site, and what that means for each rack.

A rack in a shipment meets what strikes the legs still ahead of that shipment. A rack without one takes the lanes in the
shares of the latest shipments. Whoever stood still (a stopped ferry, a departure put off) was not getting older in the
haul: those days are taken out of its age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from documents.words import PLANT_TIME
from logistics.lead_times.closures import LegAhead, WayAhead
from logistics.lead_times.courses import Courses, courses, departures
from logistics.lead_times.forecast import OpenRack
from logistics.lead_times.timetable import NoSailing, PlannedLeg, planned
from logistics.queries.known_ways import DAY, KnownLeg, KnownRows, KnownShipment, KnownStop, known_rows
from logistics.queries.way_basis import BY_TIMETABLE, Basis, basis_of
from logistics.queries.way_calendars import WayCalendars

HOLDS_MOVING = ("road", "rail")
SOONEST = 0.9
"""The share of the planned driving and sailing hours that a way takes at least: an assumption, grade C."""


@dataclass(frozen=True)
class Ways:
    """What stops the ways as known at `as_of`, and where each shipment is on its own."""

    as_of: datetime
    stops: tuple[KnownStop, ...] = ()
    legs: dict[int, tuple[KnownLeg, ...]] = field(default_factory=dict)
    shipments: dict[int, KnownShipment] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    released: WayCalendars = field(default_factory=WayCalendars)
    """The released timetables and calendars that judge the legs; none: the lanes' own daily departures."""

    @property
    def open_stops(self) -> list[KnownStop]:
        return [stop for stop in self.stops if stop.ended_at is None]

    def struck_lanes(self) -> dict[int, KnownStop]:
        """The open stop of each lane that has one (the latest told), by lane id."""
        return {
            lane: stop
            for stop in self.open_stops
            for lane, legs in self.legs.items()
            if any(leg.id in stop.legs for leg in legs)
        }

    def met_by(self, shipment_id: int) -> list[KnownStop]:
        """The open stops that strike a leg ahead of a shipment."""
        shipment = self.shipments.get(shipment_id)
        ways = self.of_shipment(shipment) if shipment is not None else ()
        met = {key for way in ways for leg in way.legs for key, _holds in leg.stops}
        return [stop for stop in self.open_stops if stop.number in met]

    @cached_property
    def judged_by(self) -> tuple[str, ...]:
        """The revisions by which the ways of the latest shipments are forecast; none: by the lanes' own departures."""
        lanes = [self.legs[lane] for lane in sorted(self.shares) if self.legs.get(lane)]
        return tuple(self.released.names(lanes))

    def of_shipment(self, shipment: KnownShipment) -> tuple[WayAhead, ...]:
        """The legs ahead of a shipment with what stops them."""
        rows, at = self._ahead(shipment)
        if not rows:
            return ()
        way = self._way(rows, at, from_plan=True)
        if shipment.departed_at is None:
            return (replace(way, courses=self._courses(rows, from_gate=True)),)
        left = (at - self.as_of) / DAY
        return (replace(way, courses=self._courses(rows, from_gate=False), leaves_days=left),)

    def of_nobody(self) -> tuple[WayAhead, ...]:
        """The ways of a rack that is in no shipment: each lane with its share."""
        return self._of_nobody

    @cached_property
    def _of_nobody(self) -> tuple[WayAhead, ...]:
        rows = [(lane, share) for lane, share in sorted(self.shares.items()) if self.legs.get(lane)]
        return tuple(
            replace(
                self._way([leg_without_wait(leg) for leg in self.legs[lane]], self.as_of, from_plan=False),
                share=share,
                courses=self._courses(self.legs[lane], from_gate=True),
            )
            for lane, share in rows
        )

    def arrives_at(self, shipment: KnownShipment) -> datetime | None:
        """The arrival by the timetable from where the shipment is, nothing stopping it."""
        rows, at = self._ahead(shipment)
        return self.planned_legs(rows, at)[-1].ends_at if rows else None

    def earliest_at(self, shipment: KnownShipment) -> datetime | None:
        """Before this nobody receives a shipment that has not left: it leaves as planned, and drives and sails."""
        legs = self.legs.get(shipment.lane_id, ())
        if shipment.departed_at is not None or shipment.planned_at <= self.as_of or not legs:
            return None
        return shipment.planned_at + timedelta(hours=SOONEST * sum(leg.hours for leg in legs))

    def planned_legs(self, legs: Sequence[KnownLeg], at: datetime) -> list[PlannedLeg]:
        """The legs by what is released; by the lanes' own departures where nothing sails any more."""
        try:
            return planned(self.released.times(legs), at, PLANT_TIME)
        except NoSailing:
            return planned([leg.times for leg in legs], at, PLANT_TIME)

    def _courses(self, legs: Sequence[KnownLeg], *, from_gate: bool) -> Courses | None:
        """What the days ahead cost on these legs beyond a usual week; `from_gate`: they begin at the plant's gate."""
        times = self.released.times(legs, from_gate=from_gate)
        return courses(times, self.released.dock(legs), self.as_of, PLANT_TIME)

    def _ahead(self, shipment: KnownShipment) -> tuple[list[KnownLeg], datetime]:
        """The legs not ended, the first of them perhaps begun, and when the first began or can begin."""
        legs = list(self.legs.get(shipment.lane_id, ()))
        turned = shipment.rerouted
        if turned is not None:
            legs = [leg for leg in legs if leg.number >= (turned.from_leg or 1)]
        if shipment.departed_at is None:
            return legs, max(shipment.planned_at, self.as_of)
        since = turned.at if turned is not None else shipment.departed_at
        done = [leg.number for leg in legs if (leg.id, "leg_arrived") in shipment.ends]
        begun = [leg.number for leg in legs if (leg.id, "leg_departed") in shipment.ends]
        last = max(done, default=0)
        under_way = max(begun, default=0)
        if under_way > last:  # ends before it may be unreported: they are behind it all the same
            first, *later = (leg for leg in legs if leg.number >= under_way)
            return [leg_without_wait(first), *later], shipment.ends[first.id, "leg_departed"]
        rest = [leg for leg in legs if leg.number > last]
        if last:
            previous = next(leg for leg in legs if leg.number == last)
            return rest, max(shipment.ends[previous.id, "leg_arrived"], self.as_of)
        return rest, since

    def _way(self, legs: Sequence[KnownLeg], at: datetime, *, from_plan: bool) -> WayAhead:
        rows = self.planned_legs(legs, at)
        arrives = max(rows[-1].ends_at, self.as_of)
        ahead = []
        for leg, row in zip(legs, rows, strict=True):
            under_way = row.starts_at < self.as_of
            starts = max(row.starts_at, self.as_of)
            ahead.append(
                LegAhead(
                    begins_days=(arrives - starts) / DAY,
                    ends_days=(arrives - max(row.ends_at, self.as_of)) / DAY,
                    not_before_days=(starts - self.as_of) / DAY if from_plan else 0.0,
                    stops=self._stops_of(leg, under_way=under_way),
                    sails_days=self._sailings(leg),
                )
            )
        return WayAhead(tuple(ahead))

    def _stops_of(self, leg: KnownLeg, *, under_way: bool) -> tuple[tuple[str, bool], ...]:
        """What strikes a leg. A ship at sea goes on, unless the port itself is closed."""
        found = []
        for stop in self.open_stops:
            holds = leg.mode in HOLDS_MOVING or (under_way and stop.kind == "port_closed")
            if leg.id in stop.legs and (holds or not under_way):
                found.append((stop.number, holds))
        return tuple(found)

    def _sailings(self, leg: KnownLeg) -> tuple[float, ...]:
        """The departures of a leg that a stop strikes, in days from as-of."""
        if not any(leg.id in stop.legs for stop in self.open_stops):
            return ()
        return departures(self.released.times([leg])[0], self.as_of, PLANT_TIME)

    def later_days(self, shipment: KnownShipment) -> float:
        """By how much new plans move the haul from now on: what is left of a departure put off, and a longer way."""
        later = sum(plan.longer_days for plan in shipment.plans)
        if shipment.departed_at is None:
            for plan in shipment.plans:
                moved = plan.departure_at - max(plan.was_departure_at, min(self.as_of, plan.departure_at))
                later += moved / DAY
        return later

    def stood_days(self, shipment: KnownShipment, since: datetime) -> float:
        """Days after `since` in which the shipment stood still: a departure put off, a leg that was stopped."""
        stood = [
            (plan.was_departure_at, min(plan.departure_at, shipment.departed_at or plan.departure_at))
            for plan in shipment.plans
        ]
        for stop in self.stops:
            waited = self._waited(shipment, stop)
            if waited is not None:
                stood.append((max(waited[0], stop.begins_at), min(waited[1], stop.ended_at or self.as_of)))
        return _covered(stood, since, self.as_of)

    def _waited(self, shipment: KnownShipment, stop: KnownStop) -> tuple[datetime, datetime] | None:
        """From when until when the shipment stood before a leg that this stop strikes; None: it did not."""
        legs = self.legs.get(shipment.lane_id, ())
        if shipment.departed_at is None:
            return (shipment.planned_at, self.as_of) if any(leg.id in stop.legs for leg in legs) else None
        turned = shipment.rerouted
        tries = [(legs, self.as_of)]
        if turned is not None:
            tries.append((self.legs.get(turned.was_lane_id, ()), turned.at))
        for lane, until in tries:
            for before, leg in pairwise(lane):
                ready = shipment.ends.get((before.id, "leg_arrived"))
                if ready is not None and leg.id in stop.legs:
                    return ready, shipment.ends.get((leg.id, "leg_departed"), until)
        return None


def with_ways(rack: OpenRack, shipment_id: int | None, since: datetime, known: Ways) -> OpenRack:
    """The rack with the legs ahead of it and what its new plans move; `since`: when it entered the haul, if it did."""
    if not known.legs:
        return rack
    if shipment_id is None:
        return replace(rack, ways=known.of_nobody())
    shipment = known.shipments.get(shipment_id)
    if shipment is None:
        return rack
    stood = known.stood_days(shipment, since) if rack.stage == "domestic_haul" else 0.0
    return replace(
        rack,
        site_ready_at=known.earliest_at(shipment),
        ways=known.of_shipment(shipment),
        later_days=known.later_days(shipment),
        age_days=max(rack.age_days - stood, 0.0),
    )


def leg_without_wait(leg: KnownLeg) -> KnownLeg:
    """The leg alone: it has begun, or nobody knows when a rack without a shipment will be there."""
    return replace(leg, departs_at=None, cut_off_at=None, waits=False)


def _covered(stretches: Sequence[tuple[datetime, datetime]], since: datetime, until: datetime) -> float:
    """Days of these stretches between two moments, overlapping ones counted once."""
    total, reached = timedelta(), since
    for begin, end in sorted(stretches):
        start, stop = max(begin, reached), min(end, until)
        if stop > start:
            total += stop - start
            reached = stop
    return total / DAY


def known_ways(as_of: datetime, *, always: bool = False) -> Ways:
    """The ways as known at an instant; `always`: also where nothing stops. One query."""
    return ways_from(known_rows(as_of, always=always), as_of)


def ways_by_calendar(as_of: datetime) -> Ways:
    """The ways as known at an instant with the timetables and calendars in force. Three queries."""
    rows = known_rows(as_of, always=True)
    return ways_from(rows, as_of, basis_for(rows, as_of))


def basis_for(rows: KnownRows, as_of: datetime) -> Basis:
    """What is in force for all lanes. Two queries."""
    return basis_of([leg.id for leg in rows.legs if leg.mode in BY_TIMETABLE], as_of)


def ways_from(rows: KnownRows, as_of: datetime, basis: Basis | None = None) -> Ways:
    """The ways at an instant from the rows known then. Asks nothing."""
    legs: dict[int, list[KnownLeg]] = {}
    for leg in rows.legs:
        legs.setdefault(leg.lane_id, []).append(leg)
    total = sum(rows.lanes.values())
    return Ways(
        as_of,
        tuple(rows.stops),
        {lane: tuple(one) for lane, one in legs.items()},
        {shipment.id: shipment for shipment in rows.shipments},
        {lane: count / total for lane, count in rows.lanes.items()},
        WayCalendars(basis or Basis(), rows.ends),
    )
