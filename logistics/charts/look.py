"""The look of every chart: colours, dashes, text, halo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]
Rows = Sequence[dict[str, Any]]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""A name, never fetched."""

DASHES: tuple[list[int], ...] = ([1, 0], [7, 4], [2, 3], [9, 3, 2, 3])
WIDTHS = (3.0, 2.2, 2.2, 2.2)
PALE = 0.28
PALER = 0.14
TEXT_PX = 12


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours and font of a chart. Papers take LIGHT; pages take SCREEN, whose names charts.js looks up."""

    series: tuple[str, str, str, str]
    stop: str
    ink: str
    ink_2: str
    line: str
    panel: str
    font: str


LIGHT = Palette(
    series=("#174a84", "#96560a", "#5c3f78", "#1e6f63"),
    stop="#a8121b",
    ink="#14181a",
    ink_2="#495256",
    line="#d2d6d2",
    panel="#ffffff",
    font="BIZ UDPGothic, Noto Sans CJK JP, sans-serif",
)
SCREEN = Palette(
    series=("var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)"),
    stop="var(--stop)",
    ink="var(--ink)",
    ink_2="var(--ink-2)",
    line="var(--line)",
    panel="var(--panel)",
    font="var(--font)",
)


def chart(layers: Iterable[Spec], palette: Palette, size: tuple[int, int], *, says: str) -> Spec:
    """A whole definition of layers on one pair of axes.

    `says` is the text equivalent for a screen reader. Labels beyond the axes count in the size ("fit").
    """
    text = {"fontSize": TEXT_PX, "font": palette.font}
    axis = {
        "labelFontSize": TEXT_PX, "titleFontSize": TEXT_PX, "titleFontWeight": "normal", "labelFont": palette.font,
        "titleFont": palette.font, "labelColor": palette.ink_2, "titleColor": palette.ink_2, "gridColor": palette.line,
        "domainColor": palette.ink_2, "tickColor": palette.ink_2, "titlePadding": 8, "titleAnchor": "end",
    }  # fmt: skip
    return {
        "$schema": SCHEMA,
        "description": says,
        "width": size[0],
        "height": size[1],
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "top": 14, "right": 8, "bottom": 4},
        "background": "transparent",
        "layer": list(layers),
        "config": {
            "font": palette.font,
            "text": {**text, "color": palette.ink_2},
            "axis": axis,
            "view": {"stroke": None},
        },
    }


def layer(rows: Rows, mark: Spec, **encoding: Spec) -> Spec:
    """One layer with its own rows."""
    return {"data": {"values": list(rows)}, "mark": {"tooltip": False, **mark}, "encoding": encoding}


def label(text: str, palette: Palette, *, x: Spec, y: Spec, at: Spec | None = None, **mark: Any) -> list[Spec]:
    """A direct label twice: its halo in the colour of the panel, then the text. `at` is its row, if x or y read one."""
    shown = {"type": "text", "align": "left", "baseline": "middle", "fontWeight": "bold", **mark}
    halo = {**shown, "color": palette.panel, "stroke": palette.panel, "strokeWidth": 3, "strokeJoin": "round"}
    rows = [{**(at or {}), "text": text}]
    words = {"field": "text", "type": "nominal"}
    return [layer(rows, each, x=x, y=y, text=words) for each in (halo, shown)]


def names(titles: Sequence[str], palette: Palette, height: int) -> list[Spec]:
    """The names of the series one below the other at the right, each in its colour: where curves run together."""
    layers: list[Spec] = []
    for place, title in enumerate(titles):
        y = {"value": min(8 + 17 * place, height)}
        layers += label(title, palette, x={"value": "width"}, y=y, color=palette.series[place], align="right", dx=-4)
    return layers


def signed(form: str) -> str:
    """Label expression of an axis of differences: a sign on every number but zero."""
    return f"datum.value == 0 ? '0' : format(datum.value, '+{form}')"


def spread_apart(places: Sequence[float], gap: float, top: float) -> list[float]:
    """Places moved down as little as needed to be `gap` apart, from the highest one; none above `top`."""
    order = sorted(range(len(places)), key=lambda index: -places[index])
    moved = list(places)
    ceiling = top
    for index in order:
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved
