"""What the columns of a plant tester's CSV mean: named maps in revisions, kept by test engineers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

COLUMN_ROLES = ("serial", "name", "value", "unit", "low", "high", "verdict", "moment", "ignore")


class ColumnMap(models.Model):
    """A revision of a map. The newest of a code is in use until it is retired; test runs name code and revision."""

    code = models.TextField()
    revision = models.IntegerField()
    name = models.TextField()
    made_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)
    retired_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["code", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["code", "revision"], name="column_map_revision_is_used_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(retired_at=None), name="column_map_has_one_revision_in_use"
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="column_map_has_code_and_name"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_event_id=None)
                | Q(retired_at__isnull=False, retired_event_id__isnull=False),
                name="retired_column_map_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} r{self.revision}"


class MapColumn(models.Model):
    """One column of a map by its heading. `name`, `unit`, `low`, `high`: where the map itself names a measurement."""

    map = models.ForeignKey(ColumnMap, on_delete=models.PROTECT, related_name="columns")
    order = models.SmallIntegerField()
    header = models.TextField()
    role = models.TextField()
    name = models.TextField(default="", blank=True)
    unit = models.TextField(default="", blank=True)
    low = models.DecimalField(max_digits=24, decimal_places=9, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=9, null=True)

    class Meta:
        ordering = ["map", "order"]
        constraints = [
            models.UniqueConstraint(fields=["map", "header"], name="heading_stands_once_in_a_map"),
            models.CheckConstraint(condition=Q(role__in=COLUMN_ROLES), name="column_role_is_known"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")),
                name="low_of_a_column_is_not_above_high",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.header}: {self.role}"
