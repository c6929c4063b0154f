"""What `check_integrity` looks for in logistics. Each check is one query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from inventory.checks import Fault, register_check
from logistics.models import Crate
from logistics.text import is_sscc

_STRAY_CRATES = """
SELECT s.number, u.tag FROM logistics_shipment s
JOIN logistics_departure d ON d.shipment_id = s.id
JOIN logistics_shipmentcrate sc ON sc.shipment_id = s.id
JOIN logistics_crate c ON c.id = sc.crate_id JOIN inventory_unit u ON u.id = c.unit_id
JOIN logistics_lane la ON la.id = s.lane_id JOIN logistics_site st ON st.id = la.destination_id
LEFT JOIN logistics_arrival a ON a.shipment_id = s.id
LEFT JOIN logistics_cratearrival ca ON ca.shipment_crate_id = sc.id
LEFT JOIN inventory_placement p ON p.unit_id = u.id AND p.to_at IS NULL
LEFT JOIN inventory_location l ON l.id = p.location_id
WHERE u.ended_at IS NULL AND CASE WHEN coalesce(a.id, ca.id) IS NULL THEN p.location_id IS DISTINCT FROM s.vehicle_id
  WHEN st.kind = 'plant' THEN l.id IS NULL OR l.kind = 'vehicle'
  ELSE l.id IS NULL OR l.kind IN ('vehicle', 'dock', 'line', 'station') END
ORDER BY 1, 2
"""

_STRAY_RACKS = """
SELECT DISTINCT ON (a.unit_id) u.tag, po.code,
       a.outcome = 'refused' OR a.vacated_event_id IS NOT NULL OR p.location_id IS NOT DISTINCT FROM po.location_id
FROM logistics_acceptance a JOIN inventory_unit u ON u.id = a.unit_id
LEFT JOIN logistics_position po ON po.id = a.position_id
LEFT JOIN inventory_placement p ON p.unit_id = a.unit_id AND p.to_at IS NULL
ORDER BY a.unit_id, a.id DESC
"""

_EVENTS = """
WITH facts(place, id, event_id, kind) AS (
  SELECT 'logistics_crate', id, event_id, 'logistics.rack-packed' FROM logistics_crate
  UNION ALL SELECT 'logistics_shipment', id, event_id, 'logistics.shipment-planned' FROM logistics_shipment
  UNION ALL SELECT 'logistics_shipmentcrate', id, event_id, 'logistics.crates-assigned' FROM logistics_shipmentcrate
  UNION ALL SELECT 'logistics_departure', id, event_id, 'logistics.shipment-departed' FROM logistics_departure
  UNION ALL SELECT 'logistics_milestone', id, event_id, 'logistics.milestone-reported' FROM logistics_milestone
  UNION ALL SELECT 'logistics_carrierfile', id, event_id, 'logistics.carrier-file-imported' FROM logistics_carrierfile
  UNION ALL SELECT 'logistics_waybill', id, event_id, 'logistics.waybill-noted' FROM logistics_waybill
  UNION ALL SELECT 'logistics_milestonereview', id, event_id, 'logistics.milestone-reviewed'
    FROM logistics_milestonereview
  UNION ALL SELECT 'logistics_arrival', id, event_id, 'logistics.shipment-arrived' FROM logistics_arrival
  UNION ALL SELECT 'logistics_arrival', id, received_event_id, 'logistics.shipment-received' FROM logistics_arrival
    WHERE received_at IS NOT NULL
  UNION ALL SELECT 'logistics_missingcrate', id, event_id, 'logistics.shipment-arrived-in-part'
    FROM logistics_missingcrate
  UNION ALL SELECT 'logistics_cratearrival', id, event_id,
      CASE WHEN EXISTS (SELECT 1 FROM logistics_missingcrate m WHERE m.shipment_crate_id = x.shipment_crate_id)
      THEN 'logistics.late-crates-arrived' ELSE 'logistics.shipment-arrived-in-part' END
    FROM logistics_cratearrival x
  UNION ALL SELECT 'logistics_cratearrival', id, received_event_id, 'logistics.crates-received'
    FROM logistics_cratearrival WHERE received_at IS NOT NULL
  UNION ALL SELECT 'logistics_acceptance', id, event_id, 'logistics.rack-accepted' FROM logistics_acceptance
  UNION ALL SELECT 'logistics_loadplan', id, event_id, 'logistics.load-planned' FROM logistics_loadplan
  UNION ALL SELECT 'logistics_sitereturn', id, opened_event_id, 'logistics.return-opened' FROM logistics_sitereturn
  UNION ALL SELECT 'logistics_sitereturn', id, received_event_id, 'logistics.return-received'
    FROM logistics_sitereturn WHERE received_at IS NOT NULL
  UNION ALL SELECT 'logistics_forecast', id, event_id, 'logistics.forecast-made' FROM logistics_forecast
), counted AS (
  SELECT f.*, count(*) OVER (PARTITION BY f.event_id) AS rows_of_event FROM facts f
)
SELECT c.place, c.id, c.event_id FROM counted c LEFT JOIN ledger_event e ON e.id = c.event_id
WHERE e.kind IS DISTINCT FROM c.kind OR (c.rows_of_event > 1 AND c.kind NOT IN (
  'logistics.crates-assigned', 'logistics.shipment-arrived-in-part', 'logistics.late-crates-arrived',
  'logistics.crates-received'))
ORDER BY 1, 2
"""


def departed_crates_are_away() -> Iterator[Fault]:
    """A crate that departed is on its truck until its arrival, then at the site."""
    for number, tag in _rows(_STRAY_CRATES):
        yield Fault(number, _("Crate %(tag)s left, but does not stand on the truck or at the site.") % {"tag": tag})


def accepted_racks_stand_at_their_positions() -> Iterator[Fault]:
    """The latest word of the site about a rack and its place agree."""
    for tag, code, is_there in _rows(_STRAY_RACKS):
        if not is_there:
            yield Fault(tag, _("The rack was accepted at %(code)s and does not stand there.") % {"code": code})


def ssccs_check() -> Iterator[Fault]:
    """Every SSCC has its right check digit and is the identifier of its crate."""
    rows = Crate.objects.order_by("pk").values_list("pk", "sscc")
    named = set(
        Crate.objects.filter(unit__identifiers__kind="sscc", unit__identifiers__closed_at=None).values_list(
            "pk", "unit__identifiers__normalised"
        )
    )
    for pk, sscc in rows:
        if not is_sscc(sscc):
            yield Fault(f"logistics_crate {pk}", _("%(sscc)s is no SSCC.") % {"sscc": sscc})
        elif (pk, sscc) not in named:
            yield Fault(f"logistics_crate {pk}", _("%(sscc)s is not the identifier of its crate.") % {"sscc": sscc})


def each_fact_has_its_event() -> Iterator[Fault]:
    """Each row names one event of its kind, and no two rows share one."""
    for place, pk, event_id in _rows(_EVENTS):
        yield Fault(f"{place} {pk}", _("Event %(id)s is missing, of another kind or shared.") % {"id": event_id})


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def register() -> None:
    """Put the checks of logistics into the table."""
    register_check("logistics.departed_crates_are_away", departed_crates_are_away)
    register_check("logistics.accepted_racks_stand_at_their_positions", accepted_racks_stand_at_their_positions)
    register_check("logistics.ssccs_check", ssccs_check)
    register_check("logistics.each_fact_has_its_event", each_fact_has_its_event)
