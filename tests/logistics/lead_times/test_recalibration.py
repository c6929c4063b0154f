"""What misses teach: nothing of few racks or of what came later, and no quantiles that cross or lie in the past."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.lead_times.calibration import Claim
from logistics.lead_times.misses import DOUBT, OWN_FROM, WINDOW, learn
from logistics.lead_times.recalibration import FORECAST_LEVELS, LEAST, OFF, Recalibration
from tests.logistics.lead_times.test_calibration import DAY, START

HONEST = tuple(math.exp(2.2 + 0.3 * score) for score in (-1.2816, 0.0, 0.8416, 1.6449))
"""Days at the levels of a lognormal law."""
TAUGHT = Recalibration(40, (0.05, -0.1, -0.15, 0.05), 9.0)


def history(racks: int, pace: Callable[[int], float] = lambda _rack: 1.0, seed: int = 3) -> list[Claim]:
    """A rack a day, its claim on its first day by an honest law; what comes takes `pace` as long as the law says."""
    rng, claims = Random(seed), []
    for number in range(racks):
        made = START + number * DAY
        told = tuple(made + days * DAY for days in HONEST)
        days = rng.lognormvariate(2.2, 0.3) * pace(number)
        claims.append(Claim(str(number), made, told, None, made + days * DAY))  # type: ignore[arg-type]
    return claims


def test_below_thirty_delivered_racks_nothing_is_corrected() -> None:
    claims, off, on = history(80), None, None
    for day in range(80):
        taught = learn(claims, START + day * DAY)
        off, on = (taught, on) if not taught.is_on else (off, on or taught)

    assert off is not None and on is not None
    assert off.delivered < LEAST <= on.delivered < LEAST + 5
    assert off.days((1.0, 2.0, 3.0, 4.0)) == (1.0, 2.0, 3.0, 4.0)


def test_an_honest_forecast_is_hardly_moved_and_a_biased_one_by_its_miss() -> None:
    honest = learn(history(200), START + 300 * DAY)
    fast = learn(history(200, lambda _rack: 0.7), START + 300 * DAY)
    trust = WINDOW / (WINDOW + DOUBT)

    assert max(abs(shift) for shift in honest.shifts) < 0.12
    for found, bare in zip(fast.shifts, honest.shifts, strict=True):
        assert found - bare == pytest.approx(trust * math.log(0.7), abs=0.001)


def test_what_came_later_teaches_nothing() -> None:
    night = START + 60 * DAY
    claims = history(90)

    blind = [replace(one, ended_at=None) if one.ended_at and one.ended_at > night else one for one in claims]
    assert learn(claims, night) == learn([one for one in blind if one.made_at < night], night)


def test_open_racks_count_as_open() -> None:
    """A plant that becomes slow: the slow ones are open still, and are heard before they have come."""
    claims = history(70, lambda rack: 1.0 if rack < 55 else 6.0)
    night = START + 70 * DAY

    heard = learn(claims, night)
    deaf = learn([one for one in claims if one.ended_at and one.ended_at <= night], night)

    assert heard.shifts[2] > deaf.shifts[2]


def test_claims_that_stood_on_the_defaults_teach_nothing() -> None:
    """The first claims are far too late; by the tenth delivered rack the model has learnt: it is not corrected
    twice."""
    claims = history(80)
    tenth = sorted(one.ended_at for one in claims if one.ended_at)[OWN_FROM - 1]
    begun = [
        replace(one, told=tuple(at + 20 * DAY for at in one.told)) if one.made_at < tenth else one  # type: ignore[arg-type]
        for one in claims
    ]

    assert learn(begun, START + 100 * DAY) == learn(claims, START + 100 * DAY)


def test_draws_are_moved_as_the_quantiles_are() -> None:
    rng = np.random.default_rng(2)
    draws = np.exp(2.4 + 0.3 * rng.standard_normal((3, 4_001))).astype(np.float32)
    before = np.quantile(draws, FORECAST_LEVELS, axis=1).T
    moved = draws.copy()

    TAUGHT.apply(moved)

    for row, told in zip(np.quantile(moved, FORECAST_LEVELS, axis=1).T, before, strict=True):
        assert row == pytest.approx(TAUGHT.days(list(told)), rel=0.01)
    slowest = np.argsort(draws[0])
    assert (np.diff(moved[0][slowest]) >= 0).all()  # who is slow stays slow


def test_near_its_end_a_rack_is_hardly_moved() -> None:
    assert TAUGHT.days((0.1, 0.2, 0.3, 0.4)) == pytest.approx((0.1, 0.2, 0.3, 0.4), rel=0.01)
    assert TAUGHT.days((5.0, 9.0, 13.0, 20.0))[1] == pytest.approx(9 * math.exp(-0.1))
    draws = np.ones((1, 10), dtype=np.float32)
    OFF.apply(draws)
    assert (draws == 1).all()


@given(
    st.lists(st.floats(0, 500), min_size=4, max_size=4).map(sorted),
    st.tuples(*[st.floats(-2, 2)] * 4),
    st.floats(0.01, 100),
)
def test_quantiles_never_cross_and_never_lie_in_the_past(days: list[float], shifts: tuple, horizon: float) -> None:  # type: ignore[type-arg]
    moved = Recalibration(LEAST, shifts, horizon).days(days)

    assert list(moved) == sorted(moved) and moved[0] >= 0


def test_a_claim_keeps_its_moment() -> None:
    """The horizon is the median P50, in days, of the claims it was learnt from."""
    taught = learn(history(100), START + timedelta(days=130))

    assert taught.horizon_days == pytest.approx(HONEST[1], abs=0.001)
