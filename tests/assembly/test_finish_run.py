"""finish_run, finish_runs: judged by values, slots, tests and reported configuration; signed by the maker's PIN."""

from datetime import timedelta

import pytest

from accounts.operations.sessions import PinNotChecked
from assembly.models import Measurement, Nonconformity, OperationRun, Signature
from assembly.operations.judging import (
    FieldMissing,
    FieldUnknown,
    SlotsEmpty,
    TestMissing,
    ToolMissing,
    ValueNotUnderstood,
)
from assembly.operations.runs import (
    NotRunning,
    OutOfOrder,
    RecordedValue,
    RunFinish,
    ShownChanged,
    WrongStation,
    finish_run,
    finish_runs,
)
from assembly.queries.shown import shown_hash_of
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import (
    a_build,
    a_finished_tray,
    a_tray,
    done,
    everything,
    fill,
    finished,
    pin_check,
    started,
    tool_of,
    values_for,
)
from tests.cast import NOON, a_caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]

TORQUES = {"torque_board": "0.60", "torque_coldplate": "0.90"}


def a_full_tray():  # type: ignore[no-untyped-def]
    tray = a_tray()
    fill(tray)
    return tray


def finish(tray, values=None, number: int = 110, **others):  # type: ignore[no-untyped-def]
    tool = tool_of(["torque"]) if number == 110 else ""
    told = [RecordedValue(code, text, tool) for code, text in (values or TORQUES).items()]
    return finish_run(
        caller=others.pop("caller", None) or a_caller("mei"),
        build_id=tray.pk,
        number=number,
        values=told,
        pin_check_id=others.pop("pin_check_id", None) or pin_check("mei"),
        **others,
    )


def test_values_are_recorded_with_their_limits_and_signed() -> None:
    tray = a_full_tray()

    run = finish(tray, {"torque_board": "０．６１", "torque_coldplate": "0.9"}, note="手順どおり")

    assert (run.result, run.note) == ("pass", "手順どおり")
    row = Measurement.objects.get(run=run, field__code="torque_board")
    assert (f"{row.value}", row.unit, row.verdict, row.tool) == ("0.610000", "N·m", "pass", "TQ-014")
    assert (f"{row.low}", f"{row.high}") == ("0.550000", "0.650000")
    signature = Signature.objects.get(run=run)
    assert (signature.meaning, signature.user.username) == ("made", "mei")
    assert signature.shown_hash == shown_hash_of([run])[run.pk]
    event = Event.objects.get(pk=run.finished_event_id)
    assert event.kind == "assembly.operation-finished"
    assert event.payload["result"] == "pass"
    assert event.payload["values"][0]["field"] == "torque_board"


@pytest.mark.parametrize("text", ["0.66", "0.54", "-1"])
def test_a_value_outside_its_limits_fails_and_opens_a_nonconformity(text: str) -> None:
    tray = a_full_tray()

    run = finish(tray, TORQUES | {"torque_board": text})

    assert run.result == "fail"
    report = Nonconformity.objects.get(run=run)
    assert report.build_id == tray.pk
    assert text in report.text
    assert "0.55–0.65 N·m" in report.text
    assert report.disposition is None
    assert Event.objects.get(pk=report.opened_event_id).kind == "assembly.nonconformity-opened"


@pytest.mark.parametrize("text", ["0.55", "0.65", "0.5500"])
def test_a_value_on_its_limit_passes(text: str) -> None:
    assert finish(a_full_tray(), TORQUES | {"torque_board": text}).result == "pass"


def test_the_last_operation_completes_the_build() -> None:
    unit = a_finished_tray()

    assert unit.build.completed_at is not None
    event = Event.objects.get(kind="assembly.build-completed", subject_id=unit.build.pk)
    assert unit.build.completed_event_id == event.pk


def refused(refusal: type[Exception], tray, values=None, number: int = 110, **others) -> Exception:  # type: ignore[no-untyped-def]
    tool_of(["torque"])
    check = others.setdefault("pin_check_id", pin_check("mei"))
    assert check
    before = everything()
    with pytest.raises(refusal) as said:
        finish(tray, values, number, **others)
    assert everything() == before
    assert not Measurement.objects.filter(run__build=tray, run__operation__number=number).exists()
    return said.value


