"""What a cell reports: samples stored, the soak clock and the alarms kept up with them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from assembly.burn_in.moments import SECOND, micros, moment
from assembly.burn_in.packing import unpacked
from assembly.burn_in.soak import Times, Values
from assembly.burn_in.wire import copy_bytes
from assembly.models import BurnInRun
from assembly.operations.soak_clock import keep_clock
from assembly.queries.burn_in import limits_of_series
from ledger.callers import Caller
from ledger.operations import operation
from ledger.refusals import Refusal

AHEAD = timedelta(minutes=1)
"""How far a cell's clock may be ahead of ours; a sample from later than that is no sample."""
SAMPLES_LIMIT = 20_000
"""Samples of one run in one call: two weeks of minutes."""


class NothingSoaks(Refusal):
    """No burn-in is running there."""


class WrongSample(Refusal):
    """A sample that has not one value a series, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment's values in the order of the series; null (or NaN) is a value that did not come."""

    at: datetime
    values: list[Any]


@dataclass(frozen=True, slots=True)
class SampleBlock:
    """Samples of one run at even steps, packed (assembly.burn_in.packing): rows of NaN are moments without a sample."""

    burn_in_id: int
    first_at: datetime
    step_seconds: int
    values: str


@dataclass(slots=True)
class Feeding:
    """What came for one run, sorted and without what cannot be stored."""

    burn_in: BurnInRun
    times: Times
    values: Values
    dropped: int = 0


@operation(permission="assembly.feed_telemetry")
def feed_telemetry(
    *, caller: Caller, samples: list[Sample], cell_code: str = "", burn_in_id: int | None = None
) -> dict[str, int]:
    """Store samples of the burn-in that runs in a cell (or of the one named). A moment that is stored already is
    ignored; a late one recomputes clock and alarms; one from before the start or from the future is dropped.

    Locks the burn-in run. Refuses NothingSoaks, WrongSample. Answers the counts `stored`, `known`, `dropped`."""
    chosen = running_in(cell_code, burn_in_id)
    width = len(limits_of_series().low)
    times, values = _table(samples, width)
    return feed_many(caller, [Feeding(chosen, times, values)])[chosen.pk]


@operation(permission="assembly.feed_telemetry")
def feed_blocks(*, caller: Caller, blocks: list[SampleBlock]) -> dict[str, dict[str, int]]:
    """Store packed samples of many runs, all or none; refuses as feed_telemetry does. Counts by burn-in run."""
    width = len(limits_of_series().low)
    running = {row.pk: row for row in BurnInRun.objects.filter(pk__in=[block.burn_in_id for block in blocks])}
    feedings = []
    for block in blocks:
        if block.burn_in_id not in running:
            raise NothingSoaks(_("There is no burn-in run %(number)d.") % {"number": block.burn_in_id})
        times, values = _unpacked(block, width)
        feedings.append(Feeding(running[block.burn_in_id], times, values))
    return {str(pk): counts for pk, counts in feed_many(caller, feedings).items()}


def feed_many(caller: Caller, feedings: Sequence[Feeding]) -> dict[int, dict[str, int]]:
    """Step: store samples of runs (each once) and keep clock and alarms up; locks the runs by key."""
    ids = sorted({feeding.burn_in.pk for feeding in feedings})
    if len(ids) < len(feedings):
        raise WrongSample(_("One burn-in run is named twice."), true=_("Nothing was recorded."))
    locked = lock_runs(ids)
    for feeding in feedings:
        feeding.burn_in = locked[feeding.burn_in.pk]
        _drop_impossible(caller, feeding)
    stored = _store(feedings)
    keep_clock(caller, [(feeding.burn_in, stored[feeding.burn_in.pk]) for feeding in feedings])
    return {
        feeding.burn_in.pk: {
            "stored": len(stored[feeding.burn_in.pk]),
            "known": len(feeding.times) - len(stored[feeding.burn_in.pk]),
            "dropped": feeding.dropped,
        }
        for feeding in feedings
    }


def lock_runs(ids: Sequence[int]) -> dict[int, BurnInRun]:
    """Step: lock burn-in runs, by key. Refuses NothingSoaks where one has ended."""
    locked = {
        row.pk: row
        for row in BurnInRun.objects.select_for_update(no_key=True, of=("self",))
        .select_related("cell", "run__build__unit")
        .filter(pk__in=ids)
        .order_by("pk")
    }
    for row in locked.values():
        _refuse_ended(row)
    return locked


def running_in(cell_code: str, burn_in_id: int | None) -> BurnInRun:
    """The run that soaks in a cell, or the one named. Refuses NothingSoaks."""
    runs = BurnInRun.objects.select_related("cell")
    if burn_in_id is not None:
        found = runs.filter(pk=burn_in_id).first()
    else:
        found = runs.filter(cell__code=cell_code, ended_at=None).first()
    if found is None:
        raise NothingSoaks(
            _("No burn-in runs in cell %(cell)s.") % {"cell": cell_code[:40] or "?"}, true=_("Nothing was recorded.")
        )
    return found


