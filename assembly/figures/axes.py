"""The frame of a drawn chart: a scale with round marks, grid lines, words. View box units; no style attribute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def marks_between(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values from at or below `low` to at or above `high`, about as many as wanted."""
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [low, low + 1.0]
    size = 10 ** math.floor(math.log10(span / wanted))
    step = next(size * one for one in STEPS if size * one * wanted >= span)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def shown(value: float) -> str:
    """A value of an axis without a float's tail."""
    return f"{value:.10g}"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things stand: the plot's edges in the view box, and the values at its bottom and top."""

    width: int = 720
    height: int = 260
    left: int = 56
    right: int = 704
    top: int = 18
    bottom: int = 208
    low: float = 0.0
    high: float = 1.0

    def x(self, place: float) -> float:
        """0 is the left edge, 1 the right one."""
        return self.left + (self.right - self.left) * place

    def y(self, value: float) -> float:
        """Where a value stands; the low end is the bottom."""
        return self.bottom - (self.bottom - self.top) * (value - self.low) / ((self.high - self.low) or 1.0)

    def head(self, label: str) -> str:
        """The opening of the figure, with its words for a screen reader."""
        return f'<svg class="chart" viewBox="0 0 {self.width} {self.height}" role="img" aria-label="{escape(label)}">'

    def grid(self, marks: Sequence[float], ending: str = "") -> str:
        """A line and a figure at each mark; `ending` is the unit, once at each."""
        return "".join(
            line(self.left, self.right, self.y(mark), self.y(mark), "grid-line")
            + text(self.left - 8, self.y(mark) + 4, f"{shown(mark)}{ending}", anchor="end")
            for mark in marks
        )

    def foot(self, labels: Sequence[str], most: int = 12) -> str:
        """Words under evenly standing places; where there are many, each so-and-so-manieth."""
        every = max(1, math.ceil(len(labels) / most))
        return "".join(
            text(self.x((place + 0.5) / len(labels)), self.bottom + 18, label, anchor="middle")
            for place, label in enumerate(labels)
            if place % every == 0
        )


def text(x: float, y: float, words: str, *, anchor: str = "start", css: str = "") -> str:
    """Words at a place."""
    kind = f' class="{css}"' if css else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def line(x1: float, x2: float, y1: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line class="{css}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def polyline(points: Sequence[tuple[float, float]], css: str) -> str:
    """A line through these points."""
    return f'<polyline class="{css}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def dot(x: float, y: float, css: str, radius: float = 4.5) -> str:
    """A mark at a place."""
    return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"/>'


def box(x: float, y: float, width: float, height: float, css: str) -> str:
    """A bar."""
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}"/>'


def linked(inside: str, url: str, label: str) -> str:
    """A part of the figure that leads to its rows."""
    return f'<a href="{escape(url)}" aria-label="{escape(label)}">{inside}</a>' if url else inside
