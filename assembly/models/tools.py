"""Instruments: torque drivers, leak testers, meters — and until when each is calibrated."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

TOOL_KINDS = (
    "torque", "leak_tester", "pressure", "electrical", "resistance", "coolant", "scale", "length", "other",
)  # fmt: skip
"""What an operation may ask for. electrical: hi-pot and insulation; coolant: refractometer, pH, conductivity."""


class ToolQuerySet(models.QuerySet["Tool"]):
    def in_use(self) -> ToolQuerySet:
        return self.filter(retired_at=None)


class Tool(models.Model):
    """One instrument with its own number (the code on its label). `calibration_months` is the usual interval."""

    code = models.TextField(unique=True)
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    maker = models.TextField(default="", blank=True)
    serial = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    calibration_months = models.SmallIntegerField(default=12)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)
    retired_event_id = models.BigIntegerField(null=True)

    objects = ToolQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TOOL_KINDS), name="tool_kind_is_known"),
            models.CheckConstraint(condition=Q(calibration_months__gt=0), name="tool_is_calibrated_now_and_then"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_event_id=None)
                | Q(retired_at__isnull=False, retired_event_id__isnull=False),
                name="retiring_a_tool_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class CalibrationRecord(models.Model):
    """One calibration: what the laboratory found on a day. A pass is good to its due day; a fail ends the earlier one
    at once and has no due day. Never rewritten (trigger): a wrong one is followed by another."""

    tool = models.ForeignKey(Tool, on_delete=models.PROTECT, related_name="calibrations")
    calibrated_on = models.DateField()
    due_on = models.DateField(null=True)
    result = models.TextField()
    certificate = models.TextField(default="", blank=True)
    laboratory = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["tool_id", "-calibrated_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result="pass", due_on__isnull=False, due_on__gt=models.F("calibrated_on"))
                | Q(result="fail", due_on=None),
                name="passed_calibration_has_a_due_day",
            ),
        ]
        # reader: what holds on a day
        indexes = [models.Index(fields=["tool", "-calibrated_on", "-id"], name="calibration_of_tool_by_day")]

    def __str__(self) -> str:
        return f"{self.tool_id} {self.calibrated_on}"

    def covers(self, day: date) -> bool:
        """Whether this calibration, if it is the latest of its tool by that day, allows its use."""
        return self.result == "pass" and self.due_on is not None and self.calibrated_on <= day <= self.due_on
