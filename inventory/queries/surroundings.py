"""What sits around many units at once, walked upwards: each unit on the way once, however many start from below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

_STEPS = """
WITH RECURSIVE up(unit_id) AS (
  SELECT unnest(%(ids)s::bigint[])
  UNION
  SELECT p.host_id FROM up JOIN inventory_placement p ON p.unit_id = up.unit_id
  WHERE p.host_id IS NOT NULL AND {valid}
)
SELECT p.unit_id, p.host_id, COALESCE(p.position, ''), p.from_at, p.to_at,
  COALESCE(l.code, ''), COALESCE(l.kind, ''), COALESCE(l.name_ja, ''), COALESCE(l.name_en, '')
FROM up JOIN inventory_placement p ON p.unit_id = up.unit_id AND {valid}
LEFT JOIN inventory_location l ON l.id = p.location_id
ORDER BY p.unit_id, p.from_at DESC
"""

_UNITS = """
SELECT u.id, u.tag, u.serial, u.level, pt.number, pt.name_ja, pt.name_en, pt.kind, u.lot_id, u.ended_at IS NOT NULL,
  EXISTS (SELECT 1 FROM inventory_hold h WHERE h.released_at IS NULL
    AND (h.unit_id = u.id OR (u.lot_id IS NOT NULL AND h.lot_id = u.lot_id)))
FROM inventory_unit u JOIN inventory_part pt ON pt.id = u.part_id WHERE u.id = ANY(%(ids)s)
"""

OPEN, AT, EVER = "p.to_at IS NULL", "p.from_at <= %(at)s AND (p.to_at IS NULL OR p.to_at > %(at)s)", "TRUE"


@dataclass(frozen=True, slots=True)
class Step:
    """One place of one unit: a position in a host, or a location, from–to."""

    unit_id: int
    host_id: int | None
    position: str
    from_at: datetime
    to_at: datetime | None
    location_code: str
    location_kind: str
    location_ja: str
    location_en: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A unit as a list of affected things names it."""

    unit_id: int
    tag: str
    serial: str
    level: int
    part_number: str
    name_ja: str
    name_en: str
    kind: str
    lot_id: int | None
    has_ended: bool
    is_held: bool

    @property
    def name(self) -> str:
        return self.serial or self.tag


@dataclass(frozen=True, slots=True)
class Way:
    """From a unit upwards: its steps in order, the last one ending at a location or nowhere. `is_past`: this is where
    it sat before, not where it is."""

    steps: tuple[Step, ...]
    is_past: bool = False


@dataclass(slots=True)
class Surroundings:
    """The steps of many units and of everything around them."""

    steps: dict[int, list[Step]] = field(default_factory=dict)
    things: dict[int, Thing] = field(default_factory=dict)
    as_of: datetime | None = None

    def ways(self, unit_id: int) -> Iterator[Way]:
        """Every way upwards of a unit; one, unless earlier places were asked for too. A way through the past goes only
        through times at which each part of it was true at once."""
        yield from self._walk(unit_id, (), None, None)

    def _walk(
        self, unit_id: int, before: tuple[Step, ...], start: datetime | None, end: datetime | None
    ) -> Iterator[Way]:
        went = False
        for step in self.steps.get(unit_id, []):
            since = max(start, step.from_at) if start else step.from_at
            until = min(filter(None, (end, step.to_at)), default=None)
            if until is not None and since >= until:
                continue
            went = True
            if step.host_id is None:
                yield Way((*before, step), self._is_past((*before, step)))
            else:
                yield from self._walk(step.host_id, (*before, step), since, until)
        if not went:
            yield Way(before, self._is_past(before))

    def _is_past(self, steps: tuple[Step, ...]) -> bool:
        if self.as_of is None:
            return any(step.to_at is not None for step in steps)
        return any(step.from_at > self.as_of or (step.to_at and step.to_at <= self.as_of) for step in steps)


def surroundings(unit_ids: Iterable[int], as_of: datetime | None = None, *, ever: bool = False) -> Surroundings:
    """Everything around these units: now, at an instant, or ever up to it. Two queries, however many units."""
    ids = sorted(set(unit_ids))
    valid = EVER if ever else OPEN if as_of is None else AT
    if ever and as_of is not None:
        valid = "p.from_at <= %(at)s"
    values = {"ids": ids, "at": as_of}
    found: dict[int, list[Step]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_STEPS.format(valid=valid), values)
        for row in cursor.fetchall():
            found[row[0]].append(Step(*row))
        hosts = {step.host_id for steps in found.values() for step in steps if step.host_id}
        cursor.execute(_UNITS, {"ids": sorted({*ids, *hosts})})
        things = {row[0]: Thing(*row) for row in cursor.fetchall()}
    return Surroundings(dict(found), things, as_of)
