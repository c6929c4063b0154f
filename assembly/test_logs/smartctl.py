"""smartctl `-j`: one drive. Passed, no critical warning, no media error; the exit status is a bit mask: nvl72.md 10.6.

A used drive passes here: that a new build takes only unused ones is a limit of the plant (`power_on_hours`).
"""

from collections.abc import Mapping
from dataclasses import replace

from assembly.test_logs.findings import Findings
from assembly.test_logs.json_text import as_object, json_object
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.words import identity, told

TOOL = "smartctl"
_KEY = "smartctl"

EXIT_BITS: tuple[tuple[Verdict, str], ...] = (
    ("error", "the command line could not be read"),
    ("error", "the device could not be opened"),
    ("error", "a command to the drive failed"),
    ("fail", "the drive says that it is failing"),
    ("fail", "an attribute is below its threshold"),
    ("warn", "an attribute was below its threshold in the past"),
    ("warn", "the error log holds errors"),
    ("warn", "the self-test log holds errors"),
)
"""Bit 0 first (manual page of smartctl, "Exit Status")."""

_HEALTH = {
    "critical_warning": None, "temperature": "C", "available_spare": "%", "percentage_used": "%", "media_errors": None,
    "power_cycles": None, "power_on_hours": "h", "unsafe_shutdowns": None, "num_err_log_entries": None,
    "data_units_written": None,
}  # fmt: skip


def is_smartctl(text: str) -> bool:
    return f'"{_KEY}"' in text and '"json_format_version"' in text


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, smartctl's version and the drive's protocol."""
    document, _around = json_object(text, (_KEY,))
    findings, tool = Findings(options), as_object(document[_KEY], _KEY)
    device = as_object(document.get("device") or {}, "device")
    name = device.get("name") if isinstance(device.get("name"), str) else "drive"
    entity = label("drive", str(name))
    serial, model, firmware = (document.get(key) for key in ("serial_number", "model_name", "firmware_version"))
    drive = Entity("drive", str(name), serial=identity(_text(serial)), part_number=told(_text(model)))
    findings.entities.append(replace(drive, more={"firmware": told(_text(firmware))}))
    _status(findings, document, entity)
    _exit(findings, tool.get("exit_status"), entity)
    _health(
        findings, as_object(document.get("nvme_smart_health_information_log") or {}, "health log"), document, entity
    )
    protocol = device.get("protocol")
    return findings, _version(tool), protocol if isinstance(protocol, str) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _version(tool: Mapping[str, object]) -> str | None:
    parts = tool.get("version")
    return ".".join(str(part) for part in parts) if isinstance(parts, list) and parts else None


def _status(findings: Findings, document: Mapping[str, object], entity: str) -> None:
    status = as_object(document.get("smart_status") or {}, "smart_status").get("passed")
    verdict: Verdict = ("pass" if status else "fail") if isinstance(status, bool) else "not_run"
    findings.results.append(TestResult(entity, "smart status", verdict))


def _exit(findings: Findings, status: object, entity: str) -> None:
    if status is None:
        return
    if isinstance(status, bool) or not isinstance(status, int) or not 0 <= status <= 255:
        raise Unreadable(f"The exit status {str(status)[:20]!r} is no bit mask of eight bits.")
    for bit, (verdict, meaning) in enumerate(EXIT_BITS):
        if status >> bit & 1:
            findings.results.append(TestResult(entity, f"exit bit {bit}", verdict, detail=meaning, error_ids=(bit,)))


def _health(findings: Findings, log: Mapping[str, object], document: Mapping[str, object], entity: str) -> None:
    for name, unit in _HEALTH.items():
        if name in log:
            findings.readings.append(Reading(name, entity, _number(log[name]), unit))
    if not log:
        hours = as_object(document.get("power_on_time") or {}, "power_on_time").get("hours")
        findings.readings.append(Reading("power_on_hours", entity, _number(hours), "h"))
        return
    for name in ("critical_warning", "media_errors"):
        value = _number(log.get(name))
        verdict: Verdict = "not_run" if value is None else "fail" if value else "pass"
        findings.results.append(
            TestResult(entity, name.replace("_", " "), verdict, detail=f"{value:g}" if value else None)
        )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
