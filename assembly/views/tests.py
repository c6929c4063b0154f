"""Testers' files: sending them from a station, looking at what they said, the raw file."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.models import Observation, TestResult, TestRun
from assembly.operations.test_runs import import_test_log
from assembly.queries.tests import TestRunPage, earlier_import, latest_test_runs, test_run_page
from assembly.test_logs.text import SIZE_LIMIT
from assembly.text import reader_words, reasons_words
from assembly.uploads import store_log
from assembly.views.words import TEST_DISPOSITIONS, VERDICTS
from documents import files
from inventory.operations.finding import find_unit_ids
from ledger.doors import call_from_page, new_key
from ledger.refusals import Refusal

FILES_AT_ONCE = 40
"""Files in one form: two a tray of a rack."""

LEFT_SHOWN = 20
"""Refused files of the watched folder that the page lists."""

reads = permission_required("assembly.read", raise_exception=True)


@require_http_methods(["GET", "HEAD", "POST"])
@reads
@permission_required("assembly.import_test_log", raise_exception=True)
def test_upload(request: HttpRequest) -> HttpResponse:
    """The form that sends files, and what each of them said. One file, one call, one receipt."""
    answers: list[dict[str, Any]] = []
    if request.method == "POST":
        sent = request.FILES.getlist("files")[:FILES_AT_ONCE]
        answers = [_take(request, file, number) for number, file in enumerate(sent)]
        if not sent:
            answers = [_refused("–", Refusal(_("No file was chosen."), do=_("Choose the tester's files.")))]
    refused = any(answer["refused"] for answer in answers)
    context = {
        "unit": request.POST.get("unit", ""),
        "exit_code": request.POST.get("exit_code", ""),
        "key": new_key(),
        "limit_mb": SIZE_LIMIT // 1024 // 1024,
        "archive_mb": settings.UPLOAD_LIMIT // 1024 // 1024,
        "most": settings.UPLOAD_LIMIT,
        "station": request.session.get("station", ""),
        "answers": answers,
        "may_import": True,
        "latest": [_listed(run) for run in latest_test_runs()],
        "left": _refused_in_folder(),
    }
    return render(request, "assembly/test_upload.html", context, status=422 if refused else 200)


def _take(request: HttpRequest, file: UploadedFile[Any], number: int) -> dict[str, Any]:
    """Store a file, then import it; each file of a form has its own key."""
    name = (file.name or "")[:200]
    code = request.POST.get("exit_code", "").strip()
    if code and not (code.isascii() and code.isdecimal() and int(code) <= 255):
        return _refused(name, Refusal(_("The exit code is a whole number from 0 to 255."), do=_("Correct it.")))
    unit = request.POST.get("unit", "")[:200]
    try:
        sha256 = store_log(cast(IO[bytes], file))
        known = earlier_import(sha256, find_unit_ids([unit])[unit])
    except Refusal as refusal:
        return _refused(name, refusal)
    outcome = call_from_page(
        _keyed(request, number),
        import_test_log,
        file_sha256=sha256,
        file_name=name,
        unit=unit,
        exit_code=int(code) if code else None,
    )
    if outcome.refusal is not None:
        return _refused(name, outcome.refusal)
    return _answer(name, outcome.result, known is not None)


def _refused_in_folder() -> list[dict[str, Any]]:
    """The newest files that the watched folder refused and nobody has taken away: station, name, reason, time."""
    found = []
    for reason in (Path(settings.INBOX_FOLDER) / "refused").glob("*/*.txt"):
        with suppress(OSError):
            if reason.with_suffix("").is_file():
                found.append((reason.stat().st_mtime, reason))
    newest = sorted(found, reverse=True)[:LEFT_SHOWN]
    return [
        {
            "at": datetime.fromtimestamp(at, tz=UTC),
            "station": reason.parent.name,
            "file": reason.stem,
            "why": reason.read_text(encoding="utf-8", errors="replace")[:300].strip(),
        }
        for at, reason in newest
    ]


def _keyed(request: HttpRequest, number: int) -> HttpRequest:
    """The request with the key of its n-th file."""
    if number:
        post = request.POST.copy()
        post["key"] = f"{post.get('key', '')}:{number}" if post.get("key") else ""
        request.POST = post  # type: ignore[assignment]
    return request


def _answer(name: str, run: TestRun, known: bool) -> dict[str, Any]:
    state, word = TEST_DISPOSITIONS[run.disposition]
    told = _("Imported before; nothing was recorded.") if known else reasons_words(run.reasons[:3])
    return {
        "name": name,
        "state": state,
        "word": word,
        "detail": told,
        "url": reverse("test_run", args=[run.pk]),
        "refused": False,
    }


def _refused(name: str, refusal: Refusal) -> dict[str, Any]:
    return {
        "name": name,
        "state": "stop",
        "word": _("Not imported"),
        "detail": refusal.detail,
        "url": "",
        "refused": True,
    }


def _listed(run: TestRun) -> dict[str, Any]:
    return {
        "at": run.at,
        "unit": run.unit.name,
        "url": reverse("test_run", args=[run.pk]),
        "tool": run.tool,
        "verdict": VERDICTS[run.verdict],
        "disposition": TEST_DISPOSITIONS[run.disposition],
        "file": run.file_name,
    }


@require_GET
@reads
def test_run(request: HttpRequest, test_run_id: int) -> HttpResponse:
    """One test run: verdict and disposition apart, its reasons, what it measured and saw."""
    try:
        page = test_run_page(test_run_id)
    except TestRun.DoesNotExist:
        raise Http404 from None
    run = page.run
    context = {
        "test": {
            "tool": run.tool,
            "unit": run.unit.name,
            "unit_url": f"/units/{run.unit.tag}/",
            "file": run.file_name,
            "raw_url": reverse("raw_file", args=[run.pk]),
            "verdict": VERDICTS[run.verdict],
            "disposition": TEST_DISPOSITIONS[run.disposition],
            "at": run.at,
        },
        "facts": _facts(page),
        "reasons": [reader_words(reason) for reason in run.reasons],
        "results": [_result(row) for row in page.results],
        "readings": [_reading(row) for row in page.readings],
        "seen": [_seen(row) for row in page.observations],
    }
    return render(request, "assembly/test_run.html", context)


def _facts(page: TestRunPage) -> list[dict[str, Any]]:
    run = page.run
    operation = f"{run.run.operation.number} {run.run.operation.name} #{run.run.attempt}" if run.run else _("none")
    return [
        {"label": _("Tested unit"), "value": f"{run.unit.part.name} {run.unit.name}"},
        {"label": _("Build"), "value": run.build.order_number if run.build else _("none"), "code": bool(run.build)},
        {"label": _("Operation run"), "value": operation},
        {"label": _("Station"), "value": run.station or _("none")},
        {"label": _("Tool version"), "value": " ".join((run.tool_version, run.variant)).strip() or None},
        {"label": _("Exit code"), "value": None if run.exit_code is None else str(run.exit_code)},
        _judged_by(run),
        _disposed_by(run),
        {"label": "SHA-256", "value": run.file_sha256, "code": True},
    ]


def _judged_by(run: TestRun) -> dict[str, Any]:
    if run.limit_set is None:
        return {"label": _("Judged by"), "value": _("the tool's own verdicts only: the plant had no limits")}
    return {
        "label": _("Judged by"),
        "value": _("the tool, and test limits %(name)s") % {"name": run.limit_set},
        "url": reverse("limit_set", args=[run.limit_set_id]),
    }


def _disposed_by(run: TestRun) -> dict[str, Any]:
    if run.rules is None:
        return {"label": _("Disposed by"), "value": _("the shipped rules")}
    return {
        "label": _("Disposed by"),
        "value": _("disposition rules, revision %(revision)d") % {"revision": run.rules.revision},
        "url": f"{reverse('dispositions')}?revision={run.rules.revision}",
    }


def _result(row: TestResult) -> dict[str, Any]:
    state, word = VERDICTS.get(row.verdict, VERDICTS["none"])
    return {"entity": row.entity, "name": row.name, "state": state, "word": word}


def _reading(row: TestResult) -> dict[str, Any]:
    return {
        "entity": row.entity,
        "name": row.name,
        "value": row.value,
        "unit": row.unit,
        "low": row.low,
        "high": row.high,
    }


def _seen(row: Observation) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "index": "" if row.index is None else row.index,
        "uuid": row.uuid,
        "serial": row.serial,
        "slot": row.slot_number,
        "tray": row.tray_index,
        "module": row.module_id,
        "chassis": row.chassis_serial,
        "unit": row.unit.name if row.unit else "",
        "url": f"/units/{row.unit.tag}/" if row.unit else "",
    }


@require_GET
@reads
def raw_file(request: HttpRequest, test_run_id: int) -> FileResponse:
    """The tester's file, byte for byte, as a download: never shown in the page."""
    run = TestRun.objects.filter(pk=test_run_id).first()
    if run is None:
        raise Http404
    answer = FileResponse(files.open_file(run.file_sha256), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(run.file_name, safe='')}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


URLS = [
    path("stations/tests/", test_upload, name="test_upload"),
    path("test-runs/<int:test_run_id>/", test_run, name="test_run"),
    path("test-runs/<int:test_run_id>/file/", raw_file, name="raw_file"),
]
