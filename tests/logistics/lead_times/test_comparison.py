"""The comparison gives the table of MODEL 8, keeps its numbers, and adds up."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.lead_times.batch import last_of_batch
from logistics.lead_times.compare import compare
from logistics.lead_times.results import Comparison, probability_text, round_probability
from logistics.lead_times.scenarios import StageInput, default_scenarios, with_input, with_risk
from logistics.lead_times.sensitivity import sensitivity

SCENARIOS = default_scenarios()
DOM = SCENARIOS["DOM"]

MODEL_8 = {  # P50, P80, P95, P(domestic faster), mean gap
    "DOM": (19.1, 24.7, 33.9, None, None),
    "TWair": (21.3, 27.9, 41.8, 0.61, 3.3),
    "TWsea": (29.7, 37.5, 52.0, 0.88, 11.8),
    "TXair": (29.7, 37.3, 51.1, 0.88, 11.6),
    "TXsea": (51.3, 60.6, 75.1, 0.99, 33.1),
    "MXair": (32.7, 40.8, 54.6, 0.92, 14.5),
    "MXsea": (54.8, 64.3, 79.2, 0.99, 36.5),
}


@pytest.fixture(scope="module")
def all_seven() -> Comparison:
    return compare(SCENARIOS.values(), need_by_days=30, seed=1)


@pytest.mark.parametrize("name", list(MODEL_8))
def test_defaults_give_the_table_of_the_model(all_seven: Comparison, name: str) -> None:
    p50, p80, p95, faster, gap = MODEL_8[name]
    result = all_seven.result(name)

    assert result.p50 == pytest.approx(p50, abs=0.4)
    assert result.p80 == pytest.approx(p80, abs=0.6)
    assert result.p95 == pytest.approx(p95, abs=1.5)
    if faster is not None:
        pair = all_seven.pair("DOM", name)
        assert pair.p_first_faster == pytest.approx(faster, abs=0.015)
        assert pair.mean_gap == pytest.approx(gap, abs=0.25)


@pytest.mark.parametrize(("p50", "gap", "faster"), [(3, 4.2, 0.72), (5, 2.1, 0.61), (7, 0.1, 0.51), (9, -2.2, 0.40)])
def test_domestic_inbound_flips_the_answer_against_taiwan(p50: float, gap: float, faster: float) -> None:
    pair = compare([with_input(DOM, "inbound", p50=p50), SCENARIOS["TWair"]]).pairs[0]

    assert pair.p50_gap == pytest.approx(gap, abs=0.4)
    assert pair.p_first_faster == pytest.approx(faster, abs=0.02)


@pytest.mark.parametrize(("share", "p95"), [(0.10, 28.2), (0.25, 33.9), (0.40, 42.2)])
def test_test_yield_moves_the_tail(share: float, p95: float) -> None:
    assert compare([with_risk(DOM, first_pass_fail=share)]).results[0].p95 == pytest.approx(p95, abs=0.8)


def test_typhoon_season_adds_a_third_of_a_day() -> None:
    february = compare([DOM], start_on=date(2026, 2, 1)).results[0].mean
    august = compare([DOM], start_on=date(2026, 8, 1)).results[0].mean

    assert february == pytest.approx(20.7, abs=0.15)
    assert august == pytest.approx(21.0, abs=0.15)
    assert august > february


def test_quantiles_are_in_order_and_the_curve_rises(all_seven: Comparison) -> None:
    for result in all_seven.results:
        days = [days for _, days in result.quantiles]
        shares = [share for _, share in result.arrived]
        assert days == sorted(days)
        assert shares == sorted(shares)
        assert result.days_at(0.5) == result.p50


def test_means_add_up_over_the_stages(all_seven: Comparison) -> None:
    for result in all_seven.results:
        assert sum(stage.mean for stage in result.stages) == pytest.approx(result.mean, abs=1e-3)
        assert sum(stage.variance_share for stage in result.stages) == pytest.approx(1, abs=1e-3)
        assert 0 <= result.wait_share < 1


def test_early_and_late_days_explain_the_mean(all_seven: Comparison) -> None:
    for result in all_seven.results:
        assert result.mean_days_late is not None
        assert result.mean_days_early is not None
        assert 30 + result.mean_days_late - result.mean_days_early == pytest.approx(result.mean, abs=1e-2)


def test_density_of_the_gap_holds_nearly_everything(all_seven: Comparison) -> None:
    for gap in all_seven.gaps:
        step = gap.points[1][0] - gap.points[0][0]
        assert sum(density for _, density in gap.points) * step == pytest.approx(0.98, abs=0.02)


def test_twins_are_as_fast_as_each_other() -> None:
    same = compare([DOM, DOM], draws=10_000).pairs[0]
    twin = compare([DOM, replace(DOM, name="DOM2")]).pairs[0]

    assert same.p_first_faster == 0.5
    assert same.mean_gap == 0
    assert twin.p_first_faster == pytest.approx(0.5, abs=0.01)


def test_another_scenario_leaves_the_numbers_alone() -> None:
    alone = compare([DOM, SCENARIOS["TWair"]], draws=5_000, need_by_days=30)
    crowd = compare([DOM, SCENARIOS["MXsea"], SCENARIOS["TWair"], SCENARIOS["TXair"]], draws=5_000, need_by_days=30)

    assert crowd.result("DOM") == alone.result("DOM")
    assert crowd.result("TWair") == alone.result("TWair")
    assert crowd.pair("DOM", "TWair") == alone.pair("DOM", "TWair")


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**40), st.integers(1, 3_000))
def test_same_seed_same_bytes(seed: int, draws: int) -> None:
    chosen = [DOM, SCENARIOS["TXsea"]]
    first = compare(chosen, draws=draws, seed=seed, need_by_days=25).as_json()

    assert compare(chosen, draws=draws, seed=seed, need_by_days=25).as_json() == first
    assert first.endswith(b"\n")


def test_another_seed_gives_other_draws_of_the_same_law() -> None:
    one, other = (compare([DOM], seed=seed).results[0] for seed in (1, 2))

    assert one.p50 != other.p50
    assert one.p50 == pytest.approx(other.p50, abs=0.2)


def test_merge_waits_for_the_slowest_family() -> None:
    inbound = DOM.stages["inbound"]
    one, three = compare([DOM, replace(DOM, families=(inbound, inbound))]).results
    days = {stage.key: stage.mean for stage in three.stages}

    assert days["inbound"] > inbound.mean + 1.5
    assert three.p50 > one.p50 + 1.5


def test_site_that_is_ready_late_makes_everybody_wait() -> None:
    late = StageInput(58, 60, 62)
    waiting = compare([replace(SCENARIOS[name], site_ready=late) for name in ("DOM", "TXair")], draws=20_000)
    waits = [{stage.key: stage.wait for stage in result.stages}["site_wait"] for result in waiting.results]

    assert waits[0] > waits[1] > 15
    assert waiting.results[0].p50 == pytest.approx(62.2, abs=0.5)
    assert waiting.pairs[0].p50_gap == pytest.approx(0, abs=0.3)


def test_tornado_names_the_input_that_flips_the_answer() -> None:
    found = sensitivity(DOM, SCENARIOS["TWair"])

    assert (found.swings[0].key, found.swings[0].of) == ("inbound", "DOM")
    assert found.swings[0].gap_low > 0 > found.swings[0].gap_high
    assert found.break_even_inbound_p50 == pytest.approx(7, abs=0.4)


def test_texas_does_not_flip_within_the_range() -> None:
    assert sensitivity(DOM, SCENARIOS["TXair"]).break_even_inbound_p50 is None


def test_shared_input_hardly_moves_the_gap() -> None:
    swings = {swing.key: swing for swing in sensitivity(DOM, SCENARIOS["TXair"]).swings if not swing.of}

    assert swings["site_receiving"].width < 0.5
    assert swings["site_receiving"].first_p80_high > swings["site_receiving"].first_p80_low + 2


def test_twelve_racks_take_longer_than_one() -> None:
    one = last_of_batch(DOM, racks=1, need_by_days=30)
    twelve = last_of_batch(DOM, racks=12, need_by_days=30)

    assert one.p50 == pytest.approx(19.2, abs=0.6)
    assert twelve.p50 > one.p80
    assert one.p_all_on_time is not None
    assert twelve.p_all_on_time is not None
    assert one.p_all_on_time**12 <= twelve.p_all_on_time + 0.02 < one.p_all_on_time


@pytest.mark.parametrize("draws", [0, -1, 1_000_001])
def test_absurd_count_of_draws_is_refused(draws: int) -> None:
    with pytest.raises(ValueError, match="draws"):
        compare([DOM], draws=draws)


@given(st.floats(0, 1))
def test_guessed_probability_is_rounded_to_five_percent(probability: float) -> None:
    rounded = round_probability(probability)

    assert abs(rounded - probability) <= 0.0251
    assert (rounded * 20) == pytest.approx(round(rounded * 20))


@pytest.mark.parametrize(
    ("probability", "text"), [(0.61, "60 %"), (0.0, "< 5 %"), (0.02, "< 5 %"), (0.999, "> 95 %"), (0.96, "95 %")]
)
def test_guessed_probability_never_reads_as_certain(probability: float, text: str) -> None:
    assert probability_text(probability) == text


def test_measured_probability_is_shown_to_one_percent() -> None:
    assert probability_text(0.614, rests_on_guesses=False) == "61 %"
