"""A series over a whole run in seven figures."""

from dataclasses import dataclass

import numpy as np

from assembly.burn_in.soak import Times, Values


@dataclass(frozen=True, slots=True)
class Summary:
    """n values, stretches without one that are longer than the allowed gap, and the figures in the series' unit."""

    n: int
    gaps: int
    minimum: float | None = None
    mean: float | None = None
    p95: float | None = None
    maximum: float | None = None
    last: float | None = None


def summaries_of(times: Times, values: Values, gap_micros: int, start: int, end: int) -> list[Summary]:
    """One summary a column. Before the first value (from `start`) and after the last (to `end`) is a gap too."""
    return [_summary(times, values[:, column], gap_micros, start, end) for column in range(values.shape[1])]


def _summary(times: Times, column: Values, gap_micros: int, start: int, end: int) -> Summary:
    told = ~np.isnan(column)
    figures, at = column[told], times[told]
    ends = np.concatenate(([start], at, [max(end, int(at[-1]) if len(at) else end)]))
    gaps = int((np.diff(ends) > gap_micros).sum())
    if not len(figures):
        return Summary(0, gaps)
    return Summary(
        n=len(figures),
        gaps=gaps,
        minimum=float(figures.min()),
        mean=float(figures.mean()),
        p95=float(np.percentile(figures, 95)),
        maximum=float(figures.max()),
        last=float(figures[-1]),
    )
