"""Naming files of the content store in the database."""

from __future__ import annotations

from documents.models import StoredFile
from ledger.callers import Caller

NAME_LIMIT = 200
"""Characters kept of a file's name."""


def register_file(caller: Caller, sha256: str, size: int, media_type: str, name: str = "") -> StoredFile:
    """Step: the row of a file that `documents.files.put` has already stored. The same file again gives its row.

    Locks nothing; two at once both get the one row."""
    return register_files(caller, [(sha256, size, media_type, name)])[0]


def register_files(caller: Caller, rows: list[tuple[str, int, str, str]]) -> list[StoredFile]:
    """Step: the rows of many stored files (hash, size, media type, name), in their order."""
    StoredFile.objects.bulk_create(
        [
            StoredFile(sha256=sha256, size=size, media_type=media_type, name=name[:NAME_LIMIT], stored_at=caller.at)
            for sha256, size, media_type, name in rows
        ],
        ignore_conflicts=True,
        batch_size=2_000,
    )
    known = {file.sha256: file for file in StoredFile.objects.filter(sha256__in=[row[0] for row in rows])}
    return [known[row[0]] for row in rows]
