"""`dcgmi diag -r N -j`, shapes v3 (2.x to 3.3) and v4 (4.0 and later): nvl72.md section 10.1."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assembly.test_logs.dcgm_entities import named_in, v3_entities, v4_entities
from assembly.test_logs.dcgm_info import readings_in
from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.json_text import as_list, as_object, as_text, json_object
from assembly.test_logs.result import Entity, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.rules import after_error
from assembly.test_logs.words import told

TOOL = "dcgm-diag"
V3, V4, ITERATED = "DCGM GPU Diagnostic", "DCGM Diagnostic", "iterations"

STATUS: dict[str, Verdict] = {"pass": "pass", "warn": "warn", "fail": "fail", "skip": "not_run", "not run": "not_run"}
"""The tool's words in lower case. Any other word is `not_run` and is named in the reasons."""

MOST_ENTITIES, MOST_TESTS = 1024, 1024
"""A host has 4 GPUs and a run has some 15 tests; beyond these numbers the file is no such run."""


@dataclass(frozen=True)
class Warned:
    """One warning of a result: DCGM's error id and severity may be missing, as in level 1 of v3."""

    text: str
    error_id: int | None
    severity: int | None


def is_dcgm(text: str) -> bool:
    return any(f'"{key}"' in text for key in (V3, V4)) and "{" in text


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str]:
    """The findings, the tool's version and the shape. Refuses any document that is not of one of the shapes."""
    document, around = json_object(text, (V3, V4, ITERATED))
    findings = Findings(options)
    if around:
        findings.because("accept", f"Other text stands around the JSON: {' '.join(around.split())[:80]!r}.")
    version, variant = _read_shape(findings, document)
    _unlisted(findings)
    _missing_results(findings)
    _counts(findings)
    return findings, version, variant


def _read_shape(findings: Findings, document: Mapping[str, object]) -> tuple[str | None, str]:
    if V4 in document and V3 in document:
        raise Unreadable("The file has both the v3 and the v4 top key.")
    if V4 in document:
        metadata = as_object(document.get("metadata") or {}, "metadata")
        findings.entities += v4_entities(document, metadata)
        _diagnostic(findings, document[V4], V4)
        return _version(metadata), "v4"
    if V3 in document:
        findings.entities += v3_entities(document)
        _diagnostic(findings, document[V3], V3)
        inner = as_object(document[V3], V3)
        return _version(document) or _version(inner), "v3"
    return _iterations(findings, document)


def _iterations(findings: Findings, document: Mapping[str, object]) -> tuple[str | None, str]:
    runs = as_object(document[ITERATED], ITERATED)
    versions: list[str | None] = []
    for number, run in runs.items():
        inner = as_object(run, f"iteration {number[:20]}")
        if V3 not in inner:
            raise Unreadable(f"Iteration {number[:20]} holds no {V3!r}.")
        known = {entity.label for entity in findings.entities}
        findings.entities += [entity for entity in v3_entities(inner) if entity.label not in known]
        _diagnostic(findings, inner[V3], V3)
        versions.append(_version(inner))
    overall = as_text(document.get("Overall Result"), "Overall Result")
    findings.results.append(TestResult(None, "Overall Result", _verdict(findings, overall, "Overall Result")))
    if document.get("Warning"):
        findings.because("review", f"Warning: {as_text(document['Warning'], 'Warning')[:200]}")
    return next((version for version in versions if version), None), "v3-iterations"


def _version(holder: Mapping[str, object]) -> str | None:
    version = holder.get("version")
    return None if version is None else told(as_text(version, "version"))


def _diagnostic(findings: Findings, body: object, key: str) -> None:
    top = as_object(body, repr(key))
    if top.get("runtime_error") is not None:
        trouble = as_text(top["runtime_error"], "runtime_error")
        findings.results.append(TestResult(None, "run", "error", detail=trouble[:500]))
        findings.because("retest", f"The diagnostic could not run: {trouble[:200]}")
    elif "test_categories" not in top:
        raise Unreadable(f"{key!r} holds neither test_categories nor runtime_error.")
    for at, one in enumerate(as_list(top.get("test_categories") or [], "test_categories")):
        where = f"test_categories[{at}]"
        category = as_object(one, where)
        name = as_text(category.get("category"), f"{where}.category").strip()
        for number, test in enumerate(as_list(category.get("tests"), f"{where}.tests")):
            _test(findings, as_object(test, f"{where}.tests[{number}]"), name, f"{where}.tests[{number}]")


