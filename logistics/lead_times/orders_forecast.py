"""Forecast of total lead times from past orders: a hierarchical lognormal, drawn towards the plain record, its median
set right by its own past misses, and conditioned on age where an order is open already.

leadtime/MODEL.md 5: the hierarchy says where an order of this lane and vendor lies; Kaplan-Meier of all orders knows
the upper tail better than a lognormal does; what was forecast for earlier orders and became of them corrects the
median. The weights were chosen on past orders alone (docs/decisions/lead-time-forecasts.md).
"""

from __future__ import annotations

import math

import numpy as np

from .hierarchy import fit_hierarchy
from .orders import NewOrders, PastOrders, codes_of
from .shape import Floats, normal_score, normal_share
from .survival import survival_quantiles

LEVELS = np.array([0.01, 0.025, *(0.05 * k for k in range(1, 20)), 0.975, 0.99])
"""The grid of leadtime/score.py."""

FEW = ("mode", "lane")
MANY = ("mode", "lane", "lane_vendor", "vendor")
MANY_FROM = 1_000
"""Below so many orders vendor levels add nothing (MODEL 9.3), Kaplan-Meier cannot reach its own tail, and too few past
forecasts can be looked back at: the censored lognormal of mode and lane stands alone."""

PLAIN_AT_MEDIAN, PLAIN_IN_TAILS = 0.4, 0.7
"""Weight of the plain record against the hierarchy, on the log scale."""

LOOKS, STEP_DAYS = 8, 90
"""Past days whose forecasts are looked back at, and the days between them."""

TRUST = 300
"""Past outcomes after which the correction counts half."""

DELIVERED_NEEDED = 30
"""Below so many delivered orders nothing is corrected, and plans are not used as a ruler (MODEL 5.4)."""

_SCORES = np.linspace(-3.5, 3.5, 281)
_SHARES = np.array([normal_share(score) for score in _SCORES])
"""The fine grid of normal scores on which laws are mixed and conditioned, and the shares below them."""


def forecast_orders(past: PastOrders, new: NewOrders, levels: Floats = LEVELS) -> Floats:
    """Quantiles of the total lead time in days: a row for each new order, a column for each level.

    Where an order has a plan and enough delivered ones had, the ratio to the plan is forecast. An order open at an age
    is given nothing below that age. Needs one past order at least."""
    with_plan = past.only(past.planned > 0)
    by_plan = (new.planned > 0) & bool(with_plan.closed.sum() >= DELIVERED_NEEDED)
    out = np.empty((len(new), len(levels)))
    for wanted, known, rule in ((~by_plan, past, False), (by_plan, with_plan, True)):
        if wanted.any():
            out[wanted] = _forecast(known, new.only(wanted), levels, rule)
    return out


def _forecast(past: PastOrders, new: NewOrders, levels: Floats, by_plan: bool) -> Floats:
    ruler = np.log(new.planned) if by_plan else np.zeros(len(new))
    law = _law(past, new, by_plan) + _correction(past, by_plan) + ruler[:, None]
    return _read_off(law, new.ages, levels)


def _law(past: PastOrders, new: NewOrders, by_plan: bool) -> Floats:
    """Log quantiles of each new order (÷ its plan) on the fine grid, before any correction."""
    log_days = np.log(past.days) - (np.log(past.planned) if by_plan else 0)
    many = len(past) >= MANY_FROM
    levels = tuple(name for name in (MANY if many else FEW) if name in past.groups and name in new.groups)
    codes, asked = codes_of(levels, past, new)
    means, spreads = fit_hierarchy(log_days, past.closed, codes).places(asked)
    law = means[:, None] + spreads[:, None] * _SCORES
    if not many:
        return np.asarray(law)
    plain = survival_quantiles(log_days, past.closed, _SHARES)
    weight = PLAIN_IN_TAILS + (PLAIN_AT_MEDIAN - PLAIN_IN_TAILS) * np.exp(-0.5 * _SCORES**2)
    return np.asarray((1 - weight) * law + weight * plain)


_TAPER = np.interp(_SCORES, normal_score(np.array([0.1, 0.25, 0.5, 0.8, 0.95])), [0.5, 0.8, 1.0, 0.5, 0.0])
"""How much of the median's correction each level takes: corrected tails did worse than uncorrected ones."""


def _correction(past: PastOrders, by_plan: bool) -> Floats:
    """What to add to log quantiles: the Kaplan-Meier median of log(actual ÷ forecast) over orders begun after each of
    the past days, as far as their outcome is known today (open ones censored), tapered towards the tails."""
    misses, closed = [], []
    middle = len(_SCORES) // 2
    for look in range(LOOKS, 0, -1) if len(past) >= MANY_FROM else ():
        day = past.as_of - look * STEP_DAYS
        known = past.as_known_on(day)
        outcome = past.only((past.start > day) & (past.start <= day + STEP_DAYS))
        if known.closed.sum() >= DELIVERED_NEEDED and len(outcome):
            ruler = np.log(outcome.planned) if by_plan else 0
            misses.append(np.log(outcome.days) - _law(known, outcome.as_new(), by_plan)[:, middle] - ruler)
            closed.append(outcome.closed)
    if not misses:
        return np.zeros(len(_SCORES))
    ended = np.concatenate(closed)
    median = survival_quantiles(np.concatenate(misses), ended, np.array([0.5]))[0]
    return np.asarray(_TAPER * median * ended.sum() / (ended.sum() + TRUST))


def _read_off(law: Floats, ages: Floats, levels: Floats) -> Floats:
    """Quantiles of the total given that it exceeds the age: F⁻¹(F(a) + (1 − F(a)) u)."""
    rising = np.maximum.accumulate(law, axis=1)
    out = np.empty((len(law), len(levels)))
    for row, (log_days, age) in enumerate(zip(rising, ages, strict=True)):
        shares = levels
        if age > 0:
            below = float(np.interp(math.log(age), log_days, _SHARES, left=0.0, right=_SHARES[-1]))
            shares = below + (1 - below) * levels
        out[row] = np.exp(np.interp(normal_score(np.clip(shares, 1e-9, 1 - 1e-9)), _SCORES, log_days))
    return np.asarray(np.maximum(out, ages[:, None]))
