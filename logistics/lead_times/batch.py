"""A batch of racks: all of them by the day, under one sky and one licence regime."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from .compare import arrivals, quantile
from .scenarios import Risk, Scenario
from .shape import Days
from .simulate import draw_common, empty_rows, simulate

DRAWS = 5_000


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The last rack of a batch, elapsed days from kit ready."""

    name: str
    racks: int
    p50: float
    p80: float
    p95: float
    p_all_on_time: float | None
    arrived: tuple[tuple[float, float], ...] = ()
    """(days, share in which all are there by then)."""


def last_of_batch(
    scenario: Scenario,
    *,
    racks: int,
    draws: int = DRAWS,
    seed: int = 1,
    need_by_days: float | None = None,
    start_on: date | None = None,
) -> BatchResult:
    """When the last of `racks` racks is received. Each rack has its own stages; storms and licence strike together.

    Racks are taken to be built side by side: no queue for test bays is modelled.
    """
    last = last_days(scenario, scenario.risk, racks=racks, draws=draws, seed=seed, start_on=start_on)
    return batch_result(scenario.name, racks, last, need_by_days)


def last_days(
    scenario: Scenario, sky: Risk, *, racks: int, draws: int = DRAWS, seed: int = 1, start_on: date | None = None
) -> Days:
    """Days of the last rack, ascending; `sky` gives the storm rates."""
    if not 1 <= racks <= 500:
        raise ValueError(f"{racks} racks (1 to 500)")
    common = draw_common(sky, draws=draws, seed=seed, start_on=start_on)
    rows = empty_rows(draws)
    last: Days = np.zeros(draws, dtype=np.float32)
    for number in range(racks):
        np.maximum(last, simulate(scenario, common, rows, rack=f"#{number}"), out=last)
    last.sort()
    return last


def batch_result(name: str, racks: int, last: Days, need_by_days: float | None) -> BatchResult:
    """What the days of the last rack (ascending) say against a need-by day."""
    on_time = None
    if need_by_days is not None:
        on_time = float(np.searchsorted(last, need_by_days, side="right") / len(last))
    p50, p80, p95 = (quantile(last, level) for level in (0.5, 0.8, 0.95))
    return BatchResult(name, racks, p50, p80, p95, on_time, arrivals(last))
