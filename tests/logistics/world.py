"""Racks on their way, built and moved through operations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from assembly.models import Build, Design
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.installs import install_unit
from assembly.operations.routings import OperationSpec, release_routing
from assembly.operations.runs import finish_run, start_run
from genpin.master import logistics_lanes
from genpin.master.vehicles import USUAL
from inventory.models import Part, Unit
from logistics.models import Crate, Lane, Shipment, VehicleKind
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.conditions import IndicatorRead
from logistics.operations.crates import FittedIndicator, RackToPack, pack_rack
from logistics.operations.departures import depart_shipment
from logistics.operations.receivings import finish_receiving
from logistics.operations.shipments import ShipmentPlan, plan_shipment
from tests.cast import NOON, a_caller
from tests.world import a_location, a_part, fresh, received_units

LANE = "HRM-SEN-SHIBUSHI"
CARRIER = "CR-AKASHI"
HOUR = timedelta(hours=1)

ROUTE = (
    ("kit", 10, "kit", ()),
    ("assemble", 20, "rack_build", ("tray",)),
    ("inspect", 30, "rack_test", ()),
    ("pack", 90, "pack", ()),
)


def lanes() -> None:
    """Plant, site, carriers, lanes and hall positions, as the product loads them."""
    if not Lane.objects.exists():
        logistics_lanes.load(a_caller("plan", key=fresh("lanes-"), at=NOON - timedelta(days=60)))


def rack_design(packing_signs: tuple[str, ...] = ()) -> Design:
    """A small rack: one tray, a route of four operations without signatures but those of its packing."""
    there = Design.objects.filter(code="D-RACK").first()
    if there is not None:
        return there
    tray = a_part("TRAY-1", kind="tray", level="tray")
    rack = a_part("RACK-1", kind="rack", level="rack")
    if not Part.objects.filter(number="CRATE-NVL72").exists():
        a_part("CRATE-NVL72", kind="crate", level="crate")
    a_location("PACK", "line")
    release_routing(
        caller=a_caller("plan"),
        code="R-RACK",
        revision="A",
        operations=[
            OperationSpec(
                number=number, name_ja=f"工程 {number}", name_en=f"Operation {number}", kind=kind, work_centre="WC",
                stage=stage, standard_minutes=30, slot_kinds=slot_kinds,
                signs=packing_signs if kind == "pack" else (),
            )
            for kind, number, stage, slot_kinds in ROUTE
        ],
        reentry=[],
    )  # fmt: skip
    define_rack_model(
        caller=a_caller("plan"), code="NVL", name="NVL", rack_units=48, planned_kw=Decimal(120),
        litres_per_minute_per_kw=Decimal("1.5"),
    )  # fmt: skip
    return release_design(
        caller=a_caller("plan"), code="D-RACK", kind="rack", part_number=rack.number, revision="A",
        routing_code="R-RACK", routing_revision="A", rack_model="NVL", unit_prefix="RK",
        slots=[SlotSpec(position="tray_1", kind="tray", part=tray.number, ru=10)],
    )  # fmt: skip


def a_build(at: datetime = NOON - 10 * 24 * HOUR, need_by: date | None = date(2026, 12, 1), **others: Any) -> Build:
    """A rack just started, its kit ready two days before."""
    rack_design()
    start = BuildStart(
        **{
            "design_code": "D-RACK",
            "need_by": need_by,
            "location_code": "PACK",
            "customer_order_at": at - timedelta(days=60),
            "kit_ready_at": at - timedelta(days=2),
            **others,
        }
    )
    return start_build(caller=a_caller("plan", at=at), start=start)


def run(build: Build, number: int, at: datetime, hours: int = 1) -> None:
    """One operation of a build, begun at and passed some hours later."""
    start_run(caller=a_caller("mei", at=at), build_id=build.pk, number=number)
    if number == 20:
        tray = received_units(Part.objects.get(number="TRAY-1"), 1, at=at)[0]
        install_unit(caller=a_caller("mei", at=at), slot_id=build.slots.get().pk, serial=tray.serial)
    finish_run(caller=a_caller("mei", at=at + hours * HOUR), build_id=build.pk, number=number)


def a_tested_rack(at: datetime = NOON - 5 * 24 * HOUR, **others: Any) -> Unit:
    """A rack whose route is done up to packing; its last test passed at `at`."""
    build = a_build(at - 4 * 24 * HOUR, **others)
    run(build, 10, at - 3 * 24 * HOUR)
    run(build, 20, at - 2 * 24 * HOUR)
    run(build, 30, at - 2 * HOUR, 2)
    return build.unit


def packing_of(rack: Unit, /, **others: Any) -> RackToPack:
    """What packing a rack takes: figures of a crate and two fresh indicators."""
    return RackToPack(
        **{
            "rack": rack.serial,
            "tare_kg": Decimal(320),
            "gross_kg": Decimal(1690),
            "length_mm": 1400,
            "width_mm": 900,
            "height_mm": 2450,
            "indicators": [
                FittedIndicator("shock", fresh("SW-"), "25 g"),
                FittedIndicator("tilt", fresh("TW-"), "30 deg"),
            ],
            **others,
        }
    )


def a_crate(rack: Unit | None = None, at: datetime = NOON - 4 * 24 * HOUR, **others: Any) -> Crate:
    """A sealed crate with a rack in it."""
    rack = rack or a_tested_rack(at - 24 * HOUR)
    return pack_rack(caller=a_caller("mei", at=at), packing=packing_of(rack, **others))


def a_plan(**others: Any) -> ShipmentPlan:
    """A shipment by the ferry to Shibushi, leaving tomorrow."""
    return ShipmentPlan(
        **{
            "lane_code": LANE,
            "carrier_code": CARRIER,
            "planned_departure_at": NOON + 24 * HOUR,
            "need_by": date(2026, 12, 1),
            "accepted_because": "agreed by telephone",  # in a plant that has calendars
            "vehicle_code": USUAL if VehicleKind.objects.filter(code=USUAL).exists() else "",  # as soon as it knows any
            **others,
        }
    )


def a_shipment(crates: Sequence[Crate] = (), at: datetime = NOON - 4 * 24 * HOUR, **others: Any) -> Shipment:
    """A planned shipment with these crates."""
    lanes()
    plan = a_plan(crates=[crate.sscc for crate in crates], **others)
    return plan_shipment(caller=a_caller("rosa", at=at), plan=plan)


def departed(crates: Sequence[Crate] = (), at: datetime = NOON - 3 * 24 * HOUR, **others: Any) -> Shipment:
    """A shipment that left."""
    shipment = a_shipment(crates or [a_crate(at=at - 24 * HOUR)], at=at - HOUR, **others)
    depart_shipment(caller=a_caller("rosa", at=at), shipment_id=shipment.pk, truck="姫路 130 あ 12-34", seal="S-1")
    return Shipment.objects.get(pk=shipment.pk)


def readings_of(shipment: Shipment, **states: str) -> list[IndicatorRead]:
    """Every indicator of a shipment as read at the dock, intact unless a state is given for its kind."""
    return [
        IndicatorRead(indicator.serial, states.get(indicator.kind, "intact"))
        for row in shipment.crates.select_related("crate")
        for indicator in row.crate.indicators.order_by("id")
    ]


def arrived(shipment: Shipment | None = None, at: datetime = NOON - 2 * 24 * HOUR, **states: str) -> Shipment:
    """A shipment at the site's dock."""
    shipment = shipment or departed(at=at - 24 * HOUR)
    arrive_shipment(caller=a_caller("sora", at=at), shipment_id=shipment.pk, readings=readings_of(shipment, **states))
    return Shipment.objects.get(pk=shipment.pk)


def received(shipment: Shipment | None = None, at: datetime = NOON - 24 * HOUR, **states: str) -> Shipment:
    """A shipment whose receiving is finished."""
    shipment = shipment or arrived(at=at - 6 * HOUR, **states)
    finish_receiving(caller=a_caller("sora", at=at), shipment_id=shipment.pk)
    return Shipment.objects.get(pk=shipment.pk)


def rack_of(shipment: Shipment) -> Unit:
    """The first rack in the crates of a shipment."""
    return Unit.objects.get(placements__host__crate__shipment_crate__shipment=shipment, placements__to_at=None)


def accepted(shipment: Shipment | None = None, position: str = "H1-A01", at: datetime = NOON - 20 * HOUR) -> Unit:
    """A rack that stands at its position."""
    shipment = shipment or received(at=at - HOUR)
    rack = rack_of(shipment)
    verdict = Verdict(shipment.pk, rack.serial, "accepted", position)
    accept_rack(caller=a_caller("sora", at=at), verdict=verdict)
    return rack