def _test(findings: Findings, test: Mapping[str, object], category: str, where: str) -> None:
    name = as_text(test.get("name"), f"{where}.name").strip()
    results = as_list(test.get("results") or [], f"{where}.results")
    explained = False
    for number, result in enumerate(results):
        one = as_object(result, f"{where}.results[{number}]")
        named = [label(*pair) for pair in named_in(one, f"{where}.results[{number}]")]
        for entity in named or (None,):
            explained |= _result(findings, one, (category, name), entity)
    if "test_summary" in test:
        # A summary repeats its results: its Fail needs an error id only where none of them has one.
        summary = as_object(test["test_summary"], f"{where}.test_summary")
        _result(findings, summary, (category, name), None, explained=explained)
    elif not results:
        findings.results.append(TestResult(None, name, "not_run", category))
        findings.because("review", f"Test {name} has no result.")


def _result(
    findings: Findings,
    result: Mapping[str, object],
    test: tuple[str, str],
    entity: str | None,
    *,
    explained: bool = False,
) -> bool:
    """Take one result in; True if it failed and says with which error."""
    category, name = test
    verdict = _verdict(findings, as_text(result.get("status"), f"status of {name}"), name)
    warned = list(_warnings(result.get("warnings"), name))
    info = list(_sentences(result.get("info"), name))
    findings.readings.extend(readings_in(info, name, entity))

    ids = tuple(dict.fromkeys(warning.error_id for warning in warned if warning.error_id))
    detail = " ".join([*(warning.text for warning in warned), *info]).strip()[:500] or None
    findings.results.append(TestResult(entity, name, verdict, category, detail, ids))
    what = f"{name}{f' of {entity}' if entity else ''}"
    _weigh(findings, warned, verdict, what)
    if verdict == "fail" and not ids and not explained:
        findings.because("review", f"{what} failed without an error id: a person decides.")
    return verdict == "fail" and bool(ids)


def _weigh(findings: Findings, warned: Sequence[Warned], verdict: Verdict, what: str) -> None:
    """An error id asks for its disposition even where the status is Pass (DCGM issue 284)."""
    for warning in warned:
        if warning.error_id:
            disposition, why = after_error(warning.error_id, warning.severity, TOOL, findings.options.rules)
            findings.because(disposition, f"{what}: {why}")
            if verdict == "pass":
                findings.because("review", f"{what}: the status is Pass although an error is recorded.")


def _verdict(findings: Findings, status: str, name: str) -> Verdict:
    word = " ".join(status.replace("_", " ").split()).lower()
    if word not in STATUS:
        findings.because("review", f"Status {status[:30]!r} of {name} is not known: taken as not run.")
    return STATUS.get(word, "not_run")


def _warnings(value: object, name: str) -> Iterator[Warned]:
    """A list of objects, a list of texts, or one plain text (level 1 of v3 uses the key `warnings` in the item)."""
    if value is None:
        return
    if isinstance(value, str):
        yield Warned(value.strip(), None, None)
        return
    for item in as_list(value, f"warnings of {name}"):
        if isinstance(item, str):
            yield Warned(item.strip(), None, None)
            continue
        one = as_object(item, f"a warning of {name}")
        said = one.get("warning", one.get("warnings", ""))
        text = said if isinstance(said, str) else str(said)
        yield Warned(text.strip()[:500], _whole(one.get("error_id")), _whole(one.get("error_severity")))


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _sentences(value: object, name: str) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif value is not None:
        yield from (as_text(one, f"info of {name}") for one in as_list(value, f"info of {name}"))


def _unlisted(findings: Findings) -> None:
    """Add the entities that only results name."""
    listed = {entity.label for entity in findings.entities}
    for entity in dict.fromkeys(result.entity for result in findings.results if result.entity):
        if entity not in listed:
            kind, _, number = entity.partition(":")
            findings.entities.append(Entity(kind, int(number)))
            if listed:
                findings.because("review", f"{entity} has results but is not in the tool's list.")


def _missing_results(findings: Findings) -> None:
    """A known GPU without a result in a test that other GPUs have is `not_run`."""
    have: dict[str, set[str]] = {}
    for result in findings.results:
        if result.entity is not None and result.entity.startswith("gpu:"):
            have.setdefault(result.test, set()).add(result.entity)
    if len(findings.entities) > MOST_ENTITIES or len(have) > MOST_TESTS:
        raise Unreadable(f"The file names {len(findings.entities)} devices and {len(have)} tests; no host has so many.")
    for gpu in [entity.label for entity in findings.entities if entity.kind == "gpu"]:
        for test in [test for test, gpus in have.items() if gpu not in gpus]:
            findings.results.append(TestResult(gpu, test, "not_run", detail="no result in the file"))
            findings.because("review", f"{test} has no result for {gpu}.")


def _counts(findings: Findings) -> None:
    gpus = [entity for entity in findings.entities if entity.kind == "gpu"]
    if not gpus:
        findings.because("review", "The file names no GPU: it proves nothing about a given one, and none was counted.")
        return
    check_count(findings, "GPU", findings.options.expect_gpus, [entity.label for entity in gpus])
