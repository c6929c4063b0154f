"""What carriers and persons say of an arrival to come: every word kept, none overwritten."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from logistics.models.lanes import Carrier
from logistics.models.shipments import Milestone, Shipment

ETA_SOURCES = ("carrier", "person")
"""Our model's word is a Forecast of each rack; it is shown beside these."""
AWAITED = ("arrival", "receiving")
"""What is awaited: the truck at the site's dock, or the end of receiving there."""


class Eta(models.Model):
    """An expected arrival as somebody gave it at a moment: one moment (both ends alike) or a window. `milestone`: the
    carrier's report that named it; `given_at` is when it was said, `recorded_at` when we knew."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="etas")
    awaited = models.TextField()
    source = models.TextField()
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, null=True, related_name="+")
    earliest_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    given_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    milestone = models.OneToOneField(Milestone, on_delete=models.PROTECT, null=True, related_name="eta")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [models.Index(fields=["shipment", "-given_at"], name="eta_latest_of_shipment")]
        constraints = [
            models.CheckConstraint(condition=Q(awaited__in=AWAITED), name="eta_says_what_is_awaited"),
            models.CheckConstraint(
                condition=Q(source="carrier", carrier__isnull=False)
                | (Q(source="person", carrier=None, milestone=None) & ~Q(reason="")),
                name="eta_names_its_carrier_or_its_reason",
            ),
            models.CheckConstraint(condition=Q(earliest_at__lte=F("latest_at")), name="eta_window_is_in_order"),
            models.CheckConstraint(
                condition=Q(given_at__lt=F("latest_at"), given_at__lte=F("recorded_at")),
                name="eta_lies_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.source} {self.latest_at}"

    @property
    def middle_at(self) -> datetime:
        """The moment, or the middle of the window."""
        middle: datetime = self.earliest_at + (self.latest_at - self.earliest_at) / 2
        return middle
