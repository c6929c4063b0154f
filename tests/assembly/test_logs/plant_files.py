"""What the tests of this folder start from: the shared samples, a tray's GPUs, and a short way to read."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from assembly.test_logs.read import read_test_log
from assembly.test_logs.result import Limit, ReadOptions, TestLog
from assembly.test_logs.writing import GpuFacts, Host, tray_gpus

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
UUIDS = tuple(f"GPU-0b5e55ed-{n:04x}-4a1b-8c2d-00000000000{n}" for n in range(4))
RACK = tuple(Host(f"ct{n:02d}") for n in range(1, 19))


def sample(relative: str) -> bytes:
    """A file of the shared samples; the test is skipped, and says so, where they do not lie beside the checkout."""
    path = SHARED / "samples" / relative
    if not path.is_file():
        pytest.skip(f"shared sample {relative} is missing: no folder 'shared/samples' beside the checkout")
    return path.read_bytes()


def tray() -> tuple[GpuFacts, ...]:
    return tray_gpus(UUIDS, ("1650000000001", "1650000000002"), slot=14, tray_index=4, chassis_serial="1820000000001")


def read(
    content: bytes | str,
    *,
    exit_code: int | None = None,
    gpus: int | None = None,
    ranks: int | None = None,
    limits: Mapping[str, Limit] | None = None,
) -> TestLog:
    """Read under a name that says nothing about the tool."""
    raw = content.encode() if isinstance(content, str) else content
    options = ReadOptions(exit_code=exit_code, expect_gpus=gpus, expect_ranks=ranks, limits=limits or {})
    return read_test_log(raw, name="artefact.bin", options=options)


def measured(log: TestLog, name: str, entity: str | None = None) -> tuple[float | None, str | None]:
    found = [(r.value, r.unit) for r in log.measurements if r.name == name and r.entity == entity]
    assert len(found) == 1, f"{name} of {entity}: {len(found)} measurements"
    return found[0]


def verdict_of(log: TestLog, test: str, entity: str | None = None) -> str:
    return next(result.verdict for result in log.results if result.test == test and result.entity == entity)


def because(log: TestLog, words: str) -> bool:
    return any(words in reason for reason in log.reasons)
