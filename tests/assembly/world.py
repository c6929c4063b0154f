"""Trays and racks in the making, by the plant's own designs. Needs the fixture `plant`; everything goes through
operations. Times are near NOON and never decide anything unless a test gives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.operations.pins import check_pin
from assembly.models import Build, OperationRun, Slot, Tool
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.installs import Fit, install_units
from assembly.operations.runs import RecordedValue, finish_run, sign_run, start_run
from assembly.operations.test_runs import import_test_log
from assembly.operations.tools import record_calibration
from assembly.queries.route import routes_of
from assembly.test_logs.writing import dcgm_v4_diag, nvidia_smi_xml, tray_gpus
from documents import files
from inventory.models import Part, Placement, Unit
from inventory.operations.holds import place_hold
from inventory.operations.receiving import receive_notice
from ledger.models import Event
from tests.cast import NOON, PIN, a_caller, person
from tests.world import a_notice, fresh

RACK = "D-20"
TRAY = "GB200-CT"
SWITCH = "N5200"
FAR = date(2099, 1, 1)
"""Until when the tools of the tests are calibrated: pages ask by the real clock."""


def pin_check(name: str, at: datetime = NOON) -> int:
    """A right PIN of somebody, just now."""
    return check_pin(person(name), PIN, at=at).pk


def received(part_numbers: Sequence[str], *, lot: str = "", location: str = "STORE") -> list[Unit]:
    """Fresh units of these parts, in order, received to the store by one notice."""
    serials = [fresh("SN") for _number in part_numbers]
    lines = [
        {"part number": number, "serial": serial, "lot": lot}
        for number, serial in zip(part_numbers, serials, strict=True)
    ]
    notice = a_notice(lines)
    answer = receive_notice(caller=a_caller("mei"), notice_id=notice.pk, location_code=location)
    units = {unit.serial: unit for unit in Unit.objects.filter(pk__in=answer["units"]).select_related("part")}
    return [units[serial] for serial in serials]


def a_unit_of(part_number: str, **others: Any) -> Unit:
    """One fresh unit of a part."""
    return received([part_number], **others)[0]


def a_build(design: str = RACK, **others: Any) -> Build:
    """A build just started; a design for bought units gets a fresh one."""
    if design == SWITCH and "serial" not in others:
        others["serial"] = a_unit_of("N5200_LD").serial
    return start_build(caller=a_caller("plan"), start=BuildStart(design_code=design, **others))


def values_for(build: Build, number: int, **given: str) -> list[RecordedValue]:
    """A value inside the limits for every field of an operation; `given` ones as they are."""
    state = routes_of([Build.objects.select_related("design", "unit").get(pk=build.pk)])[build.pk].of_number(number)
    assert state is not None
    told = []
    for field in state.operation.fields.all():
        middle = (field.low or Decimal(0)) if field.high is None else ((field.low or Decimal(0)) + field.high) / 2
        text = (field.expected or "OK") if field.kind == "text" else f"{middle.normalize():f}"
        told.append(RecordedValue(field.code, given.get(field.code, text), tool_of(state.operation.tool_kinds)))
    return told


def tool_of(kinds: Sequence[str]) -> str:
    """The plant's tool of the asked kind, calibrated by now; "" where none is asked for."""
    if not kinds:
        return ""
    tool = Tool.objects.filter(kind=kinds[0]).order_by("code")[0]
    if not tool.calibrations.exists():
        record_calibration(caller=a_caller("plan"), tool_code=tool.code, calibrated_on=date(2026, 11, 2), due_on=FAR)
    return tool.code


def started(build: Build, number: int) -> OperationRun:
    """An operation that mei has begun."""
    return start_run(caller=a_caller("mei"), build_id=build.pk, number=number)


def finished(build: Build, number: int, *, checked: bool = True, **given: str) -> OperationRun:
    """The open operation, finished and signed by mei, and checked by kenji where the route asks for it."""
    run = finish_run(
        caller=a_caller("mei"), build_id=build.pk, number=number, values=values_for(build, number, **given),
        pin_check_id=pin_check("mei"),
    )  # fmt: skip
    if checked and run.result == "pass" and "checked" in run.operation.signs:
        sign_run(caller=a_caller("kenji"), run_id=run.pk, meaning="checked", pin_check_id=pin_check("kenji"))
    return run


