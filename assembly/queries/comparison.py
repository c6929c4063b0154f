"""Designed, built, reported: a row for every place of a build, and for every chip that the hardware reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from assembly.models import Build, Deviation
from assembly.queries.configuration import Difference, differences_of
from assembly.queries.slots import FilledSlot


@dataclass(frozen=True, slots=True)
class ComparedPlace:
    """One place. `reported` None: the hardware was asked and gave no answer; "" where no tool reports that kind.

    `state`: done (agrees), empty, hold, fail (differs), unknown (not reported). `deviation`: the number of the approved
    one that lets another part sit here. `inside`: how many places inside it differ."""

    slot: FilledSlot
    reported: str | None
    state: str
    deviation: str = ""
    inside: tuple[Difference, ...] = ()

    @property
    def differs(self) -> bool:
        return self.state not in ("done", "empty") or bool(self.deviation)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All places of a build; `total` counts the chips that report themselves too. `reported_at`: the latest file."""

    places: tuple[ComparedPlace, ...]
    total: int
    differing: int
    reported_at: datetime | None


def comparison_of(build: Build, slots: Sequence[FilledSlot]) -> Comparison:
    """The comparison of one build. Four queries, however many places."""
    differences = differences_of(build)
    by_tray: dict[str, list[Difference]] = {}
    for difference in differences:
        by_tray.setdefault(difference.tray, []).append(difference)
    said = _reported(build)
    allowed = {
        (row.position, row.part_id): row.number for row in Deviation.objects.filter(build=build).only(*_DEVIATION)
    }
    places = tuple(_place(slot, by_tray.get(slot.serial, ()), said, allowed) for slot in slots)
    chips = sum(fact.chips for fact in said.values())
    apart = sum(place.differs for place in places) + sum(row.kind not in ("slot", "slot_unread") for row in differences)
    latest = max((fact.at for fact in said.values() if fact.at), default=None)
    return Comparison(places, len(places) + chips, apart, latest)


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
    slot: FilledSlot, inside: Iterable[Difference], said: dict[str, _Said], allowed: dict[tuple[str, int], str]
) -> ComparedPlace:
    found = tuple(inside)
    fact = said.get(slot.position)
    reported: str | None = ""
    if fact is not None:
        reported = (fact.serial or f"{fact.slot_number}/{fact.tray_index}") if fact.at else None
    deviation = next((number for (place, _part), number in allowed.items() if place == slot.position), "")
    return ComparedPlace(slot, reported, _state(slot, found, reported), deviation, found)


def _state(slot: FilledSlot, inside: Sequence[Difference], reported: str | None) -> str:
    if slot.is_empty:
        return "empty"
    if slot.held:
        return "hold"
    if any(row.kind in ("slot", "not_built", "not_reported") for row in inside):
        return "fail" if reported is not None else "unknown"
    if slot.failed:
        return "fail"
    return "unknown" if reported is None or inside else "done"
