"""A shipment is planned anew, or sent another way; what was planned before stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inventory.operations.holds import ReasonMissing
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from logistics.models import Milestone, Replan, Shipment
from logistics.operations.arrivals import arrive_shipment
from logistics.operations.disruptions import UnknownDisruption
from logistics.operations.lanes import UnknownCarrier, UnknownLane
from logistics.operations.milestones import LegContradicts, NotDeparted, Report, UnknownLeg, report_milestone
from logistics.operations.replanning import (
    DeparturePassed,
    Detour,
    NewPlan,
    NewWay,
    PlannedTwice,
    PlanUnchanged,
    ShipmentArrived,
    replan_shipment,
    replan_shipments,
    reroute_shipment,
)
from logistics.operations.shipments import NeedByTooEarly, ShipmentGone, UnknownShipment
from logistics.queries.alternatives import choices_of
from logistics.queries.disruptions import impact_of
from logistics.queries.outlook import outlook
from tests.cast import NOON, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.storm_world import DAY, ROAD, a_stop, again, an_end
from tests.logistics.world import CARRIER, LANE, a_crate, a_shipment, departed, lanes, rack_of, readings_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BY_ROAD = NewWay(ROAD, "CR-SETO", NOON + 26 * HOUR)
FROM_PORT = Detour("大阪南港", ROAD, 1, "CR-SETO")


@pytest.fixture(autouse=True)
def _ways() -> None:
    lanes()
    person("rosa")


def replanned(shipment: Shipment, way: NewWay = BY_ROAD, **others: Any) -> Replan:
    given = {"shipment_id": shipment.pk, "version": 1, "way": way, "reason": "欠航のため", **others}
    return replan_shipment(caller=a_caller("rosa"), **given)


def rerouted(shipment: Shipment, detour: Detour = FROM_PORT, **others: Any) -> Replan:
    given = {"shipment_id": shipment.pk, "version": 1, "detour": detour, "reason": "欠航のため", **others}
    return reroute_shipment(caller=a_caller("rosa"), **given)


def test_the_plan_before_stays_and_the_event_tells_both() -> None:
    stop, shipment = a_stop(), a_shipment()

    row = replanned(shipment, disruption=stop.number)

    now = again(shipment)
    assert (now.lane.code, now.carrier.code, now.planned_departure_at, now.version) == (
        ROAD, "CR-SETO", BY_ROAD.planned_departure_at, 2,
    )  # fmt: skip
    assert (row.was_lane.code, row.was_carrier.code, row.was_departure_at) == (LANE, CARRIER, NOON + 24 * HOUR)
    assert row.was_arrives_at != row.arrives_at == BY_ROAD.planned_departure_at + 17 * HOUR
    told = Event.objects.get(kind="logistics.shipment-replanned").payload
    assert told["changes"]["lane"] == [LANE, ROAD]
    assert (told["disruption"], told["reason"], told["version"]) == (stop.number, "欠航のため", 2)


def test_several_are_planned_anew_in_one_act_or_none() -> None:
    one, two = a_shipment(), a_shipment()
    plans = [NewPlan(row.pk, 1, ROAD, "CR-SETO", NOON + 30 * HOUR) for row in (one, two)]
    caller = a_caller("rosa", key="both")
    with refused(PlannedTwice):
        replan_shipments(caller=a_caller("rosa"), plans=[plans[0], plans[0]], reason="欠航")
    with refused(PlanUnchanged):
        replan_shipments(caller=a_caller("rosa"), plans=[], reason="欠航")
    with refused(UnknownLane):
        replan_shipments(caller=a_caller("rosa"), plans=[plans[0], replace(plans[1], lane_code="NO")], reason="欠航")

    answer = replan_shipments(caller=caller, plans=plans, reason="欠航")

    assert replan_shipments(caller=caller, plans=plans, reason="欠航") == answer
    assert Replan.objects.count() == 2
    assert {again(row).lane.code for row in (one, two)} == {ROAD}


@pytest.mark.parametrize(
    ("way", "refusal"),
    [
        (replace(BY_ROAD, lane_code="NOWHERE"), UnknownLane),
        (replace(BY_ROAD, carrier_code="NOBODY"), UnknownCarrier),
        (replace(BY_ROAD, planned_departure_at=NOON - HOUR), DeparturePassed),
        (replace(BY_ROAD, planned_departure_at=NOON + 20 * DAY), NeedByTooEarly),
        (NewWay(LANE, CARRIER, NOON + 24 * HOUR), PlanUnchanged),
    ],
)
def test_impossible_plans_are_refused(way: NewWay, refusal: Any) -> None:
    shipment = a_shipment()
    with refused(refusal):
        replanned(shipment, way)


def test_reason_right_version_and_shipment_are_asked_for() -> None:
    shipment = a_shipment()
    person("mei")
    for wrong, refusal in (
        ({"reason": " "}, ReasonMissing), ({"version": 7}, StaleEdit), ({"shipment_id": 0}, UnknownShipment),
        ({"disruption": "DS-26-99999"}, UnknownDisruption),
    ):  # fmt: skip
        with refused(refusal):
            replanned(shipment, **wrong)
    with refused(NotPermitted):
        replan_shipment(caller=a_caller("mei"), shipment_id=shipment.pk, version=1, way=BY_ROAD, reason="x")
    gone = departed()
    with refused(ShipmentGone):
        replanned(gone)
    assert Replan.objects.count() == 0


def test_a_later_departure_moves_the_arrival_by_as_much() -> None:
    shipment = a_shipment([a_crate(at=NOON - 6 * HOUR)], at=NOON - 5 * HOUR, planned_departure_at=NOON + HOUR)
    rack = rack_of(shipment)
    before = outlook(NOON).by_unit[rack.pk].p50_at

    replanned(shipment, NewWay(LANE, CARRIER, NOON + 49 * HOUR))

    assert abs(outlook(NOON).by_unit[rack.pk].p50_at - before - 2 * DAY) < HOUR
    waited = outlook(NOON + 47 * HOUR).by_unit[rack.pk].p50_at  # what was put off is no delay, and no age
    assert abs(waited - before - 2 * DAY) < 4 * HOUR


def test_the_way_goes_on_by_another_lane() -> None:
    shipment = departed(at=NOON - 10 * HOUR)
    tell(shipment, "leg_arrived", 1, NOON - 7 * HOUR)

    row = rerouted(shipment)

    now = again(shipment)
    assert (now.lane.code, row.place, row.from_leg, row.was_lane.code) == (ROAD, "大阪南港", 1, LANE)
    assert row.arrives_at == NOON + 17 * HOUR
    tell(shipment, "leg_arrived", 1, NOON)  # of the new lane: the old one's report does not stand in its way
    assert Milestone.objects.filter(shipment=shipment, kind="leg_arrived").count() == 2
    arrive_shipment(caller=a_caller("sora"), shipment_id=shipment.pk, readings=readings_of(shipment))


def test_who_joins_a_lane_later_need_not_report_its_first_legs() -> None:
    shipment = departed(at=NOON - 10 * HOUR)
    rerouted(shipment, Detour("広島中継所", ROAD, 2))

    with refused(LegContradicts):  # it turned later
        tell(shipment, "leg_departed", 2, NOON - HOUR)
    tell(shipment, "leg_departed", 2, NOON)

    assert again(shipment).carrier.code == CARRIER


def test_impossible_detours_are_refused() -> None:
    shipment = departed()
    for detour, refusal in (
        (Detour("", ROAD, 1), UnknownLeg), (Detour("港", ROAD, 9), UnknownLeg), (Detour("港", LANE, 1), PlanUnchanged),
    ):  # fmt: skip
        with refused(refusal):
            rerouted(shipment, detour)
    waiting = a_shipment()
    with refused(NotDeparted):
        rerouted(waiting)
    arrive_shipment(caller=a_caller("sora"), shipment_id=shipment.pk, readings=readings_of(shipment))
    with refused(ShipmentArrived):
        rerouted(shipment)


def test_whom_it_strikes_what_it_costs_and_what_can_be_done() -> None:
    """The forecast of an alternative is what the outlook says once it is chosen."""
    today = NOON.date()
    ready = a_shipment(
        [a_crate(at=NOON - 6 * HOUR)], at=NOON - 5 * HOUR, planned_departure_at=NOON + 3 * HOUR, need_by=today + 2 * DAY
    )
    at_port = departed([a_crate(at=NOON - 30 * HOUR)], at=NOON - 10 * HOUR)
    tell(at_port, "leg_arrived", 1, NOON - 7 * HOUR)
    stop = a_stop(expected=an_end(12))

    impact = impact_of(stop.number, NOON)
    choices = {choice.struck.shipment_id: choice for choice in choices_of(impact, impact.rows, stop.number)}

    assert {row.group for row in impact.rows} == {"on_the_way", "ready"}
    assert impact.more_yen > 0
    assert impact.more_yen == pytest.approx(impact.more_late_days * 850_000)
    assert [one.option.kind for one in choices[ready.pk].alternatives] == ["keep", "later", "lane", "lane"]
    assert [one.option.kind for one in choices[at_port.pk].alternatives] == ["keep", "reroute", "reroute"]
    road = next(one for one in choices[ready.pk].alternatives if one.option.lane.code == ROAD)
    assert road.more_yen < 0
    assert road.window.p50_at < choices[ready.pk].alternatives[0].window.p50_at - 5 * DAY
    replanned(ready, NewWay(ROAD, road.option.carrier_code, road.option.departs_at), disruption=stop.number)
    detour = next(one for one in choices[at_port.pk].alternatives if one.option.lane.code == ROAD)
    rerouted(at_port, replace(FROM_PORT, from_leg=detour.option.from_leg or 0))
    view = outlook(NOON)
    assert view.by_unit[rack_of(ready).pk].p50_at == road.window.p50_at
    assert view.by_unit[rack_of(at_port).pk].p50_at == detour.window.p50_at
    assert impact_of(stop.number, NOON).rows == ()


def tell(shipment: Shipment, kind: Any, leg: int, at: Any) -> None:
    report_milestone(caller=a_caller("rosa", at=at), report=Report(shipment.pk, kind, at, leg_number=leg))
