"""Raw samples of wide series: stored as one more file of the run, added to its figures, held against limits.

The file is on disk before the transaction that names it commits; a process that is killed in between leaves a file
that no row names, which `raw_keeping` sweeps. Files of a run are only made while its row is locked.
"""

from __future__ import annotations

import numpy as np

from assembly.burn_in.columns import parquet_bytes
from assembly.burn_in.moments import MINUTE, micros, moment
from assembly.burn_in.wide import NOTHING, Mask, Samples, State, is_late, known_among, rolled, rolled_late
from assembly.models import BurnInRun, RawFile, RunTelemetry
from assembly.operations.wide_alarms import watch
from assembly.queries.raw_telemetry import figures_of, path_of, samples_in
from documents.files import put_at
from ledger.callers import Caller
from ledger.statements import tell


def keep_raw(caller: Caller, burn_in: BurnInRun, came: Samples) -> int:
    """Step: store samples of wide series of a (locked) run. A moment of a series that is stored stays as it is.
    Gives how many were stored."""
    fresh = came.where(~_known(burn_in.pk, came))
    if not len(fresh):
        return 0
    row, state = figures_of(burn_in)
    late = is_late(state, fresh)
    following, behind = fresh.where(~late), fresh.where(late) if late.any() else NOTHING
    watch(caller, burn_in, following, behind)
    _store(burn_in.pk, fresh)
    start, gap = micros(burn_in.started_at), burn_in.gap_minutes_allowed * MINUTE
    _roll(burn_in, row, rolled_late(rolled(state, following, start=start, gap_micros=gap), behind), len(fresh))
    return len(fresh)


def _known(burn_in_id: int, came: Samples) -> Mask:
    """Which are stored already: only files that overlap in time and in series are looked into."""
    known = np.zeros(len(came), dtype=bool)
    if not len(came):
        return known
    first, last = int(came.series[0]), int(came.series[-1])
    begin, end = int(came.at.min()), int(came.at.max())
    files = RawFile.objects.filter(burn_in_id=burn_in_id, from_at__lte=moment(end), to_at__gte=moment(begin))
    near = files.filter(first_series__lte=last, last_series__gte=first).order_by("pk")
    for part in samples_in(list(near), first, last):
        within = (part.at >= begin) & (part.at <= end)
        if within.any():
            known |= known_among(came, part.series[within], part.at[within])
    return known


def _store(burn_in_id: int, samples: Samples) -> None:
    content = parquet_bytes(samples, burn_in_id)
    sha256 = put_at(content, lambda named: path_of(burn_in_id, named))
    RawFile.objects.create(
        burn_in_id=burn_in_id,
        sha256=sha256,
        size=len(content),
        samples=len(samples),
        first_series=int(samples.series[0]),
        last_series=int(samples.series[-1]),
        from_at=moment(int(samples.at.min())),
        to_at=moment(int(samples.at.max())),
    )


def _roll(burn_in: BurnInRun, row: RunTelemetry | None, state: State, added: int) -> None:
    if row is None:
        RunTelemetry.objects.create(burn_in=burn_in, state=state.tobytes(), samples=added)
        return
    tell(
        "UPDATE assembly_runtelemetry SET state = %s, samples = samples + %s WHERE id = %s",
        [state.tobytes(), added, row.pk],
    )
