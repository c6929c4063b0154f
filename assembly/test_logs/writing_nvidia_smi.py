"""`nvidia-smi -q -x` as driver 580 writes it (DTD v13), without the long lists of clocks that nobody reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from xml.sax.saxutils import escape
from zlib import crc32

from assembly.test_logs.writing_facts import GpuFacts, GpuState

LOST = "GPU is lost"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_HEAD = """<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v13.dtd">
<nvidia_smi_log>
\t<timestamp>{stamp}</timestamp>
\t<driver_version>{driver}</driver_version>
\t<cuda_version>{cuda}</cuda_version>
\t<attached_gpus>{count}</attached_gpus>
"""

Tree = Mapping[str, "Tree | str"]


def nvidia_smi_xml(
    gpus: Sequence[GpuFacts],
    *,
    at: datetime,
    states: Mapping[int, GpuState] | None = None,
    driver: str = "580.173.02",
    cuda: str = "13.0",
) -> str:
    """One host's GPUs. `at` is printed as the host's own wall clock (the tool names no zone); states go by index."""
    stamp = f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2d} {at:%H:%M:%S} {at.year}"
    parts = [_HEAD.format(stamp=stamp, driver=escape(driver), cuda=escape(cuda), count=len(gpus))]
    for gpu in gpus:
        parts.append(f'\t<gpu id="{escape(gpu.bus_id)}">\n')
        _write(parts, _gpu(gpu, (states or {}).get(gpu.index, GpuState()), driver), 2)
        parts.append("\t</gpu>\n")
    parts.append("\n</nvidia_smi_log>\n")
    return "".join(parts)


def _write(parts: list[str], tree: Tree, depth: int) -> None:
    tabs = "\t" * depth
    for tag, value in tree.items():
        if isinstance(value, str):
            parts.append(f"{tabs}<{tag}>{escape(value)}</{tag}>\n")
        else:
            parts.append(f"{tabs}<{tag}>\n")
            _write(parts, value, depth + 1)
            parts.append(f"{tabs}</{tag}>\n")


def _gpu(gpu: GpuFacts, state: GpuState, driver: str) -> Tree:
    return {
        "product_name": gpu.shared.product,
        "product_brand": "NVIDIA",
        "product_architecture": "Blackwell",
        "persistence_mode": "Enabled",
        "mig_mode": {"current_mig": "Disabled", "pending_mig": "Disabled"},
        "serial": gpu.serial,
        "uuid": gpu.uuid,
        "pdi": gpu.pdi,
        "minor_number": str(gpu.index),
        "vbios_version": gpu.shared.vbios,
        "board_part_number": gpu.shared.board_part_number,
        "gpu_part_number": gpu.shared.gpu_part_number,
        "gpu_fru_part_number": "N/A",
        "platformInfo": {
            "chassis_serial_number": gpu.chassis_serial,
            "slot_number": str(gpu.slot),
            "tray_index": str(gpu.tray_index),
            "host_id": "1",
            "peer_type": "Switch Connected",
            "module_id": str(gpu.module_id),
            "gpu_fabric_guid": gpu.fabric_guid,
        },
        "inforom_version": {"img_version": gpu.shared.inforom, "oem_object": "2.1", "ecc_object": "7.16"},
        "gpu_recovery_action": "None",
        "gsp_firmware_version": driver,
        "pci": {
            "pci_bus_id": gpu.bus_id,
            "pci_gpu_link_info": {
                "pcie_gen": {"max_link_gen": "5", "current_link_gen": "5"},
                "link_widths": {"max_link_width": "16x", "current_link_width": "16x"},
            },
            "replay_counter": "0",
        },
        "clocks_event_reasons": {
            "clocks_event_reason_gpu_idle": "Active",
            "clocks_event_reason_hw_slowdown": "Not Active",
            "clocks_event_reason_hw_thermal_slowdown": "Not Active",
            "clocks_event_reason_hw_power_brake_slowdown": "Not Active",
            "clocks_event_reason_sw_thermal_slowdown": "Not Active",
        },
        **_lost(_health(gpu, state), state),
        "ecc_mode": {"current_ecc": "Enabled", "pending_ecc": "Enabled"},
    }


def _lost(tree: Tree, state: GpuState) -> Tree:
    """Of a GPU that fell off the bus the live figures read so; the rows collapse to the text as a whole."""
    if not state.lost:
        return tree
    gone = {tag: LOST if isinstance(value, str) else _lost(value, state) for tag, value in tree.items()}
    return {**gone, "remapped_rows": LOST} if "remapped_rows" in gone else gone


def _health(gpu: GpuFacts, state: GpuState) -> Tree:
    spread = crc32(gpu.own_figures.encode()) % 1000
    memory, celsius = gpu.shared.memory_mib, state.celsius if state.celsius is not None else 26 + spread % 4
    watts = state.power_watts if state.power_watts is not None else 160 + spread / 100
    module = (
        state.module_watts if state.module_watts is not None else 450 + crc32(gpu.board_figures.encode()) % 2000 / 100
    )
    return {
        "fb_memory_usage": {"total": f"{memory} MiB", "used": "0 MiB", "free": f"{memory - 742} MiB"},
        "ecc_errors": {
            "volatile": {**_ecc(state.volatile_dram_uncorrectable)},
            "aggregate": {**_ecc(state.volatile_dram_uncorrectable), "sram_threshold_exceeded": "No"},
            "channel_repair_pending": "No",
            "tpc_repair_pending": "No",
            "unrepairable_memory": "No",
        },
        "remapped_rows": {
            "remapped_row_corr": "0",
            "remapped_row_unc": str(state.remapped_rows_uncorrectable),
            "remapped_row_pending": "Yes" if state.remap_pending else "No",
            "remapped_row_failure": "Yes" if state.remap_failed else "No",
        },
        "temperature": {
            "gpu_temp": f"{celsius} C",
            "gpu_temp_tlimit": f"{87 - celsius} C",
            "gpu_temp_max_tlimit_threshold": "-5 C",
            "gpu_temp_slow_tlimit_threshold": "-2 C",
            "memory_temp": f"{celsius} C",
        },
        "gpu_power_readings": _power(watts, gpu.shared.gpu_limit_watts),
        "module_power_readings": _power(module, gpu.shared.module_limit_watts),
        "clocks": {"graphics_clock": "120 MHz", "sm_clock": "120 MHz", "mem_clock": "3996 MHz"},
        "fabric": {
            "state": state.fabric_state,
            "status": "Success",
            "cliqueId": "2",
            "clusterUuid": f"00000001-0000-0000-0000-{crc32(gpu.chassis_serial.encode()):012d}",
            "health": {
                "summary": "Healthy",
                "bandwidth": "Full",
                "route_recovery_in_progress": "False",
                "route_unhealthy": "False",
                "access_timeout_recovery": "False",
                "incorrect_configuration": "N/A",
            },
        },
    }


def _ecc(dram_uncorrectable: int) -> dict[str, str]:
    return {
        "sram_correctable": "0",
        "sram_uncorrectable_parity": "0",
        "sram_uncorrectable_secded": "0",
        "dram_correctable": "0",
        "dram_uncorrectable": str(dram_uncorrectable),
    }


def _power(watts: float, limit: int) -> dict[str, str]:
    """Watts. The smallest limit is 200 W of 1200 for a GPU and 500 W of 2500 for a module (nvl72.md section 7)."""
    return {
        "average_power_draw": f"{watts:.2f} W",
        "instant_power_draw": f"{watts:.2f} W",
        "current_power_limit": f"{limit:.2f} W",
        "default_power_limit": f"{limit:.2f} W",
        "min_power_limit": "200.00 W" if limit < 2000 else "500.00 W",
        "max_power_limit": f"{limit:.2f} W",
    }
