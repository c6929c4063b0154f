"""The course of a yield: a point a day or week with its interval, each leading to its attempts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assembly.figures.axes import Frame, dot, line, linked, marks_between, polyline, text
from assembly.figures.intervals import Share

FEW = 10
"""Fewer first attempts than this are drawn pale: the interval says more than the point."""


@dataclass(frozen=True, slots=True)
class Point:
    """One step: what is written under it, its share, the address of its attempts."""

    label: str
    share: Share
    url: str


def course(points: Sequence[Point], label: str, count_word: str) -> str:
    """The yields in per cent with their 95 % intervals; `count_word` stands before the numbers of attempts."""
    known = [(place, point) for place, point in enumerate(points) if point.share.whole]
    ends = [point.share.interval or (0.0, 1.0) for _place, point in known]
    marks = marks_between(min((low for low, _high in ends), default=0.0) * 100, 100.0)
    frame = Frame(low=marks[0], high=100.0)
    places = [(frame.x((place + 0.5) / len(points)), point) for place, point in known]
    body = frame.grid([mark for mark in marks if mark <= 100], " %") + frame.foot([point.label for point in points])
    every = max(1, -(-len(points) // 24))
    body += text(frame.left - 8, frame.bottom + 38, count_word, anchor="end")
    body += polyline([(x, frame.y((point.share.value or 0) * 100)) for x, point in places], "series k1")
    for number, ((x, point), (low, high)) in enumerate(zip(places, ends, strict=True)):
        value = (point.share.value or 0) * 100
        pale = " softer" if point.share.whole < FEW else ""
        mark = line(x, x, frame.y(low * 100), frame.y(high * 100), "tick") + dot(x, frame.y(value), f"dotk k1{pale}")
        body += linked(mark, point.url, f"{point.label} {value:.1f} % ({point.share.part}/{point.share.whole})")
        if number % every == 0:
            body += text(x, frame.bottom + 38, str(point.share.whole), anchor="middle")
    return f"{frame.head(label)}{body}</svg>"
