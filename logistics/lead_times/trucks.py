"""How many of honest claims are kept when racks of one truck share their fate: the band by which forecasts are judged.

Racks of one truck wait for each other, sail on one ferry and are received together. Two of them are hardly more than
one trial, and a binomial band that counts them as two is too narrow: honest forecasters would fall out of it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .shape import Floats, normal_score, normal_share

BAND = 0.95
"""The share of honest forecasters whose count lies in the band."""

TRUCKS = 10
"""With fewer trucks of several racks it is not known how alike their racks are: they are counted as one trial."""

ONE_FATE = 0.98
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(61)


@dataclass(frozen=True, slots=True)
class Band:
    """Lowest and highest honest count, and the number of independent trials that say as much."""

    low: int
    high: int
    trials: float


def likeness(misses: Mapping[str, Sequence[float]]) -> float:
    """How alike the misses of one truck are, 0 to 1: the intra-class correlation (one-way analysis of variance) of
    their normal scores. `misses`: signed misses of the racks by truck, any scale. 1 where fewer than TRUCKS trucks
    brought several racks."""
    sizes = np.array([len(rows) for rows in misses.values()], dtype=float)
    if (sizes > 1).sum() < TRUCKS:
        return 1.0
    values = np.concatenate([np.asarray(rows, dtype=float) for rows in misses.values()])
    truck = np.repeat(np.arange(len(sizes)), sizes.astype(int))
    ranks = np.argsort(np.argsort(values)) + 0.5
    scores = normal_score(ranks / len(values))
    means = np.bincount(truck, weights=scores) / sizes
    within = float(((scores - means[truck]) ** 2).sum()) / (len(values) - len(sizes))
    between = float((sizes * (means - scores.mean()) ** 2).sum()) / (len(sizes) - 1)
    typical = (len(values) - float((sizes**2).sum()) / len(values)) / (len(sizes) - 1)
    total = between + (typical - 1) * within
    return min(max((between - within) / total, 0.0), 1.0) if total > 0 else 1.0


def honest_band(sizes: Sequence[int], level: float, alike: float = 0.0) -> Band:
    """The band of the count of kept claims at a level, of trucks with so many due racks each; outside lie the rarest
    2.5 % on each side. Racks of one truck share a normal score of weight `alike`; with 0 it is the binomial band."""
    if not sizes:
        return Band(0, 0, 0.0)
    of_truck = {size: _kept_of_truck(size, level, alike) for size in set(sizes)}
    chances = np.ones(1)
    for size in sizes:
        chances = np.convolve(chances, of_truck[size])
    below = np.cumsum(chances)
    tail = (1 - BAND) / 2
    low = int(np.searchsorted(below, tail, side="right"))
    high = int(np.searchsorted(below, 1 - tail))
    n, counts = len(chances) - 1, np.arange(len(chances))
    variance = float((chances * (counts - n * level) ** 2).sum())
    return Band(low, min(high, n), n * n * level * (1 - level) / variance)


def _kept_of_truck(size: int, level: float, alike: float) -> Floats:
    """The chance of 0, 1, … kept claims of one truck."""
    if size == 1 or alike >= ONE_FATE:
        chances = np.zeros(size + 1)
        chances[0], chances[-1] = 1 - level, level
        return chances
    bound = float(normal_score(np.array([level]))[0])
    reach = (bound - math.sqrt(alike) * _NODES) / math.sqrt(1 - alike)
    share = np.array([normal_share(float(one)) for one in reach])
    weight = _WEIGHTS / _WEIGHTS.sum()
    ways = [math.comb(size, kept) * share**kept * (1 - share) ** (size - kept) for kept in range(size + 1)]
    chances = np.array([float((weight * way).sum()) for way in ways])
    return np.asarray(chances / chances.sum())


def by_truck(rows: Sequence[tuple[str, float]]) -> dict[str, list[float]]:
    """Values by the truck they belong to."""
    found: dict[str, list[float]] = defaultdict(list)
    for truck, value in rows:
        found[truck].append(value)
    return found
