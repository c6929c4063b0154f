"""Every operation that edits, on a row of its own: how it is called first, and what somebody else sends afterwards.

`first` and `second` are arguments without the version; both name the version that was seen at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Station
from accounts.operations.skills import define_skill
from assembly.models import BuildOrder, Design, LimitSet, RackModel, Routing
from assembly.operations.build_orders import OrderRow, plan_order
from assembly.operations.design_drafts import draft_design, spec_of_slot
from assembly.operations.firmware import NeedSpec, draft_firmware_baseline
from assembly.operations.limit_sets import LimitSpec, draft_limits, put_limit
from assembly.operations.routing_drafts import draft_routing, spec_of
from assembly.operations.tools import register_tool
from inventory.models import Bom, Supplier
from inventory.operations.bom_drafts import draft_bom
from inventory.operations.part_edits import PartFacts
from inventory.operations.sampling_plans import (
    PlanContent,
    PlanPoint,
    assign_sampling_plan,
    draft_sampling_plan,
    release_sampling_plan,
)
from ledger.shapes import _plain_deep
from logistics.operations.calendars import CalendarContent, CalendarOwner, WindowRow, draft_calendar
from logistics.operations.replanning import Detour, NewWay
from logistics.operations.timetables import SailingRow, TimetableContent, draft_timetable
from tests.cast import NOON, a_caller
from tests.logistics.released import a_carrier, a_ferry_lane
from tests.logistics.storm_world import DAY, MOJI, ROAD, a_stop, an_end
from tests.logistics.world import a_shipment, departed, lanes
from tests.planning.crate_edits import CRATE_EDITS
from tests.planning.exception_edits import an_exception_edit
from tests.planning.scenario_edits import a_scenario_edit
from tests.world import a_part, a_supplier, fresh

TODAY = date(2026, 11, 20)
DUE = TODAY + timedelta(days=40)


@dataclass(frozen=True)
class Edit:
    """An edit: the row's version that both saw, the first call, the stale one, a field that the refusal must show."""

    version: int
    first: dict[str, Any]
    second: dict[str, Any]
    shows: str = ""
    who: str = "plan"
    """Who was quicker."""


def a_bom_draft() -> Bom:
    return draft_bom(
        caller=a_caller("plan"), part_number="GB300-CT", part_revision="C", revision=fresh("R"), from_revision="1"
    )


def a_routing_draft() -> Routing:
    return draft_routing(caller=a_caller("plan"), code="RT-CT-GB300", revision=fresh("R"), from_revision="A")


def a_design_draft() -> Design:
    return draft_design(caller=a_caller("plan"), code=fresh("D-"), from_code="GB300-CT")


def an_order(**others: Any) -> BuildOrder:
    row = OrderRow(**{"product": "GB300-CT", "quantity": 3, "need_by": DUE, "start_on": TODAY, **others})
    return plan_order(caller=a_caller("plan"), order=row)


def _part() -> Edit:
    part = a_part()
    base = {"name_ja": part.name_ja, "name_en": part.name_en, "kind": part.kind}
    return Edit(
        part.version,
        {"part_id": part.pk, "facts": PartFacts(**base, country="TW")},
        {"part_id": part.pk, "facts": PartFacts(**base, country="VN")},
        "country",
    )


def _revision() -> Edit:
    part = a_part()
    return Edit(1, {"part_id": part.pk, "revision": "B"}, {"part_id": part.pk, "revision": "C"}, "revision")


def _alias() -> Edit:
    part = a_part()
    return Edit(1, {"part_id": part.pk, "number": fresh("X")}, {"part_id": part.pk, "number": fresh("X")}, "alias")


def _supplier() -> Edit:
    supplier: Supplier = a_supplier(fresh("S-"))
    return Edit(1, {"supplier_id": supplier.pk, "name": "One"}, {"supplier_id": supplier.pk, "name": "Two"}, "name")


