"""Scenarios of one's own, revision by revision, and comparisons that were saved with all they stood on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

BASES = ("DOM", "TWair", "TWsea", "TXair", "TXsea", "MXair", "MXsea")
"""The built-in scenarios (logistics/lead_times/default_scenarios.json)."""
INPUT_GRADES = ("A", "B", "C")


class OwnScenario(models.Model):
    """A scenario of the plant's own by name: `version` is the number of its newest revision. Retired ones are offered
    no more; comparisons that name them still read them."""

    name = models.TextField()
    version = models.IntegerField(default=1)
    event_id = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)
    retired_event_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(retired_at=None), name="own_scenario_name_is_unique_while_in_use"
            ),
            models.CheckConstraint(
                condition=~Q(name="") & Q(version__gte=1), name="own_scenario_has_a_name_and_a_revision"
            ),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_event_id=None)
                | Q(retired_at__isnull=False, retired_event_id__isnull=False),
                name="retired_scenario_names_its_event",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScenarioRevision(models.Model):
    """One saved state of a scenario: its base and the inputs that differ from it. Never rewritten."""

    scenario = models.ForeignKey(OwnScenario, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    name = models.TextField()
    base = models.TextField()
    remark = models.TextField(default="", blank=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["scenario_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["scenario", "number"], name="scenario_revision_is_saved_once"),
            models.CheckConstraint(
                condition=Q(base__in=BASES) & Q(number__gte=1) & ~Q(name=""), name="scenario_revision_stands_on_a_base"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def code(self) -> str:
        """What a comparison's address calls it: own3.2."""
        return f"own{self.scenario_id}.{self.number}"


class ScenarioInput(models.Model):
    """An input that differs from the base: days at P10, P50 and P90, or one `value` (a share, mean days). `switch`: the
    disruption that brought it, "" for a figure of one's own."""

    revision = models.ForeignKey(ScenarioRevision, on_delete=models.PROTECT, related_name="inputs")
    key = models.TextField()
    p10 = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    p50 = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    p90 = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    value = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    grade = models.TextField()
    source = models.TextField()
    switch = models.TextField(default="", blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "key"], name="scenario_input_differs_once"),
            models.CheckConstraint(
                condition=Q(value=None, p10__gt=0, p10__lte=F("p50"), p50__lte=F("p90"))
                | Q(value__gte=0, p10=None, p50=None, p90=None),
                name="scenario_input_is_in_order",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=INPUT_GRADES) & ~Q(source="") & ~Q(key=""), name="scenario_input_says_its_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.value if self.value is not None else f'{self.p10} / {self.p50} / {self.p90}'}"


class SavedComparison(models.Model):
    """A comparison as it was answered at `as_of`: `facts` is the JSON of its wish, inputs and figures (never rewritten;
    the report is pressed from it), `facts_sha256` the hash of these bytes."""

    number = models.TextField(unique=True)
    name = models.TextField()
    facts = models.TextField()
    facts_sha256 = models.TextField()
    as_of = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & Q(facts_sha256__regex=r"^[0-9a-f]{64}$"), name="saved_comparison_is_sealed"
            )
        ]

    def __str__(self) -> str:
        return self.number
