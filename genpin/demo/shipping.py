"""The acts of a rack's way: packed into a crate, loaded, reported on the way, received and accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from genpin.demo.calendars import AGREED
from genpin.demo.papers import issue
from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant
from genpin.demo.road import Course, RoadRecord
from genpin.demo.values import values_of
from genpin.demo.voyages import FERRIES, LANES, ROAD, Call, Voyage
from genpin.master.vehicles import USUAL
from logistics.operations.acceptances import Verdict, accept_racks
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.conditions import IndicatorRead
from logistics.operations.crates import Centre, FittedIndicator, RackToPack, pack_racks
from logistics.operations.custody import SealSeen
from logistics.operations.departures import depart_shipment
from logistics.operations.handovers import Handing, hand_over
from logistics.operations.milestones import Report, report_milestones
from logistics.operations.receivings import finish_receiving
from logistics.operations.shipments import ShipmentPlan, plan_shipment

TARE = Decimal("320.0")
SIZE_MM = (1400, 1000, 2550)
CENTRE = Centre(15, -10, 1180)
"""A rack is heavy below the middle: shelves and the lower compute trays (assumed)."""


@dataclass(slots=True)
class Consignment:
    """Racks that travel together: their crates' numbers and indicators, and the shipment once it is planned."""

    plant: Plant
    racks: list[str]
    design: str
    need_by: date | None
    sscc: list[str] = field(default_factory=list)
    indicators: list[str] = field(default_factory=list)
    shipment: int = 0
    number: str = ""
    seal: str = ""
    kept: bool = False
    """Its hand-overs on the way are told; of older shipments nobody wrote them down."""
    record: RoadRecord | None = None
    """The logger on its first crate."""

    def pack(self, at: datetime) -> None:
        """Seal the racks into crates; their packing operation is finished with it."""
        packings = []
        for rack in self.racks:
            values = values_of(self.plant.rng, self.design, 520)
            gross = next(Decimal(value.text) for value in values if value.code == "gross")
            packings.append(
                RackToPack(
                    rack,
                    TARE,
                    gross,
                    *SIZE_MM,
                    self._indicators(at),
                    values,
                    pin_check_id=self.plant.checks["daiki"],
                    centre=CENTRE,
                )
            )
        answer = self.plant.call(pack_racks, "daiki", at, "P1", packings=packings)
        self.sscc = list(answer["sscc"])

    def _indicators(self, at: datetime) -> list[FittedIndicator]:
        year, week, _day = at.isocalendar()
        fitted = [
            FittedIndicator(kind, self.plant.serials.next(kind, year, week), rating)
            for kind, rating in (("shock", "25 g"), ("shock", "25 g"), ("tilt", "80°"), ("tilt", "80°"))
        ]
        self.indicators += [one.serial for one in fitted]
        return fitted

    def plan(self, at: datetime, lane: str, departs: datetime) -> None:
        need_by = max(self.need_by, departs.date()) if self.need_by else None
        plan = ShipmentPlan(lane, LANES[lane].carrier, departs, need_by, self.sscc, AGREED, USUAL)
        row = self.plant.call(plan_shipment, "rosa", at, plan=plan)
        self.shipment, self.number = row.pk, row.number
        if self.record is not None:
            self.record.fit(at, self.sscc[0])

    def travel(self, way: Voyage) -> None:
        """Put departure, reports, arrival, receiving and acceptance on the agenda."""
        agenda = self.plant.agenda
        agenda.at(way.departed, self._depart)
        for call in way.calls:
            agenda.at(call.moment, self._report, call)
            taker = FERRIES.get(way.lane) if call.leg == 2 else way.carrier
            if self.kept and taker and call.kind == "leg_departed":
                vehicle = "フェリー(架空)" if call.leg == 2 else ""
                agenda.at(call.moment - timedelta(minutes=5), self._hand_over, taker, vehicle)
        if not way.silent:
            agenda.at(way.arrived, self._arrive)
            agenda.at(way.received, self._receive)
            agenda.at(way.accepted, self._accept)
        if self.record is not None:
            self.record.travel(way)

    def _depart(self, at: datetime) -> None:
        truck = f"姫路 100 か {self.plant.rng.randrange(1000, 9999)}"
        self.seal = f"SL{self.plant.rng.randrange(100_000, 999_999)}"
        self.plant.call(
            depart_shipment, "rosa", at, shipment_id=self.shipment, truck=truck, driver="架空 太郎", seal=self.seal
        )

    def _hand_over(self, at: datetime, to: str, vehicle: str) -> None:
        """The ferry takes the truck's load over under its seal, and gives it back: a row of the chain of custody."""
        handing = Handing(
            self.shipment, to, "架空 太郎" if vehicle else "港 花子", "港 花子" if vehicle else "架空 次郎",
            [SealSeen(self.seal, "intact")], vehicle=vehicle,
        )  # fmt: skip
        self.plant.call(hand_over, "rosa", at, handing=handing)

    def _report(self, at: datetime, told: Call) -> None:
        report = Report(
            self.shipment, told.kind, at, leg_number=told.leg, place=told.place, source="edi", expected_at=told.expected
        )
        self.plant.call(report_milestones, "rosa", at, reports=[report])

    def _arrive(self, at: datetime) -> None:
        readings = [IndicatorRead(serial, "intact") for serial in self.indicators]
        seals = [SealSeen(self.seal, "intact")]
        self.plant.call(
            arrive_shipment, "sora", at, "S1", shipment_id=self.shipment, readings=readings, seals=seals,
            handed_by="架空 次郎", loggers=self.record.seen() if self.record else [],
        )  # fmt: skip

    def _receive(self, at: datetime) -> None:
        self.plant.call(finish_receiving, "sora", at, "S1", shipment_id=self.shipment)

    def _accept(self, at: datetime) -> None:
        remarked = self.plant.rng.random() < 0.07
        verdicts = [
            Verdict(
                self.shipment, rack, "accepted_with_remarks" if remarked else "accepted", next_position(self.plant),
                remarks="木箱の角に擦れ。機器に異常なし。" if remarked else "",
            )
            for rack in self.racks
        ]  # fmt: skip
        self.plant.call(accept_racks, "sora", at, "S1", verdicts=verdicts)


