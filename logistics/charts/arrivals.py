"""On track? Racks received so far, the fan ahead, the need-by staircase."""

from collections.abc import Sequence
from dataclasses import dataclass

from .look import DASHES, LIGHT, PALE, PALER, Palette, Spec, chart, label, layer

Steps = Sequence[tuple[str, float]]
"""(day as 2026-11-20 or local time as 2026-11-20T16:05, racks by then). Tokyo's wall time, no zone."""


@dataclass(frozen=True, slots=True)
class Fan:
    """Racks received by a day at five levels of the forecast."""

    day: str
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


@dataclass(frozen=True, slots=True)
class ArrivalWords:
    """Direct labels of the three lines."""

    actual: str
    forecast: str
    needed: str
    axis: str


def cumulative_arrivals(
    *,
    actual: Steps,
    fan: Sequence[Fan],
    needed: Steps,
    words: ArrivalWords,
    palette: Palette = LIGHT,
    size: tuple[int, int] = (720, 300),
) -> Spec:
    """Actual step in ink, P10-P90 and P25-P75 ahead in the first colour, the need-by staircase dashed."""
    x = {"field": "day", "type": "temporal", "title": None, "scale": {"type": "utc"},
         "axis": {"format": "%-m/%-d", "grid": False, "tickCount": 8}}  # fmt: skip
    y = {"field": "racks", "type": "quantitative", "title": None, "axis": {"tickMinStep": 1, "domain": False}}
    first = palette.series[0]
    layers = [
        _band(fan, ("p10", "p90"), PALER, first, (x, y)),
        _band(fan, ("p25", "p75"), PALE, first, (x, y)),
        _line(
            [(row.day, row.p50) for row in fan], {"color": first, "strokeWidth": 2.2, "strokeDash": DASHES[1]}, (x, y)
        ),
        _line(
            needed,
            {"color": palette.ink_2, "strokeWidth": 1.6, "strokeDash": [5, 3], "interpolate": "step-after"},
            (x, y),
        ),
        _line(actual, {"color": palette.ink, "strokeWidth": 2.6, "interpolate": "step-after"}, (x, y)),
    ]
    ends = (
        (actual, words.actual, palette.ink, {"align": "right", "dx": -6, "dy": -12}),
        ([(row.day, row.p50) for row in fan], words.forecast, first, {"dx": 8}),
        (needed, words.needed, palette.ink_2, {"dx": 8, "dy": -10}),
    )
    for steps, title, colour, side in ends:
        if steps:
            at = {"day": _utc(steps[-1][0]), "racks": steps[-1][1]}
            layers += label(title, palette, x=x, y=y, at=at, color=colour, **side)
    layers += label(words.axis, palette, x={"value": -4}, y={"value": -6}, align="right", color=palette.ink_2)
    return chart(layers, palette, size, says=_says(actual, fan, words))


def _band(fan: Sequence[Fan], edges: tuple[str, str], opacity: float, colour: str, axes: tuple[Spec, Spec]) -> Spec:
    rows = [{"day": _utc(row.day), "racks": getattr(row, edges[0]), "top": getattr(row, edges[1])} for row in fan]
    mark = {"type": "area", "color": colour, "opacity": opacity, "interpolate": "monotone"}
    return layer(rows, mark, x=axes[0], y=axes[1], y2={"field": "top"})


def _line(steps: Steps, mark: Spec, axes: tuple[Spec, Spec]) -> Spec:
    rows = [{"day": _utc(day), "racks": racks} for day, racks in steps]
    return layer(rows, {"type": "line", **mark}, x=axes[0], y=axes[1])


def _utc(day: str) -> str:
    """Wall time written as UTC and drawn on a UTC scale: the reader's own zone cannot move it."""
    return f"{day}T00:00:00Z" if "T" not in day else f"{day}Z"


def _says(actual: Steps, fan: Sequence[Fan], words: ArrivalWords) -> str:
    so_far = f"{words.actual} {actual[-1][1]:g}" if actual else words.actual
    ahead = f"{words.forecast} {fan[-1].p10:g}-{fan[-1].p90:g}" if fan else words.forecast
    return f"{so_far}; {ahead}"
