"""Starting and ending a burn-in: placement, reservation, operation run, verdict from stored samples."""

from datetime import timedelta
from decimal import Decimal

import pytest

from assembly.models import Alarm, BurnInRun, OperationRun, Reservation, SeriesSummary
from assembly.operations.builds import BuildStart, start_build
from assembly.operations.burn_in import (
    BurnInStart,
    abort_burn_in,
    start_burn_in,
    start_burn_ins,
    stop_burn_in,
    stop_burn_ins,
)
from assembly.operations.cell_room import CellTaken
from assembly.operations.designs import SlotSpec, define_rack_model, release_design
from assembly.operations.judging import BurnInNotJudged
from assembly.operations.nonconformities import ReasonWanted
from assembly.operations.reservations import UnknownCell, reserve_cell
from assembly.operations.routings import OperationSpec, release_routing
from assembly.operations.runs import AlreadyRunning, finish_run, start_run
from assembly.operations.soak_gates import LeakTestNotDone
from assembly.operations.telemetry import NothingSoaks
from inventory.operations.finding import UnitHeld
from inventory.operations.holds import place_hold
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.burn_in_world import GOOD, MINUTE, SOAK, a_burn_in_room, a_rack, a_soaking_rack, feed, some_racks
from tests.cast import NOON, a_caller
from tests.world import a_location, a_part, fresh

pytestmark = pytest.mark.django_db

HOURS = timedelta(hours=1)


def stop(burn_in, minutes=SOAK):
    caller = a_caller("kenji", at=burn_in.started_at + minutes * MINUTE)
    return stop_burn_in(caller=caller, build_id=burn_in.run.build_id)


def test_start_moves_the_rack_starts_the_operation_and_keeps_the_cell():
    a_burn_in_room()
    build = a_rack()

    burn_in = start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code="A-02")

    assert build.unit.placements.get(to_at=None).location.code == "A-02"
    assert (burn_in.run.operation.number, burn_in.run.finished_at) == (350, None)
    assert (burn_in.soak_minutes_required, burn_in.started_at) == (SOAK, NOON)
    kept = Reservation.objects.get()
    assert (kept.cell.code, kept.period.lower, kept.period.upper) == ("A-02", NOON, NOON + SOAK * MINUTE + 12 * HOURS)
    assert Event.objects.get(pk=burn_in.event_id).kind == "assembly.burn-in-started"


def test_a_reservation_that_covers_now_is_used_and_another_one_is_replaced():
    a_burn_in_room()
    one, two = some_racks(2)
    mine = {"from_at": NOON - HOURS, "to_at": NOON + 5 * HOURS}
    reserve_cell(caller=a_caller("plan"), build_id=one.pk, cell_code="A-01", **mine)
    late = {"from_at": NOON + HOURS, "to_at": NOON + 50 * HOURS}
    reserve_cell(caller=a_caller("plan"), build_id=two.pk, cell_code="A-03", **late)

    for build, cell in ((one, "A-01"), (two, "A-02")):
        start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code=cell)

    open_ones = Reservation.objects.filter(cancelled_at=None).order_by("build_id")
    assert [(row.cell.code, row.period.lower) for row in open_ones] == [("A-01", NOON - HOURS), ("A-02", NOON)]


def test_an_operation_that_was_started_at_the_station_is_taken_over():
    a_burn_in_room()
    build = a_rack()
    run = start_run(caller=a_caller("kenji"), build_id=build.pk, number=350)

    assert start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code="A-01").run_id == run.pk


def test_a_cell_takes_one_rack():
    soaking = a_soaking_rack()
    other = a_rack()

    with pytest.raises(CellTaken, match=soaking.run.build.unit.name):
        start_burn_in(caller=a_caller("kenji"), build_id=other.pk, cell_code="A-01")
    with pytest.raises(AlreadyRunning):
        start_burn_in(caller=a_caller("kenji"), build_id=soaking.run.build_id, cell_code="A-02")
    with pytest.raises(UnknownCell):
        start_burn_in(caller=a_caller("kenji"), build_id=other.pk, cell_code="Z-99")

    assert BurnInRun.objects.count() == 1 and not OperationRun.objects.filter(build=other).exists()


