"""What a comparison answers: frozen figures, their JSON, and the rounding that guesses deserve."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .scenarios import Grade

JSON_DIGITS = 4
"""Decimals in JSON: beyond the noise of a million draws."""


@dataclass(frozen=True, slots=True)
class StageDays:
    """Mean days of one stage: work + wait. Means add up over the stages; quantiles do not."""

    key: str
    work: float
    wait: float
    variance_share: float
    """Share of the variance of the whole clock that comes with this stage (covariance ÷ variance)."""

    @property
    def mean(self) -> float:
        return self.work + self.wait


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario on the comparison clock, elapsed days."""

    name: str
    title_ja: str
    title_en: str
    p50: float
    p80: float
    p95: float
    mean: float
    p_on_time: float | None
    mean_days_late: float | None
    mean_days_early: float | None
    stages: tuple[StageDays, ...]
    quantiles: tuple[tuple[float, float], ...]
    """(level, days), for bands, dots and dials."""
    arrived: tuple[tuple[float, float], ...]
    """(days, share received by then): the cumulative distribution, for the chart."""
    early: tuple[tuple[float, float], ...]
    """(days promised, mean days by which a rack is there before them) at the same days: for the cost of a promise."""
    grades: Mapping[Grade, int]

    @property
    def wait_share(self) -> float:
        """Share of the mean days in which nobody works on the rack."""
        return sum(stage.wait for stage in self.stages) / self.mean

    def days_at(self, level: float) -> float:
        """Days at one of the stored levels, such as .9."""
        return dict(self.quantiles)[level]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two scenarios draw by draw. Gaps are second − first: above zero, the first is faster."""

    first: str
    second: str
    p_first_faster: float
    mean_gap: float
    p50_gap: float
    p80_gap: float
    rests_on_guesses: bool
    """Some input of either is of grade C: show the probability rounded, with the break-even beside it."""


@dataclass(frozen=True, slots=True)
class GapDensity:
    """Density of the paired difference second − first."""

    first: str
    second: str
    points: tuple[tuple[float, float], ...]
    """(days, density per day)."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios on one clock (kit ready → end of site receiving), against one need-by day."""

    draws: int
    seed: int
    need_by_days: float | None
    start_on: date | None
    results: tuple[ScenarioResult, ...]
    pairs: tuple[Pair, ...]
    gaps: tuple[GapDensity, ...]
    """Each scenario against the first one."""

    def result(self, name: str) -> ScenarioResult:
        return next(result for result in self.results if result.name == name)

    def pair(self, first: str, second: str) -> Pair:
        """The pair in the order in which the scenarios were given."""
        return next(pair for pair in self.pairs if (pair.first, pair.second) == (first, second))

    def gap(self, second: str) -> GapDensity:
        return next(gap for gap in self.gaps if gap.second == second)

    def as_json(self) -> bytes:
        """The figures as JSON: sorted keys, fixed decimals, a line feed at the end. Same figures, same bytes."""
        shown = {
            "clock": "kit_ready to end of site_receiving, elapsed calendar days",
            "draws": self.draws,
            "seed": self.seed,
            "need_by_days": self.need_by_days,
            "start_on": self.start_on.isoformat() if self.start_on else None,
            "scenarios": {result.name: _scenario_json(result) for result in self.results},
            "pairs": [_pair_json(pair) for pair in self.pairs],
        }
        text = json.dumps(_rounded(shown), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
        return text.encode() + b"\n"


def _scenario_json(result: ScenarioResult) -> dict[str, Any]:
    stages = {stage.key: stage.mean for stage in result.stages}
    variance = {stage.key: stage.variance_share for stage in result.stages}
    return {
        "title": {"en": result.title_en, "ja": result.title_ja},
        "p50_days": result.p50,
        "p80_days": result.p80,
        "p95_days": result.p95,
        "mean_days": result.mean,
        "on_time_probability": result.p_on_time,
        "mean_days_late": result.mean_days_late,
        "mean_days_early": result.mean_days_early,
        "mean_days_by_stage": stages,
        "variance_share_by_stage": variance,
        "wait_share": result.wait_share,
        "inputs_by_grade": dict(result.grades),
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    return {
        "first": pair.first,
        "second": pair.second,
        "first_is_faster_probability": pair.p_first_faster,
        "mean_gap_days": pair.mean_gap,
        "p50_gap_days": pair.p50_gap,
        "p80_gap_days": pair.p80_gap,
        "rests_on_guesses": pair.rests_on_guesses,
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, JSON_DIGITS) + 0.0  # no minus zero
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return value


def round_probability(probability: float, step: float = 0.05) -> float:
    """A probability that rests on grade C inputs, to the nearest 5 % (MODEL 10, trap 11)."""
    return round(round(probability / step) * step, 4)


def probability_text(probability: float, *, rests_on_guesses: bool = True) -> str:
    """For pages and papers: "60 %", "< 5 %" or "> 95 %"; to 1 % where no input is a guess. Never 0 or 100 %."""
    step = 5 if rests_on_guesses else 1
    percent = round(probability * 100 / step) * step
    if percent < step:
        return f"< {step} %"
    if percent > 100 - step:
        return f"> {100 - step} %"
    return f"{percent} %"
