"""Where the ends of legs lie on the map."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class MapPlace(models.Model):
    """A port, a site or a relay point with its coordinates (degrees, WGS 84), under the Japanese name that legs write.
    ."""

    name_ja = models.TextField(unique=True)
    name_en = models.TextField()
    latitude = models.DecimalField(max_digits=7, decimal_places=4)
    longitude = models.DecimalField(max_digits=7, decimal_places=4)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["name_ja"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="map_place_lies_on_the_earth",
            ),
            models.CheckConstraint(condition=~Q(name_ja="") & ~Q(name_en=""), name="map_place_has_its_names"),
        ]

    def __str__(self) -> str:
        return self.name_ja
