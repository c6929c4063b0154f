"""A readout of a tray's BMC over Redfish: who is in there, with what firmware, how warm, and what stands open.

nvl72.md sections 3.5, 3.6 and 10.5. Links that lead out of the readout make the inventory incomplete, not unreadable.
"""

from collections.abc import Iterator, Mapping

from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.redfish_events import events_of, left_open, xids_of
from assembly.test_logs.redfish_sensors import leaks_of, sensors_of
from assembly.test_logs.redfish_tree import Tree
from assembly.test_logs.result import Entity, Plain, Reading, ReadOptions, TestResult
from assembly.test_logs.words import identity, told

TOOL = "redfish"

_KINDS = (
    ("HGX_GPU", "gpu"), ("HGX_CPU", "cpu"), ("CPU", "cpu"), ("HGX_ProcessorModule", "module"), ("CBC", "cartridge"),
    ("HGX_ERoT", "erot"), ("ERoT", "erot"), ("HGX_BMC", "hmc"), ("BMC", "bmc"), ("Bluefield_BMC", "dpu_bmc"),
    ("Card", "dpu"), ("Riser_Slot", "dpu"), ("IO_Board", "io_board"), ("IO_board", "io_board"),
    ("MGX_NVSwitch", "nvswitch"), ("powershelf", "power_shelf"), ("HGX_Chassis", "baseboard"), ("Chassis", "tray"),
)  # fmt: skip
"""The beginning of a chassis' id tells what it is; others are `chassis`."""

_CARTRIDGE = {"ChassisPhysicalSlotNumber": "chassis_slot", "ComputeTrayIndex": "tray_index", "TopologyId": "topology"}


def read(tree: Tree, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the Redfish version and the product that the root names."""
    findings, root = Findings(options), tree.at("/redfish/v1") or {}
    for chassis in tree.members(tree.linked(root, "Chassis")):
        _chassis(findings, tree, chassis)
    _firmware(findings, tree, root)
    events, count = events_of(tree)
    findings.readings.append(Reading("events", None, float(count), None))
    findings.results += left_open(events)
    _say(findings)
    if tree.missing:
        some = ", ".join(sorted(tree.missing)[:2])
        findings.because(
            "review", f"{len(tree.missing)} linked resources are not in the readout ({some} …): it is incomplete."
        )
    check_count(findings, "GPU", options.expect_gpus, [one.label for one in findings.entities if one.kind == "gpu"])
    if not findings.results:
        findings.results.append(TestResult(None, "health", "not_run", detail="no sensor, leak detector or log"))
    return findings, _text(root.get("RedfishVersion")), _text(root.get("Product")) or _text(root.get("Vendor"))


def _say(findings: Findings) -> None:
    for one in findings.results:
        if one.verdict in ("fail", "warn"):
            words = f"{one.entity}: {one.test}, {one.detail or one.verdict}"
            findings.because("hold" if one.verdict == "fail" else "review", words[:280])


def _chassis(findings: Findings, tree: Tree, chassis: Mapping[str, object]) -> None:
    name = str(chassis.get("Id") or "chassis")[:80]
    kind = next((kind for start, kind in _KINDS if name.startswith(start)), "chassis")
    entity = Entity(
        kind,
        name,
        uuid=identity(_text(chassis.get("UUID"))),
        serial=identity(_text(chassis.get("SerialNumber"))),
        part_number=told(_text(chassis.get("PartNumber"))),
        slot=_slot(chassis),
        more=_more(chassis),
    )
    findings.entities.append(entity)
    findings.entities += _assemblies(tree, chassis, name)
    for reading, result in sensors_of(tree, chassis):
        findings.readings.append(reading)
        if result is not None:
            findings.results.append(result)
    findings.results += leaks_of(tree, chassis)
    if kind == "gpu":
        findings.results += xids_of(tree, chassis, entity.label)


def _more(chassis: Mapping[str, object]) -> dict[str, Plain]:
    more: dict[str, Plain] = {
        "model": told(_text(chassis.get("Model"))),
        "maker": told(_text(chassis.get("Manufacturer"))),
        "serial_raw": _text(chassis.get("SerialNumber")),
    }
    nvidia = _nvidia(chassis)
    for key, name in _CARTRIDGE.items():
        value = nvidia.get(key)
        if isinstance(value, int | str) and not isinstance(value, bool):
            more[name] = value
    return more


def _slot(chassis: Mapping[str, object]) -> int | str | None:
    """The NVLink slot that a cartridge's chassis sees the tray in."""
    value = _nvidia(chassis).get("ChassisPhysicalSlotNumber")
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _nvidia(chassis: Mapping[str, object]) -> Mapping[str, object]:
    oem = chassis.get("Oem")
    nvidia = oem.get("Nvidia") if isinstance(oem, Mapping) else None
    return nvidia if isinstance(nvidia, Mapping) else {}


def _assemblies(tree: Tree, chassis: Mapping[str, object], name: str) -> Iterator[Entity]:
    """The field-replaceable parts that a chassis lists (a tray's own serial is the one of Model `GB200 NVL`)."""
    listed = (tree.linked(chassis, "Assembly") or {}).get("Assemblies")
    for at, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, Mapping):
            yield Entity(
                "assembly",
                f"{name}/{one.get('MemberId', at)}",
                serial=identity(_text(one.get("SerialNumber"))),
                part_number=told(_text(one.get("PartNumber"))),
                more={"model": told(_text(one.get("Model"))), "name": told(_text(one.get("Name")))},
            )


def _firmware(findings: Findings, tree: Tree, root: Mapping[str, object]) -> None:
    service = tree.linked(root, "UpdateService")
    for item in tree.members(tree.linked(service, "FirmwareInventory") if service else None):
        name, version = str(item.get("Id") or "firmware")[:80], told(_text(item.get("Version")))
        findings.entities.append(Entity("firmware", name, more={"version": version}))
        if version is not None and version.lower().startswith("no valid"):
            findings.because("review", f"Firmware {name}: {version[:80]}")


def _text(value: object) -> str | None:
    return value.strip() if isinstance(value, str) else None
