"""What a plant must be, in plain Python: where each thing is, what holds it, how far its making is.

The state machine predicts each call by it: the refusals that are true now, or none, and then what changes.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

TRAY_ROUTE = {10: "", 20: "board", 30: ""}
RACK_ROUTE = {110: "tray", 120: ""}
REPEATS = {"board": {20, 30}, "tray": {110, 120}}
"""Slot kind → what a removal demands again: the operation that fills it, and what the re-entry rule names."""


@dataclass
class Thing:
    """A unit: its part; its place (a location's code, or the name of its host and the position), none at its end."""

    part: str
    place: str | tuple[str, str] | None
    holds: set[str] = field(default_factory=set)
    ended: bool = False
    fitted: int = 0
    """How often it was fitted."""


@dataclass
class Run:
    """One attempt: when it began (a tick of the model) and how it ended, "" while it is open."""

    began: int
    result: str = ""


@dataclass
class Making:
    """A build: the positions with the part each takes, the attempts of each operation, what was demanded again."""

    kind: str
    positions: dict[str, str]
    runs: dict[int, list[Run]] = field(default_factory=dict)
    demands: dict[int, int] = field(default_factory=dict)
    complete: bool = False

    @property
    def route(self) -> dict[int, str]:
        return TRAY_ROUTE if self.kind == "board" else RACK_ROUTE

    def open_run(self, number: int) -> Run | None:
        """The open attempt of an operation."""
        return next((run for run in self.runs.get(number, []) if not run.result), None)

    def counts(self, number: int) -> bool:
        """Whether the operation's latest attempt passed and began after the latest demand."""
        runs = self.runs.get(number, [])
        return bool(runs) and runs[-1].result == "pass" and runs[-1].began > self.demands.get(number, 0)

    @property
    def filling(self) -> bool:
        """Whether the operation that fills its slots is running."""
        return any(kind and self.open_run(number) for number, kind in self.route.items())


@dataclass
class Model:
    """All things of one plant by name, the announced ones that have not come, the builds by their unit's name."""

    things: dict[str, Thing] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)
    makings: dict[str, Making] = field(default_factory=dict)
    tick: int = 0

    def copy(self) -> Model:
        """For trying another order of what happened at once."""
        return copy.deepcopy(self)

    def next_tick(self) -> int:
        self.tick += 1
        return self.tick

    def inside(self, host: str) -> dict[str, str]:
        """Position → name of what sits in a host."""
        return {
            thing.place[1]: name
            for name, thing in self.things.items()
            if isinstance(thing.place, tuple) and thing.place[0] == host
        }

    def contents(self, host: str) -> list[str]:
        """Everything inside, at any depth."""
        found = []
        for name in self.inside(host).values():
            found += [name, *self.contents(name)]
        return found

    def is_installed(self, name: str) -> bool:
        return isinstance(self.things[name].place, tuple)

    def unmovable(self, name: str) -> set[str]:
        """Why a thing cannot be carried away on its own."""
        thing, why = self.things[name], set()
        if thing.ended:
            why |= {"UnitEnded", "UnitNotHere"}
        if self.is_installed(name):
            why.add("UnitInsideHost")
        return why
