"""What changes the answer? One bar for each input moved on its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from .look import LIGHT, Palette, Spec, chart, layer, signed


@dataclass(frozen=True, slots=True)
class Swing:
    """An input (a title of its own, with its range) and the gap in days at both ends of it."""

    title: str
    gap_low: float
    gap_high: float


def tornado(
    swings: Sequence[Swing],
    gap: float,
    *,
    axis: str,
    order: int = 1,
    palette: Palette = LIGHT,
    size: tuple[int, int] = (380, 360),
) -> Spec:
    """Gap of second − first over each input's range; below zero the second is faster and takes its colour.

    The thin line is the gap with the inputs as they are, the strong one zero: where the answer flips.
    """
    titles = [swing.title for swing in swings]
    x = {
        "field": "from",
        "type": "quantitative",
        "title": axis,
        "axis": {"grid": False, "labelExpr": signed("~f"), "tickCount": 6},
    }
    y = {"field": "title", "type": "nominal", "sort": titles, "title": None, "axis": None}
    rows = [row for swing in swings for row in _parts(swing, palette, order)]
    colour = {"field": "colour", "type": "nominal", "scale": None}
    bars = layer(rows, {"type": "bar", "height": 12, "yOffset": 8}, x=x, x2={"field": "to"}, y=y, color=colour)
    words = layer(
        [{"title": title} for title in titles],
        {"type": "text", "align": "left", "baseline": "middle", "fontWeight": "bold", "color": palette.ink, "dy": -8},
        x={"value": 0},
        y=y,
        text={"field": "title", "type": "nominal"},
    )
    lines = [
        layer([{}], {"type": "rule", "color": colour, "strokeWidth": width}, x={"datum": at, "type": "quantitative"})
        for at, colour, width in ((0, palette.ink, 1.5), (gap, palette.ink_2, 0.8))
    ]
    says = "; ".join(f"{swing.title}: {swing.gap_low:+.1f}, {swing.gap_high:+.1f}" for swing in swings)
    return chart([bars, *lines, words], palette, size, says=says)


def _parts(swing: Swing, palette: Palette, order: int) -> list[dict[str, object]]:
    """The bar cut at zero."""
    low, high = sorted((swing.gap_low, swing.gap_high))
    parts = [(low, min(high, 0.0), palette.series[order]), (max(low, 0.0), high, palette.series[0])]
    return [
        {"title": swing.title, "from": round(start, 3), "to": round(end, 3), "colour": colour}
        for start, end, colour in parts
        if start < end
    ]
