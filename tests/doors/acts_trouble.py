"""Acts of assembly: what is wrong and what is decided, testers' files, racks read in from before."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse
from django.utils import timezone

from assembly.models import Build
from assembly.operations.nonconformities import report_nonconformity as reported
from assembly.operations.past import PastRack, PastRun, PastTray
from assembly.operations.test_runs import TestLogImport
from assembly.test_logs.writing import nvidia_smi_xml, tray_gpus
from documents import files
from tests.assembly.burn_in_world import a_tray_with_superchips
from tests.assembly.world import TRAY, a_build, done
from tests.cast import PIN
from tests.doors.act import HOUR, Act, Acts, Upload, caller, days_ago, free_unit, pin_check, tray_just_started


def report_nonconformity() -> Act:
    serial = tray_just_started().unit.name
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
    build, part = tray_just_started(), free_unit().part.number
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


def dispose_nonconformity() -> Act:
    build = a_build(TRAY)
    done(build, 100)
    report = reported(caller=caller("mei"), serial=build.unit.name, text="Bent pin")
    page = reverse("nonconformity", args=[report.number])
    form = {"disposition": "rework", "repeats": ["100"], "reason": "Redo", "pin": PIN}
    return Act(
        "tanaka",
        {
            "number": report.number, "disposition": "rework", "reason": "Redo", "pin_check_id": pin_check("tanaka"),
            "repeats": [100],
        },
        (page, form),
        {"repeats": []},
        "NothingToRepeat",
        (page, {**form, "repeats": []}),
    )  # fmt: skip


SERIALS = ("1650000009001", "1650000009002")


def _tester_file() -> tuple[Build, bytes]:
    """A tray whose test is running, and the file of its tester."""
    build = a_tray_with_superchips(SERIALS)
    gpus = tray_gpus(
        [f"GPU-0b5e55ed-00d0-4a1b-8c2d-00000000000{n}" for n in range(4)], SERIALS, slot=0, tray_index=0,
        chassis_serial=build.unit.serial,
    )  # fmt: skip
    return build, nvidia_smi_xml(gpus, at=timezone.now()).encode()


def import_test_log() -> Act:
    build, content = _tester_file()
    page, form = reverse("test_upload"), {"unit": build.unit.tag, "exit_code": "0"}
    return Act(
        "kenji",
        {"file_sha256": files.put(content), "file_name": "smi.xml", "unit": build.unit.tag, "exit_code": 0},
        (page, {**form, "files": Upload("smi.xml", content)}),
        {"file_sha256": files.put(b"nothing of a tester")},
        "FileNotUnderstood",
        (page, {**form, "files": Upload("smi.xml", b"nothing of a tester")}),
    )


def import_test_logs() -> Act:
    build, content = _tester_file()
    row = TestLogImport(files.put(content), "smi.xml", build.unit.tag, 0)
    return Act("kenji", {"rows": [row]}, wrong={"rows": [replace(row, unit="NO-SUCH")]}, refusal="UnknownSerial")


def import_build_history() -> Act:
    numbers = (200, 210, 220, 230, 240, 250, 260, 300, 310, 320, 330, 340, 350, 360, 510, 520)
    ended = days_ago(20)
    runs = [
        PastRun(number, ended - (40 - 2 * place) * HOUR, ended - (39 - 2 * place) * HOUR)
        for place, number in enumerate(numbers)
    ]
    tray = PastTray("CT-00", "", ended - 60 * HOUR, ended - 50 * HOUR)
    rack = PastRack("D-31", "MO-DOOR-1", ended - 40 * HOUR, ended - HOUR, "PACK", runs=runs, trays=[tray])
    ahead = replace(rack, completed_at=days_ago(-1))
    return Act("plan", {"rows": [rack]}, wrong={"rows": [ahead]}, refusal="HistoryAhead")


ACTS: Acts = {
    "assembly.approve_deviation": approve_deviation,
    "assembly.dispose_nonconformity": dispose_nonconformity,
    "assembly.import_build_history": import_build_history,
    "assembly.import_test_log": import_test_log,
    "assembly.import_test_logs": import_test_logs,
    "assembly.report_nonconformity": report_nonconformity,
}
