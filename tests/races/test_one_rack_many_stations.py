"""Several stations at one rack at once: different slots, different operations, and two hands at one andon button. Real
commits, real threads, a connection each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from assembly.models import AndonCall, OperationRun, Slot
from assembly.operations.andon import CalledAlready, acknowledge_andon, raise_andon
from assembly.operations.installs import SlotTaken, install_unit
from assembly.operations.runs import OutOfOrder, finish_run, start_run
from genpin.master.loading import load
from inventory.models import Placement
from ledger.models import Event
from ledger.refusals import Refusal
from tests import cast
from tests.assembly.world import a_rack_taking_trays, pin_check, received, values_for
from tests.cast import a_caller, person
from tests.database import at_once, connected_to

STATIONS = ("A2", "A3")


@pytest.fixture
def plant_with_commits(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The plant's master data in a database of the test's own, and a connection for every hand."""
    monkeypatch.setenv("GENPIN_POOL", "24")
    with connected_to(committed_db):
        load(a_caller(cast.system(), key="master"))
        for who in cast.CAST:
            person(who)
        yield


pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("plant_with_commits")]


def outcomes(results: list[Any]) -> Counter[str]:
    for result in results:
        assert not isinstance(result, Exception) or isinstance(result, Refusal), repr(result)
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


def test_two_stations_fill_different_slots_of_one_rack_and_begin_another_operation() -> None:
    rack = a_rack_taking_trays()
    slots = list(Slot.objects.filter(build=rack, kind="mgmt").select_related("part").order_by("order"))
    units = received([slot.part.number for slot in slots])

    def fit(number: int) -> Any:
        return install_unit(
            caller=a_caller("mei", station=STATIONS[number % 2]), slot_id=slots[number].pk, serial=units[number].serial
        )

    results = at_once(
        *[lambda number=number: fit(number) for number in range(len(slots))],  # type: ignore[misc]
        lambda: start_run(caller=a_caller("kenji", station="A3"), build_id=rack.pk, number=240),
    )

    assert outcomes(results) == {"done": len(slots) + 1}
    inside = Placement.objects.filter(host_id=rack.unit_id, to_at=None, position__in=[slot.position for slot in slots])
    assert inside.count() == len(slots)
    said = set(Event.objects.filter(pk__in=inside.values("event_id")).values_list("station", flat=True))
    assert said == set(STATIONS)
    runs = OperationRun.objects.filter(build=rack, finished_at=None).order_by("operation__number")
    assert [run.operation.number for run in runs] == [230, 240]


def test_two_stations_reach_for_one_slot_and_one_is_told() -> None:
    rack = a_rack_taking_trays()
    slot = Slot.objects.filter(build=rack, kind="mgmt").select_related("part").order_by("order")[0]
    units = received([slot.part.number] * 2)

    results = at_once(
        *[
            lambda at=at: install_unit(  # type: ignore[misc]
                caller=a_caller("mei", station=STATIONS[at]), slot_id=slot.pk, serial=units[at].serial
            )
            for at in range(2)
        ]
    )

    assert outcomes(results) == {"done": 1, SlotTaken.__name__: 1}
    assert Placement.objects.filter(host_id=rack.unit_id, position=slot.position, to_at=None).count() == 1


def test_what_is_done_beside_begins_early_and_ends_late() -> None:
    rack = a_rack_taking_trays()
    start_run(caller=a_caller("kenji", station="A3"), build_id=rack.pk, number=240)

    def end(number: int, who: str) -> Any:
        return finish_run(
            caller=a_caller(who, station="A3"), build_id=rack.pk, number=number, values=values_for(rack, number),
            pin_check_id=pin_check(who),
        )  # fmt: skip

    with pytest.raises(OutOfOrder, match="230"):
        end(240, "kenji")
    assert OperationRun.objects.get(build=rack, operation__number=240).finished_at is None

    with pytest.raises(OutOfOrder):  # 250 waits for both
        start_run(caller=a_caller("mei", station="A2"), build_id=rack.pk, number=250)


def test_eight_hands_at_one_button_make_one_call_and_one_answer() -> None:
    person("tanaka")
    results = at_once(*[lambda: raise_andon(caller=a_caller("mei", station="A1"), reason="help") for _ in range(8)])
    assert outcomes(results) == {"done": 1, CalledAlready.__name__: 7}
    number = AndonCall.objects.get().number

    answers = at_once(
        *[lambda who=who: acknowledge_andon(caller=a_caller(who), number=number) for who in ("tanaka", "plan")]  # type: ignore[misc]
    )

    assert outcomes(answers) == {"done": 1, "CallAnswered": 1}
    assert Event.objects.filter(kind="assembly.andon-acknowledged").count() == 1
