"""Planning data come in by file: orders, tools with their calibration, qualifications, slots and limits of drafts.

One file, one transaction: every bad line is told, and one bad line takes the whole file back. A slot or limit in a file
is written over what stands in the draft: who imports a list means the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.operations.skills import give_skill
from assembly.models import Design, Routing, RoutingOperation
from assembly.operations.build_orders import OrderRow, plan_many
from assembly.operations.builds import UnknownDesign
from assembly.operations.design_drafts import refuse_released, write_slot
from assembly.operations.designs import SlotSpec, UnknownRouting
from assembly.operations.routing_drafts import refuse_released_routing, spec_of, write_operation
from assembly.operations.routing_specs import FieldSpec, WrongOperationNumber
from assembly.operations.tools import add_tool, calibrate
from inventory.files.cells import read_code, read_day, read_flag, read_whole
from inventory.files.plain_rows import Column, Told, read_number, read_rows
from inventory.files.tables import LineFault
from inventory.operations.incoming_files import FileRefused, keep_file, stored_content
from ledger.callers import Caller
from ledger.operations import operation
from ledger.refusals import Refusal

ORDERS = {
    "number": Column(("order", "order number", "製造指図", "指図番号"), read_code),
    "product": Column(("part number", "製品", "品番"), read_code, required=True),
    "quantity": Column(("pieces", "qty", "数量"), read_whole, required=True),
    "need_by": Column(("needed by", "due date", "必要日", "納期"), read_day, required=True),
    "start_on": Column(("start on", "start", "着手日"), read_day, blank=None),
    "design_code": Column(("design", "設計"), read_code),
    "note": Column(("remark", "備考"), str),
}
TOOLS = {
    "code": Column(("tool number", "tool", "工具番号", "管理番号"), read_code, required=True),
    "name_ja": Column(("name ja", "name japanese", "名称", "品名"), str, required=True),
    "name_en": Column(("name en", "name english", "name", "英語名"), str, required=True),
    "kind": Column(("tool kind", "種類", "工具種別"), read_code, required=True),
    "maker": Column(("manufacturer", "メーカー"), str),
    "serial": Column(("serial number", "製造番号"), read_code),
    "place": Column(("kept at", "保管場所"), str),
    "calibration_months": Column(("calibrated every months", "校正周期", "校正周期か月"), read_whole, blank=12),
    "calibrated_on": Column(("calibration date", "校正日"), read_day, blank=None),
    "due_on": Column(("due on", "due", "校正期限"), read_day, blank=None),
    "certificate": Column(("certificate number", "校正証明書", "証明書番号"), str),
    "laboratory": Column(("calibrated by", "校正機関"), str),
}
SKILLS = {
    "username": Column(("user", "user name", "利用者名"), read_code, required=True),
    "skill_code": Column(("qualification", "skill", "資格"), read_code, required=True),
    "from_on": Column(("from", "開始日"), read_day, required=True),
    "until_on": Column(("until", "期限", "終了日"), read_day, blank=None),
    "proof": Column(("certificate", "証明", "証明書"), str),
}
SLOTS = {
    "design": Column(("design code", "設計"), read_code, required=True),
    "position": Column(("slot", "位置"), read_code, required=True),
    "kind": Column(("slot kind", "種類"), read_code, required=True),
    "part": Column(("part number", "品番"), read_code, required=True),
    "alternates": Column(("also allowed", "代替品番"), str),
    "ru": Column(("rack unit", "ユニット"), read_whole, blank=None),
    "ru_height": Column(("height u", "高さ", "高さu"), read_whole, blank=1),
    "slot_number": Column(("slot number", "スロット番号"), read_whole, blank=None),
    "tray_index": Column(("tray index", "トレイ番号"), lambda text: 0 if text == "0" else read_whole(text), blank=None),
    "required": Column(("must be filled", "必須"), read_flag, blank=True),
}
LIMITS = {
    "routing": Column(("routing code", "工程表"), read_code, required=True),
    "revision": Column(("routing revision", "版数"), read_code, required=True),
    "number": Column(("operation", "operation number", "作業"), read_whole, required=True),
    "code": Column(("field", "field code", "項目"), read_code, required=True),
    "low": Column(("low limit", "下限"), read_number, blank=None),
    "high": Column(("high limit", "上限"), read_number, blank=None),
    "unit": Column(("unit of measure", "単位"), str, blank=None),
}


@operation(permission="assembly.plan_orders")
def import_orders(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, int]:
    """Plan the build orders of a stored file at the end of the sequence, in its order, all or nothing.

    Locks nothing. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    return _import(caller, file_sha256, file_name, ORDERS, lambda told: plan_many(caller, [OrderRow(**told.facts)]))


