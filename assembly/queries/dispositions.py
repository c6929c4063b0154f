"""Questions about disposition rules: which are in force, and how a reader takes them."""

from __future__ import annotations

from typing import cast

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from assembly.models import DispositionRule, DispositionRules
from assembly.models.dispositions import RULE_CONDITIONS
from assembly.test_logs.result import Disposition, Rules


def rules_in_force() -> tuple[DispositionRules | None, Rules]:
    """The newest revision and its rules; none where the plant released none, and then the shipped ones count. Two
    queries, one without rules."""
    newest = DispositionRules.objects.order_by("-revision").first()
    if newest is None:
        return None, {}
    rows = DispositionRule.objects.filter(rules=newest)
    return newest, {
        (row.tool, row.condition, row.key): (cast(Disposition, row.disposition), row.reason) for row in rows
    }


def rule_list(rules: DispositionRules | None, text: str = "", condition: str = "") -> QuerySet[DispositionRule]:
    """The rules of a revision, by condition in the order in which they are asked, searched by tool, key or reason."""
    rows = DispositionRule.objects.filter(rules=rules) if rules else DispositionRule.objects.none()
    if condition in RULE_CONDITIONS:
        rows = rows.filter(condition=condition)
    if text:
        rows = rows.filter(reason__icontains=text) | rows.filter(key__iexact=text) | rows.filter(tool__icontains=text)
    place = Case(
        *(When(Q(condition=name), then=Value(at)) for at, name in enumerate(RULE_CONDITIONS)),
        output_field=IntegerField(),
    )
    return rows.order_by(place, "tool", "key", "pk")
