"""Raw scans: stored before they are judged, answered once."""

from __future__ import annotations

from django.db import models


class ScanLog(models.Model):
    """What a scanner read, exactly as it came. `answer` is null until judged and changes once (trigger)."""

    id = models.UUIDField(primary_key=True)
    operator_session = models.UUIDField()
    seq = models.IntegerField()
    station = models.TextField()
    text = models.TextField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    answer = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator_session", "seq"], name="session_counts_each_scan_once"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="scan_count_starts_at_one"),
        ]
        indexes = [
            # reader: integrity check and readiness (scans left without an answer)
            models.Index(fields=["received_at"], name="scan_without_answer", condition=models.Q(answer__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.operator_session} {self.seq}"
