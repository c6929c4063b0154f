"""The site's word about a rack."""

import pytest
from django.db import IntegrityError, transaction

from assembly.models import Nonconformity
from inventory.models import Hold, Placement
from inventory.operations.finding import UnitHeld, UnknownSerial
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.models import Acceptance, Position
from logistics.operations.acceptances import (
    AlreadyAnswered,
    PositionOccupied,
    RackNotHere,
    ReceivingOpen,
    RemarksMissing,
    UnknownPosition,
    Verdict,
    accept_rack,
    accept_racks,
)
from logistics.operations.receivings import NotArrived
from logistics.operations.road_gate import RoadFindingOpen
from tests.cast import NOON, a_caller
from tests.logistics.facts import refused
from tests.logistics.world import a_tested_rack, accepted, arrived, departed, rack_of, received

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipment():
    a_caller("mei")
    return received()


def accept(shipment, user="sora", **others):
    rack = others.pop("rack", None) or rack_of(shipment).serial
    facts = {"outcome": "accepted", "position_code": "H1-A01", **others}
    return accept_rack(caller=a_caller(user), verdict=Verdict(shipment_id=shipment.pk, rack=rack, **facts))


def test_rack_stands_at_its_position(shipment):
    rack = rack_of(shipment)
    crate = shipment.crates.get().crate

    row = accept(shipment)

    placement = Placement.objects.get(unit=rack, to_at=None)
    assert (placement.location.code, placement.event_id) == ("H1-A01", row.event_id)
    assert Placement.objects.get(unit=crate.unit, to_at=None).location == shipment.lane.destination.location
    assert row.by.username == "sora"


def test_event_tells_the_outcome(shipment):
    row = accept(shipment, outcome="accepted_with_remarks", remarks="Scratch on the door")

    event = Event.objects.get(kind="logistics.rack-accepted")
    assert (event.pk, event.subject_id) == (row.event_id, row.unit_id)
    assert event.payload["remarks"] == "Scratch on the door"
    assert event.payload["position"] == "H1-A01"


def test_refused_rack_stays_in_its_crate(shipment):
    rack = rack_of(shipment)

    row = accept(shipment, outcome="refused", position_code="", remarks="Door bent")

    assert row.position is None
    assert Placement.objects.get(unit=rack, to_at=None).host == shipment.crates.get().crate.unit


def test_same_key_accepts_once(shipment):
    verdict = Verdict(shipment.pk, rack_of(shipment).serial, "accepted", "H1-A01")

    first = accept_rack(caller=a_caller("sora", key="k"), verdict=verdict)

    assert accept_rack(caller=a_caller("sora", key="k"), verdict=verdict) == first
    with refused(AlreadyAnswered):
        accept_rack(caller=a_caller("sora"), verdict=verdict)


def test_tripped_indicator_needs_release_and_a_remark():
    shipment = received(shock="tripped")
    with refused(RemarksMissing):
        accept(shipment)
    with refused(RoadFindingOpen):
        accept(shipment, outcome="accepted_with_remarks", remarks="Logger: 12 g at most, re-tested")

    report, quality = Nonconformity.objects.get(), a_caller("tanaka").user
    Nonconformity.objects.update(disposition="use_as_is", disposed_by=quality, closed_at=NOON, disposed_at=NOON)
    assert report.says[-1] == {"code": "road-asks"}
    with refused(UnitHeld):
        accept(shipment, outcome="accepted_with_remarks", remarks="Logger: 12 g at most, re-tested")
    Hold.objects.update(released_at=NOON, released_by=a_caller("tanaka").user)

    assert accept(shipment, outcome="accepted_with_remarks", remarks="Logger: 12 g at most, re-tested").pk


@pytest.mark.parametrize("outcome", ["accepted_with_remarks", "refused"])
def test_outcome_that_needs_words_is_refused_without(shipment, outcome):
    with refused(RemarksMissing):
        accept(shipment, outcome=outcome)


def test_unknown_position_is_refused(shipment):
    with refused(UnknownPosition):
        accept(shipment, position_code="H9-Z99")
    with refused(UnknownPosition):
        accept(shipment, position_code="")


def test_taken_position_is_refused(shipment):
    other = accepted(position="H1-A02")

    with refused(PositionOccupied) as caught:
        accept(shipment, position_code="H1-A02")
    assert other.serial in caught.value.true


def test_many_are_accepted_or_none(shipment):
    rack = rack_of(shipment).serial

    with refused(AlreadyAnswered):
        accept_racks(caller=a_caller("sora"), verdicts=[Verdict(shipment.pk, rack, "accepted", "H1-A01")] * 2)
    accept_racks(caller=a_caller("sora"), verdicts=[Verdict(shipment.pk, rack, "accepted", "H1-A01")])

    assert Acceptance.objects.count() == 1


def test_rack_of_another_shipment_is_refused(shipment):
    other = a_tested_rack()

    with refused(RackNotHere):
        accept(shipment, rack=other.serial)
    with refused(UnknownSerial):
        accept(shipment, rack="RK99-99999")


def test_acceptance_waits_for_receiving():
    gone, there = departed(), arrived()
    a_caller("sora")

    with refused(NotArrived):
        accept(gone)
    with refused(ReceivingOpen):
        accept(there)


def test_who_may_not_accept_is_refused(shipment):
    with refused(NotPermitted):
        accept(shipment, "mei")


def test_walls_one_word_a_rack_and_one_rack_a_position(shipment):
    row = accept(shipment)
    other = a_tested_rack()
    facts = {"shipment": shipment, "outcome": "accepted", "at": NOON, "by": row.by, "event_id": 1}

    with pytest.raises(IntegrityError, match="position_takes_one_rack"), transaction.atomic():
        Acceptance.objects.create(unit=other, position=row.position, **facts)
    with pytest.raises(IntegrityError, match="rack_is_accepted_once_in_a_shipment"), transaction.atomic():
        Acceptance.objects.create(unit=row.unit, position=Position.objects.last(), **facts)
    with pytest.raises(IntegrityError, match="accepted_rack_has_a_position"), transaction.atomic():
        Acceptance.objects.create(unit=other, position=None, **facts)
