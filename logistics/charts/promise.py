"""What to promise? Expected cost of one rack by the days promised, the cheapest promise marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .look import DASHES, LIGHT, WIDTHS, Palette, Spec, chart, layer, names
from .sources import Points


@dataclass(frozen=True, slots=True)
class CostLine:
    """One scenario: (days promised, expected cost); the cheapest promise as (days, cost) with its words."""

    title: str
    points: Points
    best: tuple[float, float]
    words: str


def cost_curves(
    lines: Sequence[CostLine], *, axis: tuple[str, str], palette: Palette = LIGHT, size: tuple[int, int] = (560, 300)
) -> Spec:
    """Expected cost of up to four scenarios over the days promised; a dot at the cheapest promise."""
    x = {
        "field": "days", "type": "quantitative", "title": axis[0], "axis": {"grid": False, "tickCount": 8},
        "scale": {"nice": False, "zero": False},
    }  # fmt: skip
    y = {
        "field": "cost", "type": "quantitative", "title": axis[1], "axis": {"tickCount": 5, "domain": False},
        "scale": {"domain": [0, _top(lines)], "clamp": False},
    }  # fmt: skip
    layers = [
        layer(
            [{"days": days, "cost": round(cost, 3)} for days, cost in line.points],
            {
                "type": "line", "color": palette.series[place], "strokeDash": DASHES[place],
                "strokeWidth": WIDTHS[place], "interpolate": "monotone", "clip": True,
            },
            x=x, y=y,
        )
        for place, line in enumerate(lines)
    ]  # fmt: skip
    layers += [_best(line, palette, place) for place, line in enumerate(lines)]
    layers += names([f"{line.title} {line.words}" for line in lines], palette, size[1])
    says = "; ".join(f"{line.title}: {line.words}" for line in lines)
    return chart(layers, palette, size, says=says)


def _top(lines: Sequence[CostLine]) -> float:
    """Room for four times the dearest of the cheapest promises: beyond that nobody promises."""
    return round(4 * max(line.best[1] for line in lines), 2)


def _best(line: CostLine, palette: Palette, place: int) -> Spec:
    days, cost = line.best
    x, y = {"datum": days, "type": "quantitative"}, {"datum": cost, "type": "quantitative"}
    dot = {"type": "point", "filled": True, "size": 72, "opacity": 1, "fill": palette.series[place]}
    return layer([{}], {**dot, "stroke": palette.panel, "strokeWidth": 1.5}, x=x, y=y)
