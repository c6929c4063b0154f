"""The as-built record's facts (実装構成記録): the tree of units inside, their identifiers, what sat there before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from accounts.models import User
from assembly.documents.as_built import AsBuiltSheet, DeviationRow, FirmwareRow, UnitRow
from assembly.models import Build, ConfigurationDifference, Deviation
from assembly.queries.configuration import reconciled
from assembly.queries.sheets_facts import (
    amendment_rows,
    amendments_of,
    build_of_sheet,
    identity_of,
    kind_counts,
    latest_of,
    lots_of,
    signatures_of,
    stamps_of,
)
from documents.words import SITE_NAME, Words
from inventory.models import Identifier, Placement

NAMES = {"uuid": "UUID", "mac": "MAC", "pdi": "PDI", "guid": "GUID", "chip": "CHIP", "redfish": "Redfish", "dmi": "DMI"}
"""Kinds of identifiers that a record lists beside the label serial, and how they are written."""


def as_built_sheet(build_id: int) -> AsBuiltSheet:
    """The configuration of a build now, with all earlier lives of its places. Eleven queries (twelve with corrections),
    however much is inside.

    Raises Build.DoesNotExist."""
    build = build_of_sheet(build_id)
    latest = latest_of(build)
    rows = _placements(build)
    return AsBuiltSheet(
        **identity_of(build),
        destination=SITE_NAME,
        at=latest.at,
        record=latest.record,
        stamps=stamps_of(build, latest, signatures_of(build)),
        counts=kind_counts(build),
        units=_units(build, rows),
        deviations=_deviations(build),
        lots=lots_of(build, deep=True),
        amendments=amendment_rows(amendments_of(build)),
        differences=_differences(build),
        firmware=_firmware(build),
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    """One placement inside the build: the unit, where, from–to, by whom; or a place without a unit (no unit, but a
    state). `order` is the slot's, where there is one."""

    by: str
    taken_out_by: str
    host_id: int
    unit_id: int | None
    position: str
    order: int | None
    part_number: str
    part_ja: str
    part_en: str
    revision: str
    serial: str
    tag: str
    from_at: datetime | None
    to_at: datetime | None
    why: str
    state: str


_PLACEMENTS = """
WITH RECURSIVE inside(unit_id) AS (
  SELECT %s::bigint UNION ALL
  SELECT p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NULL
)
SELECT p.host_id, p.unit_id, p.position, s."order", pt.number, pt.name_ja, pt.name_en, r.revision, u.serial, u.tag,
  p.from_at, p.to_at, coalesce(after.why, ''), '',
  fitter.username, fitter.name_ja, fitter.name_en, taker.username, taker.name_ja, taker.name_en
FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id
JOIN inventory_unit u ON u.id = p.unit_id JOIN inventory_part pt ON pt.id = u.part_id
JOIN inventory_partrevision r ON r.id = u.part_revision_id
LEFT JOIN assembly_build b ON b.unit_id = p.host_id
LEFT JOIN assembly_slot s ON s.build_id = b.id AND s.position = p.position
LEFT JOIN ledger_event fe ON fe.id = p.event_id LEFT JOIN accounts_user fitter ON fitter.pseudonym = fe.actor
LEFT JOIN ledger_event te ON te.id = p.closed_event_id LEFT JOIN accounts_user taker ON taker.pseudonym = te.actor
LEFT JOIN inventory_placement after ON after.unit_id = p.unit_id AND after.event_id = p.closed_event_id
UNION ALL
SELECT w.host_id, NULL, w.position, w."order", pt.number, pt.name_ja, pt.name_en, '', '', '',
  NULL, NULL, '', w.state, NULL, '', '', NULL, '', ''
FROM (
  SELECT i.unit_id AS host_id, pp.position, NULL AS "order", pp.child_id AS part_id, 'unknown' AS state
  FROM inside i JOIN inventory_unit u ON u.id = i.unit_id
  JOIN inventory_partposition pp ON pp.part_revision_id = u.part_revision_id
  UNION ALL SELECT i.unit_id, s.position, s."order", s.part_id, 'empty'
  FROM inside i JOIN assembly_build b ON b.unit_id = i.unit_id JOIN assembly_slot s ON s.build_id = b.id AND s.required
  WHERE b.origin = 'plant'
) w JOIN inventory_part pt ON pt.id = w.part_id
WHERE NOT EXISTS (
  SELECT 1 FROM inventory_placement p WHERE p.host_id = w.host_id AND p.position = w.position AND p.to_at IS NULL)
"""


