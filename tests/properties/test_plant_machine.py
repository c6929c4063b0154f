"""Random acts of many callers, one after another and on real threads, against a model of the plant: no installation is
lost, doubled or contradictory, and the record is whole after it.

The same acts in every run; `GENPIN_PROPERTY_EXAMPLES` asks for more of them, `GENPIN_PROPERTY_SEED` for others."""

import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from inventory.checks import run_checks
from tests.properties.machine import PlantMachine
from tests.properties.workshop import a_workshop

EXAMPLES = int(os.environ.get("GENPIN_PROPERTY_EXAMPLES", "16"))
SEED = os.environ.get("GENPIN_PROPERTY_SEED")
STEPS = 40


@pytest.mark.complaint(6)
@pytest.mark.complaint(16)
@pytest.mark.complaint(41)
@pytest.mark.commits
@pytest.mark.slow
def test_no_installation_is_lost_doubled_or_contradictory() -> None:
    a_workshop()
    machine = PlantMachine if SEED is None else seed(int(SEED))(PlantMachine)

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=SEED is None,
            phases=[Phase.generate],  # what commits cannot be taken back: a run of its own is not made shorter
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert list(run_checks()) == []
