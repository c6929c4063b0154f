"""The burn-in hall on a grid of slots: which cells are free, what every feed and loop has left, where a rack fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

SLOT = timedelta(hours=1)
"""What a plan counts in: a planner writes whole hours."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell (its place in the hall's list) and the slot in which a rack goes in."""

    cell: int
    start: int


Spots = dict[int, Spot]
"""Spots by the racks' keys: a plan."""


@dataclass(frozen=True, slots=True)
class Job:
    """A rack to place, in slots and hundredths. `weight` 0: nothing is due."""

    key: int
    release: int
    length: int
    kw: int
    lpm: int
    due: int | None
    weight: int
    arrived: datetime
    planned: Spot | None = None

    def lateness(self, start: int) -> int:
        """Weighted slots after the due one."""
        return 0 if self.due is None else self.weight * max(0, start + self.length - self.due)


class Hall:
    """What is free in every slot. Rows: cells; feeds; loops (kW and L/min). Filled by `keep`, `shut` and `put`."""

    def __init__(
        self,
        slots: int,
        cells: Sequence[tuple[str, str, str, int, int]],
        feeds: Mapping[str, int],
        loops: Mapping[str, tuple[int, int]],
    ) -> None:
        self.slots = slots
        self.codes = [cell[0] for cell in cells]
        self.feed_codes, self.loop_codes = sorted(feeds), sorted(loops)
        self.feed = np.array([self.feed_codes.index(cell[1]) for cell in cells], dtype=np.int64)
        self.loop = np.array([self.loop_codes.index(cell[2]) for cell in cells], dtype=np.int64)
        self.max_kw = np.array([cell[3] for cell in cells], dtype=np.int64)
        self.max_lpm = np.array([cell[4] for cell in cells], dtype=np.int64)
        kinds = list(dict.fromkeys(tuple(cell[1:]) for cell in cells))
        self.kind = np.array([kinds.index(tuple(cell[1:])) for cell in cells], dtype=np.int64)
        self.first_of_kind = [int((self.kind == kind).argmax()) for kind in range(len(kinds))]
        self.feed_kw = np.array([feeds[code] for code in self.feed_codes], dtype=np.int64)
        self.loop_kw = np.array([loops[code][0] for code in self.loop_codes], dtype=np.int64)
        self.loop_lpm = np.array([loops[code][1] for code in self.loop_codes], dtype=np.int64)
        self.busy = np.zeros((len(cells), slots), dtype=bool)
        self.feed_left = np.repeat(self.feed_kw[:, None], slots, axis=1)
        self.heat_left = np.repeat(self.loop_kw[:, None], slots, axis=1)
        self.flow_left = np.repeat(self.loop_lpm[:, None], slots, axis=1)

    def copy(self) -> Hall:
        """The same hall, to be filled otherwise."""
        other = object.__new__(Hall)
        other.__dict__.update(self.__dict__)
        for name in ("busy", "feed_left", "heat_left", "flow_left"):
            setattr(other, name, getattr(self, name).copy())
        return other

    def shut(self, code: str, start: int, end: int) -> None:
        """Nobody goes into this cell from slot to slot."""
        self.busy[self.codes.index(code), max(0, start) : max(0, end)] = True

    def keep(self, code: str, start: int, end: int, kw: int, lpm: int) -> None:
        """The cell and its share of the supplies are taken. Slots that two stretches touch count for both."""
        cell = self.codes.index(code)
        self._take(cell, max(0, start), max(0, end), kw, lpm)

    def put(self, job: Job, spot: Spot) -> None:
        """The rack's cell and share are taken."""
        self._take(spot.cell, spot.start, spot.start + job.length, job.kw, job.lpm)

    def lift(self, job: Job, spot: Spot) -> None:
        """The rack's cell and share are given back."""
        self._take(spot.cell, spot.start, spot.start + job.length, -job.kw, -job.lpm)
        self.busy[spot.cell, spot.start : spot.start + job.length] = False

    def _take(self, cell: int, start: int, end: int, kw: int, lpm: int) -> None:
        self.busy[cell, start:end] = True
        self.feed_left[self.feed[cell], start:end] -= kw
        self.heat_left[self.loop[cell], start:end] -= kw
        self.flow_left[self.loop[cell], start:end] -= lpm

    def able(self, job: Job) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which cells could ever take the rack."""
        cell = (self.max_kw >= job.kw) & (self.max_lpm >= job.lpm) & (self.feed_kw[self.feed] >= job.kw)
        return cell & (self.loop_kw[self.loop] >= job.kw) & (self.loop_lpm[self.loop] >= job.lpm)  # type: ignore[no-any-return]

    def fits(self, job: Job) -> bool:
        """Whether any cell could ever take the rack."""
        return bool(self.able(job).any())

    def earliest(self, job: Job) -> Spot | None:
        """The first slot in which some cell is free for the whole of the rack's time, with power, heat and flow; among
        several cells its planned one, else the first of the list. None when there is none before the end."""
        if job.release + job.length > self.slots:
            return None
        feed = self.feed_left >= job.kw
        loop = (self.heat_left >= job.kw) & (self.flow_left >= job.lpm)
        free = ~self.busy & feed[self.feed] & loop[self.loop] & self.able(job)[:, None]
        sums = np.zeros((len(self.codes), self.slots + 1), dtype=np.int32)
        np.cumsum(free, axis=1, dtype=np.int32, out=sums[:, 1:])
        whole = sums[:, job.length :] - sums[:, : -job.length] == job.length
        whole[:, : job.release] = False
        slots = whole.any(axis=0)
        start = int(slots.argmax())
        if not slots[start]:
            return None
        if job.planned is not None and whole[job.planned.cell, start]:
            return Spot(job.planned.cell, start)
        return Spot(int(whole[:, start].argmax()), start)
