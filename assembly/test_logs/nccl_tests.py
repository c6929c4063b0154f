"""nccl-tests (`all_reduce_perf` and its sisters), old and new columns: nvl72.md section 10.3.

Bandwidths are the plant's to judge, at the largest size: the tool's own average runs over all sizes.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assembly.test_logs.findings import Findings, check_count
from assembly.test_logs.nccl_rows import (
    Half,
    Layout,
    Rank,
    Row,
    layout_of,
    looks_like_row,
    rank_of,
    row_of,
    without_prefix,
)
from assembly.test_logs.result import Entity, Plain, Reading, ReadOptions, TestResult, Unreadable, Verdict, label
from assembly.test_logs.words import number

TOOL = "nccl-tests"

_HEADER = re.compile(r"#\s*nThread\s+\d{1,9}\s", re.ASCII)
_MAX_BYTES = re.compile(r"\bmaxBytes\s+(\d{1,18})\b", re.ASCII)
_VALIDATION = re.compile(r"\bvalidation:\s*(\d{1,9})\b", re.ASCII)
_BOUNDS = re.compile(r"#\s*Out of bounds values\s*:\s*(\d{1,18})\s+(\w{1,20})", re.ASCII)
_AVERAGE = re.compile(r"#\s*Avg bus bandwidth\s*:\s*(\S{1,40})", re.ASCII)
_VERSION = re.compile(r"#\s*nccl-tests version\s+(\S{1,40})", re.ASCII)
_MARKS = re.compile(r"#\s*nThread\s+\d|#\s*Avg bus bandwidth|#\s+Rank\s+\d+\s+.{0,40}Pid\s+\d+\s+on\s", re.ASCII)

AVERAGE_TOLERANCE = 0.02
"""GB/s between the printed average and that of the rows, which are printed to two decimals."""

SHORT_OF_LARGEST = 0.99
"""The last size may fall short of maxBytes by rounding to whole elements per rank, never by more than this share."""


@dataclass
class Log:
    """The lines sorted by what they are."""

    ranks: list[Rank] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    layout: Layout | None = None
    version: str | None = None
    bounds: list[tuple[int, str]] = field(default_factory=list)
    averages: list[float | None] = field(default_factory=list)
    warnings: int = 0


def is_nccl_tests(text: str) -> bool:
    return _MARKS.search(text) is not None


def read(text: str, options: ReadOptions) -> tuple[Findings, str | None, str | None]:
    """The findings, the version (2.17 and later print it) and the column layout; refuses text without a mark of the
    tool, and several runs in one file."""
    if not is_nccl_tests(text):
        raise Unreadable("The file holds no nccl-tests output.")
    log = _sorted(text)
    if len(log.headers) > 1 or len(log.averages) > 1 or len(log.bounds) > 1:
        raise Unreadable("The file holds more than one nccl-tests run; give each run its own file.")
    findings = Findings(options)
    findings.entities.extend(_entities(log.ranks))
    findings.readings.extend(_readings(log))
    _footer(findings, log)
    _values(findings, log)
    _rows(findings, log)
    _ranks(findings, log)
    return findings, log.version, log.layout


def _sorted(text: str) -> Log:
    log = Log()
    for raw in text.splitlines():
        line = without_prefix(raw)
        if line.lstrip().startswith("#"):
            _comment(log, line.strip())
        elif row := row_of(line):
            log.rows.append(row)
        elif looks_like_row(line):
            log.odd.append(line)
        elif "NCCL WARN" in line or "Test NCCL failure" in line:
            log.warnings += 1
    return log


def _comment(log: Log, line: str) -> None:
    if rank := rank_of(line):
        log.ranks.append(rank)
    elif layout := layout_of(line):
        log.layout = layout
    elif _HEADER.match(line):
        log.headers.append(line)
    elif match := _BOUNDS.match(line):
        log.bounds.append((int(match[1]), match[2]))
    elif match := _AVERAGE.match(line):
        log.averages.append(number(match[1]))
    elif match := _VERSION.match(line):
        log.version = match[1]


def _entities(ranks: Sequence[Rank]) -> Iterator[Entity]:
    for rank in ranks:
        more: dict[str, Plain] = {
            "host": rank.host,
            "device": rank.device,
            "bus_id": rank.bus_id,
            "product": rank.product or None,
            "group": rank.group,
            "pid": rank.pid,
        }
        yield Entity("rank", rank.index, more=more)


def _readings(log: Log) -> Iterator[Reading]:
    """Per size `busbw_out_of_place_<bytes>` and its like; the largest size once more without bytes, for the limits."""
    times: Counter[int] = Counter()
    for row in log.rows:
        times[row.size] += 1
        again = f".{times[row.size]}" if times[row.size] > 1 else ""  # small sizes round to 0 and repeat
        yield from _of_row(row, f"_{row.size}{again}")
    if log.rows:
        largest = max(log.rows, key=lambda row: row.size)
        yield Reading("largest_size", None, float(largest.size), "B")
        yield from _of_row(largest, "")
        both = [half.busbw for half in (largest.out_of_place, largest.in_place) if half.busbw is not None]
        yield Reading("busbw", None, min(both, default=None), "GB/s")
    if log.averages:
        yield Reading("busbw_average", None, log.averages[0], "GB/s")
    if log.bounds:
        yield Reading("out_of_bounds", None, float(log.bounds[0][0]), None)


def _of_row(row: Row, suffix: str) -> Iterator[Reading]:
    for name, half in (("out_of_place", row.out_of_place), ("in_place", row.in_place)):
        yield Reading(f"time_{name}{suffix}", None, half.time, "us")
        yield Reading(f"algbw_{name}{suffix}", None, half.algbw, "GB/s")
        yield Reading(f"busbw_{name}{suffix}", None, half.busbw, "GB/s")


def _say(findings: Findings, test: str, verdict: Verdict, detail: str | None = None) -> None:
    findings.results.append(TestResult(None, test, verdict, detail=detail))


def _footer(findings: Findings, log: Log) -> None:
    if not log.bounds or not log.averages:
        _say(findings, "finished", "fail", "footer missing")
        findings.because("review", "The footer is missing: the run did not end, or the file is cut off.")
    else:
        _say(findings, "finished", "pass")
    if log.bounds:
        count, word = log.bounds[0]
        good = count == 0 and word == "OK"
        _say(findings, "out-of-bounds", "pass" if good else "fail", f"{count} {word}")
        if not good:
            findings.because("hold", f"Out of bounds values: {count} {word}.")
    if log.warnings:
        findings.because("review", f"NCCL printed {log.warnings} warnings or failures.")


def _values(findings: Findings, log: Log) -> None:
    """`#wrong` above 0 fails; where data was not compared (`N/A`, validation 0), the bandwidths alone are known."""
    halves = [half for row in log.rows for half in (row.out_of_place, row.in_place)]
    counted = log.layout != "old"  # the old `error` is a deviation that only the footer judges
    wrong = [half for half in halves if counted and half.wrong]
    if wrong:
        _say(findings, "values", "fail", f"{len(wrong)} of {len(halves)} with wrong values")
        findings.because("hold", f"#wrong is above 0 in {len(wrong)} of {len(halves)} results.")
    validation = _VALIDATION.search(log.headers[0]) if log.headers else None
    if any(not half.checked for half in halves) or (validation is not None and int(validation[1]) == 0):
        findings.because("review", "The run did not check its data (validation off or N/A): only speed was measured.")
    elif halves and not wrong:
        _say(findings, "values", "pass")


def _rows(findings: Findings, log: Log) -> None:
    if log.odd:
        _say(findings, "rows", "not_run", f"{len(log.odd)} not understood")
        findings.because("review", f"{len(log.odd)} result rows are not understood, first {log.odd[0].split()[:3]}.")
    if not log.rows:
        _say(findings, "rows", "not_run", "no row")
        findings.because("review", "The file has no result row.")
        return
    if any(_unmeasured(half) for row in log.rows for half in (row.out_of_place, row.in_place)):
        _say(findings, "rows", "not_run", "a bandwidth is no number")
        findings.because("review", "A bandwidth in the rows is no number.")
    _sizes(findings, log)
    _average(findings, log)


def _unmeasured(half: Half) -> bool:
    return half.busbw is None


def _sizes(findings: Findings, log: Log) -> None:
    asked = _MAX_BYTES.search(log.headers[0]) if log.headers else None
    if asked is None:
        findings.because("review", "The header is missing: the sizes asked for are not known.")
        return
    largest = max(row.size for row in log.rows)
    if largest < int(asked[1]) * SHORT_OF_LARGEST:
        _say(findings, "sizes", "not_run", f"up to {largest} of {asked[1]} bytes")
        findings.because("review", f"The rows end at {largest} bytes; {asked[1]} were asked for.")


def _average(findings: Findings, log: Log) -> None:
    values = [half.busbw for row in log.rows for half in (row.out_of_place, row.in_place) if half.busbw is not None]
    said = log.averages[0] if log.averages else None
    if said is None or not values:
        return
    mean = sum(values) / len(values)
    if abs(mean - said) > AVERAGE_TOLERANCE:
        findings.because("review", f"The average is {said:g} GB/s, that of the rows is {mean:.4f}: a row is missing.")


def _ranks(findings: Findings, log: Log) -> None:
    expected = findings.options.expect_ranks
    numbers = [rank.index for rank in log.ranks]
    if not numbers:
        findings.because("review", "The file lists no rank: it proves nothing about a given GPU.")
        if expected is not None:
            _say(findings, "ranks", "fail", f"0 of {expected}")
        return
    check_count(findings, "rank", expected, [label("rank", number) for number in numbers])
    if sorted(set(numbers)) != list(range(len(set(numbers)))):
        _say(findings, "ranks", "not_run", "rank numbers have gaps")
        findings.because("review", "The rank numbers have gaps.")
    if expected is not None and len(set(numbers)) != expected:
        _say(findings, "ranks", "fail", f"{len(set(numbers))} of {expected}")
    places = {(rank.host, rank.device, rank.group) for rank in log.ranks}
    if len(places) != len(log.ranks):
        findings.because("review", f"{len(log.ranks)} ranks run on {len(places)} GPUs.")
