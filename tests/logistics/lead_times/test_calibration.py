"""The judgement of forecasts against independent computations: bands, due claims, losses, the plain record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import comb
from random import Random

import pytest

from logistics.lead_times.calibration import (
    Claim,
    bins_of,
    coverage_of,
    first_claims,
    plain_days,
    scores_of,
)
from logistics.lead_times.trucks import honest_band

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def claim(
    key: str, made: int, ended: float | None, *, told: tuple[float, ...] = (5, 10, 15, 20), plain: bool = False
) -> Claim:
    at = START + made * DAY
    moments = tuple(at + days * DAY for days in told)
    shifted = tuple(at + (days + 5) * DAY for days in told)
    came = None if ended is None else at + ended * DAY
    return Claim(key, at, moments, shifted if plain else None, came)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", [1, 7, 40, 300])
@pytest.mark.parametrize("share", [Fraction(1, 10), Fraction(1, 2), Fraction(4, 5), Fraction(19, 20)])
def test_the_band_is_the_binomial_one(n: int, share: Fraction) -> None:
    exact = [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    band = honest_band([1] * n, float(share))
    low, high = band.low, band.high

    assert sum(exact[:low]) <= Fraction(25, 1000) < sum(exact[: low + 1])
    assert sum(exact[high + 1 :]) <= Fraction(25, 1000) < sum(exact[high:])


def test_a_claim_counts_when_its_moment_has_come_and_open_racks_count_against_it() -> None:
    claims = [claim("early", 0, 4), claim("late", 0, 30), claim("open", 0, None), claim("young", 18, 1)]

    rows = {round(row.level, 2): row for row in coverage_of(claims, START + 20 * DAY)}

    # P10 after 5 days: the young rack's is not due before day 23, though it has been received.
    assert (rows[0.1].due, rows[0.1].kept) == (3, 1)
    assert (rows[0.95].due, rows[0.95].kept) == (3, 1)
    assert bins_of(claims, START + 20 * DAY) == (1, 0, 0, 0, 2)


def test_an_honest_forecast_lies_in_the_band_and_one_of_received_racks_alone_flatters() -> None:
    """Racks begin every half day; days are lognormal. Judged halfway through the last ones' lives."""
    draw, told, claims = Random(5), (), []
    sample = sorted(draw.lognormvariate(2.5, 0.6) for _ in range(20_000))
    told = tuple(sample[int(level * len(sample))] for level in (0.1, 0.5, 0.8, 0.95))
    as_of = START + 100 * DAY
    for number in range(200):
        days = draw.lognormvariate(2.5, 0.6)
        begun = number / 2
        claims.append(claim(str(number), 0, None, told=told))
        made = START + begun * DAY
        ended = made + days * DAY
        moments = tuple(made + one * DAY for one in told)
        claims[-1] = Claim(str(number), made, moments, None, ended if ended <= as_of else None)  # type: ignore[arg-type]

    rows = coverage_of(claims, as_of)
    assert all(row.is_within for row in rows)
    received = [one for one in claims if one.ended_at is not None]
    flattered = sum(one.ended_at <= one.told[1] for one in received if one.ended_at) / len(received)
    assert rows[1].share is not None and flattered > rows[1].share


def test_one_rack_is_one_trial_and_its_first_claim() -> None:
    firsts = first_claims([claim("a", 7, 1), claim("b", 3, 1), claim("a", 2, 6)])

    assert [(one.key, one.made_at) for one in firsts] == [("a", START + 2 * DAY), ("b", START + 3 * DAY)]


def test_losses_are_pinball_losses_of_the_same_racks() -> None:
    rows = [claim("a", 0, 12, plain=True), claim("b", 1, None, plain=True), claim("c", 2, 40)]

    (month,) = scores_of(rows, timedelta(hours=9))

    def loss(told: tuple[int, ...], came: int) -> float:
        levels = (0.1, 0.5, 0.8, 0.95)
        pairs = zip(levels, told, strict=True)
        return sum(level * (came - at) if came > at else (1 - level) * (at - came) for level, at in pairs) / 4

    assert (month.n, month.open) == (3, 1)
    assert month.ours == pytest.approx(loss((5, 10, 15, 20), 12))
    assert month.plain == pytest.approx(loss((10, 15, 20, 25), 12))


def test_a_month_is_that_of_the_plant() -> None:
    late = Claim("a", datetime(2026, 3, 31, 15, 30, tzinfo=UTC), (START,) * 4, None, None)

    assert [(one.year, one.month) for one in scores_of([late], timedelta(hours=9))] == [(2026, 4)]


def test_the_plain_record_counts_open_racks_and_the_age() -> None:
    closed = [float(days) for days in range(1, 21)]

    assert plain_days(closed, [], 0.0) is not None
    assert list(plain_days(closed, [], 0.0)) == [2, 10, 16, 19]  # type: ignore[arg-type]
    older = plain_days(closed, [], 10.0)
    assert older is not None and list(older) == [11, 15, 18, 20]
    opened = plain_days(closed, [9.5] * 10, 0.0)
    assert opened is not None and opened[1] > 10
    assert plain_days(closed, [], 13.0) is None  # seven racks took longer: too few
