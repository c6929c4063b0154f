"""Ridges: the distribution of days by month, one above the other; too few shipments are points. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

import numpy as np

FEW = 5
"""Below so many a density would show a shape that nobody measured: the shipments themselves are drawn."""
WIDTH, ROW, LEFT, RIGHT, PEAK = 760, 40, 76, 60, 46.0
STEPS = 160


@dataclass(frozen=True, slots=True)
class Ridge:
    """A month's name and its days."""

    name: str
    days: tuple[float, ...]


def density(days: Sequence[float], at: np.ndarray) -> np.ndarray:
    """A Gaussian kernel density with Silverman's width (B. W. Silverman 1986, 3.31), of at least a tenth of a day: the
    clock of reports is no finer."""
    values = np.asarray(days, dtype=float)
    spread = values.std(ddof=1)
    low, high = np.quantile(values, [0.25, 0.75])
    narrow = min(spread, (high - low) / 1.34) if high > low else spread
    width = max(0.9 * narrow * len(values) ** -0.2, 0.1)
    scaled = (at[:, None] - values[None, :]) / width
    found: np.ndarray = np.exp(-0.5 * scaled**2).sum(axis=1) / (len(values) * width * math.sqrt(2 * math.pi))
    return found


def quantiles(days: Sequence[float]) -> tuple[float, float, float]:
    """P10, P50 and P90 between the values themselves (linear)."""
    p10, p50, p90 = np.quantile(np.asarray(days, dtype=float), [0.1, 0.5, 0.9])
    return float(p10), float(p50), float(p90)


def ridge_plot(ridges: Sequence[Ridge], most: float, *, says: str, days_word: str) -> str:
    """The months from top to bottom on one axis from 0 to `most` days; all ridges have the same area a shipment."""
    height = ROW * len(ridges) + 62
    grid = np.linspace(0.0, most, STEPS)
    shapes = [density(ridge.days, grid) if len(ridge.days) >= FEW else None for ridge in ridges]
    peak = max((float(shape.max()) for shape in shapes if shape is not None), default=1.0)
    parts = [
        f'<svg class="chart ridges" viewBox="0 0 {WIDTH} {height}" role="img" aria-label={quoteattr(says)}>',
        '<g class="k1">',
    ]
    parts += _axis(most, height, days_word)
    for place, (ridge, shape) in enumerate(zip(ridges, shapes, strict=True)):
        base = 34 + ROW * (place + 1) - 4
        parts.append(f'<path class="axis" d="M{LEFT} {base}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{base - 2}" text-anchor="end">{ridge.name}</text>')
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{base - 2}">n = {len(ridge.days)}</text>')
        if shape is None:
            parts += [f'<circle class="dotk" cx="{_x(one, most)}" cy="{base - 6}" r="4.5"/>' for one in ridge.days]
            continue
        tops = [
            f"{_x(float(at), most)} {base - float(high) / peak * PEAK:.1f}"
            for at, high in zip(grid, shape, strict=True)
        ]
        parts.append(f'<path class="ridge" d="M{_x(0, most)} {base}L{"L".join(tops)}L{_x(most, most)} {base}Z"/>')
        parts += [
            f'<path class="{"mid" if level == 1 else "edge"}-tick" d="M{_x(one, most)} {base - 13}V{base}"/>'
            for level, one in enumerate(quantiles(ridge.days))
        ]
    return "".join([*parts, "</g></svg>"])


def _x(days: float, most: float) -> float:
    return round(LEFT + min(max(days / most, 0.0), 1.0) * (WIDTH - LEFT - RIGHT), 1)


def _axis(most: float, height: int, days_word: str) -> list[str]:
    step = next((one for one in (0.5, 1, 2, 5, 10, 20) if most / one <= 10), 50)
    found = []
    for place in range(int(most / step) + 1):
        x = _x(place * step, most)
        found.append(f'<path class="grid-line" d="M{x} 22V{height - 24}"/>')
        found.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle">{place * step:g}</text>')
    return [*found, f'<text x="{WIDTH - RIGHT + 8}" y="{height - 8}">{days_word}</text>']