def test_full_soak_passes_and_the_ordinary_finish_reads_the_verdict():
    burn_in = a_soaking_rack()
    feed(burn_in, range(SOAK + 1))

    with pytest.raises(BurnInNotJudged):
        finish_run(caller=a_caller("kenji"), build_id=burn_in.run.build_id, number=350)
    ended = stop(burn_in)

    assert (ended.verdict, ended.soak_minutes, ended.ended_why) == ("pass", SOAK, "")
    at = NOON + SOAK * MINUTE
    run = finish_run(caller=a_caller("kenji", at=at), build_id=burn_in.run.build_id, number=350)
    assert run.result == "pass"
    power = SeriesSummary.objects.get(burn_in=burn_in, series__code="RackPower")
    assert (power.n, power.gaps, power.minimum, power.p95, power.last) == (SOAK + 1, 0, 130.0, 130.0, 130.0)
    told = Event.objects.get(kind="assembly.burn-in-ended").payload
    assert (told["samples"], told["verdict"], len(told["samples_sha256"])) == (SOAK + 1, "pass", 64)


def test_a_feeder_that_stopped_does_not_soak():
    """Done means: the clock counts data, not hours."""
    burn_in = a_soaking_rack()
    feed(burn_in, [*range(20), *range(50, 61)])

    ended = stop(burn_in)

    assert (ended.verdict, ended.soak_minutes) == ("fail", 19 + 10) and "31" in ended.ended_why
    run = finish_run(caller=a_caller("kenji", at=NOON + SOAK * MINUTE), build_id=burn_in.run.build_id, number=350)
    assert run.result == "fail" and run.build.nonconformities.get().defect_code == "BURN"


def test_no_sample_at_all_is_no_soak():
    ended = stop(a_soaking_rack(), minutes=10_000)

    assert (ended.verdict, ended.soak_minutes) == ("fail", 0)
    assert {row.n for row in SeriesSummary.objects.filter(burn_in=ended)} == {0}


def test_an_open_alarm_or_a_leak_that_cleared_fails_a_long_enough_soak():
    hot = a_soaking_rack("A-01")
    feed(hot, range(SOAK + 1))
    feed(hot, [SOAK + 1], [46.0, 130.0, 0.0])
    wet = a_soaking_rack("A-02")
    feed(wet, [0])
    feed(wet, [1], [30.0, 130.0, 1.0])
    feed(wet, range(2, SOAK + 3))

    assert stop(hot, SOAK + 2).verdict == "fail"
    ended = stop(wet, SOAK + 2)
    assert (ended.verdict, ended.soak_minutes) == ("fail", SOAK) and "RackLeakDetect" in ended.ended_why
    assert not Alarm.objects.filter(burn_in=wet, cleared_at=None).exists()


def test_stopping_gives_the_rest_of_the_reservation_back():
    burn_in = a_soaking_rack()
    feed(burn_in, range(SOAK + 1))

    stop(burn_in)

    kept = Reservation.objects.get(cancelled_at=None)
    assert (kept.period.lower, kept.period.upper) == (NOON, NOON + SOAK * MINUTE)
    other = a_rack()
    at = NOON + SOAK * MINUTE
    assert start_burn_in(caller=a_caller("kenji", at=at), build_id=other.pk, cell_code="A-01").pk


def test_an_aborted_burn_in_has_no_verdict_of_ours_and_may_start_again():
    burn_in = a_soaking_rack()
    feed(burn_in, range(5))
    build = burn_in.run.build_id
    with pytest.raises(ReasonWanted):
        abort_burn_in(caller=a_caller("kenji"), build_id=build, reason=" ")

    at = NOON + 5 * MINUTE
    ended = abort_burn_in(caller=a_caller("kenji", at=at), build_id=build, reason="pump noise")
    again = start_burn_in(caller=a_caller("kenji", at=at), build_id=build, cell_code="A-01")

    assert (ended.verdict, ended.ended_why) == ("aborted", "pump noise")
    assert OperationRun.objects.get(pk=burn_in.run_id).result == "aborted"
    assert (again.run.attempt, again.started_at) == (2, at)


def test_what_does_not_soak_cannot_be_stopped():
    a_burn_in_room()
    build = a_rack()

    with pytest.raises(NothingSoaks, match=build.unit.name):
        stop_burn_in(caller=a_caller("kenji"), build_id=build.pk)


