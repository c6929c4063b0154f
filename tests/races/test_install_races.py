"""Many hands at once on one serial, one slot, one rack: exactly one succeeds, the others are refused, nobody waits for
ever. Real commits, real threads, a connection each."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from assembly.models import Slot
from assembly.operations.installs import SlotTaken, UnitInstalled, install_unit, remove_unit
from assembly.operations.runs import AlreadyRunning, start_run
from genpin.master.loading import load
from inventory.models import Placement
from inventory.operations.finding import UnitHeld
from inventory.operations.holds import place_hold
from ledger.models import Event
from ledger.refusals import Refusal
from tests import cast
from tests.assembly.world import a_build, a_tray, a_unit_of, received, slot_of
from tests.cast import a_caller, person
from tests.database import at_once, connected_to

HANDS = 50


@pytest.fixture
def plant_with_commits(committed_db: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The plant's master data in a database of the test's own, and a connection for every hand."""
    monkeypatch.setenv("GENPIN_POOL", str(HANDS + 4))
    with connected_to(committed_db):
        load(a_caller(cast.system(), key="master"))
        for who in cast.CAST:
            person(who)
        yield


pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("plant_with_commits")]


def outcomes(results: list[Any]) -> Counter[str]:
    """How the hands fared: `done`, or the name of the refusal; anything else is a fault of ours."""
    for result in results:
        assert not isinstance(result, Exception) or isinstance(result, Refusal), repr(result)
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


@pytest.mark.complaint(5)
def test_fifty_hands_fit_one_serial_into_fifty_trays() -> None:
    unit, trays = a_unit_of("PDB-CT"), [a_tray() for _ in range(3)]
    slots = [slot_of(trays[n % 3], "pdb_0").pk for n in range(HANDS)]

    results = at_once(
        *[
            lambda slot=slot: install_unit(caller=a_caller("mei"), slot_id=slot, serial=unit.serial)  # type: ignore[misc]
            for slot in slots
        ]
    )

    told = outcomes(results)
    assert told["done"] == 1
    assert set(told) <= {"done", "UnitInstalled", "SlotTaken"}
    assert Placement.objects.filter(unit=unit, to_at=None, host__isnull=False).count() == 1
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1


@pytest.mark.complaint(5)
def test_fifty_hands_fill_one_slot() -> None:
    tray, units = a_tray(), received(["PDB-CT"] * HANDS)
    slot = slot_of(tray, "pdb_0").pk

    results = at_once(
        *[
            lambda serial=unit.serial: install_unit(caller=a_caller("mei"), slot_id=slot, serial=serial)  # type: ignore[misc]
            for unit in units
        ]
    )

    assert outcomes(results) == {"done": 1, SlotTaken.__name__: HANDS - 1}
    assert Placement.objects.filter(host=tray.unit, position="pdb_0").count() == 1
    assert Placement.objects.filter(unit__in=units, to_at=None).count() == HANDS  # the others are still in the store


def test_two_stations_one_unit() -> None:
    one, other, unit = a_tray(), a_tray(), a_unit_of("PDB-CT")

    results = at_once(
        *[
            lambda tray=tray, station=station: install_unit(  # type: ignore[misc]
                caller=a_caller("mei", station=station), slot_id=slot_of(tray, "pdb_0").pk, serial=unit.tag
            )
            for tray, station in ((one, "A1"), (other, "A3"))
        ]
    )

    assert outcomes(results) == {"done": 1, UnitInstalled.__name__: 1}


def test_an_impatient_double_tap_fits_once_and_both_see_the_answer() -> None:
    tray, unit = a_tray(), a_unit_of("PDB-CT")
    slot = slot_of(tray, "pdb_0").pk

    def tap() -> Placement:
        return install_unit(caller=a_caller("mei", key="one-tap"), slot_id=slot, serial=unit.serial)

    results = at_once(*[tap] * 10)

    assert outcomes(results) == {"done": 10}
    assert len({result.pk for result in results}) == 1
    assert Event.objects.filter(kind="assembly.unit-installed").count() == 1


@pytest.mark.complaint(17)
def test_many_stations_at_one_tray_do_not_hinder_each_other() -> None:
    tray = a_tray()
    slots = list(Slot.objects.filter(build=tray).select_related("part"))
    units = received([slot.part.number for slot in slots])

    results = at_once(
        *[
            lambda slot=slot, unit=unit: install_unit(caller=a_caller("mei"), slot_id=slot.pk, serial=unit.serial)  # type: ignore[misc]
            for slot, unit in zip(slots, units, strict=True)
        ]
    )

    assert outcomes(results) == {"done": len(slots)}


@pytest.mark.complaint(17)
def test_fitting_and_taking_out_never_deadlock() -> None:
    tray = a_tray()
    slots = [slot_of(tray, f"superchip_{n}").pk for n in (0, 1)]
    units = received(["900-2G548-A801-000"] * 4)

    def fit(slot: int, serial: str) -> Any:
        return install_unit(caller=a_caller("mei"), slot_id=slot, serial=serial)

    def take_out(slot: int) -> Any:
        return remove_unit(caller=a_caller("mei"), slot_id=slot, reason="傷", location_code="STORE")

    for _turn in range(3):
        acts = [lambda s=s, u=u: fit(s, u.serial) for s in slots for u in units]
        acts += [lambda s=s: take_out(s) for s in slots * 4]

        told = outcomes(at_once(*acts))

        assert set(told) <= {"done", "SlotTaken", "SlotEmpty", "UnitInstalled"}
    assert Placement.objects.filter(host=tray.unit, to_at=None).count() <= 2


def test_a_hold_comes_before_or_after_a_fitting_never_in_between() -> None:
    tray, unit = a_tray(), a_unit_of("PDB-CT")
    slot = slot_of(tray, "pdb_0").pk

    results = at_once(
        lambda: place_hold(caller=a_caller("tanaka"), target=unit.tag, reason="外観"),
        lambda: install_unit(caller=a_caller("mei"), slot_id=slot, serial=unit.serial),
    )

    told = outcomes(results)
    assert told["done"] + told[UnitHeld.__name__] == 2
    held = Event.objects.get(kind="inventory.hold-placed").pk
    fitted = Event.objects.filter(kind="assembly.unit-installed").values_list("pk", flat=True).first()
    assert fitted is None or fitted < held


def test_one_operation_is_started_once() -> None:
    tray = a_build("GB200-CT")

    results = at_once(*[lambda: start_run(caller=a_caller("mei"), build_id=tray.pk, number=100) for _ in range(12)])

    assert outcomes(results) == {"done": 1, AlreadyRunning.__name__: 11}


def test_the_pool_is_as_large_as_the_crowd() -> None:
    assert connection.settings_dict["OPTIONS"]["pool"]["max_size"] > HANDS
