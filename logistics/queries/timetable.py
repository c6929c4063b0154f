"""The plan of a shipment's way by the timetables of its lane, and what a planner should know of it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import jpholiday

from documents.words import PLANT_TIME
from logistics.lead_times.timetable import LegTimes, PlannedLeg, planned
from logistics.models import Leg


@dataclass(frozen=True)
class Way:
    """The legs with their plan. `missed`: those that wait for the next day's sailing, with their rows."""

    legs: tuple[PlannedLeg, ...]
    missed: tuple[tuple[Leg, PlannedLeg], ...]

    @property
    def arrives_at(self) -> datetime | None:
        """The planned arrival at the site; None for a lane without legs."""
        return self.legs[-1].ends_at if self.legs else None


def leg_times(leg: Leg) -> LegTimes:
    """What the arithmetic knows of a leg."""
    return LegTimes(leg.number, float(leg.planned_hours), leg.departs_at, leg.cut_off_at)


def way_of(legs: Sequence[Leg], departure: datetime) -> Way:
    """The way from a departure on; the legs in their order. Asks nothing."""
    rows = planned([leg_times(leg) for leg in legs], departure, PLANT_TIME)
    missed = [(leg, row) for leg, row in zip(legs, rows, strict=True) if row.missed]
    return Way(tuple(rows), tuple(missed))


def holiday_name(day: date) -> str:
    """The public holiday of Japan on that day, in Japanese (jpholiday: 国民の祝日に関する法律); blank on others."""
    return jpholiday.is_holiday_name(day) or ""
