"""Drafts of bills, routings and designs: edited, compared, released with their day; running builds never notice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from assembly.models import Build, Design, DesignSlot, Routing, RoutingOperation, Slot
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.design_drafts import (
    BillDiffers,
    DesignReleased,
    SlotThere,
    draft_design,
    drop_design_slot,
    edit_design,
    put_design_slot,
    release_design_draft,
    spec_of_slot,
    swap_design_part,
)
from assembly.operations.designs import DesignExists, SlotPartWithoutSerial, WrongSlots
from assembly.operations.instructions import issue_instruction
from assembly.operations.routing_drafts import (
    OperationThere,
    RoutingReleased,
    draft_routing,
    drop_routing_operation,
    put_reentry_rule,
    put_routing_operation,
    release_routing_draft,
    spec_of,
    specs_of,
)
from assembly.operations.routing_specs import FieldSpec, LimitsReversed, WrongReentry
from assembly.operations.routings import RoutingExists
from inventory.models import Bom, BomLine
from inventory.operations.bom_drafts import (
    BomLineThere,
    UnknownBom,
    draft_bom,
    drop_bom_line,
    put_bom_line,
    release_bom_draft,
)
from inventory.operations.boms import BomOdd, BomReleased, BomRow, release_bom
from inventory.operations.part_edits import RevisionThere, add_part_alias, revise_part
from inventory.operations.parts import AliasTaken
from inventory.operations.units import UnknownPart
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import a_build
from tests.cast import NOON, a_caller
from tests.planning.edits import a_bom_draft, a_design_draft, a_routing_draft
from tests.world import a_part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

TODAY = date(2026, 11, 20)


def test_a_draft_begins_with_the_lines_of_another() -> None:
    bom = a_bom_draft()

    assert bom.released_at is None
    assert bom.lines.count() == Bom.objects.get(part_revision=bom.part_revision, revision="1").lines.count()
    with pytest.raises(UnknownBom):
        draft_bom(caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision="9", from_revision="8")
    with pytest.raises(BomReleased):
        draft_bom(caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision="1")
    with pytest.raises(NotPermitted):
        draft_bom(caller=a_caller("mei"), part_number="GB300-CT", part_revision="C", revision="9")


def test_lines_are_added_changed_and_taken_out() -> None:
    bom = a_bom_draft()
    put = put_bom_line(
        caller=a_caller("plan"), bom_id=bom.pk, number=999, version=0, part_number="SCR-M3X8", quantity=Decimal(4)
    )

    with pytest.raises(BomLineThere):
        put_bom_line(
            caller=a_caller("plan"), bom_id=bom.pk, number=999, version=0, part_number="SCR-M3X8", quantity=Decimal(5)
        )
    with pytest.raises(UnknownPart):
        put_bom_line(
            caller=a_caller("plan"), bom_id=bom.pk, number=998, version=0, part_number="NONE", quantity=Decimal(5)
        )
    with pytest.raises(BomOdd):
        put_bom_line(
            caller=a_caller("plan"), bom_id=bom.pk, number=0, version=0, part_number="SCR-M3X8", quantity=Decimal(5)
        )
    drop_bom_line(caller=a_caller("plan"), bom_id=bom.pk, number=999, version=put.version)
    assert not BomLine.objects.filter(bom=bom, number=999).exists()


def test_a_line_that_came_again_is_another_one() -> None:
    bom = a_bom_draft()
    said = {"bom_id": bom.pk, "number": 999, "part_number": "SCR-M3X8"}
    first = put_bom_line(caller=a_caller("plan"), version=0, quantity=Decimal(4), **said)  # type: ignore[arg-type]
    drop_bom_line(caller=a_caller("plan"), bom_id=bom.pk, number=999, version=first.version)

    second = put_bom_line(caller=a_caller("plan"), version=0, quantity=Decimal(6), **said)  # type: ignore[arg-type]

    assert second.version > first.version


@pytest.mark.complaint(18)
def test_a_released_bill_is_taken_by_new_builds_from_its_day_on_and_never_by_running_ones() -> None:
    running = a_build("GB300-CT")
    old, slots = running.bom, list(Slot.objects.filter(build=running).values_list("position", "part_id"))
    bom = a_bom_draft()
    put_bom_line(
        caller=a_caller("plan"), bom_id=bom.pk, number=999, version=0, part_number="SCR-M3X8", quantity=Decimal(4)
    )
    assert a_build("GB300-CT").bom == old  # a draft is nothing

    bom.refresh_from_db()
    release_bom_draft(
        caller=a_caller("plan"), bom_id=bom.pk, version=bom.version, effective_from=TODAY + timedelta(days=7)
    )

    assert a_build("GB300-CT").bom == old  # its day has not come
    assert Bom.objects.effective(TODAY + timedelta(days=7)).get(part_revision=bom.part_revision) == bom
    later = start_later("GB300-CT", 7)
    running.refresh_from_db()
    assert (later.bom, running.bom) == (bom, old)
    assert list(Slot.objects.filter(build=running).values_list("position", "part_id")) == slots
    with pytest.raises(BomReleased):
        put_bom_line(
            caller=a_caller("plan"), bom_id=bom.pk, number=998, version=0, part_number="SCR-M3X8", quantity=Decimal(4)
        )


def start_later(design: str, days: int) -> Build:
    at = NOON + timedelta(days=days)
    return start_build(caller=a_caller("plan", at=at), start=BuildStart(design_code=design))


@pytest.mark.complaint(18)
def test_the_database_keeps_a_build_to_its_design_and_bill() -> None:
    build = a_build("GB300-CT")
    other = Design.objects.exclude(pk=build.design_id)[0]

    for change in ({"design": other}, {"bom": None}):
        with pytest.raises(IntegrityError) as fault, transaction.atomic():
            Build.objects.filter(pk=build.pk).update(**change)
        assert fault.value.__cause__.diag.constraint_name == "build_keeps_its_design"  # type: ignore[union-attr]


def test_a_bill_without_lines_is_not_released() -> None:
    bom = draft_bom(caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision="EMPTY")

    with pytest.raises(BomOdd):
        release_bom_draft(caller=a_caller("plan"), bom_id=bom.pk, version=1)
    bom.refresh_from_db()
    assert bom.released_at is None


def test_a_part_is_revised_with_what_is_built_into_it() -> None:
    part = a_part()
    revise_part(caller=a_caller("plan"), part_id=part.pk, version=1, revision="B")

    with pytest.raises(RevisionThere):
        revise_part(caller=a_caller("plan"), part_id=part.pk, version=2, revision="B")
    with pytest.raises(AliasTaken):
        add_part_alias(caller=a_caller("plan"), part_id=part.pk, version=2, number="GB300-CT")
    assert part.revisions.count() == 2


def test_a_routing_draft_is_edited_and_released() -> None:
    routing = a_routing_draft()
    row = routing.operations.prefetch_related("fields").order_by("number")[0]
    spec = spec_of(row)
    with pytest.raises(OperationThere):
        put_routing_operation(caller=a_caller("plan"), routing_id=routing.pk, version=0, spec=spec)

    changed = put_routing_operation(
        caller=a_caller("plan"), routing_id=routing.pk, version=row.version, spec=replace(spec, standard_minutes=77)
    )
    put_reentry_rule(
        caller=a_caller("plan"), routing_id=routing.pk, version=changed.version, slot_kind="dpu", repeats=[row.number]
    )
    with pytest.raises(WrongReentry):
        put_reentry_rule(
            caller=a_caller("plan"), routing_id=routing.pk, version=changed.version + 1, slot_kind="dpu", repeats=[9]
        )
    routing.refresh_from_db()
    release_routing_draft(caller=a_caller("plan"), routing_id=routing.pk, version=routing.version)

    routing.refresh_from_db()
    assert routing.released_at == NOON
    assert specs_of(routing)[0].standard_minutes == 77
    assert Event.objects.get(pk=routing.event_id).payload["reentry"]["dpu"] == [row.number]
    with pytest.raises(RoutingReleased):
        put_routing_operation(caller=a_caller("plan"), routing_id=routing.pk, version=0, spec=spec)
    with pytest.raises(RoutingExists):
        draft_routing(caller=a_caller("plan"), code=routing.code, revision=routing.revision)


def test_odd_limits_change_nothing() -> None:
    routing = a_routing_draft()
    row = RoutingOperation.objects.filter(routing=routing).prefetch_related("fields").order_by("number")[0]
    odd = replace(spec_of(row), fields=(FieldSpec("x", "値", "Value", "kPa", Decimal(2), Decimal(1)),))
    before = Event.objects.count()

    with pytest.raises(LimitsReversed):
        put_routing_operation(caller=a_caller("plan"), routing_id=routing.pk, version=row.version, spec=odd)
    assert Event.objects.count() == before


def test_an_operation_is_taken_out_of_a_draft() -> None:
    routing = a_routing_draft()
    row = routing.operations.order_by("-number")[0]

    drop_routing_operation(caller=a_caller("plan"), routing_id=routing.pk, number=row.number, version=row.version)

    assert not routing.operations.filter(number=row.number).exists()


def test_a_design_draft_takes_other_parts_and_slots() -> None:
    design = a_design_draft()
    with pytest.raises(DesignExists):
        draft_design(caller=a_caller("plan"), code=design.code, from_code="GB300-CT")
    with pytest.raises(SlotPartWithoutSerial):
        swap_design_part(
            caller=a_caller("plan"), design_id=design.pk, version=1, old_part="SSD-E1S-3T84", new_part="SCR-M3X8"
        )
    swap_design_part(
        caller=a_caller("plan"), design_id=design.pk, version=1, old_part="SSD-E1S-3T84", new_part="SSD-M2-1T92"
    )
    row = design.slots.select_related("part").order_by("-order")[0]
    with pytest.raises(SlotThere):
        put_design_slot(caller=a_caller("plan"), design_id=design.pk, version=0, slot=spec_of_slot(row))
    drop_design_slot(caller=a_caller("plan"), design_id=design.pk, position=row.position, version=row.version)
    with pytest.raises(WrongSlots):
        drop_design_slot(caller=a_caller("plan"), design_id=design.pk, position=row.position, version=row.version)

    assert DesignSlot.objects.filter(design=design, part__number="SSD-M2-1T92").count() == 4


def test_a_design_is_released_only_with_a_bill_that_lists_its_slots() -> None:
    design = a_design_draft()
    part = a_part(kind="ssd")
    swap_design_part(
        caller=a_caller("plan"), design_id=design.pk, version=1, old_part="SSD-E1S-3T84", new_part=part.number
    )
    said = {
        "design_id": design.pk, "part_number": "GB300-CT", "revision": "C", "routing_code": "RT-CT-GB300",
        "routing_revision": "A", "unit_prefix": "CT",
    }  # fmt: skip
    edit_design(caller=a_caller("plan"), version=2, bom_revision="1", **said)  # type: ignore[arg-type]
    with pytest.raises(BillDiffers, match=part.number):
        release_design_draft(caller=a_caller("plan"), design_id=design.pk, version=3)
    first = Bom.objects.get(part_revision=design.part_revision, revision="1")
    rows = [
        BomRow(number=n, part_number=part.number if p == "SSD-E1S-3T84" else p, quantity=q, unit=u)
        for n, p, q, u in first.lines.values_list("number", "part__number", "quantity", "unit")
    ]
    release_bom(caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision="2", lines=rows)
    edit_design(caller=a_caller("plan"), version=3, bom_revision="2", **said)  # type: ignore[arg-type]

    release_design_draft(caller=a_caller("plan"), design_id=design.pk, version=4, effective_from=TODAY)

    assert Design.objects.effective(TODAY).get(part_revision__part__number="GB300-CT").pk == design.pk
    with pytest.raises(DesignReleased):
        swap_design_part(caller=a_caller("plan"), design_id=design.pk, version=5, old_part="x", new_part="y")


def test_a_new_routing_keeps_the_pictures_of_the_stations() -> None:
    routing = a_routing_draft()
    source = Routing.objects.get(code=routing.code, revision="A").operations.order_by("number")[0]
    issue_instruction(
        caller=a_caller("plan"), operation_id=source.pk, text_ja="両手で持つ", text_en="Hold with both hands"
    )

    release_routing_draft(caller=a_caller("plan"), routing_id=routing.pk, version=routing.version)

    carried = routing.operations.get(number=source.number).instructions.get()
    assert (carried.text_ja, carried.event_id) == ("両手で持つ", source.instructions.latest("revision").event_id)
