"""OCP Test & Validation output (`ocptv`, schema 2.x): one JSON object a line, read line by line.

The run's own end says the verdict; diagnoses, step ends and errors are its parts. A measurement is compared with the
validators that the tool itself wrote beside it. A file without the run's end, or with a hole in its sequence numbers,
is cut off or lossy: never a pass.
"""

import io
import json
from collections.abc import Iterator, Mapping

from assembly.test_logs.findings import Findings
from assembly.test_logs.json_text import as_object, json_of_line
from assembly.test_logs.ocp_diag_steps import Steps
from assembly.test_logs.result import Entity, ReadOptions, TestResult, Unreadable, Verdict
from assembly.test_logs.rules import worst
from assembly.test_logs.words import identity, told

TOOL = "ocp-diag"
DUT = "dut"
MAJOR = 2
"""The major version of the schema that is read (opencomputeproject/ocp-diag-core, json_spec)."""

MOST_LINES = 1_000_000
_LOOKED_AT = 64 * 1024
"""Characters in which the schema line must stand: a banner of a login is shorter."""

_ENDS: dict[tuple[str, str], Verdict] = {
    ("COMPLETE", "PASS"): "pass", ("COMPLETE", "FAIL"): "fail",
    ("ERROR", "NOT_APPLICABLE"): "error", ("SKIP", "NOT_APPLICABLE"): "not_run",
}  # fmt: skip
"""The four valid pairs of status and result; any other contradicts itself."""


def is_ocp_diag(text: str) -> bool:
    head = text[:_LOOKED_AT]
    return '"schemaVersion"' in head and '"sequenceNumber"' in head and '"major"' in head


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the diagnostic's version and its name. Refuses another major version and a line that is no JSON
    inside the artifacts."""
    run = Run(Findings(options))
    for number, artifact in _artifacts(text, run.findings):
        run.take(artifact, number)
    run.conclude()
    return run.findings, run.version, run.name


def _artifacts(text: str, findings: Findings) -> Iterator[tuple[int, Mapping[str, object]]]:
    """Each artifact with its line; lines before the schema's are a banner. A last line that is cut off is told."""
    begun, lines = False, io.StringIO(text)
    for number, line in enumerate(lines, start=1):
        stripped = line.strip()
        if not stripped:
            continue
        if number > MOST_LINES:
            raise Unreadable(f"The file has more than {MOST_LINES} lines.")
        if not begun and '"schemaVersion"' not in stripped:
            continue
        try:
            found = json_of_line(stripped, number)
        except Unreadable:
            if begun and not line.endswith("\n") and not lines.read(1):
                findings.because("review", f"Line {number} is cut off.")
                return
            raise
        begun = True
        yield number, found
    if not begun:
        raise Unreadable("The file holds no line with schemaVersion.")


