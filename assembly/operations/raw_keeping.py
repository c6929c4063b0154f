"""Keeping the raw store: files of a run joined while it soaks, settled into one after its end, orphans swept.

A run of three days comes in thousands of small files. About every hour those are joined; after the run's end all
become one, in the order of the series, and the figures are counted again from it. Nothing is lost on the way: the new
file is on disk before the transaction that names it in place of the old ones, and these are removed only afterwards.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from assembly.burn_in.columns import write_parquet
from assembly.burn_in.moments import MINUTE, micros
from assembly.burn_in.settling import ranges_of, settled
from assembly.burn_in.wide import Samples, State, joined
from assembly.models import BurnInRun, RawFile, RunTelemetry
from assembly.queries.raw_telemetry import figures_of, folder_of, path_of, samples_in
from documents.files import hash_of, move_in
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal

HELD = 1_000_000
"""Samples held in memory at once while files are joined: some 20 MB."""
DRAFT_SECONDS = 24 * 3600.0


class NothingToJoin(Refusal):
    """The run has not two raw files that could be one."""


class StillSoaking(Refusal):
    """The run has not ended: more will come."""


class JoinedMeanwhile(Refusal):
    """Somebody else joined the run's files at the same time."""


@operation(permission="assembly.feed_telemetry")
def join_raw_files(*, caller: Caller, burn_in_id: int) -> dict[str, int]:
    """Make one file of the small raw files of a run. The samples stay the same.

    Reads before it locks the burn-in run, so that nobody who feeds waits. Refuses NothingToJoin, JoinedMeanwhile."""
    burn_in = BurnInRun.objects.get(pk=burn_in_id)
    files = list(RawFile.objects.filter(burn_in=burn_in, level=0).order_by("pk"))
    if len(files) < 2:
        raise NothingToJoin(
            _("The run in %(cell)s has nothing to join.") % {"cell": burn_in.cell.code},
            true=_("It has %(count)d small files.") % {"count": len(files)},
        )
    _row, state = figures_of(burn_in)
    share = sum(file.samples for file in files) / max(1, int(state["n"].sum()))
    parts = _parts(files, ranges_of(state["series"], np.ceil(state["n"] * share).astype(np.int64), HELD))
    draft, count = _draft(burn_in.pk, parts)

    new = _in_place_of(burn_in, files, draft, count, level=1)
    _tell(caller, "assembly.raw-telemetry-joined", burn_in, files, new)
    return {"files": len(files), "samples": count}


@operation(permission="assembly.feed_telemetry")
def settle_raw_telemetry(*, caller: Caller, burn_in_id: int) -> dict[str, int]:
    """Make one file of all raw files of an ended run and count the figures of its wide series anew: exact, with p95.

    Locks the burn-in run. Refuses StillSoaking, NothingToJoin, JoinedMeanwhile."""
    burn_in = BurnInRun.objects.get(pk=burn_in_id)
    if burn_in.ended_at is None:
        raise StillSoaking(
            _("The burn-in in cell %(cell)s has not ended.") % {"cell": burn_in.cell.code},
            true=_("Its raw telemetry is joined while it soaks."),
        )
    files = list(RawFile.objects.filter(burn_in=burn_in).order_by("pk"))
    row, state = figures_of(burn_in)
    if row is None or row.settled_at is not None or not files:
        raise NothingToJoin(
            _("The run in %(cell)s has nothing to join.") % {"cell": burn_in.cell.code},
            true=_("Its raw telemetry is settled already, or none came."),
        )
    counted: list[State] = []
    parts = _counting(_parts(files, ranges_of(state["series"], state["n"], HELD)), burn_in, counted)
    draft, count = _draft(burn_in.pk, parts)

    new = _in_place_of(burn_in, files, draft, count, level=2)
    event = _tell(caller, "assembly.raw-telemetry-settled", burn_in, files, new)
    RunTelemetry.objects.filter(pk=row.pk).update(
        state=np.concatenate(counted).tobytes(), samples=count, settled_at=caller.at, settled_event_id=event
    )
    return {"files": len(files), "samples": count}


def _parts(files: Sequence[RawFile], ranges: Sequence[tuple[int, int]]) -> Iterator[Samples]:
    for first, last in ranges:
        part = joined(list(samples_in(files, first, last)))
        if len(part):
            yield part


def _counting(parts: Iterator[Samples], burn_in: BurnInRun, into: list[State]) -> Iterator[Samples]:
    start, end = micros(burn_in.started_at), micros(burn_in.ended_at or burn_in.started_at)
    for part in parts:
        into.append(settled(part, start=start, end=end, gap_micros=burn_in.gap_minutes_allowed * MINUTE))
        yield part


def _draft(burn_in_id: int, parts: Iterator[Samples]) -> tuple[Path, int]:
    draft = folder_of(burn_in_id) / f".{uuid.uuid4().hex}"
    try:
        return draft, write_parquet(draft, parts, burn_in_id)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _in_place_of(burn_in: BurnInRun, files: Sequence[RawFile], draft: Path, count: int, *, level: int) -> RawFile:
    """Lock the run, name the new file in place of the old ones. Refuses JoinedMeanwhile."""
    BurnInRun.objects.select_for_update(no_key=True).get(pk=burn_in.pk)
    there = RawFile.objects.filter(pk__in=[file.pk for file in files])
    if there.count() < len(files) or sum(file.samples for file in files) != count:
        draft.unlink(missing_ok=True)
        raise JoinedMeanwhile(
            _("The raw files of %(cell)s were joined meanwhile.") % {"cell": burn_in.cell.code},
            true=_("Nothing was recorded."),
        )
    sha256, size = hash_of(draft), draft.stat().st_size
    move_in(draft, path_of(burn_in.pk, sha256))
    there.delete()
    return RawFile.objects.create(
        burn_in=burn_in,
        sha256=sha256,
        size=size,
        level=level,
        samples=count,
        first_series=min(file.first_series for file in files),
        last_series=max(file.last_series for file in files),
        from_at=min(file.from_at for file in files),
        to_at=max(file.to_at for file in files),
    )


def _tell(caller: Caller, kind: str, burn_in: BurnInRun, files: Sequence[RawFile], new: RawFile) -> int:
    """The new file's hash beside that of its sources: the same digest as the verdict's event holds."""
    sources = hashlib.sha256("\n".join(file.sha256 for file in files).encode()).hexdigest()
    return record(
        caller,
        kind,
        RunTelemetry.objects.get(burn_in=burn_in),
        burn_in=burn_in.pk,
        files=len(files),
        samples=new.samples,
        sources_sha256=sources,
        sha256=new.sha256,
    )


def sweep_raw_files(burn_in_id: int) -> int:
    """Step, outside any operation: remove files of a run that no row names, and drafts of a day ago. Under the run's
    lock nobody is between a file and its commit; what fed or joined and was killed left an orphan. Gives the count."""
    with transaction.atomic():
        BurnInRun.objects.select_for_update(no_key=True).get(pk=burn_in_id)
        named = set(RawFile.objects.filter(burn_in_id=burn_in_id).values_list("sha256", flat=True))
        gone = 0
        for path in sorted(folder_of(burn_in_id).glob("*")):
            orphan = path.name.removesuffix(".parquet") not in named
            if path.name.startswith("."):
                orphan = time.time() - path.stat().st_mtime > DRAFT_SECONDS
            if orphan:
                path.unlink(missing_ok=True)
                gone += 1
        return gone
