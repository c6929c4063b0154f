"""A capability and its control chart from the values that count: which stand in the baseline, and which in no group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import numpy as np

from assembly.figures.capability import Capability, capability, freedom_of_ranges
from assembly.figures.control import USUAL, Chart, individuals, means
from assembly.queries.values import Value, ValueSet

LARGEST = 10
"""Values of one piece of work that a group of an X̄-R chart takes at most."""


@dataclass(frozen=True, slots=True)
class Process:
    """The whole answer. `pieces`: the values behind each point, in order of time; `ungrouped`: values of pieces that
    have another number of values than the chart's groups."""

    capability: Capability
    chart: Chart
    pieces: tuple[tuple[Value, ...], ...]
    baseline: tuple[bool, ...]
    low: float | None
    high: float | None
    ungrouped: int

    @property
    def grouped(self) -> bool:
        return self.chart.size > 1


def process_of(found: ValueSet, base: tuple[datetime, datetime] | None = None) -> Process:
    """`base`: from when to before when the values of the baseline ended; None: the first thirty points."""
    used = found.used
    runs = [tuple(rows) for _piece, rows in groupby(used, key=lambda one: one.piece)]
    size = _size(runs)
    pieces = [run for run in runs if len(run) == size] if size > 1 else [(one,) for one in used]
    baseline = np.array(
        [number < USUAL if base is None else base[0] <= rows[0].at < base[1] for number, rows in enumerate(pieces)],
        dtype=bool,
    )
    groups = [np.array([one.value for one in rows], dtype=np.float64) for rows in pieces]
    if size > 1:
        chart = means(groups, baseline)
    else:
        chart = individuals(np.array([group[0] for group in groups], dtype=np.float64), baseline)
    values = np.array([one.value for one in used], dtype=np.float64)
    low, high = (used[-1].low, used[-1].high) if used else (None, None)
    freedom = freedom_of_ranges(int(baseline.sum()), chart.size)
    return Process(
        capability=capability(values, low, high, chart.within, freedom),
        chart=chart,
        pieces=tuple(pieces),
        baseline=tuple(bool(one) for one in baseline),
        low=low,
        high=high,
        ungrouped=sum(len(run) for run in runs) - sum(len(rows) for rows in pieces),
    )


def _size(runs: Sequence[Sequence[Value]]) -> int:
    """How many values most pieces have: 2 to 10 make groups, else each value is a point of its own."""
    if not runs:
        return 1
    size = Counter(len(run) for run in runs).most_common(1)[0][0]
    return size if 2 <= size <= LARGEST else 1
