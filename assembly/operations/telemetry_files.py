"""Files of telemetry: received, read piece by piece, ended. Each piece is counted in the transaction that stores it, so
whoever is killed in between goes on where the file stands."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from assembly.models import TelemetryFile
from assembly.operations.telemetry import WrongSample, lock_runs, running_in
from assembly.operations.telemetry_columns import came_from, feed_table
from assembly.operations.test_rows import clean
from assembly.operations.test_runs import FileNotStored
from assembly.queries.raw_telemetry import received_path
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal

_HASH = re.compile(r"[0-9a-f]{64}")
WHY_LIMIT = 500


class FileReceived(Refusal):
    """The same file was sent for the same run at the same moment."""


class PieceOutOfTurn(Refusal):
    """A piece of a file that is read to its end, or one that is not the next."""


@operation(permission="assembly.feed_telemetry", returns=TelemetryFile)
def receive_telemetry_file(
    *, caller: Caller, file_sha256: str, file_name: str, cell_code: str = "", burn_in_id: int | None = None
) -> TelemetryFile:
    """Take a file that the door has put down for the burn-in that runs in a cell (or for the one named); it is read
    afterwards. The same file again gives the earlier one, unless that was refused. Locks the burn-in run.

    Refuses FileNotStored, NothingSoaks, WrongSample."""
    burn_in = lock_runs([running_in(cell_code, burn_in_id).pk]).popitem()[1]
    earlier = TelemetryFile.objects.filter(burn_in=burn_in, sha256=file_sha256, why="").first()
    if earlier is not None:
        return earlier
    if not _HASH.fullmatch(file_sha256) or not received_path(file_sha256).is_file():
        raise FileNotStored(
            _("No file of that hash is in the store."), true=_("Nothing was recorded."), do=_("Send the file again.")
        )

    name, size = clean(file_name, 200), received_path(file_sha256).stat().st_size
    if not size:
        raise WrongSample(_("The file is empty."), true=_("Nothing was recorded."))
    received = TelemetryFile(
        burn_in=burn_in, sha256=file_sha256, name=name, size=size, received_at=caller.at, event_id=0
    )
    received.event_id = record(
        caller,
        "assembly.telemetry-file-received",
        ("assembly.burninrun", burn_in.pk),
        cell=burn_in.cell.code,
        file=name,
        sha256=file_sha256,
        size=size,
    )
    received.save()
    return received


@operation(permission="assembly.feed_telemetry")
def feed_piece(
    *, caller: Caller, telemetry_file_id: int, number: int, columns: str, at_byte: int = 0
) -> dict[str, int]:
    """Store the next piece of a file (columns as feed_columns takes them) and count it; `at_byte`: how far the file is
    read. A piece that is stored already changes nothing. Locks the burn-in run, then the file.

    Refuses PieceOutOfTurn, NothingSoaks, WrongSample, TooManySeries."""
    file = TelemetryFile.objects.get(pk=telemetry_file_id)
    burn_in = lock_runs([file.burn_in_id])[file.burn_in_id]
    file = TelemetryFile.objects.select_for_update(no_key=True, of=("self",)).get(pk=telemetry_file_id)
    if number < file.pieces:
        return {}
    if file.ended_at is not None or number > file.pieces:
        raise PieceOutOfTurn(
            _("Piece %(number)d of %(file)s is not the next one.") % {"number": number, "file": file.name},
            true=_("Nothing was recorded."),
        )
    counts = feed_table(caller, burn_in, came_from(columns))
    file.pieces, file.at_byte = number + 1, max(file.at_byte, min(at_byte, file.size))
    file.counts = {name: file.counts.get(name, 0) + count for name, count in counts.items()}
    file.save(update_fields=["pieces", "at_byte", "counts"])
    return counts


@operation(permission="assembly.feed_telemetry", returns=TelemetryFile)
def end_telemetry_file(*, caller: Caller, telemetry_file_id: int, why: str = "") -> TelemetryFile:
    """Say that a file was read to its end, or why it cannot be: what came before that place is stored. A file that has
    ended stays as it ended. Locks the file."""
    file = (
        TelemetryFile.objects.select_for_update(no_key=True, of=("self",))
        .select_related("burn_in__cell")
        .get(pk=telemetry_file_id)
    )
    if file.ended_at is not None:
        return file

    file.ended_event_id = record(
        caller,
        "assembly.telemetry-file-refused" if why else "assembly.telemetry-file-read",
        ("assembly.burninrun", file.burn_in_id),
        cell=file.burn_in.cell.code,
        file=file.name,
        sha256=file.sha256,
        pieces=file.pieces,
        counts=file.counts,
        why=clean(why, WHY_LIMIT),
    )
    file.ended_at, file.why = caller.at, clean(why, WHY_LIMIT)
    file.save(update_fields=["ended_at", "ended_event_id", "why"])
    return file


wall(
    "telemetry_file_is_read_once_for_a_run",
    lambda: FileReceived(_("This file was sent for this run at the same moment."), true=_("It is recorded once.")),
)
