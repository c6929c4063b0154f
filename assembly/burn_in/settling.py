"""The figures of a run from all its stored samples: exact, as numpy gives them over the whole of each series. Pure."""

from __future__ import annotations

import numpy as np

from assembly.burn_in.wide import STATE, Samples, State


def settled(samples: Samples, *, start: int, end: int, gap_micros: int) -> State:
    """A row for each series of the samples, which are all there are of it. From `start` to its first value and from
    its last to `end` are gaps too where they are long enough (assembly.burn_in.summaries counts the same)."""
    begins = np.flatnonzero(np.concatenate(([True], samples.series[1:] != samples.series[:-1])))[: len(samples)]
    ends = np.append(begins[1:], len(samples))
    rows = np.zeros(len(begins), dtype=STATE)
    for row, (first, last) in enumerate(zip(begins, ends, strict=True)):
        at, figures = samples.at[first:last], samples.values[first:last]
        steps = np.diff(np.concatenate(([start], at, [max(end, int(at[-1]))])))
        rows[row] = (
            samples.series[first], last - first, int((steps > gap_micros).sum()), False, at[0], at[-1],
            figures.min(), figures.max(), figures.sum(), figures[-1], np.percentile(figures, 95),
        )  # fmt: skip
    return rows


def ranges_of(series: np.ndarray, counts: np.ndarray, budget: int) -> list[tuple[int, int]]:
    """Series from–to (both included), one stretch after another, each with at most `budget` samples or one series."""
    found: list[tuple[int, int]] = []
    held = 0
    for one, count in zip(series.tolist(), counts.tolist(), strict=True):
        if found and held + count <= budget:
            found[-1] = (found[-1][0], one)
            held += count
        else:
            found.append((one, one))
            held = count
    return found
