"""How good forecasts were: what was claimed of a rack, what came, and what a plain record would have claimed.

A claim is judged when its instant has come: "P80 on 3 May" is kept or broken on 4 May, whether the rack is here or not.
So a rack that is still on its way counts against the claims that have fallen due, and not for the others. Judging the
received racks alone would flatter: the slow ones are not among them yet (leadtime/MODEL.md 4)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from .recalibration import FORECAST_LEVELS
from .shape import Floats
from .survival import survival_quantiles
from .trucks import by_truck, honest_band, likeness

PLAIN_FROM = 8
"""Racks that the plain record must know at least; with fewer it claims nothing (leadtime/score.py asks as many)."""

Instants = tuple[datetime, datetime, datetime, datetime]
"""A moment for each of FORECAST_LEVELS: P10, P50, P80, P95."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What was forecast of a rack at a moment, what the plain record says at that moment (None: nothing), when its
    site receiving ended (None: it has not), and the truck it travels by ("": none yet)."""

    key: str
    made_at: datetime
    told: Instants
    plain: Instants | None
    ended_at: datetime | None
    truck: str = ""

    @property
    def together(self) -> str:
        """What it shares its fate with: its truck, or nothing but itself."""
        return f"truck {self.truck}" if self.truck else f"rack {self.key}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the claims at a level that have fallen due, how many were kept, and how many an honest forecast keeps.
    `trials`: so many independent racks say as much as those due, which share trucks."""

    level: float
    due: int
    kept: int
    low: int
    high: int
    trials: float

    @property
    def share(self) -> float | None:
        return self.kept / self.due if self.due else None

    @property
    def is_within(self) -> bool | None:
        """Whether the count is one that an honest forecast gives; None of nothing."""
        return self.low <= self.kept <= self.high if self.due else None


@dataclass(frozen=True, slots=True)
class Score:
    """Claims made in a month: mean pinball loss over the levels, days, of ours and of the plain record on the same
    racks. Racks that are open still have no loss, so the month is not final while there are some."""

    year: int
    month: int
    n: int
    open: int
    ours: float | None
    plain: float | None


def first_claims(claims: Iterable[Claim]) -> list[Claim]:
    """The first claim of each rack: one rack is one trial, and the hardest one. In the order of their moments."""
    firsts: dict[str, Claim] = {}
    for claim in sorted(claims, key=lambda claim: claim.made_at):
        firsts.setdefault(claim.key, claim)
    return list(firsts.values())


def coverage_of(claims: Sequence[Claim], as_of: datetime) -> tuple[Coverage, ...]:
    """One row a level. A claim is due at its own instant; a rack received before that has kept it already, but counts
    from then on only: counting it earlier would count the fast ones first."""
    alike = likeness_of(claims, as_of)
    rows = []
    for place, level in enumerate(FORECAST_LEVELS):
        due = [claim for claim in claims if claim.told[place] <= as_of]
        kept = sum(claim.ended_at is not None and claim.ended_at <= claim.told[place] for claim in due)
        band = honest_band(sorted(Counter(claim.together for claim in due).values()), level, alike)
        rows.append(Coverage(level, len(due), kept, band.low, band.high, band.trials))
    return tuple(rows)


def likeness_of(claims: Sequence[Claim], as_of: datetime) -> float:
    """How alike the racks of one truck missed their P50, 0 to 1: see logistics.lead_times.trucks."""
    ended = [claim for claim in claims if claim.ended_at is not None and claim.ended_at <= as_of]
    return likeness(by_truck([(claim.together, _log_miss(claim)) for claim in ended]))


def _log_miss(claim: Claim) -> float:
    assert claim.ended_at is not None
    came, told = ((at - claim.made_at) / timedelta(days=1) for at in (claim.ended_at, claim.told[1]))
    return math.log(max(came, 1e-3) / max(told, 1e-3))


def bins_of(claims: Sequence[Claim], as_of: datetime) -> tuple[int, ...]:
    """How many ended below P10, between each pair of levels, and above P95: five counts of the claims whose last
    instant has come."""
    counts = [0] * (len(FORECAST_LEVELS) + 1)
    for claim in claims:
        if claim.told[-1] <= as_of:
            ended = claim.ended_at
            counts[sum(ended is None or ended > told for told in claim.told)] += 1
    return tuple(counts)


def scores_of(claims: Sequence[Claim], zone: timedelta) -> list[Score]:
    """By month in which the claim was made, oldest first; `zone` is the plant's time ahead of UTC."""
    months: dict[tuple[int, int], list[Claim]] = defaultdict(list)
    for claim in claims:
        day = claim.made_at + zone
        months[day.year, day.month].append(claim)
    return [_score(month, rows) for month, rows in sorted(months.items())]


def _score(month: tuple[int, int], rows: Sequence[Claim]) -> Score:
    ended = [claim for claim in rows if claim.ended_at is not None]
    both = [claim for claim in ended if claim.plain is not None]
    ours = [_loss(claim, claim.told) for claim in (both or ended)]
    plain = [_loss(claim, claim.plain) for claim in both if claim.plain is not None]
    return Score(*month, len(rows), len(rows) - len(ended), _mean(ours), _mean(plain))


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _loss(claim: Claim, told: Instants) -> float:
    """Mean pinball loss over the levels, in days: at P80 a day late costs .8, a day early .2."""
    assert claim.ended_at is not None
    losses = []
    for level, at in zip(FORECAST_LEVELS, told, strict=True):
        late = (claim.ended_at - at) / timedelta(days=1)
        losses.append(max(level * late, (level - 1) * late))
    return math.fsum(losses) / len(losses)


def plain_days(closed: Sequence[float], open_ages: Sequence[float], age: float) -> Floats | None:
    """The levels of the whole clock in days, by all racks known at that moment (Kaplan-Meier, open ones as open), given
    that this one is older than `age`: the fallback that a model has to beat (leadtime/MODEL.md 5.8). None where fewer
    than PLAIN_FROM racks took longer."""
    longer = [days for days in closed if days > age]
    if len(longer) < PLAIN_FROM:
        return None
    days = np.array([*longer, *(one for one in open_ages if one > age)], dtype=float)
    known = np.arange(len(days)) < len(longer)
    return survival_quantiles(days, known, np.asarray(FORECAST_LEVELS))
