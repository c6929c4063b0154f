"""A simulated history says that it begins, in an empty plant only, and that it is whole."""

import pytest

from accounts.models import User
from accounts.operations.histories import NoSimulatedHistory, begin_simulated_history, end_simulated_history
from accounts.operations.people import PlantNotEmpty, register_person
from ledger.doors import command_caller
from ledger.models import Event
from ledger.refusals import NotPermitted


@pytest.mark.django_db
def test_a_simulation_begins_once_and_is_told_whole() -> None:
    genpin = User.objects.get(username="genpin")

    first = begin_simulated_history(caller=command_caller(genpin, key="1"), seed=7, racks=54)
    again = begin_simulated_history(caller=command_caller(genpin, key="1"), seed=7, racks=54)
    end_simulated_history(caller=command_caller(genpin, key="2"))

    assert first == again
    assert list(Event.objects.order_by("pk").values_list("kind", "payload")) == [
        ("accounts.simulated-history-begun", {"seed": 7, "racks": 54}),
        ("accounts.simulated-history-ended", {}),
    ]


@pytest.mark.django_db
def test_a_plant_with_a_record_is_not_simulated_over() -> None:
    genpin = User.objects.get(username="genpin")
    begin_simulated_history(caller=command_caller(genpin, key="1"), seed=7, racks=2)

    with pytest.raises(PlantNotEmpty):
        begin_simulated_history(caller=command_caller(genpin, key="2"), seed=7, racks=2)

    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_what_was_not_begun_is_not_whole() -> None:
    with pytest.raises(NoSimulatedHistory):
        end_simulated_history(caller=command_caller(User.objects.get(username="genpin"), key="1"))

    assert not Event.objects.exists()


@pytest.mark.django_db
def test_only_who_keeps_people_says_it() -> None:
    genpin = User.objects.get(username="genpin")
    planner = register_person(
        caller=command_caller(genpin, key="1"), username="plan", name_ja="岡", name_en="Oka", roles=["planner"]
    )
    told = Event.objects.count()

    for call in (lambda caller: begin_simulated_history(caller=caller, seed=1, racks=1), _end):
        with pytest.raises(NotPermitted):
            call(command_caller(planner, key="2"))

    assert Event.objects.count() == told


def _end(caller: object) -> None:
    end_simulated_history(caller=caller)  # type: ignore[arg-type]
