"""A product with three plain operations, and the acts of its attempts at their own times; a second reckoning of yields.

Operation 10 and 30 record a value x (0 to 10), 20 needs a file of HPL. Everything goes through operations.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.operations.pins import check_pin
from assembly.models import Amendment, Build, BurnInRun, Nonconformity, OperationRun, ReferenceMark, TestRun
from assembly.operations.amendments import amend_run
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.designs import SlotSpec, release_design
from assembly.operations.nonconformities import dispose_nonconformity, report_nonconformity
from assembly.operations.routings import FieldSpec, OperationSpec, release_routing
from assembly.operations.runs import RecordedValue, abort_run, finish_run, start_run
from assembly.operations.test_runs import import_test_log
from documents import files
from tests.assembly.test_logs.test_other_tools import hpl
from tests.cast import PIN, a_caller, person
from tests.world import a_location, a_part

PRODUCT = "BLADE"
GOOD, BAD, CUT = hpl(), hpl("FAILED", 0, 1), hpl().split("||Ax")[0]
_count = itertools.count(1)


def jst(day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """A moment of November 2026 in Satsumasendai."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=UTC) - timedelta(hours=9)


def a_product(revision: str = "A") -> None:
    """The product's routing and design in a revision; design BLADE-A, BLADE-B …"""
    a_location("STORE", "store")
    if revision == "A":
        a_part(PRODUCT, kind="tray", level="tray")
        a_part("PLATE")
    x = FieldSpec("x", "値", "Value", "mm", Decimal(0), Decimal(10))
    operations = [
        OperationSpec(
            10, "測定", "Measure", "measure", "WC", "tray_build", 5, signs=(), fields=(x,), slot_kinds=("board",)
        ),
        OperationSpec(20, "試験", "Test", "test", "WC", "tray_test", 5, signs=(), required_tools=("hpl",)),
        OperationSpec(30, "終検", "Look", "measure", "WC", "tray_test", 5, signs=(), fields=(x,)),
    ]
    release_routing(caller=a_caller("plan"), code=PRODUCT, revision=revision, operations=operations, reentry=[])
    release_design(
        caller=a_caller("plan"), code=f"{PRODUCT}-{revision}", kind="tray", part_number=PRODUCT, revision="A",
        routing_code=PRODUCT, routing_revision=revision, rack_model="", unit_prefix="BL",
        slots=[SlotSpec("p1", "board", "PLATE", required=False)],
    )  # fmt: skip


def a_blade(at: datetime, revision: str = "A") -> Build:
    """One unit of it, just begun."""
    start = BuildStart(f"{PRODUCT}-{revision}", location_code="STORE")
    return start_build(caller=a_caller("plan", at=at), start=start)


@dataclass
class Life:
    """One unit's attempts, told one after the other; each act takes its moment."""

    build: Build

    def begin(self, number: int, at: datetime, station: str = "") -> OperationRun:
        return start_run(caller=a_caller("mei", at=at, station=station), build_id=self.build.pk, number=number)

    def file(self, content: str, at: datetime) -> TestRun:
        text = f"{content}\n# {next(_count)}\n"
        return import_test_log(
            caller=a_caller("kenji", at=at), file_sha256=files.put(text.encode()), file_name="hpl.txt",
            unit=self.build.unit.tag,
        )  # fmt: skip

    def end(self, number: int, at: datetime, x: str = "5") -> OperationRun:
        values = [] if number == 20 else [RecordedValue("x", x)]
        return finish_run(caller=a_caller("mei", at=at), build_id=self.build.pk, number=number, values=values)

    def run(self, number: int, at: datetime, x: str = "5", *, minutes: int = 10, content: str = GOOD) -> OperationRun:
        """Begun so many minutes before, ended at that moment."""
        self.begin(number, at - timedelta(minutes=minutes))
        if number == 20:
            self.file(content, at)
        return self.end(number, at, x)

    def off(self, number: int, at: datetime) -> None:
        abort_run(caller=a_caller("mei", at=at), build_id=self.build.pk, number=number, reason="中断")

    def amend(self, run: OperationRun, x: str, at: datetime) -> OperationRun:
        check = check_pin(person("mei"), PIN, at=at).pk
        values = [RecordedValue("x", x)]
        return amend_run(
            caller=a_caller("mei", at=at), run_id=run.pk, values=values, reason="読み違い", pin_check_id=check
        )

    def report(self, at: datetime, cause: str = "") -> Nonconformity:
        return report_nonconformity(caller=a_caller("mei", at=at), serial=self.build.unit.tag, text="傷", cause=cause)

    def dispose(self, at: datetime, disposition: str = "retest", repeats: Iterable[int] = (), cause: str = "") -> None:
        """Whatever is undecided."""
        for report in Nonconformity.objects.filter(build=self.build, disposition=None, closed_at=None).order_by("pk"):
            check = check_pin(person("tanaka"), PIN, at=at).pk
            dispose_nonconformity(
                caller=a_caller("tanaka", at=at), number=report.number, disposition=disposition, reason="判定",
                pin_check_id=check, repeats=list(repeats), cause=cause,
            )  # fmt: skip


