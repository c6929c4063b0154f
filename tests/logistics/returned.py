"""Racks on their way back, through operations."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from genpin.master.logistics_lanes import BACK, PLANT
from inventory.models import Unit
from logistics.models import Shipment, SiteReturn
from logistics.operations.crates import FittedIndicator
from logistics.operations.departures import depart_shipment
from logistics.operations.site_returns import (
    ReturnAsked,
    ReturnCrate,
    open_site_return,
    pack_site_return,
    receive_site_returns,
)
from tests.cast import NOON, a_caller
from tests.logistics.world import HOUR, a_shipment, readings_of
from tests.world import a_location, fresh


def asked(unit: Unit, **others: Any) -> ReturnAsked:
    """A return to the plant, as the site asks for it."""
    return ReturnAsked(
        **{
            "unit": unit.serial or unit.tag, "destination_code": PLANT, "reason": "NVLink drops out",
            "rma": fresh("RMA-"), "asked_by": "甲斐", **others,
        }
    )  # fmt: skip


def a_return_crate(**others: Any) -> ReturnCrate:
    """Figures of a crate that goes back, one fresh indicator."""
    return ReturnCrate(
        **{
            "tare_kg": Decimal(320), "gross_kg": Decimal(1690), "length_mm": 1400, "width_mm": 900, "height_mm": 2450,
            "indicators": [FittedIndicator("shock", fresh("SW-"), "25 g")], **others,
        }
    )  # fmt: skip


def opened(unit: Unit, at: datetime = NOON - 10 * HOUR, **others: Any) -> SiteReturn:
    """A return that is opened."""
    return open_site_return(caller=a_caller("sora", at=at), asked=asked(unit, **others))


def packed(unit: Unit, at: datetime = NOON - 9 * HOUR, **others: Any) -> SiteReturn:
    """A return in its crate at the site's dock."""
    found = opened(unit, at - HOUR, **others)
    return pack_site_return(caller=a_caller("sora", at=at), number=found.number, crate=a_return_crate())


def under_way(unit: Unit, at: datetime = NOON - 7 * HOUR) -> Shipment:
    """A return that has left the site."""
    back = packed(unit, at - HOUR)
    assert back.crate is not None
    shipment = a_shipment(
        [back.crate], at=at - HOUR / 2, lane_code=BACK.code, carrier_code="CR-SETO", need_by=None,
        planned_departure_at=at + HOUR,
    )  # fmt: skip
    depart_shipment(caller=a_caller("rosa", at=at), shipment_id=shipment.pk, truck="鹿児島 100 か 1", seal="B-1")
    return Shipment.objects.get(pk=shipment.pk)


def come_back(unit: Unit, at: datetime = NOON - 2 * HOUR) -> SiteReturn:
    """A return that was received in the plant."""
    shipment = under_way(unit, at - timedelta(hours=3))
    a_location("QRN", "quarantine")
    receive_site_returns(
        caller=a_caller("mei", at=at), shipment_id=shipment.pk, location_code="QRN", readings=readings_of(shipment)
    )
    return SiteReturn.objects.filter(unit=unit).latest("pk")
