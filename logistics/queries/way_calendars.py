"""The released timetables and calendars as they judge the legs of forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from documents.words import PLANT_TIME
from logistics.lead_times.calendars import OpenHours
from logistics.lead_times.sailings import NextSailing
from logistics.lead_times.timetable import LegTimes
from logistics.queries.known_ways import KnownLane, KnownLeg
from logistics.queries.way_basis import CROSSES, Basis, CalendarInForce, Owner


@dataclass(frozen=True)
class WayCalendars:
    """What is in force, and where each lane begins and ends. An empty one: every leg by its lane's own departures."""

    basis: Basis = field(default_factory=Basis)
    lanes: dict[int, KnownLane] = field(default_factory=dict)

    def times(self, legs: Sequence[KnownLeg], *, from_gate: bool = False) -> list[LegTimes]:
        """The legs for the arithmetic (logistics.queries.way_basis.Basis.leg_times); `from_gate`: the first one leaves
        when the plant's gate and its carrier let it."""
        border = self._border(legs)
        rows = [self._leg(leg, behind_border=bool(border) and leg.number == border + 1) for leg in legs]
        if rows and from_gate:
            gate = self._hours([("site", self._lane(legs).origin_id), ("carrier", legs[0].carrier_id)])
            rows[0] = replace(rows[0], opens=(*gate, *rows[0].opens))
        return rows

    def dock(self, legs: Sequence[KnownLeg]) -> tuple[OpenHours, ...]:
        """When the site at the end of these legs receives."""
        return self._hours([("site", self._lane(legs).destination_id)]) if legs else ()

    def sailing(self, leg: KnownLeg, at: datetime) -> NextSailing | None:
        """The sailing of a leg that is caught from a moment on; None: it leaves at any time, or nothing sails."""
        table = self._leg(leg, behind_border=False).timetable
        return table.next_after(at, PLANT_TIME) if table else None

    def names(self, lanes: Sequence[Sequence[KnownLeg]]) -> list[str]:
        """What judges these lanes, by revision, each once: HRM-SEN-MOJI-2 r1, JPHRM-1 r2."""
        tables = {
            self.basis.names[one.key]
            for legs in lanes
            for leg in legs
            if leg.id in self.basis.sailings
            for one in self.basis.sailings[leg.id].tables
            if one.key in self.basis.names
        }
        calendars = {str(one) for legs in lanes for one in self._asked(legs)}
        return [*sorted(tables), *sorted(calendars)]

    def _asked(self, legs: Sequence[KnownLeg]) -> list[CalendarInForce]:
        lane = self._lane(legs)
        owners: list[Owner] = [("site", lane.origin_id), ("site", lane.destination_id)]
        owners += [("carrier", leg.carrier_id) for leg in legs if leg.mode == "road" or leg.number == 1]
        if self._border(legs):
            owners.append(("customs", lane.destination_country))
        return [self.basis.calendars[owner] for owner in owners if owner in self.basis.calendars]

    def _leg(self, leg: KnownLeg, *, behind_border: bool) -> LegTimes:
        if not leg.waits:
            return LegTimes(leg.number, leg.hours)
        owners: list[Owner] = [("carrier", leg.carrier_id)] if leg.mode == "road" and leg.number > 1 else []
        if behind_border:
            owners.append(("customs", self.lanes[leg.lane_id].destination_country))
        sailings = self.basis.sailings.get(leg.id)
        return LegTimes(leg.number, leg.hours, leg.departs_at, leg.cut_off_at, sailings, self._hours(owners))

    def _hours(self, owners: Sequence[Owner]) -> tuple[OpenHours, ...]:
        found = (self.basis.calendars.get(owner) for owner in owners)
        return tuple(one.hours for one in found if one is not None)

    def _lane(self, legs: Sequence[KnownLeg]) -> KnownLane:
        return self.lanes.get(legs[0].lane_id) or KnownLane(legs[0].lane_id, 0, 0, "JP", "JP")

    def _border(self, legs: Sequence[KnownLeg]) -> int:
        """The number of the last leg by air or sea of a lane over a border; 0: none."""
        lane = self._lane(legs) if legs else None
        if lane is None or lane.origin_country == lane.destination_country:
            return 0
        return max((leg.number for leg in legs if leg.mode in CROSSES), default=0)
