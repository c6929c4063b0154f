"""Can it be trusted? Claims kept at each level against the share that was claimed."""

from collections.abc import Sequence
from dataclasses import dataclass

from .look import LIGHT, Palette, Spec, chart, layer


@dataclass(frozen=True, slots=True)
class CoverageMark:
    """A level: the share claimed, the band of an honest forecast, the share that came, whether it lies in the band, and
    the figure in words."""

    name: str
    claimed: float
    low: float
    high: float
    came: float
    within: bool
    words: str


def coverage(
    marks: Sequence[CoverageMark], *, axis: str, palette: Palette = LIGHT, size: tuple[int, int] = (560, 220)
) -> Spec:
    """A band and a tick (what was claimed) a level, and a point (what came): a round one inside the band, a cross
    outside, never by colour alone."""
    names = [mark.name for mark in marks]
    y = {"field": "name", "type": "nominal", "sort": names, "title": None, "axis": {"grid": False, "ticks": False}}
    scale = {"domain": [0, 1]}
    x = {"field": "low", "type": "quantitative", "scale": scale, "title": axis, "axis": {"format": "%", "grid": True}}
    rows = [
        {
            "name": mark.name, "low": round(mark.low, 4), "high": round(mark.high, 4), "claimed": mark.claimed,
            "came": round(mark.came, 4), "words": mark.words, "shape": "circle" if mark.within else "cross",
            "colour": palette.series[0] if mark.within else palette.stop,
        }
        for mark in marks
    ]  # fmt: skip
    colour = {"field": "colour", "type": "nominal", "scale": None}
    shape = {"field": "shape", "type": "nominal", "scale": None}
    at = {"field": "came", "type": "quantitative"}
    blue = {"color": palette.series[0], "opacity": 0.18}
    bands = layer(rows, {"type": "bar", "height": 16, **blue}, x=x, x2={"field": "high"}, y=y)
    claimed = {**at, "field": "claimed"}
    ticks = layer(rows, {"type": "tick", "thickness": 2, "size": 22, "color": palette.ink}, x=claimed, y=y)
    dot = {"type": "point", "filled": True, "size": 90, "opacity": 1}
    points = layer(rows, dot, x=at, y=y, color=colour, shape=shape)
    words = layer(
        rows, {"type": "text", "dy": -15, "baseline": "middle", "fontWeight": "bold", "color": palette.ink},
        x=at, y=y, text={"field": "words", "type": "nominal"},
    )  # fmt: skip
    return chart([bands, ticks, points, words], palette, size, says="; ".join(f"{m.name}: {m.words}" for m in marks))
