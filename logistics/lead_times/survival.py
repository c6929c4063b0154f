"""Kaplan-Meier: the share closed by a time, open rows counted as open."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .shape import Floats


def kaplan_meier(closed_days: Floats, open_ages: Floats) -> tuple[Floats, Floats]:
    """Closing times and the share closed by each. A stay that closes at a time was still at risk at that time."""
    closed, opened = np.sort(closed_days), np.sort(open_ages)
    days, events = np.unique(closed, return_counts=True)
    at_risk = (len(closed) - np.searchsorted(closed, days)) + (len(opened) - np.searchsorted(opened, days))
    return days, 1 - np.cumprod(1 - events / np.maximum(at_risk, 1))


def survival_quantiles(days: Floats, closed: NDArray[np.bool_], levels: Floats) -> Floats:
    """Quantiles of (days, closed?) rows on any scale, also of log ratios; beyond the last event the longest time of
    all, as in the tables of leadtime/score.py. Needs one row at least."""
    times, share = kaplan_meier(days[closed], days[~closed])
    places = np.searchsorted(share, levels - 1e-9)
    return np.append(times, days.max())[places]
