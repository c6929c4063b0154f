"""What a build shall become: designs with slot maps, as data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from assembly.models.routings import Routing
from inventory.models import Bom, Part, PartRevision


class RackModel(models.Model):
    """A rack family with its planning figures: kW and litres a minute at full load (domain/nvl72.md section 8)."""

    code = models.TextField(unique=True)
    name = models.TextField()
    rack_units = models.SmallIntegerField()
    planned_kw = models.DecimalField(max_digits=8, decimal_places=2)
    litres_per_minute_per_kw = models.DecimalField(max_digits=6, decimal_places=3, default=Decimal("1.5"))
    version = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.code

    @property
    def planned_lpm(self) -> Decimal:
        return self.planned_kw * self.litres_per_minute_per_kw


class DesignQuerySet(models.QuerySet["Design"]):
    def released(self) -> DesignQuerySet:
        return self.exclude(released_at=None)

    def effective(self, day: date) -> DesignQuerySet:
        """Of each product the released design that new builds of an order take on that day."""
        return (
            self.released()
            .filter(Q(effective_from=None) | Q(effective_from__lte=day))
            .order_by("part_revision__part_id", models.F("effective_from").desc(nulls_last=True), "-pk")
            .distinct("part_revision__part_id")
        )


class Design(models.Model):
    """A product part revision with its slot map, bill and routing: a draft that planners edit, then released and fixed
    (trigger). A change is a new design, taken by new builds from its `effective_from` on. `bom` none: the bill that is
    effective when the build starts.

    `kind` is rack or tray. `unit_prefix` begins the serials of units that a build of it creates ("" = the build is
    started on a unit that came from a supplier)."""

    code = models.TextField(unique=True)
    kind = models.TextField()
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="designs")
    routing = models.ForeignKey(Routing, on_delete=models.PROTECT, related_name="designs")
    rack_model = models.ForeignKey(RackModel, on_delete=models.PROTECT, null=True, related_name="designs")
    unit_prefix = models.TextField(default="", blank=True)
    released_at = models.DateTimeField(null=True)
    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, null=True, related_name="designs")
    effective_from = models.DateField(null=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()

    objects = DesignQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=["rack", "tray"]), name="design_kind_is_known")]

    def __str__(self) -> str:
        return self.code


class DesignSlot(models.Model):
    """A place in the design. RU, NVLink slot number and tray index are three separate facts; never derived from one
    another (domain/nvl72.md rule 3)."""

    design = models.ForeignKey(Design, on_delete=models.PROTECT, related_name="slots")
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
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["design_id", "order"]
        constraints = [models.UniqueConstraint(fields=["design", "position"], name="design_position_is_unique")]

    def __str__(self) -> str:
        return self.position