class Run:
    """What the lines have said so far."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.name: str | None = None
        self.version: str | None = None
        self.expected = 0
        self.ended = False
        self.started = False
        self.steps = Steps(findings)

    def take(self, artifact: Mapping[str, object], number: int) -> None:
        self._in_order(artifact, number)
        if "schemaVersion" in artifact:
            self._schema(as_object(artifact["schemaVersion"], f"line {number}: schemaVersion"), number)
        elif "testRunArtifact" in artifact:
            self._run(as_object(artifact["testRunArtifact"], f"line {number}: testRunArtifact"), number)
        elif "testStepArtifact" in artifact:
            self.steps.take(as_object(artifact["testStepArtifact"], f"line {number}: testStepArtifact"), number)
        else:
            known = ", ".join(sorted(artifact)[:3])[:60]
            self.findings.because("review", f"Artifacts of a kind that is not known ({known}) were left out.")

    def _in_order(self, artifact: Mapping[str, object], number: int) -> None:
        said = artifact.get("sequenceNumber")
        if not isinstance(said, int) or isinstance(said, bool):
            raise Unreadable(f"Line {number} has no sequenceNumber.")
        if said != self.expected:
            what = "come twice or out of order" if said < self.expected else "are missing"
            self.findings.because("review", f"Lines {what}: sequence {said} stands where {self.expected} was due.")
        self.expected = said + 1

    def _schema(self, schema: Mapping[str, object], number: int) -> None:
        if schema.get("major") != MAJOR:
            raise Unreadable(f"The schema version is {str(schema.get('major'))[:20]}; version {MAJOR} is read.")
        if number > 1 and self.started:
            raise Unreadable("The file holds more than one run; give each run its own file.")

    def _run(self, artifact: Mapping[str, object], number: int) -> None:
        if "testRunStart" in artifact:
            if self.started:
                raise Unreadable("The file holds more than one run; give each run its own file.")
            self.started = True
            start = as_object(artifact["testRunStart"], f"line {number}: testRunStart")
            self.name, self.version = _text(start.get("name")), _text(start.get("version"))
            self._dut(as_object(start.get("dutInfo") or {}, f"line {number}: dutInfo"))
        elif "testRunEnd" in artifact:
            self._end(as_object(artifact["testRunEnd"], f"line {number}: testRunEnd"))
        elif "error" in artifact:
            self.steps.error(artifact["error"], None, number)

    def _dut(self, dut: Mapping[str, object]) -> None:
        """The unit under test and the hardware in it, by the ids that later lines name."""
        name = _text(dut.get("name"))
        self.findings.entities.append(Entity(DUT, None, more={"name": name, "id": _text(dut.get("dutInfoId"))}))
        hardware = dut.get("hardwareInfos")
        for one in hardware if isinstance(hardware, list) else ():
            facts = as_object(one, "hardwareInfos")
            self._hardware(facts)
        software = dut.get("softwareInfos")
        for one in software if isinstance(software, list) else ():
            facts = as_object(one, "softwareInfos")
            more = {"name": _text(facts.get("name")), "firmware_version": _text(facts.get("version"))}
            self.findings.entities.append(Entity("software", _index(facts.get("softwareInfoId")), more=more))

    def _hardware(self, facts: Mapping[str, object]) -> None:
        index = _index(facts.get("hardwareInfoId"))
        self.steps.hardware.add(str(index))
        self.findings.entities.append(
            Entity(
                "hardware",
                index,
                serial=identity(_text(facts.get("serialNumber"))),
                part_number=_text(facts.get("partNumber")) or _text(facts.get("manufacturerPartNumber")),
                more={key: _text(facts.get(key)) for key in ("name", "location", "manufacturer", "revision")},
            )
        )

    def _end(self, end: Mapping[str, object]) -> None:
        if self.ended:
            self.findings.because("review", "The run ends twice.")
        self.ended = True
        status, result = str(end.get("status"))[:30], str(end.get("result"))[:30]
        verdict = _ENDS.get((status, result))
        if verdict is None:
            self.findings.because("review", f"The run's end contradicts itself: status {status}, result {result}.")
            verdict = "fail" if result == "FAIL" else "not_run"
        self.findings.results.append(TestResult(None, "run", verdict, detail=f"{status} {result}"))

    def conclude(self) -> None:
        findings = self.findings
        self.steps.conclude()
        if not self.steps.names:
            findings.because("review", "The run holds no step.")
        if not self.started:
            findings.because("review", "The run's beginning is missing.")
        if not self.ended:
            findings.because("review", "The run's end is missing: it did not end, or the file is cut off.")
            findings.results.append(TestResult(None, "run", "not_run", detail="no end"))
        parts = worst(
            (*(one.verdict for one in findings.results), *(one.verdict or "none" for one in findings.readings))
        )
        said = next((one.verdict for one in findings.results if one.test == "run" and one.entity is None), "none")
        if said == "pass" and parts in ("fail", "error"):
            findings.because("review", "The run says PASS, but a part of it failed.")


def _index(value: object) -> str:
    return str(value)[:80] if isinstance(value, str | int) else json.dumps(value)[:80]


def _text(value: object) -> str | None:
    return told(value[:400]) if isinstance(value, str) else None
