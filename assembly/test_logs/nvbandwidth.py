"""nvbandwidth, as JSON (`-j`) and as text: nvl72.md section 10.4.

The tool does not judge bandwidths: `Passed` says that a case ran. Whether it was fast enough is the plant's to say, by
limits on `<case>_min` (bandwidth) or `<case>_max` (latency, ns: lower is better).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.json_text import as_list, as_object, as_text, json_object
from assembly.test_logs.nvbandwidth_text import Case, cases_of
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict
from assembly.test_logs.words import number, told

TOOL = "nvbandwidth"

STATUS: dict[str, Verdict] = {
    "passed": "pass", "waived": "not_run", "not found": "not_run", "error": "error", "failed": "fail",
}  # fmt: skip
_DEVICE = re.compile(r"\s*(\d{1,3}):\s*(.{1,80}?)\s*\(([0-9A-Fa-f:.]{7,16})\)")
_TEXT_MARK = re.compile(r"^nvbandwidth Version:|^SUM \w+_(?:ce|sm)\b", re.MULTILINE)
_UNIT = re.compile(r"\(?\b(GB/s|ns)\)?\s*$")
TOLERANCE = 1e-3
"""Share by which a stated extreme may differ from its matrix: cells are printed to two decimals."""

MOST_CASES, MOST_CELLS = 200, 20_000


def is_nvbandwidth(text: str) -> bool:
    return ('"nvbandwidth"' in text and "{" in text) or _TEXT_MARK.search(text) is not None


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str]:
    """The findings, the tool's version and the form (json or text). Refuses cases without a name and matrices whose
    cells are neither numbers nor `N/A`."""
    findings = Findings(options)
    if '"nvbandwidth"' not in text:
        log = cases_of(text)
        if not log.cases:
            raise Unreadable("The file holds no nvbandwidth case.")
        findings.entities += [
            Entity("gpu", index, more={"product": name, "bus_id": bus}) for index, name, bus in log.devices
        ]
        if not log.ended:
            findings.because("review", "The closing note is missing: the run did not end, or the file is cut off.")
        if log.waived:
            findings.results.append(TestResult(None, "waived cases", "not_run", detail=f"{log.waived} not named"))
        _judge(findings, log.cases)
        return findings, log.version, "text"
    document, around = json_object(text, ("nvbandwidth",))
    if around:
        findings.because("accept", f"Other text stands around the JSON: {' '.join(around.split())[:80]!r}.")
    top = as_object(document["nvbandwidth"], "nvbandwidth")
    findings.entities += _devices(top)
    if top.get("error") is not None:
        findings.results.append(TestResult(None, "run", "error", detail=str(top["error"])[:300]))
    _judge(findings, [_case(one, at) for at, one in enumerate(as_list(top.get("testcases") or [], "testcases"))])
    version = top.get("version") or top.get("git_version")
    return findings, told(version) if isinstance(version, str) else None, "json"


def _devices(top: Mapping[str, object]) -> Iterator[Entity]:
    for at, one in enumerate(as_list(top.get("GPU Device list") or [], "GPU Device list")):
        match = _DEVICE.match(as_text(one, f"GPU Device list[{at}]"))
        if match:
            yield Entity("gpu", int(match[1]), more={"product": match[2], "bus_id": match[3]})


def _case(value: object, at: int) -> Case:
    where = f"testcases[{at}]"
    one = as_object(value, where)
    if not isinstance(one.get("name"), str) or not str(one["name"]).strip():
        raise Unreadable(f"{where} has no name.")
    rows = as_list(one.get("bandwidth_matrix") or [], f"{where}.bandwidth_matrix")
    matrix = tuple(tuple(_cell(cell, where) for cell in as_list(row, f"{where}.bandwidth_matrix")) for row in rows)
    stated = {key: _stated(one.get(key), f"{where}.{key}") for key in ("sum", "min", "max", "average") if key in one}
    status, about = one.get("status"), one.get("bandwidth_description") or ""
    return Case(str(one["name"]).strip(), status if isinstance(status, str) else "", str(about), matrix, stated)


def _cell(cell: object, where: str) -> float | None:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = as_text(cell, f"{where}.bandwidth_matrix cell")
    value = number(text)
    if value is None and told(text) is not None:
        raise Unreadable(f"{where}: the cell {text[:20]!r} is neither a number nor N/A.")
    return value


def _stated(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unreadable(f"{where} is no number.")
    return float(value)


def _judge(findings: Findings, cases: Sequence[Case]) -> None:
    if not cases or len(cases) > MOST_CASES:
        raise Unreadable(f"The file holds {len(cases)} nvbandwidth cases; 1 to {MOST_CASES} are read.")
    for case in cases:
        verdict = STATUS.get(case.status.strip().lower(), "not_run")
        if case.status.strip().lower() not in STATUS:
            findings.because("review", f"{case.name}: the status {case.status[:20]!r} is not known; it is not a pass.")
        if verdict == "pass" and not any(cell is not None for row in case.matrix for cell in row):
            findings.because("review", f"{case.name} is marked Passed without a value.")
            verdict = "not_run"
        findings.results.append(TestResult(None, case.name, verdict, detail=case.about.strip() or None))
        _measured(findings, case)
    waived = sum(case.status.strip().lower() == "waived" for case in cases)
    if waived and len(findings.entities) == 1:
        findings.because("accept", f"{waived} cases were waived: with one GPU there is no device to copy to.")
    check_count(findings, "GPU", findings.options.expect_gpus, [str(one.more["bus_id"]) for one in findings.entities])


def _measured(findings: Findings, case: Case) -> None:
    match = _UNIT.search(case.about)
    unit = match[1] if match else None
    cells = [(r, c, value) for r, row in enumerate(case.matrix) for c, value in enumerate(row) if value is not None]
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"{case.name}: {len(cells)} cells are more than any machine has.")
    findings.readings += [Reading(f"{case.name}_{key}", None, value, unit) for key, value in case.stated.items()]
    if len(cells) > 1:
        findings.readings += [Reading(f"{case.name}_{r}_{c}", None, value, unit) for r, c, value in cells]
    values = [value for _r, _c, value in cells]
    if not values:
        return
    for key, found in (("min", min(values)), ("max", max(values)), ("sum", sum(values))):
        said = case.stated.get(key)
        if said is None:
            findings.readings.append(Reading(f"{case.name}_{key}", None, found, unit))
        elif abs(said - found) > TOLERANCE * max(abs(found), 1e-9) * (len(values) if key == "sum" else 1):
            findings.because("review", f"{case.name}: the stated {key} is {said:g}, the matrix says {found:g}.")
