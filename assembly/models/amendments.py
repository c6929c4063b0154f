"""Corrections: a finished run is never rewritten; what was written wrongly is recorded again beside it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from assembly.models.runs import OperationRun


class Amendment(models.Model):
    """A finished run whose values were recorded again as the next attempt: same start, same work, other values.

    Both lives are kept. The signatures of the `amended` run are void with it; those on the new `run` are given anew.
    `amended_by` signed the correction with a PIN."""

    amended = models.OneToOneField(OperationRun, on_delete=models.PROTECT, related_name="amendment")
    run = models.OneToOneField(OperationRun, on_delete=models.PROTECT, related_name="amends")
    reason = models.TextField()
    amended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pin_check_id = models.BigIntegerField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amended=F("run")), name="amendment_makes_another_run"),
            models.CheckConstraint(condition=~Q(reason=""), name="amendment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.amended_id} → {self.run_id}"
