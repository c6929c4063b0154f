"""Importing testers' files: the raw file by its hash, then what it says, by one set-based step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from assembly.models import Build, DispositionRules, LimitSet, TestRun
from assembly.operations import configuration, reported_gpus
from assembly.operations.nonconformities import Finding, open_many
from assembly.operations.runs import lock_builds
from assembly.operations.test_rows import clean, firmware_of, store_observations, store_results
from assembly.queries.column_maps import maps_in_use
from assembly.queries.dispositions import rules_in_force
from assembly.queries.limits import JudgingLimits, limits_in_force
from assembly.queries.tests import Standing, gpu_positions_of, names_of, standings_of
from assembly.test_logs.archives import HEAD, is_archive
from assembly.test_logs.column_map import ColumnMap, folded
from assembly.test_logs.read import read_test_log, read_tree
from assembly.test_logs.redfish_tree import Tree, tree_of_archive
from assembly.test_logs.result import ROWS_LIMIT, ReadOptions, TestLog, Unreadable
from assembly.test_logs.text import SIZE_LIMIT
from assembly.text import reader_words
from documents.files import FileAbsent, get, open_file, size_of
from documents.operations.filing import register_files
from inventory.operations.finding import find_unit_ids, lock_units, one_unit_id, refuse_ended
from inventory.operations.placements import UnitNotHere
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal

MEDIA_TYPES = {
    **dict.fromkeys(("dcgm-diag", "dcgm-mndiag", "fio", "smartctl", "openhtf"), "application/json"),
    **dict.fromkeys(("nccl-tests", "hpl", "stress-ng", "ipmi-sel", "kernel-log", "nvbandwidth"), "text/plain"),
    "nvidia-smi": "application/xml",
    "nvidia-smi-csv": "text/csv",
    "ocp-diag": "application/jsonl",
    "plant-csv": "text/csv",
    "redfish": "application/zip",
}
STOPPED = ("reject", "hold")
TELLING = ("nvidia-smi", "redfish")
"""Tools whose files tell what sits where."""


class FileNotStored(Refusal):
    """No file of that hash is in the store."""


class FileTooBig(Refusal):
    """The file is larger than any tester's."""


class FileOfAnotherUnit(Refusal):
    """The file names another unit as the one that was tested."""


class FileNotUnderstood(Refusal):
    """The file is not what a tester writes, or is damaged: it proves nothing."""


class ImportedTwice(Refusal):
    """The same file was imported for the same unit at the same moment."""


@dataclass(frozen=True, slots=True)
class TestLogImport:
    """A stored file to read for a unit (tag, PART:SERIAL or serial), the tool's exit code where it is known, and the
    number of GPUs that must be in it (None: as many as the unit's boards have places for)."""

    __test__ = False

    file_sha256: str
    file_name: str
    unit: str
    exit_code: int | None = None
    expect_gpus: int | None = None
    happened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Job:
    """A file that was read, and where its unit stands."""

    row: TestLogImport
    unit_id: int
    log: TestLog
    standing: Standing
    size: int
    packed: bool
    limits: LimitSet | None


@operation(permission="assembly.import_test_log", returns=TestRun)
def import_test_log(
    *,
    caller: Caller,
    file_sha256: str,
    file_name: str,
    unit: str,
    exit_code: int | None = None,
    expect_gpus: int | None = None,
) -> TestRun:
    """Import one file that the door has put into the content store. The same file again for the unit gives the
    earlier test run. Locks the builds around the unit, then the unit and its boards.

    Refuses FileNotStored, FileTooBig, FileNotUnderstood, FileOfAnotherUnit, UnknownSerial, AmbiguousSerial,
    UnitNotHere, UnitEnded."""
    return import_many(caller, [TestLogImport(file_sha256, file_name, unit, exit_code, expect_gpus)])[0]


@operation(permission="assembly.import_test_log")
def import_test_logs(*, caller: Caller, rows: list[TestLogImport]) -> dict[str, list[int]]:
    """Import many files, all or none; refuses as import_test_log does. Gives the test runs in order of the rows."""
    return {"test_runs": [run.pk for run in import_many(caller, rows)]}


