"""What waits for work centres: builds whose next operation is done there, the earliest need first; and what runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language

from assembly.queries.standing import UNDONE
from ledger.statements import ask

_OPEN = f"""
SELECT b.id, coalesce(nullif(u.serial, ''), u.tag) AS name, d.kind, b.need_by, b.started_at, o.number, o.name_ja,
  o.name_en, o.work_centre, o.standard_minutes, o.running, o.started_at AS run_at, o.station,
  array_agg(o.number) OVER earlier <@ o.beside IS NOT FALSE AS may_begin,
  EXISTS (SELECT 1 FROM inventory_hold h WHERE h.unit_id = b.unit_id AND h.released_at IS NULL)
    OR EXISTS (SELECT 1 FROM assembly_nonconformity n WHERE n.build_id = b.id AND n.disposition IS NULL
      AND n.closed_at IS NULL) AS stopped
FROM assembly_build b
JOIN assembly_design d ON d.id = b.design_id
JOIN inventory_unit u ON u.id = b.unit_id
JOIN LATERAL ({UNDONE}) o ON true
WHERE b.completed_at IS NULL AND u.ended_at IS NULL AND b.origin = 'plant'
WINDOW earlier AS (PARTITION BY b.id ORDER BY o.number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
"""
"""The undone operations of open builds; `may_begin`: whatever comes before may go on beside it. A conditional sign-off
that is still missing keeps an operation undone, as route.py has it."""

_SINCE = """
greatest(w.started_at, (SELECT max(f.finished_at) FROM assembly_operationrun f WHERE f.build_id = w.id))
"""

_WAITING = f"""
SELECT w.id, w.name, w.kind, w.need_by, w.number, w.name_ja, w.name_en, w.work_centre, w.standard_minutes, w.stopped,
  {_SINCE} AS since, count(*) OVER () AS total
FROM ({_OPEN}) w
WHERE w.may_begin AND NOT w.running AND (%s::text[] IS NULL OR w.work_centre = ANY(%s::text[]))
ORDER BY w.stopped, w.need_by NULLS LAST, since, w.id LIMIT %s
"""

_COUNTS = f"""
SELECT w.work_centre, count(*) FILTER (WHERE NOT w.running AND NOT w.stopped),
  count(*) FILTER (WHERE NOT w.running AND w.stopped), count(*) FILTER (WHERE w.running), min(w.need_by)
    FILTER (WHERE NOT w.running)
FROM ({_OPEN}) w WHERE w.may_begin OR w.running GROUP BY w.work_centre
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A build that waits for an operation. `since`: the end of what was done last; `stopped`: held, or undecided."""

    build_id: int
    name: str
    kind: str
    need_by: date | None
    number: int
    name_ja: str
    name_en: str
    work_centre: str
    standard_minutes: int
    stopped: bool
    since: datetime

    @property
    def operation_name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


@dataclass(frozen=True, slots=True)
class Queue:
    """The first rows of a queue, and how long it is."""

    rows: tuple[Waiting, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Load:
    """What a work centre has: builds that may begin there, builds that are stopped there, operations that run."""

    waiting: int
    stopped: int
    running: int
    first_need: date | None


def queue_of(centres: Collection[str], most: int = 6) -> Queue:
    """What waits for these work centres (none given: for any), stopped ones last. One query."""
    wanted = sorted(centres) or None
    rows = ask(_WAITING, [wanted, wanted, most])
    found = tuple(Waiting(*row[:-1]) for row in rows)
    return Queue(found, rows[0][-1] if rows else 0)


def loads() -> dict[str, Load]:
    """The load of every work centre that has any. One query."""
    return {row[0]: Load(*row[1:]) for row in ask(_COUNTS, [])}


def load_at(centres: Collection[str], every: dict[str, Load]) -> Load:
    """The load of a station: its work centres together; a station without any takes all."""
    mine: Sequence[Load] = [load for code, load in every.items() if not centres or code in centres]
    needs = [load.first_need for load in mine if load.first_need]
    sums: dict[str, int] = defaultdict(int)
    for load in mine:
        sums["waiting"] += load.waiting
        sums["stopped"] += load.stopped
        sums["running"] += load.running
    return Load(sums["waiting"], sums["stopped"], sums["running"], min(needs, default=None))
