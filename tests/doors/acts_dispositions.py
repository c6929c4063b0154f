"""Acts on disposition rules: the next revision."""

from __future__ import annotations

from django.urls import reverse

from assembly.models import DispositionRules
from assembly.operations.dispositions import RuleSpec
from tests.doors.act import Act, Acts


def release_dispositions() -> Act:
    seen = DispositionRules.objects.order_by("-revision")[0].revision
    rule = RuleSpec("error", "29", "hold", "Persistence is set by script here", "dcgm-diag")
    page = reverse("disposition_change")
    form = {
        "condition": rule.condition, "named": rule.key, "tool": rule.tool, "disposition": rule.disposition,
        "reason": rule.reason, "why": "Study of November", "revision": str(seen),
    }  # fmt: skip
    right = {"revision": seen, "changes": [rule], "reason": "Study of November"}
    wrong = {"changes": [RuleSpec("error", "abc", "hold", "x")]}
    return Act("tanaka", right, (page, form), wrong, "WrongRule", (page, {**form, "named": "abc"}))


ACTS: Acts = {"assembly.release_dispositions": release_dispositions}
