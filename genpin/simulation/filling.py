"""Filling an empty database with a simulated plant, with what it says meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils import translation

from accounts.models import User
from accounts.operations.histories import begin_simulated_history, end_simulated_history
from assembly.operations.judged_attempts import keep_all_attempts
from genpin.demo.cast import CAST, Hashing, register_cast
from genpin.demo.clock import Agenda
from genpin.demo.logins import write_logins
from genpin.demo.plant import Plant
from genpin.master.loading import load as load_master_data
from genpin.simulation.acting import Acted, RackSerials, on_one_clock, put_on_agenda, rack_plant
from genpin.simulation.copying import Copying, Printed
from genpin.simulation.plan import LOTS, SimulationPlan, Turn, told_later
from genpin.simulation.surroundings import Around, Surroundings, make_surroundings
from ledger.callers import PLANT_OFFSET_MINUTES, Caller

ANALYSED_AFTER = (30, 100, 300, 1_000, 3_000, 10_000)
"""Acts after which the planner's statistics are brought up to date: tables grow from nothing."""
KEYS = "simulated:"
"""How the idempotency keys of a simulated plant begin."""

Tell = Callable[[str, float], None]
"""What is being done, and how much of the whole is done, 0 to 1."""


@dataclass(slots=True)
class Filled:
    """What was done: seconds by phase, racks, acts."""

    racks: int
    acts: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


def fill(plan: SimulationPlan, *, home: Path, fast: bool, tell: Tell) -> Filled:
    """Fill an empty database with the plant of a plan; the logins' file goes to `home`. Refuses PlantNotEmpty."""
    with translation.override("ja"):
        return _Filling(plan, home, fast, tell).run()


class _Filling:
    """One filling, phase by phase."""

    def __init__(self, plan: SimulationPlan, home: Path, fast: bool, tell: Tell) -> None:
        self.plan, self.home, self.fast, self.tell = plan, home, fast, tell
        spares = RackSerials(0)  # the hundreds before those of the first rack
        self.plant = Plant(plan.begin, Agenda(plan.now), random.Random(plan.seed), spares)
        self.plant.keys, self.plant.papers = KEYS, False
        self.filled = Filled(len(plan.turns))

    def run(self) -> Filled:
        self._phase("people and master data", self._begin)
        self._phase("racks", self._copy if self.fast else self._act)
        self._phase("statistics", self._end)
        return self.filled

    def _phase(self, name: str, work: Callable[[], None]) -> None:
        before = time.monotonic()
        work()
        self.filled.seconds[name] = round(time.monotonic() - before, 2)

    def _begin(self) -> None:
        """The first event says that what follows is simulated."""
        plan, plant = self.plan, self.plant
        self.tell("people and master data", 0.0)
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")  # a crash loses the filling, which is begun anew
        hashing = Hashing(CAST).begin()
        plant.people["genpin"] = User.objects.get(username="genpin")
        plant.call(begin_simulated_history, "genpin", plan.begin, seed=plan.seed, racks=len(plan.turns))
        load_master_data(
            Caller(
                user=plant.people["genpin"], station="", at=plan.begin, happened_at=plan.begin,
                utc_offset=PLANT_OFFSET_MINUTES, door="task", key=f"{KEYS}master", history=True,
            )
        )  # fmt: skip
        write_logins(self.home, register_cast(plant, hashing, in_turn=True), [])
        self.around: Surroundings = make_surroundings(plant, cells=plan.cells, racks=len(plan.turns), lots=LOTS)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def _around(self, turn: Turn) -> Around:
        design = self.plan.stories[turn.story].wish.design
        return self.around.around(cell=turn.cell, position=turn.number - 1, lots=turn.lots, design=design)

    def _act(self) -> None:
        """Every act of every rack by its operations."""

        def begin(turn: Turn) -> Acted:
            around = self._around(turn)
            rack = told_later(self.plan.stories[turn.story], turn.days, around.cell.code)
            plant = rack_plant(self.plant, turn.number, rack, around)
            put_on_agenda(plant, rack, turn.number)
            return Acted(plant)

        self._run(begin, lambda _turn, _acted: None)

    def _copy(self) -> None:
        """Each story once by its operations, taken back; then every rack by COPY."""
        stories = len(self.plan.stories)
        copying = Copying(
            self.plant, self.plan, self._around, lambda number: self.tell(f"story {number} of {stories}", 0.0)
        )
        self._run(copying.tell, copying.ended)
        copying.end()

    def _run(self, begin: Callable[[Turn], Acted | Printed], ended: Callable[[Turn, Printed], None]) -> None:
        whole = self.plan.now - self.plan.begin
        for moment, begun in on_one_clock(self.plan, begin, ended):  # type: ignore[arg-type]
            self.filled.acts += 1
            if not self.fast and self.filled.acts in ANALYSED_AFTER:
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            self.tell(f"{moment:%Y-%m-%d}, rack {begun} of {self.filled.racks}", (moment - self.plan.begin) / whole)

    def _end(self) -> None:
        self.plant.call(end_simulated_history, "genpin", self.plan.now)
        self.tell("statistics", 1.0)
        keep_all_attempts()
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            cursor.execute("RESET synchronous_commit")
