"""OpenHTF test records, as its JSON output writes them: one record a file, phases with measurements.

Phases that the tester repeated count by their last record; the earlier ones are told as a remark. A phase that was
skipped did not run. Outcome words: PASS, FAIL, ERROR, TIMEOUT, ABORTED (test); PASS, FAIL, ERROR, SKIP (phase); PASS,
FAIL, UNSET, PARTIALLY_SET (measurement).
"""

from collections.abc import Iterator, Mapping

from assembly.test_logs.column_map import folded
from assembly.test_logs.findings import Findings
from assembly.test_logs.json_text import as_list, as_object, json_object
from assembly.test_logs.openhtf_values import Measured, measured_of
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, Verdict
from assembly.test_logs.rules import worst
from assembly.test_logs.words import told

TOOL = "openhtf"
_KEY = "dut_id"
_MARKS = ('"dut_id"', '"phases"', '"outcome"')
DUT = "dut"

OUTCOMES: dict[str, Verdict] = {
    "PASS": "pass", "FAIL": "fail", "ERROR": "error", "TIMEOUT": "error", "ABORTED": "not_run", "SKIP": "not_run",
}  # fmt: skip
_STOPPED = {"STOP": "fail", "FAIL_AND_CONTINUE": "fail", "FAIL_SUBTEST": "fail", "SKIP": "not_run"}
"""What a phase's own return value says, in records written before phases had an outcome."""

NO_UNIT_NAMED = frozenset({"unknown_dut", "unknown", "test", "none"})
MOST_PHASES = 5_000


