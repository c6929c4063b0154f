"""The steps of an OCP Diag run: measurements with their validators, series, diagnoses, errors, how each step ended."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from assembly.test_logs.findings import Findings
from assembly.test_logs.json_text import as_object
from assembly.test_logs.result import Reading, TestResult, Unreadable, Verdict, label
from assembly.test_logs.rules import worst

_DIAGNOSES: dict[str, Verdict] = {"PASS": "pass", "FAIL": "fail", "UNKNOWN": "not_run"}
_STEP_ENDS: dict[str, Verdict] = {"COMPLETE": "pass", "ERROR": "error", "SKIP": "not_run"}
_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "LESS_THAN": lambda value, bound: value < bound,
    "LESS_THAN_OR_EQUAL": lambda value, bound: value <= bound,
    "GREATER_THAN": lambda value, bound: value > bound,
    "GREATER_THAN_OR_EQUAL": lambda value, bound: value >= bound,
}
MOST_STEPS = 20_000
MOST_VALIDATORS = 50
MOST_AMONG = 1_000
"""Values in the list of one validator."""


@dataclass(frozen=True, slots=True)
class Check:
    """One validator, read once: `among` holds the texts, numbers and truth values that it names; `whole` says that
    it names nothing else, without which it cannot be applied."""

    kind: str
    bound: object
    among: frozenset[object]
    whole: bool


@dataclass
class Series:
    """A measurement over time: least, greatest, last and number; bad ones by the series' own validators."""

    step: str
    start: Mapping[str, object]
    checks: Sequence[Check]
    least: float | None = None
    most: float | None = None
    last: float | None = None
    elements: int = 0
    verdict: Verdict = "none"
    total: object = None


@dataclass
class Steps:
    """Filled line by line. `hardware` holds the ids that the run's beginning named."""

    findings: Findings
    hardware: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)

    def take(self, artifact: Mapping[str, object], number: int) -> None:
        """One testStepArtifact; logs, files and extensions say nothing of the verdict."""
        step = str(artifact.get("testStepId"))[:80]
        acts: dict[str, Callable[[Mapping[str, object], str, int], None]] = {
            "testStepStart": self._start,
            "testStepEnd": self._end,
            "measurement": self._measurement,
            "measurementSeriesStart": self._series_start,
            "measurementSeriesElement": self._series_element,
            "measurementSeriesEnd": self._series_end,
            "diagnosis": self._diagnosis,
        }
        for key, act in acts.items():
            if key in artifact:
                act(as_object(artifact[key], f"line {number}: {key}"), step, number)
        if "error" in artifact:
            self.error(artifact["error"], step, number)

    def conclude(self) -> None:
        for one in self.series.values():
            self._conclude_series(one)
        for step in self.open:
            name = self.names.get(step, step)
            self.findings.because("review", f"The step {name} has no end.")
            self.findings.results.append(TestResult(None, name, "not_run", category="step", detail="no end"))

    def error(self, value: object, step: str | None, number: int) -> None:
        """An error of the diagnostic itself: it could not do what it wanted."""
        error = as_object(value, f"line {number}: error")
        symptom = str(error.get("symptom") or "error")[:80]
        detail = str(error.get("message") or "")[:300] or None
        category = "error" if step is None else self.names.get(step, step)
        self.findings.results.append(TestResult(None, symptom, "error", category=category, detail=detail))

    def _start(self, start: Mapping[str, object], step: str, number: int) -> None:
        if step in self.names or len(self.names) >= MOST_STEPS:
            raise Unreadable(f"Line {number}: the step {step} begins twice, or there are more than {MOST_STEPS}.")
        self.names[step] = str(start.get("name") or f"step {step}")[:80]
        self.open[step] = None

    def _end(self, end: Mapping[str, object], step: str, number: int) -> None:
        if step not in self.open:
            self.findings.because("review", f"The step {self.names.get(step, step)} ends without its beginning.")
        self.open.pop(step, None)
        status = str(end.get("status"))[:30]
        if status not in _STEP_ENDS:
            self.findings.because("review", f"The step status {status!r} is not known; it is not a pass.")
        verdict = _STEP_ENDS.get(status, "not_run")
        name = self.names.get(step, step)
        self.findings.results.append(TestResult(None, name, verdict, category="step"))

    def _measurement(self, one: Mapping[str, object], step: str, number: int) -> None:
        value, name = one.get("value"), self._name(one, step)
        entity, unit, checks = self._entity(one), _unit(one), _validators(one, number)
        verdict = worst(_checked(value, check, self.findings) for check in checks) if checks else None
        if _is_number(value):
            low, high = _bounds(checks)
            self.findings.readings.append(
                Reading(name, entity, float(value), unit, low=low, high=high, verdict=verdict)  # type: ignore[arg-type]
            )
        else:
            said = f"{value}"[:300]
            self.findings.results.append(TestResult(entity, name, verdict or "none", "measurement", detail=said))

    def _series_start(self, start: Mapping[str, object], step: str, number: int) -> None:
        self.series[str(start.get("measurementSeriesId"))[:80]] = Series(step, start, _validators(start, number))

    def _series_element(self, one: Mapping[str, object], step: str, number: int) -> None:
        series = self.series.get(str(one.get("measurementSeriesId"))[:80])
        if series is None:
            raise Unreadable(f"Line {number}: an element of a series that did not begin.")
        series.elements += 1
        value = one.get("value")
        if series.checks:
            verdict = worst(_checked(value, check, self.findings) for check in series.checks)
            series.verdict = worst((series.verdict, verdict))
        if _is_number(value):
            plain = float(value)  # type: ignore[arg-type]
            series.last = plain
            series.least = plain if series.least is None else min(plain, series.least)
            series.most = plain if series.most is None else max(plain, series.most)

    def _series_end(self, end: Mapping[str, object], step: str, number: int) -> None:
        series = self.series.get(str(end.get("measurementSeriesId"))[:80])
        if series is None:
            raise Unreadable(f"Line {number}: the end of a series that did not begin.")
        series.total = end.get("totalCount")

    def _conclude_series(self, one: Series) -> None:
        name, entity, unit = self._name(one.start, one.step), self._entity(one.start), _unit(one.start)
        for suffix, value in (("", one.last), ("_min", one.least), ("_max", one.most)):
            if value is not None:
                self.findings.readings.append(Reading(f"{name}{suffix}", entity, value, unit))
        if one.total != one.elements:
            said = "no end" if one.total is None else f"{str(one.total)[:20]} were announced"
            self.findings.because("review", f"The series {name} holds {one.elements} values, but {said}.")
        if one.verdict != "none":
            detail = f"{one.elements} values"
            self.findings.results.append(TestResult(entity, name, one.verdict, category="series", detail=detail))

    def _diagnosis(self, one: Mapping[str, object], step: str, number: int) -> None:
        kind = str(one.get("type"))[:30]
        if kind not in _DIAGNOSES:
            self.findings.because("review", f"The diagnosis type {kind!r} is not known; it is not a pass.")
        detail = str(one.get("message") or "")[:300] or None
        name = str(one.get("verdict") or f"line {number}")[:120]
        category = self.names.get(step, step)
        verdict = _DIAGNOSES.get(kind, "not_run")
        self.findings.results.append(TestResult(self._entity(one), name, verdict, category=category, detail=detail))

    def _name(self, one: Mapping[str, object], step: str) -> str:
        return f"{self.names.get(step, step)}.{str(one.get('name'))[:80]}"

    def _entity(self, one: Mapping[str, object]) -> str | None:
        index = one.get("hardwareInfoId")
        if index is None:
            return None
        if str(index) not in self.hardware:
            self.findings.because("review", f"The hardware {str(index)[:40]} is named, but not listed.")
        return label("hardware", str(index)[:80])


