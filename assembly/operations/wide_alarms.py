"""Alarms of wide series: raised when a value leaves the limits of its series, cleared when one keeps them again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np

from assembly.burn_in.moments import moment
from assembly.burn_in.wide import Samples, Span, joined, spans_of
from assembly.models import Alarm, BurnInRun, TelemetrySeries
from assembly.operations.series_names import bounds_of, limits_among
from assembly.operations.soak_clock import Change, tell_alarms
from assembly.queries.raw_telemetry import raw_samples
from ledger.callers import Caller

Limits = Mapping[int, tuple[float, float]]


def watch(caller: Caller, burn_in: BurnInRun, fresh: Samples, late: Samples) -> None:
    """Step (the run is locked, the samples are not stored yet): hold samples against the limits of their series and
    keep the run's alarms equal to them. What comes late is judged with all stored samples of its series, where it is
    out or the series ever was."""
    limits = limits_among(np.unique(np.concatenate((fresh.series, late.series))))
    if not limits:
        return
    watched = np.array(sorted(limits), dtype=np.int32)
    late = late.where(np.isin(late.series, watched))
    anew = np.array(_to_judge_anew(burn_in, limits, late), dtype=np.int32)
    seen = fresh.where(np.isin(fresh.series, watched) & ~np.isin(fresh.series, anew))
    codes = dict(TelemetrySeries.objects.filter(pk__in=limits).values_list("pk", "code"))
    changes = _followed(burn_in, seen, limits, codes)
    for series in anew.tolist():
        whole = joined([raw_samples(burn_in.pk, series), *(_of(part, series) for part in (fresh, late))])
        changes += _judged_anew(burn_in, whole, limits, codes)
    tell_alarms(caller, changes)


def _of(samples: Samples, series: int) -> Samples:
    return samples.where(samples.series == series)


def _to_judge_anew(burn_in: BurnInRun, limits: Limits, late: Samples) -> list[int]:
    if not len(late):
        return []
    low, high = bounds_of(limits, late.series)
    out = set(late.series[(late.values < low) | (late.values > high)].tolist())
    there = Alarm.objects.filter(burn_in=burn_in, series_id__in=np.unique(late.series).tolist())
    return sorted(out | set(there.values_list("series_id", flat=True)))


def _followed(burn_in: BurnInRun, seen: Samples, limits: Limits, codes: Mapping[int, str]) -> list[Change]:
    """What samples that follow on the stored ones change."""
    if not len(seen):
        return []
    rows = {row.series_id: row for row in Alarm.objects.filter(burn_in=burn_in, cleared_at=None, series_id__in=codes)}
    before = np.isin(seen.series, np.array(sorted(rows), dtype=np.int32))
    changes, fresh = [], []
    for span in spans_of(seen, *bounds_of(limits, seen.series), before):
        if span.started_at is None:
            row = rows[span.series]
            row.cleared_at = _moment(span.cleared_at)
            row.save(update_fields=["cleared_at"])
        else:
            row = _row(burn_in, span)
            fresh.append(row)
            changes.append(_change(burn_in, codes, row, False))
        if row.cleared_at is not None:
            changes.append(_change(burn_in, codes, row, True))
    Alarm.objects.bulk_create(fresh, batch_size=5_000)
    return changes


def _judged_anew(burn_in: BurnInRun, whole: Samples, limits: Limits, codes: Mapping[int, str]) -> list[Change]:
    """One series from all its samples: alarms that are no more go, new ones come, ends move."""
    never = np.zeros(len(whole), dtype=bool)
    told = {
        _moment(span.started_at): _row(burn_in, span)
        for span in spans_of(whole, *bounds_of(limits, whole.series), never)
    }
    known = {row.started_at: row for row in Alarm.objects.filter(burn_in=burn_in, series_id=int(whole.series[0]))}
    Alarm.objects.filter(pk__in=[row.pk for at, row in known.items() if at not in told]).delete()
    changes = []
    for at, row in told.items():
        before = known.get(at) if at is not None else None
        if before is None:
            changes.append(_change(burn_in, codes, row, False))
        elif before.cleared_at != row.cleared_at:
            Alarm.objects.filter(pk=before.pk).update(cleared_at=row.cleared_at)
        if row.cleared_at is not None and (before is None or before.cleared_at is None):
            changes.append(_change(burn_in, codes, row, True))
    Alarm.objects.bulk_create([row for at, row in told.items() if at not in known], batch_size=5_000)
    return changes


def _row(burn_in: BurnInRun, span: Span) -> Alarm:
    return Alarm(
        burn_in=burn_in,
        series_id=span.series,
        started_at=moment(span.started_at or 0),
        cleared_at=_moment(span.cleared_at),
        value=span.value,
    )


def _moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)


def _change(burn_in: BurnInRun, codes: Mapping[int, str], row: Alarm, is_clear: bool) -> Change:
    return Change(burn_in, codes[row.series_id], row.started_at, row.cleared_at, row.value, is_clear)
