"""Writing plausible testers' files for the demo plant: the same arguments give the same bytes, in milliseconds.

What the files say is what the arguments say; figures that are not given are spread a little by the GPU's UUID, so that
a tray does not look copied. No clock and no chance is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from assembly.test_logs.writing_dcgm import Fault, dcgm_v3_diag, dcgm_v4_diag
from assembly.test_logs.writing_facts import GpuFacts, GpuState, Model, tray_gpus
from assembly.test_logs.writing_nvidia_smi import nvidia_smi_xml

__all__ = [
    "Fault",
    "GpuFacts",
    "GpuState",
    "Host",
    "Model",
    "dcgm_v3_diag",
    "dcgm_v4_diag",
    "nccl_all_reduce",
    "nvidia_smi_xml",
    "tray_gpus",
]

GIB = 1024**3
ALL_REDUCE_72: tuple[tuple[int, float, float], ...] = (
    (GIB // 2, 586.06, 576.74),
    (GIB, 681.17, 724.06),
    (2 * GIB, 757.78, 773.62),
    (4 * GIB, 839.16, 835.32),
    (8 * GIB, 834.57, 846.82),
)
"""Bytes, and bus bandwidth out of place and in place in GB/s: published for one GB200 rack (nvl72.md section 7)."""


@dataclass(frozen=True)
class Host:
    """One compute tray's operating system, and the PCI buses of its GPUs in device order."""

    name: str
    buses: tuple[str, ...] = ("0x08", "0x09", "0x18", "0x19")


def nccl_all_reduce(
    hosts: Sequence[Host],
    *,
    seed: str = "",
    product: str = "NVIDIA GB200",
    rows: Sequence[tuple[int, float, float]] = ALL_REDUCE_72,
    wrong: int = 0,
    finished: bool = True,
) -> str:
    """`all_reduce_perf` in the new columns: one rank a GPU, ranks in host order.

    `rows` are (bytes, busbw out of place, busbw in place); a `seed` (a run's number, say) moves each bandwidth by up
    to 0.6 per cent. `wrong` stands in the last row and out of bounds; `finished` False leaves the footer out, as an
    aborted run does.
    """
    places = [(host.name, device, bus) for host in hosts for device, bus in enumerate(host.buses)]
    smallest, largest = rows[0][0], rows[-1][0]
    lines = [
        f"# nThread 1 nGpus 1 minBytes {smallest} maxBytes {largest} step: 2(factor) "
        "warmup iters: 5 iters: 20 agg iters: 1 validation: 1 graph: 0",
        "#",
        "# Using devices",
        *(
            f"#  Rank {rank:2d} Group  0 Pid {14000 + rank:6d} on {name:>10s} device {device:2d} [{bus}] {product}"
            for rank, (name, device, bus) in enumerate(places)
        ),
        "#",
        f"#{'out-of-place':>70}{'in-place':>34}",
        f"#       size         count      type   redop    root{2 * '     time   algbw   busbw  #wrong'}",
        f"#        (B)    (elements)                          {2 * '     (us)  (GB/s)  (GB/s)        '}",
    ]
    told: list[float] = []
    for size, out_of_place, in_place in rows:
        speeds = tuple(_moved(speed, f"{seed}/{size}/{n}") for n, speed in enumerate((out_of_place, in_place)))
        told += speeds
        last = wrong if size == largest else 0
        halves = "".join(_half(size, speed, len(places), last) for speed in speeds)
        lines.append(f"{size:12d}  {size // 4:12d}     float     sum      -1{halves}")
    if finished:
        lines.append(f"# Out of bounds values : {wrong} {'FAILED' if wrong else 'OK'}")
        lines.append(f"# Avg bus bandwidth    : {sum(told) / len(told):.6g}")
    return "\n".join([*lines, "#", ""])


def _moved(speed: float, key: str) -> float:
    if key.startswith("/"):
        return speed
    return round(speed * (1 + (crc32(key.encode()) % 1201 - 600) / 100_000), 2)


def _half(size: int, busbw: float, ranks: int, wrong: int) -> str:
    """Bus bandwidth of an all-reduce is the algorithm's times 2(n-1)/n; the time follows from size and bandwidth."""
    algbw = busbw / (2 * (ranks - 1) / ranks) if ranks > 1 else busbw
    micros = size / algbw / 1000 if algbw else 0.0
    time = f"{micros:8.0f}" if micros >= 10_000 else f"{micros:8.1f}"
    return f" {time}  {algbw:6.2f}  {busbw:6.2f}  {wrong:5d}"
