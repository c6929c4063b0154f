"""The calibration record: every forecast that was given, and what the model would have said on past days.

The second is computed from what was known on each of those days, by cutting the lives of the racks there: nothing that
came later is seen. It reads moments by when they happened, since imported history was recorded in one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache

from logistics.lead_times.calibration import Claim, Instants, first_claims, plain_days
from logistics.lead_times.forecast import RackForecast, forecast
from logistics.lead_times.misses import learn
from logistics.lead_times.recalibration import Recalibration
from logistics.models import Forecast
from logistics.queries.kept import kept_lives
from logistics.queries.lives import RackLife, Step
from logistics.queries.outlook import PLANT, as_learnt, open_racks, recalibration_row
from logistics.queries.stays import DAY, blended_domestic, stage_days, stage_now

DRAWS = 1_000
"""Draws of a recomputed forecast: P95 of a rack then has 50 draws above it."""


@dataclass(frozen=True, slots=True)
class CalibrationRecord:
    """First claims of each rack, as they were kept when they were made, or recomputed for past days. `names`: racks by
    key; `kept` counts all forecasts that are kept; `recalibration` is the one in force, with the moment since when."""

    as_of: datetime
    claims: tuple[Claim, ...]
    names: dict[str, str]
    kept: int
    recalibration: Recalibration
    since: datetime | None
    delivered: int
    """Racks received by then, among those of this record."""


def calibration_record(as_of: datetime, *, again: bool = False) -> CalibrationRecord:
    """The record of open racks and the latest completed ones (logistics.queries.lives) as known at an instant. Four
    queries. Recomputed claims take a query less and some seconds of draws; the process keeps them until a rack more is
    received or a day has passed."""
    lives = kept_lives(as_of)
    claims = _again(_Past(tuple(lives), as_of)) if again else given_claims(lives, as_of)
    names = {str(life.unit_id): life.name for life in lives}
    kept = Forecast.objects.filter(made_at__lte=as_of).count()
    row = recalibration_row(as_of)
    delivered = sum(life.is_received for life in lives)
    return CalibrationRecord(as_of, claims, names, kept, as_learnt(row), row.made_at if row else None, delivered)


def given_claims(lives: Sequence[RackLife], as_of: datetime) -> tuple[Claim, ...]:
    """The first forecast that was kept of each of these racks. One query."""
    by_unit = {life.unit_id: life for life in lives}
    rows = Forecast.objects.filter(unit__in=list(by_unit), made_at__lte=as_of).order_by("unit_id", "made_at", "pk")
    return tuple(first_claims(_given(row, by_unit[row.unit_id], lives) for row in rows.distinct("unit_id")))


def as_known(life: RackLife, at: datetime) -> RackLife | None:
    """The same life as it was known at a moment, by when things happened; None where no work had begun."""
    if life.started_at > at:
        return None
    if life.accepted_at is not None and _latest(life) <= at:
        return life
    way = {
        name: _by(getattr(life, name), at)
        for name in ("kit_ready_at", "sealed_at", "departed_at", "arrived_at", "received_at", "accepted_at")
    }
    repairs = tuple((opened, _by(closed, at)) for opened, closed in life.repairs if opened <= at)
    steps = tuple(_step_as_known(step, at) for step in life.steps)
    return replace(life, **way, repairs=repairs, steps=steps)  # type: ignore[arg-type]


def _latest(life: RackLife) -> datetime:
    """The last thing that happened to a rack so far; of one with an open repair: the end of time."""
    if any(closed is None for _opened, closed in life.repairs):
        return datetime.max.replace(tzinfo=UTC)
    moments = [step.ended_at for step in life.steps] + [closed for _opened, closed in life.repairs]
    moments += [life.received_at, life.accepted_at]
    return max(moment for moment in moments if moment is not None)


def _step_as_known(step: Step, at: datetime) -> Step:
    passed, ended, begun = _by(step.passed_at, at), _by(step.ended_at, at), _by(step.begun_at, at)
    return replace(
        step,
        passed_at=passed,
        ended_at=ended,
        begun_at=begun,
        touch_seconds=step.touch_seconds if ended else 0.0,
        first_failed=step.first_failed and passed is not None,
        done=step.done and passed is not None,
    )


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


@dataclass(frozen=True, eq=False)
class _Past:
    """What recomputed claims stand on; equal while no rack more is received and no day has passed."""

    lives: tuple[RackLife, ...]
    as_of: datetime

    @property
    def key(self) -> tuple[object, ...]:
        received = [(life.received_at, life.unit_id) for life in self.lives if life.received_at is not None]
        return (
            len(self.lives),
            len(received),
            max(received, default=None),
            self.as_of.astimezone(PLANT).date(),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Past) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


def past_claims(lives: Sequence[RackLife], as_of: datetime) -> tuple[Claim, ...]:
    """What the bare model would have claimed of each of these racks: what a recalibration learns from."""
    return _bare(_Past(tuple(lives), as_of))


def _again(past: _Past) -> tuple[Claim, ...]:
    """What the model would have told, each night's claims corrected by what the misses known that night teach."""
    bare = _bare(past)
    taught = {night: learn(bare, night) for night in {claim.made_at for claim in bare}}
    return tuple(corrected(claim, taught[claim.made_at]) for claim in bare)


