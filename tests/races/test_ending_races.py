"""A unit is scrapped while somebody fits into it, takes out of it or carries it: one comes first, the other sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from assembly.models import Build, Slot
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.installs import install_unit, remove_unit
from assembly.operations.runs import finish_run, start_run
from inventory.checks import run_checks
from inventory.models import Part, Placement, Unit
from inventory.operations.endings import end_unit
from ledger.refusals import Refusal
from tests.cast import NOON, a_caller
from tests.database import at_once
from tests.properties.workshop import POSITIONS, RACK, SHELVES, TRAY, A, a_workshop
from tests.world import a_part, received_units

TURNS = 8

pytestmark = pytest.mark.commits


@pytest.fixture(autouse=True)
def workshop(committed_db: str) -> Iterator[None]:
    a_workshop()
    yield
    assert list(run_checks()) == []


def a_build(part: str) -> Build:
    """A build whose filling operation runs."""
    build = start_build(caller=a_caller("plan"), start=BuildStart(part, location_code=SHELVES[0]))
    if part == TRAY:
        run(build, 10)
    start_run(caller=a_caller("mei"), build_id=build.pk, number=110 if part == RACK else 20)
    return build


def run(build: Build, number: int) -> None:
    start_run(caller=a_caller("mei"), build_id=build.pk, number=number)
    finish_run(caller=a_caller("mei"), build_id=build.pk, number=number)


def board(part: str = A) -> Unit:
    return received_units(Part.objects.get(number=part), location=SHELVES[0])[0]


def fit(build: Build, position: str, unit: Unit) -> Any:
    slot = Slot.objects.get(build=build, position=position).pk
    return install_unit(caller=a_caller("mei"), slot_id=slot, serial=unit.tag)


def take_out(build: Build, position: str) -> Any:
    slot = Slot.objects.get(build=build, position=position).pk
    return remove_unit(caller=a_caller("mei"), slot_id=slot, reason="傷", location_code=SHELVES[2])


def scrap(unit: Unit) -> Unit:
    return end_unit(caller=a_caller("tanaka"), unit=unit.tag, how="scrapped", reason="破損")


def a_whole_tray() -> Build:
    tray = a_build(TRAY)
    for position, part in POSITIONS["board"].items():
        fit(tray, position, board(part))
    finish_run(caller=a_caller("mei"), build_id=tray.pk, number=20)
    run(tray, 30)
    return tray


def told(outcome: Any) -> str:
    """A refusal's code, or `done`; a fault of ours is raised."""
    if isinstance(outcome, Exception) and not isinstance(outcome, Refusal):
        raise outcome
    return outcome.code if isinstance(outcome, Refusal) else "done"


def test_nothing_goes_into_a_tray_that_is_being_scrapped() -> None:
    for _turn in range(TURNS):
        tray, unit = a_build(TRAY), board()

        scrapped, fitted = at_once(lambda: scrap(tray.unit), lambda: fit(tray, "p1", unit))  # noqa: B023

        assert told(scrapped) == "done"
        unit.refresh_from_db()
        if told(fitted) == "done":
            assert unit.ended_at is not None, "it was fitted first, and went with the tray"
        else:
            assert told(fitted) == "UnitEnded"
            assert unit.ended_at is None
        assert not Placement.objects.filter(host=tray.unit, to_at=None).exists()


def test_what_is_taken_out_of_a_tray_that_is_being_scrapped_is_out_or_gone() -> None:
    for _turn in range(TURNS):
        tray, unit = a_build(TRAY), board()
        fit(tray, "p1", unit)

        scrapped, taken = at_once(lambda: scrap(tray.unit), lambda: take_out(tray, "p1"))  # noqa: B023

        assert told(scrapped) == "done"
        unit.refresh_from_db()
        assert told(taken) == ("done" if unit.ended_at is None else "SlotEmpty")
        assert Placement.objects.filter(unit=unit, to_at=None).exists() is (unit.ended_at is None)


@pytest.mark.complaint(6)
def test_a_tray_goes_whole_into_its_rack_or_is_opened_never_both() -> None:
    for _turn in range(TURNS):
        tray, rack = a_whole_tray(), a_build(RACK)

        fitted, taken = at_once(lambda: fit(rack, "t1", tray.unit), lambda: take_out(tray, "p1"))  # noqa: B023

        outcome = {told(fitted), told(taken)}
        assert outcome in ({"done", "UnitInsideHost"}, {"UnitNotFinished", "done"})
        tray.refresh_from_db()
        inside = Placement.objects.filter(unit=tray.unit, host=rack.unit, to_at=None).exists()
        assert inside is (tray.completed_at is not None)


@pytest.mark.parametrize("which", ["host", "unit"])
def test_the_database_alone_refuses_a_place_in_or_for_what_has_ended(which: str) -> None:
    units = {"unit": board(), "host": received_units(a_part(kind="tray", level="tray"), location=SHELVES[0])[0]}
    unit, host = units["unit"], units["host"]
    text = (
        "INSERT INTO inventory_placement (unit_id, unit_level, host_id, host_level, position, from_at, event_id, why)"
        " VALUES (%s, %s, %s, %s, 'p', '2099-01-01', 1, '')"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE inventory_placement SET to_at = '2098-01-01', closed_event_id = 1")
        Unit.objects.filter(pk=units[which].pk).update(ended_at=NOON)
        with pytest.raises(IntegrityError) as fault, transaction.atomic():
            cursor.execute(text, [unit.pk, unit.level, host.pk, host.level])
        transaction.set_rollback(True)
    assert fault.value.__cause__.diag.constraint_name == "ended_unit_holds_nothing"  # type: ignore[union-attr]
