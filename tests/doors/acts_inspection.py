"""Acts of incoming inspection."""

from __future__ import annotations

import uuid

from django.urls import reverse

from inventory.models import Inspection, Unit
from inventory.operations.inspecting import PieceFinding, inspect_piece
from inventory.operations.receiving import receive_unit
from inventory.operations.sampling_plans import (
    PlanContent,
    PlanPoint,
    assign_sampling_plan,
    draft_sampling_plan,
    release_sampling_plan,
)
from inventory.operations.verdicts import judge_inspection
from tests.cast import PIN
from tests.doors.act import Act, Acts, caller, free_unit, pin_check
from tests.doors.acts_inventory import announced

CONTENT = PlanContent(
    name_ja="全数", name_en="Every piece", kind="full", points=[PlanPoint(text_ja="外観", text_en="Looks sound")]
)


def _code() -> str:
    return f"DOOR-{uuid.uuid4().hex[:8].upper()}"


def _plan() -> str:
    code = _code()
    draft_sampling_plan(caller=caller("tanaka"), code=code, content=CONTENT)
    release_sampling_plan(caller=caller("tanaka"), code=code, version=1)
    return code


def _waiting() -> tuple[Inspection, Unit]:
    """One unit that has just arrived and waits for its inspection."""
    part = free_unit().part
    code = _plan()
    rule = part.sampling_rules.filter(supplier=None).first()
    assign_sampling_plan(
        caller=caller("tanaka"), part_number=part.number, plan_code=code, version=rule.version if rule else 0
    )
    serial = f"DOOR-{uuid.uuid4().hex[:8].upper()}"
    announced([{"part number": part.number, "serial": serial}])
    receipt = receive_unit(caller=caller("mei"), serial=serial, location_code="RCV")
    assert receipt.inspection is not None
    assert receipt.unit is not None
    return receipt.inspection, receipt.unit


def _looked(ok: bool) -> Inspection:
    found, unit = _waiting()
    inspect_piece(caller=caller("mei"), number=found.number, finding=PieceFinding(ok=ok, code=unit.tag))
    return found


def _rejected() -> str:
    found = _looked(ok=False)
    check = pin_check("tanaka")  # before the caller's moment
    judge_inspection(caller=caller("tanaka"), number=found.number, verdict="rejected", pin_check_id=check)
    return found.number


def draft() -> Act:
    code = _code()
    form = {
        "code": code, "name_ja": "全数", "name_en": "Every piece", "kind": "full", "standard": "", "lines": "",
        "points": "外観 | Looks sound", "version": "0",
    }  # fmt: skip
    page = (reverse("sampling_plan_new"), form)
    return Act("tanaka", {"code": code, "content": CONTENT}, page, {"code": " "}, "PlanOdd")


def release() -> Act:
    code = _code()
    draft_sampling_plan(caller=caller("tanaka"), code=code, content=CONTENT)
    page = reverse("sampling_release", args=[code])
    return Act("tanaka", {"code": code, "version": 1}, (page, {"version": "1"}), {"version": 7}, "StaleEdit")


def assign() -> Act:
    part, code = free_unit().part.number, _plan()
    right = {"part_number": part, "plan_code": code, "supplier_code": "", "version": 0}
    page = reverse("sampling_rules")
    form = {"part": part, "plan": code, "supplier": "", "version": "0"}
    return Act("tanaka", right, (page, form), {"plan_code": "NO-SUCH"}, "UnknownPlan")


def inspect() -> Act:
    found, unit = _waiting()
    page = reverse("inspection_piece", args=[found.number])
    form = {"code": unit.tag, "ok": "1"}
    right = {"number": found.number, "finding": PieceFinding(ok=True, code=unit.tag)}
    wrong = {"finding": PieceFinding(ok=True, code=free_unit().tag)}
    scans = (found.number, unit.tag, "CMD-OK")
    return Act("mei", right, (page, form), wrong, "NotInInspection", station="R1", scans=scans)


def take_back() -> Act:
    found = _looked(ok=False)
    page = reverse("inspection_take_back", args=[found.number])
    return Act("mei", {"number": found.number, "piece": 1}, (page, {"piece": "1"}), {"piece": 9}, "PieceUnknown")


def judge() -> Act:
    found = _looked(ok=True)
    right = {"number": found.number, "verdict": "accepted", "pin_check_id": pin_check("tanaka"), "remarks": ""}
    page = (reverse("inspection_judge", args=[found.number]), {"verdict": "accepted", "pin": PIN})
    return Act("tanaka", right, page, {"verdict": "rejected"}, "VerdictDiffers")


def sort() -> Act:
    number = _rejected()
    page = (reverse("inspection_sort", args=[number]), {})
    return Act("tanaka", {"number": number}, page, {"number": "NO"}, "UnknownInspection")


def concede() -> Act:
    number = _rejected()
    right = {"number": number, "reason": "Customer agreed", "pin_check_id": pin_check("plan")}
    page = (reverse("inspection_concede", args=[number]), {"remarks": "Customer agreed", "pin": PIN})
    return Act("plan", right, page, {"reason": " "}, "ReasonMissing")


ACTS: Acts = {
    "inventory.assign_sampling_plan": assign,
    "inventory.concede_inspection": concede,
    "inventory.draft_sampling_plan": draft,
    "inventory.inspect_piece": inspect,
    "inventory.judge_inspection": judge,
    "inventory.release_sampling_plan": release,
    "inventory.sort_inspection": sort,
    "inventory.take_back_piece": take_back,
}
