"""Which rack soaks in which cell, and when: a plan inside every limit that keeps lateness small. Plain figures in, a
plan out.

Several simple rules each make a plan, first come first served among them; the solver starts from the best of these and
takes only what is better. So there is always a plan, and never one worse than first come first served. Lateness weighs
before waiting, waiting before moves. The effort is counted in rounds of the solver's own steps, not in seconds: the
same question has the same answer. The clock only ends it on a machine that is too slow."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from assembly.burn_in.effort import Effort
from assembly.burn_in.hall import SLOT, Hall, Job, Spot, Spots
from assembly.burn_in.rules import first_come, rule_plans, worth

TOO_LARGE = "too_large"
"""No cell, feed or loop could ever take the rack."""
NO_ROOM = "no_room"
"""No cell has room for it before the plan's end."""


@dataclass(frozen=True, slots=True)
class Room:
    """A cell: its feed and loop, kW and L/min for one rack, and the stretches in which it is shut."""

    code: str
    feed: str
    loop: str
    max_kw: Decimal
    max_lpm: Decimal
    shut: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A stretch of a cell that stays as it is: another rack soaks there, or has it reserved."""

    cell: str
    from_at: datetime
    to_at: datetime
    kw: Decimal
    lpm: Decimal


@dataclass(frozen=True, slots=True)
class Waiting:
    """A rack to place: what it needs, for how long, from when on, until when (None: no day), how much an hour of its
    lateness weighs, since when it waits, and what is planned for it now."""

    key: int
    kw: Decimal
    lpm: Decimal
    minutes: int
    earliest: datetime
    arrived: datetime
    due: datetime | None = None
    weight: int = 1
    planned: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be planned, at a moment, for so many days ahead; `feeds` in kW, `loops` in kW and L/min."""

    at: datetime
    racks: tuple[Waiting, ...]
    rooms: tuple[Room, ...]
    feeds: Mapping[str, Decimal]
    loops: Mapping[str, tuple[Decimal, Decimal]]
    kept: tuple[Kept, ...] = ()
    days: int = 45
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True)
class Placing:
    """A rack in a cell, from (included) to (not included); lateness is `to_at` after its due moment."""

    key: int
    cell: str
    from_at: datetime
    to_at: datetime
    late: timedelta


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the racks go; the same by first come first served; who has no place, and why. Lateness is in weighted
    hours; no plan can have less than `at_least`."""

    placings: tuple[Placing, ...]
    first_come: Mapping[int, Placing]
    unplaced: Mapping[int, str]
    late_hours: int
    first_come_late_hours: int
    at_least: int
    moved: int
    rounds: int


def plan_of(question: Question) -> Plan:
    """A plan for all racks that have a place before the end of the days asked for."""
    hall, jobs = _hall_of(question), _jobs_of(question)
    able = [job for job in jobs if hall.fits(job)]
    by_arrival = first_come(hall, able)
    best = min(rule_plans(hall, able, by_arrival), key=lambda spots: (len(able) - len(spots), worth(able, spots)))
    placed = [job for job in able if job.key in best]
    # The solver costs a second and more to import: not every process at its start, but who asks it.
    solving = importlib.import_module("assembly.burn_in.solving")
    best, rounds = solving.bettered(hall, placed, best, question.effort)
    unplaced = {job.key: NO_ROOM if hall.fits(job) else TOO_LARGE for job in jobs if job.key not in best}
    both = [job for job in placed if job.key in by_arrival]
    return Plan(
        tuple(_placing(question, hall, job, best[job.key]) for job in placed),
        {job.key: _placing(question, hall, job, by_arrival[job.key]) for job in both},
        unplaced,
        worth(placed, best)[0],
        worth(both, by_arrival)[0],
        sum(job.lateness(alone.start) for job in placed if (alone := hall.earliest(job)) is not None),
        sum(1 for job in placed if job.planned is not None and job.planned != best[job.key]),
        rounds,
    )


def _placing(question: Question, hall: Hall, job: Job, spot: Spot) -> Placing:
    rack = next(rack for rack in question.racks if rack.key == job.key)
    from_at = question.at + spot.start * SLOT
    to_at = from_at + job.length * SLOT
    late = to_at - rack.due if rack.due is not None and to_at > rack.due else timedelta()
    return Placing(job.key, hall.codes[spot.cell], from_at, to_at, late)


def _jobs_of(question: Question) -> list[Job]:
    index = {room.code: place for place, room in enumerate(question.rooms)}
    return [
        Job(
            key=rack.key,
            release=max(0, _up(rack.earliest - question.at)),
            length=max(1, _up(timedelta(minutes=rack.minutes))),
            kw=hundredths(rack.kw),
            lpm=hundredths(rack.lpm),
            due=None if rack.due is None else (rack.due - question.at) // SLOT,
            weight=rack.weight if rack.due is not None else 0,
            arrived=rack.arrived,
            planned=_spot(question, index, rack),
        )
        for rack in sorted(question.racks, key=lambda rack: rack.key)
    ]


def _spot(question: Question, index: Mapping[str, int], rack: Waiting) -> Spot | None:
    if rack.planned is None or rack.planned[0] not in index:
        return None
    return Spot(index[rack.planned[0]], _up(rack.planned[1] - question.at))


def _hall_of(question: Question) -> Hall:
    hall = Hall(
        slots=question.days * (timedelta(days=1) // SLOT),
        cells=[
            (room.code, room.feed, room.loop, hundredths(room.max_kw), hundredths(room.max_lpm))
            for room in question.rooms
        ],
        feeds={code: hundredths(kw) for code, kw in question.feeds.items()},
        loops={code: (hundredths(kw), hundredths(lpm)) for code, (kw, lpm) in question.loops.items()},
    )
    for room in question.rooms:
        for from_at, to_at in room.shut:
            hall.shut(room.code, (from_at - question.at) // SLOT, _up(to_at - question.at))
    for kept in question.kept:
        start, end = (kept.from_at - question.at) // SLOT, _up(kept.to_at - question.at)
        hall.keep(kept.cell, start, end, hundredths(kept.kw), hundredths(kept.lpm))
    return hall


def _up(span: timedelta) -> int:
    return -(-span // SLOT)


def hundredths(value: Decimal) -> int:
    """A figure in whole hundredths, rounded up: a need is never made smaller. Capacities have two decimals."""
    return int(-(-value * 100 // 1))


__all__ = ["NO_ROOM", "TOO_LARGE", "Effort", "Kept", "Placing", "Plan", "Question", "Room", "Spots", "Waiting"]
