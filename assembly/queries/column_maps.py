"""Questions about column maps: those in use as the reader wants them, the list, one with its revisions."""

from __future__ import annotations

from itertools import groupby

from django.db.models import Count, Q, QuerySet

from assembly.models import ColumnMap, MapColumn
from assembly.test_logs import column_map as pure


def maps_in_use() -> tuple[pure.ColumnMap, ...]:
    """Every map in use with its columns, for the reader. One query."""
    rows = MapColumn.objects.filter(map__retired_at=None).select_related("map").order_by("map__code", "order")
    return tuple(
        pure.ColumnMap(row.code, row.revision, tuple(_pure(column) for column in columns))
        for row, columns in groupby(rows, key=lambda column: column.map)
    )


def _pure(row: MapColumn) -> pure.MapColumn:
    low, high = (None if bound is None else float(bound) for bound in (row.low, row.high))
    return pure.MapColumn(row.header, row.role, row.name, row.unit, low, high)  # type: ignore[arg-type]


def column_map_list(text: str = "", *, retired: bool = False) -> QuerySet[ColumnMap]:
    """The newest revision of each code with `column_count`, in use or (if asked) retired too; by code."""
    newest = ColumnMap.objects.order_by("code", "-revision").distinct("code").values("pk")
    rows = ColumnMap.objects.filter(pk__in=newest).annotate(column_count=Count("columns")).order_by("code")
    if not retired:
        rows = rows.filter(retired_at=None)
    return rows.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else rows


def column_map_revisions(code: str) -> list[ColumnMap]:
    """All revisions of a code, newest first, with their columns. Two queries."""
    return list(ColumnMap.objects.filter(code=code.upper()).order_by("-revision").prefetch_related("columns"))
