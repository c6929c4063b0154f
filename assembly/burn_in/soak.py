"""The soak clock and the alarms, from samples alone: the same samples give the same answer in whatever order they came.

A sample is *good* when every series that has a limit gave a value and no alarm is open; it is *blind* when one of them
gave none (the clock passes over it, as if nothing had come); an open alarm stops the clock at once. The clock runs
between good samples that are no farther apart than the allowed gap, with no alarm between them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assembly.burn_in.moments import MINUTE

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """Both ends of each series, included; None leaves an end open."""

    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    @property
    def bounds(self) -> tuple[Values, Values]:
        low = np.array([-np.inf if value is None else value for value in self.low], dtype=np.float64)
        high = np.array([np.inf if value is None else value for value in self.high], dtype=np.float64)
        return low, high

    @property
    def limited(self) -> npt.NDArray[np.bool_]:
        pairs = zip(self.low, self.high, strict=True)
        return np.array([low is not None or high is not None for low, high in pairs], dtype=bool)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch in which the clock ran: first and last good sample, microseconds."""

    from_at: int
    to_at: int


@dataclass(frozen=True, slots=True)
class AlarmSpan:
    """A limit left, and kept again (None: still out). `value` is the one that left it."""

    series: int
    started_at: int
    cleared_at: int | None
    value: float


@dataclass(frozen=True, slots=True)
class Course:
    """What the samples of a run say."""

    intervals: tuple[Interval, ...]
    alarms: tuple[AlarmSpan, ...]

    @property
    def soak_micros(self) -> int:
        return sum(interval.to_at - interval.from_at for interval in self.intervals)

    @property
    def soak_minutes(self) -> int:
        """Whole minutes soaked: never rounded up."""
        return self.soak_micros // MINUTE

    @property
    def open_alarms(self) -> tuple[AlarmSpan, ...]:
        return tuple(alarm for alarm in self.alarms if alarm.cleared_at is None)


def course_of(times: Times, values: Values, limits: Limits, gap_micros: int) -> Course:
    """The course of a run. `times` ascend; `values` is (samples, series), NaN where nothing came."""
    if not len(times):
        return Course((), ())
    low, high = limits.bounds
    limited = limits.limited
    told = ~np.isnan(values)
    out = told & ((values < low) | (values > high))
    in_alarm = _held(out, told)
    alarm: npt.NDArray[np.bool_] = np.any(in_alarm, axis=1)
    good: npt.NDArray[np.bool_] = ~alarm & np.all(told[:, limited], axis=1)
    return Course(_intervals(times, good, alarm, gap_micros), _alarms(times, values, in_alarm))


def gaps_between(intervals: Sequence[Interval], start: int, end: int) -> list[Interval]:
    """Where the clock stood, from `start` to `end`; stretches without length are left out."""
    found, at = [], start
    for interval in intervals:
        if interval.from_at > at:
            found.append(Interval(at, interval.from_at))
        at = max(at, interval.to_at)
    if end > at:
        found.append(Interval(at, end))
    return found


def _held(out: npt.NDArray[np.bool_], told: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether each series is out of its limits at each sample; a value that did not come changes nothing."""
    rows = np.arange(len(out))[:, None]
    last = np.maximum.accumulate(np.where(told, rows, -1), axis=0)
    held: npt.NDArray[np.bool_] = np.take_along_axis(out, np.maximum(last, 0), axis=0) & (last >= 0)
    return held


def _intervals(
    times: Times, good: npt.NDArray[np.bool_], alarm: npt.NDArray[np.bool_], gap_micros: int
) -> tuple[Interval, ...]:
    at = np.flatnonzero(good)
    if not len(at):
        return ()
    seen = np.cumsum(alarm)
    apart = (np.diff(times[at]) > gap_micros) | (np.diff(seen[at]) > 0)
    starts = np.concatenate(([0], np.flatnonzero(apart) + 1))
    ends = np.concatenate((np.flatnonzero(apart), [len(at) - 1]))
    return tuple(
        Interval(int(times[at[first]]), int(times[at[last]])) for first, last in zip(starts, ends, strict=True)
    )


def _alarms(times: Times, values: Values, in_alarm: npt.NDArray[np.bool_]) -> tuple[AlarmSpan, ...]:
    found = []
    for series in np.flatnonzero(in_alarm.any(axis=0)):
        edges = np.diff(np.concatenate(([0], in_alarm[:, series].astype(np.int8))))
        ends = list(np.flatnonzero(edges == -1))
        for number, first in enumerate(np.flatnonzero(edges == 1)):
            cleared = int(times[ends[number]]) if number < len(ends) else None
            found.append(AlarmSpan(int(series), int(times[first]), cleared, float(values[first, series])))
    return tuple(sorted(found, key=lambda alarm: (alarm.started_at, alarm.series)))
