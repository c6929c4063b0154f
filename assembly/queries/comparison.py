"""Designed, built, reported: a row for every place of a build, and for every chip that the hardware reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from assembly.models import Build, Deviation
from assembly.queries.configuration import Compared, reconciled
from assembly.queries.slots import FilledSlot


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """One place. `reported` None: the hardware was asked and gave no answer; "" where no tool reports that kind.

    `state`: done (agrees, or what differs is approved), empty, hold, fail (differs), unknown (not reported).
    `deviation`: the number of the approved one that lets another part sit here. `inside`: what differs here and inside,
    approved or not; `alias`: how many things agree by another part number."""

    slot: FilledSlot
    reported: str | None
    state: str
    deviation: str = ""
    inside: tuple[Compared, ...] = ()
    alias: int = 0

    @property
    def open(self) -> tuple[Compared, ...]:
        """What differs here and nobody approved."""
        return tuple(row for row in self.inside if row.is_open)

    @property
    def differs(self) -> bool:
        return self.state not in ("done", "empty") or bool(self.deviation or self.inside)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All places of a build; `total` counts the chips that report themselves too. `reported_at`: the latest file.
    `differences`: what differs, approved or not; `agreeing`: how many serials, places and parts were read and agree."""

    places: tuple[ComparedPlace, ...]
    total: int
    differing: int
    reported_at: datetime | None
    differences: tuple[Compared, ...] = ()
    agreeing: int = 0

    @property
    def open(self) -> int:
        """How many differences stop the rack."""
        return sum(row.is_open for row in self.differences)


def comparison_of(build: Build, slots: Sequence[FilledSlot]) -> Comparison:
    """The comparison of one build. Four queries, however many places."""
    told = reconciled([build.pk])[build.pk]
    differences = tuple(row for row in told if row.differs)
    by_slot: dict[str, list[Compared]] = {}
    for row in told:
        by_slot.setdefault(row.host, []).append(row)
    said = _reported(build)
    allowed = {
        (row.position, row.part_id): row.number for row in Deviation.objects.filter(build=build).only(*_DEVIATION)
    }
    places = tuple(_place(slot, by_slot.get(slot.position, ()), said, allowed) for slot in slots)
    chips = sum(fact.chips for fact in said.values())
    apart = sum(place.state not in ("done", "empty") or bool(place.deviation) for place in places)
    apart += sum(row.is_open and row.what not in _OF_THE_PLACE and not row.is_firmware for row in differences)
    moments = [fact.at for fact in said.values()] + [row.reported_at for row in told if row.state != "unreadable"]
    latest = max((at for at in moments if at), default=None)
    return Comparison(places, len(places) + chips, apart, latest, differences, len(told) - len(differences))


_OF_THE_PLACE = ("slot", "chassis", "cartridge")
"""Kinds of facts that say something of the place itself, which is counted already; so does all firmware."""


_DEVIATION = ("position", "part_id", "number")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a tray's latest file says of itself, read since it sits where it sits."""

    serial: str
    slot_number: int | None
    tray_index: int | None
    at: datetime | None
    chips: int


_SAID = """
SELECT s.position, max(o.chassis_serial), max(o.slot_number), max(o.tray_index), max(t.at),
  (SELECT count(*) FROM inventory_placement bp JOIN inventory_unit bu ON bu.id = bp.unit_id
   JOIN inventory_partposition pp ON pp.part_revision_id = bu.part_revision_id AND pp.born = 'reported'
   WHERE bp.host_id = p.unit_id AND bp.to_at IS NULL)
FROM assembly_slot s
JOIN assembly_build b ON b.id = s.build_id
JOIN inventory_placement p ON p.host_id = b.unit_id AND p.position = s.position AND p.to_at IS NULL
LEFT JOIN LATERAL (SELECT r.id, r.at FROM assembly_testrun r
  WHERE r.unit_id = p.unit_id AND r.tool = 'nvidia-smi' AND r.event_id > p.event_id
  ORDER BY r.id DESC LIMIT 1) t ON true
LEFT JOIN assembly_observation o ON o.test_run_id = t.id AND o.kind = 'gpu'
WHERE s.build_id = %s AND s.kind = 'compute' GROUP BY s.position, p.unit_id
"""


def _reported(build: Build) -> dict[str, _Said]:
    with connection.cursor() as cursor:
        cursor.execute(_SAID, [build.pk])
        return {
            position: _Said(serial or "", slot, tray, at, chips)
            for position, serial, slot, tray, at, chips in cursor.fetchall()
        }


def _place(
    slot: FilledSlot, told: Sequence[Compared], said: dict[str, _Said], allowed: dict[tuple[str, int], str]
) -> ComparedPlace:
    found = tuple(row for row in told if row.differs)
    fact = said.get(slot.position)
    reported = _of_itself(slot, told)
    if fact is not None:
        reported = (fact.serial or f"{fact.slot_number}/{fact.tray_index}") if fact.at else None
    deviation = next((number for (place, _part), number in allowed.items() if place == slot.position), "")
    alias = sum(row.state == "alias" for row in told)
    state = _state(slot, [row for row in found if row.is_open], reported)
    return ComparedPlace(slot, reported, state, deviation, found, alias)


def _of_itself(slot: FilledSlot, told: Iterable[Compared]) -> str | None:
    """What the hardware says of the unit in a slot (a cartridge, a switch tray, a shelf): its serial, None where it was
    asked and gave none, "" where no tool reports it."""
    own = [row for row in told if row.place == slot.position and row.what == slot.kind]
    if not own:
        return ""
    return next((row.reported for row in sorted(own, key=lambda row: not row.differs) if row.reported), None)


def _state(slot: FilledSlot, inside: Sequence[Compared], reported: str | None) -> str:
    if slot.is_empty:
        return "empty"
    if slot.held:
        return "hold"
    if any(row.state not in ("unreadable", "unreported") for row in inside):
        return "fail" if reported is not None else "unknown"
    if slot.failed:
        return "fail"
    return "unknown" if reported is None or inside else "done"
