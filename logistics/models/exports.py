"""Trade control of what leaves the country: a named judgement on a shipment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from logistics.models.shipments import Shipment


class ExportCheck(models.Model):
    """The judgement (該非判定) on a shipment whose lane ends in another country, by a person. The latest one counts,
    and only for the crates that were on the shipment then. `gaihi`: listed (該当) or not_listed (非該当)."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="export_checks")
    gaihi = models.TextField()
    eccn = models.TextField()
    destination = models.TextField()
    licence = models.TextField(default="", blank=True)
    basis = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gaihi__in=["listed", "not_listed"]) & ~Q(eccn="") & ~Q(basis="") & ~Q(destination=""),
                name="export_check_says_what_it_judges",
            ),
            models.CheckConstraint(
                condition=Q(gaihi="not_listed") | ~Q(licence=""), name="listed_export_has_a_licence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.gaihi}"
