"""Carriers' files, their words, and the doubtful places that nobody has settled."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from logistics.models import CarrierFile, CarrierLineNote, CarrierWord


def carrier_file_rows(text: str = "", carrier: str = "") -> QuerySet[CarrierFile]:
    """Files that were taken, the newest first, with `doubts`: reports of a doubtful place still open."""
    rows = CarrierFile.objects.select_related("carrier").annotate(
        doubts=Count("notes", filter=Q(notes__doubt=True, notes__review=None))
    )
    if text:
        rows = rows.filter(file_name__icontains=text)
    if carrier:
        rows = rows.filter(carrier__code=carrier)
    return rows.order_by("-pk")


def open_doubts() -> QuerySet[CarrierLineNote]:
    """Reports whose place may be the other Sendai and that nobody has settled, the oldest first."""
    rows = CarrierLineNote.objects.select_related("milestone__shipment__lane", "file__carrier")
    return rows.filter(doubt=True, review=None).order_by("pk")


def carrier_word_rows(carrier: str = "", text: str = "") -> QuerySet[CarrierWord]:
    """The words of carriers that are read now."""
    rows = CarrierWord.objects.select_related("carrier").filter(retired_at=None)
    if carrier:
        rows = rows.filter(carrier__code=carrier)
    if text:
        rows = rows.filter(shown__icontains=text)
    return rows.order_by("carrier__code", "word")
