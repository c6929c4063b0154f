"""What was promised when: kept for ever, it is the calibration record."""

from __future__ import annotations

from django.db import models

from inventory.models import Unit


class Forecast(models.Model):
    """A forecast of the end of site receiving of one rack, as made at a moment by a model revision."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="forecasts")
    made_at = models.DateTimeField()
    model = models.TextField()
    p10_at = models.DateTimeField()
    p50_at = models.DateTimeField()
    p80_at = models.DateTimeField()
    p95_at = models.DateTimeField()
    p_late = models.FloatField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["unit", "-made_at"], name="forecast_latest_of_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.made_at}"
