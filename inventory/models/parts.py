"""What can be had: parts, their revisions, aliases and built-in positions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language

LEVELS = {"chip": 10, "board": 20, "module": 30, "tray": 40, "rack": 50, "crate": 60}
"""A unit may only sit in a host of a higher level, so no cycle can exist (RULINGS 7). Gaps are free."""

TRACEABILITY = ("serial", "lot", "bulk")


class Supplier(models.Model):
    """Who sells parts to the plant."""

    code = models.TextField(unique=True)
    name = models.TextField()
    country = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class Part(models.Model):
    """A part number. `level` says how high it may host; `traceability` how it is followed (serial, lot, bulk)."""

    number = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    level = models.SmallIntegerField()
    traceability = models.TextField(default="serial")
    trace_level = models.SmallIntegerField(default=3)
    manufacturer = models.TextField(default="", blank=True)
    gtin = models.TextField(default="", blank=True)
    hs_code = models.TextField(default="", blank=True)
    eccn = models.TextField(default="", blank=True)
    gaihi = models.TextField(default="", blank=True)
    country = models.TextField(default="", blank=True)
    weight_kg = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    self_reported = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(traceability__in=TRACEABILITY), name="part_traceability_is_known"
            ),
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=99), name="part_level_is_in_range"),
            models.CheckConstraint(
                condition=models.Q(trace_level__gte=1, trace_level__lte=4), name="trace_level_is_ipc_1782"
            ),
            models.UniqueConstraint(fields=["id", "level"], name="part_and_level_can_be_referenced"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def is_serialised(self) -> bool:
        return self.traceability == "serial"


class PartRevision(models.Model):
    """A released state of a part; a unit has one for life."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="revisions")
    revision = models.TextField()
    released_on = models.DateField(null=True)

    class Meta:
        ordering = ["part_id", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["part", "revision"], name="part_revision_is_unique"),
            models.UniqueConstraint(fields=["id", "part"], name="revision_and_part_can_be_referenced"),
        ]

    def __str__(self) -> str:
        return f"{self.part} {self.revision}"


class PartAlias(models.Model):
    """Another number of the same part: the maker's, a reported one."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="aliases")
    number = models.TextField()
    source = models.TextField(default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="alias_means_one_part")]

    def __str__(self) -> str:
        return self.number


class PartPosition(models.Model):
    """A position of a supplier-built board and what sits there: a superchip has its CPU and two GPUs.

    `born` says when the unit there comes to life: at the host's `receipt` with a tag only (CPU, switch chip), or when
    it is first `reported` by supplier's genealogy or a test file (GPU, by UUID) — RULINGS 10."""

    part_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="positions")
    position = models.TextField()
    child = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="built_in_at")
    child_revision = models.ForeignKey(PartRevision, on_delete=models.PROTECT, related_name="built_in_at")
    born = models.TextField()

    class Meta:
        ordering = ["part_revision_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["part_revision", "position"], name="built_in_position_is_unique"),
            models.CheckConstraint(
                condition=models.Q(born__in=["receipt", "reported"]), name="birth_of_built_in_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_revision} {self.position}"
