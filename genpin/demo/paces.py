"""How regular the demo plant was: waits, pace by month, what holds a rack up. Pure.

Grade C, like every stay in leadtime/default_scenarios.json: nobody has measured such a plant. Chosen before any
forecast was judged by it, after what MODEL.md 2 tells of a real shop's log: the spans of orders are mostly waiting, and
their P95 is five times their median. So waits have long tails, work hardly varies, months differ, the first weeks are
slow.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import datetime

MONTH_SPREAD = 0.10
"""Spread of the log of a month's pace: staffing, learning, the mix of orders."""
RAMP, RAMP_RACKS = 0.20, 10
"""The first rack took a fifth longer in every wait and run, the tenth no longer."""
WORK_SPREAD = 0.08
WAIT_MEDIAN, WAIT_SPREAD = 0.45, 0.9
"""Hours between two operations, and the spread of their log: P95 is 4.4 times the median."""
QUEUES = {300: (3.0, 0.9), 350: (7.0, 0.8), 510: (3.0, 0.9)}
"""Operation → hours before it: hand-over to the test area, a free burn-in cell, an inspector."""
STOPPED_SHARE, STOPPED = 0.15, (5.0, 0.8)
"""One burn-in of seven stands still for some hours: water too warm, a sensor, power work in the hall."""
DECIDED = (15.0, 0.9)
"""Hours until quality has decided and the fault is mended."""
CRATE = (9.0, 0.9)
"""Hours for which a packed-up rack waits for the other one of its truck."""
INBOUND_DAYS, INBOUND_SPREAD = 4.95, 0.33


@dataclass(frozen=True, slots=True)
class Pace:
    """How one rack went through the plant: its own stream of chance, and the pace of its month."""

    rng: random.Random
    factor: float

    def wait(self, number: int) -> float:
        """Hours before an operation."""
        return self.drawn(*QUEUES.get(number, (WAIT_MEDIAN, WAIT_SPREAD)))

    def work(self, number: int, hours: float) -> float:
        """Hours in an operation; a burn-in runs by the clock, whatever the pace, and now and then stands still."""
        if number != 350:
            return hours * self.factor * math.exp(WORK_SPREAD * self.rng.gauss(0, 1))
        stopped = self.rng.lognormvariate(math.log(STOPPED[0]), STOPPED[1])
        return hours * self.rng.uniform(1.0, 1.02) + (stopped if self.rng.random() < STOPPED_SHARE else 0.0)

    def drawn(self, median: float, spread: float) -> float:
        """Hours or days around a median, at this pace."""
        return self.factor * self.rng.lognormvariate(math.log(median), spread)


def pace_of(stream: str, number: int, at: datetime) -> Pace:
    """The pace of the n-th rack (from 0 on) in the month of a moment; the same stream gives the same pace."""
    month = random.Random(f"{stream}/{at:%Y-%m}").gauss(0, MONTH_SPREAD)
    ramp = 1 + RAMP * max(0.0, 1 - number / RAMP_RACKS)
    return Pace(random.Random(f"{stream}/{number}"), ramp * math.exp(month))
