"""Two returns from the site: one that came back weeks ago and was released, one on its way back."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from genpin.demo.calendars import AGREED
from genpin.demo.plant import Plant
from genpin.demo.shipping import CENTRE, SIZE_MM, TARE
from genpin.master.logistics_lanes import BACK, PLANT
from genpin.master.vehicles import USUAL
from inventory.models import Hold
from inventory.operations.holds import release_hold
from logistics.models import Acceptance, SiteReturn
from logistics.operations.conditions import IndicatorRead
from logistics.operations.crates import FittedIndicator
from logistics.operations.custody import SealSeen
from logistics.operations.departures import depart_shipment
from logistics.operations.shipments import ShipmentPlan, plan_shipment
from logistics.operations.site_returns import (
    ReturnAsked,
    ReturnCrate,
    open_site_return,
    pack_site_return,
    receive_site_returns,
)

DAY = timedelta(days=1)
ASKED = "甲斐 現地保全(架空)"
SEAL = "SLB{number}"


def schedule(plant: Plant) -> None:
    """Put both on the agenda, for racks that the site has accepted by then."""
    end = plant.agenda.end
    plant.agenda.at(end - 20 * DAY, _begin, plant, "NVLinkの断続エラー。現地で再現せず", end - 18 * DAY, end - 17 * DAY)
    plant.agenda.at(end - 2 * DAY, _begin, plant, "マニホールド継手のにじみ", end - timedelta(hours=4), None)


def _begin(at: datetime, plant: Plant, reason: str, departs: datetime, back: datetime | None) -> None:
    """Open the return of the rack that was accepted first and is there still; it is packed five hours later, its
    shipment planned after six."""
    standing = Acceptance.objects.filter(position__isnull=False, vacated_event_id=None, at__lt=at - 3 * DAY)
    word = standing.select_related("unit").exclude(unit__site_returns__isnull=False).order_by("at", "pk").first()
    if word is None:
        return
    asked = ReturnAsked(word.unit.tag, PLANT, reason, f"KSD-RMA-{word.pk:04d}", ASKED)
    row = plant.call(open_site_return, "sora", at, "S1", asked=asked)
    plant.told["return" if back is None else "finished return"] = row.number
    year, week, _weekday = at.isocalendar()
    fitted = [
        FittedIndicator(kind, plant.serials.next(kind, year, week), rating)
        for kind, rating in (("shock", "25 g"), ("tilt", "80°"))
    ]
    plant.agenda.at(at + timedelta(hours=5), _pack, plant, row.number, fitted, departs, back)


def _pack(
    at: datetime,
    plant: Plant,
    number: str,
    fitted: list[FittedIndicator],
    departs: datetime,
    back: datetime | None,
) -> None:
    crate = ReturnCrate(TARE, Decimal("1712.0"), *SIZE_MM, fitted, CENTRE)
    packed = plant.call(pack_site_return, "sora", at, "S1", number=number, crate=crate)
    serials = [one.serial for one in fitted]
    plant.agenda.at(at + timedelta(hours=1), _plan, plant, packed.crate.sscc, (number, serials), departs, back)


def _plan(
    at: datetime,
    plant: Plant,
    sscc: str,
    told: tuple[str, list[str]],
    departs: datetime,
    back: datetime | None,
) -> None:
    """`told`: the return's number and the serials of its indicators."""
    plan = ShipmentPlan(BACK.code, "CR-SETO", departs, None, [sscc], AGREED, USUAL)
    shipment = plant.call(plan_shipment, "rosa", at, plan=plan)
    plant.agenda.at(departs, _depart, plant, shipment.pk)
    if back is not None:
        number, serials = told
        plant.agenda.at(back, _take_in, plant, number, shipment.pk, serials)
        plant.agenda.at(back + 6 * DAY, _release, plant, number)


def _depart(at: datetime, plant: Plant, shipment: int) -> None:
    plant.call(
        depart_shipment, "rosa", at, shipment_id=shipment, truck="鹿児島 100 か 7070", driver="架空 三郎",
        seal=SEAL.format(number=shipment),
    )  # fmt: skip


def _take_in(at: datetime, plant: Plant, number: str, shipment: int, indicators: list[str]) -> None:
    plant.call(
        receive_site_returns, "daiki", at, "R1", shipment_id=shipment, location_code="QRN",
        readings=[IndicatorRead(serial, "intact") for serial in indicators],
        seals=[SealSeen(SEAL.format(number=shipment), "intact")], handed_by="架空 三郎",
    )  # fmt: skip


def _release(at: datetime, plant: Plant, number: str) -> None:
    """Quality found a loose cartridge, put it right and released the rack."""
    unit = SiteReturn.objects.get(number=number).unit_id
    hold = Hold.objects.get(unit=unit, released_at=None, reason__startswith=number)
    plant.call(
        release_hold, "tanaka", at, "Q1", number=hold.number, reason="ケーブルカートリッジを挿し直し、再試験合格"
    )
