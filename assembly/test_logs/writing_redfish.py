"""A readout of a compute tray's BMC as a zip, for the demo plant: the same facts give the same bytes.

The tree is that of the public GB200 constants (standards/REDFISH.md): who is in the tray, the four cartridge chassis as
the tray sees them, firmware, a leak detector.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

FIRMWARE = {"FW_BMC_0": "25.06-2_NV_WW_02", "FW_CPLD_0": "0x00 0x0b 0x03 0x04", "HGX_FW_BMC_0": "GB200Nvl-25.06-A"}
CARTRIDGE_PART = "750-0567-002"
_THERMAL = "/Chassis/Chassis_0/ThermalSubsystem"
_DETECTORS = f"{_THERMAL}/LeakDetection/LeakDetectors"
_DETECTOR = "Chassis_0_LeakDetector_0_ColdPlate"
_WRITTEN = (2026, 1, 1, 0, 0, 0)
"""The zip's own dates say nothing: the same facts give the same bytes."""

Body = Mapping[str, object]


@dataclass(frozen=True)
class TrayReadout:
    """What a tray's BMC tells: the serials of its boards as they are reported (each superchip twice, once a GPU), of
    its IO boards, of the rack's cartridges by chassis id, the slot and tray index that the cartridges see it in, and
    its firmware by component."""

    superchips: Sequence[str]
    cartridges: Mapping[str, str] = field(default_factory=dict)
    io_boards: Sequence[str] = ()
    io_part: str = "900-24768-0002-000"
    cartridge_part: str = CARTRIDGE_PART
    slot: int = 0
    tray_index: int = 0
    chassis_serial: str = ""
    product: str = "GB200 NVL"
    firmware: Mapping[str, str] = field(default_factory=lambda: dict(FIRMWARE))


def bmc_readout(tray: TrayReadout) -> bytes:
    """The zip; one JSON file a resource, at its address."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for address, body in _tree(tray).items():
            entry = zipfile.ZipInfo(f"readout{address}/index.json", _WRITTEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, json.dumps({"@odata.id": address, **body}, sort_keys=True))
    return out.getvalue()


def _tree(tray: TrayReadout) -> dict[str, Body]:
    chassis = _chassis(tray)
    tree: dict[str, Body] = {
        "/redfish/v1": {
            "RedfishVersion": "1.17.0", "Product": tray.product, "Chassis": _link("/Chassis"),
            "UpdateService": _link("/UpdateService"),
        },
        "/redfish/v1/Chassis": _collection(f"/Chassis/{name}" for name in chassis),
        **{f"/redfish/v1/Chassis/{name}": {"Id": name, **body} for name, body in chassis.items()},
        "/redfish/v1/Chassis/Chassis_0/Assembly": {
            "Assemblies": [{"MemberId": "0", "Model": tray.product, "SerialNumber": tray.chassis_serial or None}]
        },
        f"/redfish/v1{_THERMAL}": {"LeakDetection": _link(f"{_THERMAL}/LeakDetection")},
        f"/redfish/v1{_THERMAL}/LeakDetection": {"LeakDetectors": _link(_DETECTORS)},
        f"/redfish/v1{_DETECTORS}": _collection([f"{_DETECTORS}/{_DETECTOR}"]),
        f"/redfish/v1{_DETECTORS}/{_DETECTOR}": {
            "Id": _DETECTOR, "DetectorState": "OK", "LeakDetectorType": "Moisture",
        },
        "/redfish/v1/UpdateService": {"FirmwareInventory": _link("/UpdateService/FirmwareInventory")},
        "/redfish/v1/UpdateService/FirmwareInventory": _collection(
            f"/UpdateService/FirmwareInventory/{name}" for name in tray.firmware
        ),
    }  # fmt: skip
    for name, version in tray.firmware.items():
        tree[f"/redfish/v1/UpdateService/FirmwareInventory/{name}"] = {"Id": name, "Version": version}
    return tree


def _chassis(tray: TrayReadout) -> dict[str, Body]:
    found: dict[str, Body] = {
        "Chassis_0": {
            "Model": tray.product, "PartNumber": "B81.11810.000D", "SerialNumber": None,
            "Assembly": _link("/Chassis/Chassis_0/Assembly"),
            "ThermalSubsystem": _link(_THERMAL),
        },
        "BMC_0": {"Model": tray.product, "PartNumber": "B81.11810.0005"},
    }  # fmt: skip
    for board, serial in enumerate(tray.superchips):
        for gpu in (2 * board, 2 * board + 1):
            found[f"HGX_GPU_{gpu}"] = {"SerialNumber": serial, "PartNumber": "NA"}
    for number, serial in enumerate(tray.io_boards):
        found[f"IO_Board_{number}"] = {"SerialNumber": serial, "PartNumber": tray.io_part}
    for name, serial in tray.cartridges.items():
        seen = {"ChassisPhysicalSlotNumber": tray.slot, "ComputeTrayIndex": tray.tray_index, "TopologyId": 128}
        found[name] = {
            "SerialNumber": serial, "PartNumber": tray.cartridge_part, "Model": "18x1RU CBL Cartridge",
            "Oem": {"Nvidia": seen},
        }  # fmt: skip
    return found


def _link(address: str) -> Body:
    return {"@odata.id": f"/redfish/v1{address}"}


def _collection(addresses: Iterable[str]) -> Body:
    return {"Members": [_link(address) for address in addresses]}
