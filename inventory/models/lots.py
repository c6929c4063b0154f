"""What has no serial: lots, their stock, moves and use."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from inventory.models.parts import Part, PartRevision, Supplier
from inventory.models.places import Location
from inventory.models.units import Unit


class Lot(models.Model):
    """A quantity of one part that was made together. Has its own tag, like a unit. `origin`: the lot that this one was
    set apart from (nonconforming pieces); what is said of that lot is said of this one."""

    tag = models.TextField(unique=True)
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="lots")
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="lots")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="lots")
    number = models.TextField()
    unit = models.TextField(default="pcs")
    made_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    event_id = models.BigIntegerField()
    origin = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="set_apart", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="lot_number_is_unique_for_its_part")]
        indexes = [
            # readers: recalls, what was set apart of a lot
            models.Index(fields=["origin"], name="lot_set_apart", condition=Q(origin__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number


class Stock(models.Model):
    """The balance of the moves of a lot at a location; changed in the same transaction as its move."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="stocks")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="stocks")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lot", "location"], name="lot_has_one_stock_at_a_location"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="stock_is_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}@{self.location_id}: {self.quantity}"


class StockMove(models.Model):
    """The truth for quantities: from a location (none: it came in) to a location (none: it was used or went out)."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="moves")
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="moved_quantity_is_positive"),
            models.CheckConstraint(
                condition=Q(from_location__isnull=False) | Q(to_location__isnull=False), name="stock_moves_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.quantity}"


class Consumption(models.Model):
    """A quantity of a lot that went into a unit; recall walks from here upwards."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="consumptions")
    host = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="consumed")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    operation = models.TextField(default="", blank=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="consumed_quantity_is_positive")]

    def __str__(self) -> str:
        return f"{self.lot_id} in {self.host_id}"
