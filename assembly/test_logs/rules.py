"""The rules between a verdict and what the plant does. What stands here are the start values (nvl72.md section 10,
plant defaults); the plant's own released rules come in as an argument, and then they alone count.

Nothing here changes a verdict: an exit code, an error id or a missing thing asks for a disposition, and the gravest
request wins. `reject` is never asked for by a rule; a person decides it.
"""

from collections.abc import Iterable, Mapping

from assembly.test_logs.dcgm_errors import ERRORS, Severity
from assembly.test_logs.result import Disposition, Rules, Verdict

GRAVITY: tuple[Disposition, ...] = ("accept", "retest", "review", "hold", "reject")
"""Lightest first. A person's look (`review`) weighs more than doing it again."""

_BADNESS: tuple[Verdict, ...] = ("none", "pass", "not_run", "warn", "error", "fail")

CONDITIONS: Mapping[str, frozenset[str] | None] = {
    "verdict": frozenset({"fail", "error", "warn", "not_run", "none"}),
    "severity": frozenset(severity.name for severity in Severity),
    "error": None,
    "exit": None,
    "exit-clean": None,
}
"""What a rule may speak of, and its keys (None: whole numbers, for exit codes `other` too). `verdict`: of the whole
file. `error`: a DCGM error id, before its `severity`. `exit`: an exit code whatever the document says, `exit-clean`:
the same where everything in the document passed."""

BENIGN_CONFIG = frozenset({18, 23, 28, 29, 47, 48, 60, 68, 78, 82, 96, 117})
"""Settings of the test host: put right and run again."""

NEEDS_A_PERSON = frozenset({20, 46, 55, 72, 112})
"""Severity CONFIG by the tool's table, but they may well be the hardware."""

NO_RESET_CURES = frozenset({80, 84, 129})
"""Severity RESET by the tool's table; failed or uncorrectable row remaps and NCCL errors outlive a reset."""

_DCGM_EXITS: dict[int, tuple[str, Disposition, Disposition]] = {
    226: ("ran and reported an error", "accept", "review"),
    205: ("isolate", "hold", "hold"),
    204: ("diagnostic binary not found: not run", "retest", "review"),
    203: ("killed: not run to its end", "retest", "review"),
    199: ("driver timeout: a failure to triage", "hold", "hold"),
    198: ("no test available: not run", "retest", "review"),
}
"""Negative return values of `dcgmi diag` as an unsigned byte (nvl72.md 10.1): meaning, whatever the document says,
where the document has no fault."""


def _shipped() -> Rules:
    rules: dict[tuple[str, str, str], tuple[Disposition, str]] = {
        ("", "verdict", "fail"): ("retest", "At least one test failed."),
        ("", "verdict", "error"): ("retest", "The tool could not run."),
        ("", "verdict", "warn"): ("review", "At least one test warned."),
        ("", "verdict", "not_run"): (
            "review",
            "At least one test did not run or gave no result; missing is not passed.",
        ),
        ("", "verdict", "none"): ("review", "The file holds no judgement."),
        ("", "severity", "NONE"): ("review", "no severity is known"),
        ("", "severity", "MONITOR"): ("review", "MONITOR in a factory test is a review, not a pass"),
        ("", "severity", "ISOLATE"): ("hold", "ISOLATE: take it out"),
        ("", "severity", "UNKNOWN"): ("review", "the severity is UNKNOWN"),
        ("", "severity", "TRIAGE"): ("hold", "TRIAGE: diagnose it"),
        ("", "severity", "CONFIG"): ("review", "CONFIG outside the benign list"),
        ("", "severity", "RESET"): ("retest", "RESET: drain, reset and run again"),
        ("", "exit", "other"): ("review", "not zero"),
        ("", "exit-clean", "other"): ("review", "not zero"),
    }
    for errors, disposition, why in (
        (BENIGN_CONFIG, "retest", "benign CONFIG: put the setting right and run again"),
        (NEEDS_A_PERSON, "review", "CONFIG, but it may be the hardware: a person decides"),
        (NO_RESET_CURES, "hold", "RESET, but a reset does not cure it"),
    ):
        rules |= {("", "error", str(number)): (disposition, why) for number in sorted(errors)}  # type: ignore[misc]
    for tool in ("dcgm-diag", "dcgm-mndiag"):
        for code, (meaning, floor, clean) in _DCGM_EXITS.items():
            rules[tool, "exit", str(code)] = floor, meaning
            rules[tool, "exit-clean", str(code)] = clean, meaning
    return rules


SHIPPED: Rules = _shipped()


def gravest(dispositions: Iterable[Disposition]) -> Disposition:
    return max(dispositions, key=GRAVITY.index, default="accept")


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """`none` for nothing at all; one failure fails the whole; a missing result keeps the rest from passing."""
    return max(verdicts, key=_BADNESS.index, default="none")


def after_verdict(verdict: Verdict, tool: str, rules: Rules) -> tuple[Disposition, str]:
    """What a verdict other than pass asks for; without a rule a person looks."""
    return _found(rules, tool, "verdict", verdict) or ("review", f"The verdict is {verdict}, and no rule speaks of it.")


def after_error(error_id: int, said_severity: int | None, tool: str, rules: Rules) -> tuple[Disposition, str]:
    """What a DCGM error asks for. By its id first; where the document names a graver severity, by that.

    An id that the table lacks goes by the document's severity, but its CONFIG and RESET are not taken for benign.
    """
    known = ERRORS.get(error_id)
    said = next((severity for severity in Severity if severity == said_severity), None)
    by_document = _by_severity(rules, tool, said if said is not None else Severity.UNKNOWN)
    own = _found(rules, tool, "error", str(error_id))
    if known is None and own is None:
        disposition = gravest(("review", by_document[0]))
        return disposition, f"Error {error_id} is not in the table; {by_document[1]}."
    asked, why = own or _by_severity(rules, tool, known.severity if known else Severity.UNKNOWN)
    if said is not None and known is not None and said != known.severity:
        asked = gravest((asked, by_document[0]))
        why = f"{why}; the file says {said.name}"
    return asked, f"Error {error_id} ({known.meaning if known else 'not in the table'}): {why}."


def after_exit(code: int, verdict: Verdict, tool: str, rules: Rules) -> tuple[Disposition, str] | None:
    """What an exit code asks for beside a document with that verdict; None for 0. -51 and 205 are the same code."""
    plain = code & 0xFF if -256 < code < 0 else code
    if plain == 0:
        return None
    condition = "exit-clean" if verdict == "pass" else "exit"
    named = _found(rules, tool, condition, str(plain)) or _found(rules, tool, condition, "other")
    disposition, meaning = named or ("review", "not zero")
    if verdict == "pass":
        return disposition, f"Exit code {plain} ({meaning}) contradicts a file in which everything passed."
    return disposition, f"Exit code {plain} ({meaning})."


def _by_severity(rules: Rules, tool: str, severity: Severity) -> tuple[Disposition, str]:
    return _found(rules, tool, "severity", severity.name) or ("review", f"no rule speaks of {severity.name}")


def _found(rules: Rules, tool: str, condition: str, key: str) -> tuple[Disposition, str] | None:
    """The tool's own rule, else that of every tool; without any rules of the plant the shipped ones."""
    told = rules or SHIPPED
    return told.get((tool, condition, key)) or told.get(("", condition, key))
