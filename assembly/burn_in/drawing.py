"""Figures for the pages: the parts of a soak strip, and a series as a line. Positions in view box units, no styles."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from assembly.burn_in.moments import MINUTE
from assembly.burn_in.soak import Interval, Times, Values, gaps_between

HOURS_24 = 24 * 60
PIXELS = 4
"""View box units that many samples share: finer is noise."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a strip: fine (the clock ran), gap (no data), off (an alarm stopped it); minutes."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A soak strip: its length in minutes, its parts, and a tick every 24 hours."""

    width: float
    parts: tuple[Part, ...]
    ticks: tuple[int, ...]


def strip_of(
    intervals: Sequence[Interval], alarms: Sequence[Interval], start: int, end: int, required_minutes: int
) -> Strip:
    """From the start on, as long as the soak and all its gaps; what is still to soak stays empty. `end`: how far the
    run is known (now, or its end)."""
    parts = [_part("fine", one, start) for one in intervals if one.to_at > one.from_at]
    stood = gaps_between(intervals, start, end)
    for gap in stood:
        kind = "off" if any(alarm.from_at < gap.to_at and gap.from_at < alarm.to_at for alarm in alarms) else "gap"
        parts.append(_part(kind, gap, start))
    width = required_minutes + sum((gap.to_at - gap.from_at) / MINUTE for gap in stood)
    shown = sorted((part for part in parts if part.x < width), key=lambda part: part.x)
    ticks = tuple(range(HOURS_24, int(width), HOURS_24))
    return Strip(round(width, 2), tuple(shown), ticks)


def _part(kind: str, one: Interval, start: int) -> Part:
    return Part(kind, round((one.from_at - start) / MINUTE, 2), round((one.to_at - one.from_at) / MINUTE, 2))


@dataclass(frozen=True, slots=True)
class Sparkline:
    """How a line is drawn: size in view box units, what it is called, its limits."""

    width: int
    height: int
    label: str
    low: float | None = None
    high: float | None = None


def sparkline(times: Times, values: Values, shape: Sparkline, gap_micros: int) -> str:
    """One series as an SVG line that breaks where data is missing; a limit is drawn when it lies near the values. Many
    samples are drawn as the mean of each few pixels, in a band from the least to the greatest."""
    told = ~np.isnan(values)
    at, figures = times[told], values[told]
    head = (
        f'<svg class="chart" viewBox="0 0 {shape.width} {shape.height}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(shape.label, quote=True)}">'
    )
    if not len(figures):
        return head + "</svg>"
    low, high = _scale(figures, shape)
    x = (at - times[0]) / max(1, int(times[-1] - times[0])) * shape.width
    y = shape.height - (figures - low) / (high - low) * shape.height
    marks = "".join(
        f'<line class="need" x1="0" x2="{shape.width}" y1="{mark:.1f}" y2="{mark:.1f}"/>'
        for limit in (shape.low, shape.high)
        if limit is not None
        and low <= limit <= high
        and (mark := shape.height - (limit - low) / (high - low) * shape.height) is not None
    )
    breaks = np.flatnonzero(np.diff(at) > gap_micros) + 1
    lines = "".join(
        _stretch(part_x, part_y, shape.width)
        for part_x, part_y in zip(np.split(x, breaks), np.split(y, breaks), strict=True)
    )
    return f"{head}{marks}{lines}</svg>"


def _scale(figures: Values, shape: Sparkline) -> tuple[float, float]:
    low, high = float(figures.min()), float(figures.max())
    span = (high - low) or max(abs(high), 1.0) * 0.1
    for limit in (shape.low, shape.high):
        if limit is not None and low - span <= limit <= high + span:
            low, high = min(low, limit), max(high, limit)
    pad = ((high - low) or span) * 0.08
    return low - pad, high + pad


def _stretch(x: Values, y: Values, width: int) -> str:
    """One unbroken stretch: a line, with a band around it where many samples fall on a few pixels."""
    if len(x) <= width / PIXELS:
        return _line(x, y) if len(x) > 1 else _line(np.array([x[0], x[0] + 1]), np.array([y[0], y[0]]))
    bucket = (x / PIXELS).astype(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(bucket) > 0)))
    counts = np.diff(np.append(starts, len(x)))
    middle = np.add.reduceat(x, starts) / counts
    top, bottom = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    outline = _points(np.concatenate((middle, middle[::-1])), np.concatenate((top, bottom[::-1])))
    return f'<polygon class="k1 soft" points="{outline}"/>{_line(middle, np.add.reduceat(y, starts) / counts)}'


def _line(x: Values, y: Values) -> str:
    return f'<polyline class="series k1" points="{_points(x, y)}"/>'


def _points(x: Values, y: Values) -> str:
    return " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(x.tolist(), y.tolist(), strict=True))
