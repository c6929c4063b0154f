"""The plant's stays in working days, beside their calendar days and never mixed with them (MODEL 10, trap 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from logistics.lead_times.calendars import OpenHours
from logistics.lead_times.record import StageStatistics, stage_statistics
from logistics.lead_times.working_time import WorkingTime
from logistics.queries.lives import RackLife
from logistics.queries.stays import REPAIRED_IN, Stay, repairs_within, stays_of
from logistics.queries.way_basis import CalendarInForce, Owner

PLANT_STAGES = ("inbound", "assembly", "test_burnin", "repair_retest", "pack")
"""Stages in which the rack stands in the plant. The kit waits for suppliers, the haul follows carriers and sailings,
receiving and acceptance are the site's: by the plant's calendar they have no working days."""


def plant_calendar(calendars: Mapping[Owner, CalendarInForce]) -> CalendarInForce | None:
    """The released calendar of the plant (of the plant that was defined first, where several have one)."""
    found = sorted((one for one in calendars.values() if one.is_plant), key=lambda one: int(one.owner[1]))
    return next(iter(found), None)


def working_statistics(lives: Iterable[RackLife], as_of: datetime, hours: OpenHours) -> dict[str, StageStatistics]:
    """Statistics of the working days of each plant stage that has stays; open ones count as open, as in calendar days.
    Repair is out of the stages that it is taken out of. Asks nothing."""
    stays = [stay for life in lives for stay in stays_of(life, as_of) if stay.stage in PLANT_STAGES]
    if not stays:
        return {}
    closed: dict[str, list[float]] = defaultdict(list)
    ages: dict[str, list[float]] = defaultdict(list)
    for stay, days in zip(stays, _working_days(stays, as_of, hours), strict=True):
        (ages if stay.left_at is None else closed)[stay.stage].append(float(days))
    return {
        stage: stage_statistics(closed[stage], ages[stage]) for stage in PLANT_STAGES if closed[stage] or ages[stage]
    }


def _working_days(stays: list[Stay], as_of: datetime, hours: OpenHours) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Working days of each stay, without repair: all stays by one table of days."""
    begins = [stay.entered_at for stay in stays]
    ends = [max(stay.left_at or as_of, stay.entered_at) for stay in stays]
    repairs = [
        (place, *spell)
        for place, stay in enumerate(stays)
        if stay.stage in REPAIRED_IN
        for spell in repairs_within(stay.life, begins[place], ends[place])
    ]
    clock = WorkingTime(hours, min(begins).astimezone(hours.zone).date(), max(ends).astimezone(hours.zone).date())
    days = clock.between(begins, ends)
    if repairs:
        places, opened, ended = zip(*repairs, strict=True)
        np.subtract.at(days, list(places), clock.between(opened, ended))
    return np.maximum(days, 0.0)
