"""Acts that go through every door: who does it, with which arguments, and the form that says the same.

`wrong` is the same act refused: its arguments, and its form where a person could send it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from assembly.models import Build, Design
from assembly.operations.builds import BuildStart, start_build
from documents import files
from inventory.models import Hold, Placement, ShipNoticeLine, Unit
from inventory.operations.ship_notices import import_ship_notice
from ledger.doors import command_caller
from logistics.models import Lane
from tests.contracts.small_plant import people
from tests.world import notice_csv

Arguments = dict[str, Any]
Form = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """One act at all its doors. `page`: address and fields; None where a person does it by scanning or not at all."""

    user: str
    right: Arguments
    page: Form | None = None
    wrong: Arguments = field(default_factory=dict)
    refusal: str = ""
    wrong_page: Form | None = None


def _unit() -> Unit:
    """A free unit at a place of the plant, of no build, under no hold."""
    placed = Placement.objects.filter(
        to_at=None, host=None, unit__build=None, unit__ended_at=None, location__kind__in=("store", "receiving", "line")
    ).exclude(unit__holds__released_at=None, unit__holds__isnull=False)
    return placed.exclude(unit__lot__holds__isnull=False).select_related("unit__part").order_by("pk")[0].unit


def _build() -> Build:
    """A tray just started, nothing begun."""
    design = Design.objects.filter(kind="tray").exclude(unit_prefix="").order_by("pk")[0]
    caller = command_caller(people()["plan"], key=uuid.uuid4().hex)
    return start_build(caller=caller, start=BuildStart(design.code, location_code="LINE-TRAY"))


def _steps(build: Build) -> tuple[int, int]:
    first, second = build.design.routing.operations.order_by("number").values_list("number", flat=True)[:2]
    return first, second


def place_holds() -> Act:
    tag = _unit().tag
    return Act(
        "tanaka",
        {"targets": [tag], "reason": "Scratch"},
        (reverse("holds"), {"targets": tag, "reason": "Scratch"}),
        {"targets": ["NO-SUCH"]},
        "UnknownSerial",
        (reverse("holds"), {"targets": "NO-SUCH", "reason": "Scratch"}),
    )


def release_hold() -> Act:
    hold = Hold.objects.filter(released_at=None).order_by("pk")[0]
    return Act(
        "tanaka",
        {"number": hold.number, "reason": "Checked"},
        (reverse("hold", args=[hold.number]), {"reason": "Checked"}),
        {"number": "H999999"},
        "UnknownHold",
    )


def move_units() -> Act:
    unit = _unit()
    here = unit.placements.get(to_at=None).location.code
    return Act(
        "mei",
        {"serials": [unit.tag], "location_code": "RCV" if here != "RCV" else "STORE", "why": "shelf"},
        wrong={"location_code": "NOWHERE"},
        refusal="UnknownLocation",
    )


def define_supplier() -> Act:
    return Act("plan", {"code": "NEW-1", "name": "New One", "country": "JP"}, wrong={"code": " "}, refusal="")


def receive_notice() -> Act:
    part = _unit().part.number
    content = notice_csv([{"part number": part, "serial": "DOOR-1"}, {"part number": part, "serial": "DOOR-2"}])
    content = content.replace(b"SUP-1", ShipNoticeLine.objects.order_by("pk")[0].notice.supplier.code.encode())
    caller = command_caller(people()["plan"], key=uuid.uuid4().hex)
    answer = import_ship_notice(caller=caller, file_sha256=files.put(content), file_name="doors.csv")
    notice = answer["notices"][0]  # type: ignore[index]
    address = reverse("receive_notice", args=[notice])
    return Act(
        "mei",
        {"notice_id": notice, "location_code": "RCV"},
        (address, {"location": "RCV"}),
        {"location_code": "NOWHERE"},
        "UnknownLocation",
        (address, {"location": "NOWHERE"}),
    )


def start_builds() -> Act:
    design = Design.objects.filter(kind="tray").exclude(unit_prefix="").order_by("pk")[0]
    form = {"design": design.code, "quantity": "1", "serials": "", "order_number": "", "need_by": ""}
    return Act(
        "plan",
        {"starts": [{"design_code": design.code, "location_code": "LINE-TRAY"}]},
        (reverse("build_start"), {**form, "location": "LINE-TRAY"}),
        {"starts": [{"design_code": "NO-DESIGN"}]},
        "UnknownDesign",
    )


def start_run() -> Act:
    build = _build()
    first, second = _steps(build)
    name = build.unit.name
    return Act(
        "mei",
        {"build_id": build.pk, "number": first},
        (reverse("run_start", args=[name, first]), {}),
        {"number": second},
        "OutOfOrder",
        (reverse("run_start", args=[name, second]), {}),
    )


def report_nonconformity() -> Act:
    serial = _build().unit.name
    form = {"serial": serial, "text": "Bent pin", "defect_code": "PIN"}
    return Act(
        "mei",
        dict(form),
        (reverse("nonconformity_new"), form),
        {"serial": "NO-SUCH"},
        "UnknownSerial",
        (reverse("nonconformity_new"), {**form, "serial": "NO-SUCH"}),
    )


def approve_deviation() -> Act:
    build, part = _build(), _unit().part.number
    position = build.slots.order_by("order")[0].position
    address = reverse("deviation_new", args=[build.unit.name])
    return Act(
        "tanaka",
        {"build_id": build.pk, "position": position, "part_number": part, "reason": "Shortage"},
        (address, {"position": position, "part": part, "reason": "Shortage"}),
        {"part_number": "NO-PART"},
        "WrongPart",
        (address, {"position": position, "part": "NO-PART", "reason": "Shortage"}),
    )


def issue_document() -> Act:
    tag = _unit().tag
    return Act(
        "tanaka",
        {"kind": "unit-label", "key": tag, "language": "en"},
        (reverse("document_issue", args=["unit-label", tag]), {"lang": "en"}),
        {"kind": "poster"},
        "UnknownDocumentKind",
        (reverse("document_issue", args=["poster", tag]), {"lang": "en"}),
    )


def request_prints() -> Act:
    tag = _unit().tag
    form = {"kind": "unit-label", "keys": tag, "lang": "en"}
    return Act(
        "mei",
        {"kind": "unit-label", "keys": [tag], "language": "en"},
        (reverse("print_many"), form),
        {"keys": []},
        "NothingAsked",
        (reverse("print_many"), {**form, "keys": ""}),
    )


def plan_shipment() -> Act:
    lane = Lane.objects.order_by("pk")[0]
    leaves = timezone.localtime(timezone.now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    carrier = lane.legs.order_by("number")[0].carrier.code
    plan = {"lane_code": lane.code, "carrier_code": carrier, "planned_departure_at": leaves.isoformat()}
    form = {
        "lane": lane.code,
        "carrier": carrier,
        "planned_departure_at": leaves.strftime("%Y-%m-%dT%H:%M"),
        "crates": "",
    }
    early = (leaves - timedelta(days=2)).date().isoformat()
    late = (leaves + timedelta(days=9)).date().isoformat()
    return Act(
        "rosa",
        {"plan": {**plan, "need_by": late}},
        (reverse("shipment_plan"), {**form, "need_by": late}),
        {"plan": {**plan, "need_by": early}},
        "NeedByTooEarly",
        (reverse("shipment_plan"), {**form, "need_by": early}),
    )


def start_session() -> Act:
    return Act("mei", {"station_code": "A1"}, wrong={"station_code": "NO"}, refusal="UnknownStation")


def register_station() -> Act:
    names = {"name_ja": "新", "name_en": "New"}
    return Act("admin", {"code": "N1", "kind": "test", **names}, wrong={"kind": "kitchen"}, refusal="UnknownStation")


def end_role() -> Act:
    return Act("admin", {"username": "mei", "role": "line"}, wrong={"role": "admin"}, refusal="RoleNotHeld")


ACTS: dict[str, Callable[[], Act]] = {
    "accounts.end_role": end_role,
    "accounts.register_station": register_station,
    "accounts.start_session": start_session,
    "documents.issue_document": issue_document,
    "documents.request_prints": request_prints,
    "inventory.define_supplier": define_supplier,
    "inventory.move_units": move_units,
    "inventory.place_holds": place_holds,
    "inventory.receive_notice": receive_notice,
    "inventory.release_hold": release_hold,
    "assembly.approve_deviation": approve_deviation,
    "assembly.report_nonconformity": report_nonconformity,
    "assembly.start_builds": start_builds,
    "assembly.start_run": start_run,
    "logistics.plan_shipment": plan_shipment,
}
