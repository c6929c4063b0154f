"""Where do the days go? Mean days by stage, one road below the other; means add up, quantiles do not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from .look import LIGHT, PALE, Palette, Spec, chart, label, layer


@dataclass(frozen=True, slots=True)
class Road:
    """One scenario's mean days by stage, in order: (stage title, days of work, days of waiting)."""

    title: str
    stages: Sequence[tuple[str, float, float]]

    @property
    def days(self) -> float:
        return sum(work + wait for _, work, wait in self.stages)


def stage_waterfall(
    roads: Sequence[Road],
    *,
    axis: str,
    difference: str,
    palette: Palette = LIGHT,
    size: tuple[int, int] = (720, 378),
) -> Spec:
    """Work solid, waiting pale before it; with two roads the column `difference` (its heading) shows second − first."""
    titles = [title for title, _, _ in roads[0].stages]
    rows = [row for place, road in enumerate(roads) for row in _bars(road, palette.series[place])]
    names = [road.title for road in roads]
    y = {"field": "stage", "type": "nominal", "sort": titles, "title": None, "axis": _stage_axis(palette)}
    longest = max(road.days for road in roads)
    scale = {"domain": [0, longest * 1.2], "nice": False}  # room for the totals at the ends of the roads
    bars = layer(
        rows,
        {"type": "bar", "opacity": 1},
        x={
            "field": "from",
            "type": "quantitative",
            "title": axis,
            "axis": {"domain": False, "tickCount": 6},
            "scale": scale,
        },
        x2={"field": "to"},
        y={**y, "scale": {"paddingInner": 0.25, "paddingOuter": 0.1}},
        yOffset={"field": "road", "type": "nominal", "sort": names},
        color={"field": "colour", "type": "nominal", "scale": None},
        opacity={"field": "opacity", "type": "quantitative", "scale": None, "legend": None},
    )
    layers = [bars, *_totals(roads, titles, palette)]
    if len(roads) == 2:
        layers += _differences(roads, difference, palette)
    says = "; ".join(f"{road.title} {road.days:.1f}" for road in roads)
    return chart(layers, palette, size, says=says)


def _stage_axis(palette: Palette) -> Spec:
    return {"domain": False, "ticks": False, "labelFontWeight": "bold", "labelColor": palette.ink, "labelLimit": 200}


def _bars(road: Road, colour: str) -> Iterator[dict[str, object]]:
    reached = 0.0
    for title, work, wait in road.stages:
        for days, opacity in ((wait, PALE), (work, 1.0)):
            if days > 0:
                bar = {"stage": title, "road": road.title, "colour": colour, "opacity": opacity}
                yield {**bar, "from": round(reached, 3), "to": round(reached + days, 3)}
            reached += days


def _totals(roads: Sequence[Road], titles: Sequence[str], palette: Palette) -> Iterator[Spec]:
    """Each road's title and mean days at the end of its last bar."""
    for place, road in enumerate(roads):
        middle = (place + 0.5) / len(roads)
        x = {"datum": round(road.days, 3), "type": "quantitative"}
        y = {"datum": titles[-1], "type": "nominal", "sort": list(titles), "bandPosition": middle}
        colour, aside = palette.series[place], round((middle - 0.5) * 16)
        yield from label(f"{road.title} {road.days:.1f}", palette, x=x, y=y, color=colour, dx=6, dy=aside)


def _differences(roads: Sequence[Road], heading: str, palette: Palette) -> Iterator[Spec]:
    at: Spec = {"align": "right", "dx": 60, "baseline": "middle"}
    yield from label(
        heading, palette, x={"value": "width"}, y={"value": -6}, color=palette.ink_2, fontWeight="normal", **at
    )
    rows = []
    for (title, *first), second in zip_longest(roads[0].stages, roads[1].stages):
        gap = sum(second[1:]) - sum(first)
        shown = "±0.0" if abs(gap) < 0.05 else f"{gap:+.1f}".replace("-", "−")
        rows.append({"stage": title, "gap": shown, "weight": "bold" if abs(gap) >= 1 else "normal"})
    titles = [row["stage"] for row in rows]
    for weight in ("bold", "normal"):
        mark = {"type": "text", "color": palette.ink if weight == "bold" else palette.ink_2, "fontWeight": weight, **at}
        chosen = [row for row in rows if row["weight"] == weight]
        y = {"field": "stage", "type": "nominal", "sort": titles}
        yield layer(chosen, mark, x={"value": "width"}, y=y, text={"field": "gap", "type": "nominal"})
