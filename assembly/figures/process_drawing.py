"""Control charts and the spread of values against their limits, as figures of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assembly.figures.axes import Frame, box, dot, line, linked, marks_between, polyline, shown, text

Values = npt.NDArray[np.float64]
DRAWN = 200
"""Points of a chart that are drawn: the newest."""
BARS = 24
WIDE = Frame(width=1080, right=1000, bottom=188, height=230)


@dataclass(frozen=True, slots=True)
class Track:
    """One chart: its points, centre and limits (None: not told), what is written at them, the broken rules of each
    point, the address behind each, and where the baseline ends."""

    points: Values
    centre: float | None
    low: float | None
    high: float | None
    names: tuple[str, str, str]
    broken: Sequence[tuple[int, ...]]
    urls: Sequence[str]
    labels: Sequence[str]
    baseline: Sequence[bool]


def track(one: Track, label: str) -> str:
    """The newest points with centre and limits; a point that breaks a rule is larger, says which, and leads to its
    run. The baseline's points lie on a band."""
    skipped = max(0, len(one.points) - DRAWN)
    points = one.points[skipped:]
    ends = [float(points.min()), float(points.max()), *(v for v in (one.low, one.high, one.centre) if v is not None)]
    marks = marks_between(min(ends), max(ends), 4)
    frame = replace(WIDE, low=marks[0], high=marks[-1])
    count = len(points)
    place = [frame.x((number + 0.5) / count) for number in range(count)]
    body = _band(frame, one.baseline[skipped:], count) + frame.grid(marks)
    for value, name, css in zip((one.low, one.centre, one.high), one.names, ("need", "plan", "need"), strict=True):
        if value is not None:
            body += line(frame.left, frame.right, frame.y(value), frame.y(value), css)
            body += text(frame.right + 6, frame.y(value) + 4, f"{name} {shown(round(value, 4))}")
    body += polyline([(x, frame.y(float(y))) for x, y in zip(place, points, strict=True)], "series k1")
    for number, (x, y) in enumerate(zip(place, points, strict=True)):
        at = number + skipped
        if one.broken[at]:
            rules = ", ".join(str(rule) for rule in one.broken[at])
            mark = dot(x, frame.y(float(y)), "dotk k2", 6) + text(
                x, frame.y(float(y)) - 9, rules, anchor="middle", css="strong"
            )
            body += linked(mark, one.urls[at], f"{one.labels[at]} {shown(float(y))}: {rules}")
        elif count <= DRAWN // 2:
            body += dot(x, frame.y(float(y)), "dotk k1", 3)
    body += frame.foot(one.labels[skipped:], most=10)
    return f"{frame.head(label)}{body}</svg>"


def _band(frame: Frame, baseline: Sequence[bool], count: int) -> str:
    inside = [number for number, member in enumerate(baseline) if member]
    if not inside:
        return ""
    first, last = frame.x(inside[0] / count), frame.x((inside[-1] + 1) / count)
    return box(first, frame.top, last - first, frame.bottom - frame.top, "softer k1")


def spread(values: Values, low: float | None, high: float | None, names: tuple[str, str, str], label: str) -> str:
    """How often which value came, against the limits that judged it and with the mean."""
    ends = [float(values.min()), float(values.max()), *(one for one in (low, high) if one is not None)]
    span = (max(ends) - min(ends)) or abs(ends[0]) or 1.0
    first, last = min(ends) - span * 0.04, max(ends) + span * 0.04
    counts, edges = np.histogram(values, bins=BARS, range=(first, last))
    marks = marks_between(0, float(counts.max()), 4)
    frame = Frame(low=0, high=marks[-1])
    width = (frame.right - frame.left) / BARS
    body = frame.grid(marks)
    for number, count in enumerate(counts):
        top = frame.y(float(count))
        body += box(frame.left + number * width + 1, top, width - 2, frame.bottom - top, "fill k1")
    mean = float(values.mean())
    for value, name, css in ((low, names[0], "need"), (mean, names[1], "plan"), (high, names[2], "need")):
        if value is not None:
            x = frame.x((value - first) / (last - first))
            body += line(x, x, frame.top, frame.bottom, css)
            body += text(x, frame.bottom + 36, f"{name} {shown(round(value, 4))}", anchor="middle")
    for number in range(0, BARS + 1, 6):
        body += text(frame.x(number / BARS), frame.bottom + 18, f"{edges[number]:.4g}", anchor="middle")
    return f"{frame.head(label)}{body}</svg>"
