"""Loading the demo plant into an empty database, with what it says meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.db import connection
from django.utils import translation

from accounts.models import User
from accounts.operations.people import begin_demo_history, end_demo_history
from assembly.operations.judged_attempts import keep_all_attempts
from genpin.demo import (
    accepted,
    calendars,
    calls,
    ending,
    inspections,
    instructions,
    kept_scans,
    planning,
    returns,
    stock,
    storms,
    trouble,
)
from genpin.demo.cast import CAST, Hashing, Login, register_cast
from genpin.demo.clock import Agenda
from genpin.demo.logins import write_logins
from genpin.demo.plan import SMALL, WISHES, Plan, plan
from genpin.demo.plant import KEYS, Plant
from genpin.demo.racks import rack_work
from genpin.demo.road import write_sample
from genpin.demo.serials import Serials
from genpin.master.loading import load as load_master_data
from ledger.callers import PLANT_OFFSET_MINUTES, Caller

HISTORY = timedelta(days=272)
"""How far back the history begins: nine months."""
ANALYSED_AFTER = (60, 300, 900)
"""Acts after which the planner's statistics are brought up to date: tables grow from nothing."""

Tell = Callable[[str], None]
R = TypeVar("R")


@dataclass(slots=True)
class Loaded:
    """What was loaded: the logins, the names worth knowing, the seconds by phase."""

    logins: list[Login]
    told: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)


def load(*, now: datetime, home: Path, names: Sequence[str] = (), tell: Tell = print) -> Loaded:
    """Load the whole plant (or only the living racks named) as of a present; the logins' file goes to `home`."""
    chosen = tuple(wish for wish in WISHES if not names or wish.name in names)
    return load_plan(plan(now=now, wishes=chosen), home=home, tell=tell, reports=3)


def load_small(*, now: datetime, home: Path) -> Loaded:
    """Two living racks and two accepted ones, in seconds: enough for the tests of pages."""
    return load_plan(plan(now=now, wishes=SMALL, accepted=2), home=home, tell=lambda _text: None)


def load_plan(wanted: Plan, *, home: Path, tell: Tell, reports: int = 0) -> Loaded:
    """Load what a plan says, in the plant's language, into an empty database; `reports`: of how many last weeks."""
    with translation.override("ja"):
        work = _Loading(wanted, tell)
        loaded = work.run()
        ending.report_weeks(work.plant, reports)
        write_sample(home, loaded.told)
        write_logins(home, loaded.logins, ending.tries(loaded.told))
        work.end()
    return loaded


class _Loading:
    """One load, phase by phase."""

    def __init__(self, wanted: Plan, tell: Tell) -> None:
        self.wanted, self.tell = wanted, tell
        rng = random.Random(wanted.seed)
        begin = wanted.now - HISTORY
        self.plant = Plant(begin, Agenda(wanted.now), rng, Serials(random.Random(f"{wanted.seed}/serials")))
        self.seconds: dict[str, float] = {}
        self.started = time.monotonic()

    def run(self) -> Loaded:
        self._quicken()
        hashing = Hashing(CAST).begin()
        self._phase("master data", self._master_data)
        logins = self._phase("people", lambda: register_cast(self.plant, hashing))
        self._phase("plan", self._schedule)
        self._phase("history", self._history)
        return Loaded(logins, self.plant.told, self.seconds)

    def _quicken(self) -> None:
        """A crash of the machine during the load loses the load; it is found unfinished and begun anew."""
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")

    def end(self) -> None:
        """The event that makes the load whole: written after the logins' file, so that a whole plant has one."""
        plant = self.plant
        plant.call(end_demo_history, "genpin", plant.agenda.end, told=plant.told)
        keep_all_attempts()
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("ANALYZE")

    def _phase(self, name: str, work: Callable[[], R]) -> R:
        before = time.monotonic()
        result = work()
        self.seconds[name] = time.monotonic() - before
        self.tell(f"demo: {name} done in {self.seconds[name]:.1f} s")
        return result

    def _master_data(self) -> None:
        plant = self.plant
        plant.people["genpin"] = User.objects.get(username="genpin")
        plant.call(
            begin_demo_history, "genpin", plant.begin, seed=self.wanted.seed, racks=len(self.wanted.racks),
            accepted=self.wanted.accepted,
        )  # fmt: skip
        at = plant.begin
        load_master_data(
            Caller(
                user=plant.people["genpin"], station="", at=at, happened_at=at, utc_offset=PLANT_OFFSET_MINUTES,
                door="task", key=f"{KEYS}master", history=True,
            )
        )  # fmt: skip

    def _schedule(self) -> None:
        plant = self.plant
        accepted.schedule_accepted(plant, self.wanted.accepted, self.wanted.seed)
        stock.schedule_lots(plant, len(self.wanted.racks))
        for number, rack in enumerate(sorted(self.wanted.racks, key=lambda one: one.kit_ready), start=1):
            rack_work(plant, rack, number).schedule()
        plant.agenda.at(plant.begin + timedelta(days=1), instructions.issue_all, plant)
        calls.schedule(plant)
        ending.schedule(plant)
        kept_scans.schedule(plant)
        trouble.schedule(plant)
        inspections.schedule(plant)
        planning.schedule(plant)
        storms.schedule(plant)
        calendars.schedule(plant)
        returns.schedule(plant)

    def _history(self) -> None:
        shown = -1
        whole = self.wanted.now - self.plant.begin

        def told(moment: datetime) -> None:
            nonlocal shown
            if self.plant.agenda.done in ANALYSED_AFTER:
                with connection.cursor() as cursor:
                    cursor.execute("ANALYZE")
            share = int((moment - self.plant.begin) / whole * 100)
            if share // 5 > shown // 5 or (share > 90 and share > shown):
                shown = share
                seconds = time.monotonic() - self.started
                self.tell(f"demo: {share:3d} %  {moment:%Y-%m-%d}  {self.plant.agenda.done} acts, {seconds:.0f} s")

        self.plant.agenda.run(told)
