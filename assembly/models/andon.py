"""Andon: a station calls for the line leader, who comes and settles it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Station
from assembly.models.builds import Build

REASONS = ("material", "quality", "machine", "tool", "safety", "help")
"""Why a station calls; one open call a station and reason."""


class AndonCallQuerySet(models.QuerySet["AndonCall"]):
    def open(self) -> AndonCallQuerySet:
        return self.filter(resolved_at=None)


class AndonCall(models.Model):
    """One call: raised, acknowledged by whoever comes, resolved, each with who and when. One that its own station
    settles before anybody came has no acknowledgement."""

    number = models.TextField(unique=True)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="andon_calls")
    build = models.ForeignKey(Build, on_delete=models.PROTECT, null=True, related_name="andon_calls")
    reason = models.TextField()
    text = models.TextField(default="", blank=True)
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_event_id = models.BigIntegerField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    acknowledged_event_id = models.BigIntegerField(null=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_event_id = models.BigIntegerField(null=True)
    outcome = models.TextField(default="", blank=True)

    objects = AndonCallQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["station", "reason"], condition=Q(resolved_at=None), name="station_calls_once_for_a_reason"
            ),
            models.CheckConstraint(condition=Q(reason__in=REASONS), name="andon_reason_is_known"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None, acknowledged_event_id=None)
                | Q(
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                    acknowledged_event_id__isnull=False,
                    acknowledged_at__gte=F("raised_at"),
                ),
                name="acknowledgement_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None, resolved_event_id=None)
                | Q(
                    resolved_at__isnull=False,
                    resolved_by__isnull=False,
                    resolved_event_id__isnull=False,
                    resolved_at__gte=F("raised_at"),
                ),
                name="andon_end_names_its_person",
            ),
        ]
        # reader: the board of open calls
        indexes = [models.Index(fields=["raised_at"], name="andon_open_calls", condition=Q(resolved_at=None))]

    def __str__(self) -> str:
        return self.number