def corrected(claim: Claim, recalibration: Recalibration) -> Claim:
    """The claim as a recalibration moves it."""
    p10, p50, p80, p95 = recalibration.days([(told - claim.made_at) / DAY for told in claim.told])
    told = tuple(claim.made_at + timedelta(days=days) for days in (p10, p50, p80, p95))
    return replace(claim, told=told)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _bare(past: _Past) -> tuple[Claim, ...]:
    """A claim of each rack on the first midnight on which it was known and on the clock, if it was not received yet."""
    claims: list[Claim] = []
    told: set[int] = set()
    for night in _nights(past):
        fresh = [
            life
            for life in past.lives
            if life.unit_id not in told and (begun := _begun(life)) is not None and begun <= night
        ]
        told |= {life.unit_id for life in fresh}
        claims += _on(night, fresh, past.lives)
    return tuple(claims)


def _nights(past: _Past) -> list[datetime]:
    """The midnights in plant time that follow the beginning of a rack, before the instant, in their order."""
    days = {begun.astimezone(PLANT).date() for life in past.lives if (begun := _begun(life)) is not None}
    nights = [datetime.combine(day + timedelta(days=1), time(), PLANT) for day in sorted(days)]
    return [night for night in nights if night <= past.as_of]


def _begun(life: RackLife) -> datetime | None:
    """From when on a rack is known and on the comparison clock."""
    return None if life.kit_ready_at is None else max(life.kit_ready_at, life.started_at)


def _on(night: datetime, fresh: Sequence[RackLife], lives: Sequence[RackLife]) -> list[Claim]:
    known = [seen for life in lives if (seen := as_known(life, night)) is not None]
    scenario = blended_domestic(stage_days(known, night), known)
    wanted = {life.unit_id: life for life in fresh}
    mine = [life for life in known if life.unit_id in wanted and not life.is_received]
    places = {life.unit_id: stay for life in mine if (stay := stage_now(life, night)) is not None}
    rows = forecast(open_racks(mine, places, scenario), as_of=night, draws=DRAWS).racks
    return [_claim(row, night, wanted[int(row.key)], lives) for row in rows]


def _claim(row: RackForecast, at: datetime, life: RackLife, lives: Sequence[RackLife]) -> Claim:
    told = (row.p10_at, row.p50_at, row.p80_at, row.p95_at)
    return Claim(row.key, at, told, _plain(life, at, lives), life.received_at, life.shipment_number)


def _given(row: Forecast, life: RackLife, lives: Sequence[RackLife]) -> Claim:
    told = (row.p10_at, row.p50_at, row.p80_at, row.p95_at)
    told_plain = _plain(life, row.made_at, lives)
    return Claim(str(row.unit_id), row.made_at, told, told_plain, life.received_at, life.shipment_number)


def _plain(life: RackLife, at: datetime, lives: Sequence[RackLife]) -> Instants | None:
    """What the plant's record alone said of a rack at a moment: the whole clock of all racks known by then."""
    if life.kit_ready_at is None:
        return None
    closed, ages = [], []
    for other in lives:
        if other.unit_id == life.unit_id or other.kit_ready_at is None or other.kit_ready_at > at:
            continue
        if other.received_at is not None and other.received_at <= at:
            closed.append((other.received_at - other.kit_ready_at) / DAY)
        else:
            ages.append((at - other.kit_ready_at) / DAY)
    days = plain_days(closed, ages, (at - life.kit_ready_at) / DAY)
    if days is None:
        return None
    p10, p50, p80, p95 = (life.kit_ready_at + timedelta(days=float(one)) for one in days)
    return p10, p50, p80, p95
