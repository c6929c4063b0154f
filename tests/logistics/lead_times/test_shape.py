"""The two-piece lognormal passes through its points, and the normal law behind it is exact."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.lead_times.shape import Z90, days_at, mean_days, normal_score, normal_share, score_of, shape_of

factors = st.floats(1.0, 8.0)
medians = st.floats(0.1, 120.0)


@given(medians, factors, factors)
def test_curve_passes_through_its_three_points(p50: float, down: float, up: float) -> None:
    shape = shape_of(p50 / down, p50, p50 * up)

    days = days_at(shape, np.array([-Z90, 0, Z90], dtype=np.float32))

    assert days == pytest.approx([p50 / down, p50, p50 * up], rel=1e-4)


@given(medians, factors, factors, st.floats(-4, 4), st.floats(-4, 4))
def test_more_score_is_never_fewer_days(p50: float, down: float, up: float, one: float, other: float) -> None:
    shape = shape_of(p50 / down, p50, p50 * up)

    first, second = days_at(shape, np.array(sorted([one, other]), dtype=np.float32))

    assert first <= second


@given(medians, st.floats(1.05, 5.0), st.floats(1.05, 5.0), st.floats(-3, 3))
def test_score_of_days_undoes_days_of_score(p50: float, down: float, up: float, score: float) -> None:
    shape = shape_of(p50 / down, p50, p50 * up)

    days = days_at(shape, np.array([score], dtype=np.float32))[0]

    assert score_of(shape, float(days)) == pytest.approx(score, abs=1e-3)


def test_mean_in_closed_form_is_the_mean_of_draws() -> None:
    shape = shape_of(1, 3, 8)
    scores = np.random.default_rng(5).standard_normal(400_000).astype(np.float32)

    assert mean_days(shape) == pytest.approx(days_at(shape, scores).mean(dtype=float), rel=0.01)


@given(st.floats(1e-200, 1 - 1e-12))
def test_normal_score_agrees_with_the_standard_library(share: float) -> None:
    assert normal_score(np.array([share]))[0] == pytest.approx(NormalDist().inv_cdf(share), abs=1e-9)


@given(st.floats(-8, 5))
def test_normal_share_and_score_are_inverse(score: float) -> None:
    assert normal_score(np.array([normal_share(score)]))[0] == pytest.approx(score, abs=1e-7)
