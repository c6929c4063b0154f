"""Learning from misses: what came of past forecasts, level by level, open racks counted as open (MODEL.md 5.4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .calibration import Claim
from .recalibration import FORECAST_LEVELS, Recalibration, Shifts
from .survival import survival_quantiles

WINDOW = 60
"""The latest claims: a plant that changes its pace is believed after some weeks."""

OWN_FROM = 10
"""Claims made when fewer racks were delivered stand on the defaults, and their misses tell of those: left out."""

DOUBT = 30
"""Misses of n racks are taken back by n ÷ (n + DOUBT): the quantiles of few misses are noise."""

_LEAST_DAYS = 1e-3


@dataclass(frozen=True, slots=True)
class _Seen:
    """A claim as known at a moment: days told at the levels, days gone by, and whether it has ended."""

    told: tuple[float, ...]
    days: float
    ended: bool


def learn(claims: Sequence[Claim], as_of: datetime) -> Recalibration:
    """What the claims made before `as_of` by the bare model teach, by what was known then. Claims in any order, one a
    rack."""
    ends = sorted(claim.ended_at for claim in claims if claim.ended_at is not None and claim.ended_at <= as_of)
    if len(ends) < OWN_FROM:
        return Recalibration(0, (0.0, 0.0, 0.0, 0.0), 0.0)
    mine = sorted((one for one in claims if ends[OWN_FROM - 1] <= one.made_at < as_of), key=lambda one: one.made_at)
    seen = [_seen(claim, as_of) for claim in mine[-WINDOW:]]
    delivered = sum(one.ended for one in seen)
    if not delivered:
        return Recalibration(0, (0.0, 0.0, 0.0, 0.0), 0.0)
    trust = delivered / (delivered + DOUBT)
    shifts = tuple(trust * _miss(seen, place, level) for place, level in enumerate(FORECAST_LEVELS))
    horizon = float(np.median([one.told[1] for one in seen]))
    return Recalibration(delivered, _as_kept(shifts), round(horizon, 3))


def _seen(claim: Claim, as_of: datetime) -> _Seen:
    ended = claim.ended_at is not None and claim.ended_at <= as_of
    until = claim.ended_at if ended and claim.ended_at is not None else as_of
    return _Seen(tuple(_days(told - claim.made_at) for told in claim.told), _days(until - claim.made_at), ended)


def _days(span: timedelta) -> float:
    return max(span / timedelta(days=1), _LEAST_DAYS)


def _miss(seen: Sequence[_Seen], place: int, level: float) -> float:
    """The level's quantile (Kaplan-Meier) of log (days ÷ days told): 0 where the level is kept as often as it says."""
    ratios = np.array([math.log(one.days / one.told[place]) for one in seen])
    ended = np.array([one.ended for one in seen])
    return float(survival_quantiles(ratios, ended, np.array([level]))[0])


def _as_kept(shifts: tuple[float, ...]) -> Shifts:
    """To four digits, as they are kept."""
    p10, p50, p80, p95 = (round(shift, 4) for shift in shifts)
    return p10, p50, p80, p95
