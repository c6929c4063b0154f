"""Papers that follow from events."""

from __future__ import annotations

from io import BytesIO

from django.db import transaction
from django.utils import timezone
from pypdf import PdfWriter

from assembly.models import Build
from documents.kinds import kind_of
from documents.models import PrintJob
from documents.operations.issuing import copy_of, issue, store_bytes
from ledger.callers import Caller
from ledger.models import Event
from ledger.refusals import Refusal
from logistics.models import Shipment


def issue_traveller(caller: Caller, event: Event) -> None:
    """The traveller of a completed build, Japanese."""
    issue(caller, kind_of("traveller"), _build_name(event), "ja")


def issue_as_built(caller: Caller, event: Event) -> None:
    """The as-built record of a completed rack, Japanese."""
    build = Build.objects.select_related("design", "unit").get(pk=event.subject_id)
    if build.design.kind == "rack":
        issue(caller, kind_of("as-built"), build.unit.tag, "ja")


def issue_packing_list(caller: Caller, event: Event) -> None:
    """The packing list of a shipment that left."""
    shipment = Shipment.objects.get(pk=event.subject_id)
    issue(caller, kind_of("packing-list"), shipment.number, "ja")


def issue_delivery_note(caller: Caller, event: Event) -> None:
    """The delivery note of a shipment that left, Japanese."""
    shipment = Shipment.objects.get(pk=event.subject_id)
    issue(caller, kind_of("delivery-note"), shipment.number, "ja")


def press_prints(caller: Caller, event: Event) -> None:
    """The copies of a print job, as one PDF, paper by paper; `done` counts on the page meanwhile.

    Called again after a crash it begins anew; a finished job is left alone."""
    job = PrintJob.objects.get(pk=event.subject_id)
    if job.finished_at is not None:
        return
    book, fault = PdfWriter(), ""
    for count, key in enumerate(job.keys, start=1):
        try:
            content, _subject = copy_of(job.kind, key, job.language)
        except Refusal as refusal:
            fault = f"{key}: {refusal.detail}"
            break
        book.append(BytesIO(content))
        PrintJob.objects.filter(pk=job.pk).update(done=count)
    out = BytesIO()
    if not fault:
        book.write(out)
    with transaction.atomic():
        sha256 = None if fault else store_bytes(caller, out.getvalue(), f"{job.kind}-{job.pk}.pdf")
        PrintJob.objects.filter(pk=job.pk, finished_at=None).update(
            finished_at=timezone.now(), fault=fault, file_sha256=sha256
        )


def _build_name(event: Event) -> str:
    return Build.objects.select_related("unit").get(pk=event.subject_id).unit.tag
