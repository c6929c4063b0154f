"""Shipments that arrive in parts: which crate was not at the dock and why, and when each of them came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from logistics.models.shipments import ShipmentCrate

MISSING_REASONS = ("left_behind", "other_vehicle", "unknown")


class MissingCrate(models.Model):
    """A crate that was not there when its shipment stood at the dock (積残し): said once, and kept. It is on its way
    until it has a CrateArrival of its own. `place`: where it was left behind, or which vehicle has it; `at` when it was
    found missing."""

    shipment_crate = models.OneToOneField(ShipmentCrate, on_delete=models.PROTECT, related_name="missing")
    reason = models.TextField()
    place = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=MISSING_REASONS), name="missing_crate_has_a_known_reason"),
            models.CheckConstraint(
                condition=~Q(reason="left_behind") | ~Q(place=""), name="crate_left_behind_has_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_crate_id} {self.reason}"


class CrateArrival(models.Model):
    """A crate of a shipment that arrived in parts stands at the dock; `received_at`: its receiving is finished. The
    crates of a shipment that arrives whole have none: its Arrival speaks for them. With the last one the shipment gets
    its Arrival."""

    shipment_crate = models.OneToOneField(ShipmentCrate, on_delete=models.PROTECT, related_name="arrival")
    at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()
    received_event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(received_at=None, received_event_id=None)
                | Q(received_at__isnull=False, received_event_id__isnull=False, received_at__gte=F("at")),
                name="crate_is_received_after_its_arrival",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_crate_id} {self.at}"
