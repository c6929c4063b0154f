"""Telemetry files that were sent, and the runs they can be sent for."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from assembly.models import BurnInRun, TelemetryFile


def telemetry_files(text: str = "", burn_in_id: int | None = None) -> QuerySet[TelemetryFile]:
    """Files, newest first; by a part of the name, the cell or the rack."""
    rows = TelemetryFile.objects.select_related("burn_in__cell", "burn_in__run__build__unit")
    if burn_in_id is not None:
        rows = rows.filter(burn_in_id=burn_in_id)
    if text:
        rows = rows.filter(
            Q(name__icontains=text) | Q(burn_in__cell__code=text) | Q(burn_in__run__build__unit__serial=text)
        )
    return rows.order_by("-pk")


def running_cells() -> list[BurnInRun]:
    """The runs that soak now, in the order of their cells. One query."""
    rows = BurnInRun.objects.filter(ended_at=None).select_related("cell", "run__build__unit")
    return list(rows.order_by("cell__order", "cell__code"))
