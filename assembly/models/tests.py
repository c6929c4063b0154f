"""Test runs read from the testers' own files: verdict and disposition apart."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from assembly.models.builds import Build
from assembly.models.dispositions import DispositionRules
from assembly.models.limits import LimitSet
from assembly.models.runs import OperationRun
from inventory.models import Unit

VERDICTS = ("pass", "warn", "fail", "error", "not_run", "none")
DISPOSITIONS = ("accept", "retest", "hold", "reject", "review")


class TestRun(models.Model):
    """One file of one tester about one unit. `verdict` is what the tool said, `disposition` what the plant does.
    `firmware`: each version that the file reports, once, as `name version` (`name ?`: named without one). `limit_set`:
    the released limits that judged its measurements; null where the plant had none. `rules`: the revision of the
    disposition rules that disposed it; null where the plant had released none, and the shipped ones counted."""

    __test__ = False

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="test_runs")
    build = models.ForeignKey(Build, on_delete=models.PROTECT, null=True, related_name="test_runs")
    run = models.ForeignKey(OperationRun, on_delete=models.PROTECT, null=True, related_name="test_runs")
    station = models.TextField(default="", blank=True)
    tool = models.TextField()
    tool_version = models.TextField(default="", blank=True)
    variant = models.TextField(default="", blank=True)
    file_sha256 = models.TextField()
    file_name = models.TextField()
    exit_code = models.SmallIntegerField(null=True)
    verdict = models.TextField()
    disposition = models.TextField()
    reasons = ArrayField(models.TextField(), default=list)
    firmware = ArrayField(models.TextField(), default=list, blank=True)
    limit_set = models.ForeignKey(LimitSet, on_delete=models.PROTECT, null=True, related_name="test_runs")
    rules = models.ForeignKey(DispositionRules, on_delete=models.PROTECT, null=True, related_name="test_runs")
    reader_version = models.SmallIntegerField(default=1)
    at = models.DateTimeField()
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "file_sha256"], name="file_is_imported_once_for_a_unit"),
            models.CheckConstraint(condition=Q(verdict__in=VERDICTS), name="test_verdict_is_known"),
            models.CheckConstraint(condition=Q(disposition__in=DISPOSITIONS), name="test_disposition_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.verdict}"


class TestResult(models.Model):
    """One test or measurement of one entity in a file."""

    __test__ = False

    test_run = models.ForeignKey(TestRun, on_delete=models.PROTECT, related_name="results")
    entity = models.TextField(default="", blank=True)
    name = models.TextField()
    value = models.FloatField(null=True)
    unit = models.TextField(default="", blank=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict = models.TextField()

    def __str__(self) -> str:
        return f"{self.entity} {self.name}"


class Observation(models.Model):
    """What the hardware says of itself: identifiers and place, absent values null. `name`: what the tool calls the
    thing (`CBC_0`). `said`: what stands where the serial should be, when that is none (`NA`, blanks): such words never
    equal each other; null where the tool names no serial at all."""

    test_run = models.ForeignKey(TestRun, on_delete=models.PROTECT, related_name="observations")
    kind = models.TextField()
    name = models.TextField(default="", db_default="", blank=True)
    model = models.TextField(null=True)
    said = models.TextField(null=True)
    index = models.IntegerField(null=True)
    uuid = models.TextField(null=True)
    serial = models.TextField(null=True)
    part_number = models.TextField(null=True)
    chassis_serial = models.TextField(null=True)
    slot_number = models.IntegerField(null=True)
    tray_index = models.IntegerField(null=True)
    module_id = models.IntegerField(null=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="observations")

    def __str__(self) -> str:
        return f"{self.kind} {self.index}"
