"""What shall be built: orders, in the sequence in which they are started."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assembly.models.designs import Design
from inventory.models import Part


class BuildOrderQuerySet(models.QuerySet["BuildOrder"]):
    def open(self) -> BuildOrderQuerySet:
        return self.filter(closed_at=None)

    def in_sequence(self) -> BuildOrderQuerySet:
        return self.order_by("place", "pk")


class BuildOrder(models.Model):
    """So many pieces of a product by a day. `design` none: each build takes the design that is effective when it is
    started. `place` is the order's place in the sequence (gaps free). Closed when all are started, or cancelled."""

    number = models.TextField(unique=True)
    product = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="build_orders")
    design = models.ForeignKey(Design, on_delete=models.PROTECT, null=True, related_name="build_orders")
    quantity = models.IntegerField()
    need_by = models.DateField()
    start_on = models.DateField()
    note = models.TextField(default="", blank=True)
    place = models.IntegerField()
    customer_order_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.TextField(default="", blank=True)
    closed_event_id = models.BigIntegerField(null=True)

    objects = BuildOrderQuerySet.as_manager()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=1000), name="order_wants_some_pieces"),
            models.CheckConstraint(condition=Q(need_by__gte=models.F("start_on")), name="order_starts_before_its_day"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_why="", closed_event_id=None)
                | Q(closed_at__isnull=False, closed_why__in=["started", "cancelled"], closed_event_id__isnull=False),
                name="closing_an_order_names_its_event",
            ),
        ]
        # reader: the sequence, shortages
        indexes = [models.Index(fields=["place", "id"], name="order_open_by_place", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.number