def test_a_held_rack_and_a_person_without_the_right_are_refused():
    a_burn_in_room()
    build = a_rack()
    with pytest.raises(NotPermitted):
        start_burn_in(caller=a_caller("mei"), build_id=build.pk, cell_code="A-01")
    place_hold(caller=a_caller("tanaka"), target=build.unit.tag, reason="look at it")

    with pytest.raises(UnitHeld):
        start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code="A-01")

    assert not BurnInRun.objects.exists() and not Reservation.objects.exists()


def test_many_start_and_stop_in_one_call_each():
    a_burn_in_room()
    racks = some_racks(3)
    starts = [BurnInStart(build.pk, cell) for build, cell in zip(racks, ("A-01", "A-02", "B-01"), strict=True)]

    ids = start_burn_ins(caller=a_caller("kenji"), starts=starts)["burn_ins"]
    for burn_in in BurnInRun.objects.filter(pk__in=ids):
        feed(burn_in, range(SOAK + 1), GOOD)
    at = NOON + SOAK * MINUTE
    stopped = stop_burn_ins(caller=a_caller("kenji", at=at), build_ids=[build.pk for build in racks])

    assert stopped["burn_ins"] == ids
    assert set(BurnInRun.objects.values_list("verdict", flat=True)) == {"pass"}


def test_many_are_all_or_none():
    a_burn_in_room()
    one, two = some_racks(2)
    starts = [BurnInStart(one.pk, "A-01"), BurnInStart(two.pk, "A-01")]

    with pytest.raises(CellTaken):
        start_burn_ins(caller=a_caller("kenji"), starts=starts)

    assert not BurnInRun.objects.exists() and not Reservation.objects.exists() and not OperationRun.objects.exists()


def test_the_same_key_starts_once():
    a_burn_in_room()
    build = a_rack()
    caller = a_caller("kenji", key="tap")

    first = start_burn_in(caller=caller, build_id=build.pk, cell_code="A-01")

    assert start_burn_in(caller=caller, build_id=build.pk, cell_code="A-01").pk == first.pk


def a_gated_rack():
    """A rack whose leak test and firmware may be done beside its burn-in by the order of its route."""
    a_location("LINE", "line")
    rack, tray, code = a_part(kind="rack", level="rack"), a_part(kind="tray", level="tray"), fresh("RT-")
    rows = [
        OperationSpec(250, "漏れ試験", "Leak test", "measure", "WC-RACK", "rack_build", 1, tool_kinds=("leak_tester",),
                      signs=()),
        OperationSpec(310, "FW", "Firmware", "firmware", "WC-RTEST", "rack_test", 1, signs=(), beside=(250,)),
        OperationSpec(350, "エージング", "Burn-in", "burn_in", "WC-BURN", "burn_in", SOAK, soak_minutes=SOAK, signs=(),
                      beside=(250, 310)),
        OperationSpec(360, "挿入", "Insert", "assemble", "WC-RACK", "rack_build", 1, slot_kinds=("compute",), signs=()),
    ]  # fmt: skip
    release_routing(caller=a_caller("plan"), code=code, revision="A", operations=rows, reentry=[])
    model = fresh("M-")
    define_rack_model(
        caller=a_caller("plan"),
        code=model,
        name=model,
        rack_units=48,
        planned_kw=Decimal(142),
        litres_per_minute_per_kw=Decimal("1.5"),
    )
    design = release_design(
        caller=a_caller("plan"), code=fresh("D-"), kind="rack", part_number=rack.number, revision="A",
        routing_code=code, routing_revision="A", rack_model=model, unit_prefix=fresh("RK"),
        slots=[SlotSpec("CT-01", "compute", tray.number, ru=1, slot_number=1, tray_index=0)],
    )  # fmt: skip
    return start_build(caller=a_caller("plan"), start=BuildStart(design.code, location_code="LINE"))


def test_no_rack_soaks_before_its_leak_test_and_its_firmware():
    a_burn_in_room()
    build = a_gated_rack()

    with pytest.raises(LeakTestNotDone, match="250"):
        start_burn_in(caller=a_caller("kenji"), build_id=build.pk, cell_code="A-01")
    assert not OperationRun.objects.exists() and not Reservation.objects.exists()
