"""The facts of a comparison report: what was asked, on what it stood, what it answered. Figures as they were kept."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from documents.paper import Stamp
from documents.words import Plant, Words

Curve = tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True)
class ReportInput:
    """An input of a scenario: its figures as text, the grade of its source. `own`: it differs from the base."""

    title: Words
    figures: str
    grade: str
    source: Words
    own: bool


@dataclass(frozen=True)
class ReportStage:
    """Mean days of a stage, work and wait, and its share of the variance."""

    title: Words
    work: Decimal
    wait: Decimal
    share: Decimal


@dataclass(frozen=True)
class ReportScenario:
    """A scenario's answers: elapsed days from kit ready, chances as they are rounded, the cheapest promise. The last
    five are of drawn scenarios only."""

    title: Words
    grades: str
    p50: Decimal
    p80: Decimal
    p95: Decimal
    mean: Decimal
    on_time: str
    all_on_time: str
    last_p80: Decimal
    faster: str
    mean_gap: Decimal | None
    turn: Decimal | None
    best_days: Decimal
    best_on: date
    best_yen: Decimal
    stages: tuple[ReportStage, ...] = ()
    inputs: tuple[ReportInput, ...] = ()
    arrived: Curve = ()
    batch_arrived: Curve = ()
    cost: Curve = ()


@dataclass(frozen=True)
class ReportSwing:
    """An input that was moved, with its range; the P50 gap at either end, and both P80s."""

    title: Words
    gap_low: Decimal
    gap_high: Decimal
    first_p80: tuple[Decimal, Decimal]
    second_p80: tuple[Decimal, Decimal]


@dataclass(frozen=True)
class ReportMonth:
    """A batch by month of kit ready (0: without storms): struck runs, racks stopped, days lost, all in time."""

    month: int
    hit: Decimal
    racks_hit: Decimal
    days_lost: Decimal
    p80: Decimal
    all_on_time: Decimal


@dataclass(frozen=True)
class KeptForecasts:
    """Forecasts of a level that fell due and were kept."""

    level: int
    kept: int
    due: int


@dataclass(frozen=True)
class ComparisonSheet:
    """A saved comparison, true at the instant `at` of its event, `record`. The first `drawn` scenarios have curves."""

    plant: Plant
    number: str
    name: str
    facts: str
    as_of: datetime
    start_on: date
    need_by: date
    need_by_days: Decimal
    racks: int
    late_yen: int
    early_yen: int
    best_level: Decimal
    seed: int
    draws: int
    batch_draws: int
    bar_draws: int
    received: int
    open: int
    drawn: int
    scenarios: tuple[ReportScenario, ...]
    gap: Curve
    gap_now: Decimal
    swings: tuple[ReportSwing, ...]
    seasons: tuple[tuple[ReportMonth, ...], ...]
    forecasts: tuple[KeptForecasts, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int
