"""P11: reading the files that the testers of a 4-GPU tray leave, beside the bare parse of the same bytes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any
from xml.etree import ElementTree

from assembly.test_logs.read import read_test_log
from genpin.demo.tester_files import TrayFacts, bench_files, bmc_file, nccl_file

ROUNDS = 60
GOAL = 2.0
MOMENT = datetime(2026, 11, 20, 3, 0, tzinfo=datetime.now().astimezone().tzinfo)
FACTS = TrayFacts(
    "CT26-00001",
    ("1660000000001", "1660000000002"),
    tuple(f"GPU-00000000-0000-0000-0000-00000000000{number}" for number in range(4)),  # type: ignore[arg-type]
    gb300=True,
)
CARTRIDGES = {f"CBC_{number}": f"150000000000{number}" for number in range(4)}


def measure() -> dict[str, Any]:
    """Milliseconds of our readers and of the parse, the best of some rounds taken in turn on one thread.

    The files: nvidia-smi's XML, dcgmi's JSON (level 3), nccl-tests' table of four ranks, the BMC's readout as a zip of
    JSON. Ours ends with verdict, disposition, entities and findings. The limit is ElementTree and json.loads of the
    same text, the zip's members inflated; of the table, which has no parser, its lines split at blanks."""
    files = _files()
    ours: dict[str, float] = {}
    bare: dict[str, float] = {}
    for _round in range(ROUNDS):
        for tool, (content, parse) in files.items():
            _keep(ours, tool, lambda content=content, tool=tool: read_test_log(content, name=tool))  # type: ignore[misc]
            _keep(bare, tool, lambda content=content, parse=parse: parse(content))  # type: ignore[misc]
    seconds, limit = sum(ours.values()), sum(bare.values())
    return {
        "row": "P11",
        "what": f"the test files of a 4-GPU tray ({', '.join(files)}), bytes to findings",
        "seconds": seconds,
        "limit": "ElementTree and json.loads of the same text, the zip inflated; the table's lines split",
        "limit_seconds": limit,
        "ratio": seconds / limit,
        "goal": f"ratio <= {GOAL:g}",
        "met": seconds <= GOAL * limit,
        "ratio_by_tool": {tool: round(ours[tool] / bare[tool], 2) for tool in files},
        "milliseconds_by_tool": {tool: round(1000 * ours[tool], 2) for tool in files},
        "bytes_by_tool": {tool: len(content) for tool, (content, _parse) in files.items()},
    }


def _files() -> dict[str, tuple[bytes, Callable[[bytes], object]]]:
    dcgm, smi = bench_files(FACTS, MOMENT)
    table, _bandwidth = nccl_file(["CT26-00001"], "P11", gb300=True)
    return {
        "nvidia-smi": (smi, ElementTree.fromstring),
        "dcgm-diag": (dcgm, json.loads),
        "nccl-tests": (table, lambda content: [line.split() for line in content.decode().splitlines()]),
        "redfish": (bmc_file(FACTS, (3, 2), CARTRIDGES), _inflated),
    }


def _inflated(content: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [json.loads(archive.read(entry)) for entry in archive.infolist()]


def _keep(best: dict[str, float], tool: str, act: Callable[[], object]) -> None:
    begun = perf_counter()
    act()
    best[tool] = min(best.get(tool, float("inf")), perf_counter() - begun)
