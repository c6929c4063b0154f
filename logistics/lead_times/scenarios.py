"""Scenarios: one way to get a rack from its released parts to the received rack at the site."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from .shape import Shape, mean_days, shape_of
from .stages import BY_KEY, INPUT_KEYS

Grade = Literal["A", "B", "C"]
Transport = Literal["road", "air", "sea"]

Told = tuple[Grade, str, str]
"""Grade of an input, its source, and its source in Japanese ("" where a person wrote it)."""

DEFAULTS = Path(__file__).with_name("default_scenarios.json")


class InputOutOfOrder(ValueError):
    """Days must be above zero and in order: P10 ≦ P50 ≦ P90."""


class StageUnknown(ValueError):
    """The scenario has no such stage."""


@dataclass(frozen=True, slots=True)
class StageInput:
    """Elapsed days of a stage at P10, P50 and P90, with the grade of their source.

    `wait_share` is the measured share of the days in which nobody works (queue ÷ stay); None: by the stage's kind.
    """

    p10: float
    p50: float
    p90: float
    grade: Grade = "C"
    source: str = ""
    wait_share: float | None = None
    source_ja: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.p10 <= self.p50 <= self.p90 < 10_000:
            raise InputOutOfOrder(f"P10 {self.p10}, P50 {self.p50}, P90 {self.p90}")

    @property
    def shape(self) -> Shape:
        return shape_of(self.p10, self.p50, self.p90)

    @property
    def mean(self) -> float:
        """Expected days."""
        return mean_days(self.shape)

    def scaled_to(self, p50: float) -> "StageInput":
        """The same spread around another median: all three points times one factor."""
        factor = p50 / self.p50
        return replace(self, p10=self.p10 * factor, p50=p50, p90=self.p90 * factor)


@dataclass(frozen=True, slots=True)
class Risk:
    """What may go wrong on the way. Shares are probabilities for one rack, days are elapsed days."""

    first_pass_fail: float
    late_vessel_share: float
    late_vessel_mean_days: float
    air_roll_share: float
    air_roll: StageInput
    licence_share: float
    licence: StageInput
    storms_per_month: tuple[float, ...]
    """Expected closures of the haul to the site, January to December."""
    stoppage: StageInput
    """Days for which one storm closes roads and ferries."""
    test_again: float = 1.0
    """How much of a fresh test comes after a repair, on top of the stay in the test. A plant's own stays hold the
    repeated runs already: 0 where they speak alone."""

    def __post_init__(self) -> None:
        shares = (self.first_pass_fail, self.late_vessel_share, self.air_roll_share, self.licence_share)
        if not all(0 <= share <= 0.95 for share in shares):
            raise InputOutOfOrder(f"shares {shares}")
        if len(self.storms_per_month) != 12 or min(self.storms_per_month) < 0 or self.late_vessel_mean_days < 0:
            raise InputOutOfOrder(f"storms {self.storms_per_month}, late vessel {self.late_vessel_mean_days} days")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A source and a route.

    `families` are further component families that must arrive before assembly starts (the slowest counts).
    `site_ready` is the time from kit ready to a site ready to receive; None: the site is never waited for.
    """

    name: str
    origin: str
    transport: Transport
    title_ja: str
    title_en: str
    stages: Mapping[str, StageInput]
    risk: Risk
    families: tuple[StageInput, ...] = ()
    site_ready: StageInput | None = None
    told: Mapping[str, "Told"] = field(default_factory=lambda: MappingProxyType({}))
    """Grade and source of inputs that are this scenario's own, where the figure itself has no room for them."""

    base: str = ""
    """The scenario that this one lies over; "" for a built-in one."""
    own_keys: tuple[str, ...] = ()
    """The inputs that differ from the base."""

    @property
    def is_overseas(self) -> bool:
        return self.origin != "JP"

    @property
    def grades(self) -> dict[Grade, int]:
        """How many inputs on the comparison clock stand on each grade of source."""
        held = [entry.grade for key, entry in self.stages.items() if key != "kit_ready"]
        return {grade: held.count(grade) for grade in ("A", "B", "C")}


