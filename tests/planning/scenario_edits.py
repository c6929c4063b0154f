"""An edit of a scenario of one's own, as tests/planning/edits.py takes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from logistics.operations.scenarios import InputGiven, ScenarioContent, save_scenario
from tests.cast import a_caller
from tests.world import fresh


def a_scenario_edit(retire: bool = False) -> tuple[int, dict[str, Any], dict[str, Any], str, str]:
    """Revised by logistics, and revised or retired by who came later."""

    def content(p50: int) -> ScenarioContent:
        return ScenarioContent(name, "TWair", [InputGiven("linehaul", "C", "x", p50=Decimal(p50))])

    name = fresh("S-")
    said = {"scenario_id": save_scenario(caller=a_caller("rosa"), content=content(2)).scenario_id}
    first = {**said, "content": content(3)}
    if retire:
        return 1, {"put": first}, said, "scenario.linehaul", "rosa"
    return 1, first, {**said, "content": content(4)}, "linehaul", "rosa"
