"""Incoming inspections: the list of what waits, one inspection with all it shows, and what a delivery waits for."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from documents.models import Photo
from inventory.models import GoodsReceipt, InspectedPiece, Inspection, PointResult, SamplingPlan, SamplingRule, Unit

PIECE = "inventory.inspectedpiece"
"""How photos name a piece."""


def inspection_rows(
    *, text: str = "", state: str = "", supplier: str = "", notice_id: int | None = None
) -> QuerySet[Inspection]:
    """Inspections with all that a list shows. `state`: waiting (no verdict; the oldest first), accepted, rejected;
    else all, newest first. One query a page."""
    rows = Inspection.objects.select_related(
        "part", "supplier", "notice", "lot", "plan", "judged_by", "conceded_by", "origin", "sorting"
    )
    if notice_id is not None:
        rows = rows.filter(notice=notice_id)
    if text:
        named = GoodsReceipt.objects.filter(Q(unit__tag=text) | Q(unit__serial=text))
        rows = rows.filter(
            Q(number__iexact=text)
            | Q(part__number__icontains=text)
            | Q(notice__number__icontains=text)
            | Q(lot__number=text)
            | Q(Exists(named.filter(inspection=OuterRef("pk"))))
        )
    if supplier:
        rows = rows.filter(supplier__code=supplier)
    if state == "waiting":
        return rows.filter(verdict=None).order_by("opened_at", "pk")
    if state in ("accepted", "rejected"):
        return rows.filter(verdict=state).order_by("-judged_at", "-pk")
    return rows.order_by("-pk")


def waiting_count() -> int:
    """How many inspections have no verdict."""
    return Inspection.objects.open().count()


def inspection_page(number: str) -> Inspection | None:
    """One inspection with its plan's points and lines, or None. Three queries."""
    rows = inspection_rows().prefetch_related("plan__points", "plan__lines")
    return rows.filter(number=number.strip().upper()).first()


def pieces_of(inspection: Inspection) -> list[InspectedPiece]:
    """Its pieces in order, also those taken back, with their results, people and the keys of their photos
    (`photo_ids`); a sorting shows only its own. Two queries."""
    photos = Photo.objects.filter(subject_type=PIECE, subject_id=OuterRef("pk")).order_by("pk")
    rows = (
        InspectedPiece.objects.filter(inspection=inspection)
        .select_related("unit", "by", "withdrawn_by")
        .prefetch_related(Prefetch("results", PointResult.objects.select_related("point").order_by("point__number")))
        .annotate(photo_ids=ArraySubquery(photos.values("pk")))
        .order_by("number", "pk")
    )
    return list(rows)


def photos_of(pieces: Iterable[InspectedPiece]) -> dict[int, list[str]]:
    """The hashes of the photos of these pieces, by the key of the piece."""
    rows = Photo.objects.filter(subject_type=PIECE, subject_id__in=[piece.pk for piece in pieces]).order_by("pk")
    found: dict[int, list[str]] = {}
    for key, sha256 in rows.values_list("subject_id", "file__sha256"):
        found.setdefault(key, []).append(sha256)
    return found


def units_to_inspect(inspection: Inspection) -> QuerySet[Unit]:
    """The units of its goods that were not looked at yet, by serial."""
    goods = inspection.origin_id or inspection.pk
    looked = InspectedPiece.objects.filter(
        inspection__in=[goods, inspection.pk], withdrawn_at=None, unit__isnull=False
    ).values("unit_id")
    arrived = Unit.objects.filter(goods_receipt__inspection=goods, ended_at=None)
    return arrived.exclude(pk__in=looked).order_by("serial", "pk")


def inspection_of_unit(unit_id: int) -> Inspection | None:
    """The inspection that a unit arrived with; that which sorts it, where it is sorted."""
    found = Inspection.objects.filter(receipts__unit=unit_id).select_related("sorting").first()
    return getattr(found, "sorting", None) or found


def plan_rows(*, text: str = "", state: str = "") -> QuerySet[SamplingPlan]:
    """Revisions of sampling plans by code, newest first. `state`: draft, released."""
    rows = SamplingPlan.objects.select_related("released_by", "drafted_by").order_by("code", "-revision")
    if text:
        rows = rows.filter(Q(code__icontains=text) | Q(name_ja__icontains=text) | Q(name_en__icontains=text))
    if state:
        rows = rows.filter(released_at__isnull=state == "draft")
    return rows


def rule_rows(*, text: str = "") -> QuerySet[SamplingRule]:
    """Which part is inspected by which plan."""
    rows = SamplingRule.objects.select_related("part", "supplier").order_by("part__number", "supplier__code", "pk")
    if text:
        rows = rows.filter(Q(part__number__icontains=text) | Q(plan_code__icontains=text))
    return rows
