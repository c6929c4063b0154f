"""What does a typhoon month do? The sky by month as the model has it, and a batch by month of kit ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .look import LIGHT, PALE, PALER, Palette, Spec, chart, label, layer, names


@dataclass(frozen=True, slots=True)
class Year:
    """One scenario: share of runs struck by a storm in each of the twelve months of kit ready."""

    title: str
    hit: Sequence[float]


def storm_months(
    years: Sequence[Year], *, now: int, axis: str, palette: Palette = LIGHT, size: tuple[int, int] = (560, 260)
) -> Spec:
    """Lines over the months; `now` is the month that is compared, drawn as a band."""
    x = {
        "field": "month", "type": "quantitative", "title": axis,
        "axis": {"values": list(range(1, 13)), "grid": False, "format": "d"}, "scale": {"domain": [0.6, 12.4]},
    }  # fmt: skip
    y = {"field": "hit", "type": "quantitative", "title": None, "axis": {"format": ".0%", "tickCount": 5}}
    band = layer(
        [{"from": now - 0.4, "to": now + 0.4}],
        {"type": "rect", "color": palette.line, "opacity": PALE},
        x={"field": "from", "type": "quantitative", "scale": {"domain": [0.6, 12.4]}},
        x2={"field": "to"},
    )
    layers = [band]
    for place, year in enumerate(years):
        rows = [{"month": number, "hit": round(share, 4)} for number, share in enumerate(year.hit, start=1)]
        mark = {
            "type": "line", "color": palette.series[place], "strokeWidth": 2.4,
            "strokeDash": [1, 0] if place == 0 else [7, 4],
            "point": {"filled": True, "size": 36, "color": palette.series[place]},
        }  # fmt: skip
        layers.append(layer(rows, mark, x=x, y=y))
    layers += names([f"{year.title} ≦ {max(year.hit):.0%}" for year in years], palette, size[1])
    says = "; ".join(f"{year.title}: " + ", ".join(f"{share:.0%}" for share in year.hit) for year in years)
    return chart(layers, palette, size, says=says)


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of the strip: its chance (0 to 1) and what it says, the chance above the length of a stop."""

    chance: float
    words: tuple[str, str]


_X: Spec = {"type": "quantitative", "scale": {"domain": [0.5, 12.5]}}
_Y: Spec = {"type": "quantitative", "axis": None, "scale": {"domain": [0, 1.32]}}
_HALF = 0.46
"""Half the width of a cell, months."""


def storm_strip(
    year: Sequence[Cell],
    *,
    marks: Mapping[int, str],
    axis: str,
    palette: Palette = LIGHT,
    size: tuple[int, int] = (1180, 190),
) -> Spec:
    """Twelve cells, January to December, each filled as high as its chance. `marks`: months that have a frame, a
    pointer and a word."""
    months = [
        {"from": number - _HALF, "to": number + _HALF, "month": number, "foot": 0, "top": 1, "chance": cell.chance}
        for number, cell in enumerate(year, start=1)
    ]
    x = {"field": "from", **_X, "title": axis, "axis": {"values": [*range(1, 13)], "grid": False, "format": "d"}}
    ends = {"x": x, "x2": {"field": "to"}, "y2": {"field": "foot"}}
    top, chance = {"field": "top", **_Y}, {"field": "chance", **_Y}
    marked = [row for row in months if row["month"] in marks]
    layers = [
        layer(months, {"type": "rect", "color": palette.line, "opacity": PALER + PALE}, y=top, **ends),
        layer(months, {"type": "rect", "color": palette.series[1], "opacity": 2 * PALE}, y=chance, **ends),
        layer(marked, {"type": "rect", "fill": None, "stroke": palette.ink, "strokeWidth": 2.5}, y=top, **ends),
    ]
    for number, cell in enumerate(year, start=1):
        for text, height, weight in ((cell.words[0], 0.89, "bold"), (cell.words[1], 0.73, "normal")):
            layers += _word(text, (number, height), palette, fontWeight=weight)
        if number in marks:
            layers += _word(f"▼ {marks[number]}", (number, 1.17), palette)
    says = "; ".join(
        f"{number}: {', '.join(cell.words)}{f' ({marks[number]})' if number in marks else ''}"
        for number, cell in enumerate(year, start=1)
    )
    return chart(layers, palette, size, says=says)


def _word(text: str, place: tuple[float, float], palette: Palette, **mark: str) -> list[Spec]:
    at = {"month": place[0], "height": place[1]}
    x, y = {"field": "month", **_X}, {"field": "height", **_Y}
    return label(text, palette, x=x, y=y, at=at, color=palette.ink, align="center", **mark)
