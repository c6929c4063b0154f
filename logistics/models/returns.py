"""Returns (RMA): a rack or a tray goes back from a customer's site, and lives on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from inventory.models import Location, Unit
from logistics.models.crates import Crate
from logistics.models.sites import Site


class SiteReturn(models.Model):
    """A rack or tray that goes back from `site` to `destination` (the plant; a plant in another country: then its
    shipment passes the trade-control gate). Opened, packed, carried by a shipment, received or given up; each once.

    `retest_from`: the number of the operation of its route with which it begins again once it is back."""

    number = models.TextField(unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="site_returns")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="returns_from")
    destination = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="returns_to")
    came_from = models.TextField()
    """Where it was when the return was opened: the hall position, the rack and its slot, or the dock."""
    reason = models.TextField()
    rma = models.TextField()
    asked_by = models.TextField()
    retest_from = models.SmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_event_id = models.BigIntegerField()
    crate = models.OneToOneField(Crate, on_delete=models.PROTECT, null=True, related_name="site_return")
    received_at = models.DateTimeField(null=True)
    received_into = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    received_event_id = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_why = models.TextField(default="", blank=True)
    cancelled_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(received_at=None, cancelled_at=None),
                name="unit_goes_back_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(rma="") & ~Q(asked_by="") & ~Q(came_from=""),
                name="site_return_says_who_asks_and_why",
            ),
            models.CheckConstraint(condition=~Q(site=F("destination")), name="site_return_goes_somewhere_else"),
            models.CheckConstraint(
                condition=Q(received_at=None, received_into=None, received_by=None, received_event_id=None)
                | Q(received_at__isnull=False, received_into__isnull=False, received_by__isnull=False)
                & Q(received_event_id__isnull=False, crate__isnull=False, cancelled_at=None),
                name="received_return_was_packed",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_event_id=None, cancelled_why="")
                | Q(cancelled_at__isnull=False, cancelled_event_id__isnull=False, crate=None) & ~Q(cancelled_why=""),
                name="return_is_given_up_before_it_is_packed",
            ),
        ]

    def __str__(self) -> str:
        return self.number
