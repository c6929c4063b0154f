"""GPUs come to life when a tester's file reports them: inside their superchip, named by UUID (RULINGS 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from assembly.operations.test_rows import clean, normalised, uuid_of
from assembly.test_logs.result import Entity, TestLog
from inventory.models import Identifier, PartPosition, Unit
from inventory.operations.units import Birth, bear
from ledger.callers import Caller

TOOL = "nvidia-smi"
"""The one tool whose file tells UUID and board serial together."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board inside (or itself) the tested unit, with places for GPUs: its names, its part revision, and what sits at
    its positions."""

    tested_id: int
    unit_id: int
    part_revision_id: int
    names: frozenset[str] = frozenset()
    inside: Mapping[str, int] = field(default_factory=dict)


_BOARDS = """
WITH RECURSIVE inside(tested_id, unit_id) AS (
  SELECT t, t FROM unnest(%s::bigint[]) t
  UNION ALL SELECT i.tested_id, p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id
  WHERE p.to_at IS NULL
)
SELECT i.tested_id, u.id, u.part_revision_id,
  ARRAY(SELECT n.normalised FROM inventory_identifier n WHERE n.unit_id = u.id AND n.closed_at IS NULL
    AND n.kind IN ('label', 'board')),
  ARRAY(SELECT p.position FROM inventory_placement p WHERE p.host_id = u.id AND p.to_at IS NULL ORDER BY p.id),
  ARRAY(SELECT p.unit_id FROM inventory_placement p WHERE p.host_id = u.id AND p.to_at IS NULL ORDER BY p.id)
FROM inside i JOIN inventory_unit u ON u.id = i.unit_id
WHERE EXISTS (SELECT 1 FROM inventory_partposition pp JOIN inventory_part c ON c.id = pp.child_id
  WHERE pp.part_revision_id = u.part_revision_id AND pp.born = 'reported' AND c.kind = 'gpu')
ORDER BY i.tested_id, u.id
"""


def boards_of(unit_ids: Sequence[int]) -> list[Board]:
    """The boards with places for GPUs inside these units, at any depth. One query; locks nothing."""
    with connection.cursor() as cursor:
        cursor.execute(_BOARDS, [sorted(set(unit_ids))])
        return [
            Board(row[0], row[1], row[2], frozenset(row[3]), dict(zip(row[4], row[5], strict=True)))
            for row in cursor.fetchall()
        ]


def bear_reported(caller: Caller, read: Sequence[tuple[int, TestLog]], boards: Sequence[Board]) -> dict[str, int]:
    """Step: bear the GPUs that these files (unit, log) report for the first time; those known inside their board are
    seen again. One known elsewhere is left where it is: the difference shows in the configuration check.

    The boards' units are locked. A board's GPUs are born only when as many are reported as it has positions: the k-th
    by index sits at the k-th position, and with one missing nobody could say which. Gives the unit of every UUID."""
    telling = [(unit_id, log) for unit_id, log in read if log.tool == TOOL]
    uuids = {uuid for _unit, log in telling for entity in log.entities if (uuid := uuid_of(entity))}
    known = _known_units(uuids)
    by_name = _by_name(_again(boards))
    positions = _positions({board.part_revision_id for board in boards})
    births: dict[str, tuple[Board, PartPosition, Entity]] = {}
    seen: set[int] = set()
    for unit_id, log in telling:
        for serial, entities in _by_serial(log).items():
            board = by_name.get((unit_id, serial))
            if board is not None:
                seen |= {known[uuid] for uuid in map(uuid_of, entities) if uuid in known} & set(board.inside.values())
                births |= _births_of(board, positions[board.part_revision_id], entities, known.keys() | births.keys())
    _seen_again(caller, uuids, seen)
    return known | _bear(caller, births)


def _births_of(
    board: Board, positions: Sequence[PartPosition], entities: Sequence[Entity], taken: Iterable[str]
) -> dict[str, tuple[Board, PartPosition, Entity]]:
    told = {uuid: entity for entity in entities if (uuid := uuid_of(entity)) is not None}
    if len(entities) != len(positions) or len(told) != len(entities):
        return {}
    here = set(taken)
    return {
        uuid: (board, position, entity)
        for position, (uuid, entity) in zip(positions, told.items(), strict=True)
        if uuid not in here and position.position not in board.inside
    }


def _bear(caller: Caller, births: Mapping[str, tuple[Board, PartPosition, Entity]]) -> dict[str, int]:
    hosts = Unit.objects.select_related("supplier", "part").in_bulk([board.unit_id for board, *_ in births.values()])
    units = bear(
        caller,
        "inventory.unit-born",
        [
            Birth(
                revision=position.child_revision,
                host=hosts[board.unit_id],
                position=position.position,
                supplier=hosts[board.unit_id].supplier,
                country=hosts[board.unit_id].country,
                lot_id=hosts[board.unit_id].lot_id,
                names=_names(entity),
                why="reported",
                source=TOOL,
                facts={"host": hosts[board.unit_id].tag, "position": position.position, "uuid": uuid},
            )
            for uuid, (board, position, entity) in births.items()
        ],
    )
    return {uuid: unit.pk for uuid, unit in zip(births, units, strict=True)}


def _names(entity: Entity) -> list[tuple[str, str]]:
    """UUID, device identity, fabric number. Not the board's serial: that names the superchip."""
    told = [
        ("uuid", entity.uuid),
        ("pdi", entity.more.get("pdi")),
        ("guid", entity.more.get("fabric_guid")),
    ]
    return [(kind, clean(str(text))) for kind, text in told if text is not None and normalised(kind, str(text))]


