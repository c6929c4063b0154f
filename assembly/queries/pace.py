"""The pace of stations: operations ended in the shift against the takt of their work centres."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from assembly.queries.shifts import Shift, shift_at
from ledger.statements import ask

_TAKTS = "SELECT code, name_ja, name_en, takt_minutes FROM assembly_workcentre"
_ENDED = """
SELECT r.station, count(*) FROM assembly_operationrun r
WHERE r.finished_at >= %s AND r.finished_at < %s AND r.result IN ('pass', 'conditional') GROUP BY r.station
"""


@dataclass(frozen=True, slots=True)
class Centre:
    """A work centre: what people call it, and its takt in minutes (None: no pace is set)."""

    code: str
    name_ja: str
    name_en: str
    takt_minutes: int | None


@dataclass(frozen=True, slots=True)
class Pace:
    """A station in its shift: operations passed, how many the takt asks for by now and by the shift's end (None: no
    takt), the takt in minutes an operation."""

    done: int
    wanted: int | None
    whole: int | None
    takt_minutes: int | None

    @property
    def state(self) -> str:
        """done (with the takt), info (one operation behind, or no takt is set) or late (more than one)."""
        if self.wanted is None or self.done == self.wanted - 1:
            return "info"
        return "done" if self.done >= self.wanted else "late"


def centres_by_code() -> dict[str, Centre]:
    """Every named work centre. One query."""
    return {row[0]: Centre(*row) for row in ask(_TAKTS, [])}


def ended_by_station(shift: Shift) -> dict[str, int]:
    """Operations that passed in the shift, by station. One query."""
    return dict(ask(_ENDED, [shift.starts_at, shift.ends_at]))


def pace_of(
    station: str, centres: Collection[str], known: Mapping[str, Centre], ended: Mapping[str, int], now: datetime
) -> Pace:
    """The pace of one station now; of several work centres the shortest takt counts. Asks nothing."""
    shift = shift_at(now)
    takts = [takt for code in centres if (centre := known.get(code)) and (takt := centre.takt_minutes)]
    done = ended.get(station, 0)
    if not takts:
        return Pace(done, None, None, None)
    takt = min(takts)
    return Pace(done, shift.minutes_gone(now) // takt, shift.minutes // takt, takt)