def done(build: Build, number: int, **given: str) -> OperationRun:
    """An operation begun, filled where it fills slots, and finished."""
    started(build, number)
    fill(build)
    return finished(build, number, **given)


def fill(build: Build, leave: int = 0, kinds: Sequence[str] = ()) -> list[Unit]:
    """Fresh units in the empty slots of the running operation (or of these kinds), but for the last few."""
    route = routes_of([Build.objects.select_related("design", "unit").get(pk=build.pk)])[build.pk]
    wanted = kinds or (route.current.operation.slot_kinds if route.current else ())
    taken = Placement.objects.filter(host_id=build.unit_id, to_at=None).values_list("position", flat=True)
    slots = list(Slot.objects.filter(build=build, kind__in=wanted).exclude(position__in=taken).select_related("part"))
    slots = slots[: len(slots) - leave]
    units = received([slot.part.number for slot in slots]) if slots else []
    fits = [Fit(slot.pk, unit.serial) for slot, unit in zip(slots, units, strict=True)]
    if fits:
        install_units(caller=a_caller("mei"), fits=fits)
    return units


def a_tray() -> Build:
    """A compute tray whose assembly is running; every place is empty."""
    build = a_build(TRAY)
    done(build, 100)
    started(build, 110)
    return build


def a_finished_switch() -> Unit:
    """A switch tray, complete."""
    build = a_build(SWITCH)
    for number in (100, 110, 120, 130, 140):
        done(build, number)
    return Unit.objects.get(pk=build.unit_id)


def a_finished_tray() -> Unit:
    """A compute tray, complete: its four GPUs reported by its own test files."""
    build = a_build(TRAY)
    for number in (100, 110, 120, 130):
        done(build, number)
    started(build, 140)
    report(build.unit, [fresh("GPU-0b5e55ed-0000-4a1b-8c2d-000000") for _ in range(4)])
    finished(build, 140)
    return Unit.objects.get(pk=build.unit_id)


def report(tray: Unit, uuids: Sequence[str], slot: int = 0, index: int = 0) -> None:
    """The files of a tray's tests, saying these GPUs in this place."""
    boards = {
        row.position: row.unit.serial
        for row in Placement.objects.filter(host=tray, to_at=None, position__startswith="superchip")
    }
    gpus = tray_gpus(
        uuids, (boards["superchip_0"], boards["superchip_1"]), slot=slot, tray_index=index, chassis_serial=tray.serial,
    )  # fmt: skip
    for name, content in (("smi.xml", nvidia_smi_xml(gpus, at=NOON)), ("dcgm.json", dcgm_v4_diag(gpus))):
        import_test_log(
            caller=a_caller("kenji"), file_sha256=files.put(content.encode()), file_name=name, unit=tray.tag,
            exit_code=0,
        )  # fmt: skip


def a_rack(upto: int = 0, design: str = RACK) -> Build:
    """A rack, its operations before `upto` done (200 to 220 take no trays)."""
    build = a_build(design)
    for number in (200, 210, 220):
        if number < upto:
            done(build, number)
    return build


def a_rack_taking_trays() -> Build:
    """A rack whose tray insertion is running: 27 trays and 2 management switches are missing."""
    build = a_rack(230)
    started(build, 230)
    return build


def slot_of(build: Build, position: str) -> Slot:
    return Slot.objects.get(build=build, position=position)


def held(unit: Unit, reason: str = "外観確認") -> None:
    """A unit under hold."""
    place_hold(caller=a_caller("tanaka"), target=unit.tag, reason=reason)


def part(number: str) -> Part:
    return Part.objects.get(number=number)


def everything() -> dict[str, int]:
    """How many rows of what a refusal must not change."""
    models = (Build, Slot, OperationRun, Placement, Unit, Event)
    counts = {model.__name__: model.objects.count() for model in models}
    counts["open places"] = Placement.objects.filter(to_at=None).count()
    return counts
