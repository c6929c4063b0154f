"""Returns to suppliers (RMA): opened by quality, let out by a named trade-control check, and what became of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models.holds import Hold
from inventory.models.parts import Supplier
from inventory.models.units import Unit

RETURN_OUTCOMES = ("repaired", "replaced", "credited", "sent_back")


class SupplierReturn(models.Model):
    """A unit that goes back to its supplier. It leaves only after a named trade-control check of exactly that
    destination (外為法: 該非判定, ECCN, licence); then its life ends here until it comes back. `gaihi`: listed (該当)
    or not_listed (非該当)."""

    number = models.TextField(unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="returns")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="returns")
    nonconformity = models.TextField(default="", blank=True)
    reason = models.TextField()
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_event_id = models.BigIntegerField()
    gaihi = models.TextField(default="", blank=True)
    eccn = models.TextField(default="", blank=True)
    destination = models.TextField(default="", blank=True)
    licence = models.TextField(default="", blank=True)
    basis = models.TextField(default="", blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    checked_event_id = models.BigIntegerField(null=True)
    carrier = models.TextField(default="", blank=True)
    tracking = models.TextField(default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_event_id = models.BigIntegerField(null=True)
    outcome = models.TextField(null=True)
    remarks = models.TextField(default="", blank=True)
    replacement = models.TextField(default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    settled_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(outcome=None), name="unit_has_one_open_return"),
            models.CheckConstraint(
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False, gaihi__in=["listed", "not_listed"])
                & ~Q(eccn="")
                & ~Q(destination=""),
                name="trade_check_names_person_and_destination",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(checked_at__isnull=False), name="return_leaves_after_its_trade_check"
            ),
            models.CheckConstraint(
                condition=Q(outcome=None) | Q(outcome__isnull=False, outcome__in=RETURN_OUTCOMES),
                name="return_outcome_is_known",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, settled_by=None) | Q(outcome__isnull=False, settled_by__isnull=False),
                name="settled_return_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state(self) -> str:
        """opened, checked, sent, or its outcome."""
        if self.outcome:
            return self.outcome
        return "sent" if self.sent_at else "checked" if self.checked_at else "opened"
