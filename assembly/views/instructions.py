"""Work instructions: what a station shows, the pictures themselves, and the page on which a planner issues them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assembly.models import Instruction, InstructionPicture, RoutingOperation
from assembly.operations.instructions import PictureSpec, issue_instruction
from assembly.queries.instructions import instruction_of, picture_named, revisions_of
from documents import files
from documents.photos import put_photo
from ledger.doors import Outcome, call_from_page, new_key
from ledger.refusals import Refusal

UPLOADS = 3
"""Empty places for new pictures on the form."""


def instruction_context(operation_id: int) -> dict[str, Any] | None:
    """What a station shows of the instruction (contract of _pictures.html); None where none was issued."""
    found = instruction_of(operation_id)
    return None if found is None else _shown(found)


def _shown(row: Instruction) -> dict[str, Any]:
    return {
        "revision": row.revision,
        "text": row.text,
        "text_ja": row.text_ja,
        "text_en": row.text_en,
        "issued_at": row.issued_at,
        "issued_by": row.issued_by.name,
        "pictures": [_picture(picture) for picture in row.pictures.all()],
    }


def _picture(row: InstructionPicture) -> dict[str, Any]:
    return {
        "sha256": row.sha256,
        "url": reverse("instruction_picture", args=[row.sha256]),
        "width": row.width,
        "height": row.height,
        "caption": row.caption,
        "caption_ja": row.caption_ja,
        "caption_en": row.caption_en,
    }


@permission_required("assembly.read", raise_exception=True)
@require_GET
def instruction_picture(request: HttpRequest, sha256: str) -> FileResponse:
    """A picture of an instruction. Its bytes never change under their address, so a tablet asks once and has it when
    the Wi-Fi is gone."""
    row = picture_named(sha256)
    if row is None or not files.has(sha256):
        raise Http404(_("There is no such picture."))
    answer = FileResponse(files.open_file(sha256), content_type=row.media)
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@permission_required("assembly.read", raise_exception=True)
@require_http_methods(["GET", "POST"])
def instruction(request: HttpRequest, operation_id: int) -> HttpResponse:
    """The instruction of an operation with its revisions; who keeps master data issues the next one here."""
    operation = get_object_or_404(RoutingOperation.objects.select_related("routing"), pk=operation_id)
    rows = revisions_of(operation_id)
    held = rows[0].revision if rows else 0
    outcome = None
    if request.method == "POST":
        outcome = _issue(request, operation)
        if outcome.refusal is None:
            said = _("Revision %(number)d is issued; stations show it at once.")
            messages.success(request, said % {"number": outcome.result.revision})
            return redirect("instruction", operation_id)
    shown = [_shown(row) for row in rows]
    context = {
        "operation": operation,
        "revisions": shown,
        "now": shown[0] if shown else None,
        "given": request.POST if outcome is not None else None,
        "text_ja": request.POST.get("text_ja") or (rows[0].text_ja if rows else operation.instruction_ja),
        "text_en": request.POST.get("text_en") or (rows[0].text_en if rows else operation.instruction_en),
        "held": held,
        "uploads": range(1, UPLOADS + 1),
        "may_issue": request.user.has_perm("assembly.keep_master_data"),
        "refusal": outcome.refusal if outcome else None,
        "key": new_key(),
    }
    return render(request, "assembly/instruction.html", context, status=outcome.status if outcome else 200)


def _issue(request: HttpRequest, operation: RoutingOperation) -> Outcome:
    """Pictures that stay, in their order, then the new ones; cleaned of place and device before they are kept."""
    if not request.user.has_perm("assembly.keep_master_data"):
        return call_from_page(request, issue_instruction, operation_id=operation.pk, text_ja="", text_en="")
    given = request.POST
    kept = [
        PictureSpec(sha256, given.get(f"ja_{sha256}", ""), given.get(f"en_{sha256}", ""))
        for sha256 in given.getlist("keep")
    ]
    try:
        fresh = [
            PictureSpec(put_photo(upload.read()), given.get(f"ja_{place}", ""), given.get(f"en_{place}", ""))
            for place in range(1, UPLOADS + 1)
            if (upload := request.FILES.get(f"picture_{place}")) is not None
        ]
    except Refusal as refusal:
        return Outcome(refusal=refusal)
    seen = given.get("revision", "")
    return call_from_page(
        request,
        issue_instruction,
        operation_id=operation.pk,
        text_ja=given.get("text_ja", ""),
        text_en=given.get("text_en", ""),
        pictures=kept + fresh,
        revision=int(seen) if seen.isdecimal() and len(seen) < 6 else None,
    )


URLS = [
    path("instructions/<int:operation_id>/", instruction, name="instruction"),
    path("instructions/pictures/<str:sha256>/", instruction_picture, name="instruction_picture"),
]
