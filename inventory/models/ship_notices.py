"""What suppliers announce and what came."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from inventory.models.lots import Lot
from inventory.models.parts import Part, PartRevision, Supplier
from inventory.models.places import Location
from inventory.models.units import Unit


class ShipNotice(models.Model):
    """A supplier's advance ship notice: released by its supplier at `shipped_at`, ordered at `ordered_at`."""

    number = models.TextField()
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="ship_notices")
    order_number = models.TextField(default="", blank=True)
    ordered_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField()
    file_sha256 = models.TextField()
    file_name = models.TextField()
    imported_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "number"], name="ship_notice_number_is_unique_for_its_supplier")
        ]

    def __str__(self) -> str:
        return self.number


class ShipNoticeLine(models.Model):
    """One announced unit or lot. `promised_on`: the agreed day of delivery at the plant; None: the notice named none.
    `parent_serial` and `position` are the supplier's own genealogy: what arrives inside
    another line's unit."""

    notice = models.ForeignKey(ShipNotice, on_delete=models.PROTECT, related_name="lines")
    number = models.IntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="+")
    serial_raw = models.TextField(default="", blank=True)
    serial = models.TextField(default="", blank=True)
    uuid = models.TextField(default="", blank=True)
    lot_number = models.TextField(default="", blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    expires_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    country = models.TextField(default="", blank=True)
    parent_serial = models.TextField(default="", blank=True)
    position = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["notice_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="ship_notice_line_number_is_unique"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="announced_quantity_is_positive"),
        ]
        indexes = [
            # reader: receiving by scan
            models.Index(fields=["serial"], name="ship_notice_line_by_serial"),
        ]

    def __str__(self) -> str:
        return f"{self.notice} {self.number}"


class AwaitedLine(models.Model):
    """A line of which not all has come yet, kept by triggers on lines and receipts: what is expected is a few thousand
    lines of a plant that has received millions."""

    line = models.OneToOneField(ShipNoticeLine, on_delete=models.PROTECT, primary_key=True, related_name="awaited")

    def __str__(self) -> str:
        return str(self.line_id)


class GoodsReceipt(models.Model):
    """One line received: a unit, or a quantity of a lot. `inspection`: the incoming inspection it belongs to."""

    line = models.ForeignKey(ShipNoticeLine, on_delete=models.PROTECT, related_name="receipts")
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, null=True, related_name="goods_receipt")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="goods_receipts")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey("inventory.Inspection", on_delete=models.PROTECT, null=True, related_name="receipts")
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, lot__isnull=True) | Q(unit__isnull=True, lot__isnull=False),
                name="receipt_is_of_a_unit_or_a_lot",
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(unit__isnull=False), name="announced_unit_is_received_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}"
