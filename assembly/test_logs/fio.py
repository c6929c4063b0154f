"""fio's JSON (`--output-format=json`), which may follow other text: nvl72.md section 10.6.

Latency percentiles stand under `clat_ns` or, with `lat_percentiles=1`, under `lat_ns`; the name says which was read.
"""

from collections.abc import Mapping

from assembly.test_logs.findings import Findings
from assembly.test_logs.json_text import as_list, as_object, json_object
from assembly.test_logs.result import Entity, Reading, ReadOptions, TestResult, Unreadable, label
from assembly.test_logs.words import told

TOOL = "fio"
_KEY = "fio version"
_PERCENTILES = {"50.000000": "p50", "99.000000": "p99", "99.900000": "p999"}
MOST_JOBS = 256


def is_fio(text: str) -> bool:
    return f'"{_KEY}"' in text


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings and fio's version. Refuses a document without jobs."""
    document, around = json_object(text, (_KEY,))
    findings = Findings(options)
    if around:
        findings.because("accept", f"Other text stands around the JSON: {' '.join(around.split())[:80]!r}.")
    jobs = as_list(document.get("jobs"), "jobs")
    if not 0 < len(jobs) <= MOST_JOBS:
        raise Unreadable(f"The file holds {len(jobs)} jobs; 1 to {MOST_JOBS} are read.")
    for number, one in enumerate(jobs):
        _job(findings, as_object(one, f"jobs[{number}]"), number)
    for one in as_list(document.get("disk_util") or [], "disk_util"):
        name = as_object(one, "disk_util").get("name")
        if isinstance(name, str):
            findings.entities.append(Entity("drive", name[:80]))
    version = document[_KEY]
    return findings, told(version) if isinstance(version, str) else None, "json"


def _job(findings: Findings, job: Mapping[str, object], number: int) -> None:
    name = job.get("jobname")
    title, entity = (name if isinstance(name, str) else f"job {number}")[:80], label("job", number)
    findings.entities.append(Entity("job", number, more={"name": title}))
    error = job.get("error")
    worked = [way for way in ("read", "write", "trim") if _measure(findings, job.get(way), way, entity)]
    if not isinstance(error, int) or isinstance(error, bool):
        findings.because("review", f"{title}: the file does not say how the job ended.")
        findings.results.append(TestResult(entity, title, "not_run"))
    elif error:
        findings.results.append(TestResult(entity, title, "fail", detail=f"error {error}", error_ids=(error,)))
    elif not worked:
        findings.because("review", f"{title} moved no data.")
        findings.results.append(TestResult(entity, title, "not_run", detail="no data moved"))
    else:
        findings.results.append(TestResult(entity, title, "pass"))


def _measure(findings: Findings, value: object, way: str, entity: str) -> bool:
    """Whether data went this way; its speed, rate and latencies."""
    side = as_object(value or {}, way)
    moved = _number(side.get("io_bytes"))
    if not moved:
        return False
    findings.readings.append(Reading(f"{way}_bytes", entity, moved, "B"))
    for name, key, unit in (("bw", "bw_bytes", "B/s"), ("iops", "iops", "1/s")):
        findings.readings.append(Reading(f"{way}_{name}", entity, _number(side.get(key)), unit))
    if side.get("bw_bytes") is None and _number(side.get("bw")) is not None:  # before fio 3: KiB/s only
        findings.readings[-2] = Reading(f"{way}_bw", entity, float(_number(side.get("bw")) or 0) * 1024, "B/s")
    for kind in ("clat_ns", "lat_ns"):
        times = as_object(side.get(kind) or {}, f"{way}.{kind}")
        shares = as_object(times.get("percentile") or {}, f"{way}.{kind}.percentile")
        for key, name in _PERCENTILES.items():
            if key in shares:
                findings.readings.append(Reading(f"{way}_{kind[:-3]}_{name}", entity, _number(shares[key]), "ns"))
    return True


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
