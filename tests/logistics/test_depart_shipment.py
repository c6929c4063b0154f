"""The truck leaves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from assembly.operations.nonconformities import report_nonconformity
from inventory.models import Placement
from inventory.operations.finding import UnitHeld
from inventory.operations.holds import place_hold
from inventory.operations.placements import Move, place
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Departure, Shipment
from logistics.operations.departures import (
    CrateElsewhere,
    Leaving,
    ShipmentEmpty,
    TruckUnknown,
    depart_shipment,
    depart_shipments,
)
from logistics.operations.moments import MomentAhead
from logistics.operations.readiness import BuildIncomplete
from logistics.operations.shipments import ShipmentGone, UnknownShipment
from tests.cast import NOON, a_caller, mei
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_crate, a_shipment, departed
from tests.world import a_location

pytestmark = pytest.mark.django_db


def depart(shipment, user="rosa", **others):
    facts = {"truck": "神戸 130 い 56-78", "driver": "運転 太郎", "seal": "S-77", **others}
    return depart_shipment(caller=a_caller(user), shipment_id=shipment.pk, **facts)


def test_crates_stand_on_the_truck():
    crate = a_crate()
    shipment = a_shipment([crate])

    departure = depart(shipment)

    vehicle = Shipment.objects.get(pk=shipment.pk).vehicle
    placement = Placement.objects.get(unit=crate.unit, to_at=None)
    assert vehicle.kind == "vehicle"
    assert (placement.location, placement.event_id) == (vehicle, departure.event_id)
    assert Placement.objects.get(host=crate.unit, to_at=None).position == "1"


def test_event_tells_truck_and_seal():
    shipment = a_shipment([a_crate()])

    departure = depart(shipment, occurred_at=NOON - HOUR)

    event = Event.objects.get(kind="logistics.shipment-departed")
    assert (event.pk, event.subject_id) == (departure.event_id, shipment.pk)
    assert (event.payload["seal"], event.payload["number"]) == ("S-77", shipment.number)
    assert event.happened_at == departure.at == NOON - HOUR


def test_many_leave_at_once():
    shipments = [a_shipment([a_crate()]), a_shipment([a_crate()])]

    depart_shipments(caller=a_caller("rosa"), departures=[Leaving(one.pk, f"T-{one.pk}") for one in shipments])

    assert Departure.objects.count() == 2


def test_same_key_leaves_once():
    shipment = a_shipment([a_crate()])
    facts = {"shipment_id": shipment.pk, "truck": "T"}

    first = depart_shipment(caller=a_caller("rosa", key="k"), **facts)

    assert depart_shipment(caller=a_caller("rosa", key="k"), **facts) == first


def test_empty_shipment_is_refused():
    shipment = a_shipment()

    with refused(ShipmentEmpty):
        depart(shipment)


def test_departed_shipment_is_refused():
    shipment = departed()

    with refused(ShipmentGone):
        depart(shipment)


def test_unknown_shipment_is_refused():
    a_caller("rosa")

    with refused(UnknownShipment):
        depart_shipment(caller=a_caller("rosa"), shipment_id=999_999, truck="T")


def test_hold_deep_inside_is_refused():
    crate = a_crate()
    shipment = a_shipment([crate])
    rack = Placement.objects.get(host=crate.unit, to_at=None).unit
    tray = Placement.objects.get(host=rack, to_at=None).unit
    place_hold(caller=a_caller("tanaka"), target=tray.tag, reason="recall")

    with refused(UnitHeld) as caught:
        depart(shipment)
    assert tray.serial in caught.value.say


def test_crate_that_is_elsewhere_is_refused():
    crate = a_crate()
    shipment = a_shipment([crate])
    was = Placement.objects.get(unit=crate.unit, to_at=None)
    there = a_location("OUT-1", "outside")
    place(a_caller("mei"), [Move(unit=crate.unit, event_id=1, location_id=there.pk, was=was)])

    with refused(CrateElsewhere):
        depart(shipment)


def test_truck_without_a_number_is_refused():
    shipment = a_shipment([a_crate()])

    with refused(TruckUnknown):
        depart(shipment, truck="  ")


def test_departure_in_the_future_is_refused():
    shipment = a_shipment([a_crate()])

    with refused(MomentAhead):
        depart(shipment, occurred_at=NOON + timedelta(minutes=1))


def test_who_may_not_ship_is_refused():
    shipment = a_shipment([a_crate()])
    mei()

    with refused(NotPermitted):
        depart(shipment, "mei")


def test_nonconformity_after_packing_stops_the_departure():
    crate = a_crate()
    shipment = a_shipment([crate])
    rack = Placement.objects.get(host=crate.unit, to_at=None).unit
    report_nonconformity(caller=a_caller("mei"), serial=rack.serial, text="Scratch on the door")

    with refused(BuildIncomplete):
        depart(shipment)


def test_wall_a_shipment_departs_once():
    shipment = departed()

    with pytest.raises(IntegrityError, match="shipment_id"), transaction.atomic():
        Departure.objects.create(shipment=shipment, at=NOON, truck="T", event_id=1)


def test_wall_a_departure_is_never_rewritten():
    departed()

    with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
        Departure.objects.update(truck="other")
