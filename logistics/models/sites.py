"""Sites and the positions in their data halls."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from inventory.models import Location


class Site(models.Model):
    """The plant or a customer's site, keyed by code: 川内 (JPSEN) and 仙台 (JPSDJ) both romanise to Sendai. `location`
    is where received goods stand there (the dock); `floor_kg_m2`: what its floor bears, where that is known."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    address_ja = models.TextField(default="", blank=True)
    address_en = models.TextField(default="", blank=True)
    country = models.TextField(default="JP")
    floor_kg_m2 = models.DecimalField(max_digits=8, decimal_places=1, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["plant", "customer"]), name="site_kind_is_known"),
            models.CheckConstraint(condition=Q(floor_kg_m2=None) | Q(floor_kg_m2__gt=0), name="floor_bears_something"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def address(self) -> str:
        return self.address_en if get_language() == "en" else self.address_ja


class Position(models.Model):
    """A place for one rack in a data hall; its Location has the same code."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="positions")
    code = models.TextField(unique=True)
    location = models.OneToOneField(Location, on_delete=models.PROTECT, related_name="hall_position")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code
