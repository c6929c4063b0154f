"""Kaplan-Meier with weights: the share closed by a time, open rows counted as open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .shape import Floats


def survival_quantiles(
    days: Floats, closed: NDArray[np.bool_], levels: Floats, weights: Floats | None = None
) -> Floats:
    """Quantiles of (days, closed?) rows; beyond the last event the longest time of all. Needs one row at least.

    Works on any scale (also on log ratios). At one time closings come before open rows, as in the tables of
    leadtime/score.py."""
    weight = np.ones_like(days) if weights is None else weights
    order = np.lexsort((~closed, days))
    times, events, weight = days[order], closed[order], weight[order]
    at_risk = weight[::-1].cumsum()[::-1]
    factors = np.where(events, 1 - weight / np.maximum(at_risk, 1e-12), 1.0)
    share = 1 - np.cumprod(np.clip(factors, 0, 1))
    places = np.searchsorted(share, levels - 1e-9)
    return np.asarray(times[np.minimum(places, len(times) - 1)])
