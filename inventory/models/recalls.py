"""Recalls: a criterion, and the holds that were placed on everything it hits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

RECALL_KINDS = ("lots", "serials", "supplier", "station", "tool", "operator", "firmware")
ARRIVAL_KINDS = ("lots", "serials", "supplier")
"""Kinds of which things may still arrive: what matches is held as it is received."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a recall is about. `names`: lot numbers or tags; serials, tags or PART:SERIAL; supplier codes; station
    codes; tool numbers; people by user name; firmware versions. `part` narrows lots, serials and deliveries to one part
    number. `from_at` and `to_at` bound deliveries (supplier) and work (station, tool, operator); None leaves an end
    open, so that a delivery of next week is held as well."""

    kind: str
    names: list[str]
    part: str = ""
    from_at: datetime | None = None
    to_at: datetime | None = None


class Recall(models.Model):
    """One recall with its criterion, kept so that later arrivals which match are held as well; open until closed by a
    named person with a reason, which releases its holds."""

    number = models.TextField(unique=True)
    kind = models.TextField()
    names = models.JSONField()
    part = models.TextField(default="", blank=True)
    from_at = models.DateTimeField(null=True)
    to_at = models.DateTimeField(null=True)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_event_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    close_reason = models.TextField(default="", blank=True)
    closed_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RECALL_KINDS), name="recall_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="recall_has_a_reason"),
            models.CheckConstraint(
                condition=Q(from_at=None) | Q(to_at=None) | Q(from_at__lt=models.F("to_at")),
                name="recall_period_runs_forward",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, closed_event_id=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False, closed_event_id__isnull=False),
                name="closing_of_a_recall_names_its_person",
            ),
        ]
        # reader: every goods receipt asks for the open ones
        indexes = [models.Index(fields=["id"], name="recall_open", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.number

    @property
    def criterion(self) -> Criterion:
        """What it is about, as a value."""
        return Criterion(self.kind, list(self.names), self.part, self.from_at, self.to_at)
