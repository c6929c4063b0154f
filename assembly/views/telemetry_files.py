"""Telemetry files: sending one for a rack that soaks, and how far each is read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import permission_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assembly.feeding import put_down
from assembly.models import TelemetryFile
from assembly.operations.telemetry_files import receive_telemetry_file
from assembly.queries.telemetry_files import running_cells, telemetry_files
from assembly.uploads import PIECE, too_big
from documents.files import FileTooLarge
from inventory.views.reading import chosen_links, empty_words, page_of
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal

EVERY = 5
"""Seconds between two looks at the list while a file is being read."""
SENDS = "assembly.feed_telemetry"


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def telemetry_files_page(request: HttpRequest) -> HttpResponse:
    """The files, newest first, and the form for whoever may send one. htmx gets the list alone."""
    outcome = _received(request) if request.method == "POST" else None
    if outcome is not None and outcome.refusal is None:
        return redirect("telemetry_files")
    text = request.GET.get("q", "").strip()[:60]
    page = page_of(request, telemetry_files(text))
    chosen = {"q": text} if text else {}
    files = [_listed(row) for row in page]
    context = {
        "files": files,
        "page": page,
        "every": EVERY if any(row["is_open"] for row in files) else 0,
        "address": request.get_full_path() if request.method == "GET" else reverse("telemetry_files"),
        "filters": [{"name": "q", "label": _("File, cell or rack"), "value": text, "kind": "search"}],
        "chosen": chosen_links(request, chosen, {"q": _("File, cell or rack")}),
        "empty": empty_words(chosen),
        "refusal": outcome.refusal if outcome else None,
    }
    if request.headers.get("HX-Request") and request.method == "GET":
        return render(request, "assembly/_telemetry_files.html", context)
    if request.user.has_perm(SENDS):
        context |= {
            "runs": running_cells(),
            "given": request.POST.get("burn_in", "") or request.GET.get("burn_in", ""),
            "key": new_key(),
            "most": settings.UPLOAD_LIMIT,
            "limit_mb": settings.UPLOAD_LIMIT // 1024 // 1024,
            "sends": True,
        }
    return render(request, "assembly/telemetry_files.html", context, status=outcome.status if outcome else 200)


def _received(request: HttpRequest) -> Outcome:
    """Put the file down, then receive it: reading it is a task's work."""
    if not request.user.has_perm(SENDS):
        return call_from_page(request, receive_telemetry_file, file_sha256="", file_name="")
    file: UploadedFile[Any] | None = request.FILES.get("file")  # type: ignore[assignment]
    run = request.POST.get("burn_in", "")
    if file is None or not (run.isascii() and run.isdecimal() and len(run) < 18):
        chosen = _("No file was chosen.") if file is None else _("No cell was chosen.")
        return Outcome(refusal=Refusal(chosen, do=_("Choose the cell and its telemetry file.")))
    try:
        kept = put_down(file.chunks(PIECE), limit=settings.UPLOAD_LIMIT)
    except FileTooLarge:
        return Outcome(refusal=too_big(settings.UPLOAD_LIMIT))
    return call_from_page(
        request,
        receive_telemetry_file,
        file_sha256=kept.sha256,
        file_name=(file.name or "")[:200],
        burn_in_id=int(run),
    )


def _listed(row: TelemetryFile) -> dict[str, Any]:
    state, word = _state(row)
    counts = row.counts
    return {
        "name": row.name,
        "at": row.received_at,
        "cell": row.burn_in.cell.code,
        "url": reverse("burn_in_run_by_id", args=[row.burn_in_id]),
        "rack": row.burn_in.run.build.unit.name,
        "size": row.size / 1e6,
        "state": state,
        "word": word,
        "why": row.why,
        "is_open": row.ended_at is None,
        "percent": int(100 * row.at_byte / row.size),
        "stored": counts.get("stored", 0),
        "moments": counts.get("moments", 0),
        "known": counts.get("known", 0) + counts.get("moments_known", 0),
        "left_out": counts.get("dropped", 0) + counts.get("missing", 0),
    }


def _state(row: TelemetryFile) -> tuple[str, str]:
    if row.why:
        return "stop", _("Refused")
    if row.ended_at is not None:
        return "done", _("Read to its end")
    return ("run", _("Being read")) if row.pieces else ("wait", _("Received, to be read"))


URLS = [path("telemetry/files/", telemetry_files_page, name="telemetry_files")]
