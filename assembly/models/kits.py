"""Kits: what one tray or rack needs, fetched together before its building begins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assembly.models.builds import Build, Slot
from inventory.models import Location, Lot, Part, Unit


class KitQuerySet(models.QuerySet["Kit"]):
    def open(self) -> KitQuerySet:
        return self.filter(completed_at=None, cancelled_at=None)


class Kit(models.Model):
    """The kit of one build: a line for each empty slot of its frozen design and each quantity of its frozen bill, as
    they were when it was opened. Complete when all is there, or cancelled for a reason."""

    number = models.TextField(unique=True)
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="kits")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    completed_at = models.DateTimeField(null=True)
    completed_event_id = models.BigIntegerField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_event_id = models.BigIntegerField(null=True)
    cancelled_why = models.TextField(default="", blank=True)

    objects = KitQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["build"],
                condition=Q(completed_at=None, cancelled_at=None),
                name="build_has_one_open_kit",
            ),
            models.CheckConstraint(
                condition=Q(completed_at=None, completed_event_id=None)
                | Q(completed_at__isnull=False, completed_event_id__isnull=False, cancelled_at=None),
                name="complete_kit_names_its_event",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_event_id=None, cancelled_why="")
                | (Q(cancelled_at__isnull=False, cancelled_event_id__isnull=False) & ~Q(cancelled_why="")),
                name="cancelled_kit_names_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.completed_at is None and self.cancelled_at is None


class KitLine(models.Model):
    """One thing to fetch: a unit for a slot, or a quantity of a part without serials."""

    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="lines")
    number = models.IntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, null=True, related_name="kit_lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.TextField(default="pcs")

    class Meta:
        ordering = ["kit_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["kit", "number"], name="kit_line_number_is_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="kit_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kit_id}/{self.number}"


class KitPick(models.Model):
    """What was fetched for a line: a unit, or a quantity of a lot. While it is open the unit belongs to this kit and to
    no other; it ends when the unit is fitted (`used`) or put back (`returned`)."""

    line = models.ForeignKey(KitLine, on_delete=models.PROTECT, related_name="picks")
    picked_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="kit_picks")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="kit_picks")
    taken_from = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    ended_event_id = models.BigIntegerField(null=True)
    ended_why = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(picked_unit__isnull=False, lot__isnull=True, quantity=1)
                | Q(picked_unit__isnull=True, lot__isnull=False, quantity__gt=0),
                name="pick_is_a_unit_or_a_quantity_of_a_lot",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_event_id=None, ended_why="")
                | Q(ended_at__isnull=False, ended_event_id__isnull=False, ended_why__in=["used", "returned"]),
                name="pick_ends_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["picked_unit"],
                condition=Q(ended_at=None, picked_unit__isnull=False),
                name="unit_is_picked_for_one_kit",
            ),
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(ended_at=None, picked_unit__isnull=False),
                name="kit_line_takes_one_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.picked_unit_id or self.lot_id}"
