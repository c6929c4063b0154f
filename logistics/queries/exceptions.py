"""Exceptions of shipments: facts that want a person, read from the record, each with the care that is taken of it.

Nothing here is entered by hand: a silence, a leg that is overdue by the plan, a reported delay, a hold on a rack that
travels, a crate that was not there, what a logger told beyond its limits, a refused rack, a stop on the way ahead, a
paper that is missing before the departure. What people add is a row of ShipmentException."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from documents.words import PLANT_TIME
from logistics.lead_times.timetable import NoSailing, planned
from logistics.models import Acceptance, Excursion, Shipment, ShipmentException
from logistics.queries.known_ways import KnownShipment
from logistics.queries.shipments import last_word_at, shipment_rows
from logistics.queries.stops import Ways, known_ways

SILENT_AFTER = timedelta(hours=6)
OVERDUE_AFTER = timedelta(hours=2)
"""An end of a leg that is not reported so long after the plan is overdue."""
PAPERS_BEFORE = timedelta(hours=24)
"""So long before the planned departure the papers have to be there."""

_FACTS = """
WITH wanted AS (SELECT unnest(%(ids)s::bigint[]) AS id), load AS (
  SELECT sc.shipment_id, c.id AS crate_id, c.unit_id AS crate_unit_id, c.sscc, p.unit_id, u.serial, u.tag
  FROM wanted JOIN logistics_shipmentcrate sc ON sc.shipment_id = wanted.id
  JOIN logistics_crate c ON c.id = sc.crate_id
  LEFT JOIN inventory_placement p ON p.host_id = c.unit_id AND p.to_at IS NULL
  LEFT JOIN inventory_unit u ON u.id = p.unit_id
), counted AS (
  SELECT DISTINCT ON (h.shipment_id) h.shipment_id, h.id, h.at, h.place
  FROM wanted JOIN logistics_handover h ON h.shipment_id = wanted.id
  WHERE EXISTS (SELECT 1 FROM logistics_handovercrate k WHERE k.handover_id = h.id)
    AND NOT EXISTS (SELECT 1 FROM logistics_handover f
                    WHERE f.shipment_id = h.shipment_id AND f.kind = 'arrival' AND f.number <= h.number)
  ORDER BY h.shipment_id, h.number DESC
)
SELECT 'hold', load.shipment_id, h.number, h.placed_at, coalesce(nullif(load.serial, ''), load.tag), h.reason
FROM load JOIN inventory_hold h ON h.unit_id = load.unit_id AND h.released_at IS NULL
UNION ALL
SELECT 'crate_missing', load.shipment_id, load.sscc, CASE WHEN uncounted.id IS NULL THEN m.at ELSE uncounted.at END,
       load.sscc, CASE WHEN m.id IS NULL THEN uncounted.place ELSE m.reason || ':' || m.place END
FROM load JOIN logistics_shipmentcrate sc ON sc.crate_id = load.crate_id
LEFT JOIN counted uncounted ON uncounted.shipment_id = load.shipment_id
  AND NOT EXISTS (SELECT 1 FROM logistics_handovercrate k
                  WHERE k.handover_id = uncounted.id AND k.crate_id = load.crate_id)
LEFT JOIN logistics_missingcrate m ON m.shipment_crate_id = sc.id
WHERE NOT EXISTS (SELECT 1 FROM logistics_cratearrival x WHERE x.shipment_crate_id = sc.id)
  AND (m.id IS NOT NULL OR uncounted.id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM logistics_arrival a WHERE a.shipment_id = load.shipment_id))
UNION ALL
SELECT 'refused', load.shipment_id, coalesce(nullif(load.serial, ''), load.tag), a.at,
       coalesce(nullif(load.serial, ''), load.tag), a.remarks
FROM load JOIN logistics_acceptance a ON a.shipment_id = load.shipment_id AND a.unit_id = load.unit_id
  AND a.outcome = 'refused'
JOIN logistics_shipment s ON s.id = load.shipment_id
JOIN logistics_lane l ON l.id = s.lane_id
JOIN logistics_site there ON there.id = l.destination_id
JOIN inventory_placement p ON p.unit_id = load.crate_unit_id AND p.to_at IS NULL AND p.location_id = there.location_id
UNION ALL
SELECT 'excursion', load.shipment_id, n.number, min(e.began_at), load.sscc, ''
FROM load JOIN logistics_cratelogger g ON g.crate_id = load.crate_id
JOIN logistics_loggerfile f ON f.logger_id = g.id
JOIN logistics_excursion e ON e.file_id = f.id
JOIN assembly_nonconformity n ON n.id = e.nonconformity_id AND n.closed_at IS NULL
GROUP BY load.shipment_id, n.number, load.sscc
UNION ALL
SELECT 'document', load.shipment_id, 'as-built', s.planned_departure_at,
       string_agg(coalesce(nullif(load.serial, ''), load.tag), ', ' ORDER BY load.unit_id), ''
