"""A tester's file on its way into the store, whatever door it came through: hashed and written as it is read, a piece
at a time, never held whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from assembly.operations.test_runs import FileTooBig
from assembly.test_logs.archives import HEAD, is_archive
from assembly.test_logs.text import SIZE_LIMIT
from documents.files import FileTooLarge, put_chunks

PIECE = 1 << 20


def store_log(file: IO[bytes]) -> str:
    """Keep a tester's file and give its hash: SIZE_LIMIT for one tool's text, UPLOAD_LIMIT for an archive.

    Refuses FileTooBig; nothing is kept then."""
    head = file.read(HEAD)
    limit = settings.UPLOAD_LIMIT if is_archive(head) else SIZE_LIMIT
    try:
        return put_chunks(_whole(head, file), limit=limit).sha256
    except FileTooLarge:
        raise too_big(limit) from None


def too_big(limit: int) -> FileTooBig:
    """The refusal of a file over a limit in bytes."""
    return FileTooBig(
        _("The file is larger than %(limit)d MB.") % {"limit": limit // 1024 // 1024},
        true=_("Nothing was recorded."),
    )


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    while piece := file.read(PIECE):
        yield piece


def _whole(head: bytes, file: IO[bytes]) -> Iterable[bytes]:
    yield head
    yield from pieces_of(file)
