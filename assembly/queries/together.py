"""Who else works on one build: the operations that run, where, by whom, how far their slots are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import OperatorSession, User
from assembly.queries.route import Route
from assembly.queries.slots import FilledSlot
from ledger.statements import ask


@dataclass(frozen=True, slots=True)
class Beside:
    """An operation that runs at another station: since when, by whom, filled slots of those it fills (0 of 0: none)."""

    number: int
    name: str
    station: str
    person: str
    since: datetime
    filled: int
    places: int


def working_beside(route: Route, slots: Sequence[FilledSlot], station: str) -> tuple[Beside, ...]:
    """The running operations of a build that another station began. One query, none where nothing runs elsewhere."""
    running = [(state, run) for state in route.operations if (run := state.open_run) and run.station != station]
    if not running:
        return ()
    people = User.objects.in_bulk({run.started_by_id for _state, run in running})
    found = []
    for state, run in running:
        mine = [slot for slot in slots if slot.kind in state.operation.slot_kinds]
        filled = sum(not slot.is_empty for slot in mine)
        person = people[run.started_by_id].name
        found.append(
            Beside(state.operation.number, state.operation.name, run.station, person, run.started_at, filled, len(mine))
        )
    return tuple(found)


_FITTED = """
SELECT e.station, count(*), max(e.recorded_at) FROM ledger_event e
WHERE e.kind = 'assembly.unit-installed' AND e.id IN (
  SELECT p.event_id FROM inventory_placement p WHERE p.host_id = %s AND p.to_at IS NULL)
  AND e.recorded_at > %s AND e.station <> %s AND e.station <> ''
GROUP BY e.station ORDER BY max(e.recorded_at) DESC
"""


@dataclass(frozen=True, slots=True)
class Hand:
    """Another station that fitted units into the build since a moment: how many, the last one when."""

    station: str
    fitted: int
    last_at: datetime


def hands_beside(unit_id: int, since: datetime, station: str) -> tuple[Hand, ...]:
    """Other stations that fitted something into this unit since then and what of it still sits there. One query."""
    return tuple(Hand(*row) for row in ask(_FITTED, [unit_id, since, station]))


def people_by_station() -> dict[str, list[tuple[str, datetime]]]:
    """Who is at which station now, with since when. One query."""
    rows = OperatorSession.objects.filter(ended_at=None).select_related("user", "station").order_by("started_at")
    found: dict[str, list[tuple[str, datetime]]] = {}
    for session in rows:
        found.setdefault(session.station.code, []).append((session.user.name, session.started_at))
    return found
