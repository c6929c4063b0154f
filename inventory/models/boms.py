"""Bills of material, with revisions."""

from __future__ import annotations

from datetime import date

from django.db import models

from inventory.models.parts import Part, PartRevision


class BomQuerySet(models.QuerySet["Bom"]):
    def released(self) -> BomQuerySet:
        return self.exclude(released_at=None)

    def drafts(self) -> BomQuerySet:
        return self.filter(released_at=None)

    def effective(self, day: date) -> BomQuerySet:
        """Of each part revision the released bill that new builds take on that day; the newest of equal days."""
        return (
            self.released()
            .filter(models.Q(effective_from=None) | models.Q(effective_from__lte=day))
            .order_by("part_revision_id", models.F("effective_from").desc(nulls_last=True), "-pk")
            .distinct("part_revision_id")
        )


class Bom(models.Model):
    """The bill of one part revision: a draft that planners edit, then released and fixed (trigger). New builds take the
    released bill with the latest `effective_from` that has come (none: from its release on); running ones keep theirs.
    `version` counts the changes of the draft and its lines."""

    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="boms")
    revision = models.TextField()
    released_at = models.DateTimeField(null=True)
    effective_from = models.DateField(null=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()

    objects = BomQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part_revision", "revision"], name="bom_revision_is_unique")]

    def __str__(self) -> str:
        return f"{self.part_revision} BOM {self.revision}"


class BomLine(models.Model):
    """One line: a quantity of a part, by find number. `version`: that of the bill when the line was changed last."""

    bom = models.ForeignKey(Bom, on_delete=models.PROTECT, related_name="lines")
    number = models.SmallIntegerField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="used_in_lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit = models.TextField(default="pcs")
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["bom_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bom", "number"], name="bom_line_number_is_unique"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bom_quantity_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bom} {self.number}"
