"""Questions about burn-in: samples, soak clocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of some runs: their good stretches, the moments and values of their last samples, their alarms with
    their series."""

    intervals: Mapping[int, Sequence[tuple[datetime, datetime]]]
    last: Mapping[int, tuple[datetime, Mapping[str, float | None]]]
    alarms: Sequence[Alarm]


def known_of(burn_ins: Sequence[BurnInRun]) -> Known:
    """What is known of these runs. Three queries, however many; the last samples by the index."""
    ids = [row.pk for row in burn_ins]
    intervals: dict[int, list[tuple[datetime, datetime]]] = {}
    stretches = SoakInterval.objects.filter(burn_in_id__in=ids).order_by("from_at")
    for pk, from_at, to_at in stretches.values_list("burn_in", "from_at", "to_at"):
        intervals.setdefault(pk, []).append((from_at, to_at))
    alarms = (
        Alarm.objects.filter(burn_in_id__in=ids)
        .select_related("series", "burn_in__cell", "burn_in__run")
        .order_by("-started_at")
    )
    return Known(intervals, _last_samples(ids), list(alarms))


def soak_clocks(burn_ins: Sequence[BurnInRun]) -> dict[int, SoakClock]:
    """The clocks of these runs, by id: the sum of their intervals, whole minutes. Three queries."""
    return clocks_of(burn_ins, known_of(burn_ins))


def clocks_of(burn_ins: Sequence[BurnInRun], known: Known) -> dict[int, SoakClock]:
    """The clocks of runs of which so much is known. Asks nothing."""
    open_ones = Counter(
        alarm.burn_in_id for alarm in known.alarms if alarm.cleared_at is None and alarm.series.index is not None
    )
    found = {}
    for row in burn_ins:
        soaked = sum((to_at - from_at for from_at, to_at in known.intervals.get(row.pk, ())), timedelta())
        found[row.pk] = SoakClock(
            int(soaked / timedelta(microseconds=MINUTE)),
            known.last[row.pk][0] if row.pk in known.last else None,
            open_ones[row.pk],
            row.ended_at is not None,
            row.gap_minutes_allowed,
            row.started_at,
        )
    return found


_LAST = """
SELECT r.id, s.at, s.values,
  (SELECT array_agg(code ORDER BY index) FROM assembly_telemetryseries WHERE index IS NOT NULL)
FROM unnest(%s::bigint[]) AS r(id) CROSS JOIN LATERAL (SELECT at, values
  FROM assembly_telemetrysample WHERE burn_in_id = r.id ORDER BY at DESC LIMIT 1) s
"""


def _last_samples(ids: Sequence[int]) -> dict[int, tuple[datetime, dict[str, float | None]]]:
    """Each run's last sample and its values by series code: never by looking at all of them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [list(ids)])
        return {pk: (at, dict(zip(codes or (), values, strict=False))) for pk, at, values, codes in cursor.fetchall()}
