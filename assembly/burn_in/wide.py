"""Thousands of series of a run at once: samples in one order, their figures rolled up, their limits watched. Pure.

The figures of a run so far are one array of `STATE` rows, ascending by series. What comes later than a series' last
moment is added to them; what comes late is added too, and where it may have changed the number of gaps the row is
marked `late`: the run's end counts it again from the stored samples (assembly.burn_in.settling).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from assembly.burn_in.soak import Times, Values

Series = npt.NDArray[np.int32]
State = npt.NDArray[np.void]
Mask = npt.NDArray[np.bool_]

STATE = np.dtype(
    [
        ("series", "<i4"), ("n", "<i4"), ("gaps", "<i4"), ("late", "?"),
        ("first_at", "<i8"), ("last_at", "<i8"),
        ("minimum", "<f8"), ("maximum", "<f8"), ("sum", "<f8"), ("last", "<f8"), ("p95", "<f8"),
    ]
)  # fmt: skip
"""`p95` is NaN until the run has ended and its samples are settled."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Values of many series, sorted by series and moment (µs); a moment of a series comes once; none is NaN."""

    series: Series
    at: Times
    values: Values

    def __len__(self) -> int:
        return len(self.at)

    def where(self, mask: Mask) -> Samples:
        return Samples(self.series[mask], self.at[mask], self.values[mask])


@dataclass(frozen=True, slots=True)
class Span:
    """A limit left at a moment (None: before the samples), with the value that left it, and kept again (None: not)."""

    series: int
    started_at: int | None
    cleared_at: int | None
    value: float


NOTHING = Samples(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.float64))


def ordered(series: Series, at: Times, values: Values) -> Samples:
    """Sorted, without what is no number; of a moment that comes twice the first stays."""
    told = np.isfinite(values)
    if not told.all():
        series, at, values = series[told], at[told], values[told]
    if not len(at):
        return NOTHING
    same = series[1:] == series[:-1]
    if not ((series[1:] > series[:-1]) | (same & (at[1:] > at[:-1]))).all():
        order = np.lexsort((at, series))  # stable: what came first of a moment stays first
        series, at, values = series[order], at[order], values[order]
        again = np.concatenate(([False], (series[1:] == series[:-1]) & (at[1:] == at[:-1])))
        series, at, values = series[~again], at[~again], values[~again]
    return Samples(series.astype(np.int32, copy=False), at, values)


def joined(parts: list[Samples]) -> Samples:
    """Samples of several sources in one order."""
    kept = [part for part in parts if len(part)]
    if len(kept) < 2:
        return kept[0] if kept else NOTHING
    return ordered(
        np.concatenate([part.series for part in kept]),
        np.concatenate([part.at for part in kept]),
        np.concatenate([part.values for part in kept]),
    )


def known_among(samples: Samples, series: Series, at: Times) -> Mask:
    """Which of the samples are of a moment of a series that is among (series, at), in whatever order these are."""
    found = np.zeros(len(samples), dtype=bool)
    if not len(samples) or not len(at):
        return found
    ranks, places = np.unique(np.concatenate((samples.series, series)), return_inverse=True)
    moments, marks = np.unique(np.concatenate((samples.at, at)), return_inverse=True)
    keys = places.astype(np.int64) * len(moments) + marks
    mine: Mask = np.isin(keys[: len(samples)], keys[len(samples) :])
    return mine if len(ranks) else found


def state_of(raw: bytes) -> State:
    """The rows as they are stored."""
    return np.frombuffer(raw, dtype=STATE).copy()


def places_of(state: State, series: Series) -> tuple[npt.NDArray[np.int64], Mask]:
    """Where each series has its row, and whether it has one (place 0 otherwise)."""
    at = np.searchsorted(state["series"], series)
    there = at < len(state)
    at = np.where(there, at, 0)
    return at, there & (state["series"][at] == series) if len(state) else np.zeros(len(series), dtype=bool)


