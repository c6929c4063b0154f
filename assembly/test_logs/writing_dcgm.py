"""`dcgmi diag -j` as the tool writes it, shapes v3 and v4."""

import json
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from assembly.test_logs.dcgm_errors import ERRORS
from assembly.test_logs.writing_facts import GpuFacts

V4_TESTS: dict[str, tuple[str, ...]] = {
    "Deployment": ("software",),
    "Integration": ("pcie",),
    "Hardware": ("memory", "diagnostic", "nvbandwidth"),
    "Stress": ("memory_bandwidth", "targeted_stress", "targeted_power"),
}
"""Level 3 by category. Names that v4 uses; v3 has words."""

V3_DEPLOYMENT = (
    "Denylist",
    "NVML Library",
    "CUDA Main Library",
    "Permissions and OS Blocks",
    "Persistence Mode",
    "Environment Variables",
    "Page Retirement/Row Remap",
    "Graphics Processes",
    "Inforom",
)
V3_TESTS: dict[str, tuple[str, ...]] = {
    "Integration": ("PCIe",),
    "Hardware": ("GPU Memory", "Diagnostic"),
    "Stress": ("Memory Bandwidth", "Targeted Stress", "Targeted Power"),
}


@dataclass(frozen=True)
class Fault:
    """A test that fails (or warns) on one GPU with one of DCGM's error ids."""

    gpu: int
    test: str
    error_id: int
    status: str = "Fail"
    text: str = ""

    def as_json(self) -> dict[str, object]:
        known = ERRORS[self.error_id]
        return {
            "error_category": known.category or 0,
            "error_id": self.error_id,
            "error_severity": int(known.severity),
            "warning": self.text or f"GPU {self.gpu}: {known.meaning}",
        }


def dcgm_v4_diag(
    gpus: Sequence[GpuFacts],
    *,
    failing: Sequence[Fault] = (),
    version: str = "4.4.1",
    driver: str = "580.105.08",
) -> str:
    """A level 3 run on one tray. ValueError for a test it lacks, KeyError for an error id."""
    faults = _by_place(failing, [name for names in V4_TESTS.values() for name in names])
    categories = [
        {"category": category, "tests": [_v4_test(name, gpus, faults) for name in names]}
        for category, names in V4_TESTS.items()
    ]
    document = {
        "DCGM Diagnostic": {"test_categories": categories},
        "entity_groups": [
            {
                "entities": [
                    {"device_id": gpu.shared.device_id, "entity_id": gpu.index, "serial_num": gpu.serial}
                    for gpu in gpus
                ],
                "entity_group": "GPU",
                "entity_group_id": 1,
            }
        ],
        "metadata": {"Driver Version Detected": driver, "version": version},
    }
    return json.dumps(document, indent=2) + "\n"


def _v4_test(
    name: str, gpus: Sequence[GpuFacts], faults: Mapping[tuple[int, str], Sequence[Fault]]
) -> dict[str, object]:
    results: list[dict[str, object]] = []
    for gpu in gpus:
        found = faults.get((gpu.index, name), ())
        result: dict[str, object] = {"entity_group": "GPU", "entity_group_id": 1, "entity_id": gpu.index}
        if info := _info(name, gpu):
            result["info"] = info
        result["status"] = _status(found)
        if found:
            result["warnings"] = [fault.as_json() for fault in found]
        results.append(result)
    worst = _status([fault for gpu in gpus for fault in faults.get((gpu.index, name), ())])
    return {"name": name, "results": results, "test_summary": {"status": worst}}


def dcgm_v3_diag(
    gpus: Sequence[GpuFacts],
    *,
    failing: Sequence[Fault] = (),
    version: str = "3.3.9",
    driver: str = "550.90.07",
) -> str:
    """The older shape. A fault of a Deployment test concerns the host: its warning stands in the one result."""
    faults = _by_place(failing, [*V3_DEPLOYMENT, *(name for names in V3_TESTS.values() for name in names)])
    deployment = [{"name": name, "results": [_v3_host_result(name, failing)]} for name in V3_DEPLOYMENT]
    categories = [{"category": "Deployment", "tests": deployment}]
    for category, names in V3_TESTS.items():
        tests = [{"name": name, "results": [_v3_result(name, gpu, faults) for gpu in gpus]} for name in names]
        categories.append({"category": category, "tests": tests})
    document = {
        "DCGM GPU Diagnostic": {"test_categories": categories},
        "Driver Version Detected": driver,
        "GPU Device IDs": [gpu.shared.device_id for gpu in gpus],
        "GPU Device Serials": {str(gpu.index): gpu.serial for gpu in gpus},
        "version": version,
    }
    return json.dumps(document, indent=2) + "\n"


def _v3_host_result(name: str, failing: Sequence[Fault]) -> dict[str, object]:
    found = [fault for fault in failing if fault.test == name]
    result: dict[str, object] = {"status": _status(found)}
    if found:  # level 1 of v3 names its message `warnings` inside the item
        items = [fault.as_json() for fault in found]
        result["warnings"] = [{**item, "warnings": item.pop("warning")} for item in items]
    return result


def _v3_result(name: str, gpu: GpuFacts, faults: Mapping[tuple[int, str], Sequence[Fault]]) -> dict[str, object]:
    found = faults.get((gpu.index, name), ())
    result: dict[str, object] = {"gpu_id": str(gpu.index), "status": _status(found)}
    if info := _info(name, gpu):
        result["info"] = ", ".join(info)
    if found:
        result["warnings"] = [fault.as_json() for fault in found]
    return result


def _by_place(failing: Sequence[Fault], tests: Container[str]) -> dict[tuple[int, str], list[Fault]]:
    places: dict[tuple[int, str], list[Fault]] = {}
    for fault in failing:
        if fault.test not in tests:
            raise ValueError(f"This shape has no test {fault.test!r}.")
        places.setdefault((fault.gpu, fault.test), []).append(fault)
    return places


def _status(found: Sequence[Fault]) -> str:
    said = {fault.status for fault in found}
    return next((word for word in ("Fail", "Warn") if word in said), "Pass")


def _info(test: str, gpu: GpuFacts) -> list[str]:
    spread = crc32(f"{test}/{gpu.own_figures}".encode()) % 1000 / 1000
    prefix = f"GPU {gpu.index} "
    match test.lower():
        case "pcie":
            return [
                f"{prefix}GPU to Host bandwidth:\t\t{200 + 6 * spread:.2f} GB/s",
                f"{prefix}Host to GPU bandwidth:\t\t{204 + 6 * spread:.2f} GB/s",
                f"{prefix}bidirectional bandwidth:\t{330 + 9 * spread:.2f} GB/s",
            ]
        case "memory" | "gpu memory":
            share = 97 + spread
            return [f"{prefix}Allocated {int(gpu.shared.memory_mib * 2**20 * share / 100)} bytes ({share:.1f}%)"]
        case _:
            return []
