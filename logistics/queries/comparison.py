"""Build here or overseas: the comparison with the plant's own stays in the domestic scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from logistics.lead_times.batch import BatchResult, batch_result, last_days
from logistics.lead_times.calibration import Coverage, coverage_of
from logistics.lead_times.compare import compare
from logistics.lead_times.promise import Promise, best_promise
from logistics.lead_times.record import StageStatistics
from logistics.lead_times.results import Comparison
from logistics.lead_times.scenarios import MOVED, MOVED_JA, Scenario, default_scenarios, with_input, with_risk
from logistics.lead_times.season import Season, season
from logistics.lead_times.sensitivity import Sensitivity, break_evens, sensitivity
from logistics.lead_times.shape import Days
from logistics.queries.calibration import given_claims
from logistics.queries.kept import kept_facts
from logistics.queries.lives import RackLife
from logistics.queries.outlook import PLANT
from logistics.queries.own_scenarios import as_scenario, revisions_named
from logistics.queries.stays import StageDays, blended_domestic, stage_days
from logistics.queries.way_basis import CalendarInForce
from logistics.queries.working_stays import plant_calendar, working_statistics

DOMESTIC = "DOM"
CHOSEN = ("TWair", "TXair", "MXsea")
"""Drawn beside the domestic scenario unless others are chosen (RULINGS 16)."""

DRAWS = 20_000
BATCH_DRAWS = 2_000
SWING_DRAWS = 3_000
SEED = 4711
KEPT = 64
"""Answers that a process keeps of each kind, some 20 to 100 kB each: what managers look at again within a day, and what
a slider does not move."""
LATE_YEN = 850_000
EARLY_YEN = 60_000
"""For one rack and day, late and early: assumptions of the plant, shown on the page and movable there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareWish:
    """What is compared. Blank inputs take the plant's own figures or the defaults. `month`: kit ready in that month."""

    racks: int = 12
    need_by_days: float = 30.0
    month: int | None = None
    inbound_p50: float | None = None
    first_pass_yield: float | None = None
    late_yen: int = LATE_YEN
    early_yen: int = EARLY_YEN
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
    swings: Sensitivity
    """Sensitivity of domestic against the first chosen scenario."""
    turns: Mapping[str, float | None]
    """Domestic inbound P50 at which the answer against each chosen scenario turns; None: nowhere in its range."""
    seasons: Mapping[str, Season]
    """Of domestic and the first chosen scenario."""
    days: Mapping[str, StageDays]
    lives: tuple[RackLife, ...]
    calendar: CalendarInForce | None
    """The released calendar of the plant; None: none is released."""
    delivered: int
    open: int
    calibration: tuple[Coverage, ...]
    """How the first forecasts given of these racks came true."""

    @property
    def need_by(self) -> date:
        return self.start_on + timedelta(days=self.wish.need_by_days)

    @cached_property
    def working(self) -> Mapping[str, StageStatistics]:
        """The plant's stages in working days of its calendar; empty where none is released. Asks nothing."""
        return working_statistics(self.lives, self.as_of, self.calendar.hours) if self.calendar else {}

    @property
    def main(self) -> str:
        """The scenario set against the domestic one first."""
        return self.wish.chosen[0]

    @property
    def drawn(self) -> tuple[str, ...]:
        """Domestic and the chosen scenarios, in the order of their curves."""
        return (DOMESTIC, *self.wish.chosen)

    def promise(self, name: str) -> Promise:
        """The promise of a scenario that costs least."""
        return best_promise(self.comparison.result(name), self.wish.late_yen, self.wish.early_yen)


def compare_page(wish: CompareWish, as_of: datetime) -> ComparePage:
    """The comparison as known at an instant. Two queries, two more where scenarios of one's own are chosen; the same
    wish, record and seed give the same figures, drawn once a process while nothing that goes into them moves."""
    known = kept_facts(as_of)
    lives = known.lives
    days = stage_days(lives, as_of)
    scenarios = {**default_scenarios(), DOMESTIC: blended_domestic(days, lives)}
    for revision in revisions_named(wish.chosen):
        scenarios[revision.code] = as_scenario(revision, scenarios)
    home = scenarios[DOMESTIC]
    scenarios = {name: _as_wished(scenario, wish, home) for name, scenario in scenarios.items()}
    start = start_of(wish.month, as_of)
    return ComparePage(
        as_of=as_of,
        wish=wish,
        start_on=start,
        scenarios=scenarios,
        **answers(scenarios, wish, start),
        days=days,
        lives=lives,
        calendar=plant_calendar(known.basis.calendars),
        delivered=sum(life.is_received for life in lives),
        open=sum(not life.is_received for life in lives),
        calibration=coverage_of(given_claims(lives, as_of), as_of),
    )


