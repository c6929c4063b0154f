"""How far the record has come: the cheap question by which a process knows whether what it computed still stands.

Every write leaves its event, so that an unchanged mark says that no fact behind it changed, in whatever process. The
seal of the latest event is in the mark: identifiers that a rollback or another database uses again are no match.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

WINDOW = 1_000
"""Events looked back on: one that was numbered earlier and committed later changes their count. A transaction that
commits all its events after a thousand others were numbered would be overlooked until the next event."""

_MARK = """
SELECT current_database(), latest.id, latest.leaf_hash, near.events, near.newest
FROM (SELECT id, leaf_hash FROM ledger_event WHERE kind <> ALL(%(unread)s) ORDER BY id DESC LIMIT 1) latest
CROSS JOIN LATERAL (SELECT count(*) AS events, max(recorded_at) AS newest FROM ledger_event e
                    WHERE e.id > latest.id - %(window)s AND e.kind <> ALL(%(unread)s)) near
"""


class Mark(NamedTuple):
    """The latest event of the kinds that are read: where, its key and seal; how many lie in the window up to it, and
    when the newest of those was recorded."""

    place: str
    latest: int
    seal: bytes
    events: int
    newest: datetime


def mark(unread: Sequence[str] = ()) -> Mark | None:
    """The mark of the record without the kinds that the asker does not read; None: no such event yet. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"unread": [*unread], "window": WINDOW})
        row = cursor.fetchone()
    return None if row is None else Mark(row[0], row[1], bytes(row[2]), row[3], row[4])
