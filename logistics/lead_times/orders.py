"""Past and new orders as columns: what a forecast of lead times is fitted on and asked for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .hierarchy import Codes
from .shape import Floats

Flags = NDArray[np.bool_]
Groups = dict[str, NDArray[np.object_]]
"""Attribute → its text for each row, "" where unknown."""


@dataclass(frozen=True, slots=True)
class PastOrders:
    """Orders as known on one day. `days`: the lead time where `closed`, else the age on that day. `start`: day number.

    `planned`: the plan made at the start, days; NaN where there was none."""

    days: Floats
    closed: Flags
    start: NDArray[np.int64]
    as_of: int
    planned: Floats
    groups: Groups

    def __len__(self) -> int:
        return len(self.days)

    def only(self, wanted: Flags) -> PastOrders:
        """Some of them."""
        groups = {name: texts[wanted] for name, texts in self.groups.items()}
        return PastOrders(
            self.days[wanted], self.closed[wanted], self.start[wanted], self.as_of, self.planned[wanted], groups
        )

    def as_known_on(self, day: int) -> PastOrders:
        """What was known on an earlier day: orders begun by then; what closed later was open, of its age then."""
        begun = self.only(self.start <= day)
        closed = begun.closed & (begun.start + begun.days <= day)
        days = np.where(closed, begun.days, np.maximum(np.minimum(day - begun.start, begun.days), 1))
        return PastOrders(days, closed, begun.start, day, begun.planned, begun.groups)

    def as_new(self) -> NewOrders:
        """The same orders as they stood when they began."""
        return NewOrders(np.zeros(len(self)), self.planned, self.groups)


@dataclass(frozen=True, slots=True)
class NewOrders:
    """Orders to forecast. `ages`: 0, or the age at which an order is still open: its total lead is asked for."""

    ages: Floats
    planned: Floats
    groups: Groups

    def __len__(self) -> int:
        return len(self.ages)

    def only(self, wanted: Flags) -> NewOrders:
        """Some of them."""
        groups = {name: texts[wanted] for name, texts in self.groups.items()}
        return NewOrders(self.ages[wanted], self.planned[wanted], groups)


def codes_of(levels: tuple[str, ...], past: PastOrders, new: NewOrders) -> tuple[Codes, Codes]:
    """Group numbers (level × row) of past and new orders; -1 where blank, or never met in the past."""
    mine = np.full((len(levels), len(past)), -1, dtype=np.int64)
    theirs = np.full((len(levels), len(new)), -1, dtype=np.int64)
    for row, level in enumerate(levels):
        numbers: dict[str, int] = {}
        mine[row] = [numbers.setdefault(text, len(numbers)) if text else -1 for text in past.groups[level]]
        theirs[row] = [numbers.get(text, -1) for text in new.groups[level]]
    return mine, theirs
