"""Scans at the packing and the site stations."""

import pytest

from inventory.scanning import ScanContext, read_scan
from logistics.models import Acceptance
from logistics.operations.acceptances import RemarksMissing
from tests.cast import a_caller
from tests.logistics.facts import refused
from tests.logistics.world import a_crate, rack_of, received

pytestmark = pytest.mark.django_db


def scan(text, kind="site", user="sora", **facts):
    return read_scan(a_caller(user), text, ScanContext(station="S1", station_kind=kind, facts=facts))


def test_sscc_shows_its_crate():
    crate = a_crate()

    answer = scan("00" + crate.sscc, "packing", "mei")

    assert answer.state == "run"
    assert crate.unit.contents.get(to_at=None).unit.serial in answer.say[0]
    assert "rack" not in answer.context


def test_rack_and_then_position_accept_it():
    shipment = received()
    rack = rack_of(shipment)

    first = scan(rack.serial)
    second = scan("LOC-H1-A05", **first.context)

    assert first.context == {"rack": rack.tag, "shipment": shipment.pk}
    assert second.state == "ok"
    assert Acceptance.objects.get().position.code == "H1-A05"
    assert second.context == {}


def test_crate_label_does_as_well_as_the_racks():
    shipment = received()

    first = scan(shipment.crates.get().crate.sscc)
    scan("LOC-H1-A06", **first.context)

    assert Acceptance.objects.count() == 1


def test_tripped_indicator_is_not_accepted_by_scan():
    shipment = received(shock="tripped")
    first = scan(rack_of(shipment).serial)

    with refused(RemarksMissing):
        scan("LOC-H1-A07", **first.context)


def test_place_without_a_rack_is_left_to_others():
    received()

    answer = scan("LOC-PACK", "receiving", "mei")

    assert "rack" not in answer.context
    assert not Acceptance.objects.exists()
