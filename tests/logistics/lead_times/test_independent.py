"""P(domestic faster) survives a second, naive computation; the same seed gives the same bytes in another process."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from logistics.lead_times.compare import compare
from logistics.lead_times.overlays import Own, overlaid
from logistics.lead_times.scenarios import default_scenarios
from tests.logistics.lead_times.naive import Facts, quantile, recomputed
from tests.logistics.lead_times.test_comparison import MODEL_8

RUNS, DRAWS = 12_000, 50_000
OWN = Own("linehaul", "C", "x", days=(2.0, 2.5, 9.0)), Own("domestic_haul", "C", "x", days=(0.4, 0.8, 1.6))
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def both() -> tuple[Any, dict[str, list[float]], dict[str, float]]:
    facts, bases = Facts(), default_scenarios()
    own = overlaid(bases["TWsea"], OWN, name="own1.1", titles=("x", "x"))
    ways: dict[str, Any] = dict(facts.stages)
    ways["TWsea+own"] = {**facts.stages["TWsea"], **{one.key: one.days for one in OWN}}
    days, faster = recomputed(ways, facts, RUNS, seed=20261126)
    return compare([*bases.values(), own], draws=DRAWS, seed=7), days, faster


@pytest.mark.parametrize("name", [*(name for name in MODEL_8 if name != "DOM"), "TWsea+own"])
def test_chance_that_domestic_is_faster_survives_an_independent_computation(both: Any, name: str) -> None:
    comparison, _days, faster = both
    ours = comparison.pair("DOM", "own1.1" if "+" in name else name).p_first_faster
    theirs = faster[name]

    error = math.sqrt(theirs * (1 - theirs) * (1 / RUNS + 1 / DRAWS))
    assert abs(ours - theirs) < 4 * error, (ours, theirs, error)


@pytest.mark.parametrize("name", list(MODEL_8))
def test_independent_days_agree_with_ours_and_with_the_model(both: Any, name: str) -> None:
    comparison, days, _faster = both
    result = comparison.result(name)

    for level, model in zip((0.5, 0.8, 0.95), MODEL_8[name][:3], strict=True):
        theirs = quantile(days[name], level)
        assert model is not None
        assert result.days_at(level) == pytest.approx(theirs, rel=0.05 if level == 0.95 else 0.025)
        assert theirs == pytest.approx(model, rel=0.05 if level == 0.95 else 0.025)


ELSEWHERE = """
import hashlib, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "genpin.settings")
import django; django.setup()
from tests.logistics.saved import a_page, pressed_report
from logistics.queries.comparison_facts import facts_bytes
facts = facts_bytes(a_page())
print(hashlib.sha256(facts).hexdigest(), hashlib.sha256(pressed_report(facts)).hexdigest())
"""


def test_facts_and_report_are_the_same_bytes_in_two_processes() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", ELSEWHERE],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, threads in (("1", "1"), ("2", "2"))
    }

    assert len(told) == 1
    assert len(told.pop().split()) == 2
