"""What a process keeps of the racks' lives and of the outlook, until a fact changes.

Pages that many screens ask for again and again (control tower, shipments, lead times, the record of forecasts) share
one reading of the lives; the mark of the record says whether it still stands, so that what somebody scanned a moment
ago, in whatever process, is on the next page. An outlook stands for a minute at most, since racks grow older.
Operations do not come here: they read for themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.marks import Mark, mark
from logistics.queries.lives import RackLife
from logistics.queries.outlook import Facts, Outlook, facts_at, outlook_of

STANDS = timedelta(minutes=1)
UNREAD = (
    "inventory.unit-received", "inventory.unit-registered", "inventory.lot-consumed", "inventory.ship-notice-imported",
    "inventory.location-defined", "assembly.run-signed",
)  # fmt: skip
"""Frequent events that say nothing of a rack's life, nor of the ways."""


@dataclass(slots=True)
class _Kept:
    """Facts under the mark of the record, and the last outlook drawn from them."""

    mark: Mark
    facts: Facts
    views: dict[str, Outlook] = field(default_factory=dict)


_latest: dict[str, _Kept] = {}
"""By database, the last reading. A dictionary's own entries change in one step: threads need no lock."""


def _kept(as_of: datetime) -> _Kept | None:
    """What is kept of the record as it is now, read anew where it moved; None for a moment that lies before the newest
    event, which sees another record. One query, or those of `facts_at` too."""
    now = mark(UNREAD)
    if now is None or as_of < now.newest:
        return None
    found = _latest.get(now.place)
    if found is None or found.mark != now or as_of < found.facts.as_of:
        found = _Kept(now, facts_at(as_of))
        _latest[now.place] = found
    return found


def kept_lives(as_of: datetime) -> list[RackLife]:
    """The lives of open racks and of the latest completed ones (logistics.queries.lives), as known at an instant."""
    return list(kept_facts(as_of).lives)


def kept_facts(as_of: datetime) -> Facts:
    """The lives with the calendars and timetables in force, as known at an instant."""
    found = _kept(as_of)
    return found.facts if found else facts_at(as_of)


def kept_outlook(as_of: datetime) -> Outlook:
    """The outlook at an instant, or of less than a minute before where no fact changed since."""
    found = _kept(as_of)
    if found is None:
        return outlook_of(facts_at(as_of), as_of)
    view = found.views.get("latest")
    if view is None or not timedelta(0) <= as_of - view.as_of < STANDS:
        view = outlook_of(found.facts, as_of)
        found.views["latest"] = view
    return view
