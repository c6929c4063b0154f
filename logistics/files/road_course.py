"""What a crate went through, as arrays: readings by measure, holes, stretches beyond a limit. Pure: no database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]
Course = Mapping[str, tuple[Times, Values]]
"""Measure → moments (µs since 1970, ascending) and values without NaN."""

MINUTE = 60_000_000
CALM = 15 * MINUTE
"""Two stretches beyond a limit that lie closer than this are one: a ferry's rolling is not forty findings."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a measure; None is no limit."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch beyond a limit: first and last moment (µs), the worst value, the limit that it broke."""

    measure: str
    began: int
    ended: int
    peak: float
    limit: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one measure; `longest` in minutes."""

    n: int
    gaps: int
    longest: float
    minimum: float
    mean: float
    maximum: float
    last: float


def within(course: Course, start: int, end: int) -> dict[str, tuple[Times, Values]]:
    """What of it lies from `start` to `end`; measures without a reading there are left out."""
    found = {}
    for measure, (at, values) in course.items():
        cut = slice(int(np.searchsorted(at, start)), int(np.searchsorted(at, end, side="right")))
        if cut.stop > cut.start:
            found[measure] = (at[cut], values[cut])
    return found


def joined(courses: Iterable[Course]) -> dict[str, tuple[Times, Values]]:
    """The readings of several files as one course; what two of them tell alike stands once."""
    parts: dict[str, list[tuple[Times, Values]]] = {}
    for course in courses:
        for measure, part in course.items():
            parts.setdefault(measure, []).append(part)
    found = {}
    for measure, pieces in parts.items():
        at, values = (np.concatenate([piece[side] for piece in pieces]) for side in (0, 1))
        order = np.lexsort((values, at))
        at, values = at[order], values[order]
        again = np.concatenate(([False], (np.diff(at) == 0) & (np.diff(values) == 0)))
        found[measure] = (at[~again], values[~again])
    return found


def figures_of(at: Times, values: Values, gap_minutes: float | None) -> Figures:
    """The figures of one measure that has a reading."""
    holes = np.diff(at) / MINUTE
    longest = float(holes.max()) if len(holes) else 0.0
    gaps = 0 if gap_minutes is None else int((holes > gap_minutes).sum())
    mean = min(max(float(values.mean()), float(values.min())), float(values.max()))
    return Figures(len(at), gaps, longest, float(values.min()), mean, float(values.max()), float(values[-1]))


def beyond(measure: str, at: Times, values: Values, bounds: Bounds) -> list[Stretch]:
    """The stretches beyond the limits, each with its worst value, in order of time."""
    found = []
    if bounds.high is not None:
        found += _stretches(measure, at, values, values > bounds.high, bounds.high, 1)
    if bounds.low is not None:
        found += _stretches(measure, at, values, values < bounds.low, bounds.low, -1)
    return sorted(found, key=lambda one: one.began)


def _stretches(
    measure: str, at: Times, values: Values, out: npt.NDArray[np.bool_], limit: float, sign: int
) -> list[Stretch]:
    times, figures = at[out], values[out]
    if not len(times):
        return []
    parts = np.flatnonzero(np.diff(times) > CALM) + 1
    return [
        Stretch(measure, int(moments[0]), int(moments[-1]), sign * float((sign * told).max()), limit)
        for moments, told in zip(np.split(times, parts), np.split(figures, parts), strict=True)
    ]


def silences(course: Course, start: int, end: int, gap_minutes: float | None) -> list[Stretch]:
    """Where there is no reading for longer than the limit, from `start` to `end`, the ends with it. Shock counts where
    it is told: a sensor that fell silent is not heard in the temperature. Else any measure."""
    if gap_minutes is None or end <= start:
        return []
    parts = [course["shock"][0]] if "shock" in course else [at for at, _values in course.values()]
    told = np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    edges = np.concatenate(([start], told[(told > start) & (told < end)], [end]))
    holes = np.round(np.diff(edges) / MINUTE, 3)
    return [
        Stretch("gap", int(edges[row]), int(edges[row + 1]), float(holes[row]), gap_minutes)
        for row in np.flatnonzero(holes > gap_minutes).tolist()
    ]


def judged(course: Course, start: int, end: int, bounds: Mapping[str, Bounds]) -> list[Stretch]:
    """Everything beyond the limits between two moments, in order of time."""
    inside = within(course, start, end)
    found = [
        stretch
        for measure, (at, values) in inside.items()
        if measure in bounds
        for stretch in beyond(measure, at, values, bounds[measure])
    ]
    found += silences(inside, start, end, bounds["gap"].high if "gap" in bounds else None)
    return sorted(found, key=lambda one: (one.began, one.measure))


def fresh(found: Iterable[Stretch], known: Iterable[Stretch]) -> list[Stretch]:
    """Without what is known already: a stretch that lies inside a known one of its measure and is no worse."""
    earlier = list(known)
    return [one for one in found if not any(_is_told_by(one, other) for other in earlier)]


def continues(one: Stretch, other: Stretch) -> bool:
    """Whether a stretch goes on from a known one of its measure, beyond the same limit: they overlap, or lie closer
    than two stretches that are one."""
    same = one.measure == other.measure and (one.peak > one.limit) == (other.peak > other.limit)
    return same and one.began <= other.ended + CALM and one.ended >= other.began - CALM


def _is_told_by(one: Stretch, other: Stretch) -> bool:
    if one.measure != other.measure or one.began < other.began or one.ended > other.ended:
        return False
    # what is stored has three decimals, and a gap may only have become shorter
    return one.peak <= other.peak + 0.001 if other.peak > other.limit else one.peak >= other.peak - 0.001
