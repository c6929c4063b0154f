"""Ways from Harima to Satsumasendai as moments, with the ferries' timetable. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
MOJI, SHIBUSHI, ROAD = "HRM-SEN-MOJI", "HRM-SEN-SHIBUSHI", "HRM-SEN-ROAD"


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's hours: road before the ferry, the ferry with its evening departure, road after it."""

    code: str
    carrier: str
    hours: tuple[float, ...]
    sails: time | None = None


LANES = {
    MOJI: Lane(MOJI, "CR-SETO", (2.0, 12.5, 5.0), time(20, 0)),
    SHIBUSHI: Lane(SHIBUSHI, "CR-AKASHI", (2.5, 15.0, 3.0), time(17, 55)),
    ROAD: Lane(ROAD, "CR-SETO", (5.0, 12.0)),
}


FERRIES = {MOJI: "CR-NISHI", SHIBUSHI: "CR-HYUGA"}
"""Who takes the load over on a lane with a ferry."""


@dataclass(frozen=True, slots=True)
class Call:
    """Something reported on the way: leg_departed, leg_arrived, position or delayed."""

    moment: datetime
    kind: Literal["leg_departed", "leg_arrived", "position", "delayed"]
    leg: int | None = None
    place: str = ""
    expected: datetime | None = None


@dataclass(frozen=True, slots=True)
class Voyage:
    """A shipment's moments. What lies after the present has not happened yet."""

    lane: str
    departed: datetime
    calls: tuple[Call, ...]
    arrived: datetime
    received: datetime
    accepted: datetime
    silent: bool = False
    """Nobody reports any more: the shipment whose last word is old."""

    @property
    def carrier(self) -> str:
        return LANES[self.lane].carrier


def sailing_before(lane: str, moment: datetime) -> datetime:
    """The last scheduled departure of the lane's ferry before a moment."""
    sails = LANES[lane].sails
    assert sails is not None
    there = datetime.combine(moment.astimezone(JAPAN).date(), sails, JAPAN)
    return (there if there <= moment else there - timedelta(days=1)).astimezone(moment.tzinfo)


def sailing_after(lane: str, moment: datetime) -> datetime:
    """The next scheduled departure."""
    return sailing_before(lane, moment) + timedelta(days=1)


def voyage(rng: random.Random, lane: str, departed: datetime, *, late: timedelta = timedelta()) -> Voyage:
    """A way that begins at a moment; `late`: how much later than scheduled the ferry (or the relay) leaves."""
    row = LANES[lane]
    calls: list[Call] = []
    at = departed
    for number, hours in enumerate(row.hours, start=1):
        if number > 1:
            at = _leg_begins(row, number, at, late, calls, rng)
            calls.append(Call(at, "leg_departed", number))
        at += timedelta(hours=hours * rng.uniform(0.97, 1.12))
        calls.append(Call(at, "leg_arrived", number))
    arrived = at + timedelta(minutes=rng.uniform(10, 50))
    received = arrived + timedelta(hours=rng.lognormvariate(2.2, 0.5))  # about 9 h
    accepted = received + timedelta(hours=rng.lognormvariate(3.2, 0.5))  # about a day
    return Voyage(lane, departed, tuple(calls), arrived, received, accepted)


def _leg_begins(
    row: Lane, number: int, at: datetime, late: timedelta, calls: list[Call], rng: random.Random
) -> datetime:
    if number == 2 and row.sails is not None:
        scheduled = sailing_after(row.code, at + timedelta(minutes=30))
        if late:
            rest = timedelta(hours=sum(row.hours[1:]) + 1)
            calls.append(Call(at + timedelta(minutes=20), "delayed", None, "", scheduled + late + rest))
        return scheduled + late
    return at + timedelta(minutes=rng.uniform(20, 70)) + (late if number == 2 else timedelta())


def travelling(kind: str, now: datetime, rng: random.Random) -> Voyage:
    """A way that is, at the present, where it is wanted: road, ferry, ferry_south, silent, arrived, accepted."""
    if kind == "road":
        return voyage(rng, ROAD, now - timedelta(hours=2.2))
    if kind in ("ferry", "ferry_south"):
        return _at_sea(rng, MOJI if kind == "ferry" else SHIBUSHI, now)
    if kind == "silent":
        sailed = sailing_before(MOJI, now - timedelta(hours=21))
        return _silenced(voyage(rng, MOJI, sailed - timedelta(hours=4)))
    if kind == "arrived":
        draft = voyage(rng, ROAD, now)
        return _moved(draft, now - timedelta(hours=1.5) - draft.arrived)
    return _accepted(
        voyage(rng, SHIBUSHI, sailing_before(SHIBUSHI, now - timedelta(hours=52)) - timedelta(hours=4)), now
    )


def _moved(way: Voyage, by: timedelta) -> Voyage:
    """The same way at another time; only for lanes without a timetable."""
    calls = tuple(replace(call, moment=call.moment + by) for call in way.calls)
    return Voyage(way.lane, way.departed + by, calls, way.arrived + by, way.received + by, way.accepted + by)


def _accepted(way: Voyage, now: datetime) -> Voyage:
    """Received the day before, accepted three hours ago."""
    return replace(way, received=way.arrived + timedelta(hours=7), accepted=now - timedelta(hours=3))


def _at_sea(rng: random.Random, lane: str, now: datetime) -> Voyage:
    """On the scheduled sailing if that is at sea now, else on one that left late."""
    scheduled = sailing_before(lane, now - timedelta(minutes=40))
    left = scheduled + timedelta(hours=LANES[lane].hours[1]) - now
    if left > timedelta(hours=1):
        return voyage(rng, lane, scheduled - timedelta(hours=4))
    late = now - timedelta(hours=4) - scheduled
    return voyage(rng, lane, scheduled - timedelta(hours=4), late=late)


def _silenced(way: Voyage) -> Voyage:
    """The last word is the ferry's arrival."""
    last = next(place for place, call in enumerate(way.calls) if call.kind == "leg_arrived" and call.leg == 2)
    far = way.arrived + timedelta(days=3)
    return Voyage(way.lane, way.departed, way.calls[: last + 1], far, far, far, silent=True)
