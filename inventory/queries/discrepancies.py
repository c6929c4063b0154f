"""Differences between ship notices and what came."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from documents.models import Photo
from inventory.models import Discrepancy

LABEL = "inventory.discrepancy"
"""How photos name a discrepancy."""


def discrepancy_rows(
    *, text: str = "", state: str = "", kind: str = "", supplier: str = "", notice_id: int | None = None
) -> QuerySet[Discrepancy]:
    """Discrepancies with all that a list shows and the keys of their photos (`photo_ids`), newest first. `state`: open,
    settled. One query a page."""
    photos = Photo.objects.filter(subject_type=LABEL, subject_id=OuterRef("pk")).order_by("pk")
    rows = (
        Discrepancy.objects.select_related(
            "notice__supplier", "line__part", "line__part_revision", "unit", "hold", "found_by", "settled_by"
        )
        .annotate(photo_ids=ArraySubquery(photos.values("pk")))
        .order_by("-pk")
    )
    if notice_id is not None:
        rows = rows.filter(notice=notice_id)
    if text:
        rows = rows.filter(
            Q(number=text) | Q(notice__number__icontains=text) | Q(seen=text) | Q(unit__tag=text)
            | Q(line__part__number=text)
        )  # fmt: skip
    if kind:
        rows = rows.filter(kind=kind)
    if supplier:
        rows = rows.filter(notice__supplier__code=supplier)
    if state == "open":
        rows = rows.filter(settled_at=None)
    elif state == "settled":
        rows = rows.filter(settled_at__isnull=False)
    return rows