def is_late(state: State, samples: Samples) -> Mask:
    """Which samples are not later than the last one of their series."""
    at, there = places_of(state, samples.series)
    if not len(state):
        return there
    return there & (samples.at <= state["last_at"][at])


def rolled(state: State, samples: Samples, *, start: int, gap_micros: int) -> State:
    """The figures with these samples, each later than the last of its series. Before the first value (from `start`)
    is a gap too; the one after the last is counted by who knows the end."""
    if not len(samples):
        return state
    wider, at, begins, counts = _with_rows(state, samples)
    block_first, block_last = samples.at[begins], samples.at[begins + counts - 1]
    before = np.where(wider["n"][at] > 0, wider["last_at"][at], start)
    steps = np.diff(samples.at, prepend=samples.at[0])
    steps[begins] = block_first - before
    wider["gaps"][at] += np.add.reduceat((steps > gap_micros).astype(np.int32), begins)
    _add(wider, at, samples, begins, counts)
    wider["last_at"][at], wider["last"][at] = block_last, samples.values[begins + counts - 1]
    return wider


def rolled_late(state: State, samples: Samples) -> State:
    """The figures with these samples, none later than the last of its series. A series without a gap stays without."""
    if not len(samples):
        return state
    wider, at, begins, counts = _with_rows(state, samples)
    wider["late"][at] |= wider["gaps"][at] > 0
    _add(wider, at, samples, begins, counts)
    return wider


def _with_rows(state: State, samples: Samples) -> tuple[State, Any, Any, Any]:
    """A copy with a row for every series of the samples; their places; where each series begins, and its count."""
    begins = np.flatnonzero(np.concatenate(([True], samples.series[1:] != samples.series[:-1])))
    counts = np.diff(np.append(begins, len(samples)))
    ids = samples.series[begins]
    _, there = places_of(state, ids)
    wider = state.copy()
    if not there.all():
        wider = np.zeros(len(state) + int((~there).sum()), dtype=STATE)
        fresh = wider[len(state) :]
        wider[: len(state)] = state
        fresh["series"], fresh["minimum"], fresh["maximum"], fresh["p95"] = ids[~there], np.inf, -np.inf, np.nan
        fresh["first_at"] = np.iinfo(np.int64).max
        wider = wider[np.argsort(wider["series"], kind="stable")]
    return wider, np.searchsorted(wider["series"], ids), begins, counts


def _add(state: State, at: Any, samples: Samples, begins: Any, counts: Any) -> None:
    """What does not depend on order."""
    state["n"][at] += counts.astype(np.int32)
    state["first_at"][at] = np.minimum(state["first_at"][at], samples.at[begins])
    state["minimum"][at] = np.fmin(state["minimum"][at], np.minimum.reduceat(samples.values, begins))
    state["maximum"][at] = np.fmax(state["maximum"][at], np.maximum.reduceat(samples.values, begins))
    state["sum"][at] += np.add.reduceat(samples.values, begins)


def spans_of(samples: Samples, low: Values, high: Values, out_before: Mask) -> list[Span]:
    """Where limits were left and kept again. `low`, `high` and `out_before` (whether the series was out before the
    first sample) are told for each sample."""
    if not len(samples):
        return []
    out = (samples.values < low) | (samples.values > high)
    first = np.concatenate(([True], samples.series[1:] != samples.series[:-1]))
    before = np.where(first, out_before, np.concatenate(([False], out[:-1])))
    found: list[Span] = []
    for row in np.flatnonzero(out != before).tolist():
        series, at, value = int(samples.series[row]), int(samples.at[row]), float(samples.values[row])
        if out[row]:
            found.append(Span(series, at, None, value))
        elif found and found[-1].series == series and found[-1].cleared_at is None:
            found[-1] = replace(found[-1], cleared_at=at)
        else:
            found.append(Span(series, None, at, value))
    return found
