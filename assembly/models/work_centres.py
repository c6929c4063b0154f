"""Work centres: where operations are done, what people call them, and the pace they should keep."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language


class WorkCentre(models.Model):
    """A kind of place at which operations are done; stations and operations name it by its code.

    `takt_minutes`: each of its stations should end one operation in so many minutes; None: no pace is set."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    takt_minutes = models.IntegerField(null=True)
    order = models.SmallIntegerField(default=0)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(takt_minutes=None) | Q(takt_minutes__gt=0), name="takt_takes_time")
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja
