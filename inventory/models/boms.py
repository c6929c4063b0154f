"""Bills of material, with revisions."""

from __future__ import annotations

from django.db import models

from inventory.models.parts import Part, PartRevision


class Bom(models.Model):
    """The bill of one part revision; released once, then fixed (trigger)."""

    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="boms")
    revision = models.TextField()
    released_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part_revision", "revision"], name="bom_revision_is_unique")]

    def __str__(self) -> str:
        return f"{self.part_revision} BOM {self.revision}"


class BomLine(models.Model):
    """One line: a quantity of a part, by find number."""

    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, related_name="lines")
    number = models.SmallIntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="used_in_lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.TextField(default="pcs")

    class Meta:
        ordering = ["bom_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bom", "number"], name="bom_line_number_is_unique"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bom_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bom} {self.number}"
