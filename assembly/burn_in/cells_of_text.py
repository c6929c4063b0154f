"""Moments and figures as feeders write them in text. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from assembly.burn_in.moments import micros
from assembly.burn_in.soak import Times, Values

PLANT = timezone(timedelta(hours=9))
"""A moment without a zone is the plant's: Japan has no summer time."""
SHORTEST = ((10**17, 1_000, -1), (10**14, 1, 1), (10**11, 1_000, 1), (0, 1_000_000, 1))
"""A number from so much on is one of nanoseconds, microseconds, milliseconds, seconds since 1970."""


class NotAMoment(ValueError):
    """A text that says no moment."""


def moments_from(told: Sequence[Any]) -> Times:
    """Microseconds since 1970 of ISO 8601 or `YYYY/MM/DD hh:mm:ss` texts and of whole numbers. Raises NotAMoment."""
    return np.array([_moment(one) for one in told], dtype=np.int64)


def _moment(told: Any) -> int:
    text = str(told).strip()
    if text.isascii() and text.isdecimal() and len(text) < 20:
        return _counted(int(text))
    try:
        found = datetime.fromisoformat(text.replace("/", "-"))
        return micros(found if found.tzinfo else found.replace(tzinfo=PLANT))
    except (ValueError, OverflowError) as broken:
        raise NotAMoment(text) from broken


def _counted(count: int) -> int:
    for least, factor, way in SHORTEST:
        if count >= least:
            return count // factor if way < 0 else count * factor
    raise NotAMoment(str(count))


def figures_from(told: Sequence[str | None]) -> Values:
    """Numbers; NaN for what is none: blank, N/A, infinity, 1e400."""
    return np.array([_figure(one) for one in told], dtype=np.float64)


def _figure(text: str | None) -> float:
    if not text or "_" in text:
        return math.nan
    try:
        figure = float(text)
    except ValueError:
        return math.nan
    return figure if math.isfinite(figure) else math.nan