def _bom_line() -> Edit:
    bom = a_bom_draft()
    line = bom.lines.order_by("number").select_related("part")[0]
    said = {"bom_id": bom.pk, "number": line.number, "part_number": line.part.number}
    return Edit(line.version, {**said, "quantity": Decimal(5)}, {**said, "quantity": Decimal(7)}, "quantity")


def _bom_drop() -> Edit:
    bom = a_bom_draft()
    line = bom.lines.order_by("number").select_related("part")[0]
    said = {"bom_id": bom.pk, "number": line.number}
    put = {**said, "part_number": line.part.number, "quantity": Decimal(5)}
    return Edit(line.version, {"put": put}, said, "quantity")


def _bom_release() -> Edit:
    bom = a_bom_draft()
    line = bom.lines.order_by("number").select_related("part")[0]
    put = {"bom_id": bom.pk, "number": line.number, "part_number": line.part.number, "quantity": Decimal(5)}
    return Edit(bom.version, {"put": put}, {"bom_id": bom.pk}, f"{line.number}.quantity")


def _discard(release: Callable[[], Edit]) -> Edit:
    edit = release()
    return Edit(edit.version, edit.first, {**edit.second, "reason": "other way"}, edit.shows)


def a_limit_draft() -> LimitSet:
    return draft_limits(caller=a_caller("plan"), part_number=a_part(fresh("P-")).number, tool="nvbandwidth")


def _limit(of: str = "") -> Edit:
    """`of`: what is done with the draft after somebody else has written a limit; none: the same limit written."""
    drafted = a_limit_draft()
    said = {"limit_set_id": drafted.pk}
    first = {**said, "limit": LimitSpec("bandwidth", low=Decimal(190), unit="GB/s")}
    placed = put_limit(caller=a_caller("plan"), **first, version=0)
    changed = {**said, "limit": LimitSpec("bandwidth", low=Decimal(195), unit="GB/s")}
    if of == "set":
        return Edit(placed.version, {"put": changed}, {**said, "reason": "golden rack"}, "bandwidth.low")
    if of == "line":
        return Edit(placed.version, {"put": changed}, {**said, "name": "bandwidth"}, "low")
    return Edit(placed.version, changed, {**said, "limit": LimitSpec("bandwidth", low=Decimal(199))}, "low")


def _skill() -> Edit:
    code = fresh("SK")
    skill = define_skill(caller=a_caller("plan"), code=code, name_ja="締付け", name_en="Tightening")
    said = {"skill_id": skill.pk, "name_ja": "締付け"}
    return Edit(1, {**said, "name_en": "One"}, {**said, "name_en": "Two"}, "name_en")


def _station() -> Edit:
    station = Station.objects.order_by("pk")[0]
    said = {"station_id": station.pk, "name_ja": station.name_ja, "kind": station.kind}
    return Edit(station.version, {**said, "name_en": "One"}, {**said, "name_en": "Two"}, "name_en")


def _tool() -> Edit:
    tool = register_tool(caller=a_caller("plan"), code=fresh("T-"), name_ja="工具", name_en="Tool", kind="torque")
    said = {"tool_id": tool.pk, "name_ja": "工具", "name_en": "Tool", "kind": "torque"}
    return Edit(1, {**said, "place": "T-1"}, {**said, "place": "T-2"}, "place")


def _tool_retired() -> Edit:
    edit = _tool()
    return Edit(1, {"put": edit.first}, {"tool_id": edit.first["tool_id"], "reason": "worn"}, "place")


def _operation(drop: bool = False) -> Edit:
    routing = a_routing_draft()
    row = routing.operations.prefetch_related("fields").order_by("number")[0]
    plain = _plain_deep(spec_of(row))
    first = {"routing_id": routing.pk, "spec": {**plain, "standard_minutes": 61}}
    if drop:
        return Edit(row.version, {"put": first}, {"routing_id": routing.pk, "number": row.number}, "standard_minutes")
    return Edit(row.version, first, {**first, "spec": {**plain, "standard_minutes": 62}}, "standard_minutes")


