"""The facts of a test and burn-in certificate (試験・エージング成績書)."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from assembly.documents import certificate_sheet as sheet
from assembly.models import Build, Nonconformity, OperationRun, Signature
from assembly.queries.certificate_files import files_of, files_of_build
from assembly.queries.certificate_soaks import soaks_of
from assembly.queries.route import OperationState, Route, routes_of
from assembly.queries.sheets_burn_in import soak_facts
from assembly.queries.sheets_facts import amendments_of, build_of_sheet, identity_of, latest_of, signatures_of, stamp
from assembly.queries.sheets_steps import readings_of, reports_of, wants_of
from assembly.queries.traveller import MEANINGS, signature_row
from assembly.text import report_words
from documents.paper import Stamp
from documents.words import PLANT_NAME, Plant, Words

PLANT = Plant(PLANT_NAME, Words("品質保証部", "Quality assurance"))
TESTED = ("measure", "firmware", "test", "configuration", "burn_in")
"""Kinds of operations that a certificate is about."""


def certificate_sheet(build_id: int) -> sheet.CertificateSheet:
    """Every fact of a build's certificate; the number of queries does not grow with what was tested. Raises
    Build.DoesNotExist.

    The verdict is that of the route: every operation that tests is done and signed, every burn-in that counts was
    judged from stored samples, and no nonconformity waits for its decision. What is missing is named."""
    build = build_of_sheet(build_id)
    latest = latest_of(build)
    route = routes_of([build])[build.pk]
    tested = [state for state in route.operations if state.operation.kind in TESTED]
    runs = {run.pk: run for state in tested for run in state.runs}
    signatures = [one for one in signatures_of(build) if one.run_id in runs]
    reports = reports_of(build.pk)
    soak = soak_facts(build.pk)
    at = max(filter(None, (latest.at, soak.latest)))
    soaks = soaks_of(soak, at)
    files = files_of(build)
    verdict, missing = _verdict(route, tested, soaks)
    return sheet.CertificateSheet(
        **{**identity_of(build), "plant": PLANT},
        kind=build.design.kind,
        routing=str(build.design.routing),
        verdict=verdict,
        missing=missing,
        operations=_operations(tested, reports, {row.amended_id for row in amendments_of(build)}),
        files=files.rows,
        readings=tuple(row for pk, rows in readings_of(build.pk).items() if pk in runs for row in rows),
        values=files.values,
        faults=files.faults,
        faults_more=files.faults_more,
        soaks=soaks,
        signatures=tuple(map(signature_row, signatures)),
        stamps=_stamps(signatures),
        at=at,
        record=latest.record,
    )


def has_evidence(build: Build) -> bool:
    """Whether anything of a build was tested: a certificate about nothing is none. Two queries at most."""
    runs = OperationRun.objects.filter(build=build, operation__kind__in=TESTED)
    return runs.exists() or files_of_build(build).exists()


NOTHING = Words("試験の記録がありません", "nothing was tested")
STATES: dict[str, Words] = {
    "run": Words("作業中", "in progress"),
    "late": Words("署名待ち", "waits for a signature"),
    "fail": Words("不合格", "failed"),
    "swap": Words("再実施待ち", "must be done again"),
    "wait": Words("未実施", "not done"),
    "unjudged": Words("サンプルなし・未判定", "no samples: not judged"),
}
CORRECTED = Words("測定値の訂正", "a value was corrected")
NO_WORDS = Words("", "")


def _verdict(
    route: Route, tested: Sequence[OperationState], soaks: Sequence[sheet.SoakRow]
) -> tuple[str, tuple[Words, ...]]:
    """`verdict` and `missing` of the sheet."""
    judged = {(soak.step, soak.attempt) for soak in soaks if soak.samples and soak.verdict == "pass"}
    states = {state.operation.pk: _state(state, judged) for state in tested}
    missing = [
        _operation_words(state, STATES[states[state.operation.pk]])
        for state in tested
        if states[state.operation.pk] != "done"
    ]
    missing += [
        Words(f"不適合 {report.number} 未処置", f"nonconformity {report.number} waits for its disposition")
        for report in route.open_nonconformities
        if report.disposition is None
    ]
    if not tested:
        missing.append(NOTHING)
    failed = "fail" in states.values()
    return "fail" if failed else "" if missing else "pass", tuple(missing)


def _state(state: OperationState, judged: set[tuple[str, int]]) -> str:
    """As the route says; but a burn-in is done only by a verdict from stored samples."""
    counting = state.counting
    if state.is_done and state.operation.kind == "burn_in" and counting is not None:
        return "done" if (str(state.operation.number), counting.attempt) in judged else "unjudged"
    return state.state


def _operation_words(state: OperationState, what: Words) -> Words:
    one = state.operation
    return Words(f"{one.number} {one.name_ja}: {what.ja}", f"{one.number} {one.name_en}: {what.en}")


def _operations(
    tested: Sequence[OperationState], reports: Sequence[Nonconformity], amended: set[int]
) -> tuple[sheet.OperationRow, ...]:
    """Every attempt in the order it was begun. One query."""
    pairs = [(run, state) for state in tested for run in state.runs]
    pairs.sort(key=lambda pair: (pair[0].started_event_id, pair[0].pk))
    people = User.objects.in_bulk({run.started_by_id for run, _state in pairs})
    return tuple(_operation(run, state, people[run.started_by_id], reports, amended) for run, state in pairs)


def _operation(
    run: OperationRun, state: OperationState, starter: User, reports: Sequence[Nonconformity], amended: set[int]
) -> sheet.OperationRow:
    counts = state.counting is not None and state.counting.pk == run.pk
    report = None if counts else _behind(run, state, reports)
    return sheet.OperationRow(
        number=str(state.operation.number),
        name=Words(state.operation.name_ja, state.operation.name_en),
        attempt=run.attempt,
        station=run.station,
        started_at=run.started_at,
        finished_at=run.finished_at,
        result=run.result or "",
        operator=starter.family_name,
        counts=counts,
        why=_why(run, report, amended),
        report=report.number if report else "",
    )


def _behind(run: OperationRun, state: OperationState, reports: Sequence[Nonconformity]) -> Nonconformity | None:
    """The nonconformity that an attempt led to, else the first rework after it that wants it again."""
    own = next((report for report in reports if report.run_id == run.pk), None)
    demanding = (
        report
        for report in reports
        for want in wants_of(report)
        if want["operation"] == state.operation.pk and want["event"] > run.started_event_id
    )
    return own or next(demanding, None)


def _why(run: OperationRun, report: Nonconformity | None, amended: set[int]) -> Words:
    if run.pk in amended:
        return CORRECTED
    if report is not None:
        return Words(report_words(report, "ja"), report_words(report, "en"))
    return Words(run.note, run.note)


def _stamps(signatures: Sequence[Signature]) -> tuple[Stamp, ...]:
    """The latest valid signature of each meaning at the operations that test; a box without one stays open."""
    valid = [one for one in signatures if not one.is_void]
    return tuple(stamp(MEANINGS[one.meaning], one.user, one.at) for one in valid)
