"""Telling the stories through the operations: one rack's work, and the one clock over all of them."""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from genpin.demo.clock import Agenda
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.racks import rack_work
from genpin.demo.serials import Serials
from genpin.simulation.plan import SimulationPlan, Turn
from genpin.simulation.surroundings import Around

FAR = datetime(2999, 1, 1, tzinfo=UTC)
"""The agenda of a rack has no end of its own: the one clock stops it at the present."""
SERIALS_OF_A_RACK = 200
"""Numbers of each kind that a rack may use up; a divisor of 100,000, so that none of its series changes its length."""
GPU = "gpu"
"""The kind under which UUIDs of GPUs are remembered."""
SAMPLE_MINUTES = 5
"""Between two samples of a burn-in: the longest gap over which the soak clock runs."""


class RackSerials(Serials):
    """The makers' counters for one rack: its own hundreds, whatever the others do."""

    def __init__(self, number: int) -> None:
        super().__init__(random.Random(number))
        self._counts = Counter(dict.fromkeys(self._counts, number * SERIALS_OF_A_RACK))
        self.asked: list[tuple[str, str]] = []
        """Kind and serial of each that was given, in order."""

    def next(self, kind: str, year: int, week: int) -> str:
        serial = super().next(kind, year, week)
        self.asked.append((kind, serial))
        return serial

    def gpu_uuid(self) -> str:
        uuid = super().gpu_uuid()
        self.asked.append((GPU, uuid))
        return uuid


def keys_of(number: int) -> str:
    """How the idempotency keys of a rack's calls begin."""
    return f"simulated:{number:06d}:"


def make_ready(plant: Plant, shared: Plant, around: Around) -> None:
    """Give a rack's own plant the people of the shared one, and what the rack has around it."""
    plant.people, plant.checks = shared.people, shared.checks
    plant.papers, plant.readouts, plant.loggers, plant.sample_minutes = False, False, False, SAMPLE_MINUTES
    plant.kit_lots, plant.lots = around.kit_lots(), around.bulk_lots()
    plant.position = around.position.code


def rack_plant(shared: Plant, number: int, rack: RackPlan, around: Around, kind: type[Plant] = Plant) -> Plant:
    """A plant of one rack: its own clock, chance and serials."""
    plant = kind(shared.begin, Agenda(FAR), random.Random(f"story {rack.seed}"), RackSerials(number))
    plant.keys = keys_of(number)
    make_ready(plant, shared, around)
    return plant


def put_on_agenda(plant: Plant, rack: RackPlan, number: int) -> None:
    """A rack's whole life, from the announced kit to the hall."""
    rack_work(plant, rack, number).schedule()


class Teller(Protocol):
    """A rack that is being told."""

    @property
    def next_moment(self) -> datetime | None: ...

    def step(self) -> None: ...


@dataclass(slots=True)
class Acted:
    """A rack whose acts are operations."""

    plant: Plant

    @property
    def next_moment(self) -> datetime | None:
        return self.plant.agenda.next_moment

    def step(self) -> None:
        self.plant.agenda.step()


def on_one_clock(
    plan: SimulationPlan, tell: Callable[[Turn], Teller], ended: Callable[[Turn, Teller], None]
) -> Iterator[tuple[datetime, int]]:
    """Let all racks act in the order of their moments, none past the present; yields the moment and the racks begun.

    `ended` hears of a rack when nothing of it is left to do, or when the present is reached."""
    waiting = sorted(plan.turns, key=lambda turn: (_begins(plan, turn), turn.number))
    running: list[tuple[datetime, int, Turn, Teller]] = []
    begun = 0
    while running or begun < len(waiting):
        while begun < len(waiting) and (not running or _begins(plan, waiting[begun]) <= running[0][0]):
            turn = waiting[begun]
            begun += 1
            _wait(plan, running, turn, tell(turn), ended)
        if not running:
            continue
        moment, _number, turn, teller = heapq.heappop(running)
        teller.step()
        yield moment, begun
        _wait(plan, running, turn, teller, ended)


def _wait(
    plan: SimulationPlan,
    running: list[tuple[datetime, int, Turn, Teller]],
    turn: Turn,
    teller: Teller,
    ended: Callable[[Turn, Teller], None],
) -> None:
    moment = teller.next_moment
    if moment is None or moment > plan.now:
        ended(turn, teller)
    else:
        heapq.heappush(running, (moment, turn.number, turn, teller))


def _begins(plan: SimulationPlan, turn: Turn) -> datetime:
    return plan.stories[turn.story].kit_ready + timedelta(days=turn.days)
