"""The storm calendar: closures of the haul to the site, drawn once and met by every rack on its own dates."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from .scenarios import Risk
from .shape import Days, days_at
from .streams import normals

HORIZON_DAYS = 200.0
"""Storms later than this after kit ready are left out: fixed, so that the calendar does not depend on the scenarios."""

MONTH_ENDS = np.cumsum([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]).astype(np.float64)
YEAR_DAYS = 365.0
TABLE_STEPS = 8192
"""Steps of the inverse table: about one storm in a thousand falls into a stormless month next to its own."""


@dataclass(frozen=True, slots=True)
class Closures:
    """The n-th closure of each iteration that has one: days after kit ready, by iteration index."""

    iteration: NDArray[np.intp]
    closed: Days
    reopened: Days


Calendar = tuple[Closures, ...]
"""Closures in order of time; within one iteration they do not overlap."""


def draw_calendar(risk: Risk, stream: Generator, start_on: date | None, draws: int) -> Calendar:
    """Storms as a Poisson process with the month's rate; no start day: any day of the year, each as likely.

    In the units of its expected count the process has unit exponential gaps: storms come out in order.
    """
    if not any(risk.storms_per_month):
        return ()
    start = _day_of_year(start_on, stream, draws)
    day_of, expected_by = _day_tables(risk)
    reached = _read(expected_by, start)
    until = _read(expected_by, start + np.float32(HORIZON_DAYS))
    steps = np.float32((len(day_of) - 2) / expected_by[-1])

    calendar = []
    alive: NDArray[np.intp] = np.arange(draws)
    reopened = np.zeros(draws, dtype=np.float32)
    while len(alive):
        reached = reached + stream.standard_exponential(len(reached), dtype=np.float32)
        kept = np.flatnonzero(reached < until)
        alive, reached, until = alive[kept], reached[kept], until[kept]
        start, reopened = start[kept], reopened[kept]
        closed = np.maximum(_read(day_of, reached * steps) - start, reopened)
        reopened = closed + days_at(risk.stoppage.shape, normals(stream, len(closed)))
        calendar.append(Closures(alive, closed, reopened))
    return tuple(calendar[:-1])


def stoppage_days(calendar: Calendar, leaves: Days, haul: Days) -> Days:
    """Days for which closures hold up a haul that leaves `leaves` days after kit ready and needs `haul` open days.

    A closed road moves nobody: each closure met on the way adds what is left of it.
    """
    arrives = leaves + haul
    stopped = np.zeros_like(arrives)
    for closures in calendar:
        left = leaves.take(closures.iteration)
        until = arrives.take(closures.iteration)
        met = np.flatnonzero((closures.closed < until) & (closures.reopened > left))
        held = closures.reopened[met] - np.maximum(closures.closed[met], left[met])
        arrives[closures.iteration[met]] += held
        stopped[closures.iteration[met]] += held
    return stopped


def _day_of_year(start_on: date | None, stream: Generator, draws: int) -> Days:
    if start_on is None:
        return stream.random(draws, dtype=np.float32) * np.float32(YEAR_DAYS)
    return np.full(draws, min(start_on.timetuple().tm_yday, YEAR_DAYS) - 1, dtype=np.float32)


def _day_tables(risk: Risk) -> tuple[Days, Days]:
    """Day by expected storms in TABLE_STEPS equal steps, and expected storms by day, over two years on end."""
    rates = np.maximum(np.array(risk.storms_per_month * 2), 1e-9)  # never flat: the inverse stays well defined
    ends = np.concatenate([MONTH_ENDS, MONTH_ENDS[1:] + YEAR_DAYS])
    expected = np.concatenate([[0.0], np.cumsum(rates)])
    expected_by = np.interp(np.arange(2 * YEAR_DAYS + 1), ends, expected)
    day_of = np.interp(np.linspace(0, expected[-1], TABLE_STEPS + 1), expected, ends)
    return np.append(day_of, day_of[-1]).astype(np.float32), expected_by.astype(np.float32)


def _read(table: Days, place: Days) -> Days:
    """Linear reading of an evenly spaced table."""
    below = place.astype(np.int32)
    return table[below] + (place - below) * (table[below + 1] - table[below])
