"""import_build_history: racks that were built before, read in whole and marked so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from assembly.models import Build, Measurement, Nonconformity, OperationRun, Signature
from assembly.operations.builds import UnknownDesign
from assembly.operations.history import HistoryAhead, HistoryOdd, PastRack, PastRun, PastTray, import_build_history
from assembly.queries.route import routes_of
from genpin.master.loading import load
from inventory.models import Placement, Unit
from inventory.operations.placements import UnknownLocation
from ledger.callers import Caller
from ledger.doors import command_caller
from ledger.models import Event
from ledger.refusals import NotPermitted, Refusal

AT = datetime(2026, 9, 1, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NUMBERS = (200, 210, 220, 230, 240, 250, 260, 300, 310, 320, 330, 340, 350, 360, 510, 520)


@pytest.fixture
def caller(db: None) -> Callable[[str], Caller]:
    genpin = User.objects.get(username="genpin")
    load(command_caller(genpin, key="master"))
    return lambda key: replace(command_caller(genpin, key=key), at=AT, happened_at=AT)


def past_rack() -> PastRack:
    runs = [
        PastRun(number, AT - HOUR * (40 - 2 * place), AT - HOUR * (39 - 2 * place))
        for place, number in enumerate(NUMBERS)
    ]
    failed = replace(runs[5], finished_at=runs[5].started_at, result="fail", found="leaks", defect_code="LEAK")
    runs.insert(5, failed)
    tray = PastTray("CT-00", "", AT - HOUR * 60, AT - HOUR * 50, [PastRun(140, AT - HOUR * 52, AT - HOUR * 51)])
    switch = PastTray("ST-0", "MT2601NV00001", AT - HOUR * 60, AT - HOUR * 50)
    return PastRack(
        design_code="D-31", order_number="MO-26-1", started_at=AT - HOUR * 40, completed_at=AT - HOUR,
        location_code="PACK", kit_ready_at=AT - HOUR * 100, runs=runs, trays=[tray, switch],
    )  # fmt: skip


def test_a_rack_comes_in_with_its_trays_runs_and_answered_failure(caller: Callable[[str], Caller]) -> None:
    build_id = import_build_history(caller=caller("1"), rows=[past_rack()])["builds"][0]

    build = Build.objects.select_related("design", "unit").get(pk=build_id)
    assert (build.origin, build.completed_at, build.unit.serial[:3]) == ("imported", AT - HOUR, "RK2")
    inside = {row.position: row.unit for row in Placement.objects.filter(host=build.unit).select_related("unit")}
    assert set(inside) == {"CT-00", "ST-0"} and inside["ST-0"].serial == "MT2601NV00001"
    assert Build.objects.get(unit=inside["CT-00"]).origin == "imported"
    assert list(build.runs.filter(operation__number=250).values_list("attempt", "result")) == [(1, "fail"), (2, "pass")]
    report = Nonconformity.objects.get()
    assert (report.disposition, report.defect_code, report.closed_at is not None) == ("retest", "LEAK", True)
    assert routes_of([build])[build.pk].is_done
    assert not Signature.objects.exists() and not Measurement.objects.exists()


def test_its_events_tell_of_their_own_times(caller: Callable[[str], Caller]) -> None:
    build_id = import_build_history(caller=caller("1"), rows=[past_rack()])["builds"][0]

    build = Build.objects.get(pk=build_id)
    first = OperationRun.objects.filter(build=build).order_by("started_at")[0]
    event = Event.objects.get(pk=first.started_event_id)
    assert (event.happened_at, event.recorded_at) == (AT - HOUR * 40, AT)
    told = Event.objects.get(kind="assembly.history-imported")
    assert (told.subject_id, told.payload["trays"]) == (build.unit_id, 2)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"completed_at": AT + HOUR}, HistoryAhead),
        ({"started_at": AT}, HistoryAhead),
        ({"design_code": "D-99"}, UnknownDesign),
        ({"location_code": "NOWHERE"}, UnknownLocation),
        ({"trays": [PastTray("CT-99", "", AT, AT)]}, HistoryOdd),
        ({"runs": [PastRun(999, AT, AT)]}, HistoryOdd),
        ({"runs": [PastRun(200, AT, AT, result="perhaps")]}, HistoryOdd),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    caller: Callable[[str], Caller], change: dict[str, object], refusal: type[Refusal]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        import_build_history(caller=caller("1"), rows=[replace(past_rack(), **change)])  # type: ignore[arg-type]

    assert (Event.objects.count(), Build.objects.count(), Unit.objects.count()) == (events, 0, 0)


def test_the_same_key_gives_the_same_answer(caller: Callable[[str], Caller]) -> None:
    answer = import_build_history(caller=caller("1"), rows=[past_rack()])

    assert import_build_history(caller=caller("1"), rows=[past_rack()]) == answer
    assert Build.objects.racks().count() == 1


def test_it_needs_the_right_to_keep_master_data(caller: Callable[[str], Caller]) -> None:
    nobody = User.objects.create(username="nobody")

    with pytest.raises(NotPermitted):
        import_build_history(caller=replace(caller("1"), user=nobody), rows=[past_rack()])
