"""What may not move on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from inventory.models.lots import Lot
from inventory.models.recalls import Recall
from inventory.models.units import Unit


class HoldQuerySet(models.QuerySet["Hold"]):
    def open(self) -> HoldQuerySet:
        return self.filter(released_at=None)


class Hold(models.Model):
    """A hold on a unit or a lot, from–to, with its reason. A held unit gets no new installation, departure or use.
    `recall`, `inspection`: the recall or the incoming inspection that placed it, if one did."""

    number = models.TextField(unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="holds")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="holds")
    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, null=True, related_name="holds")
    inspection = models.ForeignKey("inventory.Inspection", on_delete=models.PROTECT, null=True, related_name="holds")
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_event_id = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    release_reason = models.TextField(default="", blank=True)
    released_event_id = models.BigIntegerField(null=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, lot__isnull=True) | Q(unit__isnull=True, lot__isnull=False),
                name="hold_is_on_a_unit_or_a_lot",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            models.UniqueConstraint(
                fields=["recall", "unit"], condition=Q(recall__isnull=False), name="recall_holds_a_unit_once"
            ),
            models.UniqueConstraint(
                fields=["recall", "lot"], condition=Q(recall__isnull=False), name="recall_holds_a_lot_once"
            ),
            models.UniqueConstraint(
                fields=["inspection", "unit"],
                condition=Q(inspection__isnull=False, unit__isnull=False),
                name="inspection_holds_a_unit_once",
            ),
            models.UniqueConstraint(
                fields=["inspection", "lot"],
                condition=Q(inspection__isnull=False, lot__isnull=False),
                name="inspection_holds_a_lot_once",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__isnull=False, released_by__isnull=False),
                name="release_names_its_person",
            ),
        ]
        indexes = [
            # readers: every check of a unit or a lot
            models.Index(fields=["unit"], name="hold_open_on_unit", condition=Q(released_at=None)),
            models.Index(fields=["lot"], name="hold_open_on_lot", condition=Q(released_at=None)),
        ]

    def __str__(self) -> str:
        return self.number
