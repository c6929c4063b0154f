"""Where does the spread come from? Each stage's share of the variance, one bar for each road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .look import LIGHT, Palette, Spec, chart, layer


@dataclass(frozen=True, slots=True)
class Spread:
    """One road: (stage title, share of the variance of its days)."""

    title: str
    stages: Sequence[tuple[str, float]]


def variance_bars(
    roads: Sequence[Spread], *, axis: str, palette: Palette = LIGHT, size: tuple[int, int] = (360, 378)
) -> Spec:
    """Shares by stage in the order of the way, roads side by side."""
    titles = [title for title, _share in roads[0].stages]
    names = [road.title for road in roads]
    rows = [
        {"stage": title, "road": road.title, "share": round(share, 4), "colour": palette.series[place]}
        for place, road in enumerate(roads)
        for title, share in road.stages
    ]
    stage_axis = {"domain": False, "ticks": False, "labelColor": palette.ink, "labelLimit": 160}
    bars = layer(
        rows,
        {"type": "bar"},
        x={
            "field": "share", "type": "quantitative", "title": axis,
            "axis": {"format": ".0%", "tickCount": 4, "domain": False},
        },
        y={
            "field": "stage", "type": "nominal", "sort": titles, "title": None, "axis": stage_axis,
            "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
        },
        yOffset={"field": "road", "type": "nominal", "sort": names},
        color={"field": "colour", "type": "nominal", "scale": None},
    )  # fmt: skip
    says = "; ".join(
        f"{road.title}: " + ", ".join(f"{title} {share:.0%}" for title, share in _largest(road)) for road in roads
    )
    return chart([bars], palette, size, says=says)


def _largest(road: Spread, count: int = 3) -> list[tuple[str, float]]:
    return sorted(road.stages, key=lambda pair: -pair[1])[:count]