def _refuse_ended(burn_in: BurnInRun) -> None:
    if burn_in.ended_at is not None:
        raise NothingSoaks(
            _("The burn-in in cell %(cell)s has ended.") % {"cell": burn_in.cell.code},
            true=_("Its verdict stands; nothing was recorded."),
        )


def _table(samples: Sequence[Sample], width: int) -> tuple[Times, Values]:
    if len(samples) > SAMPLES_LIMIT:
        raise WrongSample(_("At most %(limit)d samples at once.") % {"limit": SAMPLES_LIMIT})
    times = np.array([micros(sample.at) for sample in samples], dtype=np.int64)
    values = np.full((len(samples), width), np.nan)
    for row, sample in enumerate(samples):
        if len(sample.values) != width:
            raise WrongSample(
                _("A sample has %(count)d values, but there are %(series)d series.")
                % {"count": len(sample.values), "series": width},
                true=_("Nothing was recorded."),
                do=_("Send one value for each series, null where none came."),
            )
        values[row] = [_figure(value) for value in sample.values]
    return times, values


def _figure(value: Any) -> float:
    """A number, or NaN for what is none: null, NaN, infinity, text such as "N/A"."""
    if isinstance(value, bool) or value is None:
        return math.nan
    try:
        figure = float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return figure if math.isfinite(figure) else math.nan


def _unpacked(block: SampleBlock, width: int) -> tuple[Times, Values]:
    try:
        values = unpacked(block.values, width)
    except ValueError as broken:
        raise WrongSample(_("The packed samples cannot be read: %(why)s.") % {"why": broken}) from broken
    if block.step_seconds < 1 or len(values) > SAMPLES_LIMIT:
        raise WrongSample(_("The packed samples have no step, or are too many."), true=_("Nothing was recorded."))
    times = micros(block.first_at) + np.arange(len(values), dtype=np.int64) * block.step_seconds * SECOND
    there = ~np.isnan(values).all(axis=1)
    return times[there], values[there]


def _drop_impossible(caller: Caller, feeding: Feeding) -> None:
    """Sort, keep the first of a moment, drop what lies before the start or ahead of the clock."""
    first, last = micros(feeding.burn_in.started_at), micros(caller.at + AHEAD)
    fits = (feeding.times >= first) & (feeding.times <= last)
    feeding.dropped = int((~fits).sum())
    times, at = np.unique(feeding.times[fits], return_index=True)
    feeding.values = feeding.values[fits][at]
    feeding.times = times


def _store(feedings: Sequence[Feeding]) -> dict[int, list[int]]:
    """Insert what is new, by COPY; gives the new moments of each run."""
    stored: dict[int, list[int]] = {}
    for feeding in feedings:
        fresh = ~np.isin(feeding.times, _known(feeding))
        stored[feeding.burn_in.pk] = [int(at) for at in feeding.times[fresh]]
        feeding_times, feeding_values = feeding.times[fresh], feeding.values[fresh]
        if len(feeding_times):
            _copy(feeding.burn_in.pk, feeding_times, feeding_values)
    return stored


def _known(feeding: Feeding) -> Times:
    if not len(feeding.times):
        return np.array([], dtype=np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at FROM assembly_telemetrysample WHERE burn_in_id = %s AND at BETWEEN %s AND %s",
            [feeding.burn_in.pk, moment(feeding.times[0]), moment(feeding.times[-1])],
        )
        return np.array([micros(row[0]) for row in cursor.fetchall()], dtype=np.int64)


def _copy(burn_in_id: int, times: Times, values: Values) -> None:
    """Whole samples by binary COPY; those with a value missing as text, where Python's repr of a float reads back
    exactly."""
    whole = ~np.isnan(values).any(axis=1)
    columns = "assembly_telemetrysample (burn_in_id, at, values) FROM STDIN"
    with connection.cursor() as cursor:
        if whole.any():
            with cursor.copy(f"COPY {columns} (FORMAT BINARY)") as copy:  # type: ignore[attr-defined]
                copy.write(copy_bytes(burn_in_id, times[whole], values[whole]))
        if not whole.all():
            with cursor.copy(f"COPY {columns}") as copy:  # type: ignore[attr-defined]
                for at, row in zip(times[~whole].tolist(), values[~whole].tolist(), strict=True):
                    figures = ",".join("NULL" if math.isnan(figure) else repr(figure) for figure in row)
                    copy.write(f"{burn_in_id}\t{moment(at).isoformat()}\t{{{figures}}}\n")
