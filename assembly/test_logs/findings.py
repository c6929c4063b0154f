"""Collecting what a reader finds, and concluding from it.

A reader adds facts; each fact that keeps the plant from accepting brings the sentence and the disposition it asks for.
The conclusion takes the gravest of them, so that no disposition stands without its reason.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assembly.test_logs.limits import judged, unmeasured
from assembly.test_logs.result import Disposition, Entity, Limit, Reading, ReadOptions, TestLog, TestResult, Verdict
from assembly.test_logs.rules import after_exit, after_verdict, gravest, worst


@dataclass(frozen=True)
class Head:
    """What identifies the artefact and the tool that wrote it."""

    file: str
    sha256: str
    tool: str
    tool_version: str | None
    variant: str | None


@dataclass
class Findings:
    """Filled by one reader for one file."""

    options: ReadOptions
    entities: list[Entity] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    results: list[TestResult] = field(default_factory=list)
    _reasons: dict[str, Disposition] = field(default_factory=dict)

    def because(self, disposition: Disposition, reason: str) -> None:
        """Note a reason; with `accept` it is a remark that stops nothing."""
        known = self._reasons.get(reason, "accept")
        self._reasons[reason] = gravest((known, disposition))

    def conclude(self, head: Head) -> TestLog:
        """Judge by the limits, fold the verdicts, and weigh the reasons together with the exit code."""
        limits = self.options.limits_by_tool.get(head.tool, self.options.limits)
        readings = tuple(judged(reading, limits) for reading in self.readings)
        self._limits(readings, limits)
        verdict, by_entity = self._verdicts(readings)
        if verdict != "pass":
            self.because(*after_verdict(verdict, head.tool, self.options.rules))
        code, rules = self.options.exit_code, self.options.rules
        asked = None if code is None else after_exit(code, verdict, head.tool, rules)
        if asked is not None:
            self.because(*asked)
        return TestLog(
            file=head.file,
            sha256=head.sha256,
            tool=head.tool,
            tool_version=head.tool_version,
            variant=head.variant,
            verdict=verdict,
            disposition=gravest(self._reasons.values()),
            reasons=tuple(self._reasons),
            entities=tuple(replace(one, verdict=by_entity.get(one.label, "none")) for one in self.entities),
            measurements=readings,
            results=tuple(self.results),
        )

    def _limits(self, readings: Sequence[Reading], limits: Mapping[str, Limit]) -> None:
        for reading in readings:
            at = f" of {reading.entity}" if reading.entity else ""
            unit = f" {reading.unit}" if reading.unit else ""
            ours = reading.name in limits
            if reading.verdict == "fail" and reading.value is not None:
                span = _span(reading.low, reading.high)
                where = f", outside {span}" if span else ", and fails the tool's own check"
                self.because("hold" if ours else "retest", f"{reading.name}{at} is {reading.value:g}{unit}{where}.")
            elif reading.verdict == "warn" and reading.value is not None and ours:
                self.because(
                    "review",
                    f"{reading.name}{at} is {reading.value:g}{unit}, inside the guard band of"
                    f" {_span(reading.low, reading.high)}.",
                )
            elif reading.verdict == "not_run" and ours:
                self.because("review", f"{reading.name}{at} has a limit but could not be compared with it.")
        for name in unmeasured(readings, limits):
            self.because("review", f"A limit is given for {name}, but the file has no such measurement.")

    def _verdicts(self, readings: Sequence[Reading]) -> tuple[Verdict, dict[str, Verdict]]:
        """Of the whole file, and of each entity by its label."""
        said = [(result.entity, result.verdict) for result in self.results]
        said += [(reading.entity, reading.verdict) for reading in readings if reading.verdict is not None]
        by_entity: dict[str, Verdict] = {}
        for entity, verdict in said:
            if entity is not None:
                by_entity[entity] = worst((by_entity.get(entity, "none"), verdict))
        return worst(verdict for _, verdict in said), by_entity


def _span(low: float | None, high: float | None) -> str:
    """The bounds in words; blank without any."""
    if low is None and high is None:
        return ""
    if low is None:
        return f"up to {high:g}"
    return f"from {low:g}" if high is None else f"{low:g} to {high:g}"


def check_count(findings: Findings, kind: str, expected: int | None, keys: Iterable[str | None]) -> None:
    """Compare the distinct things of a kind with the number asked for.

    `keys` are what makes each of them one thing (a GPU's UUID, a rank's number); None is a thing that cannot be told
    apart and counts by itself.
    """
    times = Counter(keys)
    count = len([key for key in times if key is not None]) + times[None]
    twice = sorted(key for key, number in times.items() if key is not None and number > 1)
    if twice:
        findings.because("hold", f"The same {kind} is listed more than once: {', '.join(twice[:4])}.")
    if expected is None:
        findings.because("accept", f"No expected number of {kind}s was given: the count ({count}) was not checked.")
    elif count != expected:
        findings.because("hold", f"{count} {kind}s are in the file, {expected} are expected.")
