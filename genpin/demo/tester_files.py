"""The testers' files of the demo's trays and racks, in the tools' own formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from assembly.test_logs.writing import Host, Model, dcgm_v4_diag, nccl_all_reduce, nvidia_smi_xml, tray_gpus
from assembly.test_logs.writing_redfish import TrayReadout, bmc_readout
from genpin.demo.plant import JAPAN

DRIVER, OLD_DRIVER = "580.173.02", "570.211.01"
"""What the test hosts run, and what one of them ran after it was set up anew."""


@dataclass(frozen=True, slots=True)
class TrayFacts:
    """What the hardware of a compute tray would say of itself. `index` is its place in the rack, once it has one."""

    tray: str
    superchips: tuple[str, str]
    uuids: tuple[str, str, str, str]
    gb300: bool
    figures: str = ""
    """What its measured figures are spread by, so that racks of one story measure the same."""

    @property
    def model(self) -> Model:
        return Model.GB300 if self.gb300 else Model.GB200


def bench_files(facts: TrayFacts, at: datetime) -> tuple[bytes, bytes]:
    """dcgm-diag and nvidia-smi of a tray on the test bench, where it reports slot 1, tray 0."""
    gpus = tray_gpus(
        facts.uuids,
        facts.superchips,
        slot=1,
        tray_index=0,
        chassis_serial="1780000000000",
        model=facts.model,
        figures=facts.figures,
    )
    return dcgm_v4_diag(gpus).encode(), nvidia_smi_xml(gpus, at=_clock(at)).encode()


def rack_file(facts: TrayFacts, at: datetime, slot: int, tray_index: int, chassis: str, driver: str = DRIVER) -> bytes:
    """nvidia-smi of a tray in its rack: it reports its slot and tray index. `driver`: what its host runs."""
    gpus = tray_gpus(
        facts.uuids,
        facts.superchips,
        slot=slot,
        tray_index=tray_index,
        chassis_serial=chassis,
        model=facts.model,
        figures=facts.figures,
    )
    return nvidia_smi_xml(gpus, at=_clock(at), driver=driver).encode()


def bmc_file(facts: TrayFacts, place: tuple[int, int], cartridges: Mapping[str, str]) -> bytes:
    """The readout of a tray's BMC in its rack: its boards, and the rack's cartridges as it sees them from its place
    (slot, tray index)."""
    return bmc_readout(
        TrayReadout(
            superchips=facts.superchips,
            cartridges=cartridges,
            slot=place[0],
            tray_index=place[1],
            product="GB300 NVL" if facts.gb300 else "GB200 NVL",
        )
    )


def nccl_file(trays: Sequence[str], seed: str, gb300: bool) -> tuple[bytes, str]:
    """all_reduce_perf over all trays, and the bus bandwidth in place at 8 GiB that it tells."""
    hosts = [Host(tray.lower()) for tray in trays]
    text = nccl_all_reduce(hosts, seed=seed, product="NVIDIA GB300" if gb300 else "NVIDIA GB200")
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return text.encode(), rows[-1][-2]


def _clock(at: datetime) -> datetime:
    """The test host's own wall clock."""
    return at.astimezone(JAPAN).replace(tzinfo=None)
