"""What came otherwise than it was announced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models.holds import Hold
from inventory.models.ship_notices import ShipNotice, ShipNoticeLine
from inventory.models.units import Unit

DISCREPANCY_KINDS = ("over", "under", "wrong_part", "damaged")
SETTLEMENTS = ("accept", "return", "await_rest", "supplier_informed")


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def open(self) -> DiscrepancyQuerySet:
        return self.filter(settled_at=None)


class Discrepancy(models.Model):
    """A difference between a ship notice and what came, found by a person; open until somebody settles it. The receipts
    before it are never touched. `seen` is what a label said (a wrong part has no line of its own); `hold` is the hold
    that a damaged unit or lot got."""

    number = models.TextField(unique=True)
    notice = models.ForeignKey(ShipNotice, on_delete=models.PROTECT, related_name="discrepancies")
    line = models.ForeignKey(ShipNoticeLine, on_delete=models.PROTECT, null=True, related_name="discrepancies")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="discrepancies")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.TextField()
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    seen = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    settlement = models.TextField(null=True)
    settlement_reason = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_event_id = models.BigIntegerField(null=True)

    objects = DiscrepancyQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DISCREPANCY_KINDS), name="discrepancy_kind_is_known"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="discrepant_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(line__isnull=False) | ~Q(seen=""), name="discrepancy_says_what_it_is_about"
            ),
            models.CheckConstraint(
                condition=Q(
                    settlement=None, settled_at=None, settled_by=None, settled_event_id=None, settlement_reason=""
                )
                | Q(
                    settlement__isnull=False,
                    settlement__in=SETTLEMENTS,
                    settled_at__isnull=False,
                    settled_by__isnull=False,
                    settled_event_id__isnull=False,
                ),
                name="settlement_names_its_person",
            ),
        ]
        indexes = [
            # readers: the receiving page, the list of what waits for a decision
            models.Index(fields=["notice"], name="discrepancy_open_of_notice", condition=Q(settled_at=None)),
        ]

    def __str__(self) -> str:
        return self.number
