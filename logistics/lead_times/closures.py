"""Known stops on the way of a rack, and what they add to its haul. Pure.

A stop has begun or is announced; when it ends is a belief in three points, drawn once for all racks: who waits for
the same ferry waits for the same end. Who is not yet on a stopped leg waits at its beginning; a road stops also who is
on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from .courses import Courses
from .shape import Days, days_at, normal_score, normal_share, score_of, shape_of
from .streams import Streams, uniforms

FIRST_SHARE, LAST_SHARE = 0.7, 1.6
"""P10 and P90 of a stop's length over its P50 where only one instant is told: an assumption, grade C."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that holds who comes, from `begins_at` on until an end that is believed in three points."""

    key: str
    begins_at: datetime
    p10_at: datetime
    p50_at: datetime
    p90_at: datetime


@dataclass(frozen=True, slots=True)
class LegAhead:
    """A leg that is still ahead or under way.

    `begins_days`, `ends_days`: from its beginning and its end to the site's dock, by the timetable. `not_before_days`:
    its planned beginning, counted from as-of. `stops`: keys of what strikes it, with whether that holds who is on it.
    `sails_days`: the sailings counted from as-of; none: one leaves at any time."""

    begins_days: float
    ends_days: float
    not_before_days: float = 0.0
    stops: tuple[tuple[str, bool], ...] = ()
    sails_days: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WayAhead:
    """A way that a rack takes with a probability (`share`). `courses`: what its days cost that differ from the usual
    week, for who leaves at the drawn moment, or left or will leave `leaves_days` after as-of."""

    legs: tuple[LegAhead, ...]
    share: float = 1.0
    courses: Courses | None = None
    leaves_days: float | None = None

    @property
    def is_struck(self) -> bool:
        return any(leg.stops for leg in self.legs)


def without(ways: Sequence[WayAhead], key: str) -> tuple[WayAhead, ...]:
    """The same ways as if one stop were not."""
    return tuple(
        replace(way, legs=tuple(_freed(leg, key) for leg in way.legs)) if way.is_struck else way for way in ways
    )


def _freed(leg: LegAhead, key: str) -> LegAhead:
    return replace(leg, stops=tuple(stop for stop in leg.stops if stop[0] != key))


@dataclass(frozen=True, slots=True)
class Closed:
    """A stop in days from as-of: its beginning, and its drawn end, never before as-of."""

    begins: float
    ends: Days


def draw_ends(stops: Sequence[Stop], as_of: datetime, streams: Streams, draws: int) -> dict[str, Closed]:
    """The ends of these stops, a stream for each: a stop more leaves the ends of the others alone.

    One that has lasted is believed to have lasted: its length is conditioned on its age, F⁻¹(F(a) + (1 − F(a)) u)."""
    return {stop.key: _drawn(stop, as_of, streams, draws) for stop in stops}


def _drawn(stop: Stop, as_of: datetime, streams: Streams, draws: int) -> Closed:
    begins = (stop.begins_at - as_of) / timedelta(days=1)
    shape = shape_of(*((at - stop.begins_at) / timedelta(days=1) for at in (stop.p10_at, stop.p50_at, stop.p90_at)))
    survived = normal_share(-score_of(shape, -begins))
    left = (1 - uniforms(streams.at("common", "stop", stop.key), draws).astype(np.float64)) * survived
    scores = -normal_score(np.clip(left, 1e-300, 1 - 1e-9))
    ends = np.float32(begins) + days_at(shape, scores.astype(np.float32))
    return Closed(begins, np.maximum(ends, 0))


def held_days(ways: Sequence[WayAhead], leaves: Days, haul: Days, closed: Mapping[str, Closed], chosen: Days) -> Days:
    """Days for which stops hold a haul that leaves `leaves` days after as-of and needs `haul` days.

    `chosen`: uniform numbers that pick the way of each draw where there are several."""
    if not any(way.is_struck for way in ways):
        return np.zeros_like(haul)
    held = np.zeros_like(haul)
    reached = 0.0
    for way in ways:
        mine = (chosen >= reached) & (chosen < reached + way.share)
        reached += way.share
        if way.is_struck and mine.any():
            held[mine] = _held_on(way, leaves[mine], haul[mine], {key: _part(one, mine) for key, one in closed.items()})
    return held


def _part(one: Closed, mine: np.ndarray) -> Closed:  # type: ignore[type-arg]
    return Closed(one.begins, one.ends[mine])


def _held_on(way: WayAhead, leaves: Days, haul: Days, closed: Mapping[str, Closed]) -> Days:
    """The legs in their order: what one costs moves all that follow."""
    planned = leaves + haul
    arrives = planned.copy()
    for leg in way.legs:
        for key, holds_moving in sorted(leg.stops, key=lambda stop: closed[stop[0]].begins):
            stop = closed[key]
            enters = np.maximum(np.maximum(arrives - np.float32(leg.begins_days), leaves), leg.not_before_days)
            if holds_moving:
                exits = np.maximum(arrives - np.float32(leg.ends_days), enters)
                met = (stop.begins < exits) & (stop.ends > enters)
                arrives = arrives + np.where(met, stop.ends - np.maximum(enters, stop.begins), 0)
            else:
                met = (stop.begins <= enters) & (stop.ends > enters)
                again = _sails(stop.ends, leg.sails_days)
                arrives = np.where(met, np.maximum(arrives, again + np.float32(leg.begins_days)), arrives)
    return np.asarray(arrives - planned, dtype=np.float32)


def _sails(ends: Days, sails_days: tuple[float, ...]) -> Days:
    """The first sailing after the end of a stop; behind the last one that is known, one a day."""
    if not sails_days:
        return ends
    known = np.array(sails_days, dtype=np.float32)
    places = np.searchsorted(known, ends, side="left")
    beyond = known[-1] + np.ceil(np.maximum(ends - known[-1], 0))
    return np.asarray(np.where(places < len(known), np.append(known, 0)[places], beyond), dtype=np.float32)


def unusual_days(ways: Sequence[WayAhead], leaves: Days, chosen: Days) -> Days:
    """Days that a haul takes more (less, where negative) by timetables and calendars than in a usual week, for who
    leaves `leaves` days after as-of; `chosen` as for `held_days`."""
    more = np.zeros_like(leaves)
    reached = 0.0
    for way in ways:
        mine = (chosen >= reached) & (chosen < reached + way.share)
        reached += way.share
        if way.courses is None or not mine.any():
            continue
        at = leaves[mine].astype(np.float64) if way.leaves_days is None else np.array([way.leaves_days])
        more[mine] = way.courses.more_days(at)
    return more
