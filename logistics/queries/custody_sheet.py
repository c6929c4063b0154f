"""The chain of custody's facts: crates as they were sealed, hand-overs and gaps, the site's word."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import User
from documents.paper import Stamp
from documents.words import Words
from ledger.models import Event
from logistics.documents.custody import (
    AcceptedRack,
    CustodyLine,
    CustodySheet,
    Mark,
    MonitoredCustodySheet,
    SealedCrate,
)
from logistics.models import LATE_AFTER, Handover, IndicatorReading, Shipment
from logistics.queries.custody import Link, seals_of
from logistics.queries.custody_road import road_of
from logistics.queries.packing import PLANT
from logistics.queries.shipments import CrateRow, ShipmentPage, shipment_page


def custody_sheet(number: str) -> CustodySheet:
    """Every fact of a chain of custody. Thirteen queries, four more with loggers, however many crates. Raises
    Shipment.DoesNotExist."""
    page = shipment_page(number)
    if page is None:
        raise Shipment.DoesNotExist(number)
    shipment = page.shipment
    monitored = road_of(page)
    events = Event.objects.in_bulk(_event_ids(page) | (monitored.events if monitored else set()))
    people = {
        user.pseudonym: user for user in User.objects.filter(pseudonym__in={one.actor for one in events.values()})
    }
    last = events[max(events)]
    facts: dict[str, Any] = dict(
        plant=PLANT,
        shipment=shipment.number,
        origin=Words(shipment.lane.origin.name_ja, shipment.lane.origin.name_en),
        destination=Words(shipment.lane.destination.name_ja, shipment.lane.destination.name_en),
        gross_kg=sum((row.row.crate.gross_kg for row in page.crates), start=Decimal(0)),
        arrived=shipment.has_arrived,
        crates=tuple(_crate(row, events, people) for row in page.crates),
        lines=tuple(_line(link, _parts(link, page)) for link in page.custody),
        accepted=tuple(_accepted(row) for row in page.crates if row.rack is not None),
        stamps=_stamps(shipment, events, people),
        at=last.recorded_at,
        record=last.pk,
    )
    return MonitoredCustodySheet(**facts, road=monitored.record) if monitored else CustodySheet(**facts)


def _event_ids(page: ShipmentPage) -> set[int]:
    shipment = page.shipment
    found = {shipment.event_id, *(row.row.crate.event_id for row in page.crates)}
    found |= {row.row.event_id for row in page.crates}
    found |= {row.acceptance.event_id for row in page.crates if row.acceptance}
    found |= {link.row.event_id for link in page.custody if link.row}
    if shipment.has_departed:
        found.add(shipment.departure.event_id)
    if shipment.has_arrived:
        found.add(shipment.arrival.event_id)
    return found


def _crate(row: CrateRow, events: dict[int, Event], people: dict[UUID, User]) -> SealedCrate:
    crate = row.row.crate
    packer = people.get(events[crate.event_id].actor)
    fitted = {one.indicator_id for one in row.readings}
    name = packer.name if packer else ""
    return SealedCrate(crate.sscc, row.rack.name if row.rack else "", crate.sealed_at, name, len(fitted))


def _parts(link: Link, page: ShipmentPage) -> str:
    """Of a shipment that arrived in parts, which racks a hand-over was of, one a line, and at the first arrival what
    was missing; else blank. In both languages: a sheet of facts has no other place for it."""
    rows = [one.row for one in page.crates]
    if link.row is None or not any(row.is_here for row in rows):
        return ""
    first = next(one.row.number for one in page.custody if one.row is not None and one.row.kind == "arrival")
    inside = {one.row.crate_id: one.rack.name if one.rack else one.row.crate.sscc for one in page.crates}
    seen: list[int] = link.row.crate_ids  # type: ignore[attr-defined]
    told = [inside[row.crate_id] for row in rows if row.crate_id in seen] if link.row.number >= first else []
    if link.row.number == first:
        late = [(inside[row.crate_id], row.missing) for row in rows if hasattr(row, "missing")]
        told += [f"{MISSING[missing.reason]} {missing.place} {name}" for name, missing in late]
    return "\n".join(" ".join(one.split()) for one in told)


MISSING = {
    "left_behind": "積残し left behind:",
    "other_vehicle": "別車両 on another vehicle:",
    "unknown": "所在不明 nobody knows where:",
}


def _line(link: Link, parts: str) -> CustodyLine:
    giver, taker = (Words(one.name_ja, one.name_en) for one in (link.giver, link.taker))
    row = link.row
    if row is None:
        return CustodyLine(giver, taker, link.due)
    read = [one for one in link.readings if one.moment != "seal"]
    return CustodyLine(
        giver=giver,
        taker=taker,
        due=True,
        at=row.at,
        giver_person=row.giver_name or (row.giver_user.name if row.giver_user else ""),
        taker_person=row.taker_name or (row.taker_user.name if row.taker_user else ""),
        place=row.place,
        vehicle=row.vehicle,
        seals=tuple(Mark(one.number, one.state) for one in seals_of(row)),
        unread=link.unread,
        crates=_counted(row),
        intact=sum(one.state == "intact" for one in read),
        shaken=_shaken(read),
        recorded_at=row.recorded_at if row.recorded_at - row.at > LATE_AFTER else None,
        remarks="\n".join(filter(None, (row.remarks, parts))),
        record=row.event_id,
    )


def _counted(row: Handover) -> int:
    return int(row.crate_count)  # type: ignore[attr-defined]


def _shaken(read: Sequence[IndicatorReading]) -> tuple[Mark, ...]:
    return tuple(Mark(one.indicator.serial, one.state) for one in read if one.state != "intact")


def _accepted(row: CrateRow) -> AcceptedRack:
    word = row.acceptance
    rack = row.rack.name if row.rack else ""
    if word is None:
        return AcceptedRack(rack, "", None, "", "", "")
    place = word.position.code if word.position else ""
    return AcceptedRack(rack, word.outcome, word.at, word.by.name, place, word.remarks)


def _stamps(shipment: Shipment, events: dict[int, Event], people: dict[UUID, User]) -> tuple[Stamp, ...]:
    """作成: who let it leave; 確認: who took it over at the site."""
    acts = []
    if shipment.has_departed:
        acts.append(("prepared", shipment.departure.at, shipment.departure.event_id))
    if shipment.has_arrived:
        acts.append(("checked", shipment.arrival.at, shipment.arrival.event_id))
    return tuple(
        Stamp(meaning, person.section, person.family_name, at)
        for meaning, at, event in acts
        if (person := people.get(events[event].actor))
    )
