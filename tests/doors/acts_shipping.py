"""Acts of logistics: racks into crates, shipments on their way, arrival and acceptance."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from logistics.models import Lane, Shipment
from logistics.operations.acceptances import Verdict
from logistics.operations.arrivals import Arriving
from logistics.operations.crates import Centre
from logistics.operations.custody import SealSeen
from logistics.operations.departures import Leaving
from logistics.operations.milestones import Report
from logistics.operations.receivings import Received
from logistics.operations.shipments import ShipmentPlan
from logistics.operations.sites import define_positions as define_positions_of
from tests.doors.act import Act, Acts, caller, days_ago
from tests.logistics.world import (
    a_crate,
    a_shipment,
    a_tested_rack,
    arrived,
    departed,
    packing_of,
    rack_of,
    readings_of,
    received,
)


def plan_shipment() -> Act:
    lane = Lane.objects.order_by("pk")[0]
    leaves = timezone.localtime(timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    carrier = lane.legs.order_by("number")[0].carrier.code
    plan = {"lane_code": lane.code, "carrier_code": carrier, "planned_departure_at": leaves.isoformat()}
    plan["accepted_because"] = "Agreed with gate and dock"
    form = {
        "lane": lane.code,
        "carrier": carrier,
        "planned_departure_at": leaves.strftime("%Y-%m-%dT%H:%M"),
        "crates": "",
        "accepted_because": plan["accepted_because"],
    }
    early = (leaves - timedelta(days=2)).date().isoformat()
    late = (leaves + timedelta(days=9)).date().isoformat()
    return Act(
        "rosa",
        {"plan": {**plan, "need_by": late}},
        (reverse("shipment_plan"), {**form, "need_by": late}),
        {"plan": {**plan, "need_by": early}},
        "NeedByTooEarly",
        (reverse("shipment_plan"), {**form, "need_by": early}),
    )


def plan_shipments() -> Act:
    lane = Lane.objects.order_by("pk")[0]
    wish = ShipmentPlan(
        lane.code, lane.legs.order_by("number")[0].carrier.code, days_ago(-3), accepted_because="Agreed"
    )
    return Act("rosa", {"plans": [wish]}, wrong={"plans": [replace(wish, lane_code="NO-LANE")]}, refusal="UnknownLane")


def pack_rack() -> Act:
    packing = packing_of(a_tested_rack(days_ago(2)), centre=Centre(10, -20, 1_200))
    page = f"{reverse('rack_packing')}?rack={packing.rack}"
    figures = ("tare_kg", "gross_kg", "length_mm", "width_mm", "height_mm")
    form = {name: str(getattr(packing, name)) for name in figures}
    form |= {"centre_x_mm": "10", "centre_y_mm": "-20", "centre_height_mm": "1200"}
    for one in packing.indicators:
        form |= {one.kind: one.serial, f"{one.kind}_rating": one.rating}
    return Act(
        "mei",
        {"packing": packing},
        (page, form),
        {"packing": replace(packing, centre=Centre(10, -20, 9_000))},
        "CrateWrong",
        (page, {**form, "centre_height_mm": "9000"}),
    )


def pack_racks() -> Act:
    packing = packing_of(a_tested_rack(days_ago(2)))
    return Act(
        "mei",
        {"packings": [packing]},
        wrong={"packings": [replace(packing, rack="NO-SUCH")]},
        refusal="UnknownSerial",
    )


def depart_shipment() -> Act:
    shipment = a_shipment([a_crate(at=days_ago(3))], at=days_ago(2))
    form = {"truck": "姫路 130 あ 12-34", "driver": "", "seal": "S-1"}
    empty = a_shipment(at=days_ago(2))
    return Act(
        "rosa",
        {"shipment_id": shipment.pk, **form},
        (_act(shipment, "departure"), form),
        {"shipment_id": empty.pk},
        "ShipmentEmpty",
        (_act(empty, "departure"), form),
    )


def depart_shipments() -> Act:
    shipment = a_shipment([a_crate(at=days_ago(3))], at=days_ago(2))
    leaving = Leaving(shipment.pk, "姫路 130 あ 12-34")
    return Act(
        "rosa",
        {"departures": [leaving]},
        wrong={"departures": [replace(leaving, truck=" ")]},
        refusal="TruckUnknown",
    )


def _gone() -> Shipment:
    """A shipment that left two days ago."""
    return departed(at=days_ago(2))


def _act(shipment: Shipment, act: str) -> str:
    return reverse("shipment_act", args=[shipment.number, act])


def report_milestone() -> Act:
    shipment, at = _gone(), timezone.localtime(days_ago(1)).replace(second=0, microsecond=0)
    form = {"milestone": "leg_departed", "leg_number": "1", "occurred_at": f"{at:%Y-%m-%dT%H:%M}", "place": ""}
    report = Report(shipment.pk, "leg_departed", at, 1)
    page = _act(shipment, "milestone")
    return Act(
        "rosa",
        {"report": report},
        (page, form),
        {"report": replace(report, leg_number=9)},
        "UnknownLeg",
        (page, {**form, "leg_number": "9"}),
    )


def report_milestones() -> Act:
    report = Report(_gone().pk, "position", days_ago(1), place="三木SA")
    return Act(
        "rosa",
        {"reports": [report]},
        wrong={"reports": [replace(report, occurred_at=days_ago(9))]},
        refusal="BeforeDeparture",
    )


def arrive_shipment() -> Act:
    shipment, waiting = _gone(), a_shipment(at=days_ago(2))
    readings = readings_of(shipment)
    form = {f"indicator-{one.serial}": one.state for one in readings} | {"seal-S-1": "intact", "handed_by": "九州 次郎"}
    return Act(
        "sora",
        {
            "shipment_id": shipment.pk,
            "readings": readings,
            "seals": [SealSeen("S-1", "intact")],
            "handed_by": "九州 次郎",
        },
        (_act(shipment, "arrival"), form),
        {"shipment_id": waiting.pk, "readings": []},
        "NotDeparted",
        (_act(waiting, "arrival"), {}),
    )


def arrive_shipments() -> Act:
    shipment = _gone()
    return Act(
        "sora",
        {"arrivals": [Arriving(shipment.pk, readings_of(shipment))]},
        wrong={"arrivals": [Arriving(shipment.pk, [])]},
        refusal="IndicatorsUnread",
    )


def finish_receiving() -> Act:
    shipment, waiting = arrived(_gone(), at=days_ago(1)), a_shipment(at=days_ago(2))
    return Act(
        "sora",
        {"shipment_id": shipment.pk},
        (_act(shipment, "receiving"), {}),
        {"shipment_id": waiting.pk},
        "NotArrived",
        (_act(waiting, "receiving"), {}),
    )


def finish_receivings() -> Act:
    shipment = arrived(_gone(), at=days_ago(1))
    return Act(
        "sora",
        {"receivings": [Received(shipment.pk)]},
        wrong={"receivings": [Received(shipment.pk, days_ago(3))]},
        refusal="ArrivalTooEarly",
    )


def _verdict() -> tuple[Shipment, Verdict]:
    """A shipment whose receiving is finished, and the word that its rack stands at a free position."""
    shipment = received(arrived(_gone(), at=days_ago(1)), at=days_ago(0.5))
    define_positions_of(caller=caller("plan"), site_code=shipment.lane.destination.code, codes=["H9-Z99"])
    return shipment, Verdict(shipment.pk, rack_of(shipment).serial, "accepted", "H9-Z99")


def accept_rack() -> Act:
    shipment, verdict = _verdict()
    form = {"rack": verdict.rack, "outcome": "accepted", "position_code": verdict.position_code, "remarks": ""}
    page = _act(shipment, "acceptance")
    return Act(
        "sora",
        {"verdict": verdict},
        (page, form),
        {"verdict": replace(verdict, position_code="NOWHERE")},
        "UnknownPosition",
        (page, {**form, "position_code": "NOWHERE"}),
    )


def accept_racks() -> Act:
    _shipment, verdict = _verdict()
    return Act(
        "sora",
        {"verdicts": [verdict]},
        wrong={"verdicts": [replace(verdict, outcome="refused", position_code="")]},
        refusal="RemarksMissing",
    )


ACTS: Acts = {
    "logistics.accept_rack": accept_rack,
    "logistics.accept_racks": accept_racks,
    "logistics.arrive_shipment": arrive_shipment,
    "logistics.arrive_shipments": arrive_shipments,
    "logistics.depart_shipment": depart_shipment,
    "logistics.depart_shipments": depart_shipments,
    "logistics.finish_receiving": finish_receiving,
    "logistics.finish_receivings": finish_receivings,
    "logistics.pack_rack": pack_rack,
    "logistics.pack_racks": pack_racks,
    "logistics.plan_shipment": plan_shipment,
    "logistics.plan_shipments": plan_shipments,
    "logistics.report_milestone": report_milestone,
    "logistics.report_milestones": report_milestones,
}
