"""One series over a stretch of a run as a chart: few marks, no spike lost, no gap bridged. Pure; no styles.

All samples that fall on one mark are drawn from their least to their greatest, joined by the last of each mark. Where
nothing came for longer than the allowed gap there is a band, and no line crosses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from assembly.burn_in.cells_of_text import PLANT
from assembly.burn_in.moments import MINUTE, moment
from assembly.burn_in.soak import Interval, Times, Values
from assembly.figures.axes import marks_between, shown

WIDTH, HEIGHT = 960, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 28
MARKS = 296
"""One mark on three units of the view box: as wide as the stroke."""
WIDEST_LABEL = 70


@dataclass(frozen=True, slots=True)
class Marks:
    """Samples by mark: which mark, how many, least, mean, greatest, last. Marks without a sample are left out."""

    place: Times
    n: Times
    least: Values
    mean: Values
    greatest: Values
    last: Values


@dataclass(frozen=True, slots=True)
class Frame:
    """What is drawn: from–to (µs), the limits, what the chart and a gap are called."""

    start: int
    end: int
    low: float | None
    high: float | None
    label: str
    gap_label: str
    gap_micros: int
    moments: tuple[tuple[int, str], ...] = ()
    """What happened when (µs), with a short mark each: drawn as lines across."""


def marks_of(times: Times, values: Values, start: int, end: int, count: int) -> Marks:
    """The samples in `count` equal stretches from `start` to `end`; `times` ascend, `values` hold no NaN."""
    within = (times >= start) & (times <= end)
    at, figures = times[within], values[within]
    span = max(1, end - start)
    place = np.minimum((at - start) * count // span, count - 1)
    begins = np.flatnonzero(np.diff(place, prepend=-1) > 0)
    ends = np.append(begins[1:], len(place))
    if not len(begins):
        nothing = np.empty(0)
        return Marks(place, place, nothing, nothing, nothing, nothing)
    n = ends - begins
    return Marks(
        place[begins],
        n,
        np.minimum.reduceat(figures, begins),
        np.add.reduceat(figures, begins) / n,
        np.maximum.reduceat(figures, begins),
        figures[ends - 1],
    )


def gaps_in(times: Times, start: int, end: int, gap_micros: int) -> list[Interval]:
    """Where nothing came for longer than the allowed gap, also at either end."""
    within = times[(times >= start) & (times <= end)]
    edges = np.concatenate(([start], within, [end]))
    return [
        Interval(int(edges[row]), int(edges[row + 1])) for row in np.flatnonzero(np.diff(edges) > gap_micros).tolist()
    ]


def plot(times: Times, values: Values, frame: Frame) -> str:
    """The chart as SVG, in classes of the stylesheet."""
    marks = marks_of(times, values, frame.start, frame.end, MARKS)
    gaps = gaps_in(times, frame.start, frame.end, frame.gap_micros)
    scale = _Scale(frame, marks)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(frame.label, quote=True)}">',
        *_bands(gaps, scale, frame),
        *_axes(scale),
        *_limits(scale, frame),
        *_moments(scale, frame),
    ]
    if len(marks.place):
        x = scale.of_mark(marks.place)
        low, high = scale.y(marks.least), scale.y(marks.greatest)
        bars = "".join(
            f"M{at:.1f} {max(bottom, top + 1):.1f}V{top:.1f}"
            for at, bottom, top in zip(x.tolist(), low.tolist(), high.tolist(), strict=True)
        )
        parts += [f'<path class="series k1" d="{bars}"/>', *_lines(x, scale.y(marks.last), gaps, scale)]
    return "".join([*parts, "</svg>"])


class _Scale:
    """From moments and figures to places in the view box."""

    def __init__(self, frame: Frame, marks: Marks) -> None:
        self.start, self.span = frame.start, max(1, frame.end - frame.start)
        low, high = (float(marks.least.min()), float(marks.greatest.max())) if len(marks.n) else (0.0, 1.0)
        room = (high - low) or max(abs(high), 1.0) * 0.1
        for limit in (frame.low, frame.high):
            if limit is not None and low - room <= limit <= high + room:
                low, high = min(low, limit), max(high, limit)
        pad = ((high - low) or room) * 0.04
        self.marks = marks_between(low - pad, high + pad)
        self.low, self.high = self.marks[0], self.marks[-1]

    def x(self, at: int) -> float:
        return LEFT + (at - self.start) / self.span * (WIDTH - LEFT - RIGHT)

    def of_mark(self, place: Times) -> Values:
        found: Values = LEFT + (place + 0.5) / MARKS * (WIDTH - LEFT - RIGHT)
        return found

    def y(self, figures: Values) -> Values:
        found: Values = TOP + (self.high - np.asarray(figures)) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)
        return found


def _bands(gaps: list[Interval], scale: _Scale, frame: Frame) -> list[str]:
    found = []
    for gap in gaps:
        x, width = scale.x(gap.from_at), scale.x(gap.to_at) - scale.x(gap.from_at)
        size = f'width="{max(width, 1):.1f}" height="{HEIGHT - TOP - BOTTOM}"'
        found.append(f'<rect class="softer k4" x="{x:.1f}" y="{TOP}" {size}/>')
        if width >= WIDEST_LABEL:
            found.append(
                f'<text x="{x + width / 2:.1f}" y="{TOP + 14}" text-anchor="middle">{escape(frame.gap_label)}</text>'
            )
    return found


def _axes(scale: _Scale) -> list[str]:
    found = []
    for value in scale.marks:
        y = float(scale.y(np.array(value)))
        found.append(f'<line class="grid-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        found.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown(value)}</text>')
    for column in range(6):
        at = scale.start + scale.span * column // 5
        told = moment(at).astimezone(PLANT)
        text = f"{told:%m/%d %H:%M:%S}" if scale.span < 30 * MINUTE else f"{told:%m/%d %H:%M}"
        anchor = "start" if column == 0 else "end" if column == 5 else "middle"
        found.append(f'<text x="{scale.x(at):.1f}" y="{HEIGHT - 8}" text-anchor="{anchor}">{text}</text>')
    return found


def _limits(scale: _Scale, frame: Frame) -> list[str]:
    found = []
    for limit in (frame.low, frame.high):
        if limit is not None and scale.low <= limit <= scale.high:
            y = float(scale.y(np.array(limit)))
            found.append(f'<line class="need" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
            found.append(
                f'<text class="needt" x="{WIDTH - RIGHT}" y="{y - 4:.1f}" text-anchor="end">{shown(limit)}</text>'
            )
    return found


def _moments(scale: _Scale, frame: Frame) -> list[str]:
    found = []
    for at, mark in frame.moments:
        if frame.start <= at <= frame.end:
            x = scale.x(at)
            found.append(f'<line class="plan" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
            found.append(f'<text x="{x:.1f}" y="{TOP - 2}" text-anchor="middle">{escape(mark)}</text>')
    return found


def _lines(x: Values, y: Values, gaps: list[Interval], scale: _Scale) -> list[str]:
    """The last values joined, broken at every gap."""
    # in the middle: a mark stands for a stretch, so the one that holds the end of a gap may lie before that end
    breaks = np.searchsorted(x, [scale.x((gap.from_at + gap.to_at) // 2) for gap in gaps])
    return [
        '<polyline class="plan" points="' + " ".join(f"{px:.1f},{py:.1f}" for px, py in zip(a, b, strict=True)) + '"/>'
        for a, b in zip(np.split(x, breaks), np.split(y, breaks), strict=True)
        if len(a) > 1
    ]
