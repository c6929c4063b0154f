"""The way a build goes: routings with ordered operations, what each records, who signs, what a swap repeats."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from assembly.models.tools import TOOL_KINDS

OPERATION_KINDS = ("kit", "assemble", "inspect", "measure", "firmware", "test", "configuration", "burn_in", "pack")
MEANINGS = ("made", "checked", "approved")
"""作成, 確認 (or 検査), 承認."""


class Routing(models.Model):
    """A named sequence of operations: a draft that planners edit, then released and fixed (trigger). A change is a new
    revision. `version` counts the changes of the draft and of all it has."""

    code = models.TextField()
    revision = models.TextField()
    released_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "revision"], name="routing_revision_is_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.revision}"


class RoutingOperation(models.Model):
    """One operation. `slot_kinds`: the kinds of slots it fills; `required_tools`: the testers whose accepted file it
    needs; `tool_kinds`: instruments that its values must name, calibrated; `skill`: the qualification of whoever starts
    it ("" = none; both looked at again by triggers); `signs`: the meanings to sign; `soak_minutes` for a burn-in."""

    routing = models.ForeignKey(Routing, on_delete=models.PROTECT, related_name="operations")
    number = models.SmallIntegerField()
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField()
    work_centre = models.TextField()
    stage = models.TextField()
    standard_minutes = models.IntegerField()
    soak_minutes = models.IntegerField(null=True)
    slot_kinds = ArrayField(models.TextField(), default=list, blank=True)
    required_tools = ArrayField(models.TextField(), default=list, blank=True)
    tool_kinds = ArrayField(models.TextField(), default=list, blank=True)
    skill = models.TextField(default="", blank=True)
    signs = ArrayField(models.TextField(), default=list, blank=True)
    beside = ArrayField(models.SmallIntegerField(), default=list, blank=True)
    """Earlier operations that this one may be done beside: it may begin before they are done, and ends after them."""
    instruction_ja = models.TextField(default="", blank=True)
    instruction_en = models.TextField(default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        ordering = ["routing_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["routing", "number"], name="operation_number_is_unique_in_its_routing"),
            models.CheckConstraint(condition=Q(kind__in=OPERATION_KINDS), name="operation_kind_is_known"),
            models.CheckConstraint(
                condition=Q(tool_kinds__contained_by=list(TOOL_KINDS)), name="asked_tools_are_known"
            ),
            models.CheckConstraint(condition=Q(signs__contained_by=list(MEANINGS)), name="sign_meanings_are_known"),
            models.CheckConstraint(
                condition=~Q(kind="burn_in") | Q(soak_minutes__isnull=False, soak_minutes__gt=0),
                name="burn_in_has_a_soak_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja

    @property
    def instruction(self) -> str:
        return self.instruction_en if get_language() == "en" else self.instruction_ja


class OperationField(models.Model):
    """A value to record at an operation, with its limits. `kind` is number or text; `expected` judges a text."""

    operation = models.ForeignKey(RoutingOperation, on_delete=models.PROTECT, related_name="fields")
    code = models.TextField()
    name_ja = models.TextField()
    name_en = models.TextField()
    kind = models.TextField(default="number")
    unit = models.TextField(default="", blank=True)
    low = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    high = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    expected = models.TextField(default="", blank=True)
    required = models.BooleanField(default=True)
    order = models.SmallIntegerField(default=0)

    class Meta:
        ordering = ["operation_id", "order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["operation", "code"], name="field_code_is_unique_in_its_operation"),
            models.CheckConstraint(condition=Q(kind__in=["number", "text"]), name="field_kind_is_known"),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lte=models.F("high")), name="low_limit_is_not_above_high"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ja


class ReentryRule(models.Model):
    """What must be repeated after a unit of a slot kind was taken out (domain/nvl72.md 6.2): operation numbers."""

    routing = models.ForeignKey(Routing, on_delete=models.PROTECT, related_name="reentry_rules")
    slot_kind = models.TextField()
    repeats = ArrayField(models.SmallIntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["routing", "slot_kind"], name="reentry_rule_is_unique_for_its_kind")
        ]

    def __str__(self) -> str:
        return f"{self.routing} {self.slot_kind}"
