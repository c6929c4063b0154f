"""Acts on scenarios of one's own and on comparisons."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from logistics.models import ScenarioRevision
from logistics.operations.comparisons import ComparisonAsked
from logistics.operations.scenarios import InputGiven, ScenarioContent
from logistics.operations.scenarios import save_scenario as save
from tests.doors.act import Act, Acts, caller

SOURCE = "見積り 2026/11"


def _content(name: str, p50: str = "1.2") -> ScenarioContent:
    return ScenarioContent(name, "TWair", [InputGiven("linehaul", "B", SOURCE, p50=Decimal(p50))])


def save_scenario() -> Act:
    page = reverse("own_scenario_new") + "?base=TWair"
    form = {"name": "直行便", "p50-linehaul": "1.2", "grade-linehaul": "B", "source-linehaul": SOURCE, "version": "0"}
    return Act(
        "rosa",
        {"content": _content("直行便")},
        (page, form),
        {"content": _content("直行便", "0")},
        "SpreadOutOfOrder",
        (page, {**form, "p50-linehaul": "0"}),
    )


def _one() -> ScenarioRevision:
    revision: ScenarioRevision = save(caller=caller("rosa"), content=_content("経由便"))
    return revision


def retire_scenario() -> Act:
    row = _one()
    page = reverse("own_scenario_retire", args=[row.scenario_id])
    return Act(
        "rosa",
        {"scenario_id": row.scenario_id, "version": 1},
        (page, {"version": "1"}),
        {"version": 7},
        "StaleEdit",
        (page, {"version": "7"}),
    )


def save_comparison() -> Act:
    page = reverse("compare_save")
    form = {"name": "次の 2 本", "racks": "2", "need_by_days": "30", "against": "TWair"}
    return Act(
        "rosa",
        {"name": "次の 2 本", "asked": ComparisonAsked(["TWair"], racks=2)},
        (page, form),
        {"name": " "},
        "ComparisonNameOdd",
        (page, {**form, "name": " "}),
    )


ACTS: Acts = {
    "logistics.retire_scenario": retire_scenario,
    "logistics.save_comparison": save_comparison,
    "logistics.save_scenario": save_scenario,
}
