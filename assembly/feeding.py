"""A telemetry file of any size into the run it is of: piece by piece, a call each. What stays in memory is
one piece and the figures of each series."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _

from assembly.burn_in.columns import NotColumns, stream_bytes
from assembly.burn_in.feed_files import pieces_of
from assembly.operations.telemetry import WrongSample, running_in
from assembly.operations.telemetry_columns import feed_columns
from documents.files import hash_of
from ledger.callers import Caller


def feed_file(caller: Caller, path: Path, *, cell_code: str = "", burn_in_id: int | None = None) -> dict[str, int]:
    """Feed a file of the burn-in that runs in a cell (or of the one named); the counts of all its pieces.

    Pieces are committed one by one, each under a key that follows from the file's bytes and the run: a file that was
    broken off is fed again from its beginning and nothing is stored twice. Refuses as feed_columns does."""
    burn_in = running_in(cell_code, burn_in_id)
    name = f"telemetry:{hash_of(path)[:40]}:{burn_in.pk}"
    counts: Counter[str] = Counter()
    try:
        for number, piece in enumerate(pieces_of(path)):
            counts.update(
                feed_columns(
                    caller=replace(caller, key=f"{name}:{number}"),
                    burn_in_id=burn_in.pk,
                    columns=base64.b64encode(stream_bytes(piece)).decode("ascii"),
                )
            )
    except NotColumns as broken:
        raise WrongSample(
            _("The file cannot be read: %(why)s.") % {"why": broken},
            true=_("%(count)d values before that place are stored.") % {"count": counts["stored"]},
            do=_("Correct the file and feed it again: what is stored already is not stored twice."),
        ) from broken
    return dict(counts)