FROM load JOIN logistics_shipment s ON s.id = load.shipment_id AND s.planned_departure_at <= %(papers_by)s
JOIN logistics_lane l ON l.id = s.lane_id
JOIN logistics_site here ON here.id = l.origin_id AND here.kind <> 'customer'
JOIN assembly_build b ON b.unit_id = load.unit_id
WHERE NOT EXISTS (SELECT 1 FROM logistics_departure d WHERE d.shipment_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM documents_issueddocument i
                  WHERE i.kind = 'as-built' AND i.subject_type = 'assembly.build' AND i.subject_id = b.id)
GROUP BY load.shipment_id, s.planned_departure_at
UNION ALL
SELECT 'document', s.id, 'export-check', s.planned_departure_at, there.country, ''
FROM wanted JOIN logistics_shipment s ON s.id = wanted.id AND s.planned_departure_at <= %(papers_by)s
JOIN logistics_lane l ON l.id = s.lane_id
JOIN logistics_site here ON here.id = l.origin_id
JOIN logistics_site there ON there.id = l.destination_id AND there.country <> here.country
WHERE NOT EXISTS (SELECT 1 FROM logistics_departure d WHERE d.shipment_id = s.id)
  AND NOT EXISTS (
    SELECT 1 FROM logistics_exportcheck x WHERE x.shipment_id = s.id AND x.destination = there.country
      AND x.event_id > coalesce((SELECT max(sc.event_id) FROM logistics_shipmentcrate sc
                                 WHERE sc.shipment_id = s.id), 0))
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """An exception as the record tells it. `about`: what it concerns in a word; `told`: a sentence of the record."""

    kind: str
    shipment: Shipment
    subject: str
    since: datetime
    about: str = ""
    told: str = ""

    @property
    def key(self) -> str:
        """ "hold:SH-26-00035:HD-26-00004": what addresses and operations name it by."""
        return key_of(self.kind, self.shipment.number, self.subject)


