"""Redfish readouts: own trees in the form of a BMC's, as zip and as folder; the shared ones where they lie beside."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from assembly.test_logs.files import file_report
from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import ReadOptions, TestLog, Unreadable

from .plant_files import SHARED

Resources = dict[str, dict[str, object]]


def link(address: str) -> dict[str, object]:
    return {"@odata.id": f"/redfish/v1{address}"}


def collection(*addresses: str) -> dict[str, object]:
    return {"Members": [link(address) for address in addresses]}


def sensor(reading: float | None, **more: object) -> dict[str, object]:
    bounds = {"UpperCaution": {"Reading": 90.0}, "UpperCritical": {"Reading": 100.0}}
    return {
        "Id": "TEMP", "Reading": reading, "ReadingUnits": "Cel", "Thresholds": bounds,
        "Status": {"State": "Enabled", "Health": "OK"}, **more,
    }  # fmt: skip


def a_tray(**changes: dict[str, object]) -> Resources:
    """A small tray: a GPU with an empty XID log, two cartridges, a sensor, a leak detector, firmware, an event log."""
    tree: Resources = {
        "": {"RedfishVersion": "1.9.0", "Product": "GB300", "Chassis": link("/Chassis"), "Systems": link("/Systems"),
             "UpdateService": link("/UpdateService")},
        "/Chassis": collection("/Chassis/HGX_GPU_0", "/Chassis/CBC_0", "/Chassis/Chassis_0"),
        "/Chassis/HGX_GPU_0": {"Id": "HGX_GPU_0", "SerialNumber": "1650000000001 ", "PartNumber": "2941-892-A1",
                               "LogServices": link("/Chassis/HGX_GPU_0/LogServices")},
        "/Chassis/HGX_GPU_0/LogServices": collection("/Chassis/HGX_GPU_0/LogServices/XID"),
        "/Chassis/HGX_GPU_0/LogServices/XID": {"Id": "XID", "Entries": link("/X")}, "/X": collection(),
        "/Chassis/CBC_0": {"Id": "CBC_0", "SerialNumber": "1780000000006", "PartNumber": "750-0572-000",
                           "Oem": {"Nvidia": {"ChassisPhysicalSlotNumber": 14, "ComputeTrayIndex": 4}}},
        "/Chassis/Chassis_0": {"Id": "Chassis_0", "SerialNumber": "CPLDSerialNumber", "Sensors": link("/S"),
                               "Assembly": link("/A"), "ThermalSubsystem": link("/T")},
        "/A": {"Assemblies": [{"MemberId": "0", "Model": "GB300 NVL", "SerialNumber": "1820000000001"}]},
        "/S": collection("/S/TEMP"), "/S/TEMP": sensor(31.5),
        "/T": {"LeakDetection": link("/T/L")}, "/T/L": {"LeakDetectors": link("/T/L/D")},
        "/T/L/D": collection("/T/L/D/0"), "/T/L/D/0": {"Id": "leak_0", "DetectorState": "OK"},
        "/Systems": collection("/Systems/System_0"),
        "/Systems/System_0": {"LogServices": link("/Logs")}, "/Logs": collection("/Logs/SEL", "/Logs/EventLog"),
        "/Logs/SEL": {"Id": "SEL", "Entries": link("/Logs/SEL/Entries")}, "/Logs/SEL/Entries": {"Members": []},
        "/Logs/EventLog": {"Id": "EventLog", "Entries": link("/Logs/EventLog/Entries")},
        "/Logs/EventLog/Entries": {"Members": []},
        "/UpdateService": {"FirmwareInventory": link("/F")},
        "/F": collection("/F/BMC", "/F/BMC"), "/F/BMC": {"Id": "BMC", "Version": "GB300-25.1  "},
    }  # fmt: skip
    tree |= changes
    return {f"/redfish/v1{path}": {"@odata.id": f"/redfish/v1{path}", **body} for path, body in tree.items()}


def zipped(tree: Resources, prefix: str = "readout") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in tree.items():
            archive.writestr(f"{prefix}{path}/index.json", json.dumps(body))
    return out.getvalue()


def read(tree: Resources, **options: object) -> TestLog:
    return read_test_log(zipped(tree), name="bmc.zip", options=ReadOptions(**options))  # type: ignore[arg-type]


def test_a_sound_tray_passes_with_who_is_in_it() -> None:
    log = read(a_tray(), expect_gpus=1)

    assert (log.tool, log.tool_version, log.verdict, log.disposition) == ("redfish", "1.9.0", "pass", "accept")
    by_label = {entity.label: entity for entity in log.entities}
    assert by_label["gpu:HGX_GPU_0"].serial == "1650000000001"
    assert by_label["tray:Chassis_0"].serial is None  # the word CPLDSerialNumber is no serial
    assert by_label["assembly:Chassis_0/0"].serial == "1820000000001"
    assert by_label["cartridge:CBC_0"].more["chassis_slot"] == 14
    assert [one.more["version"] for one in log.entities_of("firmware")] == ["GB300-25.1"]
    assert [(one.name, one.value, one.unit) for one in log.measurements if one.name == "TEMP"] == [("TEMP", 31.5, "C")]


@pytest.mark.parametrize(
    ("changes", "verdict", "disposition"),
    [
        ({"/S/TEMP": sensor(95.0)}, "warn", "review"),
        ({"/S/TEMP": sensor(100.0)}, "fail", "hold"),
        ({"/S/TEMP": sensor(31.0, Status={"State": "Enabled", "Health": "Critical"})}, "fail", "hold"),
        ({"/S/TEMP": sensor(None)}, "not_run", "review"),
        ({"/S/TEMP": sensor(None, Status={"State": "Absent"})}, "pass", "accept"),
        ({"/T/L/D/0": {"Id": "leak_0", "DetectorState": "Critical"}}, "fail", "hold"),
        ({"/T/L/D/0": {"Id": "leak_0", "DetectorState": "Wet"}}, "not_run", "review"),
        ({"/F/BMC": {"Id": "BMC", "Version": "no valid image!!!!"}}, "pass", "review"),
        ({"/Chassis": collection("/Chassis/HGX_GPU_0", "/Chassis/Chassis_0", "/Chassis/Gone")}, "pass", "review"),
    ],
)
def test_what_the_hardware_says_against_itself_counts(changes: Resources, verdict: str, disposition: str) -> None:
    log = read(a_tray(**changes), expect_gpus=1)

    assert (log.verdict, log.disposition) == (verdict, disposition)


def entry(number: int, message_id: str, *args: str, severity: str = "OK", resolved: bool = False) -> dict[str, object]:
    return {
        "@odata.id": f"/redfish/v1/e/{number}", "Id": str(number), "Created": f"2026-11-20T05:27:{number:02}+09:00",
        "MessageId": message_id, "MessageArgs": list(args), "Message": "m", "Severity": severity, "Resolved": resolved,
    }  # fmt: skip


UP, DOWN = (f"OpenBMC.0.1.SensorThresholdCriticalHighGoing{way}" for way in ("High", "Low"))


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([entry(1, UP, "T1")], "fail"),  # Severity OK, and yet a crossing
        ([entry(1, UP, "T1"), entry(2, DOWN, "T1")], "pass"),
        ([entry(1, UP, "T1"), entry(2, DOWN, "T2")], "fail"),
        ([entry(1, "OpenBMC.0.1.SensorThresholdWarningLowGoingLow", "T1")], "warn"),
        ([entry(1, "ResourceEvent.1.0.ResourceErrorsDetected", severity="Critical")], "fail"),
        ([entry(1, "ResourceEvent.1.0.ResourceErrorsDetected", severity="Critical", resolved=True)], "pass"),
    ],
)
def test_events_are_judged_by_kind_and_direction(entries: list[dict[str, object]], verdict: str) -> None:
    log = read(a_tray(**{"/Logs/SEL/Entries": {"Members": entries}}))

    assert log.verdict == verdict


def test_an_event_of_two_logs_is_counted_once() -> None:
    log = read(
        a_tray(
            **{
                "/Logs/SEL/Entries": {"Members": [entry(1, UP, "T1")]},
                "/Logs/EventLog/Entries": {"Members": [entry(1, UP, "T1"), entry(3, DOWN, "T1")]},
            }
        )
    )

    assert [one.value for one in log.measurements if one.name == "events"] == [2]


def test_an_xid_holds_the_tray() -> None:
    log = read(a_tray(**{"/X": {"Members": [entry(1, "Xid.79", severity="OK")]}}))

    assert (log.verdict, log.disposition) == ("fail", "hold")


def test_a_folder_reads_like_its_zip(tmp_path: Path) -> None:
    for path, body in a_tray().items():
        (tmp_path / "bmc" / path[1:]).mkdir(parents=True, exist_ok=True)
        (tmp_path / "bmc" / path[1:] / "index.json").write_text(json.dumps(body))

    report = file_report(tmp_path / "bmc", format="auto", options=ReadOptions(expect_gpus=1))

    assert (report["tool"], report["verdict"]) == ("redfish", "pass")
    assert report["entities"] == read(a_tray(), expect_gpus=1).as_json()["entities"]
    other = file_report(tmp_path / "bmc", format="fio", options=ReadOptions())
    assert "error" in other


@pytest.mark.parametrize("content", [b"PK\x03\x04", zipped(a_tray())[:300], zipped({"/readme": {"a": 1}})])
def test_a_zip_that_is_no_readout_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_test_log(content, name="x.zip")


def test_a_zip_that_swells_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("redfish/v1/index.json", b" " * (21 * 1024 * 1024))

    with pytest.raises(Unreadable, match="unpacks to"):
        read_test_log(out.getvalue(), name="bomb.zip")


@pytest.mark.skipif(not (SHARED / "samples/redfish").is_dir(), reason="SKIPPED LOUDLY: no shared samples beside here")
def test_the_shared_trees_read_as_stated() -> None:
    def log(name: str) -> dict[str, object]:
        return file_report(SHARED / "samples" / "redfish" / name, format="auto", options=ReadOptions())

    tray = log("gh200")
    by_label = {one["label"]: one for one in tray["entities"]}  # type: ignore[attr-defined]
    for number, serial in ((0, "1640124000234"), (1, "1640124000373")):
        assert by_label[f"gpu:HGX_GPU_{number}"]["serial"] == serial
        assert by_label[f"module:HGX_ProcessorModule_{number}"]["serial"] == serial
    assert by_label["bmc:BMC_0"]["serial"] == "1580624650610"
    assert by_label["baseboard:HGX_Chassis_0"]["serial"] == "1580924760074"
    assert [by_label[f"cartridge:CBC_{n}"]["serial"] for n in (0, 1)] == ["1780924000006", "1780824000004"]
    assert by_label["chassis:CPLD_0"]["serial"] is None
    assert str(by_label["cpu:CPU_0"]["serial"]).startswith("0x")
    assert sum(label.startswith("assembly:HGX_Chassis_0/") for label in by_label) == 3
    assert sum(label.startswith("firmware:") for label in by_label) == 19
    assert by_label["firmware:HGX_FW_GPU_0"]["version"] == "96.00.A6.00.01"
    (critical,) = [one for one in tray["results"] if one["verdict"] == "fail"]  # type: ignore[attr-defined]
    assert "No Matching Devices" in critical["detail"]
    assert (tray["verdict"], tray["disposition"]) == ("fail", "hold")

    dpu = log("nvidia_dpu")
    by_label = {one["label"]: one for one in dpu["entities"]}  # type: ignore[attr-defined]
    assert (by_label["dpu:Card1"]["serial"], by_label["dpu:Card1"]["part_number"]) == (
        "MT2328XZ185R",
        "900-9D3B6-00CV-AA0",
    )
    assert sum(label.startswith("firmware:") for label in by_label) == 13
    assert by_label["firmware:DPU_NIC"]["version"] == "32.38.1002"
    assert any("no valid golden_image_arm" in reason for reason in dpu["reasons"])  # type: ignore[attr-defined]
