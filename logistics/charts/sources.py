"""Which source? Cumulative arrivals against the need-by day, and the paired difference."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .look import DASHES, LIGHT, PALE, WIDTHS, Palette, Spec, chart, label, layer, signed, spread_apart

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Curve:
    """One scenario: (days, share received by then); `at_need` is the label at the need-by line, such as "85 %"."""

    title: str
    points: Points
    at_need: str = ""

    def share_at(self, days: float) -> float:
        """Share received by a day, straight between the points."""
        before = (0.0, 0.0)
        for before, after in pairwise(self.points):
            if before[0] <= days <= after[0]:
                part = (days - before[0]) / (after[0] - before[0])
                return before[1] + part * (after[1] - before[1])
        return 0.0 if not self.points or days < self.points[0][0] else self.points[-1][1]

    def days_at(self, share: float) -> float:
        """First day by which a share is received."""
        return next((days for days, reached in self.points if reached >= share), self.points[-1][0])


def arrival_curves(
    curves: Sequence[Curve],
    *,
    need_by: tuple[float, str] | None = None,
    axis: str,
    palette: Palette = LIGHT,
    size: tuple[int, int] = (720, 330),
) -> Spec:
    """Cumulative shares of up to four scenarios on one axis, with the need-by line (days, label)."""
    low = min(curve.days_at(0.001) for curve in curves)
    high = max(curve.days_at(0.95) for curve in curves)
    if need_by:
        low, high = min(low, need_by[0] - 1), max(high, need_by[0] + 1)
    x, y = _axes(low, high, axis, palette)
    layers = [_curve(curve, place, palette, (low, high), (x, y)) for place, curve in enumerate(curves)]
    ends = spread_apart([curve.share_at(high) for curve in curves], 17 / size[1], 1.02)
    for place, (curve, end) in enumerate(zip(curves, ends, strict=True)):
        y_end = {"datum": end, "type": "quantitative"}
        layers += label(curve.title, palette, x={"value": "width"}, y=y_end, color=palette.series[place], dx=8)
    if need_by:
        layers += _need_by(curves, need_by, palette)
    says = "; ".join(f"{curve.title} {curve.at_need}".strip() for curve in curves)
    return chart(layers, palette, size, says=says)


def _axes(low: float, high: float, axis: str, palette: Palette) -> tuple[Spec, Spec]:
    strong = "indexof([0.5, 0.8, 0.95], datum.value) >= 0"
    x = {
        "field": "days", "type": "quantitative", "title": axis, "axis": {"grid": False, "tickCount": 10},
        "scale": {"domain": [low, high], "nice": False, "zero": False},
    }  # fmt: skip
    y = {
        "field": "share", "type": "quantitative", "title": None, "scale": {"domain": [0, 1]},
        "axis": {
            "values": [0, 0.2, 0.5, 0.8, 0.95, 1], "format": ".0%", "labelOverlap": False, "domain": False,
            "ticks": False,
            "labelFontWeight": {"condition": {"test": strong, "value": "bold"}, "value": "normal"},
            "labelColor": {"condition": {"test": strong, "value": palette.ink}, "value": palette.ink_2},
        },
    }  # fmt: skip
    return x, y


def _curve(curve: Curve, place: int, palette: Palette, span: tuple[float, float], axes: tuple[Spec, Spec]) -> Spec:
    low, high = span
    inside = [(days, share) for days, share in curve.points if low < days < high]
    kept = [(low, curve.share_at(low)), *inside, (high, curve.share_at(high))]
    mark = {
        "type": "line", "color": palette.series[place], "strokeDash": DASHES[place], "strokeWidth": WIDTHS[place],
        "interpolate": "monotone", "clip": True,
    }  # fmt: skip
    return layer([{"days": days, "share": share} for days, share in kept], mark, x=axes[0], y=axes[1])


def _need_by(curves: Sequence[Curve], need_by: tuple[float, str], palette: Palette) -> Iterator[Spec]:
    """The line in the colour of refusals, its label at the foot, and each curve's share where it crosses."""
    days, words = need_by
    x = {"datum": days, "type": "quantitative"}
    yield layer([{}], {"type": "rule", "color": palette.stop, "strokeWidth": 1.6}, x=x)
    yield from label(words, palette, x=x, y={"value": "height"}, color=palette.stop, dx=7, dy=-10)
    for place, curve in enumerate(curves):
        y = {"datum": curve.share_at(days), "type": "quantitative"}
        dot = {"type": "point", "filled": True, "size": 64, "opacity": 1, "fill": palette.series[place]}
        yield layer([{}], {**dot, "stroke": palette.panel, "strokeWidth": 1.5}, x=x, y=y)
        if curve.at_need:
            side: Spec = {"align": "right", "dx": -9, "dy": -8} if place == 0 else {"align": "left", "dx": 9, "dy": 9}
            yield from label(curve.at_need, palette, x=x, y=y, color=palette.series[place], **side)


@dataclass(frozen=True, slots=True)
class Sides:
    """Labels of both sides with their probability, the axis title, the second scenario's place for its colour."""

    first: str
    second: str
    axis: str
    order: int = 1


def gap_density(points: Points, sides: Sides, *, palette: Palette = LIGHT, size: tuple[int, int] = (360, 200)) -> Spec:
    """Density of second − first (days): below zero the second is faster and takes its colour."""
    colours = (palette.series[sides.order], palette.series[0])
    x = {
        "field": "days", "type": "quantitative", "title": sides.axis,
        "axis": {"grid": False, "labelExpr": signed("d"), "tickCount": 6}, "scale": {"nice": False, "zero": False},
    }  # fmt: skip
    y = {"field": "density", "type": "quantitative", "axis": None}
    below, above = _split(points)
    layers = [
        layer(_rows(side), {"type": "area", "color": colour, "opacity": PALE, "clip": True}, x=x, y=y)
        for side, colour in zip((below, above), colours, strict=True)
        if side
    ]
    layers.append(layer(_rows(points), {"type": "line", "color": palette.ink_2, "strokeWidth": 1}, x=x, y=y))
    zero = {"datum": 0, "type": "quantitative"}
    layers.append(layer([{}], {"type": "rule", "color": palette.ink}, x=zero))
    top = {"value": -4}
    layers += label(sides.second, palette, x={"value": 0}, y=top, color=colours[0])
    layers += label(sides.first, palette, x={"value": "width"}, y=top, color=colours[1], align="right")
    return chart(layers, palette, size, says=f"{sides.first}; {sides.second}")


def _rows(points: Points) -> list[dict[str, float]]:
    return [{"days": days, "density": density} for days, density in points]


def _split(points: Points) -> tuple[Points, Points]:
    """The points below and above zero days, each closed at zero."""
    below = [point for point in points if point[0] < 0]
    above = [point for point in points if point[0] >= 0]
    if below and above:
        (left, low), (right, high) = below[-1], above[0]
        zero = (0.0, low + (high - low) * -left / (right - left))
        return [*below, zero], [zero, *above]
    return below, above
