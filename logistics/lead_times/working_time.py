"""How much of a stretch falls on working days of a calendar, in days. Pure, over many stretches at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from .calendars import DAY, OpenHours

_Elapsed = NDArray[np.float64]


class WorkingTime:
    """Elapsed days that fall on working days of a calendar (days on which its hours begin), midnight to midnight of its
    zone: never more than the calendar days of the same stretch, and the working days of its parts add up to them.

    `OpenHours.working_days` counts whole days from the next one on, as people promise them; here a stay of six hours on
    a working day is 0.25, and of six hours on a closed one 0."""

    def __init__(self, hours: OpenHours, first: date, last: date) -> None:
        """For moments from the first to the last day, both included."""
        self._midnight = datetime.combine(first, time(), hours.zone)
        self._works: _Elapsed = np.array(
            [hours.works_on(first + n * DAY) for n in range((last - first).days + 1)], dtype=np.float64
        )
        self._before = np.concatenate([[0.0], np.cumsum(self._works)])

    def between(self, begins: Sequence[datetime], ends: Sequence[datetime]) -> _Elapsed:
        """Working days of each stretch."""
        worked: _Elapsed = self._by(ends) - self._by(begins)
        return worked

    def _by(self, moments: Sequence[datetime]) -> _Elapsed:
        """Working days from the first midnight to each moment."""
        elapsed = np.array([(moment - self._midnight) / timedelta(days=1) for moment in moments], dtype=np.float64)
        place = elapsed.astype(np.intp)
        worked: _Elapsed = self._before[place] + (elapsed - place) * self._works[place]
        return worked
