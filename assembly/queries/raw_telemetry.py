"""Raw telemetry: the files of a run, the samples of some series in them, the figures of all series so far."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Count

from assembly.burn_in.columns import read_parquet
from assembly.burn_in.wide import NOTHING, Samples, State, joined, state_of
from assembly.models import BurnInRun, RawFile, RunTelemetry
from documents.files import FileAbsent


def folder_of(burn_in_id: int) -> Path:
    """Where the raw files of a run lie: beside the content store's files, on the same mount, in the same backup."""
    return Path(settings.FILES_FOLDER) / "telemetry" / str(int(burn_in_id))


def path_of(burn_in_id: int, sha256: str) -> Path:
    return folder_of(burn_in_id) / f"{sha256}.parquet"


def received_folder() -> Path:
    """Where telemetry files lie from their receipt until they were read: in the backup, as the raw files are."""
    return Path(settings.FILES_FOLDER) / "received"


def received_path(sha256: str) -> Path:
    return received_folder() / sha256


def samples_in(files: Sequence[RawFile], first: int, last: int) -> Iterator[Samples]:
    """The samples of the series `first` to `last` in these files, piece by piece. Raises FileAbsent."""
    for file in files:
        if file.first_series > last or file.last_series < first:
            continue
        try:
            yield from read_parquet(path_of(file.burn_in_id, file.sha256), first, last)
        except FileNotFoundError:
            raise FileAbsent(file.sha256) from None


def raw_samples(burn_in_id: int, series_id: int) -> Samples:
    """All stored samples of a wide series. One query. Files that were joined while they were read are read anew."""
    for _again in range(3):
        files = list(RawFile.objects.filter(burn_in_id=burn_in_id).order_by("pk"))
        try:
            return joined(list(samples_in(files, series_id, series_id)))
        except FileAbsent:
            if all(RawFile.objects.filter(pk=file.pk).exists() for file in files):
                raise
    return NOTHING


def figures_of(burn_in: BurnInRun) -> tuple[RunTelemetry | None, State]:
    """The figures of the run's wide series so far. One query."""
    row = RunTelemetry.objects.filter(burn_in=burn_in).first()
    return row, state_of(b"" if row is None else bytes(row.state))


def digest_of_files(burn_in_id: int) -> str:
    """SHA-256 over the hashes of the run's raw files in the order they were stored; blank where there are none."""
    hashes = list(RawFile.objects.filter(burn_in_id=burn_in_id).order_by("pk").values_list("sha256", flat=True))
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest() if hashes else ""


JOIN_FROM = 64
"""Small files of a run from which on they are joined: about an hour's worth at one a minute."""


def runs_to_join() -> list[int]:
    """Open runs with many small files. One query."""
    small = RawFile.objects.filter(level=0, burn_in__ended_at=None).order_by("burn_in")
    many = small.values("burn_in").annotate(count=Count("pk")).filter(count__gte=JOIN_FROM)
    return list(many.values_list("burn_in", flat=True))


def runs_to_settle() -> list[int]:
    """Ended runs whose raw telemetry is not settled. One query."""
    rows = RunTelemetry.objects.filter(settled_at=None, burn_in__ended_at__isnull=False).order_by("burn_in")
    return list(rows.values_list("burn_in_id", flat=True))