def is_openhtf(text: str) -> bool:
    return all(mark in text for mark in _MARKS)


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the version of the test and its name. Refuses a record without phases."""
    record, around = json_object(text, (_KEY,))
    findings = Findings(options)
    if around:
        findings.because("accept", f"Other text stands around the JSON: {' '.join(around.split())[:80]!r}.")
    phases = [as_object(one, f"phases[{at}]") for at, one in enumerate(as_list(record.get("phases"), "phases"))]
    if len(phases) > MOST_PHASES:
        raise Unreadable(f"The record holds {len(phases)} phases; at most {MOST_PHASES} are read.")
    if not phases:
        findings.because("review", "The record holds no phase.")
    metadata = as_object(record.get("metadata") or {}, "metadata")
    dut = _dut(record)
    findings.entities.append(dut)
    if options.duts and dut.serial is not None and folded(dut.serial) not in options.duts:
        findings.because("review", f"The record is about {dut.serial[:60]}, which is no name of this unit.")
    unset_is_fine = as_object(metadata.get("config") or {}, "config").get("allow_unset_measurements") is True
    for phase in _last_of_each(findings, phases):
        _phase(findings, phase, unset_is_fine)
    _others(findings, record)
    _whole(findings, record)
    return findings, _text(metadata.get("test_version")), _text(metadata.get("test_name"))


def _dut(record: Mapping[str, object]) -> Entity:
    serial = _text(record.get(_KEY))
    named = serial is not None and serial.lower() not in NO_UNIT_NAMED
    return Entity(DUT, None, serial=serial if named else None, more={"station": _text(record.get("station_id"))})


def _last_of_each(findings: Findings, phases: list[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
    """All phases but those that the tester repeated."""
    repeated: dict[str, int] = {}
    last = {_name(phase, -1): at for at, phase in enumerate(phases)}
    for at, phase in enumerate(phases):
        name = _name(phase, at)
        if _returned(phase) == "REPEAT" and last.get(name, at) > at:
            repeated[name] = repeated.get(name, 0) + 1
            continue
        yield {**phase, "name": name}
    for name, times in repeated.items():
        findings.because("accept", f"The tester repeated {name} {times} times; its last try counts.")


def _name(phase: Mapping[str, object], at: int) -> str:
    return (_text(phase.get("name")) or f"phase {at}")[:80]


def _returned(phase: Mapping[str, object]) -> str | None:
    """What the phase gave back; "ERROR" for an exception, None where the record says nothing."""
    result = phase.get("result")
    if not isinstance(result, Mapping):
        return None
    if result.get("raised_exception") is True or (isinstance(result.get("phase_result"), Mapping)):
        return "ERROR"
    return _text(result.get("phase_result"))


def _phase(findings: Findings, phase: Mapping[str, object], unset_is_fine: bool) -> None:
    name = str(phase["name"])
    found = [
        measured_of(f"{name}.{key}", as_object(one, f"{name}.{key}"))
        for key, one in as_object(phase.get("measurements") or {}, f"measurements of {name}").items()
    ]
    verdicts = [_measurement(findings, one, unset_is_fine) for one in found]
    outcome = _text(phase.get("outcome"))
    if outcome is not None:
        verdict = _known(findings, outcome, name)
        if verdict == "pass" and "fail" in verdicts:
            findings.because("review", f"{name} is marked PASS, but one of its measurements failed.")
    else:
        verdict = _of_an_old_record(_returned(phase), verdicts)
    if verdict == "pass" and phase.get("marginal") is True:
        verdict = "warn"
    findings.results.append(TestResult(DUT, name, verdict, category="phase", detail=_trouble(phase)))


def _of_an_old_record(returned: str | None, verdicts: list[Verdict]) -> Verdict:
    if returned == "ERROR":
        return "error"
    if returned in _STOPPED:
        return OUTCOMES["FAIL"] if _STOPPED[returned] == "fail" else "not_run"
    return worst(["pass", *verdicts]) if returned in ("CONTINUE", "REPEAT") else "not_run"


def _measurement(findings: Findings, one: Measured, unset_is_fine: bool) -> Verdict:
    """Its readings and, where it is no plain number, its own result; the verdict that it adds to the phase."""
    verdict = one.verdict
    if one.word == "UNSET" and unset_is_fine:
        findings.because("accept", f"{one.name} was not set; the test allows that.")
        return "none"
    if one.unknown:
        findings.because("review", f"{one.name}: the outcome {one.word[:20]!r} is not known; it is not a pass.")
    if one.plain is not None:
        findings.readings.append(
            Reading(one.name, DUT, one.plain, one.unit, low=one.low, high=one.high, verdict=verdict)
        )
        return verdict
    for suffix, value in one.extremes:
        findings.readings.append(Reading(f"{one.name}_{suffix}", DUT, value, one.unit))
    findings.results.append(TestResult(DUT, one.name, verdict, category="measurement", detail=one.said))
    return verdict


def _others(findings: Findings, record: Mapping[str, object]) -> None:
    """Subtests and diagnoses, in records of newer versions."""
    for at, one in enumerate(as_list(record.get("subtests") or [], "subtests")):
        subtest = as_object(one, f"subtests[{at}]")
        name = (_text(subtest.get("name")) or f"subtest {at}")[:80]
        verdict = _known(findings, _text(subtest.get("outcome")) or "", name)
        findings.results.append(TestResult(DUT, name, verdict, category="subtest"))
    for at, one in enumerate(as_list(record.get("diagnoses") or [], "diagnoses")):
        diagnosis = as_object(one, f"diagnoses[{at}]")
        if diagnosis.get("is_failure") is True:
            name = (_text(diagnosis.get("result")) or f"diagnosis {at}")[:80]
            detail = _text(diagnosis.get("description"))
            findings.results.append(TestResult(DUT, name, "fail", category="diagnosis", detail=detail))


def _whole(findings: Findings, record: Mapping[str, object]) -> None:
    outcome = _text(record.get("outcome"))
    verdict = _known(findings, outcome, "the test") if outcome else "not_run"
    if outcome is None or record.get("end_time_millis") is None:
        verdict = worst(("not_run", verdict))
        findings.because("review", "The record does not say how the test ended.")
    if verdict == "pass" and any(result.verdict in ("fail", "error") for result in findings.results):
        findings.because("review", "The test is marked PASS, but a part of it failed.")
    if verdict == "pass" and record.get("marginal") is True:
        verdict = "warn"
    details = [as_object(one, "outcome_details") for one in as_list(record.get("outcome_details") or [], "details")]
    words = "; ".join(f"{one.get('code')}: {one.get('description')}" for one in details[:5])
    findings.results.append(TestResult(DUT, "outcome", verdict, detail=words[:300] or None))


def _known(findings: Findings, word: str, where: str) -> Verdict:
    if word not in OUTCOMES:
        findings.because("review", f"{where}: the outcome {word[:20]!r} is not known; it is not a pass.")
    return OUTCOMES.get(word, "not_run")


def _trouble(phase: Mapping[str, object]) -> str | None:
    result = phase.get("result")
    said = result.get("phase_result") if isinstance(result, Mapping) else None
    if isinstance(said, Mapping):
        return f"{said.get('exc_type')}: {said.get('exc_val')}"[:300]
    return None


def _text(value: object) -> str | None:
    return told(value) if isinstance(value, str) else None
