"""Shipments and what happened to them: each fact a row, each once."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from inventory.models import Location, Unit
from logistics.models.crates import Crate
from logistics.models.lanes import Carrier, Lane, Leg
from logistics.models.sites import Position

MILESTONES = ("leg_departed", "leg_arrived", "position", "delayed")
LATE_AFTER = timedelta(hours=6)
"""A report that comes later than this after what it tells is shown as late."""
OUTCOMES = ("accepted", "accepted_with_remarks", "refused")


class Shipment(models.Model):
    """Crates that travel together on a lane. `vehicle` is the Location that stands for the truck while it travels."""

    number = models.TextField(unique=True)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="shipments")
    vehicle = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    planned_departure_at = models.DateTimeField()
    need_by = models.DateField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def has_departed(self) -> bool:
        """Whether the truck has left; load `departure` beside the shipment to ask without a query."""
        return hasattr(self, "departure")

    @property
    def has_arrived(self) -> bool:
        return hasattr(self, "arrival")


class ShipmentCrate(models.Model):
    """A crate assigned to a shipment."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="crates")
    crate = models.OneToOneField(Crate, on_delete=models.PROTECT, related_name="shipment_crate")
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.crate_id}"

    @property
    def is_here(self) -> bool:
        """Whether it stands at the dock, of a shipment that arrived in parts; load `arrival` to ask without a query."""
        return hasattr(self, "arrival")


class Departure(models.Model):
    """The truck left the plant."""

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="departure")
    at = models.DateTimeField()
    truck = models.TextField()
    driver = models.TextField(default="", blank=True)
    seal = models.TextField(default="", blank=True)
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.at}"


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Reports."""

    def with_order(self) -> MilestoneQuerySet:
        """With `out_of_order`: whether something later was known already when this was reported."""
        known = Milestone.objects.filter(
            shipment=OuterRef("shipment"), happened_at__gt=OuterRef("happened_at"), event_id__lt=OuterRef("event_id")
        )
        return self.annotate(out_of_order=Exists(known.order_by()))


class Milestone(models.Model):
    """Something reported on the way: when it happened, when it was reported, by whom."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="milestones")
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, null=True, related_name="milestones")
    kind = models.TextField()
    place = models.TextField(default="", blank=True)
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    source = models.TextField(default="hand")
    expected_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["happened_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=MILESTONES), name="milestone_kind_is_known"),
            models.CheckConstraint(
                condition=Q(happened_at__lte=models.F("reported_at")), name="milestone_happened_before_its_report"
            ),
            models.UniqueConstraint(
                fields=["shipment", "leg", "kind"],
                condition=Q(kind__in=["leg_departed", "leg_arrived"]),
                name="leg_milestone_is_reported_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.kind}"

    @property
    def is_late(self) -> bool:
        """Whether it was told long after it happened."""
        return self.reported_at - self.happened_at > LATE_AFTER


class Arrival(models.Model):
    """The truck stands at the site's dock. `received_at`: receiving there is finished."""

    shipment = models.OneToOneField(Shipment, on_delete=models.PROTECT, related_name="arrival")
    at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()
    received_event_id = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.shipment_id} {self.at}"


class Acceptance(models.Model):
    """The site's word about one rack, with its place in the data hall; once a shipment and rack. `vacated_event_id`:
    the packing with which the rack left that place for its return; nothing else of the row ever changes."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="acceptances")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="acceptances")
    outcome = models.TextField()
    remarks = models.TextField(default="", blank=True)
    position = models.ForeignKey(Position, on_delete=models.PROTECT, null=True, related_name="acceptances")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    vacated_event_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "unit"], name="rack_is_accepted_once_in_a_shipment"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="acceptance_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(outcome="refused", position=None) | (~Q(outcome="refused") & Q(position__isnull=False)),
                name="accepted_rack_has_a_position",
            ),
            models.UniqueConstraint(
                fields=["position"],
                condition=~Q(outcome="refused") & Q(vacated_event_id=None),
                name="position_takes_one_rack",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.outcome}"
