"""What all acts share: the people, their PIN checks, the clock, and the one way to call an operation."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from genpin.demo.clock import Agenda
from genpin.demo.serials import Serials
from ledger.callers import PLANT_OFFSET_MINUTES, Caller

JAPAN = ZoneInfo("Asia/Tokyo")
KEYS = "demo:"
"""How the idempotency keys of the load begin."""


@dataclass
class Plant:
    """The demo plant while it is loaded. `begin` is the first moment of its history, the agenda's end the last one."""

    begin: datetime
    agenda: Agenda
    rng: random.Random
    serials: Serials
    people: dict[str, User] = field(default_factory=dict)
    checks: dict[str, int] = field(default_factory=dict)
    lots: dict[str, list[tuple[int, Decimal]]] = field(default_factory=dict)
    """Lots with what is left of them by part, oldest first."""
    told: dict[str, str] = field(default_factory=dict)
    """Names worth knowing afterwards: serials, numbers, codes."""
    calls: int = 0
    keys: str = KEYS
    """How the idempotency keys of its calls begin."""
    papers: bool = True
    """Whether papers are issued."""
    readouts: bool = True
    """Whether a rack is read out over Redfish. The readout is a zip: a copy of it cannot be told by other serials."""
    loggers: bool = True
    """Whether a logger travels with a crate. Its file tells its own moments: a copy of it cannot be told days later."""
    sample_minutes: int = 1
    """Minutes between two samples of a burn-in."""
    kit_lots: dict[str, str] = field(default_factory=dict)
    """Lots of kinds that come with a kit, where they are not named after the week."""
    position: str = ""
    """Where in the hall its racks go; "" = row by row."""

    def call(self, gated: Callable[..., Any], person: str, at: datetime, station: str = "", **arguments: Any) -> Any:
        """One operation, called by a person at a moment, as history: its deliveries are written as done."""
        self.calls += 1
        caller = Caller(
            user=self.people[person], station=station, at=at, happened_at=at, utc_offset=PLANT_OFFSET_MINUTES,
            door="task", key=f"{self.keys}{self.calls}", history=True,
        )  # fmt: skip
        return gated(caller=caller, **arguments)

    def on_shift(self, people: tuple[str, str, str], at: datetime) -> str:
        """Who of three is there at that hour: early from 6, late from 14, night from 22."""
        hour = at.astimezone(JAPAN).hour
        return people[0 if 6 <= hour < 14 else 1 if 14 <= hour < 22 else 2]
