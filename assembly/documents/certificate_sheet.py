"""Every fact on a test and burn-in certificate (試験・エージング成績書), as plain values; no Django, no layout.

Instants carry a time zone. Values are in the unit beside them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from assembly.documents.traveller_sheet import Reading, Signature, SoakGap, SoakInterval
from documents.paper import Curve, Stamp
from documents.words import Plant, Words


@dataclass(frozen=True)
class OperationRow:
    """One attempt at an operation that tests. `result`: pass, fail, conditional, aborted, empty while it runs.
    `why`: what was wrong with an attempt that did not hold; `report`: the nonconformity behind the next one."""

    number: str
    name: Words
    attempt: int
    station: str
    started_at: datetime
    finished_at: datetime | None
    result: str
    operator: str
    counts: bool
    """Whether the certificate stands on this attempt: passed, the latest, and no rework asks for it again."""
    why: Words
    report: str


@dataclass(frozen=True)
class TestFileRow:
    """One tester's file: verdict is what the tool said, disposition what the plant does with it. `limits`: the revision
    of the plant's own limits that judged it. `replaced_at`: when a later file of the same tool and unit replaced it."""

    __test__ = False

    step: str
    unit: str
    tool: str
    version: str
    station: str
    at: datetime
    file_sha256: str
    verdict: str
    disposition: str
    reason: Words
    limits: str
    replaced_at: datetime | None


@dataclass(frozen=True)
class ValueRow:
    """One measured name over all entities of all files that stand, against one pair of limits. `failed` counts what the
    file or the limits did not pass."""

    step: str
    tool: str
    name: str
    unit: str
    low: Decimal | None
    high: Decimal | None
    count: int
    minimum: Decimal
    maximum: Decimal
    failed: int


@dataclass(frozen=True)
class FaultRow:
    """One result that was no pass, of any file, replaced or not."""

    step: str
    tool: str
    unit: str
    entity: str
    name: str
    value: str
    low: Decimal | None
    high: Decimal | None
    verdict: str
    at: datetime


@dataclass(frozen=True)
class AlarmRow:
    """A limit left, and kept again (None: still out); `value` is the one that left it."""

    series: Words
    unit: str
    low: Decimal | None
    high: Decimal | None
    value: Decimal
    started_at: datetime
    cleared_at: datetime | None


@dataclass(frozen=True)
class SeriesRow:
    """One series over the whole run in figures."""

    name: Words
    unit: str
    low: Decimal | None
    high: Decimal | None
    n: int
    gaps: int
    minimum: Decimal | None
    mean: Decimal | None
    p95: Decimal | None
    maximum: Decimal | None
    last: Decimal | None
    verdict: str


@dataclass(frozen=True)
class PlotRow:
    """A series as it is drawn."""

    name: Words
    unit: str
    n: int
    curve: Curve


@dataclass(frozen=True)
class SoakRow:
    """One burn-in: minutes on the clock against the minutes required; `samples_sha256` binds the verdict to the stored
    samples. Without samples there is no verdict, whatever history says."""

    step: str
    attempt: int
    cell: str
    started_at: datetime
    ended_at: datetime | None
    required_minutes: int
    counted_minutes: int
    gap_minutes_allowed: int
    state: str
    verdict: str
    why: Words
    samples: int
    samples_sha256: str
    intervals: tuple[SoakInterval, ...]
    gaps: tuple[SoakGap, ...]
    alarms: tuple[AlarmRow, ...]
    series: tuple[SeriesRow, ...]
    plots: tuple[PlotRow, ...]


@dataclass(frozen=True)
class CertificateSheet:
    """Tests and burn-ins of a rack or tray, true at the instant `at` of the last event, `record`.

    `verdict`: pass, fail, or empty as long as something is `missing`: then it is a draft and cannot be issued."""

    plant: Plant
    kind: str
    serial: str
    tag: str
    part_name: Words
    part_number: str
    part_revision: str
    order: str
    design: str
    routing: str
    verdict: str
    missing: tuple[Words, ...]
    operations: tuple[OperationRow, ...]
    files: tuple[TestFileRow, ...]
    readings: tuple[Reading, ...]
    values: tuple[ValueRow, ...]
    faults: tuple[FaultRow, ...]
    faults_more: int
    """How many more there are than are listed."""
    soaks: tuple[SoakRow, ...]
    signatures: tuple[Signature, ...]
    stamps: tuple[Stamp, ...]
    at: datetime
    record: int
