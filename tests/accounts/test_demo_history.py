"""A demo's history says that it begins, in an empty plant only, and that it is whole."""

import pytest

from accounts.models import User
from accounts.operations.people import NoDemoHistory, PlantNotEmpty, begin_demo_history, end_demo_history
from ledger.doors import command_caller
from ledger.models import Event


@pytest.mark.django_db
def test_a_demo_begins_once_and_is_told_whole() -> None:
    genpin = User.objects.get(username="genpin")

    begin_demo_history(caller=command_caller(genpin, key="1"), seed=7, racks=2, accepted=3)
    end_demo_history(caller=command_caller(genpin, key="2"), told={"rack failed": "RK26-00001"})

    assert list(Event.objects.order_by("pk").values_list("kind", "payload")) == [
        ("accounts.demo-history-begun", {"seed": 7, "racks": 2, "accepted": 3}),
        ("accounts.demo-loaded", {"told": {"rack failed": "RK26-00001"}}),
    ]


@pytest.mark.django_db
def test_a_plant_with_a_record_gets_no_demo() -> None:
    genpin = User.objects.get(username="genpin")
    begin_demo_history(caller=command_caller(genpin, key="1"), seed=7, racks=2, accepted=3)

    with pytest.raises(PlantNotEmpty):
        begin_demo_history(caller=command_caller(genpin, key="2"), seed=7, racks=2, accepted=3)

    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_what_was_not_begun_is_not_whole() -> None:
    with pytest.raises(NoDemoHistory):
        end_demo_history(caller=command_caller(User.objects.get(username="genpin"), key="1"), told={})

    assert not Event.objects.exists()
