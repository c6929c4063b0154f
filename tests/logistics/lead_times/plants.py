"""Plants whose truth is known: lives of racks drawn from stated laws, as the one query of lives would give them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

from logistics.queries.lives import RackLife, Step

OPENED = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)

Law = tuple[float, float]
"""Median days and spread of log days of a stage."""


@dataclass(frozen=True, slots=True)
class Truth:
    """How long a rack really is in each stage, and how the plant works. `turn`: from this rack on all but the way takes
    `pace` times as long."""

    inbound: Law = (5, 0.30)
    assembly: Law = (3, 0.30)
    test: Law = (3.5, 0.25)
    repair: Law = (2.5, 0.7)
    pack: Law = (0.9, 0.4)
    haul: Law = (2.0, 0.25)
    receiving: Law = (1.8, 0.45)
    failing: float = 0.25
    rerun: float = 0.3
    """Part of the test that is run again after a repair."""
    racks: int = 80
    truck: int = 2
    every_days: float = 3.0
    together: float = 0.0
    """Share of the variance of the plant's stages that is common to the racks of one truck."""
    turn: int = 10**9
    pace: float = 1.0


DEFAULT_LIKE = Truth()
FAST = replace(
    Truth(), inbound=(3, 0.3), assembly=(1.6, 0.3), test=(2.4, 0.2), repair=(0.8, 0.7), pack=(0.3, 0.4),
    haul=(1.7, 0.25), receiving=(0.5, 0.5),
)  # fmt: skip
"""About half of the defaults, as the demo plant is."""


def drawn(truth: Truth, seed: int) -> list[RackLife]:
    """The whole lives of a plant's racks."""
    rng = Random(seed)
    lives: list[RackLife] = []
    for number in range(0, truth.racks, truth.truck):
        lives += _truckload(truth, rng, number)
    return lives


def _truckload(truth: Truth, rng: Random, number: int) -> list[RackLife]:
    begin = OPENED + DAY * truth.every_days * number / truth.truck
    pace = truth.pace if number >= truth.turn else 1.0
    shared = [rng.gauss(0, 1) for _ in range(4)]
    racks = []
    for place in range(truth.truck):
        inbound, assembly, test, pack = (
            law[0]
            * pace
            * math.exp(law[1] * (math.sqrt(truth.together) * one + math.sqrt(1 - truth.together) * rng.gauss(0, 1)))
            for law, one in zip((truth.inbound, truth.assembly, truth.test, truth.pack), shared, strict=True)
        )
        racks.append(_in_plant(truth, rng, number + place, begin + DAY * rng.random(), (inbound, assembly, test, pack)))
    sealed = max(life.sealed_at for life in racks if life.sealed_at)
    arrived = sealed + DAY * truth.haul[0] * math.exp(truth.haul[1] * rng.gauss(0, 1))
    received = arrived + DAY * truth.receiving[0] * math.exp(truth.receiving[1] * rng.gauss(0, 1))
    return [
        replace(
            life,
            departed_at=sealed + DAY / 10,
            arrived_at=arrived,
            received_at=received,
            accepted_at=received + DAY,
            shipment_id=1 + number // truth.truck,
            shipment_number=f"SH-{number}",
        )
        for life in racks
    ]


def _in_plant(truth: Truth, rng: Random, key: int, kit: datetime, days: tuple[float, float, float, float]) -> RackLife:
    inbound, assembly, test, pack = (DAY * one for one in days)
    started = kit + inbound
    built = started + assembly
    tested, failures = built + test, []
    while rng.random() < truth.failing:
        span = DAY * truth.repair[0] * math.exp(truth.repair[1] * rng.gauss(0, 1))
        failures.append((tested, tested + span))
        tested += span + test * truth.rerun
    failed, repairs = bool(failures), tuple(failures)
    steps = (
        Step(230, "assemble", "rack_build", "", "", built, built, started, 3600.0, False, True),
        Step(340, "test", "rack_test", "", "", tested, tested, built, 3600.0, failed, True),
    )
    return RackLife(
        key + 1, key + 1, f"R{key}", "", "", None, "plant", kit - 60 * DAY, kit, started, tested + pack,
        None, None, None, None, None, "", "", steps, repairs,
    )  # fmt: skip
