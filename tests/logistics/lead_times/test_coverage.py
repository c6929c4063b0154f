"""Forecasts keep what they claim, judged blind: on plants whose truth is known, and on the demo plant's own past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from genpin.demo.plan import SEED
from logistics.lead_times.calibration import Claim, coverage_of, scores_of
from logistics.queries.calibration import _again, _bare, _Past
from logistics.queries.lives import RackLife
from tests.logistics.lead_times.demo_past import past_lives
from tests.logistics.lead_times.plants import DEFAULT_LIKE, FAST, Truth, drawn

SEEDS = (1, 2, 3)
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 20, 5, 30, tzinfo=UTC)
JAPAN = timedelta(hours=9)


def judged(lives: list[RackLife]) -> _Past:
    """All that happened, seen when everything has come."""
    return _Past(tuple(lives), max(life.received_at for life in lives if life.received_at) + 60 * DAY)


def losses(claims: Sequence[Claim]) -> tuple[float, float]:
    """Mean loss of ours and of the plain record over the racks of which both said something."""
    months = [one for one in scores_of(claims, JAPAN) if one.ours is not None and one.plain is not None]
    racks = sum(one.n for one in months)
    return sum(one.ours * one.n for one in months) / racks, sum(one.plain * one.n for one in months) / racks  # type: ignore[operator, misc]


@pytest.mark.parametrize(
    ("truth", "learning"), [(DEFAULT_LIKE, 0), (replace(FAST, together=0.5), 20)], ids=["as assumed", "faster"]
)
def test_on_plants_of_known_truth_windows_are_kept_as_often_as_they_claim(truth: Truth, learning: int) -> None:
    """Three plants each, four levels: of twelve counts eleven lie in the band of 95 %, or all. A plant that works twice
    as fast as the defaults is learnt from its first twenty racks; over all racks the model still beats the plain
    record."""
    within, gained = 0, 0.0
    for seed in SEEDS:
        past = judged(drawn(truth, seed))
        claims = sorted(_again(past), key=lambda one: one.made_at)
        within += sum(bool(row.is_within) for row in coverage_of(claims[learning:], past.as_of))
        ours, plain = losses(claims)
        gained += plain - ours

    assert within >= 11
    assert gained > 0


def test_a_plant_that_changes_its_pace_is_believed_after_some_weeks() -> None:
    """From the fortieth rack on everything takes two thirds of the time. The bare model goes on being late; what its
    misses teach brings the medians back."""
    past = judged(drawn(replace(FAST, turn=40, pace=0.67), 2))
    bare, told = (
        coverage_of(sorted(way, key=lambda one: one.made_at)[60:], past.as_of) for way in (_bare(past), _again(past))
    )

    assert bare[1].share is not None and told[1].share is not None
    assert abs(told[1].share - 0.5) < abs(bare[1].share - 0.5)


def test_the_demo_plant_s_own_past_windows_lie_in_their_band() -> None:
    """Issue 5, Done means 3: recomputed for each rack's first midnight from what had happened by then."""
    past = _Past(tuple(past_lives(NOW, seed=SEED)), NOW)
    claims = _again(past)

    rows = coverage_of(claims, NOW)
    assert rows[1].due == 66
    assert [row.is_within for row in rows] == [True] * 4, rows
    ours, plain = losses(claims)
    assert ours < 0.85 * plain


def test_nothing_that_came_later_is_seen() -> None:
    """The demo plant's past as it was known in July tells the same of the racks that had begun by then."""
    lives = past_lives(NOW, seed=SEED)
    july = datetime(2026, 7, 10, 15, tzinfo=UTC)
    cut = [
        replace(life, received_at=None, accepted_at=None) if life.received_at and life.received_at > july else life
        for life in lives
    ]

    whole = [one for one in _again(_Past(tuple(lives), NOW)) if one.made_at <= july]
    known = [one for one in _again(_Past(tuple(cut), july)) if one.made_at <= july]

    assert len(known) > 20
    assert [one.told for one in known] == [one.told for one in whole]
