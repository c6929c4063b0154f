"""Files that people and suppliers hand in: read from the content store, refused line by line."""

from __future__ import annotations

import mimetypes
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from documents import files
from documents.models import StoredFile
from documents.operations.filing import register_file
from inventory.files.tables import LineFault
from ledger.callers import Caller
from ledger.refusals import Refusal


class FileMissing(Refusal):
    """The content store has no such file."""


class FileRefused(Refusal):
    """A file with bad lines: nothing of it was taken. `faults` tells them line by line."""

    def __init__(self, faults: Sequence[LineFault]) -> None:
        self.faults = list(faults)
        first = self.faults[0]
        super().__init__(
            ngettext("The file has %(count)d fault.", "The file has %(count)d faults.", len(self.faults))
            % {"count": len(self.faults)},
            true=_("Line %(line)d, %(column)s: %(say)s")
            % {"line": first.line, "column": first.column, "say": first.say}
            if first.line and first.column
            else first.say,
            do=_("Nothing was imported. Correct the file and import it again."),
        )

    def as_json(self) -> dict[str, object]:  # type: ignore[override]
        lines = [{"line": fault.line, "column": fault.column, "say": fault.say} for fault in self.faults]
        return {**super().as_json(), "lines": lines}


def stored_content(file_sha256: str) -> bytes:
    """Step: the bytes of a file that `documents.files.put` has stored. Refuses FileMissing."""
    if not files.has(file_sha256):
        raise FileMissing(
            _("The file is not in the store."), true=_("Nothing was imported."), do=_("Choose the file again.")
        )
    return files.get(file_sha256)


def keep_file(caller: Caller, file_sha256: str, content: bytes, file_name: str) -> StoredFile:
    """Step: the row of a file that was taken."""
    media_type = mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    return register_file(caller, file_sha256, len(content), media_type, file_name)