def test_empty_slots_are_refused_and_named() -> None:
    tray = a_tray()
    fill(tray, leave=2)

    said = refused(SlotsEmpty, tray)

    assert "m2_0" in str(said)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"torque_board": "0.6"}, FieldMissing),
        (TORQUES | {"torque_board": " "}, FieldMissing),
        (TORQUES | {"colour": "red"}, FieldUnknown),
        (TORQUES | {"torque_board": "abc"}, ValueNotUnderstood),
        (TORQUES | {"torque_board": "NaN"}, ValueNotUnderstood),
        (TORQUES | {"torque_board": "Infinity"}, ValueNotUnderstood),
        (TORQUES | {"torque_board": "1e400"}, ValueNotUnderstood),
        (TORQUES | {"torque_board": "0,60"}, ValueNotUnderstood),
        (TORQUES | {"torque_board": "0_6"}, ValueNotUnderstood),
    ],
)
def test_what_cannot_be_recorded_is_refused(values: dict[str, str], refusal: type[Exception]) -> None:
    refused(refusal, a_full_tray(), values)


def test_a_tester_s_missing_file_is_refused() -> None:
    tray = a_build("GB200-CT")
    for number in (100, 110, 120, 130):
        done(tray, number)
    started(tray, 140)

    values = {value.code: value.text for value in values_for(tray, 140)}
    said = refused(TestMissing, tray, values, 140)

    assert "dcgm-diag" in str(said)


def test_what_does_not_run_is_not_finished() -> None:
    refused(NotRunning, a_build("GB200-CT"), {"shortages": "0"}, 100)


def test_another_work_centre_is_refused() -> None:
    refused(WrongStation, a_full_tray(), caller=a_caller("mei", station="T1"))


def test_no_pin_no_signature_nothing_recorded() -> None:
    tray = a_full_tray()
    refused(PinNotChecked, tray, pin_check_id=10**9)


def test_an_old_pin_is_refused() -> None:
    tray = a_full_tray()

    refused(PinNotChecked, tray, pin_check_id=pin_check("mei", NOON - timedelta(minutes=11)))


def test_the_pin_of_somebody_else_signs_nothing() -> None:
    tray = a_full_tray()

    refused(PinNotChecked, tray, pin_check_id=pin_check("kenji"))


def test_a_record_that_changed_after_it_was_shown_is_not_signed() -> None:
    refused(ShownChanged, a_full_tray(), shown_hash="0" * 64)


def test_who_may_not_run_operations_is_refused() -> None:
    refused(NotPermitted, a_full_tray(), caller=a_caller("aud"))


def test_the_same_key_finishes_once() -> None:
    tray, check = a_full_tray(), pin_check("mei")
    first = finish(tray, caller=a_caller("mei", key="k"), pin_check_id=check)

    again = finish(tray, caller=a_caller("mei", key="k"), pin_check_id=check)

    assert again.pk == first.pk
    assert OperationRun.objects.filter(build=tray, operation__number=110).count() == 1


def test_many_trays_are_finished_in_one_act_or_none() -> None:
    trays = [a_full_tray() for _ in range(2)]
    check = pin_check("mei")
    finishes = [RunFinish(tray.pk, 110, values_for(tray, 110), check) for tray in trays]
    before = everything()
    with pytest.raises(ToolMissing):
        finish_runs(caller=a_caller("mei"), finishes=[finishes[0], RunFinish(trays[1].pk, 110, [], check)])
    assert everything() == before

    answer = finish_runs(caller=a_caller("mei"), finishes=finishes)

    assert len(answer["runs"]) == 2
    assert OperationRun.objects.filter(operation__number=110, result="pass").count() == 2


def test_nothing_is_finished_in_the_future() -> None:
    tray = a_full_tray()
    told = RunFinish(tray.pk, 110, values_for(tray, 110), pin_check("mei"), happened_at=NOON + timedelta(days=400))

    finish_runs(caller=a_caller("mei"), finishes=[told])

    run = OperationRun.objects.get(build=tray, operation__number=110)
    assert run.finished_at == Event.objects.get(pk=run.finished_event_id).happened_at == NOON


def test_an_unsigned_check_keeps_the_next_operation_from_beginning() -> None:
    tray = a_full_tray()
    finished(tray, 110)
    done(tray, 120)
    started(tray, 130)
    finished(tray, 130, checked=False)

    with pytest.raises(OutOfOrder) as refused:
        started(tray, 140)

    assert "130" in refused.value.do
