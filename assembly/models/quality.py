"""When something is wrong: nonconformities, rework, deviations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assembly.models.builds import Build
from assembly.models.routings import RoutingOperation
from assembly.models.runs import OperationRun
from inventory.models import Part, Unit

NC_DISPOSITIONS = ("retest", "rework", "use_as_is", "scrap", "return")


class NonconformityQuerySet(models.QuerySet["Nonconformity"]):
    def open(self) -> NonconformityQuerySet:
        return self.filter(closed_at=None)


class Nonconformity(models.Model):
    """A departure from what was wanted, found at a run or by a person; open until disposed and, where rework was
    demanded, until that is done."""

    number = models.TextField(unique=True)
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="nonconformities")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nonconformities")
    run = models.ForeignKey(OperationRun, on_delete=models.PROTECT, null=True, related_name="nonconformities")
    defect_code = models.TextField(default="", blank=True)
    text = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_event_id = models.BigIntegerField()
    disposition = models.TextField(null=True)
    disposition_reason = models.TextField(default="", blank=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    disposed_event_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_event_id = models.BigIntegerField(null=True)

    objects = NonconformityQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(disposition=None, disposed_by=None)
                | Q(disposition__isnull=False, disposition__in=NC_DISPOSITIONS, disposed_by__isnull=False),
                name="disposition_names_its_person",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(disposition__isnull=False), name="closed_nonconformity_is_disposed"
            ),
        ]
        indexes = [models.Index(fields=["build"], name="nonconformity_open_of_build", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.number


class Rework(models.Model):
    """A demand to do operations again: appended to the build's route, never an edit of it."""

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="reworks")
    nonconformity = models.ForeignKey(Nonconformity, on_delete=models.PROTECT, null=True, related_name="reworks")
    reason = models.TextField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.reason


class ReworkOperation(models.Model):
    """One operation that a rework demands again."""

    rework = models.ForeignKey(Rework, on_delete=models.PROTECT, related_name="operations")
    operation = models.ForeignKey(RoutingOperation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rework", "operation"], name="rework_demands_an_operation_once")]

    def __str__(self) -> str:
        return f"{self.rework_id} {self.operation_id}"


class Deviation(models.Model):
    """An approved departure from the frozen design of one build: a substitute part at a position."""

    number = models.TextField(unique=True)
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="deviations")
    position = models.TextField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["build", "position", "part"], name="deviation_is_approved_once")]

    def __str__(self) -> str:
        return self.number
