"""What the plant does after a tester's verdict: rules in revisions, released whole."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

RULE_CONDITIONS = ("verdict", "severity", "error", "exit", "exit-clean")
RULED_DISPOSITIONS = ("accept", "retest", "hold", "review")
"""What a rule may ask for; `reject` is a person's decision."""


class DispositionRules(models.Model):
    """One released revision of all rules. The newest disposes what is read; a test run names the one that disposed it,
    for good. `reason`: why the rules were changed."""

    revision = models.PositiveSmallIntegerField(unique=True)
    reason = models.TextField()
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    event_id = models.BigIntegerField()

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.CheckConstraint(condition=Q(revision__gte=1), name="disposition_rules_count_from_one"),
            models.CheckConstraint(condition=~Q(reason=""), name="disposition_rules_say_their_reason"),
        ]

    def __str__(self) -> str:
        return f"r{self.revision}"


class DispositionRule(models.Model):
    """One rule: of a tool ("" = of every tool), a condition and its key, what the plant does, and why."""

    rules = models.ForeignKey(DispositionRules, on_delete=models.PROTECT, related_name="rows")
    tool = models.TextField(default="", blank=True)
    condition = models.TextField()
    key = models.TextField()
    disposition = models.TextField()
    reason = models.TextField()

    class Meta:
        ordering = ["condition", "tool", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["rules", "tool", "condition", "key"], name="disposition_rule_speaks_once_of_a_thing"
            ),
            models.CheckConstraint(condition=Q(condition__in=RULE_CONDITIONS), name="rule_condition_is_known"),
            models.CheckConstraint(condition=Q(disposition__in=RULED_DISPOSITIONS), name="ruled_disposition_is_known"),
            models.CheckConstraint(
                condition=Q(condition="exit") | ~Q(disposition="accept"), name="no_fault_is_accepted_by_a_rule"
            ),
            models.CheckConstraint(condition=~Q(key="") & ~Q(reason=""), name="disposition_rule_says_what_and_why"),
        ]

    def __str__(self) -> str:
        return f"{self.tool} {self.condition} {self.key}".strip()
