"""How much of what arrives is inspected, and at which points: sampling plans as released data, and who needs one."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from inventory.models.parts import Part, Supplier

PLAN_KINDS = ("sample", "full", "none")
"""By the plan's lines; every piece (全数検査); nothing (the supplier is trusted, and that is said)."""
POINT_KINDS = ("visual", "measured")


class SamplingPlan(models.Model):
    """A revision of a sampling plan. A draft until quality releases it; what is released is fixed with its lines and
    points (triggers), a change is the next revision. A code has one draft at most."""

    code = models.TextField()
    revision = models.IntegerField()
    name_ja = models.TextField()
    name_en = models.TextField()
    standard = models.TextField(default="", blank=True)
    kind = models.TextField()
    version = models.IntegerField(default=1)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    released_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["code", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["code", "revision"], name="sampling_plan_revision_is_unique"),
            models.UniqueConstraint(fields=["code"], condition=Q(released_at=None), name="sampling_plan_has_one_draft"),
            models.CheckConstraint(condition=Q(kind__in=PLAN_KINDS), name="sampling_plan_kind_is_known"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, released_event_id=None)
                | Q(released_at__isnull=False, released_by__isnull=False, released_event_id__isnull=False),
                name="release_of_a_plan_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} r{self.revision}"

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_en if get_language() == "en" else self.name_ja


class SamplingLine(models.Model):
    """For lots of `lot_from` to `lot_to` pieces (none: and more): how many are looked at, with how many nonconforming
    the lot is accepted at most. Single sampling: it is rejected from the next one on."""

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="lines")
    lot_from = models.IntegerField()
    lot_to = models.IntegerField(null=True)
    sample = models.IntegerField()
    accept = models.IntegerField()

    class Meta:
        ordering = ["plan_id", "lot_from"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "lot_from"], name="sampling_line_begins_once"),
            models.CheckConstraint(
                condition=Q(lot_from__gte=1) & (Q(lot_to=None) | Q(lot_to__gte=F("lot_from"))),
                name="sampling_line_runs_forward",
            ),
            models.CheckConstraint(
                condition=Q(sample__gte=1, accept__gte=0, accept__lt=F("sample")),
                name="sampling_line_can_reject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot_from}–{self.lot_to or ''}: {self.sample}/{self.accept}"


class InspectionPoint(models.Model):
    """What is looked at on each piece: by eye (OK or NG), or measured against limits."""

    plan = models.ForeignKey(SamplingPlan, on_delete=models.PROTECT, related_name="points")
    number = models.IntegerField()
    text_ja = models.TextField()
    text_en = models.TextField()
    kind = models.TextField()
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    unit = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["plan_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="inspection_point_number_is_unique"),
            models.CheckConstraint(condition=Q(kind__in=POINT_KINDS), name="inspection_point_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="visual", low=None, high=None)
                | Q(kind="measured", low__isnull=False, high=None)
                | Q(kind="measured", low=None, high__isnull=False)
                | Q(kind="measured", low__isnull=False, high__isnull=False, low__lte=F("high")),
                name="measured_point_has_limits",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"

    @property
    def text(self) -> str:
        """In the reader's language."""
        return self.text_en if get_language() == "en" else self.text_ja

    def holds(self, value: Decimal) -> bool:
        """Whether a measured value lies within the limits, which belong to it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class SamplingRule(models.Model):
    """Which plan a part is inspected by when it arrives: of one supplier, or (no supplier) of any that has no rule of
    its own. Names the plan's code: its newest released revision holds. A blank code: no inspection."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="sampling_rules")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, null=True, related_name="sampling_rules")
    plan_code = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["part__number", "supplier__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "supplier"], nulls_distinct=False, name="part_of_a_supplier_has_one_sampling_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.supplier_id or '*'}: {self.plan_code}"


def pieces(quantity: Decimal) -> int:
    """A quantity as pieces to take from: what is begun counts."""
    return int(quantity.to_integral_value(ROUND_CEILING))
