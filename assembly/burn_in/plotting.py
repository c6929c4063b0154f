"""A series made small enough to draw, honestly: the least, the mean and the greatest of what shares a place stay, and
where data is missing the line breaks."""

import numpy as np

from assembly.burn_in.moments import SECOND
from assembly.burn_in.soak import Times, Values

PLACES = 300
"""Of a drawing across a page: some half a millimetre each."""

Point = tuple[int, int, int, int]
"""Seconds since the start; least, mean, greatest, in hundredths of the series' unit."""


def stretches_of(times: Times, column: Values, span: tuple[int, int], gap_micros: int) -> tuple[tuple[Point, ...], ...]:
    """The stretches of one series between gaps longer than the allowed one; `span`: start and end, microseconds."""
    start, end = span
    told = ~np.isnan(column)
    at, figures = times[told], column[told]
    if not len(at):
        return ()
    breaks = np.flatnonzero(np.diff(at) > gap_micros) + 1
    width = max(1, -((start - end) // PLACES)) if len(at) > PLACES else 1
    return tuple(
        _points(part_at - start, part, width)
        for part_at, part in zip(np.split(at, breaks), np.split(figures, breaks), strict=True)
    )


def _points(at: Times, figures: Values, width: int) -> tuple[Point, ...]:
    starts = np.flatnonzero(np.concatenate(([True], np.diff(at // width) > 0)))
    counts = np.diff(np.append(starts, len(at)))
    figures = np.clip(figures, -1e13, 1e13)  # beyond, hundredths would not fit into an integer
    drawn = (
        np.add.reduceat(at / SECOND, starts) / counts,
        np.minimum.reduceat(figures, starts) * 100,
        np.add.reduceat(figures, starts) / counts * 100,
        np.maximum.reduceat(figures, starts) * 100,
    )
    return tuple(zip(*(np.rint(row).astype(np.int64).tolist() for row in drawn), strict=True))
