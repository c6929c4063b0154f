"""A kernel log (dmesg, journal) with NVIDIA's Xid and SXid events: nvl72.md section 10.6.

Lines before an Xid give the GPU's UUID and its board's serial, by PCI address.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from assembly.test_logs.findings import Findings
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict, label

TOOL = "kernel-log"
_PCI = r"PCI:([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}(?:\.\d)?)"
_XID = re.compile(rf"NVRM: Xid \({_PCI}\): (\d{{1,6}}),?\s*(.{{0,300}})")
_SXID = re.compile(rf"nvidia-nvswitch\d*: SXid \({_PCI}\): (\d{{1,6}}),?\s*(.{{0,300}})")
_GPU = re.compile(rf"NVRM: GPU at {_PCI}: (GPU-[0-9A-Fa-f-]{{36}})")
_SERIAL = re.compile(r"NVRM: GPU Board Serial Number: (\S{1,40})")
_STAMP = re.compile(
    r"(?:<\d+>)?\[\s*\d{1,9}\.\d{3,9}\] "  # seconds since the start
    r"|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\] "  # dmesg -T
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ kernel:"  # the journal
)
_LOOKED_AT = 200
"""Lines looked at to tell a kernel log that holds no word of the driver."""

OF_PROGRAMS: dict[int, str] = {
    13: "graphics engine exception", 31: "memory page fault", 43: "a program stopped its work",
    45: "work removed before it ended", 68: "video processor exception", 69: "graphics engine class error",
}  # fmt: skip
"""Xids that a program usually causes (NVIDIA's Xid catalogue): a person looks, the GPU is not held for them alone."""


@dataclass
class Seen:
    """What the log says of one address."""

    uuid: str | None = None
    serial: str | None = None
    events: dict[tuple[str, int], list[str]] = field(default_factory=dict)


def is_kernel_log(text: str) -> bool:
    """A word of NVIDIA's driver, or stamps of the kernel before almost every line."""
    if "NVRM:" in text or "SXid (PCI:" in text:
        return True
    lines = text.splitlines()[:_LOOKED_AT]
    return len(lines) > 1 and sum(_STAMP.match(line) is not None for line in lines) > len(lines) * 0.8


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings: an entity for each PCI address, a result for each kind of event there with its first line."""
    lines = text.splitlines()
    if not is_kernel_log(text):
        raise Unreadable("The file is no kernel log.")
    findings, seen = Findings(options), _seen(lines)
    for address, one in seen.items():
        kind = "nvswitch" if any(event == "SXid" for event, _number in one.events) else "gpu"
        findings.entities.append(Entity(kind, address, uuid=one.uuid, serial=one.serial, more={"bus_id": address}))
        findings.results += _results(findings, one, label(kind, address))
    findings.readings.append(Reading("lines", None, float(len(lines)), None))
    if not findings.results:
        findings.results.append(TestResult(None, "Xid events", "pass", detail=f"none in {len(lines)} lines"))
    return findings, None, None


def _seen(lines: list[str]) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    latest = ""
    for line in lines:
        if match := _GPU.search(line):
            latest = match[1].lower()
            seen.setdefault(latest, Seen()).uuid = match[2]
        elif (match := _SERIAL.search(line)) and latest:
            seen[latest].serial = match[1]
        elif match := (_XID.search(line) or _SXID.search(line)):
            kind = "SXid" if "SXid" in line else "Xid"
            address = match[1].lower()
            seen.setdefault(address, Seen()).events.setdefault((kind, int(match[2])), []).append(match[3].strip())
    return seen


def _results(findings: Findings, one: Seen, entity: str) -> Iterator[TestResult]:
    for (kind, number), texts in one.events.items():
        program = kind == "Xid" and number in OF_PROGRAMS
        verdict: Verdict = "warn" if program else "fail"
        findings.readings.append(Reading(f"{kind.lower()}_{number}", entity, float(len(texts)), None))
        what = f"{kind} {number} at {entity}, {len(texts)} times: {texts[0][:160]}"
        findings.because("review" if program else "hold", what)
        yield TestResult(entity, f"{kind} {number}", verdict, detail=texts[0] or None, error_ids=(number,))
