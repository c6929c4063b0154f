"""Firmware baselines: which versions the hardware of a part has to report before its rack soaks and leaves."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from inventory.models import Part

FIRMWARE_RULES = ("one_of", "at_least")
PLAIN_NUMBERS = "^[0-9]{1,15}([.][0-9]{1,15})*$"
"""Versions that can be put in order: whole numbers with points (580.173.02). Everything else is compared as a whole."""


class FirmwareBaseline(models.Model):
    """One revision of what the units of a part (a tray, a switch tray, a shelf) have to report. The newest released one
    counts until the rack soaks; a rack that has soaked keeps the one of its soak (decision 0018). `reason`: why it was
    released."""

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="firmware_baselines")
    revision = models.PositiveSmallIntegerField()
    reason = models.TextField(default="", blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["part_id", "-revision"]
        constraints = [
            models.UniqueConstraint(fields=["part", "revision"], name="firmware_baseline_revision_is_unique"),
            models.UniqueConstraint(
                fields=["part"], condition=Q(released_at=None), name="firmware_baseline_has_one_draft"
            ),
            models.CheckConstraint(condition=Q(revision__gte=1), name="firmware_baselines_count_from_one"),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, reason="")
                | Q(released_at__isnull=False, released_by__isnull=False) & ~Q(reason=""),
                name="released_baseline_names_person_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part.number} r{self.revision}"


class FirmwareNeed(models.Model):
    """What a baseline asks of one component, by the name that the tool gives it (`vbios`, `FW_BMC_0`): one of these
    versions as they are reported, or (`at_least`) a version of plain numbers that is not lower."""

    baseline = models.ForeignKey(FirmwareBaseline, on_delete=models.PROTECT, related_name="needs")
    component = models.TextField()
    rule = models.TextField()
    versions = ArrayField(models.TextField())

    class Meta:
        ordering = ["component"]
        constraints = [
            models.UniqueConstraint(fields=["baseline", "component"], name="baseline_asks_once_for_a_component"),
            models.CheckConstraint(condition=Q(component__regex="^[^ ]+$"), name="firmware_component_has_a_name"),
            models.CheckConstraint(condition=Q(rule__in=FIRMWARE_RULES), name="firmware_rule_is_known"),
            models.CheckConstraint(
                condition=Q(versions__len__gte=1) & ~Q(versions__contains=[""]), name="required_version_is_not_empty"
            ),
            models.CheckConstraint(
                condition=~Q(rule="at_least") | Q(versions__len=1, versions__0__regex=PLAIN_NUMBERS),
                name="least_version_is_of_plain_numbers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.wanted}"

    @property
    def wanted(self) -> str:
        """The versions as people read them."""
        return ("≧ " if self.rule == "at_least" else "") + " | ".join(self.versions)
