"""One clock over all racks: acts in the order of their moments, never past the end."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec

P = ParamSpec("P")


@dataclass(order=True, slots=True)
class _Entry:
    moment: datetime
    number: int
    act: Callable[[datetime], Any] = field(compare=False)


def _called(act: Callable[..., Any], args: tuple[Any, ...], named: dict[str, Any], moment: datetime) -> None:
    act(moment, *args, **named)


class Agenda:
    """What is still to be done. An act may put further acts on it, at its own moment or later."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._entries: list[_Entry] = []
        self._count = 0
        self.done = 0

    def at(
        self, moment: datetime, act: Callable[Concatenate[datetime, P], Any], *args: P.args, **named: P.kwargs
    ) -> None:
        """Put an act on the agenda: it is called with its moment and these arguments. What lies after the end has not
        happened yet and is left out."""
        if moment <= self.end:
            self._count += 1
            heapq.heappush(self._entries, _Entry(moment, self._count, partial(_called, act, args, named)))

    def run(self, told: Callable[[datetime], None]) -> None:
        """Do everything in order; `told` hears the moment after each act."""
        while self._entries:
            told(self.step())

    @property
    def next_moment(self) -> datetime | None:
        """When the next act is due; None when all is done."""
        return self._entries[0].moment if self._entries else None

    def step(self) -> datetime:
        """Do the next act; gives its moment."""
        entry = heapq.heappop(self._entries)
        entry.act(entry.moment)
        self.done += 1
        return entry.moment
