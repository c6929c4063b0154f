"""The codes of our papers as shapes for a page: the same modules, drawn by the browser instead of the press."""

from __future__ import annotations

from dataclasses import dataclass

from documents.paper.codes import bars_of, dots_of

QUIET_BARS, QUIET_DOTS, BAR_HEIGHT = 10, 4, 40


@dataclass(frozen=True, slots=True)
class CodeShape:
    """An SVG path in modules, with its box: quiet zones are inside."""

    path: str
    width: int
    height: int


def bar_shape(text: str) -> CodeShape:
    """Code 128 of printable ASCII. Refuses others (ValueError)."""
    bars, modules = bars_of(text)
    path = "".join(f"M{QUIET_BARS + offset} 0h{size}v{BAR_HEIGHT}h-{size}z" for offset, size in bars)
    return CodeShape(path, modules + 2 * QUIET_BARS, BAR_HEIGHT)


def dot_shape(text: str) -> CodeShape:
    """A QR code, control characters too."""
    runs, side = dots_of(text)
    path = "".join(f"M{QUIET_DOTS + x} {QUIET_DOTS + y}h{size}v1h-{size}z" for x, y, size in runs)
    return CodeShape(path, side + 2 * QUIET_DOTS, side + 2 * QUIET_DOTS)