def _reentry(release: bool = False) -> Edit:
    routing = a_routing_draft()
    number = routing.operations.order_by("number")[0].number
    first = {"routing_id": routing.pk, "slot_kind": "dpu", "repeats": [number]}
    if release:
        return Edit(routing.version, {"put": first}, {"routing_id": routing.pk}, "reentry.dpu")
    return Edit(routing.version, first, {**first, "slot_kind": "loop"}, "reentry.dpu")


def _rack_model() -> Edit:
    model = RackModel.objects.get(code="GB200-NVL72")
    said = {
        "rack_model_id": model.pk, "name": model.name, "rack_units": 44, "litres_per_minute_per_kw": Decimal("1.5"),
    }  # fmt: skip
    return Edit(model.version, {**said, "planned_kw": Decimal(133)}, {**said, "planned_kw": Decimal(134)}, "planned_kw")


def _design() -> Edit:
    design = a_design_draft()
    said = {
        "design_id": design.pk, "part_number": "GB300-CT", "revision": "C", "routing_code": "RT-CT-GB300",
        "routing_revision": "A",
    }  # fmt: skip
    return Edit(1, {**said, "unit_prefix": "CX"}, {**said, "unit_prefix": "CY"}, "unit_prefix")


def _slot(drop: bool = False) -> Edit:
    design = a_design_draft()
    row = design.slots.select_related("part").order_by("order")[0]
    plain = _plain_deep(spec_of_slot(row))
    first = {"design_id": design.pk, "slot": {**plain, "required": False}}
    if drop:
        return Edit(row.version, {"put": first}, {"design_id": design.pk, "position": row.position}, "required")
    return Edit(row.version, first, {"design_id": design.pk, "slot": {**plain, "kind": "dpu"}}, "required")


def _swap(release: bool = False) -> Edit:
    design = a_design_draft()
    old, new, other = "SSD-E1S-3T84", "SSD-M2-1T92", "BMC-DCSCM"
    first = {"design_id": design.pk, "old_part": old, "new_part": new}
    if release:
        return Edit(1, {"put": first}, {"design_id": design.pk}, "e1s_0.part")
    return Edit(1, first, {**first, "new_part": other}, "e1s_0.part")


def _order(**second: Any) -> Edit:
    order = an_order()
    first = {"order_id": order.pk, "quantity": 4, "need_by": DUE, "start_on": TODAY}
    if second:
        return Edit(1, {"put": first}, {"order_id": order.pk, **second}, "quantity")
    return Edit(1, first, {**first, "quantity": 6}, "quantity")


def _moved() -> Edit:
    before, order = an_order(), an_order()
    an_order()
    said = {"order_id": order.pk}
    return Edit(1, {**said, "before_id": before.pk}, said, "place")


def _sampling_plan(release: bool = False) -> Edit:
    """A draft of quality's: named anew, and released or named otherwise by who came later."""
    code = fresh("SP").upper()
    content = PlanContent(
        name_ja="全数", name_en="All", kind="full", points=[PlanPoint(text_ja="外観", text_en="Looks")]
    )
    draft_sampling_plan(caller=a_caller("tanaka"), code=code, content=content)
    first = {"code": code, "content": replace(content, name_en="One")}
    if release:
        return Edit(1, {"put": first}, {"code": code}, "name_en", "tanaka")
    return Edit(1, first, {"code": code, "content": replace(content, name_en="Two")}, "name_en", "tanaka")


def _sampling_rule() -> Edit:
    codes = [fresh("SP").upper() for _turn in range(3)]
    for code in codes:
        content = PlanContent(
            name_ja="全数", name_en="All", kind="full", points=[PlanPoint(text_ja="外観", text_en="x")]
        )
        draft_sampling_plan(caller=a_caller("tanaka"), code=code, content=content)
        release_sampling_plan(caller=a_caller("tanaka"), code=code, version=1)
    said = {"part_number": a_part(fresh("P-")).number}
    assign_sampling_plan(caller=a_caller("tanaka"), **said, plan_code=codes[0])
    return Edit(1, {**said, "plan_code": codes[1]}, {**said, "plan_code": codes[2]}, "plan_code", "tanaka")