def import_many(caller: Caller, rows: Sequence[TestLogImport]) -> list[TestRun]:
    """Step: read files and write what they say, set-based. A file that is known for its unit gives its earlier run.

    Archives are read before anything is locked: one may take half a minute. Locks builds, then units with their boards,
    by key."""
    hits = find_unit_ids([row.unit for row in rows])
    ids = [one_unit_id(row.unit, hits[row.unit]) for row in rows]
    trees = _trees_of(rows, ids)
    builds = lock_builds({pk for standing in standings_of(ids).values() for pk in standing.build_ids})
    gpus = gpu_positions_of(ids)
    boards = reported_gpus.boards_of(ids)
    here = lock_units({*ids, *(board.unit_id for board in boards)})
    standings = standings_of(ids)  # read again: under the locks
    for unit_id in ids:
        refuse_ended(here[unit_id].unit)
        _refuse_away(standings[unit_id])

    known = _known_of(rows, ids)
    maps, names = maps_in_use(), names_of(ids)
    fresh = {(unit_id, row.file_sha256): row for row, unit_id in zip(rows, ids, strict=True)}
    disposed_by, rules = rules_in_force()
    limits = limits_in_force({here[unit_id].unit.part_id for unit_id in ids})
    jobs = [
        _read(
            row,
            unit_id,
            standings[unit_id],
            limits[here[unit_id].unit.part_id],
            replace(_options(row, gpus.get(unit_id, 0), names[unit_id], maps), rules=rules),
            trees.get(row.file_sha256),
        )
        for (unit_id, sha256), row in fresh.items()
        if (unit_id, sha256) not in known
    ]
    for run in _write(caller, jobs, builds, disposed_by):
        known[run.unit_id, run.file_sha256] = run
    units = reported_gpus.bear_reported(caller, [(job.unit_id, job.log) for job in jobs], boards)
    runs = [known[job.unit_id, job.row.file_sha256] for job in jobs]
    store_results([(run.pk, job.log) for run, job in zip(runs, jobs, strict=True)])
    store_observations([(run.pk, job.log) for run, job in zip(runs, jobs, strict=True)], units)
    if any(job.log.tool in TELLING for job in jobs):
        configuration.note(caller, [build for build in builds.values() if build.design.kind == "rack"])
    _open_nonconformities(caller, jobs, runs, builds)
    return [known[unit_id, row.file_sha256] for row, unit_id in zip(rows, ids, strict=True)]


def _known_of(rows: Sequence[TestLogImport], ids: Sequence[int]) -> dict[tuple[int, str], TestRun]:
    earlier = TestRun.objects.filter(unit_id__in=ids, file_sha256__in=[row.file_sha256 for row in rows])
    return {(run.unit_id, run.file_sha256): run for run in earlier}


def _refuse_away(standing: Standing) -> None:
    if standing.is_here:
        return
    raise UnitNotHere(
        _("%(unit)s is not in the plant.") % {"unit": standing.name},
        true=_("Nothing was recorded."),
        do=_("Check which unit the file is about."),
    )


def _options(row: TestLogImport, gpus: int, names: frozenset[str], maps: tuple[ColumnMap, ...]) -> ReadOptions:
    return ReadOptions(
        exit_code=row.exit_code,
        expect_gpus=row.expect_gpus if row.expect_gpus is not None else gpus or None,
        expect_ranks=gpus or None,
        column_maps=maps,
        duts=names,
    )