def a_life(at: datetime, revision: str = "A") -> Life:
    """A fresh unit."""
    return Life(a_blade(at, revision))


def recount(first: datetime, before: datetime) -> dict[tuple[str, str, int], tuple[int, int]]:
    """(part, routing revision, operation) → first attempts that ended from `first` to before `before`, and how many
    passed: in plain Python, unit by unit, from the rows alone."""
    found: dict[tuple[str, str, int], tuple[int, int]] = {}
    for build in Build.objects.select_related("unit__part", "design__routing").order_by("pk"):
        for step in build.design.routing.operations.order_by("number"):
            for ended, verdict in _lives(build, list(build.runs.filter(operation=step).order_by("attempt"))):
                if verdict is None:
                    continue
                if first <= ended < before:
                    key = (build.unit.part.number, build.design.routing.revision, step.number)
                    n, passed = found.get(key, (0, 0))
                    found[key] = (n + 1, passed + verdict)
                break  # the first that counts is the only one that counts, in whichever period
    return found


def _lives(build: Build, runs: list[OperationRun]) -> Iterable[tuple[datetime, bool | None]]:
    """Each piece of work with its corrections: when it ended, and whether it passed (None: it does not count)."""
    replaced = dict(Amendment.objects.filter(amended__in=runs).values_list("amended_id", "run_id"))
    by_pk = {run.pk: run for run in runs}
    for run in runs:
        if run.pk in replaced.values():
            continue
        chain = [run]
        while chain[-1].pk in replaced:
            chain.append(by_pk[replaced[chain[-1].pk]])
        ended = run.finished_at or build.unit.ended_at
        if ended is None:
            continue
        yield ended, _verdict(build, run, [one.result or "aborted" for one in chain])


def _verdict(build: Build, run: OperationRun, results: list[str]) -> bool | None:
    for mark in ReferenceMark.objects.filter(unit_id=build.unit_id):
        if mark.event_id < run.started_event_id and not (
            mark.ended_event_id and mark.ended_event_id < run.started_event_id
        ):
            return None
    bad = any(result in ("fail", "conditional") for result in results)
    for test in TestRun.objects.filter(run=run):
        bad |= test.verdict == "fail" or test.disposition in ("hold", "reject")
        bad |= test.verdict == "warn" and test.disposition != "accept"
    for burn_in in BurnInRun.objects.filter(run=run):
        standing = [alarm for alarm in burn_in.alarms.all() if alarm.cleared_at is None]
        bad |= burn_in.verdict == "fail" or (burn_in.verdict == "aborted" and bool(standing))
    for event in Nonconformity.objects.filter(build=build).values_list("opened_event_id", flat=True):
        bad |= run.started_event_id < event and (run.finished_event_id is None or event < run.finished_event_id)
    return False if bad else None if results[0] == "aborted" else True
