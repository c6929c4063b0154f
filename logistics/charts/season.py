"""What does a typhoon month do? A batch by month of kit ready, beside the same batch without storms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .look import LIGHT, PALE, Palette, Spec, chart, layer, names


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
