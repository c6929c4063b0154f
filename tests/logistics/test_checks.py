"""Integrity checks: silent over what operations leave, loud over what they never do."""

import pytest

from inventory.checks import run_checks
from inventory.models import Identifier, Location, Placement
from logistics.models import Crate, Shipment
from logistics.text import bare_sscc, check_digit, is_sscc, sscc_text
from tests.logistics.world import a_crate, accepted, departed, received

pytestmark = pytest.mark.django_db
NAMES = [
    "logistics.departed_crates_are_away", "logistics.accepted_racks_stand_at_their_positions",
    "logistics.ssccs_check", "logistics.each_fact_has_its_event",
]  # fmt: skip


def faults() -> list[str]:
    return sorted(found.check.partition(".")[2] for found in run_checks(NAMES))


def test_what_operations_leave_is_clean():
    a_crate()
    departed()
    received()
    accepted(position="H1-B01")

    assert faults() == []


def test_stray_crate_rack_and_number_are_found():
    departed()
    rack = accepted(position="H1-B01")
    crate = a_crate()
    plant = Location.objects.get(code="PACK")
    other = Placement.objects.get(unit=rack, to_at=None)
    Placement.objects.filter(pk=other.pk).update(to_at="2026-11-21T00:00Z", closed_event_id=1)
    Identifier.objects.filter(unit=crate.unit, kind="sscc").update(normalised="000000000000000000")
    Crate.objects.filter(pk=crate.pk).update(sscc="145699511100000000")
    Shipment.objects.update(vehicle=plant)

    assert faults() == ["accepted_racks_stand_at_their_positions", "departed_crates_are_away", "ssccs_check"]


def test_row_without_its_event_is_found():
    crate = a_crate()
    Crate.objects.filter(pk=crate.pk).update(event_id=crate.event_id + 1_000_000)

    assert faults() == ["each_fact_has_its_event"]


def test_sscc_has_the_check_digit_of_gs1():
    # GS1 General Specifications, figure 7.9: 376104250021234569
    assert check_digit("37610425002123456") == "9"
    assert is_sscc("376104250021234569")
    assert not is_sscc("376104250021234568")
    assert sscc_text("456995111", 7)[:-1] == "1" + "456995111" + "0000007"
    assert bare_sscc("(00)376104250021234569") == bare_sscc("00376104250021234569") == "376104250021234569"
    with pytest.raises(ValueError, match="prefix"):
        sscc_text("456995111", 10_000_000)
