"""The plant's shifts: three of eight hours, by the plant's clock (P)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

FIRST_HOUR = 6
HOURS = 8
MINUTES = HOURS * 60


@dataclass(frozen=True, slots=True)
class Shift:
    """One shift: 0, 1 or 2 of its day, its start and its end."""

    number: int
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return MINUTES

    def minutes_gone(self, now: datetime) -> int:
        """Whole minutes of the shift that have passed."""
        return max(0, min(MINUTES, int((now - self.starts_at).total_seconds() // 60)))


def shift_at(now: datetime) -> Shift:
    """The shift that runs now; the third one belongs to the day on which it began."""
    local = timezone.localtime(now)
    number = ((local.hour - FIRST_HOUR) % 24) // HOURS
    hour = FIRST_HOUR + HOURS * number
    starts = local.replace(hour=hour % 24, minute=0, second=0, microsecond=0)
    if starts > local:
        starts -= timedelta(days=1)
    return Shift(number, starts, starts + timedelta(hours=HOURS))
