"""HPL (Linpack): the residual decides first, then the plant's limit on Gflops: nvl72.md section 10.6."""

import re

from assembly.test_logs.findings import Findings
from assembly.test_logs.result import Reading, ReadOptions, TestResult, Unreadable
from assembly.test_logs.words import number

TOOL = "hpl"
_MARK = re.compile(r"^HPLinpack\s+(\S{1,20})|^T/V\s+N\s+NB\s+P\s+Q\s+Time\s+Gflops", re.MULTILINE)
_VERSION = re.compile(r"^HPLinpack\s+(\S{1,20})", re.MULTILINE)
_NUMBER = r"([0-9.]{1,20}(?:[eE][+-]?\d{1,3})?)"
_RUN = re.compile(
    rf"(W\w{{1,12}})\s+(\d{{1,9}})\s+(\d{{1,6}})\s+(\d{{1,6}})\s+(\d{{1,6}})\s+{_NUMBER}\s+{_NUMBER}\s*.{{0,60}}"
)
_RESIDUAL = re.compile(r"\|\|Ax-b\|\|.{1,80}=\s*(\S{1,30})\s+\.{3,8}\s+(PASSED|FAILED)")
_SUMMARY = re.compile(r"\s*(\d{1,6}) tests completed and (passed|failed) residual checks")
_SKIPPED = re.compile(r"\s*(\d{1,6}) tests skipped because of illegal input values")


def is_hpl(text: str) -> bool:
    return _MARK.search(text) is not None


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings and HPL's version. A run without its residual line did not run to its end."""
    findings = Findings(options)
    counts: dict[str, int] = {}
    run, runs, waiting = 0, list[str](), False
    for line in text.splitlines():
        if match := _RUN.fullmatch(line.strip()):
            _unjudged(findings, runs, waiting)
            run, waiting = run + 1, True
            runs.append(match[1])
            _measured(findings, match, run)
        elif (match := _RESIDUAL.match(line.strip())) and waiting:
            waiting = False
            passed = match[2] == "PASSED"
            findings.results.append(TestResult(None, f"{runs[-1]} residual", "pass" if passed else "fail"))
            findings.readings.append(Reading(f"residual{_again(run)}", None, number(match[1]), None))
        elif match := _SUMMARY.match(line):
            counts[match[2]] = int(match[1])
        elif match := _SKIPPED.match(line):
            counts["skipped"] = int(match[1])
    _unjudged(findings, runs, waiting)
    if not is_hpl(text):
        raise Unreadable("The file holds no HPL run.")
    _check(findings, run, counts)
    version = _VERSION.search(text)
    return findings, version[1] if version else None, None


def _again(run: int) -> str:
    return "" if run == 1 else f".{run}"


def _measured(findings: Findings, match: re.Match[str], run: int) -> None:
    more = _again(run)
    for name, place, unit in (
        ("n", 2, None),
        ("nb", 3, None),
        ("p", 4, None),
        ("q", 5, None),
        ("time", 6, "s"),
        ("gflops", 7, "Gflops"),
    ):
        findings.readings.append(Reading(f"{name}{more}", None, number(match[place]), unit))


def _unjudged(findings: Findings, runs: list[str], waiting: bool) -> None:
    if waiting:
        findings.results.append(TestResult(None, f"{runs[-1]} residual", "not_run", detail="no residual line"))


def _check(findings: Findings, run: int, counts: dict[str, int]) -> None:
    if run == 0:
        findings.results.append(TestResult(None, "run", "not_run", detail="no result row"))
    if "passed" not in counts or "failed" not in counts:
        findings.because("review", "The closing summary is missing: the run did not end, or the file is cut off.")
        return
    said = (counts["passed"], counts["failed"])
    found = tuple(sum(one.verdict == verdict for one in findings.results) for verdict in ("pass", "fail"))
    if said != found:
        findings.because(
            "review", f"The summary counts {said[0]} passed and {said[1]} failed, the rows {found[0]} and {found[1]}."
        )
    if counts.get("skipped"):
        findings.results.append(
            TestResult(None, "skipped", "not_run", detail=f"{counts['skipped']} with illegal input")
        )
