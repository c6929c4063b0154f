"""Every chart is a valid definition that draws on paper, holds its own data and carries no colour of its own."""

import json
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from logistics.charts import (
    LIGHT,
    SCREEN,
    ArrivalWords,
    Curve,
    Fan,
    Palette,
    Road,
    Sides,
    Swing,
    arrival_curves,
    cumulative_arrivals,
    gap_density,
    stage_waterfall,
    tornado,
)
from logistics.charts.look import spread_apart
from logistics.lead_times.compare import compare
from logistics.lead_times.results import Comparison, probability_text
from logistics.lead_times.scenarios import default_scenarios, stage_title

SCENARIOS = default_scenarios()
SWINGS = [Swing("部材受入 3→9", 4.2, -2.2), Swing("梱包", 1.2, 3.0)]


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare([SCENARIOS[name] for name in ("DOM", "TWair", "TXair", "MXsea")], draws=5_000, need_by_days=30)


def charts(compared: Comparison, palette: Palette) -> dict[str, dict[str, Any]]:
    curves = [
        Curve(result.title_ja, result.arrived, probability_text(result.p_on_time or 0)) for result in compared.results
    ]
    roads = [
        Road(result.title_ja, [(stage_title(stage.key, "ja"), stage.work, stage.wait) for stage in result.stages])
        for result in compared.results[:2]
    ]
    fan = [Fan("2026-11-01", 9, 9, 9, 9, 9), Fan("2026-11-20", 14, 17, 20, 22, 24)]
    words = ArrivalWords("実績", "予測", "必要", "本")
    return {
        "arrivals": arrival_curves(curves, need_by=(30, "必要日 12/20"), axis="暦日", palette=palette),
        "gap": gap_density(compared.gap("TWair").points, Sides("国内", "台湾", "日"), palette=palette),
        "waterfall": stage_waterfall(roads, axis="平均日数", difference="差(日)", palette=palette),
        "tornado": tornado(SWINGS, 2.1, axis="日", palette=palette),
        "track": cumulative_arrivals(
            actual=[("2026-10-01", 0), ("2026-10-12T09:30", 3)], fan=fan, needed=[("2026-10-10", 4)], words=words,
            palette=palette,
        ),
    }  # fmt: skip


NAMES = ("arrivals", "gap", "waterfall", "tornado", "track")


@pytest.mark.parametrize("name", NAMES)
def test_chart_draws_on_paper(compared: Comparison, name: str) -> None:
    drawing = vl_convert.vegalite_to_svg(json.dumps(charts(compared, LIGHT)[name], allow_nan=False))

    root = ElementTree.fromstring(drawing)
    assert root.tag.endswith("svg")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}path"))) > 5


@pytest.mark.parametrize("name", NAMES)
def test_chart_on_the_page_names_its_colours_only(compared: Comparison, name: str) -> None:
    text = json.dumps(charts(compared, SCREEN)[name])

    assert "#" not in text.replace("#name", "")
    assert "var(--s1)" in text


@pytest.mark.parametrize("name", NAMES)
def test_chart_fetches_nothing(compared: Comparison, name: str) -> None:
    assert '"url"' not in json.dumps(charts(compared, SCREEN)[name])


def test_labels_stand_on_the_drawing(compared: Comparison) -> None:
    drawing = vl_convert.vegalite_to_svg(json.dumps(charts(compared, LIGHT)["arrivals"]))

    for words in ("国内", "台湾・空路", "メキシコ・海路", "必要日 12/20", "90 %"):
        assert words in drawing


def test_waterfall_prints_totals_and_differences(compared: Comparison) -> None:
    drawing = vl_convert.vegalite_to_svg(json.dumps(charts(compared, LIGHT)["waterfall"]))

    assert f"国内 {compared.results[0].mean:.1f}" in drawing
    assert "−4." in drawing
    assert "±0.0" in drawing


def test_share_between_points_is_read_straight() -> None:
    curve = Curve("x", [(1.0, 0.0), (2.0, 0.5), (4.0, 1.0)])

    assert [curve.share_at(days) for days in (0, 1.5, 3, 9)] == [0, 0.25, 0.75, 1]
    assert curve.days_at(0.5) == 2.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_labels_keep_their_distance_and_order(places: list[float]) -> None:
    moved = spread_apart(places, 0.05, 1.02)

    down = sorted(moved, reverse=True)
    assert all(upper - lower >= 0.05 - 1e-9 for upper, lower in pairwise(down))
    assert all(new <= old + 1e-9 for new, old in zip(moved, places, strict=True))


def test_wall_time_is_not_moved_by_a_zone(compared: Comparison) -> None:
    text = json.dumps(charts(compared, LIGHT)["track"])

    assert "2026-10-12T09:30Z" in text
    assert "2026-10-01T00:00:00Z" in text
