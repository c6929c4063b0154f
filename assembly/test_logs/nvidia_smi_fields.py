"""Where `nvidia-smi -q -x` keeps what we want, as data: paths under `gpu`, first told one wins (nvl72.md 10.2).

The same tag stands under several parents (`average_power_draw`, `sm_clock`), so every field is a full path.
"""

from typing import NamedTuple

WORDS: dict[str, tuple[str, ...]] = {
    "product": ("product_name",),
    "gpu_fru_part_number": ("gpu_fru_part_number",),
    "board_id": ("board_id",),
    "bus_id": ("pci/pci_bus_id",),
    "pci_device_id": ("pci/pci_device_id",),
    "peer_type": ("platformInfo/peer_type",),
    "vbios_version": ("vbios_version",),
    "gsp_firmware_version": ("gsp_firmware_version",),
    "inforom_version": ("inforom_version/img_version",),
    "persistence_mode": ("persistence_mode",),
    "ecc_mode": ("ecc_mode/current_ecc",),
    "mig_mode": ("mig_mode/current_mig",),
    "recovery_action": ("gpu_recovery_action",),
    "fabric_state": ("fabric/state",),
    "fabric_status": ("fabric/status",),
    "fabric_health": ("fabric/health/summary",),
    "fabric_bandwidth": ("fabric/health/bandwidth",),
}
"""Plain words of an entity."""

IDENTITIES: dict[str, tuple[str, ...]] = {
    "pdi": ("pdi",),
    "gpu_part_number": ("gpu_part_number",),
    "chassis_serial": ("platformInfo/chassis_serial_number",),
    "fabric_guid": ("platformInfo/gpu_fabric_guid",),
    "fabric_cluster_uuid": ("fabric/clusterUuid",),
}
"""All zeros count as absent here; an all-zero cluster UUID means: not in a fabric."""

PLACES: dict[str, tuple[str, ...]] = {
    "tray_index": ("platformInfo/tray_index",),
    "host_id": ("platformInfo/host_id",),
    "module_id": ("platformInfo/module_id", "gpu_module_id"),
    "minor_number": ("minor_number",),
    "fabric_clique_id": ("fabric/cliqueId",),
}
"""Numbers that say where; `module_id` does not follow the order of the file."""


class Measured(NamedTuple):
    name: str
    paths: tuple[str, ...]


def _ecc(span: str) -> tuple[Measured, ...]:
    kinds = (
        "sram_correctable",
        "sram_uncorrectable",
        "sram_uncorrectable_parity",
        "sram_uncorrectable_secded",
        "dram_correctable",
        "dram_uncorrectable",
    )
    return tuple(Measured(f"ecc_{span}_{kind}", (f"ecc_errors/{span}/{kind}",)) for kind in kinds)


def _slowdown(kind: str) -> Measured:
    counters = "clocks_event_reasons_counters"
    return Measured(f"slowdown_{kind}", (f"{counters}/{counters}_{kind}",))


MEASURED: tuple[Measured, ...] = (
    Measured(
        "gpu_power_draw",
        ("gpu_power_readings/instant_power_draw", "gpu_power_readings/power_draw", "power_readings/power_draw"),
    ),
    Measured("gpu_power_draw_average", ("gpu_power_readings/average_power_draw",)),
    Measured("gpu_power_limit", ("gpu_power_readings/current_power_limit", "power_readings/power_limit")),
    Measured(
        "gpu_power_limit_default", ("gpu_power_readings/default_power_limit", "power_readings/default_power_limit")
    ),
    Measured("gpu_power_limit_min", ("gpu_power_readings/min_power_limit", "power_readings/min_power_limit")),
    Measured("gpu_power_limit_max", ("gpu_power_readings/max_power_limit", "power_readings/max_power_limit")),
    Measured("module_power_draw", ("module_power_readings/instant_power_draw", "module_power_readings/power_draw")),
    Measured("module_power_draw_average", ("module_power_readings/average_power_draw",)),
    Measured("module_power_limit", ("module_power_readings/current_power_limit",)),
    Measured("memory_power_draw_average", ("gpu_memory_power_readings/average_power_draw",)),
    Measured("gpu_temp", ("temperature/gpu_temp",)),
    Measured("gpu_temp_tlimit", ("temperature/gpu_temp_tlimit",)),
    Measured("gpu_temp_slow_tlimit", ("temperature/gpu_temp_slow_tlimit_threshold",)),
    Measured("gpu_temp_max_tlimit", ("temperature/gpu_temp_max_tlimit_threshold",)),
    Measured("memory_temp", ("temperature/memory_temp",)),
    Measured("memory_total", ("fb_memory_usage/total",)),
    Measured("memory_used", ("fb_memory_usage/used",)),
    Measured("memory_free", ("fb_memory_usage/free",)),
    Measured("pcie_generation", ("pci/pci_gpu_link_info/pcie_gen/current_link_gen",)),
    Measured("pcie_width", ("pci/pci_gpu_link_info/link_widths/current_link_width",)),
    Measured("pcie_replays", ("pci/replay_counter",)),
    Measured("sm_clock", ("clocks/sm_clock",)),
    Measured("mem_clock", ("clocks/mem_clock",)),
    *_ecc("volatile"),
    *_ecc("aggregate"),
    Measured("remapped_rows_correctable", ("remapped_rows/remapped_row_corr",)),
    Measured("remapped_rows_uncorrectable", ("remapped_rows/remapped_row_unc",)),
    _slowdown("sw_power_cap"),
    _slowdown("sw_therm_slowdown"),
    _slowdown("hw_therm_slowdown"),
    _slowdown("hw_power_brake"),
)
"""Units come with the value (`W`, `C`, `MiB`, `MHz`, `us`); counters have none. The power of a module is that of one
CPU and two GPUs, so both GPUs of a superchip report the same."""
