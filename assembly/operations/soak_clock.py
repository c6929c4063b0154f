"""Keeping a run's soak intervals and alarms equal to what its stored samples say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from assembly.burn_in.moments import MINUTE, micros, moment
from assembly.burn_in.soak import AlarmSpan, Course, Interval, course_of
from assembly.models import Alarm, BurnInRun, SoakInterval, TelemetrySeries
from assembly.queries.burn_in import limits_of_series, samples_of
from ledger.callers import Caller
from ledger.recording import Happening, record_many


def keep_clock(caller: Caller, fed: Sequence[tuple[BurnInRun, Sequence[int]]]) -> None:
    """Step: bring intervals and alarms of (locked) runs up to their newly stored moments.

    Judged anew from the last good sample before the first new moment: nothing earlier can change, because a good
    sample has no alarm open. A late sample goes back to the start of the stretch it falls into."""
    limits = limits_of_series()
    changes: list[tuple[BurnInRun, AlarmSpan, str]] = []
    for burn_in, new in fed:
        if not new:
            continue
        keep_from, start = _restart(burn_in, min(new))
        times, values = samples_of(burn_in.pk, None if start is None else moment(start))
        course = course_of(times, values, limits, burn_in.gap_minutes_allowed * MINUTE)
        _keep_intervals(burn_in, course, keep_from)
        changes += [(burn_in, alarm, what) for alarm, what in _keep_alarms(burn_in, course, start)]
    if changes:
        codes = dict(TelemetrySeries.objects.exclude(index=None).values_list("index", "code"))
        tell_alarms(caller, [_change(burn_in, codes[alarm.series], alarm, what) for burn_in, alarm, what in changes])


def _change(burn_in: BurnInRun, code: str, alarm: AlarmSpan, what: str) -> Change:
    cleared = None if alarm.cleared_at is None else moment(alarm.cleared_at)
    return Change(burn_in, code, moment(alarm.started_at), cleared, alarm.value, what == "cleared")


def _restart(burn_in: BurnInRun, first_new: int) -> tuple[int | None, int | None]:
    """From where intervals are replaced, and from which sample on the run is judged anew (None: from the start)."""
    before = (
        SoakInterval.objects.filter(burn_in=burn_in, from_at__lte=moment(first_new)).order_by("-from_at", "-id").first()
    )
    if before is None:
        return None, None
    keep_from, end = micros(before.from_at), micros(before.to_at)
    return keep_from, end if end < first_new else keep_from


def _keep_intervals(burn_in: BurnInRun, course: Course, keep_from: int | None) -> None:
    intervals = list(course.intervals)
    if keep_from is not None and intervals:
        intervals[0] = Interval(keep_from, intervals[0].to_at)
    later = Q() if keep_from is None else Q(from_at__gte=moment(keep_from))
    known = list(SoakInterval.objects.filter(later, burn_in=burn_in).order_by("from_at"))
    if known and intervals and known[0].from_at == moment(intervals[0].from_at):
        first, known = known[0], known[1:]
        SoakInterval.objects.filter(pk=first.pk).update(to_at=moment(intervals.pop(0).to_at))
    if known:
        SoakInterval.objects.filter(pk__in=[row.pk for row in known]).delete()
    SoakInterval.objects.bulk_create(
        [SoakInterval(burn_in=burn_in, from_at=moment(one.from_at), to_at=moment(one.to_at)) for one in intervals],
        batch_size=5_000,
    )


def _keep_alarms(burn_in: BurnInRun, course: Course, start: int | None) -> list[tuple[AlarmSpan, str]]:
    """Write the difference; gives what was raised and what was cleared."""
    later = Q() if start is None else Q(started_at__gt=moment(start))
    series = {row.index: row.pk for row in TelemetrySeries.objects.exclude(index=None)}
    mine = Alarm.objects.filter(later, burn_in=burn_in, series_id__in=series.values())
    known = {(row.series_id, micros(row.started_at)): row for row in mine}
    told = {(series[alarm.series], alarm.started_at): alarm for alarm in course.alarms}
    changes: list[tuple[AlarmSpan, str]] = []
    gone = [row.pk for key, row in known.items() if key not in told]
    if gone:
        Alarm.objects.filter(pk__in=gone).delete()
    for key, alarm in told.items():
        row = known.get(key)
        cleared = None if alarm.cleared_at is None else moment(alarm.cleared_at)
        if row is None:
            changes.append((alarm, "raised"))
        if cleared is not None and (row is None or row.cleared_at is None):
            changes.append((alarm, "cleared"))
        if row is not None and row.cleared_at != cleared:
            Alarm.objects.filter(pk=row.pk).update(cleared_at=cleared)
    Alarm.objects.bulk_create(
        [
            Alarm(
                burn_in=burn_in,
                series_id=key[0],
                started_at=moment(alarm.started_at),
                cleared_at=None if alarm.cleared_at is None else moment(alarm.cleared_at),
                value=alarm.value,
            )
            for key, alarm in told.items()
            if key not in known
        ],
        batch_size=5_000,
    )
    return changes


@dataclass(frozen=True, slots=True)
class Change:
    """An alarm that was raised or cleared: of which run and series."""

    burn_in: BurnInRun
    code: str
    raised: datetime
    cleared: datetime | None
    value: float
    is_clear: bool


def tell_alarms(caller: Caller, changes: Sequence[Change]) -> None:
    """Step: one event for each alarm raised or cleared, on the build, at the sample's own time."""
    for is_clear, kind in ((False, "assembly.alarm-raised"), (True, "assembly.alarm-cleared")):
        told = [one for one in changes if one.is_clear is is_clear]
        if told:
            record_many(caller, kind, [_happening(one) for one in told])


def _happening(one: Change) -> Happening:
    return Happening(
        ("assembly.build", one.burn_in.run.build_id),
        {
            "cell": one.burn_in.cell.code,
            "series": one.code,
            "value": repr(one.value),
            "raised": one.raised,
            "cleared": one.cleared,
            "burn_in": one.burn_in.pk,
        },
        happened_at=one.cleared if one.is_clear and one.cleared is not None else one.raised,
    )
