"""What is told of a build that was made before Genpin was there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from assembly.models import Build, Design

ORIGIN = "imported"


@dataclass(frozen=True, slots=True)
class PastRun:
    """One attempt at an operation. A failed one says what was found; the next attempt answers it."""

    number: int
    started_at: datetime
    finished_at: datetime
    result: str = "pass"
    found: str = ""
    defect_code: str = ""


@dataclass(frozen=True, slots=True)
class PastTray:
    """A tray in a slot of the rack. `serial` "": the plant numbers it, where its design has numbers of the plant."""

    position: str
    serial: str
    started_at: datetime
    completed_at: datetime
    runs: list[PastRun] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PastRack:
    """A rack that is complete: its order, its clocks, its runs, its trays. Attempts stand in their order."""

    design_code: str
    order_number: str
    started_at: datetime
    completed_at: datetime
    location_code: str
    serial: str = ""
    need_by: date | None = None
    customer_order_at: datetime | None = None
    kit_ready_at: datetime | None = None
    runs: list[PastRun] = field(default_factory=list)
    trays: list[PastTray] = field(default_factory=list)


Past = PastRack | PastTray


@dataclass(slots=True)
class Draft:
    """One build to be: what is told of it, its order, its design, its rack (None: it is one) and place there."""

    past: Past
    order: str
    design: Design
    host: int | None = None
    position: str | None = None
    build: Build = field(default_factory=Build)
