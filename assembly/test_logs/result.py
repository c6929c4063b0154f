"""What a tester's file says, as plain frozen facts.

Verdict and disposition are two fields on purpose: the verdict is what the tool said, the disposition is what the
plant should do about it, and every disposition other than `accept` has its sentence in `reasons`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from assembly.test_logs.column_map import ColumnMap

Verdict = Literal["pass", "warn", "fail", "error", "not_run", "none"]
Disposition = Literal["accept", "retest", "hold", "reject", "review"]
Format = Literal[
    "auto", "dcgm-diag", "dcgm-mndiag", "nvidia-smi", "nccl-tests", "nvbandwidth", "fio", "smartctl", "hpl",
    "stress-ng", "nvidia-smi-csv", "ipmi-sel", "kernel-log", "redfish", "openhtf", "ocp-diag", "plant-csv",
]  # fmt: skip
Plain = str | int | float | None
Rules = Mapping[tuple[str, str, str], tuple[Disposition, str]]
"""Disposition rules: (tool or "", condition, key) → what the plant does, and why (assembly.test_logs.rules)."""

FORMATS: tuple[Format, ...] = get_args(Format)

ROWS_LIMIT = 50_000
"""Results and measurements in one file; a whole rack's nvidia-smi has about 5,000."""


class Unreadable(Exception):
    """The file is not understood, and therefore proves nothing. The message is one line for the person who sent it."""

    def __init__(self, why: str) -> None:
        super().__init__(" ".join(why.split())[:300])


@dataclass(frozen=True)
class Limit:
    """The plant's own bounds for one measured name, both ends included. None leaves an end open. A value nearer to a
    bound than `guard` warns: it is within, but by less than the plant trusts its own measuring."""

    low: float | None = None
    high: float | None = None
    unit: str | None = None
    guard: float = 0.0


@dataclass(frozen=True)
class ReadOptions:
    """What the caller knows beside the file: the tool's exit code, the counts asked for, the plant's limits by name,
    those of a tool, which go before them where the file turns out to be of that tool, the column maps of the plant's
    own testers, every name of the one unit that the file is for (empty: not known), and the plant's disposition rules
    (empty: the shipped ones)."""

    exit_code: int | None = None
    expect_gpus: int | None = None
    expect_ranks: int | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    limits_by_tool: Mapping[str, Mapping[str, Limit]] = field(default_factory=dict)
    column_maps: tuple[ColumnMap, ...] = ()
    duts: frozenset[str] = frozenset()
    rules: Rules = field(default_factory=dict)


def label(kind: str, index: int | str | None) -> str:
    """The name by which results and measurements point at an entity: `gpu:0`, `rank:71`."""
    return kind if index is None else f"{kind}:{index}"


@dataclass(frozen=True)
class Entity:
    """One thing the tool reported on. `serial` is that of the board: two GPUs of one superchip share it.

    `more` holds the kind's own fields (pdi, module_id, chassis_serial, host ...); absent values are None.
    """

    kind: str
    index: int | str | None
    uuid: str | None = None
    serial: str | None = None
    part_number: str | None = None
    slot: int | str | None = None
    more: Mapping[str, Plain] = field(default_factory=dict)
    verdict: Verdict = "none"

    @property
    def label(self) -> str:
        return label(self.kind, self.index)

    def as_json(self) -> dict[str, object]:
        own: dict[str, object] = {
            "kind": self.kind,
            "index": self.index,
            "uuid": self.uuid,
            "serial": self.serial,
            "part_number": self.part_number,
            "slot": self.slot,
        }
        return {**own, **self.more, "label": self.label, "verdict": self.verdict}


@dataclass(frozen=True)
class Reading:
    """One measured value with its unit. None as value: the tool named the field and reported nothing usable."""

    name: str
    entity: str | None
    value: float | None
    unit: str | None
    low: float | None = None
    high: float | None = None
    verdict: Verdict | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "entity": self.entity,
            "value": self.value,
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict,
        }


@dataclass(frozen=True)
class TestResult:
    """One test of one entity (None: of the whole run). `error_ids` are the tool's own numbers."""

    __test__: ClassVar[bool] = False  # not a test case for pytest

    entity: str | None
    test: str
    verdict: Verdict
    category: str | None = None
    detail: str | None = None
    error_ids: tuple[int, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "entity": self.entity,
            "test": self.test,
            "verdict": self.verdict,
            "category": self.category,
            "detail": self.detail,
            "error_ids": list(self.error_ids),
        }


@dataclass(frozen=True)
class TestLog:
    """Everything one file says. `sha256` is that of the bytes as they came, before any unpacking."""

    __test__: ClassVar[bool] = False

    file: str
    sha256: str
    tool: str
    tool_version: str | None
    variant: str | None
    verdict: Verdict
    disposition: Disposition
    reasons: tuple[str, ...]
    entities: tuple[Entity, ...]
    measurements: tuple[Reading, ...]
    results: tuple[TestResult, ...]

    def entities_of(self, kind: str) -> tuple[Entity, ...]:
        return tuple(entity for entity in self.entities if entity.kind == kind)

    def as_json(self) -> dict[str, object]:
        """The object which `read_test_log` prints; plain JSON values only."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "tool": self.tool,
            "tool_version": self.tool_version,
            "variant": self.variant,
            "verdict": self.verdict,
            "disposition": self.disposition,
            "reasons": list(self.reasons),
            "entities": [entity.as_json() for entity in self.entities],
            "measurements": [reading.as_json() for reading in self.measurements],
            "results": [result.as_json() for result in self.results],
        }
