"""The facts of a weekly report: figures as of the end of the week, as they were kept."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from documents.paper import Stamp
from documents.words import Plant


@dataclass(frozen=True)
class Headline:
    """A figure of this week and of the one before (none: not known)."""

    key: str
    now: Decimal
    before: Decimal | None


@dataclass(frozen=True)
class PlanDay:
    """Racks needed by a day, received by it (past), and expected by it at P10, P50, P90 (ahead)."""

    day: date
    needed: int
    received: int | None
    low: Decimal | None
    middle: Decimal | None
    high: Decimal | None


@dataclass(frozen=True)
class PromisedRack:
    """A rack received in the week: needed by, received, days late (negative: early), the stage that took longer than
    usual ("": none did)."""

    name: str
    need_by: date
    received_at: datetime
    days_late: Decimal
    reason: str


@dataclass(frozen=True)
class LateRack:
    """An open rack that may come late: where it is, its window, chance and expected cost."""

    name: str
    stage: str
    need_by: date
    p50_at: datetime
    chance: Decimal
    yen: int


@dataclass(frozen=True)
class StageWeek:
    """A stage: racks in it, stays that ended this week and the one before with their median days."""

    key: str
    open: int
    ended: int
    median: Decimal | None
    ended_before: int
    median_before: Decimal | None


@dataclass(frozen=True)
class YieldWeek:
    """First attempts at an operation of a product, passed ones; and of the week before."""

    part: str
    operation: str
    passed: int
    n: int
    passed_before: int
    n_before: int


@dataclass(frozen=True)
class OpenItem:
    """A nonconformity or a hold that was open at the end of the week."""

    kind: str
    number: str
    unit: str
    text: str
    opened_at: datetime


@dataclass(frozen=True)
class ShortPart:
    """A part that open builds lack."""

    number: str
    needed: int
    good: int
    coming: Decimal
    stops_on: date | None


@dataclass(frozen=True)
class SupplierWeek:
    """A supplier's lots judged in the week."""

    code: str
    name: str
    lots: int
    rejected: int


@dataclass(frozen=True)
class DeliveryWeek:
    """A supplier's lines by promised day at the week's end, of a year's notices: on time of those that came or are past
    their day, late ones among them that are still open, and lines that name no day."""

    code: str
    name: str
    due: int
    on_time: int
    overdue: int
    undated: int


@dataclass(frozen=True)
class DisruptionWeek:
    """A disruption of the week; `ended_at` none: not over by its end."""

    number: str
    headline: str
    begins_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class CoverageWeek:
    """Claims at a level that fell due and were kept, with the band of an honest forecast."""

    level: int
    due: int
    kept: int
    low: int
    high: int


@dataclass(frozen=True)
class SourceWeek:
    """How a source's ETAs came true: hours, positive later than said."""

    source: str
    carrier: str
    awaited: str
    asked: int
    told: int
    error: Decimal | None
    spread: Decimal | None
    kept: int


@dataclass(frozen=True)
class WeeklySheet:
    """A weekly report, made at the instant `at` of its event, `record`."""

    plant: Plant
    number: str
    begins_on: date
    ends_on: date
    as_of: datetime
    facts: str
    headlines: tuple[Headline, ...]
    plan: tuple[PlanDay, ...]
    promised: tuple[PromisedRack, ...]
    late: tuple[LateRack, ...]
    stages: tuple[StageWeek, ...]
    yields: tuple[YieldWeek, ...]
    open: tuple[OpenItem, ...]
    open_count: int
    short: tuple[ShortPart, ...]
    suppliers: tuple[SupplierWeek, ...]
    deliveries: tuple[DeliveryWeek, ...]
    disruptions: tuple[DisruptionWeek, ...]
    coverage: tuple[CoverageWeek, ...]
    sources: tuple[SourceWeek, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int
