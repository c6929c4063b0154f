"""What the papers of a build share: until which event they are true, what it takes, its lots, who signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef

from accounts.models import User
from assembly.documents.part_kinds import kind_words, place_of
from assembly.documents.traveller_sheet import AmendmentRow, KindCount, LotUse
from assembly.models import Amendment, Build, Deviation, Measurement, Signature
from documents.paper import Stamp
from documents.words import PLANT_NAME, Plant, Words, plain_digits

PLANT = Plant(PLANT_NAME, Words("組立課", "Assembly section"))


def build_of_sheet(build_id: int) -> Build:
    """A build with what papers name of it; `deviating` lists the positions with an approved departure. One query."""
    deviating = Deviation.objects.filter(build=OuterRef("pk")).order_by("position").values("position")
    return (
        Build.objects.select_related("unit__part", "unit__part_revision", "design__routing")
        .annotate(deviating=ArraySubquery(deviating))
        .get(pk=build_id)
    )


@dataclass(frozen=True, slots=True)
class Latest:
    """The last event whose facts a paper of the build shows, who started the build, and whether its unit is held."""

    record: int
    at: datetime
    held: bool
    starter: User | None


_LATEST = """
WITH RECURSIVE inside(unit_id) AS (
  SELECT %(unit)s::bigint UNION ALL
  SELECT p.unit_id FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NULL
), told(id) AS (
  SELECT max(e.id) FROM ledger_event e WHERE e.subject_type = 'assembly.build' AND e.subject_id = %(build)s
  UNION ALL SELECT max(e.id) FROM inside i JOIN ledger_event e ON e.subject_type = 'inventory.unit'
    AND e.subject_id = i.unit_id AND e.kind <> 'inventory.unit-moved' AND e.kind !~ '^(documents|logistics)[.]'
  UNION ALL SELECT max(p.closed_event_id) FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id
  UNION ALL SELECT max(c.event_id) FROM inside i JOIN inventory_consumption c ON c.host_id = i.unit_id
  UNION ALL SELECT max(t.event_id) FROM assembly_testrun t WHERE t.build_id = %(build)s
)
SELECT e.id, e.recorded_at,
  EXISTS (SELECT 1 FROM inventory_hold h WHERE h.unit_id = %(unit)s AND h.released_at IS NULL),
  u.username, u.name_ja, u.name_en, u.section
FROM ledger_event e LEFT JOIN ledger_event s ON s.id = %(started)s LEFT JOIN accounts_user u ON u.pseudonym = s.actor
WHERE e.id = (SELECT max(id) FROM told)
"""


def latest_of(build: Build) -> Latest:
    """The last event among those of the build, its unit, everything inside, its lots and tests. One query.

    A move of the rack, its shipment and the documents' own events change nothing on these papers, so they do not count:
    a record issued at completion is still the newest when the rack stands at the customer's."""
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, {"unit": build.unit_id, "build": build.pk, "started": build.event_id})
        record, at, held, username, name_ja, name_en, section = cursor.fetchone()
    starter = User(username=username, name_ja=name_ja, name_en=name_en, section=section) if username else None
    return Latest(record, at, held, starter)


_COUNTS = """
WITH RECURSIVE inside(unit_id, part_id, revision_id) AS (
  SELECT u.id, u.part_id, u.part_revision_id FROM inventory_unit u WHERE u.id = %(unit)s
  UNION ALL
  SELECT u.id, u.part_id, u.part_revision_id FROM inside i
  JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NULL
  JOIN inventory_unit u ON u.id = p.unit_id
), wanted(host_id, position, part_id) AS (
  SELECT i.unit_id, s.position, s.part_id FROM inside i
  JOIN assembly_build b ON b.unit_id = i.unit_id JOIN assembly_slot s ON s.build_id = b.id AND s.required
  WHERE b.origin = 'plant' OR EXISTS (
    SELECT 1 FROM inventory_placement p WHERE p.host_id = i.unit_id AND p.position = s.position AND p.to_at IS NULL)
  UNION ALL
  SELECT i.unit_id, pp.position, pp.child_id FROM inside i
  JOIN inventory_partposition pp ON pp.part_revision_id = i.revision_id
), makeup(part_id, child_id) AS (
  SELECT d.part_id, s.part_id FROM (
    SELECT DISTINCT ON (r.part_id) r.part_id, d.id FROM assembly_design d
    JOIN inventory_partrevision r ON r.id = d.part_revision_id
    WHERE d.released_at IS NOT NULL ORDER BY r.part_id, d.released_at DESC, d.id DESC
  ) d JOIN assembly_designslot s ON s.design_id = d.id AND s.required
  UNION ALL
  SELECT r.part_id, pp.child_id FROM (
    SELECT DISTINCT ON (part_id) part_id, id FROM inventory_partrevision ORDER BY part_id, id DESC
  ) r JOIN inventory_partposition pp ON pp.part_revision_id = r.id
), missing(part_id) AS (
  SELECT w.part_id FROM wanted w WHERE NOT EXISTS (
    SELECT 1 FROM inventory_placement p WHERE p.host_id = w.host_id AND p.position = w.position AND p.to_at IS NULL)
  UNION ALL
  SELECT m.child_id FROM missing JOIN makeup m ON m.part_id = missing.part_id
), there(part_id, n) AS (
  SELECT part_id, count(*) FROM inside WHERE unit_id <> %(unit)s GROUP BY part_id
), needed(part_id, n) AS (
  SELECT part_id, count(*) FROM (
    SELECT part_id FROM missing UNION ALL
    SELECT w.part_id FROM wanted w JOIN inventory_placement p
      ON p.host_id = w.host_id AND p.position = w.position AND p.to_at IS NULL
  ) every GROUP BY part_id
)
SELECT pt.kind, coalesce(sum(needed.n), 0)::int, coalesce(sum(there.n), 0)::int
FROM needed FULL JOIN there ON there.part_id = needed.part_id
JOIN inventory_part pt ON pt.id = coalesce(needed.part_id, there.part_id)
GROUP BY pt.kind
"""


