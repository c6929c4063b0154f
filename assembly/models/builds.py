"""Builds: one unit being made to one frozen design."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from assembly.models.designs import Design
from assembly.models.orders import BuildOrder
from inventory.models import Bom, Part, Unit


class BuildQuerySet(models.QuerySet["Build"]):
    def racks(self) -> BuildQuerySet:
        return self.filter(design__kind="rack")

    def open(self) -> BuildQuerySet:
        """In the making: not complete, and of a unit whose life goes on (a scrapped tray is nobody's work)."""
        return self.filter(completed_at=None, unit__ended_at=None)


class Build(models.Model):
    """One build per unit, for ever; rework reopens it. `bom`: the released bill it was started with; a later one never
    touches it. `order`: the build order it was started from. `origin` is plant, or imported for history that was read
    in at rack, tray and milestone level only."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="build")
    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="builds")
    order_number = models.TextField()
    order = models.ForeignKey(BuildOrder, on_delete=models.PROTECT, null=True, related_name="builds")
    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, null=True, related_name="builds")
    customer_order_at = models.DateTimeField(null=True)
    kit_ready_at = models.DateTimeField(null=True)
    need_by = models.DateField(null=True)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_event_id = models.BigIntegerField(null=True)
    origin = models.TextField(default="plant")
    event_id = models.BigIntegerField()

    objects = BuildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(completed_at=None, completed_event_id=None)
                | models.Q(completed_at__isnull=False, completed_event_id__isnull=False),
                name="completion_names_its_event",
            ),
            models.CheckConstraint(condition=models.Q(origin__in=["plant", "imported"]), name="build_origin_is_known"),
        ]
        indexes = [
            models.Index(fields=["need_by"], name="build_open_by_need", condition=models.Q(completed_at=None)),
            # Read by logistics.queries.lives: the open racks and the latest completed ones, design by design.
            models.Index(fields=["design", "completed_at"], name="build_by_design_and_end"),
        ]

    def __str__(self) -> str:
        return f"{self.order_number} {self.unit_id}"


class Slot(models.Model):
    """A place to fill in one build: a copy of the design's slot, made at the start and never again. A slot is empty
    when no unit has an open placement at its position in the build's unit."""

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="slots")
    position = models.TextField()
    kind = models.TextField()
    order = models.SmallIntegerField()
    ru = models.SmallIntegerField(null=True)
    ru_height = models.SmallIntegerField(default=1)
    slot_number = models.SmallIntegerField(null=True)
    tray_index = models.SmallIntegerField(null=True)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    alternates = ArrayField(models.BigIntegerField(), default=list, blank=True)
    required = models.BooleanField(default=True)
    level = models.SmallIntegerField()

    class Meta:
        ordering = ["build_id", "order"]
        constraints = [
            models.UniqueConstraint(fields=["build", "position"], name="slot_position_is_unique_in_its_build")
        ]

    def __str__(self) -> str:
        return self.position

    def accepts(self, part_id: int) -> bool:
        """Whether a unit of this part may sit here by the frozen design."""
        return part_id == self.part_id or part_id in self.alternates
