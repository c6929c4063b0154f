"""Which runs' raw telemetry may go by policy."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from assembly.models import RawRetention, RunTelemetry
from logistics.models import Acceptance


def accepted_at(unit_id: int) -> datetime | None:
    """When the site last accepted a rack; None where its last word was no, or none came."""
    last = Acceptance.objects.filter(unit_id=unit_id).order_by("-at", "-pk").first()
    return None if last is None or last.outcome == "refused" else last.at


def runs_to_remove(now: datetime) -> list[int]:
    """Runs whose raw telemetry is due by the policy in force; the operation looks again. Two queries."""
    policy = RawRetention.objects.first()
    if policy is None:
        return []
    rows = RunTelemetry.objects.filter(gone_at=None, settled_at__isnull=False)
    words = rows.exclude(burn_in__run__build__unit__acceptances=None).annotate(
        last=Max("burn_in__run__build__unit__acceptances__at")
    )
    due = words.filter(last__lte=now - timedelta(days=policy.days)).order_by("burn_in")
    found = due.values_list("burn_in_id", "burn_in__run__build__unit_id")
    return [burn_in for burn_in, unit in found if accepted_at(unit) is not None]