@operation(permission="assembly.keep_tools")
def import_tools(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, int]:
    """Register the tools of a stored file, with their calibration where its day is given, all or nothing.

    Locks the tools. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    return _import(caller, file_sha256, file_name, TOOLS, lambda told: _tool(caller, told.facts))


@operation(permission="accounts.keep_skills")
def import_skill_grants(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, int]:
    """Give the qualifications of a stored file, all or nothing. Locks the people.

    Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    return _import(caller, file_sha256, file_name, SKILLS, lambda told: give_skill(caller, **told.facts))


@operation(permission="assembly.keep_master_data")
def import_slots(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, int]:
    """Write the slots of a stored file into drafts of designs, all or nothing; released designs are refused. Locks the
    designs. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    return _import(caller, file_sha256, file_name, SLOTS, lambda told: _slot(caller, dict(told.facts)))


@operation(permission="assembly.keep_master_data")
def import_limits(*, caller: Caller, file_sha256: str, file_name: str) -> dict[str, int]:
    """Write the limits of a stored file into drafts of routings, all or nothing: low, high and unit of values that the
    operations record. Locks the routings. Refuses FileMissing, FileRefused (every bad line with a sentence)."""
    return _import(caller, file_sha256, file_name, LIMITS, lambda told: _limit(caller, told.facts))


def _import(
    caller: Caller, file_sha256: str, file_name: str, columns: Mapping[str, Column], take: Callable[[Told], Any]
) -> dict[str, int]:
    content = stored_content(file_sha256)
    told, table = read_rows(content, columns)
    faults: list[LineFault] = list(table.faults)
    for one in told:
        try:
            with transaction.atomic():  # a refused line leaves nothing for those after it
                take(one)
        except Refusal as refusal:
            faults.append(LineFault(one.line, "", refusal.detail))
    if faults:
        raise FileRefused(sorted(faults, key=lambda fault: fault.line))
    keep_file(caller, file_sha256, content, file_name)
    return {"lines": len(told)}


def _tool(caller: Caller, facts: dict[str, Any]) -> None:
    papers = {"certificate": facts["certificate"], "laboratory": facts["laboratory"], "note": ""}
    own = {name: facts[name] for name in ("name_ja", "name_en", "kind", "maker", "serial", "place")}
    tool = add_tool(caller, facts["code"], {**own, "calibration_months": facts["calibration_months"]})
    if facts["calibrated_on"] is not None:
        calibrate(caller, tool.code, facts["calibrated_on"], "pass", facts["due_on"], papers)


def _slot(caller: Caller, facts: dict[str, Any]) -> None:
    code = facts.pop("design")
    design = Design.objects.select_for_update(no_key=True, of=("self",)).filter(code=code).first()
    if design is None:
        raise UnknownDesign(_("There is no design %(code)s.") % {"code": code[:60]})
    others = tuple(part.strip() for part in facts.pop("alternates").split(";") if part.strip())
    write_slot(caller, refuse_released(design), None, SlotSpec(**facts, alternates=others))


def _limit(caller: Caller, facts: dict[str, Any]) -> None:
    name = f"{facts['routing']} {facts['revision']}"
    routing = (
        Routing.objects.select_for_update(no_key=True).filter(code=facts["routing"], revision=facts["revision"]).first()
    )
    if routing is None:
        raise UnknownRouting(_("There is no routing %(name)s.") % {"name": name[:80]})
    refuse_released_routing(routing)
    rows = RoutingOperation.objects.filter(routing=routing, number=facts["number"]).prefetch_related("fields")
    row = rows.first()
    fields = spec_of(row).fields if row is not None else ()
    if row is None or facts["code"] not in {one.code for one in fields}:
        raise WrongOperationNumber(
            _("Operation %(number)d of %(name)s records no value “%(field)s”.")
            % {"number": facts["number"], "name": name[:80], "field": facts["code"][:40]}
        )
    write_operation(caller, routing, None, replace(spec_of(row), fields=_with_limits(fields, facts)))


def _with_limits(fields: Sequence[FieldSpec], facts: dict[str, Any]) -> tuple[FieldSpec, ...]:
    low, high, unit = facts["low"], facts["high"], facts["unit"]
    return tuple(
        replace(one, low=_limit_of(low), high=_limit_of(high), unit=one.unit if unit is None else unit)
        if one.code == facts["code"]
        else one
        for one in fields
    )


def _limit_of(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.normalize()
