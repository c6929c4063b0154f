"""At the site's dock: indicators, receiving."""

import pytest

from assembly.models import Nonconformity
from inventory.models import Hold, Placement
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Arrival, IndicatorReading
from logistics.operations.arrivals import (
    AlreadyArrived,
    ArrivalTooEarly,
    Arriving,
    arrive_shipment,
    arrive_shipments,
)
from logistics.operations.conditions import IndicatorRead, IndicatorsUnread, UnknownIndicator
from logistics.operations.milestones import NotDeparted
from logistics.operations.moments import MomentAhead
from logistics.operations.receivings import NotArrived, Received, ReceivingFinished, finish_receiving, finish_receivings
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.world import HOUR, a_crate, a_shipment, arrived, departed, rack_of, readings_of, received

pytestmark = pytest.mark.django_db
LEFT = NOON - 20 * HOUR


@pytest.fixture
def on_the_way():
    a_caller("sora")
    return departed(at=LEFT)


def arrive(shipment, user="sora", readings=None, **others):
    found = readings_of(shipment) if readings is None else readings
    return arrive_shipment(caller=a_caller(user), shipment_id=shipment.pk, readings=found, **others)


def test_crates_stand_at_the_dock(on_the_way):
    arrival = arrive(on_the_way)

    crate = on_the_way.crates.get().crate
    placement = Placement.objects.get(unit=crate.unit, to_at=None)
    assert placement.location == on_the_way.lane.destination.location
    assert placement.event_id == arrival.event_id
    assert Event.objects.get(kind="logistics.shipment-arrived").subject_id == on_the_way.pk
    assert IndicatorReading.objects.filter(moment="receipt", state="intact").count() == 2
    assert not Hold.objects.exists()


@pytest.mark.parametrize("state", ["tripped", "missing"])
def test_indicator_that_is_not_intact_holds_its_rack(on_the_way, state):
    arrive(on_the_way, readings=readings_of(on_the_way, shock=state))

    hold = Hold.objects.get()
    assert hold.unit == rack_of(on_the_way)
    assert hold.placed_by.username == "sora"
    assert on_the_way.crates.get().crate.indicators.get(kind="shock").serial in hold.reason
    report = Nonconformity.objects.get(unit=hold.unit)
    assert report.defect_code == "TRANSPORT"
    assert report.disposition is None


def test_many_arrive_and_are_received_at_once():
    shipments = [departed([a_crate(at=LEFT - HOUR)], at=LEFT) for _ in range(2)]

    arrive_shipments(caller=a_caller("sora"), arrivals=[Arriving(one.pk, readings_of(one)) for one in shipments])
    finish_receivings(caller=a_caller("sora"), receivings=[Received(one.pk) for one in shipments])

    assert Arrival.objects.exclude(received_at=None).count() == 2
    assert Event.objects.filter(kind="logistics.shipment-received").count() == 2


def test_unread_indicator_is_refused(on_the_way):
    readings = readings_of(on_the_way)[:1]

    with refused(IndicatorsUnread):
        arrive(on_the_way, readings=readings)


def test_unknown_indicator_or_state_is_refused(on_the_way):
    readings = readings_of(on_the_way)

    with refused(UnknownIndicator):
        arrive(on_the_way, readings=[*readings, IndicatorRead("XX", "intact")])
    with refused(UnknownIndicator):
        arrive(on_the_way, readings=[IndicatorRead(one.serial, "fine") for one in readings])


def test_moments_that_cannot_be_are_refused(on_the_way):
    with refused(MomentAhead):
        arrive(on_the_way, occurred_at=NOON + HOUR)
    with refused(ArrivalTooEarly):
        arrive(on_the_way, occurred_at=LEFT - HOUR)


def test_shipment_arrives_once(on_the_way):
    arrive(on_the_way)

    with refused(AlreadyArrived):
        arrive(on_the_way)


def test_shipment_that_has_not_left_does_not_arrive():
    shipment = a_shipment()
    a_caller("sora")

    with refused(NotDeparted):
        arrive(shipment)


def test_who_may_not_receive_is_refused(on_the_way):
    with refused(NotPermitted):
        arrive(on_the_way, "rosa")


def test_receiving_is_finished_once_and_after_the_arrival(on_the_way):
    with refused(NotArrived):
        finish_receiving(caller=a_caller("sora"), shipment_id=on_the_way.pk)
    arrive(on_the_way, occurred_at=NOON - 2 * HOUR)
    with refused(ArrivalTooEarly):
        finish_receiving(caller=a_caller("sora"), shipment_id=on_the_way.pk, occurred_at=NOON - 3 * HOUR)

    arrival = finish_receiving(caller=a_caller("sora", key="k"), shipment_id=on_the_way.pk)

    assert arrival.received_at == NOON
    assert Event.objects.get(pk=arrival.received_event_id).kind == "logistics.shipment-received"
    assert finish_receiving(caller=a_caller("sora", key="k"), shipment_id=on_the_way.pk) == arrival
    with refused(ReceivingFinished):
        finish_receiving(caller=a_caller("sora"), shipment_id=on_the_way.pk)


def test_world_receives():
    assert received(arrived(departed(at=LEFT), at=NOON - 3 * HOUR), at=NOON).arrival.received_at is not None
