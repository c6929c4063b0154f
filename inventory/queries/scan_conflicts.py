"""Refused scans that wait for a person."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from inventory.models import ScanConflict


def open_conflicts(station_id: int) -> int:
    """How many scans of a station wait to be settled."""
    return ScanConflict.objects.open().filter(session__station=station_id).count()


def conflict_rows(*, text: str = "", state: str = "", station: str = "") -> QuerySet[ScanConflict]:
    """Refused scans, the newest first, with station and people: narrowed by text, `state` (open, settled), station."""
    rows = ScanConflict.objects.select_related("session__station", "session__user", "settled_by").order_by("-pk")
    if state == "open":
        rows = rows.open()
    elif state == "settled":
        rows = rows.filter(settled_at__isnull=False)
    if station:
        rows = rows.filter(session__station__code=station)
    if text:
        rows = rows.filter(Q(text__icontains=text) | Q(wrong__icontains=text) | Q(reason__icontains=text))
    return rows
