"""Every fact on a traveller (工程移動票), as plain values; no Django, no layout, no language.

Instants carry a time zone. Texts typed by people are `str`; names kept in two languages are `Words`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from documents.paper import Stamp
from documents.words import Plant, Words


@dataclass(frozen=True)
class Reading:
    """A recorded value with its limits; `verdict` is pass, fail, conditional, not_run or empty when not judged."""

    step: str
    """Number of the operation, `250`."""
    name: Words
    value: Decimal | str
    unit: str
    low: Decimal | None
    high: Decimal | None
    verdict: str
    tool: str
    """Tool or instrument code; empty when none was named."""
    at: datetime


@dataclass(frozen=True)
class Step:
    """One attempt at an operation, or an operation still to come (no start)."""

    number: str
    name: Words
    attempt: int
    work_centre: str
    scan_text: str
    """What the station's scanner reads to start or finish it: `OP-` tag `-` number."""
    started_at: datetime | None
    finished_at: datetime | None
    readings: tuple[Reading, ...]
    """The few that the front page shows beside the operation."""
    note: str
    verdict: str
    operator: str
    checker: str
    is_current: bool
    demanded_by: str = ""
    """Number of the nonconformity that asked for this attempt."""
    amended_by: int = 0
    """The attempt that corrects this one, which is void by it; 0 for none."""
    amends: int = 0
    """The attempt that this one corrects."""


@dataclass(frozen=True)
class KindCount:
    """Units required by the frozen design and units in place, of one kind."""

    kind: Words
    required: int
    installed: int


@dataclass(frozen=True)
class LotUse:
    """What went in without a serial: coolant, TIM, screws."""

    part_number: str
    name: Words
    lot: str
    quantity: Decimal
    unit: str
    step: str
    at: datetime


@dataclass(frozen=True)
class SlotRow:
    """A slot of the frozen design and what sits in it now.

    `state`: installed, empty, missing, held, failed, deviation, unknown.
    """

    designation: str
    rack_unit: str
    slot_number: str
    designed_part: str
    name: Words
    installed_part: str
    serial: str
    tag: str
    state: str
    since: datetime | None


@dataclass(frozen=True)
class RemovedRow:
    """A unit that sat in a slot and was taken out: its life here, and why it ended."""

    designation: str
    part_number: str
    name: Words
    serial: str
    tag: str
    installed_at: datetime
    removed_at: datetime
    reason: str
    by: str


@dataclass(frozen=True)
class SoakInterval:
    """Time that counts. An open one has no end."""

    started_at: datetime
    ended_at: datetime | None
    minutes: int


@dataclass(frozen=True)
class SoakGap:
    """Time that does not count, and why."""

    started_at: datetime
    ended_at: datetime | None
    minutes: int
    reason: Words | str


@dataclass(frozen=True)
class SeriesSummary:
    """One measured series over the counted time."""

    name: Words
    unit: str
    low: Decimal | None
    high: Decimal | None
    minimum: Decimal | None
    mean: Decimal | None
    maximum: Decimal | None
    samples: int
    verdict: str


@dataclass(frozen=True)
class BurnIn:
    """One burn-in run. The verdict comes from stored samples and gaps only; empty while it runs."""

    step: str
    attempt: int
    cell: str
    required_minutes: int
    counted_minutes: int
    state: str
    """running, stopped, stopped_held, finished"""
    verdict: str
    intervals: tuple[SoakInterval, ...]
    gaps: tuple[SoakGap, ...]
    series: tuple[SeriesSummary, ...]


@dataclass(frozen=True)
class Signature:
    """Printed name, time and meaning (21 CFR 11.50); `meaning` is prepared, inspected, checked or approved."""

    step: str
    subject: Words | str
    name: Words | str
    section: str
    meaning: str
    at: datetime
    event: int
    void: str = ""
    """Why it holds no more; empty while it does."""


@dataclass(frozen=True)
class AmendmentRow:
    """A measured value that was corrected: both lives, why, by whom."""

    step: str
    attempt: int
    """The attempt that was corrected; the next one stands in its place."""
    name: Words
    was: str
    value: str
    unit: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Nonconformity:
    """`demands` says what must be repeated before the rack goes on. `state`: open, closed."""

    number: str
    what: Words | str
    found_at: datetime
    step: str
    disposition: str
    """Word code: retest, rework, use_as_is, scrap, return; empty until quality decided."""
    demands: str
    state: str


@dataclass(frozen=True)
class TestRunRow:
    """A tester's own file: verdict is what the tool said, disposition what the plant does with it."""

    step: str
    tool: str
    version: str
    station: str
    started_at: datetime
    file_sha256: str
    verdict: str
    disposition: str
    """Word code: accept, retest, hold, reject, review."""
    reason: Words | str


@dataclass(frozen=True)
class TravellerSheet:
    """Build, frozen design and everything done so far, true at the instant `at` of the last event, `record`."""

    plant: Plant
    kind: str
    """`rack` or `tray`."""
    serial: str
    tag: str
    part_name: Words
    part_number: str
    part_revision: str
    order: str
    design: str
    """The frozen design, `D-31`."""
    destination: Words
    need_by: date | None
    at: datetime
    record: int
    current: str
    """State word code of the current step: waiting, running, stopped, stopped_held, finished."""
    stamps: tuple[Stamp, ...]
    composition: tuple[KindCount, ...]
    lots: tuple[LotUse, ...]
    """The first two stand on the front page: put the coolant first."""
    steps: tuple[Step, ...]
    slots: tuple[SlotRow, ...]
    readings: tuple[Reading, ...]
    burn_ins: tuple[BurnIn, ...]
    signatures: tuple[Signature, ...]
    nonconformities: tuple[Nonconformity, ...]
    test_runs: tuple[TestRunRow, ...]
    amendments: tuple[AmendmentRow, ...] = ()
    removed: tuple[RemovedRow, ...] = ()
