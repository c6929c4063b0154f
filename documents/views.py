"""Papers on pages: copies to read, issues to hand over, the public check page, print jobs."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.auth.decorators import login_not_required, login_required, permission_required
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from documents import files
from documents.kinds import KINDS, Subject, kind_of
from documents.models import IssuedDocument, Photo, PrintJob
from documents.operations.issuing import copy_of, document_number, issue_document
from documents.operations.printing import request_prints
from documents.seal import facts_hash
from ledger.doors import call_from_page, new_key, pdf
from ledger.refusals import Refusal

COMPARE_LIMIT = 50 * 1024 * 1024
"""Bytes of a file that may be compared with an issue."""


@login_required
@permission_required("documents.print", raise_exception=True)
@require_GET
def copy(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """A copy (控え) of any paper as it is true now; nothing is written."""
    language = request.GET.get("lang") or get_language() or "ja"
    try:
        content, subject = copy_of(kind, key, language)
    except Refusal as refusal:
        return render(request, "documents/refused.html", {"refusal": refusal}, status=422)
    return pdf(content, f"{kind}-{subject.name}-copy.pdf")


@login_required
@permission_required("documents.issue", raise_exception=True)
@require_POST
def issue(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Issue a paper and go to its check page."""
    language = request.POST.get("lang") or get_language() or "ja"
    outcome = call_from_page(request, issue_document, kind=kind, key=key, language=language)
    if outcome.refusal:
        return render(request, "documents/refused.html", {"refusal": outcome.refusal}, status=outcome.status)
    return redirect("verify", code=outcome.result.verify_code)


@login_required
@permission_required("documents.print", raise_exception=True)
@require_GET
def issued_file(request: HttpRequest, code: str) -> HttpResponse:
    """The very bytes that were issued."""
    paper = get_object_or_404(IssuedDocument, verify_code=code)
    return pdf(files.get(paper.bytes_hash), f"{paper.kind}-{paper.subject_name}-r{paper.revision}.pdf")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """The public page behind a paper's QR code: what was issued, whether it is the latest, whether the facts moved on.

    POST compares a file with what was issued, byte by byte; the file is not kept."""
    paper = _with_newest(IssuedDocument.objects.filter(verify_code=code)).first()
    checked = _compared(request, paper) if request.method == "POST" else None
    context = {"code": code[:64], "sheet": None, "checked": checked, "now": timezone.now()}
    if paper is None:
        return render(request, "documents/verify.html", context, status=404)
    return render(request, "documents/verify.html", context | _paper_context(paper))


def _with_newest(papers: QuerySet[IssuedDocument]) -> QuerySet[Any]:
    """With the newest issue of the same paper: its number (`newest`) and its code (`newest_code`)."""
    same = IssuedDocument.objects.filter(
        **{name: OuterRef(name) for name in ("kind", "subject_type", "subject_id", "language")}
    ).order_by("-revision")
    return papers.annotate(
        newest=Subquery(same.values("revision")[:1]), newest_code=Subquery(same.values("verify_code")[:1])
    )


def _paper_context(paper: Any) -> dict[str, Any]:
    kind = kind_of(paper.kind)
    is_replaced = paper.newest != paper.revision
    subject = Subject(paper.subject_type, paper.subject_id, paper.subject_name)
    return {
        "sheet": {
            "title": kind.title(get_language() or "ja"),
            "number": document_number(kind, subject, paper.revision),
            "issue": paper.revision,
            "issued_at": paper.issued_at,
            "sha256": paper.bytes_hash,
            "subject": paper.subject_name,
            "replaced_by": _("Newest issue: %(number)d") % {"number": paper.newest} if is_replaced else "",
            "replaced_by_url": reverse("verify", args=[paper.newest_code]) if is_replaced else "",
        },
        "result": _result(paper, is_replaced, facts_hash(kind.sheet(subject)) == paper.facts_hash),
    }


