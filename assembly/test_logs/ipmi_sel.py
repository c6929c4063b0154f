"""`ipmitool sel list` (and `elist`): an open critical event fails, another open one asks for a look: nvl72.md 10.6.

An event is open while it was asserted and not deasserted later, by sensor and event.
"""

import re
from dataclasses import dataclass

from assembly.test_logs.findings import Findings
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict, label

TOOL = "ipmi-sel"
_DATE = r"(?:\d{1,2}/\d{1,2}/\d{2,4}|Pre-Init)"
_LINE = re.compile(rf"\s*([0-9A-Fa-f]{{1,6}})\s*\|\s*({_DATE})\s*\|\s*(.{{0,400}})")
_NONE = re.compile(r"SEL has no entries", re.IGNORECASE)
_CRITICAL = re.compile(
    r"critical interrupt|bus fatal|upper critical|lower critical|non-recoverable|uncorrectable|\bfatal\b"
    r"|failure detected|drive fault|thermal trip|power supply ac lost|leak|\bierr\b|machine check|run-time stop",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"log area reset|event log.*(?:cleared|disabled)|system boot|presence detected|\binitiated\b|power off/down"
    r"|os boot|acpi|device present|fully redundant|session audit|timestamp clock",
    re.IGNORECASE,
)
MOST_ENTRIES = 200_000


@dataclass(frozen=True)
class Entry:
    """One event: id as printed (hexadecimal), day and time as printed, what sensor said what, open or closed."""

    number: str
    when: str
    sensor: str
    event: str
    asserted: bool


def is_ipmi_sel(text: str) -> bool:
    return any(_LINE.fullmatch(line) for line in text.splitlines()[:50]) or _NONE.search(text) is not None


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings. Lines that continue an entry (two columns) are left out; a file of other lines is refused."""
    findings, entries, odd = Findings(options), list[Entry](), 0
    for line in text.splitlines():
        match = _LINE.fullmatch(line)
        if match:
            entries.append(_entry(match))
        elif line.strip() and line.count("|") != 1 and not _NONE.search(line):
            odd += 1
    if not entries and not _NONE.search(text):
        raise Unreadable("The file holds no event of a system event log.")
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"The log holds more than {MOST_ENTRIES} entries.")
    if odd:
        findings.because("review", f"{odd} lines are no entries of an event log.")
    _judge(findings, entries)
    return findings, None, "list"


def _entry(match: re.Match[str]) -> Entry:
    parts = [part.strip() for part in match[3].split("|")]
    time, rest = ("", parts) if match[2] == "Pre-Init" and not re.match(r"\d", parts[0]) else (parts[0], parts[1:])
    sensor = rest[0] if rest else ""
    closing = rest[-1].lower() if len(rest) > 1 else ""
    event = " ".join(rest[1:-1] if closing in ("asserted", "deasserted") else rest[1:])
    return Entry(match[1], f"{match[2]} {time}".strip(), sensor, event, closing != "deasserted")


def _judge(findings: Findings, entries: list[Entry]) -> None:
    standing: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.sensor, entry.event)
        if entry.asserted:
            standing[key] = entry
        else:
            standing.pop(key, None)
    sensors = dict.fromkeys(entry.sensor for entry in entries if entry.sensor)
    findings.entities += [Entity("sensor", name) for name in sensors]
    findings.readings.append(Reading("events", None, float(len(entries)), None))
    findings.readings.append(Reading("open_events", None, float(len(standing)), None))
    for entry in standing.values():
        verdict = _verdict(f"{entry.sensor} {entry.event}")
        detail = f"{entry.event} (entry {entry.number}, {entry.when})"
        findings.results.append(
            TestResult(label("sensor", entry.sensor), entry.event or entry.sensor, verdict, detail=detail)
        )
        if verdict == "fail":
            findings.because("hold", f"Open critical event: {entry.sensor}, {detail}.")
        elif verdict == "warn":
            findings.because("review", f"Open event: {entry.sensor}, {detail}.")
    if not any(one.verdict in ("warn", "fail") for one in findings.results):
        findings.results.append(TestResult(None, "open events", "pass"))


def _verdict(words: str) -> Verdict:
    if re.search(r"non-critical", words, re.IGNORECASE) is None and _CRITICAL.search(words):
        return "fail"
    return "pass" if _HARMLESS.search(words) else "warn"