def _by_serial(log: TestLog) -> dict[str, list[Entity]]:
    """The GPUs of each board serial, in the order of their index."""
    found: dict[str, list[Entity]] = defaultdict(list)
    for entity in log.entities_of("gpu"):
        serial = normalised("board", entity.serial)
        if serial is not None:
            found[serial].append(entity)
    for entities in found.values():
        entities.sort(key=lambda entity: entity.index if isinstance(entity.index, int) else 0)
    return found


def _again(boards: Sequence[Board]) -> list[Board]:
    """The same boards as they are now that their units are locked."""
    wanted = {(board.tested_id, board.unit_id) for board in boards}
    return [board for board in boards_of([board.tested_id for board in boards]) if _key(board) in wanted]


def _key(board: Board) -> tuple[int, int]:
    return board.tested_id, board.unit_id


def _by_name(boards: Sequence[Board]) -> dict[tuple[int, str], Board]:
    """The board of each name inside each tested unit; a name that two boards share names none."""
    found: dict[tuple[int, str], list[Board]] = defaultdict(list)
    for board in boards:
        for name in board.names:
            found[board.tested_id, name].append(board)
    return {key: named[0] for key, named in found.items() if len(named) == 1}


def _positions(revision_ids: Iterable[int]) -> dict[int, list[PartPosition]]:
    found: dict[int, list[PartPosition]] = defaultdict(list)
    rows = PartPosition.objects.filter(part_revision_id__in=revision_ids, born="reported", child__kind="gpu")
    for position in rows.select_related("child_revision__part").order_by("part_revision_id", "position"):
        found[position.part_revision_id].append(position)
    return found


def _known_units(uuids: Iterable[str]) -> dict[str, int]:
    rows = Identifier.objects.filter(kind="uuid", normalised__in=list(uuids), closed_at=None)
    return dict(rows.values_list("normalised", "unit_id"))


def _seen_again(caller: Caller, uuids: Iterable[str], unit_ids: Iterable[int]) -> None:
    Identifier.objects.filter(
        kind="uuid", normalised__in=list(uuids), unit_id__in=list(unit_ids), closed_at=None, last_seen_at__lt=caller.at
    ).update(last_seen_at=caller.at)
