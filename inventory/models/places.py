"""Where everything is, and what is inside what: one table."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language

from inventory.models.units import Unit

LOCATION_KINDS = (
    "receiving",
    "quarantine",
    "store",
    "line",
    "station",
    "cell",
    "dock",
    "site",
    "position",
    "vehicle",
    "outside",
)

INSIDE_PLANT = ("receiving", "quarantine", "store", "line", "station", "dock")
"""Kinds of places where a person may put a thing down by hand."""


class Location(models.Model):
    """A place in the plant, on the road or at the site; a tree by parent."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=LOCATION_KINDS), name="location_kind_is_known")]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class _Period(Func):
    function = "tstzrange"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def open(self) -> PlacementQuerySet:
        return self.filter(to_at=None)


class Placement(models.Model):
    """Where a unit is, from–to: at a location, or inside a host at a position. Installing, packing, moving, receiving
    and accepting all write it. Levels are copied by composite keys, so a host is always of a higher level."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    unit_level = models.SmallIntegerField()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="placements")
    host = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="contents")
    host_level = models.SmallIntegerField(null=True)
    position = models.TextField(null=True)
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()
    closed_event_id = models.BigIntegerField(null=True)
    why = models.TextField(default="", blank=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(location__isnull=False, host__isnull=True) | Q(location__isnull=True, host__isnull=False),
                name="placement_is_at_a_location_or_in_a_host",
            ),
            models.CheckConstraint(
                condition=Q(host__isnull=True, host_level__isnull=True, position__isnull=True)
                | Q(host__isnull=False, host_level__isnull=False, position__isnull=False),
                name="host_has_level_and_position",
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True) | Q(to_at__gt=F("from_at")), name="placement_to_is_after_from"
            ),
            models.CheckConstraint(
                condition=Q(host_level__isnull=True) | Q(host_level__gt=F("unit_level")),
                name="host_is_of_a_higher_level",
            ),
            models.CheckConstraint(
                condition=Q(to_at__isnull=True, closed_event_id__isnull=True)
                | Q(to_at__isnull=False, closed_event_id__isnull=False),
                name="closing_a_placement_names_its_event",
            ),
            models.UniqueConstraint(fields=["unit"], condition=Q(to_at=None), name="unit_has_one_open_placement"),
            models.UniqueConstraint(
                fields=["host", "position"],
                condition=Q(to_at=None, host__isnull=False),
                name="position_has_one_open_placement",
            ),
            ExclusionConstraint(
                name="placements_of_a_unit_never_overlap",
                expressions=[
                    ("unit", RangeOperators.EQUAL),
                    (_Period("from_at", "to_at", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="placements_in_a_position_never_overlap",
                expressions=[
                    ("host", RangeOperators.EQUAL),
                    ("position", RangeOperators.EQUAL),
                    (_Period("from_at", "to_at", Value("[)")), RangeOperators.OVERLAPS),
                ],
                condition=Q(host__isnull=False),
            ),
        ]
        indexes = [
            # readers: stock at a location, station work lists
            models.Index(fields=["location"], name="placement_open_at_location", condition=Q(to_at=None)),
            # readers: as-built on a date, genealogy downwards with history
            models.Index(fields=["host", "from_at"], name="placement_by_host"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} @ {self.location_id or f'{self.host_id}/{self.position}'}"
