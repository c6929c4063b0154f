"""start_run, start_runs, abort_run: operations in the order of the route, at the right place, one at a time."""

import pytest

from assembly.models import OperationRun
from assembly.operations.nonconformities import ReasonWanted, report_nonconformity
from assembly.operations.runs import (
    AlreadyDone,
    AlreadyRunning,
    BuildDone,
    NamedTwice,
    NonconformityOpen,
    NotRunning,
    OutOfOrder,
    RunStart,
    UnknownBuild,
    UnknownOperation,
    WrongStation,
    abort_run,
    start_run,
    start_runs,
)
from inventory.operations.finding import UnitHeld
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import a_build, a_finished_switch, done, everything, held, started
from tests.cast import NOON, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def test_the_first_operation_begins() -> None:
    tray = a_build("GB200-CT")

    run = start_run(caller=a_caller("mei", station="A1"), build_id=tray.pk, number=100)

    assert (run.attempt, run.station, run.started_by.username, run.started_at) == (1, "A1", "mei", NOON)
    assert run.finished_at is None
    event = Event.objects.get(kind="assembly.operation-started")
    assert event.payload == {"operation": 100, "stage": "kit", "attempt": 1}
    assert (event.subject_type, event.subject_id, run.started_event_id) == ("assembly.build", tray.pk, event.pk)


def test_many_trays_begin_in_one_act() -> None:
    trays = [a_build("GB200-CT") for _ in range(3)]

    start_runs(caller=a_caller("mei"), starts=[RunStart(tray.pk, 100) for tray in trays])

    assert OperationRun.objects.filter(operation__number=100).count() == 3


def refused(refusal: type[Exception], build_id: int, number: int, who: str = "mei", station: str = "") -> Exception:
    before = everything()
    with pytest.raises(refusal) as said:
        start_run(caller=a_caller(who, station=station), build_id=build_id, number=number)
    assert everything() == before
    return said.value


@pytest.mark.complaint(19)
def test_a_later_operation_is_refused_and_the_next_one_named() -> None:
    said = refused(OutOfOrder, a_build("GB200-CT").pk, 120)

    assert "100" in str(said)


def test_what_runs_is_not_started_again() -> None:
    tray = a_build("GB200-CT")
    started(tray, 100)

    refused(AlreadyRunning, tray.pk, 100)
    refused(OutOfOrder, tray.pk, 110)


def test_what_is_done_is_not_started_again() -> None:
    tray = a_build("GB200-CT")
    done(tray, 100)

    refused(AlreadyDone, tray.pk, 100)


def test_what_is_no_operation_or_no_build_is_refused() -> None:
    refused(UnknownOperation, a_build("GB200-CT").pk, 999)
    refused(UnknownBuild, 0, 100)


def test_another_work_centre_is_refused() -> None:
    tray = a_build("GB200-CT")

    said = refused(WrongStation, tray.pk, 100, station="A2")

    assert "トレイ組立" in str(said)


def test_a_held_tray_is_refused() -> None:
    tray = a_build("GB200-CT")
    held(tray.unit)

    refused(UnitHeld, tray.pk, 100)


def test_an_undecided_nonconformity_stops_the_build() -> None:
    tray = a_build("GB200-CT")
    report = report_nonconformity(caller=a_caller("mei"), serial=tray.unit.serial, text="凹み")

    said = refused(NonconformityOpen, tray.pk, 100)

    assert report.number in str(said)


def test_a_complete_build_is_refused() -> None:
    refused(BuildDone, a_finished_switch().build.pk, 110)


def test_who_may_not_run_operations_is_refused() -> None:
    refused(NotPermitted, a_build("GB200-CT").pk, 100, who="plan")


def test_one_build_stands_once_in_a_bulk_request() -> None:
    tray = a_build("GB200-CT")
    before = everything()

    with pytest.raises(NamedTwice):
        start_runs(caller=a_caller("mei"), starts=[RunStart(tray.pk, 100), RunStart(tray.pk, 100)])

    assert everything() == before


def test_the_same_key_begins_once() -> None:
    tray = a_build("GB200-CT")
    first = start_run(caller=a_caller("mei", key="k"), build_id=tray.pk, number=100)

    assert start_run(caller=a_caller("mei", key="k"), build_id=tray.pk, number=100).pk == first.pk
    assert OperationRun.objects.count() == 1


def test_a_broken_off_operation_stays_readable_and_begins_again() -> None:
    tray = a_build("GB200-CT")
    run = started(tray, 100)

    abort_run(caller=a_caller("mei"), build_id=tray.pk, number=100, reason="呼出し")

    run.refresh_from_db()
    assert (run.result, run.note, run.finished_at) == ("aborted", "呼出し", NOON)
    assert Event.objects.get(pk=run.finished_event_id).kind == "assembly.operation-aborted"
    assert started(tray, 100).attempt == 2


def test_breaking_off_needs_a_reason_and_a_running_operation() -> None:
    tray = a_build("GB200-CT")
    before = everything()
    with pytest.raises(NotRunning):
        abort_run(caller=a_caller("mei"), build_id=tray.pk, number=100, reason="呼出し")
    assert everything() == before

    started(tray, 100)
    before = everything()
    with pytest.raises(ReasonWanted):
        abort_run(caller=a_caller("mei"), build_id=tray.pk, number=100, reason="  ")
    assert everything() == before
