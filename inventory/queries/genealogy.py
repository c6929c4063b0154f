"""What is inside what, on any date: recursive queries over Placement, one a question.

`as_of` None means now: the open placements, which is what the partial indexes serve. Otherwise a placement counts when
its half-open period [from, to) contains the instant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ledger.statements import ask

_OPEN = "p.to_at IS NULL"
_AT = "p.from_at <= %(at)s AND (p.to_at IS NULL OR p.to_at > %(at)s)"

_UNIT = (
    "u.tag, u.serial, pt.number, pt.name_ja, pt.name_en, pt.kind, pr.revision, u.ended_at,"
    " EXISTS (SELECT 1 FROM inventory_hold h WHERE h.released_at IS NULL AND"
    " (h.unit_id = u.id OR (u.lot_id IS NOT NULL AND h.lot_id = u.lot_id)))"
)
_JOINED = (
    " JOIN inventory_unit u ON u.id = {key} JOIN inventory_part pt ON pt.id = u.part_id"
    " JOIN inventory_partrevision pr ON pr.id = u.part_revision_id"
)


class Named(NamedTuple):
    """A unit as a tree or a chain shows it. (A tuple: frozen dataclasses are slow to make by the hundred.)"""

    unit_id: int
    tag: str
    serial: str
    part_number: str
    name_ja: str
    name_en: str
    kind: str
    revision: str
    ended_at: datetime | None
    is_held: bool


@dataclass(slots=True)
class Node:
    """A unit inside a host; children by position."""

    unit: Named
    host_id: int
    position: str
    from_at: datetime
    to_at: datetime | None
    event_id: int
    depth: int
    children: list[Node] = field(default_factory=list)


class Step(NamedTuple):
    """One step upwards: the host and position, or at the end the location."""

    depth: int
    host: Named | None
    position: str
    location_id: int | None
    location_code: str
    location_ja: str
    location_en: str
    from_at: datetime
    to_at: datetime | None
    event_id: int


def genealogy_down(unit_id: int, as_of: datetime | None = None) -> list[Node]:
    """Everything inside a unit at any depth, as trees of its direct contents. One query."""
    nodes: dict[int, Node] = {}
    tops: list[Node] = []
    for node in contents(unit_id, as_of):
        nodes[node.unit.unit_id] = node
        (tops if node.host_id == unit_id else nodes[node.host_id].children).append(node)
    return tops


def contents(unit_id: int, as_of: datetime | None = None) -> list[Node]:
    """The same as a flat list, hosts before contents, by position. One query."""
    valid = _OPEN if as_of is None else _AT
    sql = (
        "WITH RECURSIVE inside AS ("
        " SELECT p.unit_id, p.host_id, p.position, p.from_at, p.to_at, p.event_id, 1 AS depth"
        f" FROM inventory_placement p WHERE p.host_id = %(unit)s AND {valid}"
        " UNION ALL SELECT p.unit_id, p.host_id, p.position, p.from_at, p.to_at, p.event_id, i.depth + 1"
        f" FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id WHERE {valid})"
        " SELECT i.host_id, i.position, i.from_at, i.to_at, i.event_id, i.depth, i.unit_id, "
        f"{_UNIT} FROM inside i{_JOINED.format(key='i.unit_id')} ORDER BY i.depth, i.position"
    )
    return [Node(Named._make(row[6:]), *row[:6]) for row in ask(sql, {"unit": unit_id, "at": as_of})]


def genealogy_up(unit_id: int, as_of: datetime | None = None) -> list[Step]:
    """The hosts around a unit, the nearest first, and at the end the location. One query."""
    valid = _OPEN if as_of is None else _AT
    columns = "p.host_id, p.position, p.location_id, p.from_at, p.to_at, p.event_id"
    sql = (
        f"WITH RECURSIVE around AS (SELECT {columns}, 1 AS depth FROM inventory_placement p"
        f" WHERE p.unit_id = %(unit)s AND {valid}"
        f" UNION ALL SELECT {columns}, a.depth + 1 FROM around a"
        f" JOIN inventory_placement p ON p.unit_id = a.host_id WHERE {valid})"
        " SELECT a.depth, COALESCE(a.position, ''), a.location_id, COALESCE(l.code, ''), COALESCE(l.name_ja, ''),"
        f" COALESCE(l.name_en, ''), a.from_at, a.to_at, a.event_id, a.host_id, {_UNIT} FROM around a"
        " LEFT JOIN inventory_location l ON l.id = a.location_id"
        f"{_JOINED.format(key='a.host_id').replace(' JOIN ', ' LEFT JOIN ')} ORDER BY a.depth"
    )
    return [
        Step(row[0], None if row[9] is None else Named._make(row[9:]), *row[1:9])
        for row in ask(sql, {"unit": unit_id, "at": as_of})
    ]


class TopPlace(NamedTuple):
    """Where a unit is in the end: its outermost host (itself when it stands alone) and that one's location."""

    unit_id: int
    top_id: int
    top_tag: str
    top_serial: str
    location_code: str
    location_ja: str
    location_en: str
    location_kind: str


def whereabouts(unit_ids: Sequence[int], as_of: datetime | None = None) -> dict[int, TopPlace]:
    """Where each of these units is in the end; units without a place are absent. One query."""
    valid = _OPEN if as_of is None else _AT
    sql = (
        "WITH RECURSIVE up AS ("
        " SELECT p.unit_id AS start_id, p.unit_id AS at_id, p.host_id, p.location_id FROM inventory_placement p"
        f" WHERE p.unit_id = ANY(%(units)s::bigint[]) AND {valid}"
        " UNION ALL SELECT up.start_id, p.unit_id, p.host_id, p.location_id FROM up"
        f" JOIN inventory_placement p ON p.unit_id = up.host_id WHERE {valid})"
        " SELECT up.start_id, up.at_id, u.tag, u.serial, l.code, l.name_ja, l.name_en, l.kind FROM up"
        " JOIN inventory_unit u ON u.id = up.at_id JOIN inventory_location l ON l.id = up.location_id"
    )
    return {row[0]: TopPlace._make(row) for row in ask(sql, {"units": list(unit_ids), "at": as_of})}
