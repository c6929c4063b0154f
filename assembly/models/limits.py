"""The plant's own limits for what testers' files measure: sets of a product, a tool and an operation, in revisions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from inventory.models import Part


class LimitSetQuerySet(models.QuerySet["LimitSet"]):
    """Limit sets by where they stand."""

    def released(self) -> LimitSetQuerySet:
        """Those that judge or have judged files."""
        return self.exclude(released_at=None)


class LimitSet(models.Model):
    """One revision of the limits by which files of a tool about units of a part are judged, while a number of operation
    runs (null: whenever no set of the running operation exists). The newest released one judges; a file keeps the one
    that judged it. `reason`: why it was released."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="limit_sets")
    tool = models.TextField()
    operation = models.PositiveSmallIntegerField(null=True)
    revision = models.PositiveSmallIntegerField()
    reason = models.TextField(default="", blank=True)
    released_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    event_id = models.BigIntegerField()

    objects = LimitSetQuerySet.as_manager()

    class Meta:
        ordering = ["part_id", "tool", "operation", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["part", "tool", "operation", "revision"],
                name="limit_set_revision_is_unique",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["part", "tool", "operation"],
                condition=Q(released_at=None),
                name="limit_set_has_one_draft",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="limit_set_revisions_count_from_one"),
            models.CheckConstraint(
                condition=Q(released_at=None) | ~Q(reason=""), name="released_limits_say_their_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part.number} {self.tool} r{self.revision}"


class TestLimit(models.Model):
    """The bounds of one measured name, both ends included, in the unit that the tool reports. Values nearer to a bound
    than `guard` (same unit) are within the limits, but not passed without a look. `version`: that of the set when the
    line was written last."""

    __test__ = False

    limit_set = models.ForeignKey(LimitSet, on_delete=models.PROTECT, related_name="limits")
    name = models.TextField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    guard = models.FloatField(default=0.0)
    unit = models.TextField(default="", blank=True)
    source = models.TextField(default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["limit_set", "name"], name="name_has_one_limit_in_a_set"),
            models.CheckConstraint(condition=~Q(name=""), name="limit_names_what_it_judges"),
            models.CheckConstraint(condition=Q(low__isnull=False) | Q(high__isnull=False), name="limit_has_a_bound"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high") - 2 * F("guard")),
                name="limit_leaves_room_between_its_guard_bands",
            ),
            models.CheckConstraint(condition=Q(guard__gte=0), name="guard_band_is_not_negative"),
            # PostgreSQL takes NaN and Infinity as numbers, and NaN as larger than all: neither is a limit.
            models.CheckConstraint(
                condition=(Q(low=None) | Q(low__gt=float("-inf"), low__lt=float("inf")))
                & (Q(high=None) | Q(high__gt=float("-inf"), high__lt=float("inf")))
                & Q(guard__lt=float("inf")),
                name="limit_is_a_finite_number",
            ),
        ]

    def __str__(self) -> str:
        return self.name