def _disruption() -> Edit:
    lanes()
    said = {"number": a_stop().number}
    return Edit(1, {**said, "expected": an_end(5)}, {**said, "expected": an_end(6)}, "p50_at", "rosa")


def _replan() -> Edit:
    said = {"shipment_id": a_shipment().pk, "reason": "欠航"}
    ways = [NewWay(lane, "CR-SETO", NOON + 2 * DAY) for lane in (ROAD, MOJI)]
    return Edit(1, {**said, "way": ways[0]}, {**said, "way": ways[1]}, "lane", "rosa")


def _detour() -> Edit:
    said = {"shipment_id": departed().pk, "reason": "欠航"}
    ways = [Detour("大阪南港", lane, 1) for lane in (ROAD, MOJI)]
    return Edit(1, {**said, "detour": ways[0]}, {**said, "detour": ways[1]}, "lane", "rosa")


def _firmware(act: str = "") -> Edit:
    """A draft of a baseline: changed by somebody else, then changed otherwise, released or given up."""
    part = a_part(fresh("P-"), kind="compute").number
    draft_firmware_baseline(caller=a_caller("kenji"), part_number=part, needs=[NeedSpec("driver", ("1",))])
    said = {"part_number": part}
    first = {**said, "needs": [NeedSpec("driver", ("2",))]}
    if act:
        return Edit(1, {"put": first}, {**said, "reason": "SW 1.3"}, "needs.driver", act)
    return Edit(1, first, {**said, "needs": [NeedSpec("driver", ("3",))]}, "driver", "kenji")


def _calendar(release: bool = False) -> Edit:
    carrier = a_carrier()
    row = WindowRow(days="12345", opens="08:00", closes="17:00")
    said = {"owner": CalendarOwner(kind="carrier", code=carrier)}
    draft = draft_calendar(caller=a_caller("plan"), **said, content=CalendarContent(windows=[row]))
    first = {**said, "content": CalendarContent(windows=[replace(row, closes="18:00")])}
    if release:
        return Edit(1, {"put": first}, {"calendar_id": draft.pk, "reason": "x"}, "windows")
    return Edit(1, first, {**said, "content": CalendarContent(windows=[replace(row, closes="19:00")])}, "windows")


def _timetable(release: bool = False) -> Edit:
    lane = a_ferry_lane()
    row = SailingRow(days="1234567", departs_at="20:00", cut_off_at="18:30")
    content = TimetableContent(valid_from=TODAY, grade="C", sailings=[row])
    said = {"lane_code": lane, "leg_number": 1}
    draft = draft_timetable(caller=a_caller("plan"), **said, content=content)
    first = {**said, "content": replace(content, grade="B")}
    if release:
        return Edit(1, {"put": first}, {"timetable_id": draft.pk, "reason": "x"}, "grade")
    return Edit(1, first, {**said, "content": replace(content, grade="A")}, "grade")


