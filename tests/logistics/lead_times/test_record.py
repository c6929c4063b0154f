"""The plant's own stays: open ones count as open, few ones move the default a little, many ones replace it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.lead_times.record import blend, stage_statistics
from logistics.lead_times.scenarios import StageInput

DEFAULT = StageInput(2, 3, 6)
stays = st.lists(st.floats(0.01, 300), max_size=30)


def drawn(count: int, median: float = 8.0, spread: float = 0.4) -> np.ndarray:
    return np.exp(np.log(median) + spread * np.random.default_rng(7).standard_normal(count))


def test_without_open_stays_the_quantiles_are_plain() -> None:
    figures = stage_statistics([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])

    assert (figures.n_closed, figures.n_open) == (10, 0)
    assert (figures.p50, figures.p80, figures.p95) == (5, 8, 10)
    assert not figures.is_borrowed


def test_open_stays_lengthen_the_record() -> None:
    closed = [2.0, 3.0, 4.0]

    assert stage_statistics(closed, [10.0, 11.0]).p50 == 4.0
    assert stage_statistics(closed).p50 == 3.0


def test_record_does_not_invent_a_tail() -> None:
    figures = stage_statistics([2.0, 3.0], [5.0] * 8)

    assert figures.p50 is None
    assert figures.p95 is None


def test_censored_record_finds_the_true_median() -> None:
    total = drawn(4_000)
    seen_until = np.random.default_rng(8).uniform(0, 16, len(total))
    closed, opened = total[total < seen_until], seen_until[total >= seen_until]

    assert stage_statistics(closed.tolist(), opened.tolist()).p50 == pytest.approx(8.0, abs=0.4)
    assert blend(DEFAULT, closed.tolist(), opened.tolist()).p50 == pytest.approx(8.0, abs=0.4)


def test_no_stays_leave_the_default() -> None:
    assert blend(DEFAULT, []) is DEFAULT


@pytest.mark.parametrize(("count", "low", "high"), [(1, 3.0, 4.2), (8, 5.0, 7.2), (200, 7.2, 8.4)])
def test_default_yields_as_stays_arrive(count: int, low: float, high: float) -> None:
    blended = blend(DEFAULT, drawn(count).tolist())

    assert low < blended.p50 < high
    assert blended.grade == ("A" if count >= 10 else "C")


def test_many_stays_replace_spread_and_skew() -> None:
    blended = blend(DEFAULT, drawn(5_000).tolist())

    assert blended.p10 == pytest.approx(8 * np.exp(-0.4 * 1.2816), rel=0.03)
    assert blended.p90 == pytest.approx(8 * np.exp(0.4 * 1.2816), rel=0.03)


@settings(deadline=None, max_examples=30)
@given(stays, stays)
def test_any_record_gives_points_in_order(closed: list[float], opened: list[float]) -> None:
    blended = blend(DEFAULT, closed, opened)

    assert 0 < blended.p10 <= blended.p50 <= blended.p90


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(0.5, 20), min_size=1, max_size=20), st.floats(0.5, 30))
def test_one_more_open_stay_never_shortens_the_median(closed: list[float], age: float) -> None:
    before, after = blend(DEFAULT, closed, [age]), blend(DEFAULT, closed, [age * 3])

    assert after.p50 >= before.p50 * 0.9


def test_kaplan_meier_by_hand() -> None:
    # at risk 5, 4, 2: (4/5) (3/4) (1/2) → closed shares .2, .4, .7
    figures = stage_statistics([1.0, 2.0, 4.0], [3.0, 5.0])

    assert figures.p10 == 1.0
    assert figures.p50 == 4.0
    assert figures.p80 is None
