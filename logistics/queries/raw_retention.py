"""The policy of raw telemetry: what is in force, what it lets go and when, what went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from assembly.models import RawFile, RawRetention, RunTelemetry
from logistics.models import Acceptance


def coming_removals() -> QuerySet[Any]:
    """Settled runs of accepted racks whose raw files are there, earliest acceptance first (`accepted_at`, `size`):
    what a policy takes so many days after `accepted_at`. A rack whose last word was no is not among them."""
    last = Acceptance.objects.filter(unit=OuterRef("burn_in__run__build__unit")).order_by("-at", "-pk")
    size = RawFile.objects.filter(burn_in=OuterRef("burn_in")).order_by().values("burn_in").annotate(sum=Sum("size"))
    rows: QuerySet[Any] = RunTelemetry.objects.filter(gone_at=None, settled_at__isnull=False)
    found: QuerySet[Any] = (
        rows.annotate(accepted_at=Subquery(last.values("at")[:1]), word=Subquery(last.values("outcome")[:1]))
        .filter(accepted_at__isnull=False)
        .exclude(word="refused")
        .annotate(size=Subquery(size.values("sum")[:1]))
        .select_related("burn_in__cell", "burn_in__run__build__unit")
        .order_by("accepted_at", "pk")
    )
    return found


def due_by(days: int, at: datetime) -> tuple[int, int]:
    """Of how many runs, and how many bytes, a policy of so many days lets go until a moment. One query."""
    due = coming_removals().filter(accepted_at__lte=at - timedelta(days=days))
    sizes = list(due.values_list("size", flat=True))
    return len(sizes), sum(size or 0 for size in sizes)


def policies() -> QuerySet[RawRetention]:
    """Released policies; the newest, which is in force, first."""
    return RawRetention.objects.order_by("-pk")


def removed() -> QuerySet[RunTelemetry]:
    """Runs whose raw files went, newest first; the event of each holds the files' hashes."""
    rows = RunTelemetry.objects.filter(gone_at__isnull=False)
    return rows.select_related("burn_in__cell", "burn_in__run__build__unit").order_by("-gone_at", "-pk")
