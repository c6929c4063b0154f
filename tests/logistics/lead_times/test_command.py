"""`compare_lead_times`: JSON on standard output, no database, the same bytes for the same seed."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from logistics.management.commands.compare_lead_times import Command


def printed(*words: str) -> str:
    out = StringIO()
    call_command(Command(), *words, stdout=out)
    return out.getvalue()


def answer(*words: str) -> Any:
    return json.loads(printed(*words))


def test_same_seed_prints_the_same_bytes() -> None:
    words = ("--seed", "1", "--draws", "5000", "--need-by", "30")

    assert printed(*words) == printed(*words)
    assert printed(*words) != printed("--seed", "2", "--draws", "5000", "--need-by", "30")


def test_each_scenario_has_its_figures() -> None:
    shown = answer("--scenario", "DOM", "--scenario", "TWair", "--draws", "20000", "--need-by", "30")

    assert set(shown["scenarios"]) == {"DOM", "TWair"}
    domestic = shown["scenarios"]["DOM"]
    assert domestic["p50_days"] < domestic["p80_days"] < domestic["p95_days"]
    assert domestic["on_time_probability"] == pytest.approx(0.91, abs=0.02)
    assert sum(domestic["mean_days_by_stage"].values()) == pytest.approx(domestic["mean_days"], abs=0.01)
    (pair,) = shown["pairs"]
    assert (pair["first"], pair["second"]) == ("DOM", "TWair")
    assert pair["first_is_faster_probability"] == pytest.approx(0.61, abs=0.02)


def test_all_pairs_of_all_seven_are_there() -> None:
    shown = answer("--draws", "500")

    assert len(shown["scenarios"]) == 7
    assert len(shown["pairs"]) == 21
    assert shown["scenarios"]["DOM"]["on_time_probability"] is None


def test_day_of_kit_ready_brings_its_weather() -> None:
    september = answer("--scenario", "DOM", "--start-on", "2026-09-01")["scenarios"]["DOM"]
    february = answer("--scenario", "DOM", "--start-on", "2026-02-01")["scenarios"]["DOM"]

    assert september["mean_days_by_stage"]["stoppage"] > 0.2 > february["mean_days_by_stage"]["stoppage"]


@pytest.mark.parametrize(
    "words",
    [
        ("--scenario", "MARS"),
        ("--draws", "0"),
        ("--draws", "2000000"),
        ("--seed", "-1"),
        ("--scenario", "DOM", "--scenario", "DOM"),
        ("--start-on", "yesterday"),
    ],
)
def test_impossible_question_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        printed(*words)
