"""A batch of racks: all of them by the day, under one sky and one licence regime."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from .compare import quantile
from .scenarios import Scenario
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
    if not 1 <= racks <= 500:
        raise ValueError(f"{racks} racks (1 to 500)")
    common = draw_common(scenario.risk, draws=draws, seed=seed, start_on=start_on)
    rows = empty_rows(draws)
    last: Days = np.zeros(draws, dtype=np.float32)
    for number in range(racks):
        np.maximum(last, simulate(scenario, common, rows, rack=f"#{number}"), out=last)
    last.sort()
    on_time = None
    if need_by_days is not None:
        on_time = float(np.searchsorted(last, need_by_days, side="right") / draws)
    p50, p80, p95 = (quantile(last, level) for level in (0.5, 0.8, 0.95))
    return BatchResult(scenario.name, racks, p50, p80, p95, on_time)