def next_position(plant: Plant) -> str:
    """The next free place in the hall, row by row, unless the plant names one."""
    if plant.position:
        return plant.position
    number = int(plant.told.get("positions", "0"))
    plant.told["positions"] = str(number + 1)
    return f"H1-{'ABCDEF'[number // 40]}{number % 40 + 1:02d}"


@dataclass(slots=True)
class Outbound:
    """A living rack's end in the plant and its way."""

    plant: Plant
    rack: RackPlan
    serial: str

    def schedule(self) -> None:
        course: Course = "calm" if self.rack.wish.voyage == "accepted" else "unread"
        record = RoadRecord(self.plant, course) if self.plant.loggers else None
        cargo = Consignment(
            self.plant, [self.serial], self.rack.wish.design, self.rack.need_by, kept=True, record=record
        )
        packed = self.rack.spans["520"][1]
        way = self.rack.voyage
        self.plant.agenda.at(packed, cargo.pack)
        departs = way.departed if way else packed + timedelta(hours=20)
        lane = way.lane if way else ROAD
        self.plant.agenda.at(packed + timedelta(minutes=50), self._plan, cargo, lane, departs)
        if way:
            cargo.travel(way)

    def _plan(self, at: datetime, cargo: Consignment, lane: str, departs: datetime) -> None:
        cargo.plan(at, lane, departs)
        self.plant.told[f"shipment {self.rack.name}"] = cargo.number
        if self.rack.voyage:
            for paper in ("packing-list", "delivery-note"):
                self.plant.agenda.at(departs + timedelta(minutes=2), issue, self.plant, paper, cargo.number, "rosa")
