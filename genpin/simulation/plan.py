"""What happens in a simulated plant: stories, and who tells which when. The same seed and present give the same plan.

Pure: no Django. A story is a rack's life as moments; a rack tells it a whole number of days later, so that the same
people are on shift and the same ferries sail. One story is told at most once a day: no two racks share a moment.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from genpin.demo.plan import GB200, GB300, RackPlan, Wish, delivery_day
from genpin.demo.timeline import timeline
from genpin.demo.voyages import JAPAN, MOJI, ROAD, SHIBUSHI, Call, Voyage, voyage

DAYS = 240
"""Over how many days the racks of a large plant are begun; a small one begins one a day at most."""
FEW_DAYS = 30
"""Over how many days a few racks are spread: the first is in the hall by then, the last one is being built."""
BEFORE = timedelta(days=3)
"""From the beginning of the history to the first kit."""
STORIES = 6
LOTS = 3
"""Suppliers' lots of each part, one after the other: a recall of one hits a third of the racks."""
CELL_BEFORE, CELL_AFTER = timedelta(hours=1), timedelta(hours=14)
TROUBLES = ("", "swapped", "", "gap", "", "")
LANES = (MOJI, SHIBUSHI, ROAD)


@dataclass(frozen=True, slots=True)
class Turn:
    """A rack of the plant, counted from 1: which story it tells, how many days later, in which cell (counted from 0),
    with which lots (counted from 0)."""

    number: int
    story: int
    days: int
    cell: int
    lots: int


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """All of it. `begin` is the first moment of the history, `now` its end."""

    seed: int
    begin: datetime
    now: datetime
    stories: tuple[RackPlan, ...]
    turns: tuple[Turn, ...]
    cells: int


def simulation_plan(*, now: datetime, racks: int, seed: int, stories: int = STORIES) -> SimulationPlan:
    """The plan of a plant of so many racks. The last of them get their kits in the days before `now`."""
    rng = random.Random(f"{seed}/turns")
    per_day = -(-racks // DAYS)
    days = max(-(-racks // per_day), FEW_DAYS)
    count = max(min(stories, racks), per_day)
    first = datetime.combine((now - timedelta(days=days)).date(), time(0), UTC)
    told = tuple(_story(seed, number, count, first) for number in range(count))
    order = [number for _day in range(-(-racks // per_day)) for number in rng.sample(range(count), per_day)]
    turns = [
        Turn(number + 1, order[number], number * days // racks if racks < days else number // per_day, 0,
             number * LOTS // racks)
        for number in range(racks)
    ]  # fmt: skip
    turns, cells = _with_cells(turns, told)
    return SimulationPlan(seed, first - BEFORE, now, told, tuple(turns), cells)


def _story(seed: int, number: int, count: int, first: datetime) -> RackPlan:
    """One rack's life from a day on: its hour of the day is its own."""
    rng = random.Random(f"{seed}/story {number}")
    trouble = TROUBLES[number % len(TROUBLES)]
    # only GB200 has a limit for the bandwidth that a swapped tray misses
    design = GB300 if rng.random() < 0.6 and trouble != "swapped" else GB200
    wish = Wish(f"story {number}", design, "", trouble=trouble)
    failing = {f"T{test}": rng.randrange(18) for test in (120, 130) if rng.random() < 0.4}
    spans = timeline(rng, trouble, failing)
    start = first + timedelta(minutes=int((number + rng.random()) * 1440 / count))
    moments = {name: (start + span.begin, start + span.end) for name, span in spans.items()}
    packed = moments["520"][1]
    return RackPlan(
        wish, start, moments, delivery_day(packed + timedelta(hours=60 + rng.uniform(-40, 70))), rng.randrange(10**9),
        failing_trays=failing, voyage=_way(rng, packed),
    )  # fmt: skip


def _way(rng: random.Random, packed: datetime) -> Voyage:
    """The truck leaves early in the first afternoon that is at least five hours after the packing."""
    ready = (packed + timedelta(hours=5)).astimezone(JAPAN)
    noon = datetime.combine(ready.date(), time(12), JAPAN)
    leaves = noon if ready <= noon else noon + timedelta(days=1)
    leaves += timedelta(hours=rng.uniform(0.5, 2))
    return voyage(rng, rng.choices(LANES, (5, 3, 2))[0], leaves.astimezone(packed.tzinfo))


def _with_cells(turns: Iterable[Turn], stories: tuple[RackPlan, ...]) -> tuple[list[Turn], int]:
    """The cell that has been free for longest for each rack, in the order of their burn-ins."""
    free: list[tuple[datetime, int]] = []
    found: dict[int, Turn] = {}

    def soak(turn: Turn) -> tuple[datetime, datetime]:
        begin, end = stories[turn.story].spans["350"]
        return begin + timedelta(days=turn.days), end + timedelta(days=turn.days)

    count = 0
    for turn in sorted(turns, key=soak):
        begin, end = soak(turn)
        if free and free[0][0] <= begin - CELL_BEFORE:
            cell = heapq.heappop(free)[1]
        else:
            cell, count = count, count + 1
        heapq.heappush(free, (end + CELL_AFTER, cell))
        found[turn.number] = replace(turn, cell=cell)
    return [found[number] for number in sorted(found)], count


def told_later(story: RackPlan, days: int, cell: str) -> RackPlan:
    """The same life so many days later, in a cell."""
    by = timedelta(days=days)
    assert story.voyage is not None
    return replace(
        story,
        kit_ready=story.kit_ready + by,
        spans={name: (begin + by, end + by) for name, (begin, end) in story.spans.items()},
        need_by=story.need_by + by,
        cell=cell,
        voyage=_way_later(story.voyage, by),
    )


def _way_later(way: Voyage, by: timedelta) -> Voyage:
    return replace(
        way,
        departed=way.departed + by,
        calls=tuple(_call_later(call, by) for call in way.calls),
        arrived=way.arrived + by,
        received=way.received + by,
        accepted=way.accepted + by,
    )


def _call_later(call: Call, by: timedelta) -> Call:
    return replace(call, moment=call.moment + by, expected=None if call.expected is None else call.expected + by)
