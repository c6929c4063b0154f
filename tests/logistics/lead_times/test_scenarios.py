"""The built-in scenarios are complete, say where each figure is from, and can be edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.lead_times.scenarios import (
    InputOutOfOrder,
    StageInput,
    StageUnknown,
    default_scenarios,
    with_input,
    with_risk,
)
from logistics.lead_times.stages import INPUT_KEYS

OVERSEAS_ONLY = {"export_origin", "wait_departure", "linehaul", "import_customs"}


def test_seven_scenarios_stand_in_order() -> None:
    assert list(default_scenarios()) == ["DOM", "TWair", "TWsea", "TXair", "TXsea", "MXair", "MXsea"]


def test_every_input_has_a_source_and_a_grade() -> None:
    for scenario in default_scenarios().values():
        for entry in scenario.stages.values():
            assert entry.source
            assert entry.grade in {"A", "B", "C"}


def test_domestic_has_no_border_and_overseas_has_every_stage() -> None:
    for name, scenario in default_scenarios().items():
        missing = set(INPUT_KEYS) - set(scenario.stages)
        assert missing == (OVERSEAS_ONLY if name == "DOM" else set())


def test_grades_are_counted_on_the_comparison_clock() -> None:
    assert default_scenarios()["DOM"].grades == {"A": 0, "B": 1, "C": 6}


@given(st.floats(0.5, 40))
def test_moved_median_keeps_the_spread_and_becomes_an_assumption(p50: float) -> None:
    before = default_scenarios()["DOM"]

    after = with_input(before, "inbound", p50=p50).stages["inbound"]

    assert after.p90 / after.p50 == pytest.approx(9 / 5)
    assert after.grade == "C"
    assert before.stages["inbound"].p50 == 5


def test_edit_of_a_stage_the_route_lacks_is_refused() -> None:
    with pytest.raises(StageUnknown):
        with_input(default_scenarios()["DOM"], "linehaul", p50=3)


@pytest.mark.parametrize("points", [(3, 2, 4), (0, 1, 2), (-1, 1, 2), (1, 5, 4), (1, 2, float("nan"))])
def test_points_out_of_order_are_refused(points: tuple[float, float, float]) -> None:
    with pytest.raises(InputOutOfOrder):
        StageInput(*points)


@pytest.mark.parametrize("change", [{"first_pass_fail": 1.0}, {"licence_share": -0.1}, {"storms_per_month": (1.0,)}])
def test_impossible_risk_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputOutOfOrder):
        with_risk(default_scenarios()["DOM"], **change)