def kind_counts(build: Build) -> tuple[KindCount, ...]:
    """Required and in place, by kind of part, at every depth. One query.

    Required of what is there: its own frozen slots and the built-in positions of its revision. Of what is missing:
    what the released design of that part would bring. Of imported history only what was told counts."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"unit": build.unit_id})
        rows = sorted(cursor.fetchall(), key=lambda row: place_of(row[0]))
    return tuple(KindCount(kind_words(kind), required, installed) for kind, required, installed in rows)


_LOTS = """
WITH RECURSIVE inside(unit_id, depth) AS (
  SELECT %(unit)s::bigint, 0 UNION ALL
  SELECT p.unit_id, i.depth + 1 FROM inside i JOIN inventory_placement p ON p.host_id = i.unit_id AND p.to_at IS NULL
  WHERE %(deep)s
)
SELECT pt.number, pt.name_ja, pt.name_en, l.number, sum(c.quantity), l.unit,
  string_agg(DISTINCT c.operation, ' '), max(e.happened_at)
FROM inside i JOIN inventory_consumption c ON c.host_id = i.unit_id JOIN inventory_lot l ON l.id = c.lot_id
JOIN inventory_part pt ON pt.id = l.part_id JOIN ledger_event e ON e.id = c.event_id
GROUP BY pt.id, l.id ORDER BY pt.kind <> 'coolant', min(c.id)
"""


def lots_of(build: Build, *, deep: bool) -> tuple[LotUse, ...]:
    """Lots used in the build's unit, and with `deep` in everything inside; the coolant first. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, {"unit": build.unit_id, "deep": deep})
        return tuple(
            LotUse(part, Words(ja, en), lot, plain_digits(quantity), unit, operation, at)
            for part, ja, en, lot, quantity, unit, operation, at in cursor.fetchall()
        )


def signatures_of(build: Build) -> list[Signature]:
    """All signatures of a build with run, operation, amendment and signer, in the order they were made. One query."""
    rows = Signature.objects.filter(run__build=build).select_related("run__operation", "run__amendment", "user")
    return list(rows.order_by("event_id", "id"))


def stamps_of(build: Build, latest: Latest, signatures: Sequence[Signature]) -> tuple[Stamp, ...]:
    """作成: who started the build; 確認: the latest `checked` signature; 承認: `approved` at an inspection.

    Void signatures stamp nothing. Where the route asks for no approval there, the box stays open: no signature is shown
    as what it was not."""
    signatures = [sign for sign in signatures if not sign.is_void]
    stamps = [stamp("prepared", latest.starter, build.started_at)] if latest.starter else []
    checked = [sign for sign in signatures if sign.meaning == "checked"]
    approved = [sign for sign in signatures if sign.meaning == "approved" and sign.run.operation.kind == "inspect"]
    for meaning, signs in (("checked", checked), ("approved", approved)):
        if signs:
            stamps.append(stamp(meaning, signs[-1].user, signs[-1].at))
    return tuple(stamps)


def stamp(meaning: str, user: User, at: datetime) -> Stamp:
    return Stamp(meaning, user.section, user.family_name, at)


def amendments_of(build: Build) -> list[Amendment]:
    """The corrections of a build's runs, in their order. One query."""
    rows = Amendment.objects.filter(run__build=build).select_related("amended__operation", "amended_by")
    return list(rows.order_by("id"))


def amendment_rows(rows: Sequence[Amendment]) -> tuple[AmendmentRow, ...]:
    """The corrected values: what was recorded and what stands now. One query; none where nothing was corrected."""
    if not rows:
        return ()
    runs = {pk for row in rows for pk in (row.amended_id, row.run_id)}
    values: dict[int, dict[int, Measurement]] = {pk: {} for pk in runs}
    for one in Measurement.objects.filter(run__in=runs).select_related("field").order_by("field__order", "field_id"):
        values[one.run_id][one.field_id] = one
    return tuple(
        AmendmentRow(
            step=str(row.amended.operation.number),
            attempt=row.amended.attempt,
            name=Words(new.field.name_ja, new.field.name_en),
            was=_written(values[row.amended_id].get(field_id)),
            value=_written(new),
            unit=new.unit,
            reason=row.reason,
            by=row.amended_by.family_name,
            at=row.at,
        )
        for row in rows
        for field_id, new in values[row.run_id].items()
        if _written(values[row.amended_id].get(field_id)) != _written(new)
    )


def _written(row: Measurement | None) -> str:
    if row is None:
        return ""
    return row.written


def identity_of(build: Build) -> Mapping[str, Any]:
    """The fields of both sheets that say what the paper is about."""
    unit = build.unit
    return {
        "plant": PLANT,
        "serial": unit.serial or unit.tag,
        "tag": unit.tag,
        "part_name": Words(unit.part.name_ja, unit.part.name_en),
        "part_number": unit.part.number,
        "part_revision": unit.part_revision.revision,
        "order": build.order_number,
        "design": build.design.code,
    }