def _read(
    row: TestLogImport,
    unit_id: int,
    standing: Standing,
    limits: Sequence[JudgingLimits],
    given: ReadOptions,
    tree: Tree | None,
) -> _Job:
    by_tool = {
        tool: found
        for tool in {one.limit_set.tool for one in limits}
        if (found := _limits_of(tool, standing, limits)) is not None
    }
    options = replace(given, limits_by_tool={tool: one.limits for tool, one in by_tool.items()})
    content = b"" if tree is not None else _content(row.file_sha256)
    try:
        if tree is not None:
            log = read_tree(tree, name=row.file_name, sha256=row.file_sha256, options=options)
        else:
            log = read_test_log(content, name=row.file_name, options=options)
        if len(log.results) + len(log.measurements) > ROWS_LIMIT or len(log.entities) > ROWS_LIMIT:
            raise Unreadable(f"The file holds more than {ROWS_LIMIT} results.")
    except Unreadable as unread:
        raise _not_understood(row, unread) from unread
    _refuse_another(log, unit_id, standing.name, options.duts)
    judged_by = by_tool[log.tool].limit_set if log.tool in by_tool else None
    size = len(content) if tree is None else size_of(row.file_sha256)
    return _Job(row, unit_id, log, standing, size, _head(row.file_sha256).startswith(b"\x1f\x8b"), judged_by)


def _not_understood(row: TestLogImport, unread: Unreadable) -> FileNotUnderstood:
    return FileNotUnderstood(
        _("%(file)s is not understood: %(why)s") % {"file": clean(row.file_name, 80), "why": reader_words(str(unread))},
        true=_("The file is kept; nothing was recorded from it."),
        do=_("Save the tester's output again and send that file."),
    )


def _trees_of(rows: Sequence[TestLogImport], ids: Sequence[int]) -> dict[str, Tree]:
    """The readouts among the files that are not known yet, by hash. Refuses FileNotStored, FileNotUnderstood."""
    archives = [(row, pk) for row, pk in zip(rows, ids, strict=True) if is_archive(_head(row.file_sha256))]
    known = _known_of([row for row, _pk in archives], [pk for _row, pk in archives]) if archives else {}
    fresh = {row.file_sha256: row for row, pk in archives if (pk, row.file_sha256) not in known}
    found: dict[str, Tree] = {}
    for sha256, row in fresh.items():
        try:
            with open_file(sha256) as file:
                found[sha256] = tree_of_archive(file)
        except Unreadable as unread:
            raise _not_understood(row, unread) from unread
    return found


def _head(sha256: str) -> bytes:
    """How a stored file begins. Refuses FileNotStored."""
    try:
        with open_file(sha256) as file:
            return file.read(HEAD)
    except FileAbsent:
        raise _absent() from None


def _limits_of(tool: str, standing: Standing, limits: Sequence[JudgingLimits]) -> JudgingLimits | None:
    """The limits of the operation that waits for the tool's file; else those of whichever operation runs."""
    running = standing.run_for(tool)
    asked = [running.number if running else None, None]
    fitting = {one.limit_set.operation: one for one in limits if one.limit_set.tool == tool}
    return next((fitting[number] for number in asked if number in fitting), None)


def _refuse_another(log: TestLog, unit_id: int, name: str, names: frozenset[str]) -> None:
    """A record that names its unit proves nothing about another. A name that nobody knows is told in the reasons."""
    said = {one.serial for one in log.entities if one.kind == "dut" and one.serial is not None}
    strange = sorted(text for text in map(folded, said) if text not in names and text.isascii() and text.isprintable())
    for text, hits in (find_unit_ids(strange) if strange else {}).items():
        if hits and unit_id not in hits:
            raise FileOfAnotherUnit(
                _("The file is about %(said)s, not about %(unit)s.") % {"said": text[:60], "unit": name},
                true=_("Nothing was recorded."),
                do=_("Send it for the unit that it names."),
            )


