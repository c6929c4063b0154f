"""Planning shipments and putting crates on them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Shipment, ShipmentCrate
from logistics.operations.crate_moves import assign_crates
from logistics.operations.lanes import UnknownCarrier, UnknownLane
from logistics.operations.shipments import (
    CrateAssigned,
    NeedByTooEarly,
    ShipmentGone,
    UnknownCrate,
    UnknownShipment,
    plan_shipment,
    plan_shipments,
)
from tests.cast import a_caller, rosa
from tests.logistics.facts import refused
from tests.logistics.world import a_crate, a_plan, a_shipment, departed, lanes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ways():
    lanes()
    rosa()


def test_shipment_is_numbered_by_the_plant():
    shipment = plan_shipment(caller=a_caller("rosa"), plan=a_plan())

    assert shipment.number.startswith("SH-26-")
    event = Event.objects.get(kind="logistics.shipment-planned")
    assert (event.pk, event.subject_id) == (shipment.event_id, shipment.pk)
    assert Shipment.objects.get().event_id == event.pk


def test_many_are_planned_at_once():
    answer = plan_shipments(caller=a_caller("rosa"), plans=[a_plan(), a_plan()])

    assert len(set(answer["numbers"])) == 2


def test_same_key_gives_the_same_shipment():
    first = plan_shipment(caller=a_caller("rosa", key="k"), plan=a_plan())

    assert plan_shipment(caller=a_caller("rosa", key="k"), plan=a_plan()) == first
    assert Shipment.objects.count() == 1


def test_crates_are_put_on_it():
    crate, shipment = a_crate(), a_shipment()

    assign_crates(caller=a_caller("rosa"), shipment_id=shipment.pk, version=1, crates=["(00)" + crate.sscc])

    row = ShipmentCrate.objects.get()
    assert (row.shipment, row.crate) == (shipment, crate)
    assert Event.objects.get(pk=row.event_id).kind == "logistics.crates-assigned"


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"lane_code": "NOWHERE"}, UnknownLane),
        ({"carrier_code": "NOBODY"}, UnknownCarrier),
        ({"need_by": date(2026, 11, 1)}, NeedByTooEarly),
        ({"crates": ["000000000000000000"]}, UnknownCrate),
    ],
)
def test_impossible_plans_are_refused(wrong, refusal):
    with refused(refusal):
        plan_shipment(caller=a_caller("rosa"), plan=a_plan(**wrong))


def test_crate_goes_with_one_shipment():
    crate = a_crate()
    first, second = a_shipment([crate]), a_shipment()

    with refused(CrateAssigned) as caught:
        assign_crates(caller=a_caller("rosa"), shipment_id=second.pk, version=1, crates=[crate.sscc])
    assert first.number in caught.value.true


def test_shipment_that_left_takes_no_crate():
    shipment, crate = departed(), a_crate()

    with refused(ShipmentGone):
        assign_crates(caller=a_caller("rosa"), shipment_id=shipment.pk, version=1, crates=[crate.sscc])


def test_unknown_shipment_is_refused():
    with refused(UnknownShipment):
        assign_crates(caller=a_caller("rosa"), shipment_id=999_999, version=1, crates=[])


def test_who_may_not_ship_is_refused():
    a_caller("mei")

    with refused(NotPermitted):
        plan_shipment(caller=a_caller("mei"), plan=a_plan())


def test_wall_a_crate_is_assigned_once():
    crate = a_crate()
    a_shipment([crate])
    other = a_shipment()

    with pytest.raises(IntegrityError, match="crate_id"), transaction.atomic():
        ShipmentCrate.objects.create(shipment=other, crate=crate, event_id=1)