EDITS: dict[str, Callable[[], Edit]] = {
    "logistics.revise_disruption": _disruption,
    "logistics.replan_shipment": _replan,
    **{name: lambda make=make: Edit(*make()) for name, make in CRATE_EDITS.items()},
    "logistics.reroute_shipment": _detour,
    "inventory.edit_part": _part,
    "inventory.revise_part": _revision,
    "inventory.add_part_alias": _alias,
    "inventory.edit_supplier": _supplier,
    "inventory.draft_sampling_plan": _sampling_plan,
    "inventory.release_sampling_plan": lambda: _sampling_plan(release=True),
    "inventory.assign_sampling_plan": _sampling_rule,
    "logistics.draft_calendar": _calendar,
    "logistics.release_calendar": lambda: _calendar(release=True),
    "logistics.draft_timetable": _timetable,
    "logistics.release_timetable": lambda: _timetable(release=True),
    "inventory.put_bom_line": _bom_line,
    "inventory.drop_bom_line": _bom_drop,
    "inventory.release_bom_draft": _bom_release,
    "inventory.discard_bom_draft": lambda: _discard(_bom_release),
    "accounts.edit_skill": _skill,
    "accounts.edit_station": _station,
    "assembly.edit_tool": _tool,
    "assembly.retire_tool": _tool_retired,
    "assembly.put_routing_operation": _operation,
    "assembly.drop_routing_operation": lambda: _operation(drop=True),
    "assembly.put_reentry_rule": _reentry,
    "assembly.release_routing_draft": lambda: _reentry(release=True),
    "assembly.discard_routing_draft": lambda: _discard(lambda: _reentry(release=True)),
    "assembly.draft_firmware_baseline": _firmware,
    "assembly.release_firmware_baseline": lambda: _firmware("tanaka"),
    "assembly.discard_firmware_baseline": lambda: _firmware("kenji"),
    "assembly.put_limit": _limit,
    "assembly.drop_limit": lambda: _limit("line"),
    "assembly.release_limits": lambda: _limit("set"),
    "assembly.discard_limits": lambda: _limit("set"),
    "assembly.edit_rack_model": _rack_model,
    "assembly.edit_design": _design,
    "assembly.put_design_slot": _slot,
    "assembly.drop_design_slot": lambda: _slot(drop=True),
    "assembly.swap_design_part": _swap,
    "assembly.release_design_draft": lambda: _swap(release=True),
    "assembly.discard_design_draft": lambda: _discard(lambda: _swap(release=True)),
    "assembly.edit_order": _order,
    "assembly.move_order": _moved,
    "assembly.cancel_order": lambda: _order(reason="no need"),
    "assembly.start_from_order": lambda: _order(quantity=1),
    "logistics.take_exception": lambda: Edit(*an_exception_edit()),
    "logistics.close_exception": lambda: Edit(*an_exception_edit(close=True)),
    "logistics.save_scenario": lambda: Edit(*a_scenario_edit()),
    "logistics.retire_scenario": lambda: Edit(*a_scenario_edit(retire=True)),
}

OTHERS: dict[str, str] = {
    "inventory.release_sampling_plan": "inventory.draft_sampling_plan",
    "logistics.release_calendar": "logistics.draft_calendar",
    "logistics.release_timetable": "logistics.draft_timetable",
    "inventory.drop_bom_line": "inventory.put_bom_line",
    "inventory.release_bom_draft": "inventory.put_bom_line",
    "inventory.discard_bom_draft": "inventory.put_bom_line",
    "assembly.retire_tool": "assembly.edit_tool",
    "assembly.drop_routing_operation": "assembly.put_routing_operation",
    "assembly.release_routing_draft": "assembly.put_reentry_rule",
    "assembly.discard_routing_draft": "assembly.put_reentry_rule",
    "assembly.release_firmware_baseline": "assembly.draft_firmware_baseline",
    "assembly.discard_firmware_baseline": "assembly.draft_firmware_baseline",
    "assembly.drop_limit": "assembly.put_limit",
    "assembly.release_limits": "assembly.put_limit",
    "assembly.discard_limits": "assembly.put_limit",
    "assembly.drop_design_slot": "assembly.put_design_slot",
    "assembly.release_design_draft": "assembly.swap_design_part",
    "assembly.discard_design_draft": "assembly.swap_design_part",
    "assembly.cancel_order": "assembly.edit_order",
    "assembly.start_from_order": "assembly.edit_order",
    "logistics.retire_scenario": "logistics.save_scenario",
    "logistics.close_exception": "logistics.take_exception",
}
"""Edits whose first call is another operation: the one that somebody else did meanwhile (`put`)."""