def _placements(build: Build) -> list[_Placed]:
    """All placements in the build's unit and in everything inside it now, open and closed, and the places where no unit
    is (imported history was told down to the tray only, so its places are not called empty). One query."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACEMENTS, [build.unit_id])
        return [_Placed(_family(*row[14:17]), _family(*row[17:]), *row[:14]) for row in cursor.fetchall()]


def _family(username: str | None, name_ja: str, name_en: str) -> str:
    return User(username=username, name_ja=name_ja, name_en=name_en).family_name if username else ""


def _units(build: Build, rows: list[_Placed]) -> tuple[UnitRow, ...]:
    """The tree in the order of its slots, each place with the unit in it now and then those before it."""
    names = _identifiers({row.unit_id for row in rows if row.unit_id} | {build.unit_id})
    by_host: dict[int, list[_Placed]] = defaultdict(list)
    for row in sorted(rows, key=_place_in_host):
        by_host[row.host_id].append(row)
    unit = build.unit
    top = UnitRow(
        depth=0,
        position=unit.name,
        name=Words(unit.part.name_ja, unit.part.name_en),
        part_number=unit.part.number,
        part_revision=unit.part_revision.revision,
        serial=unit.serial,
        tag=unit.tag,
        identifiers=names.get(unit.pk, ()),
        installed_at=build.started_at,
        installed_by="",
    )
    return (top, *_inside(unit.pk, 1, by_host, names))


def _inside(
    host_id: int, depth: int, by_host: dict[int, list[_Placed]], names: dict[int, tuple[tuple[str, str], ...]]
) -> Iterator[UnitRow]:
    for row in by_host.get(host_id, []):
        yield UnitRow(
            depth=depth,
            position=row.position,
            name=Words(row.part_ja, row.part_en),
            part_number=row.part_number,
            part_revision=row.revision,
            serial=row.serial,
            tag=row.tag,
            identifiers=names.get(row.unit_id or 0, ()),
            installed_at=row.from_at,
            installed_by=row.by,
            removed_at=row.to_at,
            removed_by=row.taken_out_by,
            reason=row.why if row.to_at else "",
            state=row.state,
        )
        if row.unit_id and row.to_at is None:
            yield from _inside(row.unit_id, depth + 1, by_host, names)


def _place_in_host(row: _Placed) -> tuple[object, ...]:
    """By slot, else by name with its numbers as numbers; at one place the unit of now first, then newest to oldest."""
    named = [(len(word), word) for word in re.findall(r"\d+|\D+", row.position)]
    since = row.from_at.timestamp() if row.from_at else 0.0
    return (row.order if row.order is not None else 0, named, row.to_at is not None, -since)


def _identifiers(unit_ids: set[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """What the hardware said of these units and is current, as it was reported. One query."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Identifier.objects.filter(unit_id__in=unit_ids, closed_at=None, kind__in=NAMES).order_by("unit_id", "id")
    for unit_id, kind, raw in rows.values_list("unit_id", "kind", "raw"):
        found[unit_id].append((NAMES[kind], raw))
    return {unit_id: tuple(names) for unit_id, names in found.items()}


def _place(row: Deviation, build: Build) -> str:
    """The position; of a tray inside, with the tray's serial."""
    return row.position if row.build_id == build.pk else f"{row.build.unit.name} {row.position}"


def _deviations(build: Build) -> tuple[DeviationRow, ...]:
    inside = Placement.objects.filter(host_id=build.unit_id, to_at=None).values("unit_id")
    wanted = Q(build=build) | Q(build__unit_id__in=inside)  # a tray's departure is the rack's too
    rows = Deviation.objects.filter(wanted).select_related("part", "approved_by", "build__unit").order_by("id")
    return tuple(
        DeviationRow(
            number=row.number,
            what=f"{_place(row, build)}: {row.part.number} — {row.reason}",
            approved_by=row.approved_by.name_ja or row.approved_by.username,
            approved_at=row.approved_at,
        )
        for row in rows
    )


def _differences(build: Build) -> tuple[DeviationRow, ...]:
    """What the hardware reports otherwise than was scanned, and quality let be; those that are over are no part of the
    rack any more. One query."""
    rows = ConfigurationDifference.objects.open().filter(build=build, approved_at__isnull=False)
    return tuple(
        DeviationRow(
            number=row.place,
            what=f"{row.scanned or '–'} → {row.reported or '–'} — {row.reason}",
            approved_by=row.approved_by.name_ja or row.approved_by.username if row.approved_by else "",
            approved_at=row.approved_at or row.found_at,
        )
        for row in rows.select_related("approved_by").order_by("id")
    )


def _firmware(build: Build) -> tuple[FirmwareRow, ...]:
    """What the hardware reported of the components that the baselines ask for: alike places in one row. One query."""
    places: dict[tuple[str, str, str, str, str], list[str]] = defaultdict(list)
    for one in reconciled([build.pk])[build.pk]:
        if one.baseline is not None:
            state = "approved" if one.approval else one.state
            places[str(one.baseline), one.kind, one.scanned, one.reported, state].append(one.place)
    return tuple(
        FirmwareRow(baseline, component, wanted, reported, state, tuple(dict.fromkeys(found)))
        for (baseline, component, wanted, reported, state), found in sorted(places.items())
    )
