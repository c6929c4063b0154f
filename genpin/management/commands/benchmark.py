"""`manage.py benchmark [--json] [--only P1,P9] [--size S,M]`: waits beside their limits."""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from genpin.benchmarks import (
    kits,
    lead_times,
    notices,
    operations,
    pages,
    papers,
    plant,
    questions,
    readers,
    scans,
    start,
    telemetry,
)
from genpin.benchmarks.sized import RACKS, Sized, simulated

Row = dict[str, Any]


class Command(BaseCommand):
    """Each row measures ours and its limit in turn, in the same minutes: the ratio decides, absolute figures inform."""

    help = "Measure what users wait for beside its limit; writes bench.json."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the figures as JSON after the table")
        parser.add_argument("--only", default="", metavar="ROWS", help="comma-separated rows, such as P1,P9")
        parser.add_argument("--size", default="S,M", metavar="SIZES", help="simulated plants for P5-P7: S,M,L (S,M)")
        parser.add_argument("--out", default="bench.json", metavar="FILE", help="where the figures go (bench.json)")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {row.strip().upper() for row in options["only"].split(",") if row.strip()}
        unknown = wanted - set(ROWS)
        if unknown:
            raise CommandError(f"There is no row {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}.")
        sizes = [size.strip().upper() for size in options["size"].split(",") if size.strip()]
        if not sizes or set(sizes) - set(RACKS):
            raise CommandError(f"--size takes some of {', '.join(RACKS)}, separated by commas.")
        self.stdout.write(f"{'row':<5}{'ours':>16}{'limit':>16}{'ratio':>8}  goal")
        rows = []
        for row in measured(wanted or set(ROWS), sizes):
            rows.append(row)
            self.stdout.write(line_of(row))
            self.stdout.flush()
        report = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "commit": commit(),
            "safety": "fsync, synchronous_commit, constraints and triggers on",
            "rows": rows,
        }
        Path(options["out"]).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps(report))


def measured(wanted: set[str], sizes: list[str]) -> Iterator[Row]:
    """The rows wanted, each as it is done. Those that need a database share one, which is dropped afterwards."""
    if wanted & set(PLAIN):
        yield from _with_a_plant(wanted)
    if wanted & set(SIZED):
        yield from _with_simulated_plants(wanted, sizes)
    for name, measure in ALONE.items():
        if name in wanted:
            yield timed(measure)


def _with_a_plant(wanted: set[str]) -> Iterator[Row]:
    with plant.own_database() as url:
        bench = plant.a_bench(trays=4)
        script = operations.recorded(bench)
        if "P1" in wanted:
            yield timed(lambda: operations.measure(bench, url)) | {"dataset": plant.size()}
        if "P2" in wanted:
            yield timed(lambda: scans.measure(bench, url, script)) | {"dataset": plant.size()}
        if "P3" in wanted:
            yield timed(lambda: kits.measure(bench, url)) | {"dataset": plant.size()}
        if "P4" in wanted:
            yield timed(lambda: notices.measure(bench, url)) | {"dataset": plant.size()}
        if "P10" in wanted:
            yield timed(lambda: telemetry.measure(bench))


def _with_simulated_plants(wanted: set[str], sizes: list[str]) -> Iterator[Row]:
    """Each size in a database of its own, the smaller ones first: the next is compared with it."""
    smaller: dict[str, Any] = {}
    for size in sorted(set(sizes), key=lambda one: RACKS[one]):
        with simulated(size) as filled:
            for name in sorted(wanted & set(SIZED)):
                row = timed(partial(SIZED[name], filled, smaller))
                yield row
                if name == "P7":
                    smaller = row["pages"]


def timed(measure: Callable[[], Row]) -> Row:
    """The figures, and how long it took to get them."""
    begun = time.perf_counter()
    row = measure()
    return {**row, "measured_in_seconds": round(time.perf_counter() - begun, 1)}


def _papers() -> Row:
    figures = papers.measure()
    return {
        "row": "P8",
        "what": "a six-page traveller of a rack, sheet to pressed bytes",
        "per_second": figures["pages_per_second"],
        "limit": "bare ReportLab canvas drawing the same text and rules",
        "limit_per_second": figures["limit_pages_per_second"],
        "goal": "ratio >= 0.5; 500 of them flat in memory",
        "met": figures["ratio"] >= 0.5,
        **figures,
    }


ALONE: dict[str, Callable[[], Row]] = {
    "P8": _papers,
    "P9": lead_times.measure,
    "P11": readers.measure,
    "P13": start.measure,
}
SIZED: dict[str, Callable[[Sized, dict[str, Any]], Row]] = {
    "P5": lambda filled, _smaller: questions.measure_genealogy(filled),
    "P6": lambda filled, _smaller: questions.measure_recall(filled),
    "P7": pages.measure,
}
"""Rows that are measured in simulated plants, at every size asked for."""
PLAIN = ("P1", "P2", "P3", "P4", "P10")
ROWS = (*PLAIN, *SIZED, *ALONE)


def line_of(row: Row) -> str:
    """A row of the table."""
    ours, limit = (_figure(row, name) for name in ("", "limit_"))
    word = "met" if row["met"] else "MISSED"
    return f"{row['row']:<5}{ours:>16}{limit:>16}{row['ratio']:>8.2f}  {row['goal']}  {word}  ({row['what']})"


def _figure(row: Row, prefix: str) -> str:
    if f"{prefix}per_second" in row:
        return f"{row[f'{prefix}per_second']:,.1f} /s"
    return f"{row[f'{prefix}seconds']:,.3f} s"


def machine() -> dict[str, Any]:
    """What it was measured on: enough to compare, nothing that names the place."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text(encoding="utf-8").splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else ""
    return {
        "processor": model or platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def commit() -> str:
    """The commit measured, with a plus when files were changed; empty outside git."""
    git = ["git", "describe", "--always", "--dirty=+", "--abbrev=12"]
    answer = subprocess.run(git, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        print("no git here: bench.json names no commit", file=sys.stderr)
    return answer.stdout.strip()
