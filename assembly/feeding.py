"""A telemetry file of any size into the run it is of: put down whole, then fed piece by piece, a call each. What stays
in memory is one piece and the figures of each series."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from assembly.burn_in.columns import NotColumns, stream_bytes
from assembly.burn_in.feed_files import pieces_of
from assembly.models import TelemetryFile
from assembly.operations.telemetry import WrongSample
from assembly.operations.telemetry_files import end_telemetry_file, feed_piece, receive_telemetry_file
from assembly.queries.raw_telemetry import received_folder, received_path
from documents.files import Kept, put_chunks_at
from ledger.callers import Caller
from ledger.refusals import Refusal

LEFT_SECONDS = 24 * 3600.0
"""A file that nobody received is swept after so long."""


def put_down(chunks: Iterable[bytes], *, limit: int) -> Kept:
    """A telemetry file on its way in, in the memory of one chunk. Raises documents.files.FileTooLarge."""
    return put_chunks_at(chunks, received_path, received_folder(), limit=limit)


def feed_file(caller: Caller, path: Path, *, cell_code: str = "", burn_in_id: int | None = None) -> dict[str, int]:
    """Receive and read a file at once; the counts of all its pieces. Refuses as receive_telemetry_file and feed_piece
    do; what came before the refusal is stored, and is not stored twice when the corrected file is fed."""
    with path.open("rb") as file:
        kept = put_down(iter(lambda: file.read(1 << 20), b""), limit=2**62)
    received = receive_telemetry_file(
        caller=replace(caller, key=f"{caller.key}:received"),
        file_sha256=kept.sha256,
        file_name=path.name,
        cell_code=cell_code,
        burn_in_id=burn_in_id,
    )
    read = read_file(caller, received.pk)
    if read is not None and read.why:
        raise WrongSample(
            _("The file cannot be read: %(why)s.") % {"why": read.why},
            true=_("%(count)d values before that place are stored.") % {"count": read.counts.get("stored", 0)},
            do=_("Correct the file and feed it again: what is stored already is not stored twice."),
        )
    return dict(received.counts if read is None else read.counts)


def read_received(caller: Caller) -> int:
    """Read every file that waits, oldest first; one that another process reads is left to it. Gives how many."""
    waiting = TelemetryFile.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(read_file(caller, pk) is not None for pk in waiting)


def read_file(caller: Caller, telemetry_file_id: int) -> TelemetryFile | None:
    """Read a received file from where it stands to its end, and remove it; None where another process reads it.

    Pieces are committed one by one. A refusal, and a fault of the file, end it with the reason."""
    with _alone(telemetry_file_id) as mine:
        if not mine:
            return None
        file = TelemetryFile.objects.get(pk=telemetry_file_id)
        name = f"telemetry:{file.pk}"
        if file.ended_at is None:
            why = _feed(caller, file, name)
            file = end_telemetry_file(caller=replace(caller, key=f"{name}:end"), telemetry_file_id=file.pk, why=why)
        if not TelemetryFile.objects.filter(sha256=file.sha256, ended_at=None).exists():
            received_path(file.sha256).unlink(missing_ok=True)
        return file


def _feed(caller: Caller, file: TelemetryFile, name: str) -> str:
    """Feed what is not stored yet; blank, or why the rest cannot be."""
    path = received_path(file.sha256)
    try:
        for number, (piece, at_byte) in enumerate(pieces_of(path)):
            if number >= file.pieces:
                feed_piece(
                    caller=replace(caller, key=f"{name}:{number}"),
                    telemetry_file_id=file.pk,
                    number=number,
                    columns=base64.b64encode(stream_bytes(piece)).decode("ascii"),
                    at_byte=at_byte,
                )
    except FileNotFoundError:
        return _("the file is not in the store any more")
    except NotColumns as broken:
        return str(broken)
    except Refusal as refusal:
        return refusal.detail
    return ""


@contextmanager
def _alone(telemetry_file_id: int) -> Iterator[bool]:
    """Whether nobody else reads the file: a lock of the database session, gone with the process."""
    names: list[str | int] = ["telemetry file", telemetry_file_id]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s), %s)", names)
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtext(%s), %s)", names)


def sweep_received() -> int:
    """Remove files that were put down and never received: whoever sent them was refused, or killed. Gives the count."""
    named = set(TelemetryFile.objects.filter(ended_at=None).values_list("sha256", flat=True))
    gone = 0
    for path in sorted(received_folder().glob("*")) + sorted(received_folder().glob(".*")):
        if path.name not in named and time.time() - path.stat().st_mtime > LEFT_SECONDS:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
