"""P9: the lead-time comparison beside the bare random numbers it needs."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from logistics.lead_times.compare import compare
from logistics.lead_times.scenarios import Scenario, StageInput, default_scenarios

DRAWS = 100_000
STAGES = 12
ROUNDS = 15
LIMIT_RATIO = 2.0
LIMIT_SECONDS = 0.5


def measure() -> dict[str, Any]:
    """Seconds of the whole comparison and of the bare draws, best of some rounds taken in turn on one thread.

    The comparison is the page's: seven scenarios with merges (two more component families, a site that must be
    ready), rework, risks and storms, quantiles, all pairs, densities. The limit is numpy's plain call for
    `DRAWS × 12` standard normals, seven times (double precision, fresh memory). The strict limit is the cheapest
    numpy can do: single precision, as ours, into memory already there.
    """
    scenarios = [_with_merges(scenario) for scenario in default_scenarios().values()]
    memory = np.empty(DRAWS, dtype=np.float32)
    ours, bare, strict = [], [], []
    for _ in range(ROUNDS):
        ours.append(_seconds(lambda: compare(scenarios, draws=DRAWS, seed=1, need_by_days=30)))
        bare.append(_seconds(lambda: _bare_draws(len(scenarios))))
        strict.append(_seconds(lambda: _single_precision_draws(memory, STAGES * len(scenarios))))
    seconds, limit = min(ours), min(bare)
    return {
        "row": "P9",
        "what": f"lead-time comparison: {DRAWS} draws x {STAGES} stages x {len(scenarios)} scenarios with merges",
        "seconds": seconds,
        "limit": "bare numpy draws of the same count: Generator(PCG64).standard_normal, float64",
        "limit_seconds": limit,
        "ratio": seconds / limit,
        "goal": f"ratio <= {LIMIT_RATIO}, seconds <= {LIMIT_SECONDS}",
        "met": seconds <= LIMIT_RATIO * limit and seconds <= LIMIT_SECONDS,
        "strict_limit_seconds": min(strict),
        "strict_ratio": seconds / min(strict),
        "normals_drawn": sum(_normals(scenario) for scenario in scenarios) * DRAWS,
        "normals_in_limit": STAGES * len(scenarios) * DRAWS,
    }


def _with_merges(scenario: Scenario) -> Scenario:
    """Two more component families and a site that is ready after 20 to 40 days."""
    inbound = scenario.stages["inbound"]
    return replace(scenario, families=(inbound, inbound), site_ready=StageInput(20, 25, 40))


def _normals(scenario: Scenario) -> int:
    """Whole columns of normals that one scenario takes: its stages but kit_ready and the shared site, its families."""
    return len(scenario.stages) - 2 + len(scenario.families)


def _bare_draws(scenarios: int) -> None:
    stream = Generator(PCG64(1))
    for _ in range(scenarios):
        stream.standard_normal((STAGES, DRAWS))


def _single_precision_draws(memory: NDArray[np.float32], columns: int) -> None:
    stream = Generator(PCG64(1))
    for _ in range(columns):
        stream.standard_normal(dtype=np.float32, out=memory)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
