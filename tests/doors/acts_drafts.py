"""Acts on drafts: routings, designs and bills, line by line until they are released."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from assembly.models import Design, DesignSlot, RackModel, Routing, RoutingOperation
from assembly.operations.design_drafts import draft_design as design_begun
from assembly.operations.design_drafts import spec_of_slot
from assembly.operations.routing_drafts import draft_routing as routing_begun
from assembly.operations.routing_specs import OperationSpec
from inventory.models import Bom, BomLine
from inventory.operations.bom_drafts import draft_bom as bom_begun
from inventory.operations.bom_drafts import put_bom_line as line_put
from tests.assembly.world import TRAY
from tests.doors.act import Act, Acts, Arguments, caller
from tests.world import a_consumable, a_part


def _stale(right: Arguments) -> Act:
    """The planner does it; with a version that nobody saw it is stale."""
    return Act("plan", right, wrong={"version": right["version"] + 7}, refusal="StaleEdit")


def _source() -> Routing:
    return Design.objects.select_related("routing").get(code=TRAY).routing


def _routing() -> Routing:
    """A draft, as a copy of the compute tray's routing."""
    source = _source()
    return routing_begun(caller=caller("plan"), code=source.code, revision="DOOR", from_revision=source.revision)


def draft_routing() -> Act:
    source = _source()
    return Act(
        "plan",
        {"code": source.code, "revision": "DOOR", "from_revision": source.revision},
        wrong={"revision": source.revision},
        refusal="RoutingExists",
    )


def put_routing_operation() -> Act:
    spec = OperationSpec(999, "追加", "Added", "inspect", "WC-TRAY", "tray_build", 5)
    wrong = {"spec": replace(spec, number=0)}
    return Act(
        "plan",
        {"routing_id": _routing().pk, "version": 0, "spec": spec},
        wrong=wrong,
        refusal="WrongOperationNumber",
    )


def drop_routing_operation() -> Act:
    last = RoutingOperation.objects.filter(routing=_routing()).order_by("-number")[0]
    return _stale({"routing_id": last.routing_id, "number": last.number, "version": last.version})


def put_reentry_rule() -> Act:
    routing = _routing()
    number = routing.operations.order_by("number")[0].number
    return _stale({"routing_id": routing.pk, "version": routing.version, "slot_kind": "superchip", "repeats": [number]})


def release_routing_draft() -> Act:
    routing = _routing()
    return _stale({"routing_id": routing.pk, "version": routing.version})


def _design() -> Design:
    """A draft, as a copy of the compute tray's design."""
    return design_begun(caller=caller("plan"), code="D-DOOR", from_code=TRAY)


def _slot(design: Design) -> DesignSlot:
    return DesignSlot.objects.select_related("part").get(design=design, position="pdb_0")


def draft_design() -> Act:
    return Act("plan", {"code": "D-DOOR", "from_code": TRAY}, wrong={"from_code": "NO"}, refusal="UnknownDesign")


def edit_design() -> Act:
    design = _design()
    routing, product = design.routing, design.part_revision
    return _stale(
        {
            "design_id": design.pk, "version": design.version, "part_number": product.part.number,
            "revision": product.revision, "routing_code": routing.code, "routing_revision": routing.revision,
            "unit_prefix": "DR",
        }
    )  # fmt: skip


def put_design_slot() -> Act:
    design = _design()
    slot = _slot(design)
    return _stale(
        {"design_id": design.pk, "version": slot.version, "slot": replace(spec_of_slot(slot), required=False)}
    )


def drop_design_slot() -> Act:
    design = _design()
    return _stale({"design_id": design.pk, "position": "pdb_0", "version": _slot(design).version})


def swap_design_part() -> Act:
    design = _design()
    other = a_part("DOOR-P1").number
    old = _slot(design).part.number
    return _stale({"design_id": design.pk, "version": design.version, "old_part": old, "new_part": other})


def release_design_draft() -> Act:
    design = _design()
    return _stale({"design_id": design.pk, "version": design.version})


def edit_rack_model() -> Act:
    model = RackModel.objects.order_by("pk")[0]
    return _stale(
        {
            "rack_model_id": model.pk, "version": model.version, "name": "Renamed", "rack_units": model.rack_units,
            "planned_kw": Decimal(133), "litres_per_minute_per_kw": model.litres_per_minute_per_kw,
        }
    )  # fmt: skip


def draft_bom() -> Act:
    part = a_part("DOOR-P1").number
    return Act(
        "plan",
        {"part_number": part, "part_revision": "A", "revision": "1"},
        wrong={"part_number": "NO-PART"},
        refusal="UnknownPart",
    )


def _bom() -> BomLine:
    """A draft with one line."""
    bom = bom_begun(caller=caller("plan"), part_number=a_part("DOOR-P1").number, part_revision="A", revision="1")
    return line_put(
        caller=caller("plan"), bom_id=bom.pk, number=10, version=0, part_number=a_consumable("DOOR-P2").number,
        quantity=Decimal(4),
    )  # fmt: skip


def put_bom_line() -> Act:
    line = _bom()
    return _stale(
        {
            "bom_id": line.bom_id, "number": 10, "version": line.version, "part_number": "DOOR-P2",
            "quantity": Decimal(5),
        }
    )  # fmt: skip


def drop_bom_line() -> Act:
    line = _bom()
    return _stale({"bom_id": line.bom_id, "number": 10, "version": line.version})


def release_bom_draft() -> Act:
    bom = Bom.objects.get(pk=_bom().bom_id)
    return _stale({"bom_id": bom.pk, "version": bom.version})


def _given_up(right: Arguments) -> Act:
    return _stale({**right, "reason": "another way"})


def discard_bom_draft() -> Act:
    bom = Bom.objects.get(pk=_bom().bom_id)
    return _given_up({"bom_id": bom.pk, "version": bom.version})


def discard_routing_draft() -> Act:
    routing = _routing()
    return _given_up({"routing_id": routing.pk, "version": routing.version})


def discard_design_draft() -> Act:
    design = _design()
    return _given_up({"design_id": design.pk, "version": design.version})


ACTS: Acts = {
    "assembly.discard_design_draft": discard_design_draft,
    "assembly.discard_routing_draft": discard_routing_draft,
    "assembly.draft_design": draft_design,
    "assembly.draft_routing": draft_routing,
    "assembly.drop_design_slot": drop_design_slot,
    "assembly.drop_routing_operation": drop_routing_operation,
    "assembly.edit_design": edit_design,
    "assembly.edit_rack_model": edit_rack_model,
    "assembly.put_design_slot": put_design_slot,
    "assembly.put_reentry_rule": put_reentry_rule,
    "assembly.put_routing_operation": put_routing_operation,
    "assembly.release_design_draft": release_design_draft,
    "assembly.release_routing_draft": release_routing_draft,
    "assembly.swap_design_part": swap_design_part,
    "inventory.discard_bom_draft": discard_bom_draft,
    "inventory.draft_bom": draft_bom,
    "inventory.drop_bom_line": drop_bom_line,
    "inventory.put_bom_line": put_bom_line,
    "inventory.release_bom_draft": release_bom_draft,
}
