"""Ways to the site: carriers, lanes, legs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from logistics.models.sites import Site


class Carrier(models.Model):
    """A haulage or ferry company."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class Lane(models.Model):
    """A way from one site to another, in legs."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    origin = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lanes_out")
    destination = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="lanes_in")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class Leg(models.Model):
    """One leg: mode, end points, planned hours and, where there is one, the cut-off (local time of day)."""

    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="legs")
    number = models.SmallIntegerField()
    mode = models.TextField()
    from_ja = models.TextField()
    from_en = models.TextField()
    to_ja = models.TextField()
    to_en = models.TextField()
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="legs")
    planned_hours = models.DecimalField(max_digits=7, decimal_places=2)
    departs_at = models.TimeField(null=True)
    cut_off_at = models.TimeField(null=True)
    distance_km = models.DecimalField(max_digits=8, decimal_places=1, null=True)
    grade = models.TextField(default="C")

    class Meta:
        ordering = ["lane_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lane", "number"], name="leg_number_is_unique_in_its_lane"),
            models.CheckConstraint(
                condition=Q(mode__in=["road", "ferry", "air", "sea", "rail"]), name="leg_mode_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane} {self.number}"

    @property
    def start(self) -> str:
        return self.from_en if get_language() == "en" else self.from_ja

    @property
    def end(self) -> str:
        return self.to_en if get_language() == "en" else self.to_ja
