"""How announced units come to life: with what was announced inside them and what is built in (RULINGS 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from inventory.models import GoodsReceipt, Location, Lot, PartPosition, PartRevision, ShipNoticeLine, Unit
from inventory.operations.inspections import Coming, hold_for_inspection, open_inspections
from inventory.operations.recalls import hold_arrivals
from inventory.operations.stock import LotToBe, lots_of
from inventory.operations.units import Birth, bear, births_inside, refuse_taken_serials
from ledger.bulk import insert_rows
from ledger.callers import Caller

DEPTH_LIMIT = 8
"""Levels of announced or built-in contents; a part's level falls at each step, so no real thing goes deeper."""


def lines_with_contents(lines: Sequence[ShipNoticeLine]) -> list[int]:
    """The keys of these lines and of all lines announced inside them. One query a level of nesting."""
    found = [line.pk for line in lines]
    hosts = {(line.notice_id, line.serial) for line in lines}
    for _depth in range(DEPTH_LIMIT):
        inside = [
            line
            for line in ShipNoticeLine.objects.filter(
                notice_id__in={notice for notice, _serial in hosts},
                parent_serial__in={serial for _notice, serial in hosts},
            ).only("id", "notice_id", "serial", "parent_serial")
            if (line.notice_id, line.parent_serial) in hosts
        ]
        found.extend(line.pk for line in inside)
        hosts = {(line.notice_id, line.serial) for line in inside if line.serial}
        if not hosts:
            break
    return list(dict.fromkeys(found))


@dataclass
class _Arrival:
    """The births of one call, hosts before contents, and the lines they came from."""

    births: list[Birth] = field(default_factory=list)
    lines: list[ShipNoticeLine | None] = field(default_factory=list)

    def add(self, birth: Birth, line: ShipNoticeLine | None) -> int:
        self.births.append(birth)
        self.lines.append(line)
        return len(self.births) - 1


def receive_lines(caller: Caller, lines: Sequence[ShipNoticeLine], location: Location) -> list[GoodsReceipt]:
    """Step: the units of these lines (locked by the caller, with their contents, none received) are born there.

    A unit announced with a parent of the same call is born inside it; positions whose units are born at receipt are
    filled with units that have a tag only. Events: unit-received for what was announced, unit-born for the rest. What
    comes by itself and is inspected on arrival is held for it (what sits inside is inspected with its host).
    Refuses SerialTaken, IdentifierTaken."""
    if not lines:
        return []
    for part in {line.part for line in lines}:
        refuse_taken_serials(part, [line.serial for line in lines if line.part_id == part.pk and line.serial])
    lots = _lots(caller, lines)
    built_in = _built_in([line.part_revision for line in lines])
    inside: dict[tuple[int, str], list[ShipNoticeLine]] = defaultdict(list)
    hosts = {(line.notice_id, line.serial) for line in lines if line.serial}
    tops = []
    for line in lines:
        if line.parent_serial and (line.notice_id, line.parent_serial) in hosts:
            inside[line.notice_id, line.parent_serial].append(line)
        else:
            tops.append(line)
    arrival = _Arrival()
    inspections = open_inspections(caller, [Coming(line, Decimal(1)) for line in tops])
    for line in tops:
        _add_line(arrival, line, _birth_of_line(line, lots, location_id=location.pk), inside, built_in, lots)

    units = bear(caller, "inventory.unit-received", arrival.births)
    announced = list(zip(units, arrival.lines, arrival.births, strict=True))
    hold_arrivals(caller, [_known(unit, birth) for unit, line, birth in announced if line], list(lots.values()))
    waiting = [(inspections[line.pk], unit) for unit, line, _birth in announced if line and line.pk in inspections]
    hold_for_inspection(caller, waiting, ())
    return insert_rows(
        [
            GoodsReceipt(
                line=line,
                unit=unit,
                quantity=Decimal(1),
                location=location,
                inspection=inspections.get(line.pk),
                at=caller.at,
                event_id=unit.born_event_id,
            )
            for unit, line in zip(units, arrival.lines, strict=True)
            if line is not None
        ]
    )


def _known(unit: Unit, birth: Birth) -> Unit:
    """The newborn unit with the part and the supplier that its birth was told."""
    unit.part, unit.supplier = birth.revision.part, birth.supplier
    return unit


def _add_line(
    arrival: _Arrival,
    line: ShipNoticeLine,
    birth: Birth,
    inside: dict[tuple[int, str], list[ShipNoticeLine]],
    built_in: dict[int, list[PartPosition]],
    lots: dict[tuple[int, str], Lot],
) -> None:
    """A line's unit, then what was announced inside it, then what is built in where nothing was announced."""
    index = arrival.add(birth, line)
    contents = inside[line.notice_id, line.serial] if line.serial else []
    for content in contents:
        inner = _birth_of_line(content, lots, host_index=index, position=content.position)
        _add_line(arrival, content, inner, inside, built_in, lots)
    announced = {content.position for content in contents}
    _add_built_in(arrival, index, line.part_revision, built_in, announced)


def _add_built_in(
    arrival: _Arrival,
    host_index: int,
    revision: PartRevision,
    built_in: dict[int, list[PartPosition]],
    taken: set[str],
) -> None:
    for place in built_in.get(revision.pk, []):
        if place.position in taken:
            continue
        host = arrival.births[host_index]
        birth = Birth(
            revision=place.child_revision,
            host_index=host_index,
            position=place.position,
            supplier=host.supplier,
            kind="inventory.unit-born",
            facts={"host_part": revision.part.number, "position": place.position},
            why="born",
            source="part position",
        )
        index = arrival.add(birth, None)
        _add_built_in(arrival, index, place.child_revision, built_in, set())


def _birth_of_line(
    line: ShipNoticeLine,
    lots: dict[tuple[int, str], Lot],
    *,
    location_id: int | None = None,
    host_index: int | None = None,
    position: str | None = None,
) -> Birth:
    lot = lots.get((line.part_id, line.lot_number))
    facts: dict[str, object] = {"notice": line.notice.number, "line": line.number}
    if host_index is not None:
        facts |= {"host": line.parent_serial, "position": line.position}
    return Birth(
        revision=line.part_revision,
        serial=line.serial,
        raw=line.serial_raw,
        location_id=location_id,
        host_index=host_index,
        position=position,
        supplier=line.notice.supplier,
        country=line.country,
        names=[("uuid", line.uuid)] if line.uuid else [],
        lot_id=lot.pk if lot else None,
        source="label" if host_index is None else "ship notice",
        facts=facts,
    )


def _built_in(revisions: Sequence[PartRevision]) -> dict[int, list[PartPosition]]:
    """The positions born at receipt of these revisions and of whatever is built into them. One query a level."""
    found: dict[int, list[PartPosition]] = {}
    waiting = {revision.pk: revision for revision in revisions}
    while waiting:
        births = births_inside(list(waiting.values()), "receipt")
        found |= births
        children = {place.child_revision_id: place.child_revision for places in births.values() for place in places}
        waiting = {pk: child for pk, child in children.items() if pk not in found}
    return found


def _lots(caller: Caller, lines: Sequence[ShipNoticeLine]) -> dict[tuple[int, str], Lot]:
    """The supplier's lots of units with serials, so that a recall of a lot finds them."""
    named = [line for line in lines if line.lot_number]
    return lots_of(
        caller,
        [
            LotToBe(line.part_revision, line.lot_number, line.notice.supplier, expires_on=line.expires_on)
            for line in named
        ],
    )
