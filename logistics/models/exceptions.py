"""What people do about an exception of a shipment: who has it in hand, until when, and how it ended.

The exception itself is a fact that is read from the record (logistics/queries/exceptions.py); a row here is the care
that somebody takes of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from logistics.models.shipments import Shipment

EXCEPTION_KINDS = (
    "silence", "overdue", "delayed", "hold", "crate_missing", "refused", "disruption", "document", "excursion",
)  # fmt: skip
CARE_STATES = ("open", "in_hand", "waiting")
"""What a person may set: taken but not begun, being worked on, waiting for somebody."""
EXCEPTION_STATES = (*CARE_STATES, "closed", "ended")
"""`closed`: by a person, with a reason. `ended`: by itself, the fact is over."""


class ShipmentException(models.Model):
    """Care of one exception: a kind, a shipment, and which of that kind (`subject`: a hold's number, a rack, a leg …).
    `since` is when the fact began: one that comes again has another `since`, and a row of its own."""

    number = models.TextField(unique=True)
    kind = models.TextField()
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="exceptions")
    subject = models.TextField(default="", blank=True)
    since = models.DateTimeField()
    state = models.TextField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    waiting_for = models.TextField(default="", blank=True)
    due_on = models.DateField(null=True)
    note = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)
    taken_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EXCEPTION_KINDS), name="exception_kind_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=CARE_STATES, closed_at=None, closed_event_id=None, reason="")
                | Q(state="closed", closed_at__isnull=False, closed_event_id__isnull=False) & ~Q(reason="")
                | Q(state="ended", closed_at__isnull=False, closed_event_id__isnull=False, reason=""),
                name="exception_state_fits_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state="waiting") | ~Q(waiting_for=""), name="waiting_exception_says_for_what"
            ),
            models.UniqueConstraint(
                fields=["shipment", "kind", "subject"],
                condition=Q(closed_at=None),
                name="exception_is_in_care_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
