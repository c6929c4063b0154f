"""Build here or overseas: the comparison with the plant's own stays in the domestic scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from logistics.lead_times.batch import BatchResult, last_of_batch
from logistics.lead_times.calibration import Coverage, coverage_of
from logistics.lead_times.compare import compare
from logistics.lead_times.results import Comparison
from logistics.lead_times.scenarios import Scenario, default_scenarios, with_input, with_risk
from logistics.lead_times.sensitivity import Sensitivity, sensitivity
from logistics.queries.calibration import given_claims
from logistics.queries.lives import rack_lives
from logistics.queries.outlook import PLANT
from logistics.queries.stays import StageDays, blended_domestic, stage_days

DOMESTIC = "DOM"
CHOSEN = ("TWair", "TXair", "MXsea")
"""Drawn beside the domestic scenario unless others are chosen (RULINGS 16)."""

DRAWS = 20_000
BATCH_DRAWS = 2_000
SWING_DRAWS = 3_000
SEED = 4711
KEPT = 32
"""Comparisons that a process keeps, each some 100 kB: what managers look at again within a day."""
LATE_YEN = 850_000
EARLY_YEN = 60_000
"""For one rack and day, late and early: assumptions of the plant, shown on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWish:
    """What is compared. Blank inputs take the plant's own figures or the defaults. `month`: kit ready in that month."""

    racks: int = 12
    need_by_days: float = 30.0
    month: int | None = None
    inbound_p50: float | None = None
    first_pass_yield: float | None = None
    chosen: tuple[str, ...] = CHOSEN
    seed: int = SEED


@dataclass(frozen=True)
class ComparePage:
    """The answers of the comparison page, with what they stand on."""

    as_of: datetime
    wish: CompareWish
    start_on: date
    comparison: Comparison
    scenarios: Mapping[str, Scenario]
    batches: Mapping[str, BatchResult]
    swings: Mapping[str, Sensitivity]
    """Sensitivity of domestic against each chosen scenario."""
    days: Mapping[str, StageDays]
    delivered: int
    open: int
    calibration: tuple[Coverage, ...]
    """How the first forecasts given of these racks came true."""

    @property
    def need_by(self) -> date:
        return self.start_on + timedelta(days=self.wish.need_by_days)

    @property
    def main(self) -> str:
        """The scenario set against the domestic one first."""
        return self.wish.chosen[0]


def compare_page(wish: CompareWish, as_of: datetime) -> ComparePage:
    """The comparison as known at an instant. Two queries; the same wish, record and seed give the same figures, drawn
    once a process while nothing that goes into them moves."""
    lives = rack_lives(as_of)
    days = stage_days(lives, as_of)
    scenarios = {**default_scenarios(), DOMESTIC: blended_domestic(days, lives)}
    scenarios = {name: _as_wished(scenario, wish) for name, scenario in scenarios.items()}
    start = start_of(wish.month, as_of)
    drawn = _drawn(_Asked(scenarios, wish, start))
    return ComparePage(
        as_of=as_of,
        wish=wish,
        start_on=start,
        comparison=drawn.comparison,
        scenarios=scenarios,
        batches=drawn.batches,
        swings=drawn.swings,
        days=days,
        delivered=sum(life.is_received for life in lives),
        open=sum(not life.is_received for life in lives),
        calibration=coverage_of(given_claims(lives, as_of), as_of),
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """All that the draws depend on; equal when it reads the same, since mappings have no hash."""

    scenarios: Mapping[str, Scenario]
    wish: CompareWish
    start_on: date

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was drawn for it."""

    comparison: Comparison
    batches: Mapping[str, BatchResult]
    swings: Mapping[str, Sensitivity]


@lru_cache(maxsize=KEPT)
def _drawn(asked: _Asked) -> _Drawn:
    wish, home = asked.wish, asked.scenarios[DOMESTIC]
    facts = {"seed": wish.seed, "need_by_days": wish.need_by_days, "start_on": asked.start_on}
    return _Drawn(
        comparison=compare(asked.scenarios.values(), draws=DRAWS, **facts),  # type: ignore[arg-type]
        batches={
            name: last_of_batch(one, racks=wish.racks, draws=BATCH_DRAWS, **facts)  # type: ignore[arg-type]
            for name, one in asked.scenarios.items()
        },
        swings={
            name: sensitivity(home, asked.scenarios[name], draws=SWING_DRAWS, seed=wish.seed, start_on=asked.start_on)
            for name in wish.chosen
        },
    )


def start_of(month: int | None, as_of: datetime) -> date:
    """The day of kit ready: today in the plant, or the first day of the next such month."""
    today = as_of.astimezone(PLANT).date()
    if month is None or month == today.month:
        return today
    return date(today.year + (month < today.month), month, 1)


def _as_wished(scenario: Scenario, wish: CompareWish) -> Scenario:
    """The inputs a person moved: the domestic inbound median, the first-pass yield of every plant."""
    if wish.inbound_p50 is not None and scenario.name == DOMESTIC:
        scenario = with_input(scenario, "inbound", p50=wish.inbound_p50)
    if wish.first_pass_yield is not None:
        scenario = with_risk(scenario, first_pass_fail=min(max(1 - wish.first_pass_yield, 0.0), 0.95))
    return scenario
