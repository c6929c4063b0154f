"""The comparison once more, written from MODEL.md alone: a loop over racks in plain Python, another random generator,
nothing of the product but the file of defaults. Slow and short; it is what P(domestic faster) is held against."""

from __future__ import annotations

import bisect
import json
import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[3] / "logistics" / "lead_times" / "default_scenarios.json"
Z90 = 1.2815515655446004
MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
BEFORE_HAUL = ("assembly", "pack", "export_origin", "linehaul", "import_customs")

Points = tuple[float, float, float]


class Facts:
    """The defaults by scenario and stage, read from the file."""

    def __init__(self) -> None:
        told = json.loads(FILE.read_text(encoding="utf-8"))
        self.risk = told["risk"]
        self.transport = {row["name"]: row["transport"] for row in told["scenarios"]}
        self.stages: dict[str, dict[str, Points]] = {name: {} for name in self.transport}
        for row in told["inputs"]:
            for name in self.transport if row["of"] == "*" else row["of"].split():
                self.stages[name][row["stage"]] = tuple(row["days"])


def drawn(points: Points, rng: random.Random) -> float:
    """One draw of the two-piece lognormal through P10, P50, P90."""
    z = rng.gauss(0, 1)
    low, middle, high = points
    return middle * math.exp(z * math.log((middle / low) if z < 0 else (high / middle)) / Z90)


def storms(rates: list[float], stoppage: Points, rng: random.Random) -> tuple[float, list[tuple[float, float]]]:
    """A day of the year on which the kit is ready, and closures (from, to) in days after it, over some seven months."""
    start, found = rng.uniform(0, 365), []
    day = 0
    for month, days in enumerate(MONTHS * 2):
        expected, count = rates[month % 12], 0
        while (expected := expected - rng.expovariate(1)) > 0:
            count += 1
        found += [day + rng.uniform(0, days) for _one in range(count)]
        day += days
    closures, free = [], -math.inf
    for at in sorted(found):
        if 0 <= at - start < 200:
            closed = max(at - start, free)
            free = closed + drawn(stoppage, rng)
            closures.append((closed, free))
    return start, closures


def one_rack(
    facts: Facts, name: str, stages: Mapping[str, Points], shared: dict[str, Any], rng: random.Random
) -> float:
    """Days from kit ready to the end of site receiving, of one rack on one way."""
    risk = facts.risk
    clock = drawn(stages["inbound"], rng) + drawn(stages["test_burnin"], rng)
    clock += sum(drawn(stages[key], rng) for key in BEFORE_HAUL if key in stages)
    while rng.random() < risk["first_pass_fail"]["share"]:
        clock += drawn(stages["repair_retest"], rng) + drawn(stages["test_burnin"], rng)
    if "wait_departure" in stages:
        clock += drawn(stages["wait_departure"], rng) + shared["licence"]
        if facts.transport[name] == "air" and rng.random() < risk["air_roll"]["share"]:
            clock += drawn(tuple(risk["air_roll"]["days"]), rng)
        if facts.transport[name] == "sea" and rng.random() < risk["late_vessel"]["share"]:
            clock += rng.expovariate(1 / risk["late_vessel"]["mean_days"])
    arrives = clock + drawn(stages["domestic_haul"], rng)
    for closed, reopened in shared["closures"]:
        if closed < arrives and reopened > clock:
            arrives += reopened - max(closed, clock)
    return arrives + shared["receiving"]


def recomputed(
    ways: Mapping[str, Mapping[str, Points]], facts: Facts, runs: int, seed: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Days by way, and the share of the runs in which DOM is faster than each other way. `ways`: name → its stages; an
    own way is named `BASE+…` and travels as its base."""
    rng = random.Random(seed)
    days: dict[str, list[float]] = {name: [] for name in ways}
    licence, review = facts.risk["licence"]["share"], tuple(facts.risk["licence"]["days"])
    for _run in range(runs):
        _start, closures = storms(facts.risk["storms"]["per_month"], tuple(facts.risk["stoppage"]["days"]), rng)
        shared = {
            "closures": closures,
            "licence": drawn(review, rng) if rng.random() < licence else 0.0,
            "receiving": drawn(facts.stages["DOM"]["site_receiving"], rng),
        }
        for name, stages in ways.items():
            days[name].append(one_rack(facts, name.partition("+")[0], stages, shared, rng))
    home = days["DOM"]
    faster = {
        name: sum(a < b for a, b in zip(home, there, strict=True)) / runs
        for name, there in days.items()
        if name != "DOM"
    }
    return days, faster


def quantile(days: list[float], level: float) -> float:
    """The smallest day by which that share is there."""
    ordered = sorted(days)
    return ordered[min(bisect.bisect_left(range(len(ordered)), level * len(ordered)), len(ordered) - 1)]
