"""Acts of assembly: builds, runs of operations and their signatures, units into slots and out of them."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from assembly.models import Design, OperationRun
from assembly.operations.builds import BuildStart
from assembly.operations.installs import Fit
from assembly.operations.installs import install_unit as fit
from assembly.operations.runs import RunFinish, RunSign, RunStart
from tests.assembly.world import TRAY, a_build, a_tray, a_unit_of, done, finished, slot_of, started, values_for
from tests.cast import PIN
from tests.doors.act import Act, Acts, calibrate_all, caller, numbers_of, pin_check, tray_just_started


def start_builds() -> Act:
    design = Design.objects.filter(kind="tray").exclude(unit_prefix="").order_by("pk")[0]
    form = {"design": design.code, "quantity": "1", "serials": "", "order_number": "", "need_by": ""}
    return Act(
        "plan",
        {"starts": [BuildStart(design.code, location_code="LINE-TRAY")]},
        (reverse("build_start"), {**form, "location": "LINE-TRAY"}),
        {"starts": [BuildStart("NO-DESIGN")]},
        "UnknownDesign",
    )


def start_build() -> Act:
    return Act(
        "plan",
        {"start": BuildStart("D-20", location_code="LINE-RACK")},
        wrong={"start": BuildStart("NO-DESIGN")},
        refusal="UnknownDesign",
    )


def start_run() -> Act:
    build = tray_just_started()
    first, second = numbers_of(build)
    name = build.unit.name
    return Act(
        "mei",
        {"build_id": build.pk, "number": first},
        (reverse("run_start", args=[name, first]), {}),
        {"number": second},
        "OutOfOrder",
        (reverse("run_start", args=[name, second]), {}),
    )


def start_runs() -> Act:
    build = a_build(TRAY)
    return Act(
        "mei",
        {"starts": [RunStart(build.pk, 100)]},
        wrong={"starts": [RunStart(build.pk, 110)]},
        refusal="OutOfOrder",
    )


def abort_run() -> Act:
    build = a_build(TRAY)
    started(build, 100)
    name = build.unit.name
    return Act(
        "mei",
        {"build_id": build.pk, "number": 100, "reason": "Wrong kit"},
        (reverse("run_abort", args=[name, 100]), {"reason": "Wrong kit"}),
        {"number": 110},
        "NotRunning",
        (reverse("run_abort", args=[name, 110]), {"reason": "Wrong kit"}),
    )


def finish_run() -> Act:
    build = a_build(TRAY)
    started(build, 100)
    values = values_for(build, 100)
    address = reverse("station_finish", args=["A1"])
    form = {"build": build.pk, "number": 100, "pin": PIN, **{f"v_{value.code}": value.text for value in values}}
    return Act(
        "mei",
        {"build_id": build.pk, "number": 100, "values": values, "pin_check_id": pin_check("mei")},
        (address, form),
        {"number": 110},
        "NotRunning",
        station="A1",
    )


def finish_runs() -> Act:
    build = a_build(TRAY)
    started(build, 100)
    finish = RunFinish(build.pk, 100, values_for(build, 100), pin_check("mei"))
    return Act(
        "mei",
        {"finishes": [finish]},
        wrong={"finishes": [replace(finish, pin_check_id=None)]},
        refusal="PinNotChecked",
    )


def _to_be_checked() -> OperationRun:
    """A tray's safety test, made by mei, that a second person must check."""
    calibrate_all()
    build = a_build(TRAY)
    for number in (100, 110, 120):
        done(build, number)
    started(build, 130)
    return finished(build, 130, checked=False)


def sign_run() -> Act:
    run = _to_be_checked()
    address = reverse("station_sign", args=["A1"])
    form = {"build": run.build_id, "run": run.pk, "meaning": "checked", "person": "kenji", "pin": PIN}
    return Act(
        "kenji",
        {"run_id": run.pk, "meaning": "checked", "pin_check_id": pin_check("kenji")},
        (address, form),
        {"meaning": "approved"},
        "SignatureNotWanted",
        (address, {**form, "meaning": "approved"}),
        station="A1",
    )


def sign_runs() -> Act:
    run, check = _to_be_checked(), pin_check("kenji")
    return Act(
        "kenji",
        {"signs": [RunSign(run.build_id, 130, "checked", check)]},
        wrong={"signs": [RunSign(run.build_id, 130, "made", check)]},
        refusal="AlreadySigned",
    )


def install_unit() -> Act:
    tray, unit = a_tray(), a_unit_of("PDB-CT")
    return Act(
        "mei",
        {"slot_id": slot_of(tray, "pdb_0").pk, "serial": unit.serial},
        wrong={"serial": "NO-SUCH"},
        refusal="UnknownSerial",
        station="A1",
        scans=(tray.unit.tag, unit.serial),
        wrong_scan="NO-SUCH",
    )


def install_units() -> Act:
    tray, unit = a_tray(), a_unit_of("PDB-CT")
    slot = slot_of(tray, "pdb_0").pk
    return Act("mei", {"fits": [Fit(slot, unit.tag)]}, wrong={"fits": [Fit(slot, "NO-SUCH")]}, refusal="UnknownSerial")


def remove_unit() -> Act:
    tray, unit = a_tray(), a_unit_of("PDB-CT")
    slot = slot_of(tray, "pdb_0")
    fit(caller=caller("mei"), slot_id=slot.pk, serial=unit.serial)
    form = {"reason": "Bent", "location": "QRN"}
    return Act(
        "mei",
        {"slot_id": slot.pk, "reason": "Bent", "location_code": "QRN"},
        (reverse("unit_removal", args=[tray.unit.name, "pdb_0"]), form),
        {"slot_id": slot_of(tray, "superchip_0").pk},
        "SlotEmpty",
        (reverse("unit_removal", args=[tray.unit.name, "superchip_0"]), form),
    )


ACTS: Acts = {
    "assembly.abort_run": abort_run,
    "assembly.finish_run": finish_run,
    "assembly.finish_runs": finish_runs,
    "assembly.install_unit": install_unit,
    "assembly.install_units": install_units,
    "assembly.remove_unit": remove_unit,
    "assembly.sign_run": sign_run,
    "assembly.sign_runs": sign_runs,
    "assembly.start_build": start_build,
    "assembly.start_builds": start_builds,
    "assembly.start_run": start_run,
    "assembly.start_runs": start_runs,
}