def key_of(kind: str, shipment_number: str, subject: str) -> str:
    return f"{kind}:{shipment_number}:{subject}"


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A fact with its care, or a care whose fact is over (`fact` None: it ends by itself)."""

    key: str
    kind: str
    shipment: Shipment
    subject: str
    since: datetime
    fact: Fact | None
    care: ShipmentException | None

    @property
    def state(self) -> str:
        """open (nobody, or taken and not begun), in_hand, waiting, closed by a person, ended by itself."""
        if self.care is not None and not self.care.is_open:
            return self.care.state
        if self.fact is None:
            return "ended"
        return self.care.state if self.care is not None else "open"


def watched() -> QuerySet[Shipment]:
    """Shipments that can have an exception: those not received, those of which a rack was refused, and those whose
    loggers tell of what nobody has settled."""
    refused = Acceptance.objects.filter(shipment=OuterRef("pk"), outcome="refused")
    shaken = Excursion.objects.filter(
        file__logger__crate__shipment_crate__shipment=OuterRef("pk"), nonconformity__closed_at=None
    )
    rows = shipment_rows().filter(Q(arrival=None) | Q(arrival__received_at=None) | Exists(refused) | Exists(shaken))
    return rows.order_by("need_by", "planned_departure_at", "pk")


def facts_of(shipments: Sequence[Shipment], as_of: datetime, known: Ways | None = None) -> list[Fact]:
    """The exceptions of rows of `shipment_rows`, the oldest first. Two queries, one where the ways are `known` (with
    their legs)."""
    ways = known or known_ways(as_of, always=True)
    facts = _recorded(shipments, as_of)
    for shipment in shipments:
        if shipment.has_arrived:
            continue
        facts += _on_the_way(shipment, ways.shipments.get(shipment.pk), ways)
        facts += [
            Fact("disruption", shipment, stop.number, stop.begins_at, stop.number, stop.headline)
            for stop in ways.met_by(shipment.pk)
        ]
    return sorted(facts, key=lambda fact: (fact.since, fact.key))


def _recorded(shipments: Sequence[Shipment], as_of: datetime) -> list[Fact]:
    by_id = {shipment.pk: shipment for shipment in shipments}
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"ids": list(by_id), "papers_by": as_of + PAPERS_BEFORE})
        rows = cursor.fetchall()
    return [
        Fact(kind, by_id[pk], subject, at - PAPERS_BEFORE if kind == "document" else at, about, told)
        for kind, pk, subject, at, about, told in rows
    ]


def _on_the_way(shipment: Shipment, known: KnownShipment | None, ways: Ways) -> list[Fact]:
    """Silence, a leg overdue by the plan, a delay that was reported last."""
    heard = last_word_at(shipment)
    found = []
    if heard is not None and ways.as_of - heard > SILENT_AFTER:
        found.append(Fact("silence", shipment, "", heard))
    reports = getattr(shipment, "reports", [])
    if reports and reports[0].kind == "delayed":
        found.append(Fact("delayed", shipment, "", reports[0].happened_at, reports[0].place))
    late = overdue_leg(known, ways) if known is not None else None
    if late is not None:
        found.append(Fact("overdue", shipment, str(late[0]), late[1]))
    return found


def overdue_leg(known: KnownShipment, ways: Ways) -> tuple[int, datetime] | None:
    """The first leg whose end should have been reported by now, with the moment at which it ends by the lane's times
    from the departure (or from where it was sent another way) on; None where nothing is overdue."""
    if known.departed_at is None:
        return None
    legs = list(ways.legs.get(known.lane_id, ()))
    begins, turned = known.departed_at, known.rerouted
    if turned is not None:
        legs, begins = [leg for leg in legs if leg.number >= (turned.from_leg or 1)], turned.at
    told = [leg.number for leg in legs if (leg.id, "leg_arrived") in known.ends]
    told += [leg.number - 1 for leg in legs if (leg.id, "leg_departed") in known.ends]
    try:
        rows = planned([leg.times for leg in legs], begins, PLANT_TIME)
    except NoSailing:
        return None
    for row in rows:
        if row.number > max(told, default=0) and row.ends_at + OVERDUE_AFTER < ways.as_of:
            return row.number, row.ends_at
    return None


def cares_of(shipment_ids: Iterable[int]) -> list[ShipmentException]:
    """The care of these shipments with its owners: what is open, and what a person closed. One query."""
    rows = ShipmentException.objects.filter(shipment_id__in=list(shipment_ids)).exclude(state="ended")
    return list(rows.select_related("owner", "shipment").order_by("pk"))


def with_care(facts: Iterable[Fact], cares: Iterable[ShipmentException]) -> list[Exceptional]:
    """Facts joined with their care. What a person closed stays closed while that fact lasts; one that came again (its
    `since` differs) is open anew. An open care without its fact is over by itself."""
    left = {key_of(row.kind, row.shipment.number, row.subject): row for row in cares if row.is_open}
    closed = {(key_of(row.kind, row.shipment.number, row.subject), row.since): row for row in cares if not row.is_open}
    rows = []
    for fact in facts:
        care = left.get(fact.key)
        if care is not None and care.since == fact.since:
            del left[fact.key]
        else:
            care = closed.get((fact.key, fact.since))
        rows.append(Exceptional(fact.key, fact.kind, fact.shipment, fact.subject, fact.since, fact, care))
    over = [Exceptional(key, row.kind, row.shipment, row.subject, row.since, None, row) for key, row in left.items()]
    return [*rows, *over]


def exceptions_now(as_of: datetime) -> list[Exceptional]:
    """Every exception that stands, and open care whose fact is over. Five queries."""
    shipments = list(watched())
    cares = list(
        ShipmentException.objects.filter(Q(closed_at=None) | Q(shipment__in=[one.pk for one in shipments]))
        .exclude(state="ended")
        .select_related("owner", "shipment")
        .order_by("pk")
    )
    return with_care(facts_of(shipments, as_of), cares)


def exceptions_of(shipment_number: str, as_of: datetime) -> list[Exceptional]:
    """The exceptions of one shipment. Five queries."""
    shipments = list(watched().filter(number=shipment_number))
    cares = cares_of(Shipment.objects.filter(number=shipment_number).values_list("pk", flat=True))
    return with_care(facts_of(shipments, as_of) if shipments else [], cares)


def past_exceptions(text: str = "", kind: str = "", owner: str = "") -> QuerySet[ShipmentException]:
    """Care that is over, the latest first. One query a page."""
    rows = ShipmentException.objects.exclude(closed_at=None).select_related("owner", "shipment")
    if text:
        rows = rows.filter(Q(number__iendswith=text) | Q(shipment__number__iendswith=text) | Q(subject__icontains=text))
    if kind:
        rows = rows.filter(kind=kind)
    if owner:
        rows = rows.filter(owner__username=owner)
    return rows.order_by("-closed_at", "-pk")


def narrowed(
    rows: Iterable[Exceptional], text: str = "", kind: str = "", owner: str = "", state: str = ""
) -> list[Exceptional]:
    """Exceptions that stand, as a list is narrowed. `owner`: a username, "-" for nobody."""
    found = []
    for row in rows:
        name = row.care.owner.username if row.care is not None else "-"
        hit = f"{row.key} {row.fact.about if row.fact else ''}".casefold()
        fits = (not kind or row.kind == kind) and (not owner or name == owner) and (not state or row.state == state)
        if fits and text.casefold() in hit:
            found.append(row)
    return found
