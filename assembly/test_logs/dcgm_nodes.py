"""`dcgmi mndiag -j`: the diagnostic over several hosts at once; nvl72.md section 10.1, last part.

An entity is told apart by host and number: every tray of a rack has a GPU 0.
"""

from collections.abc import Iterator, Mapping, Sequence

from assembly.test_logs.dcgm import STATUS
from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.json_text import as_index, as_list, as_object, as_text, json_object
from assembly.test_logs.result import Entity, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.rules import after_error
from assembly.test_logs.words import identity, told

TOOL = "dcgm-mndiag"
KEY = "DCGM Multi-Node Diagnostic"
MOST_HOSTS, MOST_RESULTS = 256, 100_000


def is_dcgm_nodes(text: str) -> bool:
    """The top key with the parts of a run beside it: the tool's own JSON schema holds the key too."""
    return f'"{KEY}"' in text and '"$schema"' not in text


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str]:
    """The findings and DCGM's version. Refuses a document with neither hosts and tests nor a runtime error."""
    document, around = json_object(text, (KEY,))
    findings = Findings(options)
    if around:
        findings.because("accept", f"Other text stands around the JSON: {' '.join(around.split())[:80]!r}.")
    if document.get("runtime_error") is not None:
        trouble = as_text(document["runtime_error"], "runtime_error")
        findings.results.append(TestResult(None, "run", "error", detail=trouble[:500]))
        findings.because("retest", f"The diagnostic could not run: {trouble[:200]}")
    elif "test_categories" not in document:
        raise Unreadable("The document holds neither test_categories nor runtime_error.")
    hosts = [as_object(one, f"hosts[{at}]") for at, one in enumerate(as_list(document.get("hosts") or [], "hosts"))]
    if len(hosts) > MOST_HOSTS:
        raise Unreadable(f"The document names more than {MOST_HOSTS} hosts.")
    for at, host in enumerate(hosts):
        findings.entities += _entities(host, at)
    _tests(findings, document)
    _errors(findings, document.get("global_errors"), "global", None)
    _counts(findings, document, len(hosts))
    return findings, _version(hosts), "v4"


def _version(hosts: Sequence[Mapping[str, object]]) -> str | None:
    found = {told(as_text(host.get("dcgm_version"), "dcgm_version")) for host in hosts if "dcgm_version" in host} - {
        None
    }
    return ", ".join(sorted(str(one) for one in found)) or None


def _name(host: object, group: object, number: object) -> tuple[str, str]:
    return as_text(
        group, "entity_group"
    ).strip().lower(), f"{as_index(host, 'host_id')}/{as_index(number, 'entity_id')}"


def _entities(host: Mapping[str, object], at: int) -> Iterator[Entity]:
    number, hostname = host.get("host_id", at), host.get("hostname")
    named = hostname if isinstance(hostname, str) else None
    yield Entity("host", as_index(number, "host_id"), more={"host": named})
    for place, one in enumerate(as_list(host.get("entities") or [], f"hosts[{at}].entities")):
        entity = as_object(one, f"hosts[{at}].entities[{place}]")
        kind, index = _name(number, entity.get("entity_group"), entity.get("entity_id"))
        serial = entity.get("serial_num")
        yield Entity(
            kind, index, serial=identity(serial) if isinstance(serial, str) else None,
            more={"host": named, "device_id": str(entity["device_id"]) if "device_id" in entity else None},
        )  # fmt: skip


def _tests(findings: Findings, document: Mapping[str, object]) -> None:
    for at, one in enumerate(as_list(document.get("test_categories") or [], "test_categories")):
        category = as_object(one, f"test_categories[{at}]")
        name = as_text(category.get("category"), f"test_categories[{at}].category").strip()
        for place, test in enumerate(as_list(category.get("tests"), f"test_categories[{at}].tests")):
            _test(findings, as_object(test, f"tests[{place}]"), name)


def _test(findings: Findings, test: Mapping[str, object], category: str) -> None:
    name = as_text(test.get("name"), "test name").strip()
    findings.results.append(TestResult(None, name, _verdict(findings, test.get("status"), name), category))
    if test.get("mpi_error") is not None:
        trouble = as_object(test["mpi_error"], f"{name}.mpi_error").get("warning")
        findings.results.append(TestResult(None, f"{name} MPI", "error", category, str(trouble)[:300]))
    results = as_list(test.get("results") or [], f"{name}.results")
    if len(findings.results) + len(results) > MOST_RESULTS:
        raise Unreadable("The document holds more results than a rack can give.")
    for at, one in enumerate(results):
        result = as_object(one, f"{name}.results[{at}]")
        kind, index = _name(result.get("host_id"), result.get("entity_group"), result.get("entity_id"))
        entity = label(kind, index)
        ids = _errors(findings, result.get("warnings"), name, entity)
        verdict = _verdict(findings, result.get("status"), f"{name} of {entity}")
        findings.results.append(TestResult(entity, name, verdict, category, error_ids=ids))


def _verdict(findings: Findings, status: object, where: str) -> Verdict:
    word = status.strip().lower() if isinstance(status, str) else ""
    if word not in STATUS:
        findings.because("review", f"{where}: the status {str(status)[:20]!r} is not known; it is not a pass.")
    return STATUS.get(word, "not_run")


def _errors(findings: Findings, warnings: object, where: str, entity: str | None) -> tuple[int, ...]:
    """The reasons of a list of warnings; those of the whole run (`entity` None) are results of their own."""
    ids = []
    for at, one in enumerate(as_list(warnings or [], f"{where}.warnings")):
        warning = as_object(one, f"{where}.warnings[{at}]")
        number, severity = as_index(warning.get("error_id"), "error_id"), warning.get("error_severity")
        ids.append(number)
        said = severity if isinstance(severity, int) else None
        findings.because(*after_error(number, said, TOOL, findings.options.rules))
        if entity is None:
            host = label("host", as_index(warning.get("host_id"), "host_id"))
            words = str(warning.get("warning"))[:300]
            findings.results.append(TestResult(host, "global error", "fail", detail=words, error_ids=(number,)))
    return tuple(ids)


def _counts(findings: Findings, document: Mapping[str, object], hosts: int) -> None:
    metadata = as_object(document.get("metadata") or {}, "metadata")
    said, told_of = metadata.get("num_hosts"), metadata.get("num_entities")
    entities = sum(entity.kind != "host" for entity in findings.entities)
    for what, number, found in (("hosts", said, hosts), ("entities", told_of, entities)):
        if isinstance(number, int) and number != found:
            findings.because("hold", f"The document counts {number} {what} and lists {found}.")
    listed = {entity.label for entity in findings.entities}
    strays = sorted({str(one.entity) for one in findings.results if one.entity and one.entity not in listed})
    if strays:
        findings.because("hold", f"Results name what no host lists: {', '.join(strays[:4])}.")
    judged = {one.entity for one in findings.results}
    silent = [one.label for one in findings.entities if one.kind == "gpu" and one.label not in judged]
    if silent:
        findings.because("review", f"{len(silent)} GPUs have no result: {', '.join(silent[:4])}.")
    check_count(
        findings,
        "GPU",
        findings.options.expect_gpus,
        [str(one.index) for one in findings.entities if one.kind == "gpu"],
    )
