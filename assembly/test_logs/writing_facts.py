"""What the writers are told about a GPU: who it is, where it sits, and in what state it reports itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class ModelFacts:
    """What all GPUs of a product report alike."""

    product: str
    board_part_number: str
    gpu_part_number: str
    device_id: str
    vbios: str
    inforom: str
    memory_mib: int
    gpu_limit_watts: int
    module_limit_watts: int


class Model(Enum):
    """Published figures of the two products (nvl72.md sections 3, 7 and 10): watts and MiB.

    The last groups of GB300's board and GPU part numbers are not published; those here are made up.
    """

    GB200 = ModelFacts(
        product="NVIDIA GB200",
        board_part_number="900-2G548-A801-000",
        gpu_part_number="2941-892-A1",
        device_id="2941",
        vbios="97.00.B9.00.69",
        inforom="G548.0201.00.06",
        memory_mib=189471,
        gpu_limit_watts=1200,
        module_limit_watts=2500,
    )
    GB300 = ModelFacts(
        product="NVIDIA GB300",
        board_part_number="900-2G548-A901-000",
        gpu_part_number="31C2-892-A1",
        device_id="31c2",
        vbios="97.10.4A.00.0C",
        inforom="G548.0301.00.03",
        memory_mib=284208,
        gpu_limit_watts=1400,
        module_limit_watts=2900,
    )


@dataclass(frozen=True)
class GpuFacts:
    """Identity and place of one GPU. `serial` is the superchip's: its two GPUs share it. `figures` is what its measured
    figures are spread by ("" = by its UUID and serial)."""

    index: int
    uuid: str
    serial: str
    pdi: str
    fabric_guid: str
    module_id: int
    slot: int
    tray_index: int
    chassis_serial: str
    bus_id: str
    model: Model = Model.GB200
    figures: str = ""

    @property
    def own_figures(self) -> str:
        """What the figures of this GPU are spread by."""
        return f"{self.figures}/{self.index}" if self.figures else self.uuid

    @property
    def board_figures(self) -> str:
        """What the figures of its superchip are spread by."""
        return f"{self.figures}/board {self.index // 2}" if self.figures else self.serial

    @property
    def shared(self) -> ModelFacts:
        return self.model.value


@dataclass(frozen=True)
class GpuState:
    """What nvidia-smi shows of a GPU's health. Watts and degrees Celsius; None: a plausible idle figure."""

    power_watts: float | None = None
    module_watts: float | None = None
    celsius: int | None = None
    volatile_dram_uncorrectable: int = 0
    remapped_rows_uncorrectable: int = 0
    remap_pending: bool = False
    remap_failed: bool = False
    fabric_state: str = "Completed"
    lost: bool = False


BUSES = ("00000008:01:00.0", "00000009:01:00.0", "00000018:01:00.0", "00000019:01:00.0")
MODULES = (2, 1, 4, 3)
"""Devices 0 to 3 of a tray report these module numbers (nvl72.md section 1, row 2)."""


def tray_gpus(  # noqa: PLR0913 - what the tray says of itself, each from its own source
    uuids: Sequence[str],
    superchip_serials: tuple[str, str],
    *,
    slot: int,
    tray_index: int,
    chassis_serial: str,
    model: Model = Model.GB200,
    figures: str = "",
) -> tuple[GpuFacts, ...]:
    """The four GPUs of a tray in device order: two superchips of two. pdi and fabric guid are cut from the UUID."""
    if len(uuids) != len(MODULES):
        raise ValueError(f"A tray has {len(MODULES)} GPUs, not {len(uuids)}.")
    return tuple(
        GpuFacts(
            index=index,
            uuid=uuid,
            serial=superchip_serials[index // 2],
            pdi=f"0x{_hexadecimal(uuid)[:16]}",
            fabric_guid=f"0x{_hexadecimal(uuid)[16:]}",
            module_id=MODULES[index],
            slot=slot,
            tray_index=tray_index,
            chassis_serial=chassis_serial,
            bus_id=BUSES[index],
            model=model,
            figures=figures,
        )
        for index, uuid in enumerate(uuids)
    )


def _hexadecimal(uuid: str) -> str:
    return uuid.removeprefix("GPU-").replace("-", "").lower().rjust(32, "0")