def _validators(one: Mapping[str, object], number: int) -> Sequence[Check]:
    found = one.get("validators") or ()
    if not isinstance(found, list | tuple):
        raise Unreadable(f"Line {number}: validators is no list.")
    if len(found) > MOST_VALIDATORS:
        raise Unreadable(f"Line {number} has {len(found)} validators; at most {MOST_VALIDATORS} are read.")
    return [_check(as_object(check, f"line {number}: validators"), number) for check in found]


def _check(said: Mapping[str, object], number: int) -> Check:
    bound = said.get("value")
    named = bound if isinstance(bound, list) else [bound]
    if len(named) > MOST_AMONG:
        raise Unreadable(f"Line {number}: a validator names {len(named)} values; at most {MOST_AMONG} are read.")
    among = frozenset(one for one in named if _is_plain(one))
    return Check(str(said.get("type"))[:40], bound, among, all(_is_plain(one) for one in named))


def _checked(value: object, check: Check, findings: Findings) -> Verdict:
    """What one validator says of a value; patterns are the tool's own and are not run here."""
    kind, bound = check.kind, check.bound
    if kind in _ORDERS and _is_number(value) and _is_number(bound):
        holds = _ORDERS[kind](float(value), float(bound))  # type: ignore[arg-type]
    elif kind in ("EQUAL", "IN_SET") and check.whole and _is_plain(value):
        holds = value in check.among
    elif kind in ("NOT_EQUAL", "NOT_IN_SET") and check.whole and _is_plain(value):
        holds = value not in check.among
    elif kind in ("REGEX_MATCH", "REGEX_NO_MATCH"):
        return "none"
    else:
        findings.because("review", f"A validator of the type {kind!r} could not be applied.")
        return "not_run"
    return "pass" if holds else "fail"


def _bounds(checks: Sequence[Check]) -> tuple[float | None, float | None]:
    low = [float(one.bound) for one in checks if one.kind.startswith("GREATER") and _is_number(one.bound)]  # type: ignore[arg-type]
    high = [float(one.bound) for one in checks if one.kind.startswith("LESS") and _is_number(one.bound)]  # type: ignore[arg-type]
    return max(low, default=None), min(high, default=None)


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _unit(one: Mapping[str, object]) -> str | None:
    unit = one.get("unit")
    return unit.strip()[:30] or None if isinstance(unit, str) else None
