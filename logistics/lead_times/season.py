"""What the typhoon months do: the same racks under the sky of each month, and under a sky without storms."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from .compare import quantile
from .scenarios import Risk, Scenario
from .shape import Days
from .simulate import draw_common, empty_rows, simulate
from .stages import ROW
from .streams import Streams
from .weather import draw_calendar, stoppage_days

DRAWS = 2_000
_HAUL, _SITE = ROW["domestic_haul"], ROW["site_receiving"]


@dataclass(frozen=True, slots=True)
class MonthUnderStorms:
    """A batch whose kits are ready on the first of a month; 0: without storms. Elapsed days of the last rack."""

    month: int
    p_all_on_time: float
    p80: float
    mean: float
    hit: float = 0.0
    """Share of the runs in which a storm stops at least one rack of the batch."""
    racks_hit: float = 0.0
    """Racks that stand still in such a run, on average: a storm stops all that are on the road."""
    days_lost: float = 0.0
    """Days by which the last rack is then later, on average."""


@dataclass(frozen=True, slots=True)
class Season:
    """All racks of a batch by month of kit ready, and what they would do without storms."""

    name: str
    racks: int
    calm: MonthUnderStorms
    months: tuple[MonthUnderStorms, ...]

    @property
    def worst(self) -> MonthUnderStorms:
        """The month in which it is least likely that all are there in time."""
        return min(self.months, key=lambda month: (month.p_all_on_time, -month.p80))


@dataclass(frozen=True, slots=True)
class SkyMonth:
    """A month as the model has it, before anything is drawn: storms that close the haul expected in it, the chance of
    at least one (they come as a Poisson process: weather.draw_calendar), expected days for which they stop it."""

    month: int
    storms: float
    chance: float
    days_stopped: float


def sky_by_month(sky: Risk) -> tuple[SkyMonth, ...]:
    """January to December. A storm stops the haul for `sky.stoppage`, in whatever month it comes."""
    mean = sky.stoppage.mean
    return tuple(
        SkyMonth(month, storms, 1 - math.exp(-storms), storms * mean)
        for month, storms in enumerate(sky.storms_per_month, start=1)
    )


def season(
    scenario: Scenario, sky: Risk, *, racks: int, need_by_days: float, draws: int = DRAWS, seed: int = 1
) -> Season:
    """The last of `racks` racks under each month's storms (`sky`: their rates), on the same draws of everything else:
    only the weather differs. A storm stops all racks that are on the road. A site that is not ready is left out."""
    way = _ways(scenario, racks, draws, seed)
    days = [leaves + haul + rest for leaves, haul, rest in way]
    free, calm = np.maximum.reduce(days), _month(0, days, need_by_days)
    months = []
    for month in range(1, 13):
        weather = Streams(seed).at("common", "weather")
        calendar = draw_calendar(sky, weather, date(2026, month, 1), draws)
        stopped = [stoppage_days(calendar, leaves, haul) for leaves, haul, _rest in way]
        racks_there = [free_days + held for free_days, held in zip(days, stopped, strict=True)]
        months.append(_hit(_month(month, racks_there, need_by_days), stopped, racks_there, free))
    return Season(scenario.name, racks, calm, tuple(months))


def _hit(month: MonthUnderStorms, stopped: Sequence[Days], there: Sequence[Days], free: Days) -> MonthUnderStorms:
    """With what the storms did in the runs that they struck."""
    struck = np.sum([days > 0 for days in stopped], axis=0)
    hit = np.flatnonzero(struck)
    if not len(hit):
        return month
    lost = (np.maximum.reduce(list(there)) - free)[hit]
    return replace(
        month,
        hit=len(hit) / len(free),
        racks_hit=float(struck[hit].mean()),
        days_lost=float(lost.mean(dtype=np.float64)),
    )


def _ways(scenario: Scenario, racks: int, draws: int, seed: int) -> list[tuple[Days, Days, Days]]:
    """Of each rack: days until it leaves for the site, days of the haul, days of receiving."""
    still = _without_storms(scenario.risk)
    common = draw_common(still, draws=draws, seed=seed, start_on=date(2026, 1, 1))
    rows, found = empty_rows(draws), []
    for number in range(racks):
        simulate(scenario, common, rows, rack=f"#{number}")
        found.append((rows[:_HAUL].sum(axis=0), rows[_HAUL].copy(), rows[_SITE].copy()))
    return found


def _without_storms(risk: Risk) -> Risk:
    return replace(risk, storms_per_month=(0.0,) * 12)


def _month(month: int, racks: Sequence[Days], need_by_days: float) -> MonthUnderStorms:
    last: Days = np.sort(np.maximum.reduce(list(racks)))
    on_time = float(np.searchsorted(last, need_by_days, side="right") / len(last))
    return MonthUnderStorms(month, on_time, quantile(last, 0.8), float(last.mean(dtype=np.float64)))
