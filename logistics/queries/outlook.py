"""What lies ahead of the open racks: the forecast of the end of site receiving, as known at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from logistics.lead_times.forecast import DRAWS, Forecast, OpenRack, RackForecast, forecast
from logistics.lead_times.recalibration import OFF, Recalibration
from logistics.lead_times.scenarios import Scenario
from logistics.models import Recalibration as RecalibrationRow
from logistics.queries.known_ways import KnownRows, known_rows
from logistics.queries.lives import RackLife, rack_lives
from logistics.queries.stays import StageDays, Stay, blended_domestic, stage_days, stage_now
from logistics.queries.stops import Ways, basis_for, ways_from, with_ways
from logistics.queries.way_basis import Basis

PLANT = ZoneInfo("Asia/Tokyo")
MODEL = "stage-mc-3"
"""Revision of the forecasting model, kept with each forecast: a change of method is a new name."""


def end_of(day: date) -> datetime:
    """The end of a day at the site: what is needed by a day may come on it."""
    return datetime.combine(day + timedelta(days=1), time(), PLANT)


@dataclass(frozen=True)
class Outlook:
    """All racks as known at `as_of`, the plant's own stage days, and the forecast of those on the comparison clock."""

    as_of: datetime
    lives: tuple[RackLife, ...]
    days: dict[str, StageDays]
    scenario: Scenario
    places: dict[int, Stay]
    """Where each open rack is, by unit id."""
    forecast: Forecast
    known: Ways
    """What stops the ways, and where the shipments are on them."""
    recalibration: Recalibration
    """What past misses moved it by."""

    @cached_property
    def by_unit(self) -> dict[int, RackForecast]:
        """Forecasts by unit id."""
        return {int(row.key): row for row in self.forecast.racks}

    @property
    def open_lives(self) -> list[RackLife]:
        """Racks whose comparison clock has not stopped."""
        return [life for life in self.lives if not life.is_received]

    @property
    def received(self) -> list[RackLife]:
        return [life for life in self.lives if life.is_received]

    def late_share(self, unit_ids: Iterable[int]) -> float | None:
        """The largest chance of delay among these racks; None when none has a need-by day and a forecast."""
        known = [self.by_unit[pk].p_late for pk in unit_ids if pk in self.by_unit]
        return max((share for share in known if share is not None), default=None)


def recalibration_row(as_of: datetime) -> RecalibrationRow | None:
    """What was last learnt of this model's misses at an instant. One query."""
    rows = RecalibrationRow.objects.filter(model=MODEL, made_at__lte=as_of)
    return rows.order_by("-made_at", "-pk").first()


def as_learnt(row: RecalibrationRow | None) -> Recalibration:
    """A kept lesson as the forecast takes it; none: nothing is corrected."""
    if row is None:
        return OFF
    shifts = (float(row.p10_shift), float(row.p50_shift), float(row.p80_shift), float(row.p95_shift))
    return Recalibration(row.delivered, shifts, float(row.horizon_days))


@dataclass(frozen=True)
class Facts:
    """What an outlook stands on, as read at `as_of`; nothing in it grows older by itself."""

    as_of: datetime
    lives: tuple[RackLife, ...]
    ways: KnownRows
    basis: Basis
    taught: Recalibration


def facts_at(as_of: datetime, *, lives_known_at: datetime | None = None) -> Facts:
    """The facts known at an instant; the racks' lives up to it also as known later. Five queries."""
    ways = known_rows(as_of, always=True)
    taught = as_learnt(recalibration_row(as_of))
    return Facts(as_of, tuple(rack_lives(as_of, known_at=lives_known_at)), ways, basis_for(ways, as_of), taught)


def outlook(as_of: datetime, *, draws: int = DRAWS, seed: int = 1) -> Outlook:
    """The outlook at an instant by the timetables and calendars in force, with what is known to stop
    the ways. Five queries; the same instant and seed give the
    same figures."""
    return outlook_of(facts_at(as_of), as_of, draws=draws, seed=seed)


def outlook_of(facts: Facts, as_of: datetime, *, draws: int = DRAWS, seed: int = 1) -> Outlook:
    """The outlook at an instant from facts read then, or before if none was added since. Asks nothing."""
    lives = facts.lives
    days = stage_days(lives, as_of)
    scenario = blended_domestic(days, lives)
    places = {
        life.unit_id: stay for life in lives if not life.is_received and (stay := stage_now(life, as_of)) is not None
    }
    known = ways_from(facts.ways, as_of, facts.basis)
    racks = open_racks(lives, places, scenario, known)
    stops = [stop.as_stop for stop in known.open_stops]
    drawn = forecast(racks, as_of=as_of, draws=draws, seed=seed, stops=stops, recalibration=facts.taught)
    return Outlook(as_of, lives, days, scenario, places, drawn, known, facts.taught)


def open_racks(
    lives: Sequence[RackLife], places: dict[int, Stay], scenario: Scenario, known: Ways | None = None
) -> list[OpenRack]:
    """The racks on the comparison clock as the forecast takes them, with the ways ahead where they are known. One that
    still waits for its kit is on none."""
    rows = []
    for life in lives:
        place = places.get(life.unit_id)
        if place is None or place.stage not in scenario.stages or place.stage == "kit_ready":
            continue
        need_by_at = end_of(life.need_by) if life.need_by else None
        rack = OpenRack(str(life.unit_id), scenario, place.stage, place.days, need_by_at)
        there = life.arrived_at is not None  # its shipment may be on its way still, without it
        rows.append(rack if known is None or there else with_ways(rack, life.shipment_id, place.entered_at, known))
    return rows
