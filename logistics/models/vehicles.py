"""Kinds of vehicles with what they carry, and how the crates of a shipment are loaded on one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from logistics.loads.deck import Vehicle
from logistics.loads.road import GROSS_DESIGNATED_KG, GROSS_KG, HEIGHT_DESIGNATED_MM, HEIGHT_MM
from logistics.models.shipments import Shipment, ShipmentCrate


class VehicleKind(models.Model):
    """A kind of vehicle: masses in kg, lengths in mm, axles by their distance from the front of the deck (a front axle
    before it counts negative). `rear` is all rear axles together. `inside_height_mm` none: an open deck. `grade` and
    `source` of the figures as in leadtime/MODEL.md: A measured, B published, C assumed."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    payload_kg = models.DecimalField(max_digits=8, decimal_places=1)
    kerb_front_kg = models.DecimalField(max_digits=8, decimal_places=1)
    kerb_rear_kg = models.DecimalField(max_digits=8, decimal_places=1)
    front_limit_kg = models.DecimalField(max_digits=8, decimal_places=1)
    rear_limit_kg = models.DecimalField(max_digits=8, decimal_places=1)
    gross_limit_kg = models.DecimalField(max_digits=8, decimal_places=1)
    deck_length_mm = models.IntegerField()
    deck_width_mm = models.IntegerField()
    deck_height_mm = models.IntegerField()
    inside_height_mm = models.IntegerField(null=True)
    front_axle_mm = models.IntegerField()
    rear_axle_mm = models.IntegerField()
    length_mm = models.IntegerField()
    width_mm = models.IntegerField()
    source = models.TextField()
    grade = models.TextField()
    event_id = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)
    retired_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(payload_kg__gt=0, kerb_front_kg__gt=0, kerb_rear_kg__gt=0, deck_length_mm__gt=0)
                & Q(deck_width_mm__gt=0, deck_height_mm__gt=0, length_mm__gt=0, width_mm__gt=0)
                & (Q(inside_height_mm=None) | Q(inside_height_mm__gt=0)),
                name="vehicle_figures_are_above_zero",
            ),
            models.CheckConstraint(
                condition=Q(front_limit_kg__gt=F("kerb_front_kg"), rear_limit_kg__gt=F("kerb_rear_kg")),
                name="vehicle_axles_bear_more_than_the_empty_vehicle",
            ),
            models.CheckConstraint(
                condition=Q(gross_limit_kg__gte=F("kerb_front_kg") + F("kerb_rear_kg") + F("payload_kg")),
                name="vehicle_gross_mass_allows_its_payload",
            ),
            models.CheckConstraint(
                condition=Q(rear_axle_mm__gt=F("front_axle_mm")), name="vehicle_rear_axle_is_behind_the_front"
            ),
            models.CheckConstraint(
                condition=Q(grade__in=["A", "B", "C"]) & ~Q(source=""), name="vehicle_figures_say_their_source"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_event_id=None)
                | Q(retired_at__isnull=False, retired_event_id__isnull=False),
                name="retired_vehicle_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def figures(self) -> Vehicle:
        """What the arithmetic takes."""
        names = (
            "payload_kg", "kerb_front_kg", "kerb_rear_kg", "front_limit_kg", "rear_limit_kg", "gross_limit_kg",
            "deck_length_mm", "deck_width_mm", "deck_height_mm", "inside_height_mm", "front_axle_mm", "rear_axle_mm",
            "length_mm", "width_mm",
        )  # fmt: skip
        return Vehicle(**{name: getattr(self, name) for name in names})


class LoadPlan(models.Model):
    """How a shipment is loaded: the vehicle, what secures the crates (kg), and what that comes to beside what the
    vehicle bears (copied, so that the database holds it). `uniform`: nobody said where the crates stand. The plan is
    made anew until the departure; earlier ones are in the events."""

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="load_plan")
    vehicle = models.ForeignKey(VehicleKind, on_delete=models.PROTECT, related_name="load_plans")
    securing_kg = models.DecimalField(max_digits=8, decimal_places=1)
    on_designated_roads = models.BooleanField()
    permit = models.TextField(default="", blank=True)
    permit_until = models.DateField(null=True)
    load_kg = models.DecimalField(max_digits=8, decimal_places=1)
    front_kg = models.DecimalField(max_digits=8, decimal_places=1)
    rear_kg = models.DecimalField(max_digits=8, decimal_places=1)
    gross_kg = models.DecimalField(max_digits=8, decimal_places=1)
    height_mm = models.IntegerField()
    payload_kg = models.DecimalField(max_digits=8, decimal_places=1)
    front_limit_kg = models.DecimalField(max_digits=8, decimal_places=1)
    rear_limit_kg = models.DecimalField(max_digits=8, decimal_places=1)
    uniform = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    load_kg__lte=F("payload_kg"), front_kg__lte=F("front_limit_kg"), rear_kg__lte=F("rear_limit_kg")
                ),
                name="load_is_what_its_vehicle_bears",
            ),
            models.CheckConstraint(
                condition=~Q(permit="")
                | Q(height_mm__lte=HEIGHT_MM, gross_kg__lte=GROSS_KG)
                | Q(on_designated_roads=True, height_mm__lte=HEIGHT_DESIGNATED_MM, gross_kg__lte=GROSS_DESIGNATED_KG),
                name="load_above_road_limits_has_a_permit",
            ),
            models.CheckConstraint(
                condition=Q(permit="", permit_until=None) | (~Q(permit="") & Q(permit_until__isnull=False)),
                name="permit_says_its_last_day",
            ),
            models.CheckConstraint(condition=Q(securing_kg__gte=0), name="securing_mass_is_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.vehicle_id}"


class LoadPlace(models.Model):
    """Where a crate stands on the deck: mm from its front left corner, and to where it reaches (an exclusion constraint
    keeps two crates off the same place: nothing is stacked)."""

    plan = models.ForeignKey(LoadPlan, on_delete=models.PROTECT, related_name="places")
    row = models.OneToOneField(ShipmentCrate, on_delete=models.PROTECT, related_name="load_place")
    x_mm = models.IntegerField()
    y_mm = models.IntegerField()
    end_x_mm = models.IntegerField()
    end_y_mm = models.IntegerField()
    turned = models.BooleanField(default=False)

    class Meta:
        ordering = ["plan_id", "x_mm", "y_mm"]
        constraints = [
            models.CheckConstraint(
                condition=Q(x_mm__gte=0, y_mm__gte=0, end_x_mm__gt=F("x_mm"), end_y_mm__gt=F("y_mm")),
                name="crate_stands_within_the_deck",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.row_id}"
