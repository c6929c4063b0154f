"""What would refuse a departure: the questions that the departure itself and the loading board ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from assembly.models import Build, Nonconformity
from logistics.models import ExportCheck, Shipment, ShipmentCrate

AWAY = ("vehicle", "outside", "site", "position")
"""Kinds of locations that are not in the plant."""

_HELD = """
WITH RECURSIVE held(hold_id, unit_id) AS (
  SELECT f.hold_id, f.unit_id FROM (
    SELECT h.id AS hold_id, h.unit_id FROM inventory_hold h WHERE h.released_at IS NULL AND h.unit_id IS NOT NULL
    UNION SELECT h.id, u.id FROM inventory_hold h JOIN inventory_unit u ON u.lot_id = h.lot_id
      WHERE h.released_at IS NULL
    UNION SELECT h.id, c.host_id FROM inventory_hold h JOIN inventory_consumption c ON c.lot_id = h.lot_id
      WHERE h.released_at IS NULL) f
  UNION
  SELECT held.hold_id, p.host_id FROM held
  JOIN inventory_placement p ON p.unit_id = held.unit_id AND p.to_at IS NULL AND p.host_id IS NOT NULL
)
SELECT held.unit_id, h.number, h.reason FROM held JOIN inventory_hold h ON h.id = held.hold_id
WHERE held.unit_id = ANY(%(roots)s) ORDER BY h.id
"""


@dataclass(frozen=True, slots=True)
class HoldInside:
    """A hold on something in a thing, or on a lot used in it."""

    number: str
    reason: str


def incomplete_builds(rack_ids: Iterable[int]) -> QuerySet[Build]:
    """Builds of these racks with something open: a run, a signature, a nonconformity."""
    reported = Nonconformity.objects.filter(closed_at=None).values("build_id")
    return Build.objects.filter(Q(completed_at=None) | Q(pk__in=reported), unit_id__in=list(rack_ids))


def holds_inside(unit_ids: Iterable[int]) -> dict[int, list[HoldInside]]:
    """The open holds on these units, on anything in them and on lots used there, by unit; units without one are left
    out. One query, upwards from what is held: there is less of it than of what is in a rack."""
    found: dict[int, list[HoldInside]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"roots": sorted(set(unit_ids))})
        for unit_id, number, reason in cursor.fetchall():
            found[unit_id].append(HoldInside(number, reason))
    return dict(found)


def leaves_country(shipment: Shipment) -> bool:
    """Whether the lane (loaded with its ends) ends in another country."""
    return shipment.lane.origin.country != shipment.lane.destination.country


def unchecked_exports(shipments: Collection[Shipment]) -> dict[int, bool]:
    """Shipments that leave the country unjudged, for another country than was judged, or with crates that were put on
    after the judgement: whether one was judged earlier, by shipment. No query where all stay in the country, else
    two."""
    abroad = {one.pk: one.lane.destination.country for one in shipments if leaves_country(one)}
    if not abroad:
        return {}
    checks = ExportCheck.objects.filter(shipment_id__in=abroad).order_by("pk")
    judged = {row.shipment_id: row.event_id for row in checks if row.destination == abroad[row.shipment_id]}
    loaded = ShipmentCrate.objects.filter(shipment_id__in=abroad).order_by("event_id")
    last = dict(loaded.values_list("shipment_id", "event_id"))
    return {pk: pk in judged for pk in abroad if judged.get(pk, 0) <= last.get(pk, 0)}
