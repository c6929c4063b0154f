"""The planner's questions about parts, suppliers and bills."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Max, Q, QuerySet

from inventory.models import Bom, BomLine, Part, Supplier


def part_list(text: str = "", kind: str = "", traceability: str = "") -> QuerySet[Part]:
    """Parts with their latest revision (`latest`). One query."""
    rows = Part.objects.annotate(latest=Max("revisions__revision")).order_by("number")
    if text:
        rows = rows.filter(
            Q(number__icontains=text)
            | Q(name_ja__icontains=text)
            | Q(name_en__icontains=text)
            | Q(pk__in=Part.objects.filter(aliases__number__icontains=text).values("pk"))
        )
    if kind:
        rows = rows.filter(kind=kind)
    return rows.filter(traceability=traceability) if traceability else rows


def part_kinds() -> list[str]:
    """The kinds that parts have."""
    return list(Part.objects.order_by("kind").values_list("kind", flat=True).distinct())


def supplier_list(text: str = "") -> QuerySet[Supplier]:
    """Suppliers by code, with the number of their notices (`notices`)."""
    rows = Supplier.objects.annotate(notices=Count("ship_notices")).order_by(
        "code"
    )  # a grouped query drops Meta's order
    return rows.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else rows


def bom_list(text: str = "", state: str = "") -> QuerySet[Bom]:
    """Bills, drafts first, then by product; `count` of their lines."""
    rows = Bom.objects.select_related("part_revision__part").annotate(count=Count("lines"))
    if text:
        rows = rows.filter(
            Q(part_revision__part__number__icontains=text)
            | Q(pk__in=BomLine.objects.filter(part__number__icontains=text).values("bom"))
        )
    if state in ("draft", "released"):
        rows = rows.filter(released_at__isnull=state == "draft")
    return rows.order_by(
        F("released_at").desc(nulls_first=True), "part_revision__part__number", "part_revision__revision"
    )


def bom_lines(bom: Bom, text: str = "") -> QuerySet[BomLine]:
    """The lines of a bill, in order; a page of them costs the same at 5,000 lines as at five."""
    rows = bom.lines.select_related("part").order_by("number")
    return rows.filter(Q(part__number__icontains=text) | Q(part__name_ja__icontains=text)) if text else rows


def boms_of(bom: Bom) -> list[Bom]:
    """All bills of the same product, whatever its revision, newest first: what it can be compared with."""
    same = Bom.objects.filter(part_revision__part=bom.part_revision.part).exclude(pk=bom.pk)
    return list(same.select_related("part_revision").order_by("-pk")[:50])


def is_effective(bom: Bom, day: date) -> bool:
    """Whether new builds take this bill on that day."""
    return Bom.objects.effective(day).filter(part_revision=bom.part_revision_id, pk=bom.pk).exists()


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A part in two bills: its quantity there (`before`) and here (`after`); None where it is missing."""

    part: str
    name_ja: str
    name_en: str
    unit: str
    before: Decimal | None
    after: Decimal | None

    @property
    def how(self) -> str:
        """added, dropped or changed."""
        return "added" if self.before is None else "dropped" if self.after is None else "changed"


def compared(old: Bom, new: Bom) -> list[LineDifference]:
    """What differs between two bills, by part (quantities summed over lines). Two queries, however many lines."""
    sums: dict[tuple[int, str], list[Decimal | None]] = {}
    names: dict[int, tuple[str, str, str]] = {}
    for place, bom in enumerate((old, new)):
        rows = bom.lines.values_list("part_id", "part__number", "part__name_ja", "part__name_en", "unit", "quantity")
        for part_id, number, ja, en, unit, quantity in rows:
            pair = sums.setdefault((part_id, unit), [None, None])
            pair[place] = (pair[place] or Decimal(0)) + quantity
            names[part_id] = (number, ja, en)
    found = [
        LineDifference(*names[part_id], unit, before, after)
        for (part_id, unit), (before, after) in sums.items()
        if before != after
    ]
    return sorted(found, key=lambda one: one.part)
