"""When something is wrong: nonconformities, rework, deviations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from assembly.models.builds import Build
from assembly.models.routings import RoutingOperation
from assembly.models.runs import OperationRun
from inventory.models import Part, Unit

NC_DISPOSITIONS = ("retest", "rework", "use_as_is", "scrap", "return")


CAUSE_CATEGORIES = ("man", "machine", "material", "method", "measurement", "environment")
"""5M1E, the plant's way of asking why (4M変化点管理 has the first four)."""


class Cause(models.Model):
    """A cause code that quality chooses from; data, kept by planner and quality. A retired one stays readable.
    `at_bench`: it stands on the card beside the scanner and is offered after NG."""

    code = models.TextField(unique=True)
    category = models.TextField()
    name_ja = models.TextField()
    name_en = models.TextField()
    at_bench = models.BooleanField(default=False, db_default=False)
    retired_at = models.DateTimeField(null=True)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["category", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(category__in=CAUSE_CATEGORIES), name="cause_category_is_known"),
            models.CheckConstraint(condition=~Q(code=""), name="cause_has_a_code"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class NonconformityQuerySet(models.QuerySet["Nonconformity"]):
    def open(self) -> NonconformityQuerySet:
        return self.filter(closed_at=None)


class Nonconformity(models.Model):
    """A departure from what was wanted, found at a run or by a person; open until disposed and, where rework was
    demanded, until that is done.

    `says`: what an automatic one found, as codes with parameters (assembly.text); `text` is that in the words of the
    writer's language, or what a person wrote."""

    number = models.TextField(unique=True)
    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="nonconformities")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="nonconformities")
    run = models.ForeignKey(OperationRun, on_delete=models.PROTECT, null=True, related_name="nonconformities")
    defect_code = models.TextField(default="", blank=True)
    text = models.TextField()
    says = models.JSONField(default=list, blank=True)
    cause = models.ForeignKey(Cause, on_delete=models.PROTECT, null=True, related_name="nonconformities")
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


class Concession(models.Model):
    """特別採用(特採): use as is, proposed by one person of quality and decided by another, each by PIN. Until it is
    approved the nonconformity is undecided and stops the build."""

    nonconformity = models.ForeignKey(Nonconformity, on_delete=models.PROTECT, related_name="concessions")
    reason = models.TextField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_event_id = models.BigIntegerField()
    outcome = models.TextField(null=True)
    remarks = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["nonconformity"], condition=Q(outcome=None), name="concession_waits_once"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
                name="concession_is_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(outcome=None, decided_by=None, decided_event_id=None)
                | Q(
                    outcome__isnull=False,
                    outcome__in=["approved", "declined"],
                    decided_by__isnull=False,
                    decided_event_id__isnull=False,
                ),
                name="decided_concession_names_its_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.nonconformity_id}: {self.outcome or 'waits'}"


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