def _result(paper: IssuedDocument, is_replaced: bool, facts_stand: bool) -> dict[str, str]:
    """What may be said about this issue: genuine and newest, replaced, or overtaken by later events."""
    if not files.has(paper.bytes_hash):
        return {
            "state": "stop",
            "word": _("file missing"),
            "say": _("The issued file is not in the store. Tell the administrator."),
        }
    if is_replaced:
        return {"state": "void", "word": _("replaced"), "say": _("The plant issued this paper, and a newer one since.")}
    if not facts_stand:
        return {
            "state": "late",
            "word": _("overtaken"),
            "say": _("The plant issued this paper. More has happened since; no newer issue exists."),
        }
    return {
        "state": "seal",
        "word": _("genuine"),
        "say": _("The plant issued this paper, it is the newest, and its facts still stand."),
    }


def _compared(request: HttpRequest, paper: IssuedDocument | None) -> dict[str, str]:
    upload = request.FILES.get("file")
    if upload is None or upload.size is None or upload.size > COMPARE_LIMIT:
        return {"state": "late", "word": _("not compared"), "say": _("Choose a PDF of at most 50 MB.")}
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    if paper is not None and digest.hexdigest() == paper.bytes_hash:
        return {"state": "ok", "word": _("same file"), "say": _("This file is byte by byte what the plant issued.")}
    return {
        "state": "stop",
        "word": _("another file"),
        "say": _("This file is not the one that was issued under this code."),
    }


@login_required
@permission_required("documents.print", raise_exception=True)
@require_POST
def print_many(request: HttpRequest) -> HttpResponse:
    """Ask for many papers at once: one key a line or several fields named `key`."""
    keys = [key for entry in request.POST.getlist("keys") for key in entry.split() if key]
    language = request.POST.get("lang") or get_language() or "ja"
    outcome = call_from_page(
        request, request_prints, kind=request.POST.get("kind", "traveller"), keys=keys, language=language
    )
    if outcome.refusal:
        return render(request, "documents/refused.html", {"refusal": outcome.refusal}, status=outcome.status)
    return redirect("print_job", job_id=outcome.result.pk)


@login_required
@permission_required("documents.print", raise_exception=True)
@require_GET
def print_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """A print job with its progress; the fragment asks again every second until it is done."""
    job = get_object_or_404(PrintJob, pk=job_id)
    kind = kind_of(job.kind)
    context = {"job": job, "title": kind.title(get_language() or "ja")}
    template = "documents/_print_job.html" if request.headers.get("HX-Request") else "documents/print_job.html"
    return render(request, template, context)


@login_required
@permission_required("documents.print", raise_exception=True)
@require_GET
def print_jobs(request: HttpRequest) -> HttpResponse:
    """The reader's latest print jobs, and a form for a new one."""
    jobs = PrintJob.objects.filter(requested_by=request.user.pk)[:50]
    kinds = [(kind.name, kind.title(get_language() or "ja")) for kind in KINDS.values()]
    return render(request, "documents/print_jobs.html", {"jobs": jobs, "kinds": kinds, "key": new_key()})


@login_required
@permission_required("documents.print", raise_exception=True)
@require_GET
def print_file(request: HttpRequest, job_id: int) -> FileResponse:
    """The PDF of a finished job."""
    job = get_object_or_404(PrintJob, pk=job_id)
    if job.file_sha256 is None:
        raise Http404(_("This job has no file."))
    return FileResponse(
        files.open_file(job.file_sha256), content_type="application/pdf", filename=f"{job.kind}-{job.pk}.pdf"
    )


@login_required
@permission_required("documents.read", raise_exception=True)
@require_GET
def photo(request: HttpRequest, photo_id: int) -> FileResponse:
    """A photo as it was kept."""
    return _picture(get_object_or_404(Photo.objects.select_related("file"), pk=photo_id).file.sha256)


@login_required
@permission_required("documents.read", raise_exception=True)
@require_GET
def photo_small(request: HttpRequest, photo_id: int) -> FileResponse:
    """A photo as lists show it."""
    return _picture(get_object_or_404(Photo.objects.select_related("small"), pk=photo_id).small.sha256)


def _picture(sha256: str) -> FileResponse:
    """The bytes never change under their address, so a tablet asks once."""
    answer = FileResponse(files.open_file(sha256), content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer
