"""The other tabs of a build's page: operations, tests, history, documents."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assembly.models import TestRun
from assembly.queries.builds import SignedRun, issues_of, runs_with_people, tests_of
from assembly.queries.history import actors_of, history_of
from assembly.queries.route import OperationState
from assembly.text import reasons_words
from assembly.views.event_lines import event_line
from assembly.views.racks import BuildPage, Context, tab_view
from assembly.views.words import MEANINGS, RESULTS, TEST_DISPOSITIONS, VERDICTS
from documents.kinds import KINDS
from inventory.models import Unit
from inventory.views.reading import page_of
from ledger.doors import new_key


@tab_view("operations")
def operations(page: BuildPage) -> Context:
    """The route with every attempt, who did and signed it, and the forms to start and to break off."""
    people = runs_with_people(page.build)
    may_run, may_amend = page.may("assembly.run_operation"), page.may("assembly.amend_run")
    current = page.route.current
    return {
        "operations": [
            _operation(state, people.get(state.operation.pk, []), may_amend) for state in page.route.operations
        ],
        "current": current.operation.number if current and may_run else None,
        "start_url": page.url("run_start", current.operation.number)
        if current and may_run and current.open_run is None and not current.missing_signs
        else "",
        "abort_url": page.url("run_abort", current.operation.number)
        if current and may_run and current.open_run
        else "",
        "key": new_key(),
    }


def _operation(state: OperationState, runs: list[SignedRun], may_amend: bool) -> dict[str, Any]:
    words = {
        "done": _("done"),
        "run": _("in progress"),
        "fail": _("failed"),
        "late": _("unsigned"),
        "swap": _("to be repeated"),
        "wait": _("waiting to start"),
    }
    operation = state.operation
    return {
        "number": operation.number,
        "name": operation.name,
        "instruction": operation.instruction,
        "centre": operation.work_centre,
        "minutes": operation.standard_minutes,
        "state": state.state,
        "word": words[state.state],
        "missing": ", ".join(str(MEANINGS[meaning]) for meaning in state.missing_signs),
        "runs": [_run(signed, state, may_amend) for signed in runs],
    }


def _run(signed: SignedRun, of: OperationState, may_amend: bool) -> dict[str, Any]:
    run, amendment = signed.run, signed.amendment
    state, word = RESULTS.get(run.result or "", ("run", _("in progress")))
    if amendment is not None:
        state, word = "void", _("corrected: void")
    latest = of.latest is not None and of.latest.pk == run.pk
    measured = bool(of.operation.fields.all()) and run.result in ("pass", "fail") and not of.read_in
    return {
        "attempt": run.attempt,
        "state": state,
        "word": word,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "by": signed.starter.name,
        "station": run.station,
        "note": run.note,
        "signs": [
            {
                "words": f"{MEANINGS[row.meaning]} {row.user.name} {timezone.localtime(row.at):%m/%d %H:%M}",
                "void": amendment is not None,
                "hash": row.shown_hash[:12],
            }
            for row in signed.signatures
        ],
        "amended": {"why": amendment.reason, "by": amendment.amended_by.name, "at": amendment.at}
        if amendment
        else None,
        "amend_url": reverse("run_amendment", args=[run.pk]) if may_amend and latest and measured else "",
    }


@tab_view("tests")
def tests(page: BuildPage) -> Context:
    """Test runs of the build and of what is inside, newest first."""
    rows = page_of(page.request, tests_of(page.build))
    return {"runs": [_test(run) for run in rows], "page": rows}


def _test(run: TestRun) -> dict[str, Any]:
    verdict, verdict_word = VERDICTS[run.verdict]
    disposition, disposition_word = TEST_DISPOSITIONS[run.disposition]
    return {
        "number": run.pk,
        "url": _address("test_run", run.pk),
        "test": " ".join(part for part in (run.tool, run.variant) if part),
        "entity": run.unit.name,
        "station": run.station,
        "at": run.at,
        "verdict": verdict,
        "verdict_word": verdict_word,
        "disposition": disposition,
        "disposition_word": disposition_word,
        "reason": reasons_words(run.reasons[:2]),
        "void": False,
        "file": run.file_name,
        "file_url": _address("raw_file", run.pk),
    }


def _address(name: str, *arguments: Any) -> str:
    """An address, or nothing where no page of that name exists."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


@tab_view("history")
def history(page: BuildPage) -> Context:
    """Every event of the build, its unit and the units inside, newest first, in words."""
    rows = page_of(page.request, history_of(page.build))
    events = list(rows)
    units = {event.subject_id for event in events if event.subject_type == "inventory.unit"}
    hosts = {event.payload["host_id"] for event in events if event.payload.get("host_id")}
    names = {unit.pk: unit.name for unit in Unit.objects.filter(pk__in=units | hosts)}
    actors = actors_of(events)
    lines = [event_line(event, actors, names, page.build.unit_id) for event in events]
    return {"events": lines, "page": rows}


@tab_view("documents")
def documents(page: BuildPage) -> Context:
    """Papers issued about the build, copies to read, and issues to hand over."""
    language = get_language() or "ja"
    tag = page.build.unit.tag
    kinds = [kind for kind in KINDS.values() if kind.name in _PAPERS.get(page.build.design.kind, ())]
    may_issue = page.may("documents.issue")
    newest: set[tuple[str, str]] = set()
    sheets = []
    for paper in issues_of(page.build):
        key = (paper.kind, paper.language)
        title = KINDS[paper.kind].title(language) if paper.kind in KINDS else paper.kind
        sheets.append(
            {
                "title": f"{title} ({paper.language})",
                "url": reverse("issued_file", args=[paper.verify_code]),
                "issue": paper.revision,
                "issued_at": paper.issued_at,
                "by": paper.issued_by.name,
                "state": "void" if key in newest else "seal",
                "word": _("replaced") if key in newest else "",
                "verify_url": reverse("verify", args=[paper.verify_code]),
            }
        )
        newest.add(key)
    return {
        "sheets": sheets,
        "pressable": [
            {"title": kind.title(language), "url": reverse("document_copy", args=[kind.name, tag])}
            for kind in kinds
            if page.may(kind.right)
        ],
        "issuable": [
            {"title": kind.title(language), "url": reverse("document_issue", args=[kind.name, tag]), "key": new_key()}
            for kind in kinds
            if may_issue
        ],
    }


_PAPERS = {
    "rack": ("traveller", "as-built", "certificate", "unit-label"),
    "tray": ("traveller", "certificate", "unit-label"),
}
"""Papers that a build of a kind may have."""
