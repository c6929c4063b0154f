"""The management's weekly report: what was true when a week ended, kept; and how it was delivered."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

DELIVERY_WAYS = ("folder", "email")


class WeeklyReport(models.Model):
    """A week (Monday to Sunday of the plant) with its figures as of its end; `facts`: JSON."""

    number = models.TextField(unique=True)
    begins_on = models.DateField(unique=True)
    facts = models.TextField()
    facts_sha256 = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-begins_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(facts_sha256__regex=r"^[0-9a-f]{64}$") & ~Q(facts=""), name="weekly_report_is_sealed"
            ),
            models.CheckConstraint(condition=Q(begins_on__iso_week_day=1), name="report_week_begins_on_monday"),
        ]

    def __str__(self) -> str:
        return self.number


class WeeklyDelivery(models.Model):
    """Whether a report has come to an address (a folder, a mail address), when it was tried last, what was wrong."""

    report = models.ForeignKey(WeeklyReport, on_delete=models.PROTECT, related_name="deliveries")
    way = models.TextField()
    address = models.TextField()
    tries = models.IntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    fault = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "way", "address"], name="report_is_delivered_once_to_an_address"),
            models.CheckConstraint(
                condition=Q(way__in=DELIVERY_WAYS) & ~Q(address=""), name="delivery_has_a_known_way_and_an_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.way} {self.address}"
