"""stress-ng `--yaml`. Read line by line: its YAML is not strict (`version: #80~…` is a comment to a YAML reader)."""

import re

from assembly.test_logs.findings import Findings
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, label
from assembly.test_logs.words import number, told

TOOL = "stress-ng"
_MARK = re.compile(r"^\s*stress-ng-version:", re.MULTILINE)
_FIELD = re.compile(r"\s*(?:-\s+)?([A-Za-z][\w.-]{0,60}):\s?(.{0,400})")
_UNITS = {
    "bogo-ops": None, "bogo-ops-per-second-usr-sys-time": "1/s", "bogo-ops-per-second-real-time": "1/s",
    "wall-clock-time": "s", "user-time": "s", "system-time": "s", "cpu-usage-per-instance": "%", "max-rss": "KiB",
}  # fmt: skip
MOST_STRESSORS = 2_000


def is_stress_ng(text: str) -> bool:
    return _MARK.search(text) is not None


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings and stress-ng's version. A stressor that did nothing or counted failures is no pass."""
    findings = Findings(options)
    system, stressors = _sorted(text)
    if not system:
        raise Unreadable("The file holds no stress-ng system-info.")
    if len(_MARK.findall(text)) > 1:
        raise Unreadable("The file holds more than one run; give each run its own file.")
    if len(stressors) > MOST_STRESSORS:
        raise Unreadable(f"The file holds more than {MOST_STRESSORS} stressors.")
    if system.get("hostname"):
        findings.entities.append(Entity("host", system["hostname"]))
    if not stressors:
        findings.results.append(TestResult(None, "run", "not_run", detail="no metrics"))
    if not text.rstrip().endswith("..."):
        findings.because("review", "The end mark is missing: the run did not end, or the file is cut off.")
    for at, fields in enumerate(stressors):
        _stressor(findings, fields, at)
    return findings, told(system.get("stress-ng-version")), "yaml"


def _sorted(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    system: dict[str, str] = {}
    stressors: list[dict[str, str]] = []
    part = ""
    for line in text.splitlines():
        match = _FIELD.fullmatch(line)
        if match is None:
            continue
        key, value = match[1], match[2].strip()
        if not line.startswith((" ", "\t", "-")):
            part = key
        elif part == "system-info":
            system.setdefault(key, value)
        elif part == "metrics" and key == "stressor":
            stressors.append({key: value})
        elif part == "metrics" and stressors:
            stressors[-1].setdefault(key, value)
    return system, stressors


def _stressor(findings: Findings, fields: dict[str, str], at: int) -> None:
    name, entity = fields["stressor"][:60], label("stressor", at)
    findings.entities.append(Entity("stressor", at, more={"name": name}))
    for key, unit in _UNITS.items():
        if key in fields:
            findings.readings.append(Reading(key.replace("-", "_"), entity, number(fields[key]), unit))
    failed, done = number(fields.get("failed")), number(fields.get("bogo-ops"))
    if failed:
        findings.results.append(TestResult(entity, name, "fail", detail=f"failed {failed:g}"))
    elif not done:
        findings.results.append(TestResult(entity, name, "not_run", detail="no bogo-ops"))
    else:
        findings.results.append(TestResult(entity, name, "pass"))
