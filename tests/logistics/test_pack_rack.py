"""Sealing a rack into a crate."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import PinCheck
from assembly.models import Build, OperationField, OperationRun
from assembly.operations.nonconformities import report_nonconformity
from assembly.operations.runs import NonconformityOpen, OutOfOrder
from inventory.models import Identifier, Placement
from inventory.operations.finding import UnitHeld, UnknownSerial
from inventory.operations.holds import place_hold
from ledger.models import Event
from ledger.refusals import KeyReused, NotPermitted
from logistics.models import Crate, Indicator, IndicatorReading
from logistics.operations.crates import (
    CrateWrong,
    FittedIndicator,
    IndicatorTripped,
    IndicatorUsed,
    RackPacked,
    pack_rack,
    pack_racks,
)
from logistics.operations.readiness import NoBuild
from logistics.return_forms import PackForm
from logistics.text import is_sscc
from tests.cast import NOON, PIN, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.world import a_build, a_tested_rack, packing_of, rack_design, run
from tests.world import a_unit

pytestmark = pytest.mark.django_db


def pack(rack, user="mei", **others):
    return pack_rack(caller=a_caller(user), packing=packing_of(rack, **others))


def test_rack_sits_in_a_crate_with_an_sscc():
    rack = a_tested_rack()

    crate = pack(rack)

    placement = Placement.objects.get(unit=rack, to_at=None)
    assert (placement.host_id, placement.position, placement.event_id) == (crate.unit_id, "1", crate.event_id)
    assert is_sscc(crate.sscc)
    assert crate.sscc.startswith("1456995111")
    assert Identifier.objects.get(kind="sscc", unit=crate.unit).normalised == crate.sscc
    assert crate.unit.placements.get().location.code == "PACK"


def test_indicators_are_read_at_the_seal():
    crate = pack(a_tested_rack())

    readings = IndicatorReading.objects.filter(indicator__crate=crate)
    assert {(row.indicator.kind, row.moment, row.state) for row in readings} == {
        ("shock", "seal", "intact"), ("tilt", "seal", "intact"),
    }  # fmt: skip


def test_packing_operation_is_finished_and_the_build_complete():
    rack = a_tested_rack()

    pack(rack)

    run = OperationRun.objects.get(build__unit=rack, operation__kind="pack")
    assert run.result == "pass"
    assert Build.objects.get(unit=rack).completed_at is not None


def test_event_tells_the_crate():
    rack = a_tested_rack()

    crate = pack(rack)

    event = Event.objects.get(kind="logistics.rack-packed")
    assert (event.pk, event.subject_type, event.subject_id) == (crate.event_id, "inventory.unit", rack.pk)
    assert event.payload["sscc"] == crate.sscc
    assert event.payload["gross_kg"] == "1690"


def test_many_racks_are_packed_at_once_or_none():
    first, second = a_tested_rack(), a_tested_rack()

    answer = pack_racks(caller=a_caller("mei"), packings=[packing_of(first), packing_of(second)])
    assert len(set(answer["sscc"])) == 2

    third = a_tested_rack()
    with refused(RackPacked):
        pack_racks(caller=a_caller("mei"), packings=[packing_of(third), packing_of(first)])


def test_same_key_gives_the_same_crate():
    rack = a_tested_rack()
    packing = packing_of(rack)

    first = pack_rack(caller=a_caller("mei", key="k"), packing=packing)
    again = pack_rack(caller=a_caller("mei", key="k"), packing=packing)

    assert first == again
    assert Crate.objects.count() == 1
    with refused(KeyReused):
        pack_rack(caller=a_caller("mei", key="k"), packing=packing_of(rack, gross_kg=Decimal(1700)))


def test_rack_whose_test_is_not_done_is_refused():
    build = a_build()
    run(build, 10, NOON)

    with refused(OutOfOrder):
        pack(build.unit)


def test_rack_with_an_open_nonconformity_is_refused():
    rack = a_tested_rack()
    report_nonconformity(caller=a_caller("mei"), serial=rack.serial, text="Scratch on the door")

    with refused(NonconformityOpen):
        pack(rack)


def test_held_rack_and_held_contents_are_refused():
    rack = a_tested_rack()
    tray = Placement.objects.get(host=rack, to_at=None).unit
    place_hold(caller=a_caller("tanaka"), target=tray.tag, reason="leak")

    with refused(UnitHeld) as caught:
        pack(rack)
    assert "leak" in caught.value.say


def test_packed_rack_is_refused():
    rack = a_tested_rack()
    pack(rack)

    with refused(RackPacked):
        pack(rack)


def test_unit_that_was_not_built_here_is_refused():
    a_tested_rack()
    unit = a_unit()

    with refused(NoBuild):
        pack(unit)


def test_unknown_serial_is_refused():
    rack = a_tested_rack()

    with refused(UnknownSerial):
        pack_rack(caller=a_caller("mei"), packing=packing_of(rack, rack="RK99-99999"))


def test_used_indicator_is_refused():
    a_tested_rack()
    old = pack(a_tested_rack()).indicators.get(kind="shock")
    rack = a_tested_rack()

    with refused(IndicatorUsed) as caught:
        pack(rack, indicators=[FittedIndicator("shock", old.serial, "25 g")])
    assert old.crate.sscc in caught.value.true
    with refused(IndicatorUsed):
        pack(rack, indicators=[FittedIndicator("tilt", "T-1", "30 deg"), FittedIndicator("tilt", "T-1", "30 deg")])


def test_tripped_indicator_does_not_seal_a_crate():
    rack = a_tested_rack()

    with refused(IndicatorTripped):
        pack(rack, indicators=[FittedIndicator("shock", "S-9", "25 g", "tripped")])


@pytest.mark.parametrize("wrong", [{"gross_kg": Decimal(300)}, {"length_mm": 0}, {"tare_kg": Decimal(-1)}])
def test_impossible_figures_are_refused(wrong):
    rack = a_tested_rack()

    with refused(CrateWrong):
        pack(rack, **wrong)


def test_who_may_not_pack_is_refused():
    rack = a_tested_rack()
    for name in ("aud", "sora", "stranger"):
        a_caller(name)
        with refused(NotPermitted):
            pack(rack, name)


def test_wall_an_indicator_belongs_to_one_crate():
    indicator = pack(a_tested_rack()).indicators.first()
    other = pack(a_tested_rack())

    with pytest.raises(IntegrityError, match="indicator_serial_is_used_once"), transaction.atomic():
        Indicator.objects.create(crate=other, kind=indicator.kind, serial=indicator.serial, rating="")


def test_wall_an_sscc_has_eighteen_digits():
    crate = pack(a_tested_rack())

    with pytest.raises(IntegrityError, match="sscc_has_eighteen_digits"), transaction.atomic():
        Crate.objects.filter(pk=crate.pk).update(sscc="123")


FIGURES = {
    "tare_kg": "320", "gross_kg": "1690", "length_mm": "1400", "width_mm": "900", "height_mm": "2450", "shock": "SW-7",
    "shock_rating": "25 g", "tilt": "TW-7", "tilt_rating": "80°",
}  # fmt: skip


def test_the_page_asks_for_the_whole_centre_of_gravity_and_for_a_known_rack():
    rack, client = a_tested_rack(), Client()
    client.force_login(person("mei"))
    page = reverse("rack_packing")

    halved = client.post(f"{page}?rack={rack.serial}", {**FIGURES, "centre_x_mm": "30", "key": "k1"})

    assert halved.status_code == 422
    assert 'aria-invalid="true"' in halved.text
    assert Crate.objects.count() == 0
    assert client.get(page, {"rack": "NO-SUCH"}).status_code == 404
    whole = client.post(f"{page}?rack={rack.serial}", {**FIGURES, "centre_height_mm": "1200", "key": "k2"}, follow=True)
    crate = Crate.objects.get()
    assert (crate.centre_x_mm, crate.centre_y_mm, crate.centre_height_mm) == (0, 0, 1_200)
    assert crate.sscc in whole.text


def test_the_same_signed_form_sent_twice_seals_once():
    rack_design(packing_signs=("made",))
    rack, client = a_tested_rack(), Client()
    client.force_login(person("mei"))
    page, form = f"{reverse('rack_packing')}?rack={rack.serial}", {**FIGURES, "pin": PIN, "key": "k1"}

    answers = [client.post(page, form) for _click in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert Crate.objects.count() == PinCheck.objects.exclude(form_sha256="").count() == 1
    wrong = client.post(page, {**form, "pin": "0000"})
    assert wrong.status_code == 422


def test_the_page_records_the_values_of_the_operation_and_asks_for_the_gross_mass_once():
    fields = [OperationField(code="gross"), OperationField(code="humidity", name_ja="箱内湿度", high=Decimal(40))]

    bare = PackForm(dict(FIGURES), values=fields, signed=True)
    full = PackForm({**FIGURES, "v-humidity": "31", "pin": "2468"}, values=fields, signed=True)

    assert set(bare.errors) == {"v-humidity", "pin"}
    assert full.is_valid()
    values = full.packing("RK-1", 5)
    assert [(one.code, one.text) for one in values.values] == [("gross", "1690"), ("humidity", "31")]
    assert values.pin_check_id == 5
