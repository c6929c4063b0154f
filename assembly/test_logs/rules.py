"""The rules between a verdict and what the plant does, as data. Start values of nvl72.md section 10 (plant defaults).

Nothing here changes a verdict: an exit code, an error id or a missing thing asks for a disposition, and the gravest
request wins. `reject` is never asked for by a rule; a person decides it.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assembly.test_logs.dcgm_errors import ERRORS, Severity
from assembly.test_logs.result import Disposition, Verdict

GRAVITY: tuple[Disposition, ...] = ("accept", "retest", "review", "hold", "reject")
"""Lightest first. A person's look (`review`) weighs more than doing it again."""

_BADNESS: tuple[Verdict, ...] = ("none", "pass", "not_run", "warn", "error", "fail")

AFTER_VERDICT: dict[Verdict, tuple[Disposition, str]] = {
    "fail": ("retest", "At least one test failed."),
    "error": ("retest", "The tool could not run."),
    "warn": ("review", "At least one test warned."),
    "not_run": ("review", "At least one test did not run or gave no result; missing is not passed."),
    "none": ("review", "The file holds no judgement."),
}

BENIGN_CONFIG = frozenset({18, 23, 28, 29, 47, 48, 60, 68, 78, 82, 96, 117})
"""Settings of the test host: put right and run again."""

NEEDS_A_PERSON = frozenset({20, 46, 55, 72, 112})
"""Severity CONFIG by the tool's table, but they may well be the hardware."""

NO_RESET_CURES = frozenset({80, 84, 129})
"""Severity RESET by the tool's table; failed or uncorrectable row remaps and NCCL errors outlive a reset."""

AFTER_SEVERITY: dict[Severity, tuple[Disposition, str]] = {
    Severity.NONE: ("review", "no severity is known"),
    Severity.MONITOR: ("review", "MONITOR in a factory test is a review, not a pass"),
    Severity.ISOLATE: ("hold", "ISOLATE: take it out"),
    Severity.UNKNOWN: ("review", "the severity is UNKNOWN"),
    Severity.TRIAGE: ("hold", "TRIAGE: diagnose it"),
    Severity.CONFIG: ("review", "CONFIG outside the benign list"),
    Severity.RESET: ("retest", "RESET: drain, reset and run again"),
}


class ExitRule(NamedTuple):
    """What one exit code asks for: `floor` whatever the document says, `when_clean` where the document has no fault."""

    meaning: str
    floor: Disposition
    when_clean: Disposition


DCGM_EXITS: dict[int, ExitRule] = {
    226: ExitRule("ran and reported an error", "accept", "review"),
    205: ExitRule("isolate", "hold", "hold"),
    204: ExitRule("diagnostic binary not found: not run", "retest", "review"),
    203: ExitRule("killed: not run to its end", "retest", "review"),
    199: ExitRule("driver timeout: a failure to triage", "hold", "hold"),
    198: ExitRule("no test available: not run", "retest", "review"),
}
"""Negative return values of `dcgmi diag` as an unsigned byte (nvl72.md 10.1)."""

OTHER_EXIT = ExitRule("not zero", "review", "review")


def gravest(dispositions: Iterable[Disposition]) -> Disposition:
    return max(dispositions, key=GRAVITY.index, default="accept")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """`none` for nothing at all; one failure fails the whole; a missing result keeps the rest from passing."""
    return max(verdicts, key=_BADNESS.index, default="none")


def after_error(error_id: int, said_severity: int | None) -> tuple[Disposition, str]:
    """What a DCGM error asks for. By its id first; where the document names a graver severity, by that.

    An id that the table lacks goes by the document's severity, but its CONFIG and RESET are not taken for benign.
    """
    known = ERRORS.get(error_id)
    said = next((severity for severity in Severity if severity == said_severity), None)
    by_document = AFTER_SEVERITY[said] if said is not None else AFTER_SEVERITY[Severity.UNKNOWN]
    if known is None:
        disposition = gravest(("review", by_document[0]))
        return disposition, f"Error {error_id} is not in the table; {by_document[1]}."
    asked, why = _by_id(error_id, known.severity)
    if said is not None and said != known.severity:
        asked = gravest((asked, by_document[0]))
        why = f"{why}; the file says {said.name}"
    return asked, f"Error {error_id} ({known.meaning}): {why}."


def _by_id(error_id: int, severity: Severity) -> tuple[Disposition, str]:
    if error_id in BENIGN_CONFIG:
        return "retest", "benign CONFIG: put the setting right and run again"
    if error_id in NEEDS_A_PERSON:
        return "review", "CONFIG, but it may be the hardware: a person decides"
    if error_id in NO_RESET_CURES:
        return "hold", "RESET, but a reset does not cure it"
    return AFTER_SEVERITY[severity]


def after_exit(code: int, rules: Mapping[int, ExitRule], verdict: Verdict) -> tuple[Disposition, str] | None:
    """What an exit code asks for beside a document with that verdict; None for 0. -51 and 205 are the same code."""
    plain = code & 0xFF if -256 < code < 0 else code
    if plain == 0:
        return None
    rule = rules.get(plain, OTHER_EXIT)
    if verdict == "pass":
        return rule.when_clean, f"Exit code {plain} ({rule.meaning}) contradicts a file in which everything passed."
    return rule.floor, f"Exit code {plain} ({rule.meaning})."
