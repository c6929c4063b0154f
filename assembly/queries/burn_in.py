"""Questions about burn-in: samples, soak clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection

from assembly.burn_in.moments import MINUTE
from assembly.burn_in.soak import Limits, Times, Values
from assembly.burn_in.wire import times_from, values_from
from assembly.models import Alarm, BurnInRun, SoakInterval, TelemetrySeries


def limits_of_series() -> Limits:
    """The limits of all series, in order of their places. One query."""
    rows = list(TelemetrySeries.objects.exclude(index=None).order_by("index").values_list("low", "high"))
    return Limits(tuple(row[0] for row in rows), tuple(row[1] for row in rows))


_SAMPLES = """
SELECT string_agg(int8send((extract(epoch FROM at) * 1000000)::bigint), ''::bytea ORDER BY at),
  string_agg(array_send(array_replace(values, NULL, 'NaN'::float8)), ''::bytea ORDER BY at)
FROM assembly_telemetrysample WHERE burn_in_id = %s AND at >= coalesce(%s::timestamptz, '-infinity')
"""


def samples_of(burn_in_id: int, from_at: datetime | None = None) -> tuple[Times, Values]:
    """The stored samples of a run, from a moment on, ascending: moments (µs) and values (NaN where none came)."""
    width = TelemetrySeries.objects.exclude(index=None).count()
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLES, [burn_in_id, from_at])
        times, values = cursor.fetchone()
    if times is None:
        return np.empty(0, dtype=np.int64), np.empty((0, width))
    return times_from(bytes(times)), values_from(bytes(values), width)


@dataclass(frozen=True, slots=True)
class SoakClock:
    """How far a run has soaked. `state` at a moment: run, stale (no sample for longer than the allowed gap), alarm,
    or ended."""

    minutes: int
    last_sample_at: datetime | None
    open_alarms: int
    ended: bool
    gap_minutes: int
    started_at: datetime

    def known_until(self, now: datetime) -> datetime:
        """How far the run is known: its last sample, unless silence has lasted longer than the allowed gap."""
        since = self.last_sample_at or self.started_at
        return now if now - since > timedelta(minutes=self.gap_minutes) else since

    def state_at(self, now: datetime) -> str:
        if self.ended:
            return "ended"
        if self.open_alarms:
            return "alarm"
        since = self.last_sample_at or self.started_at
        return "stale" if now - since > timedelta(minutes=self.gap_minutes) else "run"


def soak_clocks(burn_ins: Sequence[BurnInRun]) -> dict[int, SoakClock]:
    """The clocks of these runs, by id: the sum of their intervals, whole minutes. Three queries."""
    ids = [row.pk for row in burn_ins]
    soaked: dict[int, timedelta] = {}
    for pk, from_at, to_at in SoakInterval.objects.filter(burn_in_id__in=ids).values_list(
        "burn_in", "from_at", "to_at"
    ):
        soaked[pk] = soaked.get(pk, timedelta()) + (to_at - from_at)
    latest = _last_samples(ids)
    alarms: dict[int, int] = {}
    for pk in (
        Alarm.objects.filter(burn_in_id__in=ids, cleared_at=None)
        .exclude(series__index=None)
        .values_list("burn_in", flat=True)
    ):
        alarms[pk] = alarms.get(pk, 0) + 1
    return {
        row.pk: SoakClock(
            int(soaked.get(row.pk, timedelta()) / timedelta(microseconds=MINUTE)),
            latest.get(row.pk),
            alarms.get(row.pk, 0),
            row.ended_at is not None,
            row.gap_minutes_allowed,
            row.started_at,
        )
        for row in burn_ins
    }


def _last_samples(ids: Sequence[int]) -> dict[int, datetime]:
    """The moment of each run's last sample, by the index: never by looking at all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, s.at FROM unnest(%s::bigint[]) AS r(id) CROSS JOIN LATERAL (SELECT at"
            " FROM assembly_telemetrysample WHERE burn_in_id = r.id ORDER BY at DESC LIMIT 1) s",
            [list(ids)],
        )
        return dict(cursor.fetchall())