def _content(sha256: str) -> bytes:
    try:
        size = size_of(sha256)
        if size <= SIZE_LIMIT:
            return get(sha256)
    except FileAbsent:
        raise _absent() from None
    raise FileTooBig(
        _("The file has %(size)d MB; the limit is %(limit)d MB.")
        % {"size": size // 1024 // 1024, "limit": SIZE_LIMIT // 1024 // 1024},
        true=_("Nothing was recorded."),
        do=_("Send the tester's own output, one file a run."),
    )


def _absent() -> FileNotStored:
    return FileNotStored(
        _("No file of that hash is in the store."), true=_("Nothing was recorded."), do=_("Send the file again.")
    )


def _write(
    caller: Caller, jobs: Sequence[_Job], builds: dict[int, Build], disposed_by: DispositionRules | None
) -> list[TestRun]:
    """The stored files' rows, one event a file, the test runs."""
    if not jobs:
        return []
    register_files(caller, [_filed(job) for job in jobs])
    drafts = [_run(caller, job, builds) for job in jobs]
    events = record_many(
        caller,
        "assembly.test-imported",
        [
            Happening(
                ("inventory.unit", job.unit_id),
                {**_told(run, job.log), "rules": str(disposed_by) if disposed_by else ""},
                happened_at=job.row.happened_at,
            )
            for run, job in zip(drafts, jobs, strict=True)
        ],
    )
    for run, event in zip(drafts, events, strict=True):
        run.event_id, run.rules = event, disposed_by
    return TestRun.objects.bulk_create(drafts, batch_size=1_000)


def _filed(job: _Job) -> tuple[str, int, str, str]:
    media_type = "application/gzip" if job.packed else MEDIA_TYPES.get(job.log.tool, "application/octet-stream")
    return job.row.file_sha256, job.size, media_type, clean(job.row.file_name, 200)


def _run(caller: Caller, job: _Job, builds: dict[int, Build]) -> TestRun:
    open_run = job.standing.run_for(job.log.tool)
    own = next((pk for pk in job.standing.build_ids if pk in builds), None)
    return TestRun(
        unit_id=job.unit_id,
        build_id=own,
        run_id=open_run.run_id if open_run else None,
        station=caller.station,
        tool=job.log.tool,
        tool_version=clean(job.log.tool_version or "", 100),
        variant=clean(job.log.variant or "", 100),
        file_sha256=job.row.file_sha256,
        file_name=clean(job.row.file_name, 200),
        exit_code=job.row.exit_code,
        verdict=job.log.verdict,
        disposition=job.log.disposition,
        reasons=[clean(reason, 500) for reason in job.log.reasons[:200]],
        firmware=firmware_of(job.log),
        limit_set=job.limits,
        at=min(job.row.happened_at or caller.happened_at, caller.at),
    )


def _told(run: TestRun, log: TestLog) -> dict[str, object]:
    return {
        "tool": run.tool,
        "version": run.tool_version,
        "file": run.file_name,
        "sha256": run.file_sha256,
        "exit_code": run.exit_code,
        "verdict": run.verdict,
        "disposition": run.disposition,
        "reasons": run.reasons,
        "firmware": run.firmware,
        "limits": str(run.limit_set) if run.limit_set else "",
        "build": run.build_id,
        "run": run.run_id,
        "entities": len(log.entities),
    }


def _open_nonconformities(
    caller: Caller, jobs: Sequence[_Job], runs: Sequence[TestRun], builds: dict[int, Build]
) -> None:
    """For files that stop the unit and that no open run waits for; where one does, its end judges them (judging)."""
    findings = []
    for job, run in zip(jobs, runs, strict=True):
        open_run = job.standing.run_for(run.tool)
        awaited = open_run is not None and run.tool in open_run.tools
        build = _stopped_build(job.standing, open_run.build_id if open_run else None, builds)
        if run.disposition in STOPPED and not awaited and build is not None:
            text = f"{run.tool}: {'; '.join(run.reasons[:5])}"
            findings.append(Finding(build, job.unit_id, text[:1_000], None, "TEST"))
    open_many(caller, findings)


def _stopped_build(standing: Standing, running: int | None, builds: dict[int, Build]) -> Build | None:
    """The build that a bad file stops: the one at work, else the innermost that is not complete, else the innermost."""
    around = [builds[pk] for pk in standing.build_ids if pk in builds]
    working = [build for build in around if build.pk == running] or [b for b in around if b.completed_at is None]
    return next(iter((*working, *around)), None)


wall(
    "file_is_imported_once_for_a_unit",
    lambda: ImportedTwice(
        _("This file was imported for this unit at the same moment."), true=_("It is recorded once.")
    ),
)
