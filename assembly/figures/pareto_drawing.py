"""Bars of what fails most, the longest first, each leading to its attempts; the running share stands beside the bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

from assembly.figures.axes import box, linked, text

DRAWN = 15
"""Bars that are drawn; the table has all."""
ROW, WIDTH, LEFT, RIGHT = 26, 720, 280, 610
NAME_LIMIT = 42
"""Half-width places that a name may take beside its bar."""


@dataclass(frozen=True, slots=True)
class Row:
    """One bar: its name, its count, the share of all up to here, the address of its attempts."""

    name: str
    count: int
    cumulative: float
    url: str


def bars(rows: Sequence[Row], label: str) -> str:
    """The first bars on one scale from zero."""
    shown = rows[:DRAWN]
    longest = max((row.count for row in shown), default=1)
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {len(shown) * ROW + 4}" role="img" aria-label="{escape(label)}">'
    body = ""
    for number, row in enumerate(shown):
        y, long = number * ROW + 4, (RIGHT - LEFT) * row.count / longest
        inside = text(LEFT - 8, y + 15, fitted(row.name), anchor="end") + box(LEFT, y, long, ROW - 6, "fill k1")
        inside += text(LEFT + long + 6, y + 15, f"{row.count:,}", css="strong")
        body += linked(inside, row.url, f"{row.name}: {row.count}")
        body += text(WIDTH - 4, y + 15, f"{row.cumulative * 100:.0f} %", anchor="end")
    return f"{head}{body}</svg>"


def fitted(name: str) -> str:
    """The name, cut where it would leave the figure; the table has it whole."""
    places = 0
    for number, letter in enumerate(name):
        places += 2 if east_asian_width(letter) in "WF" else 1
        if places > NAME_LIMIT:
            return f"{name[: number - 1]}…"
    return name