def answers(scenarios: Mapping[str, Scenario], wish: CompareWish, start: date) -> dict[str, Any]:
    """What is drawn: a pure function of the scenarios, the wish (with its seed) and the day of kit ready."""
    home, main = scenarios[DOMESTIC], scenarios[wish.chosen[0]]
    sky, seed, need = home.risk, wish.seed, wish.need_by_days
    others = tuple(scenarios[name] for name in wish.chosen)
    return {
        "comparison": _compared(Drawn(*scenarios.values()), seed, need, start),
        "batches": {
            name: batch_result(name, wish.racks, _last(Drawn(one), Drawn(sky), wish.racks, seed, start), need)
            for name, one in scenarios.items()
        },
        "swings": _swings(Drawn(home, main), seed, start),
        "turns": _turns(Drawn(home, *others), seed, start),
        "seasons": {
            one.name: _season(Drawn(one), Drawn(sky), wish.racks, need, seed) for one in (home, main)
        },
    }  # fmt: skip


class Drawn:
    """Things that draws depend on; equal when they read the same, since mappings have no hash."""

    __slots__ = ("_text", "things")

    def __init__(self, *things: Any) -> None:
        self.things = things
        self._text = repr(things)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Drawn) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


@lru_cache(maxsize=KEPT)
def _compared(scenarios: Drawn, seed: int, need: float, start: date) -> Comparison:
    return compare(scenarios.things, draws=DRAWS, seed=seed, need_by_days=need, start_on=start)


@lru_cache(maxsize=8 * KEPT)
def _last(scenario: Drawn, sky: Drawn, racks: int, seed: int, start: date) -> Days:
    return last_days(scenario.things[0], sky.things[0], racks=racks, draws=BATCH_DRAWS, seed=seed, start_on=start)


@lru_cache(maxsize=KEPT)
def _swings(pair: Drawn, seed: int, start: date) -> Sensitivity:
    return sensitivity(*pair.things, draws=SWING_DRAWS, seed=seed, start_on=start)


@lru_cache(maxsize=KEPT)
def _turns(first_and_others: Drawn, seed: int, start: date) -> dict[str, float | None]:
    first, *others = first_and_others.things
    return break_evens(first, others, draws=SWING_DRAWS, seed=seed, start_on=start)


@lru_cache(maxsize=2 * KEPT)
def _season(scenario: Drawn, sky: Drawn, racks: int, need: float, seed: int) -> Season:
    return season(scenario.things[0], sky.things[0], racks=racks, need_by_days=need, draws=BATCH_DRAWS, seed=seed)


def start_of(month: int | None, as_of: datetime) -> date:
    """The day of kit ready: today in the plant, or the first day of the next such month."""
    today = as_of.astimezone(PLANT).date()
    if month is None or month == today.month:
        return today
    return date(today.year + (month < today.month), month, 1)


def shown_inbound(home: Scenario) -> float:
    """The domestic inbound median as its slider shows it, days."""
    return round(home.stages["inbound"].p50, 1)


def shown_yield(home: Scenario) -> int:
    """The domestic first-pass yield as its slider shows it, percent."""
    return round(100 * (1 - home.risk.first_pass_fail))


def _as_wished(scenario: Scenario, wish: CompareWish, home: Scenario) -> Scenario:
    """The inputs a person moved: the domestic inbound median, the first-pass yield of every plant that has no figure of
    one's own. A slider that still stands where the page put it moves nothing."""
    inbound, rate = wish.inbound_p50, wish.first_pass_yield
    if inbound is not None and scenario.name == DOMESTIC and inbound != shown_inbound(home):
        scenario = with_input(scenario, "inbound", p50=inbound)
    is_moved = rate is not None and round(100 * rate) != shown_yield(home)
    if rate is not None and is_moved and "first_pass_fail" not in scenario.own_keys:
        scenario = with_risk(scenario, first_pass_fail=min(max(1 - rate, 0.0), 0.95))
        told = {**scenario.told, "first_pass_fail": ("C", MOVED, MOVED_JA)}
        scenario = replace(scenario, told=told)  # type: ignore[arg-type]
    return scenario
