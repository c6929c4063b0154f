"""The units that verify stations, with their marks."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from assembly.models import ReferenceMark


def reference_marks(text: str = "", *, standing: bool = False) -> QuerySet[ReferenceMark]:
    """Marks, those that stand before those that ended, newest first; by serial, tag, part or words of the reason."""
    rows = ReferenceMark.objects.select_related("unit__part", "marked_by", "ended_by")
    if standing:
        rows = rows.filter(ended_event_id=None)
    if text:
        rows = rows.filter(
            Q(unit__serial=text) | Q(unit__tag=text) | Q(unit__part__number=text) | Q(reason__icontains=text)
        )
    return rows.order_by("-ended_event_id", "-pk")
