"""Crates: the packing data of a unit, and its indicators."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from inventory.models import Unit

INDICATOR_STATES = ("intact", "tripped", "missing")
MOMENTS = ("seal", "handover", "receipt")


class Crate(models.Model):
    """A crate is a Unit of a packaging part with an SSCC; what is in it are placements. Masses in kg, lengths in mm.

    Its centre of gravity, where somebody measured it: from the middle of its floor along its length and its width, and
    above its floor."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="crate")
    sscc = models.TextField(unique=True)
    tare_kg = models.DecimalField(max_digits=8, decimal_places=1)
    gross_kg = models.DecimalField(max_digits=8, decimal_places=1)
    length_mm = models.IntegerField()
    width_mm = models.IntegerField()
    height_mm = models.IntegerField()
    centre_x_mm = models.IntegerField(null=True)
    centre_y_mm = models.IntegerField(null=True)
    centre_height_mm = models.IntegerField(null=True)
    sealed_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sscc__regex=r"^\d{18}$"), name="sscc_has_eighteen_digits"),
            models.CheckConstraint(condition=Q(gross_kg__gt=models.F("tare_kg")), name="gross_is_above_tare"),
            models.CheckConstraint(
                condition=Q(centre_x_mm=None, centre_y_mm=None, centre_height_mm=None)
                | Q(
                    centre_x_mm__isnull=False,
                    centre_y_mm__isnull=False,
                    centre_height_mm__gt=0,
                    centre_height_mm__lt=models.F("height_mm"),
                    length_mm__gte=models.F("centre_x_mm") * 2,
                    width_mm__gte=models.F("centre_y_mm") * 2,
                )
                & Q(length_mm__gte=models.F("centre_x_mm") * -2, width_mm__gte=models.F("centre_y_mm") * -2),
                name="centre_of_gravity_is_inside_its_crate",
            ),
        ]

    def __str__(self) -> str:
        return self.sscc


class Indicator(models.Model):
    """A shock (rated in g) or tilt (rated in degrees) indicator on a crate."""

    crate = models.ForeignKey(Crate, on_delete=models.PROTECT, related_name="indicators")
    kind = models.TextField()
    serial = models.TextField()
    rating = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["shock", "tilt"]), name="indicator_kind_is_known"),
            models.UniqueConstraint(fields=["kind", "serial"], name="indicator_serial_is_used_once"),
        ]

    def __str__(self) -> str:
        return self.serial


class IndicatorReading(models.Model):
    """The state of an indicator at a moment: seal, receipt, or a hand-over on the way (`event_id` is that of the
    hand-over)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings")
    moment = models.TextField()
    state = models.TextField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "moment"],
                condition=~Q(moment="handover"),
                name="indicator_is_read_once_at_a_moment",
            ),
            models.UniqueConstraint(
                fields=["indicator", "event_id"],
                condition=Q(moment="handover"),
                name="indicator_is_read_once_at_a_hand_over",
            ),
            models.CheckConstraint(condition=Q(state__in=INDICATOR_STATES), name="indicator_state_is_known"),
            models.CheckConstraint(condition=Q(moment__in=MOMENTS), name="indicator_moment_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} {self.state}"