MOVED, MOVED_JA = "Moved on the page", "画面で変えた値"
"""Source of a figure that somebody moved."""


def with_input(
    scenario: Scenario, stage: str, *, p50: float, p10: float | None = None, p90: float | None = None
) -> Scenario:
    """The scenario with another figure for one stage, for a what-if.

    P10 and P90 keep their ratio to P50 unless given. An edited figure is an assumption: grade C.
    """
    if stage not in scenario.stages:
        raise StageUnknown(f"{scenario.name} has no stage {stage}")
    moved = scenario.stages[stage].scaled_to(p50)
    edited = replace(moved, p10=p10 or moved.p10, p90=p90 or moved.p90, grade="C", source=MOVED, source_ja=MOVED_JA)
    return with_stages(scenario, {stage: edited})


def with_stages(scenario: Scenario, inputs: Mapping[str, StageInput]) -> Scenario:
    """The scenario with some inputs replaced, such as by the plant's own record."""
    return replace(scenario, stages=MappingProxyType({**scenario.stages, **inputs}))


def with_risk(scenario: Scenario, **changes: Any) -> Scenario:
    """The scenario with some risks changed; names are those of `Risk`."""
    return replace(scenario, risk=replace(scenario.risk, **changes))


@cache
def default_scenarios() -> Mapping[str, Scenario]:
    """The seven built-in scenarios by name, domestic first, each input with its source and grade."""
    facts = json.loads(DEFAULTS.read_text(encoding="utf-8"))
    risk = _risk(facts["risk"])
    return MappingProxyType({row["name"]: _scenario(row, facts["inputs"], risk) for row in facts["scenarios"]})


def _scenario(row: Mapping[str, str], inputs: Iterable[Mapping[str, Any]], risk: Risk) -> Scenario:
    name = row["name"]
    held = {entry["stage"]: _input(entry) for entry in inputs if entry["of"] == "*" or name in entry["of"].split()}
    return Scenario(
        name=name,
        origin=row["origin"],
        transport=row["transport"],  # type: ignore[arg-type]
        title_ja=row["ja"],
        title_en=row["en"],
        stages=MappingProxyType({key: held[key] for key in INPUT_KEYS if key in held}),
        risk=risk,
    )


def _input(entry: Mapping[str, Any]) -> StageInput:
    p10, p50, p90 = entry["days"]
    return StageInput(p10, p50, p90, grade=entry["grade"], source=entry["source"], source_ja=entry["ja"])


def _risk(facts: Mapping[str, Any]) -> Risk:
    return Risk(
        first_pass_fail=facts["first_pass_fail"]["share"],
        late_vessel_share=facts["late_vessel"]["share"],
        late_vessel_mean_days=facts["late_vessel"]["mean_days"],
        air_roll_share=facts["air_roll"]["share"],
        air_roll=_input(facts["air_roll"]),
        licence_share=facts["licence"]["share"],
        licence=_input(facts["licence"]),
        storms_per_month=tuple(facts["storms"]["per_month"]),
        stoppage=_input(facts["stoppage"]),
    )


@cache
def storm_source() -> Told:
    """Grade and source of the storms by month."""
    row = json.loads(DEFAULTS.read_text(encoding="utf-8"))["risk"]["storms"]
    return row["grade"], row["source"], row["ja"]


@cache
def risk_sources() -> Mapping[str, Told]:
    """Grade and source of the risks' own figures, by the names of `Risk`."""
    facts = json.loads(DEFAULTS.read_text(encoding="utf-8"))["risk"]
    told = {name: (row["grade"], row["source"], row["ja"]) for name, row in facts.items()}
    return MappingProxyType(
        {
            "first_pass_fail": told["first_pass_fail"],
            "late_vessel_share": told["late_vessel"],
            "late_vessel_mean_days": told["late_vessel"],
            "air_roll_share": told["air_roll"],
            "licence_share": told["licence"],
        }
    )


def stage_title(key: str, language: str) -> str:
    """The stage's name in "ja" or "en"."""
    return BY_KEY[key].ja if language == "ja" else BY_KEY[key].en
