"""What stops a way (ferry stopped, port or road closed, licence delay …), and new plans of shipments because of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from logistics.models.lanes import Carrier, Lane, Leg
from logistics.models.shipments import Shipment

DISRUPTION_KINDS = (
    "ferry_stopped", "port_closed", "road_closed", "typhoon", "heavy_rain", "licence_delay", "air_capacity", "other",
)  # fmt: skip
GRADES = ("A", "B", "C")


class Disruption(models.Model):
    """Something that stops legs from `begins_at` on, with its expected end as it is told now (earlier ones are kept as
    DisruptionExpectation). `ended_at` is when it was over, `closed_at` when that was recorded."""

    number = models.TextField(unique=True)
    kind = models.TextField()
    headline = models.TextField()
    begins_at = models.DateTimeField()
    p10_at = models.DateTimeField()
    p50_at = models.DateTimeField()
    p90_at = models.DateTimeField()
    source = models.TextField()
    grade = models.TextField()
    version = models.IntegerField(default=1)
    reported_at = models.DateTimeField()
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()
    ended_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ended_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DISRUPTION_KINDS), name="disruption_kind_is_known"),
            models.CheckConstraint(condition=~Q(headline=""), name="disruption_has_a_headline"),
            models.CheckConstraint(
                condition=Q(p10_at__gt=F("begins_at"), p50_at__gte=F("p10_at"), p90_at__gte=F("p50_at")),
                name="disruption_expects_its_end_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, closed_at=None, ended_event_id=None)
                | Q(ended_at__isnull=False, closed_at__isnull=False, ended_event_id__isnull=False),
                name="end_of_a_disruption_names_its_event",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("begins_at")), name="disruption_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class DisruptedLeg(models.Model):
    """A leg that is stopped."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="struck")
    leg = models.ForeignKey(Leg, on_delete=models.PROTECT, related_name="disruptions")

    class Meta:
        ordering = ["leg_id"]
        constraints = [models.UniqueConstraint(fields=["disruption", "leg"], name="leg_is_struck_once_by_a_disruption")]

    def __str__(self) -> str:
        return f"{self.disruption_id} {self.leg_id}"


class DisruptionExpectation(models.Model):
    """The expected end as it was told at a moment, with who says so and the grade of that word: kept for ever."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="expectations")
    version = models.IntegerField()
    p10_at = models.DateTimeField()
    p50_at = models.DateTimeField()
    p90_at = models.DateTimeField()
    source = models.TextField()
    grade = models.TextField()
    told_at = models.DateTimeField()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["disruption", "version"], name="expectation_is_told_once_a_version"),
            models.CheckConstraint(
                condition=Q(p50_at__gte=F("p10_at"), p90_at__gte=F("p50_at")), name="expected_end_is_in_order"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="expectation_names_its_source"),
            models.CheckConstraint(condition=Q(grade__in=GRADES), name="expectation_grade_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.disruption_id} v{self.version}"


class Replan(models.Model):
    """A shipment's plan before and after it was made anew, and why. `arrives_at`: the arrival by the timetables of the
    lane. With a `place` the shipment was on its way there and goes on from leg `from_leg` of the new lane."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="replans")
    version = models.IntegerField()
    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, null=True, related_name="replans")
    reason = models.TextField()
    was_lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="+")
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="+")
    was_carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="+")
    carrier = models.ForeignKey(Carrier, on_delete=models.PROTECT, related_name="+")
    was_departure_at = models.DateTimeField()
    departure_at = models.DateTimeField()
    was_arrives_at = models.DateTimeField()
    arrives_at = models.DateTimeField()
    was_need_by = models.DateField(null=True)
    need_by = models.DateField(null=True)
    from_leg = models.SmallIntegerField(null=True)
    place = models.TextField(default="", blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["shipment", "version"], name="shipment_is_replanned_once_a_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="replan_says_its_reason"),
            models.CheckConstraint(
                condition=Q(place="", from_leg=None) | (~Q(place="") & Q(from_leg__isnull=False)),
                name="rerouted_shipment_names_its_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shipment_id} v{self.version}"
