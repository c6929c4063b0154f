"""Reference units (基準器): known good or known bad ones that verify a station, and are no production."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models import Unit


class ReferenceMark(models.Model):
    """From when to when a unit serves to verify stations. What begins while the mark stands is in no yield; what ran
    before it stays counted, so that no failure is marked away. The order of events decides, not a clock."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reference_marks")
    reason = models.TextField()
    marked_at = models.DateTimeField()
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    ended_why = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(ended_event_id=None), name="unit_has_one_standing_reference_mark"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reference_mark_has_a_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_event_id=None, ended_why="")
                | (
                    Q(ended_at__isnull=False, ended_by__isnull=False, ended_event_id__isnull=False)
                    & ~Q(ended_why="")
                    & Q(ended_event_id__gt=models.F("event_id"))
                ),
                name="end_of_a_reference_mark_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.reason}"
