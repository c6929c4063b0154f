"""How many racks may stand in a stage before somebody should look: released figures, kept for ever."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class WorkLimit(models.Model):
    """A limit of the work in one stage, from `released_at` on until the next row of that stage; `most` None lifts it.
    It refuses nothing: the control tower shows what is over."""

    stage = models.TextField()
    most = models.IntegerField(null=True)
    reason = models.TextField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(most=None) | Q(most__gte=1), name="work_limit_is_at_least_one"),
            models.CheckConstraint(condition=~Q(stage="") & ~Q(reason=""), name="work_limit_says_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.most}"
