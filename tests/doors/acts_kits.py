"""Acts of kits, and of planning data that comes as a file."""

from __future__ import annotations

from accounts.operations.skills import define_skill
from assembly.models import Kit, OperationField
from assembly.operations.kits import Fetched
from assembly.operations.kits import open_kit as opened
from assembly.operations.kits import pick_parts as picked
from documents import files
from inventory.models import Part
from tests.assembly.world import TRAY, a_build, a_unit_of, received
from tests.doors.act import Act, Acts, caller
from tests.planning.edits import a_design_draft, a_routing_draft
from tests.world import a_lot


def _kit() -> Kit:
    """The kit of a compute tray just started."""
    return opened(caller=caller("mei"), build_id=a_build(TRAY).pk, location_code="LINE-TRAY")


def open_kit() -> Act:
    return Act(
        "mei",
        {"build_id": a_build(TRAY).pk, "location_code": "LINE-TRAY"},
        wrong={"location_code": "NOWHERE"},
        refusal="UnknownLocation",
    )


def pick_parts() -> Act:
    return Act(
        "mei",
        {"kit_number": _kit().number, "fetched": [Fetched(a_unit_of("PDB-CT").tag)]},
        wrong={"fetched": [Fetched("NO-SUCH")]},
        refusal="UnknownSerial",
    )


def return_pick() -> Act:
    kit = _kit()
    picked(caller=caller("mei"), kit_number=kit.number, fetched=[Fetched(a_unit_of("PDB-CT").tag)])
    pick = kit.lines.filter(picks__isnull=False).get().picks.get()
    return Act("mei", {"pick_id": pick.pk, "reason": "Not needed"}, wrong={"reason": " "}, refusal="ReasonWanted")


def complete_kit() -> Act:
    kit, short = _kit(), _kit()
    parts: list[Part] = [line.part for line in kit.lines.exclude(slot=None).select_related("part")]
    codes = [unit.serial for unit in received([part.number for part in parts])]
    lots = [a_lot(line.part, str(line.quantity + 5), location="STORE-3") for line in kit.lines.filter(slot=None)]
    fetched = [Fetched(code) for code in [*codes, *(lot.tag for lot in lots)]]
    picked(caller=caller("mei"), kit_number=kit.number, fetched=fetched)
    return Act("mei", {"kit_number": kit.number}, wrong={"kit_number": short.number}, refusal="KitShort")


def cancel_kit() -> Act:
    return Act(
        "mei", {"kit_number": _kit().number, "reason": "Postponed"}, wrong={"reason": " "}, refusal="ReasonWanted"
    )


def _file(right: str, wrong: str) -> Act:
    """A file that the planner sends."""
    return Act(
        "plan",
        {"file_sha256": files.put(right.encode()), "file_name": "plan.csv"},
        wrong={"file_sha256": files.put(wrong.encode())},
        refusal="FileRefused",
    )


def import_tools() -> Act:
    text = "code,name ja,name en,kind\nTD-DOOR,新,New,torque\n"
    return _file(text, text.replace("torque", "hammer"))


def import_skill_grants() -> Act:
    define_skill(caller=caller("plan"), code="SK-DOOR", name_ja="新", name_en="New", months_valid=12)
    text = "user,qualification,from\nmei,SK-DOOR,2026-11-01\n"
    return _file(text, text.replace("mei", "nobody"))


def import_slots() -> Act:
    text = f"design,slot,kind,part number\n{a_design_draft().code},m2_0,m2,SSD-E1S-3T84\n"
    return _file(text, text.replace("SSD-E1S-3T84", "NO-PART"))


def import_limits() -> Act:
    routing = a_routing_draft()
    fields = OperationField.objects.filter(operation__routing=routing, kind="number", low__isnull=False)
    field = fields.filter(high__isnull=False).select_related("operation").order_by("pk")[0]
    text = (
        "routing,revision,operation,field,low,high\n"
        f"{routing.code},{routing.revision},{field.operation.number},{field.code},1.5,2.5\n"
    )
    return _file(text, text.replace(routing.revision, "A"))


def import_orders() -> Act:
    text = "product,quantity,need by\nGB300-CT,2,2027-01-15\n"
    return _file(text, text.replace("GB300-CT", "NO-PART"))


ACTS: Acts = {
    "assembly.cancel_kit": cancel_kit,
    "assembly.complete_kit": complete_kit,
    "assembly.import_limits": import_limits,
    "assembly.import_orders": import_orders,
    "assembly.import_skill_grants": import_skill_grants,
    "assembly.import_slots": import_slots,
    "assembly.import_tools": import_tools,
    "assembly.open_kit": open_kit,
    "assembly.pick_parts": pick_parts,
    "assembly.return_pick": return_pick,
}
