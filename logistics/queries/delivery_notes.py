"""The delivery note's facts (納品書): those of the packing list that matter to whoever receives, and the addresses."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from documents.words import PLANT_TIME, Words
from logistics.documents.delivery_note import DeliveryLine, DeliveryNoteSheet
from logistics.models import Shipment, Site
from logistics.queries.packing import packing_list_sheet


def delivery_note_sheet(shipment_id: int) -> DeliveryNoteSheet:
    """Every fact of a delivery note. Eleven queries, however many crates. Raises Shipment.DoesNotExist."""
    listed = packing_list_sheet(shipment_id)
    shipment = Shipment.objects.select_related("lane__origin", "lane__destination").get(pk=shipment_id)
    return DeliveryNoteSheet(
        plant=listed.plant,
        shipment=listed.shipment,
        order=listed.order,
        receiver=listed.destination,
        receiver_address=_address(shipment.lane.destination),
        dock=listed.dock,
        issuer_address=_address(shipment.lane.origin),
        shipped_on=_day(listed.departs_at),
        delivery_on=_day(listed.arrives_at),
        carrier=listed.carrier,
        vehicle=listed.vehicle,
        crates=len(listed.crates),
        gross_kg=sum((crate.gross_kg for crate in listed.crates), start=Decimal(0)),
        lines=tuple(
            DeliveryLine(item.name, item.part_number, item.serial or item.tag, crate.sscc, item.quantity)
            for crate in listed.crates
            for item in crate.contents
        ),
        stamps=listed.stamps,
        at=listed.at,
        record=listed.record,
    )


def _address(site: Site) -> Words:
    return Words(site.address_ja, site.address_en)


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(PLANT_TIME).date()
