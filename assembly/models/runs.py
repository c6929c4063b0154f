"""What was done: operation runs, measured values, signatures."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from assembly.models.builds import Build
from assembly.models.routings import MEANINGS, OperationField, RoutingOperation


class OperationRun(models.Model):
    """One attempt at an operation of a build. One open run per build and operation; attempts count without gaps
    (trigger). Result: pass, fail, conditional (特採, by a named approval) or aborted."""

    build = models.ForeignKey(Build, on_delete=models.PROTECT, related_name="runs")
    operation = models.ForeignKey(RoutingOperation, on_delete=models.PROTECT, related_name="runs")
    attempt = models.SmallIntegerField()
    station = models.TextField(default="", blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    started_event_id = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)
    finished_event_id = models.BigIntegerField(null=True)
    result = models.TextField(null=True)
    note = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["build_id", "operation__number", "attempt"]
        constraints = [
            models.UniqueConstraint(fields=["build", "operation", "attempt"], name="attempt_number_is_used_once"),
            models.UniqueConstraint(
                fields=["build", "operation"], condition=Q(finished_at=None), name="operation_has_one_open_run"
            ),
            models.CheckConstraint(condition=Q(attempt__gte=1), name="attempts_start_at_one"),
            models.CheckConstraint(
                condition=Q(finished_at=None, result=None, finished_event_id=None)
                | Q(
                    finished_at__isnull=False,
                    result__isnull=False,
                    result__in=["pass", "fail", "conditional", "aborted"],
                    finished_event_id__isnull=False,
                ),
                name="finished_run_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=models.F("started_at")),
                name="run_finishes_after_it_starts",
            ),
        ]
        indexes = [
            # readers: station work list, work in progress by stage
            models.Index(fields=["build"], name="run_open_of_build", condition=Q(finished_at=None)),
            # reader: the pace of the stations in a shift
            models.Index(fields=["finished_at"], name="run_ended_at"),
            # reader: recall of a station
            models.Index(fields=["station", "started_at"], name="run_by_station"),
        ]

    def __str__(self) -> str:
        return f"{self.operation_id}#{self.attempt}"


class Measurement(models.Model):
    """A value recorded in a run, with the limits that judged it then. Numbers are Decimal in the field's unit."""

    run = models.ForeignKey(OperationRun, on_delete=models.PROTECT, related_name="measurements")
    field = models.ForeignKey(OperationField, on_delete=models.PROTECT, related_name="measurements")
    value = models.DecimalField(max_digits=18, decimal_places=6, null=True)
    text = models.TextField(default="", blank=True)
    unit = models.TextField(default="", blank=True)
    low = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    verdict = models.TextField()
    tool = models.TextField(default="", blank=True)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "field"], name="field_is_recorded_once_in_a_run"),
            models.CheckConstraint(
                condition=Q(verdict__in=["pass", "fail", "none"]), name="measurement_verdict_is_known"
            ),
        ]
        # reader: recall of a tool
        indexes = [models.Index(fields=["tool"], name="measurement_by_tool", condition=~Q(tool=""))]

    def __str__(self) -> str:
        return f"{self.field_id}: {self.value}"

    @property
    def written(self) -> str:
        """The value as a person writes it: a number without the zeros that its column adds, else the text."""
        return self.text if self.value is None else f"{self.value.normalize():f}"


class Signature(models.Model):
    """A sign-off: who, with what meaning, when, bound to the hash of what was shown."""

    run = models.ForeignKey(OperationRun, on_delete=models.PROTECT, related_name="signatures")
    meaning = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    pin_check_id = models.BigIntegerField()
    shown_hash = models.TextField()
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "meaning"], name="meaning_is_signed_once_in_a_run"),
            models.CheckConstraint(condition=Q(meaning__in=MEANINGS), name="signature_meaning_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.meaning}"

    @property
    def is_void(self) -> bool:
        """Whether what was signed was corrected since; load `run__amendment` beside it to ask without a query."""
        return hasattr(self.run, "amendment")
