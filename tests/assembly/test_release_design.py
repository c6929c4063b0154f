"""Releasing a design: its slot map, what it refuses, and that it is fixed afterwards."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from assembly.models import Design, RackModel, Routing
from assembly.operations import designs
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.routings import OperationSpec, release_routing
from inventory.models import Part
from inventory.operations.parts import PartRow, define_parts
from inventory.operations.units import UnknownPart, UnknownRevision
from ledger.callers import Caller
from ledger.doors import new_key
from ledger.models import Event
from ledger.operations import WALLS
from ledger.refusals import NotPermitted, Refusal
from tests.cast import a_caller, mei

pytestmark = pytest.mark.django_db

TRAY = SlotSpec("CT-00", "compute", "TRAY", ru=11, slot_number=1, tray_index=0)
SECOND = SlotSpec("CT-01", "compute", "TRAY", ru=12, slot_number=2, tray_index=1, alternates=("TRAY-B",))


@pytest.fixture
def caller() -> Caller:
    return a_caller("plan")


@pytest.fixture
def plant(caller: Caller) -> Caller:
    """Three parts, a routing that fills compute slots, a rack model of 44 units."""
    rows = [
        PartRow(number=number, revision="A", name_ja=number, name_en=number, kind="x", level=level, traceability=trace)
        for number, level, trace in (
            ("RACK", "rack", "serial"),
            ("TRAY", "tray", "serial"),
            ("TRAY-B", "tray", "serial"),
            ("SCREW", "chip", "lot"),
        )
    ]
    define_parts(caller=replace(caller, key=new_key()), parts=rows)
    fill = OperationSpec(230, "挿入", "Insert", "assemble", "W", "rack_build", 1, slot_kinds=("compute",))
    release_routing(caller=replace(caller, key=new_key()), code="R-1", revision="A", operations=[fill], reentry=[])
    model(replace(caller, key=new_key()))
    return caller


def model(caller: Caller, **more: Any) -> RackModel:
    given = {"code": "M-44", "name": "44 RU", "rack_units": 44, "planned_kw": Decimal(142), **more}
    return define_rack_model(caller=caller, litres_per_minute_per_kw=Decimal("1.5"), **given)


def release(caller: Caller, **more: Any) -> Design:
    given: dict[str, Any] = {
        "code": "D-1", "kind": "rack", "part_number": "RACK", "revision": "A", "routing_code": "R-1",
        "routing_revision": "A", "rack_model": "M-44", "unit_prefix": "RK", "slots": [TRAY, SECOND], **more,
    }  # fmt: skip
    return release_design(caller=replace(caller, key=new_key()), **given)


def test_a_design_is_released_with_its_slots_in_order(plant: Caller) -> None:
    design = release(plant)

    assert design.released_at == plant.at
    facts = list(design.slots.values_list("position", "order", "ru", "slot_number", "tray_index"))
    assert facts == [("CT-00", 1, 11, 1, 0), ("CT-01", 2, 12, 2, 1)]
    assert design.slots.get(position="CT-01").alternates == [Part.objects.get(number="TRAY-B").pk]
    assert design.rack_model is not None
    assert design.rack_model.planned_lpm == 213


def test_the_event_tells_the_slot_map(plant: Caller) -> None:
    design = release(plant)

    event = Event.objects.get(pk=design.event_id)
    assert event.kind == "assembly.design-released"
    assert [slot["position"] for slot in event.payload["slots"]] == ["CT-00", "CT-01"]


@pytest.mark.complaint(18)
def test_a_released_design_is_fixed(plant: Caller) -> None:
    design = release(plant)

    with pytest.raises(IntegrityError), transaction.atomic():
        Design.objects.filter(pk=design.pk).update(unit_prefix="XX")


WRONG = [
    pytest.param({"kind": "crate"}, designs.UnknownDesignKind, id="kind"),
    pytest.param({"part_number": "NONE"}, UnknownPart, id="product"),
    pytest.param({"revision": "Z"}, UnknownRevision, id="revision"),
    pytest.param({"routing_revision": "Z"}, designs.UnknownRouting, id="routing"),
    pytest.param({"rack_model": "M-99"}, designs.UnknownRackModel, id="rack-model"),
    pytest.param({"rack_model": ""}, designs.WrongRackModel, id="rack-without-model"),
    pytest.param({"kind": "tray", "part_number": "TRAY"}, designs.WrongRackModel, id="tray-with-model"),
    pytest.param({"slots": []}, designs.WrongSlots, id="no-slots"),
    pytest.param({"slots": [TRAY, replace(SECOND, position="CT-00")]}, designs.WrongSlots, id="position-twice"),
    pytest.param({"slots": [TRAY, replace(SECOND, slot_number=1)]}, designs.WrongSlots, id="slot-number-twice"),
    pytest.param({"slots": [TRAY, replace(SECOND, tray_index=0)]}, designs.WrongSlots, id="tray-index-twice"),
    pytest.param({"slots": [replace(TRAY, ru=44, ru_height=2)]}, designs.WrongSlots, id="outside-the-rack"),
    pytest.param({"slots": [replace(TRAY, part="NONE")]}, UnknownPart, id="slot-part"),
    pytest.param({"slots": [replace(TRAY, alternates=("NONE",))]}, UnknownPart, id="alternate"),
    pytest.param({"slots": [replace(TRAY, part="RACK")]}, designs.SlotPartTooHigh, id="level"),
    pytest.param({"slots": [replace(TRAY, part="SCREW")]}, designs.SlotPartWithoutSerial, id="lot"),
    pytest.param({"slots": [replace(TRAY, kind="switch")]}, designs.SlotNeverFilled, id="slot-kind"),
]


@pytest.mark.parametrize(("change", "refusal"), WRONG)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    plant: Caller, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        release(plant, **change)

    assert not Design.objects.exists()
    assert Event.objects.count() == events


def test_the_same_code_again_is_refused(plant: Caller) -> None:
    release(plant)

    with pytest.raises(designs.DesignExists):
        release(plant)
    assert Design.objects.count() == 1


def test_an_unreleased_routing_is_no_routing(plant: Caller) -> None:
    Routing.objects.create(code="R-9", revision="A", event_id=0)

    with pytest.raises(designs.UnknownRouting):
        release(plant, routing_code="R-9")


@pytest.mark.parametrize("figure", ["rack_units", "planned_kw"])
def test_a_rack_model_without_height_or_power_is_refused(caller: Caller, figure: str) -> None:
    with pytest.raises(designs.WrongRackModel):
        model(caller, **{figure: 0})
    assert not RackModel.objects.exists()


def test_a_rack_model_is_defined_once(plant: Caller) -> None:
    with pytest.raises(designs.RackModelExists):
        model(replace(plant, key=new_key()))
    assert Event.objects.filter(kind="assembly.rack-model-defined").count() == 1


def test_who_may_not_keep_master_data_is_refused(plant: Caller) -> None:
    with pytest.raises(NotPermitted):
        release(replace(plant, user=mei()))
    assert not Design.objects.exists()


def test_the_walls_name_constraints_that_are_there() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE conname LIKE 'assembly%' OR conname LIKE 'routing%'")
        there = {row[0] for row in cursor.fetchall()}

    ours = {"assembly_design_code_key", "assembly_rackmodel_code_key", "routing_revision_is_unique"}
    assert ours <= there & set(WALLS)
