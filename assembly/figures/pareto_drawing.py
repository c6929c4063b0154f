"""Bars of what fails most, the longest first, each leading to its attempts; the running share stands beside the bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from assembly.figures.axes import box, linked, text

DRAWN = 15
"""Bars that are drawn; the table has all."""
ROW, WIDTH, LEFT, RIGHT = 26, 720, 270, 600
NAME_LIMIT = 34


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
        name = row.name if len(row.name) <= NAME_LIMIT else f"{row.name[: NAME_LIMIT - 1]}…"
        inside = text(LEFT - 8, y + 15, name, anchor="end") + box(LEFT, y, long, ROW - 6, "fill k1")
        inside += text(LEFT + long + 6, y + 15, f"{row.count:,}", css="strong")
        body += linked(inside, row.url, f"{row.name}: {row.count}")
        body += text(WIDTH - 4, y + 15, f"{row.cumulative * 100:.0f} %", anchor="end")
    return f"{head}{body}</svg>"
