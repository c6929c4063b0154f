"""What happens in the demo plant, as data: the same seed and the same present give the same plan. Pure: no Django.

Each living rack has a timeline of spans (hours after its kit is ready). Its start is shifted so that the present falls
into the wanted span; what lies after the present has not happened yet and is left out by the clock.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from genpin.demo.timeline import Span, timeline
from genpin.demo.voyages import Voyage, travelling

SEED = 20261120
CELLS = tuple(f"A-{n:02}" for n in range(1, 13))


@dataclass(frozen=True, slots=True)
class Wish:
    """A living rack that is wanted: its name, design, the span in which it is now, and how far through it."""

    name: str
    design: str
    span: str
    through: float = 0.5
    trouble: str = ""
    voyage: str = ""


GB200, GB300 = "D-20", "D-31"
WISHES = (
    Wish("kitting", GB300, "T100", 0.5),
    Wish("short", GB200, "wait_kit", 0.6, trouble="short"),
    Wish("trays", GB300, "T110", 0.55),
    Wish("insertion", GB300, "230", 0.55),
    Wish("fill", GB200, "260", 0.6),
    Wish("firmware", GB300, "310", 0.5),
    Wish("testing", GB300, "340", 0.6),
    Wish("burn-1", GB300, "350", 0.16),
    Wish("burn-gap", GB200, "350", 0.42, trouble="gap"),
    Wish("burn-stale", GB300, "350", 0.61, trouble="stale"),
    Wish("burn-last", GB200, "350", 0.985),
    Wish("failed", GB300, "held", 0.5, trouble="burn_failed"),
    Wish("reworked", GB200, "510", 0.5, trouble="swapped"),
    Wish("packed", GB300, "waiting", 0.4),
    Wish("road", GB200, "", voyage="road"),
    Wish("ferry", GB300, "", voyage="ferry"),
    Wish("ferry-south", GB200, "", voyage="ferry_south"),
    Wish("silent", GB300, "", voyage="silent"),
    Wish("arrived", GB200, "", voyage="arrived"),
    Wish("accepted", GB300, "", voyage="accepted"),
)
"""Twenty living racks in every state."""

SMALL = (Wish("insertion", GB300, "230", 0.55), Wish("burn-gap", GB200, "350", 0.42, trouble="gap"))
"""Enough for the tests of pages."""


@dataclass(frozen=True, slots=True)
class RackPlan:
    """One living rack: when its kit was ready, its spans as moments, its troubles, its cell, its way."""

    wish: Wish
    kit_ready: datetime
    spans: dict[str, tuple[datetime, datetime]]
    need_by: date
    seed: int
    cell: str = ""
    failing_trays: dict[str, int] = field(default_factory=dict)
    """Span such as "T120" → which compute tray fails there at first."""
    voyage: Voyage | None = None

    @property
    def name(self) -> str:
        return self.wish.name

    @property
    def is_gb300(self) -> bool:
        return self.wish.design == GB300


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it: the living racks, and how many accepted ones are read in."""

    seed: int
    now: datetime
    racks: tuple[RackPlan, ...]
    accepted: int


def plan(*, now: datetime, seed: int = SEED, wishes: Sequence[Wish] = WISHES, accepted: int = 66) -> Plan:
    """The plan for a present. Cells are given in the order in which the racks need them."""
    drafts = [_rack(wish, now, random.Random(f"{seed}/{wish.name}")) for wish in wishes]
    return Plan(seed, now, tuple(_with_cells(drafts)), accepted)


def _rack(wish: Wish, now: datetime, rng: random.Random) -> RackPlan:
    voyage = travelling(wish.voyage, now, rng) if wish.voyage else None
    failing = _failing_trays(wish, rng)
    spans = timeline(rng, wish.trouble, failing)
    if voyage is None:
        wanted = spans[wish.span]
        start = now - wanted.begin - (wanted.end - wanted.begin) * wish.through
    else:
        start = voyage.departed - timedelta(hours=rng.uniform(5, 16)) - spans["520"].end
    start = start.replace(second=0, microsecond=0)
    moments = {name: (start + span.begin, start + span.end) for name, span in spans.items()}
    return RackPlan(
        wish, start, moments, _need_by(wish, start, spans, rng), rng.randrange(10**9), failing_trays=failing,
        voyage=voyage,
    )  # fmt: skip


def _failing_trays(wish: Wish, rng: random.Random) -> dict[str, int]:
    """Some racks have a compute tray that fails a test at first: leak (120) or electrical safety (130)."""
    return {f"T{number}": rng.randrange(18) for number in (120, 130) if rng.random() < 0.4}


def _need_by(wish: Wish, start: datetime, spans: dict[str, Span], rng: random.Random) -> date:
    """The delivery day that a smooth run would just reach, sooner for some, so that some are in danger."""
    smooth = start + spans["520"].end + timedelta(hours=60 + rng.uniform(-40, 70))
    if wish.trouble in ("burn_failed", "short"):
        smooth -= timedelta(days=3)
    return delivery_day(smooth)


def delivery_day(moment: datetime) -> date:
    """The site takes racks on Tuesdays and Fridays: the first such day from a moment on."""
    days = (moment + timedelta(days=n) for n in range(7))
    return next(day for day in days if day.weekday() in (1, 4)).date()


def _with_cells(racks: Sequence[RackPlan]) -> list[RackPlan]:
    """The first free cell for each rack, in the order of their burn-ins; 12 h of margin between two."""
    free = dict.fromkeys(CELLS, datetime.min.replace(tzinfo=UTC))
    found = {}
    for rack in sorted(racks, key=lambda rack: rack.spans["350"][0]):
        begin, end = rack.spans["350"]
        cell = next(cell for cell, moment in free.items() if moment <= begin)
        free[cell] = end + timedelta(hours=14)
        found[rack.name] = cell
    return [replace(rack, cell=found[rack.name]) for rack in racks]
