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


class Recalibration(models.Model):
    """What past misses of a model revision taught at a moment: logarithms of the factors on the days still ahead, by
    quantile level, learnt from so many delivered racks; in force until the next one. `horizon_days`: how far ahead the
    forecasts reached from which it was learnt (median P50)."""

    made_at = models.DateTimeField()
    model = models.TextField()
    delivered = models.IntegerField()
    horizon_days = models.DecimalField(max_digits=8, decimal_places=3)
    p10_shift = models.DecimalField(max_digits=7, decimal_places=4)
    p50_shift = models.DecimalField(max_digits=7, decimal_places=4)
    p80_shift = models.DecimalField(max_digits=7, decimal_places=4)
    p95_shift = models.DecimalField(max_digits=7, decimal_places=4)
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.model} {self.made_at}"
