"""sign_run, sign_runs: what is signed, by whom, with what meaning."""

import uuid
from datetime import timedelta

import pytest

from accounts.operations.pins import check_pin
from accounts.operations.sessions import PinNotChecked
from assembly.models import Build, OperationRun, Signature
from assembly.operations.runs import (
    AlreadySigned,
    NotRunning,
    RunSign,
    SecondPersonWanted,
    ShownChanged,
    SignatureNotWanted,
    abort_run,
    sign_run,
    sign_runs,
)
from assembly.queries.shown import shown_hash_of
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.assembly.world import a_build, done, everything, finished, pin_check, started
from tests.cast import NOON, PIN, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def a_switch_to_check() -> tuple[Build, OperationRun]:
    """A switch tray whose electrical safety was made by mei and waits for a second person."""
    build = a_build("N5200")
    for number in (100, 110, 120):
        done(build, number)
    started(build, 130)
    return build, finished(build, 130, checked=False)


def test_a_second_person_signs_what_was_shown() -> None:
    _build, run = a_switch_to_check()
    shown = shown_hash_of([run])[run.pk]

    signature = sign_run(
        caller=a_caller("kenji"), run_id=run.pk, meaning="checked", pin_check_id=pin_check("kenji"), shown_hash=shown
    )

    assert (signature.user.username, signature.meaning, signature.shown_hash) == ("kenji", "checked", shown)
    event = Event.objects.get(pk=signature.event_id)
    assert event.kind == "assembly.run-signed"
    assert event.payload["signer"] == str(person("kenji").pseudonym)


def refused(refusal: type[Exception], run: OperationRun, who: str = "kenji", **others) -> Exception:  # type: ignore[no-untyped-def]
    check = others.pop("pin_check_id", None) or pin_check(who)
    meaning = others.pop("meaning", "checked")
    before, signed = everything(), Signature.objects.count()
    with pytest.raises(refusal) as said:
        sign_run(
            caller=others.pop("caller", a_caller(who)), run_id=run.pk, meaning=meaning, pin_check_id=check, **others
        )
    assert everything() == before
    assert Signature.objects.count() == signed
    return said.value


def test_who_made_it_may_not_check_it() -> None:
    _build, run = a_switch_to_check()

    refused(SecondPersonWanted, run, who="mei")


def test_a_signature_nobody_asked_for_is_refused() -> None:
    build, run = a_switch_to_check()

    refused(SignatureNotWanted, run, meaning="approved")
    earlier = OperationRun.objects.get(build=build, operation__number=110)
    refused(SignatureNotWanted, earlier)


def test_a_meaning_is_signed_once() -> None:
    _build, run = a_switch_to_check()
    sign_run(caller=a_caller("kenji"), run_id=run.pk, meaning="checked", pin_check_id=pin_check("kenji"))

    refused(AlreadySigned, run, who="tanaka")
    refused(AlreadySigned, run, who="mei", meaning="made")


def test_what_still_runs_is_not_checked() -> None:
    build, _run = a_switch_to_check()
    open_run = OperationRun.objects.filter(build=build).get(operation__number=130)
    OperationRun.objects.filter(pk=open_run.pk)  # the finished one is signed above; an open one is not
    other = a_build("N5200")
    for number in (100, 110, 120):
        done(other, number)
    running = started(other, 130)

    refused(NotRunning, running)


@pytest.mark.parametrize("who", ["mei", "sora"])
def test_nobody_signs_as_maker_but_by_finishing(who: str) -> None:
    build = a_build("N5200")
    for number in (100, 110, 120):
        done(build, number)
    running, check = started(build, 130), pin_check(who)

    refused(NotRunning, running, who=who, meaning="made")
    with pytest.raises(NotRunning):
        sign_runs(caller=a_caller(who), signs=[RunSign(build.pk, 130, "made", check)])

    assert not Signature.objects.filter(run=running).exists()
    assert finished(build, 130).signatures.count() == 2


def test_a_run_that_was_broken_off_is_not_signed() -> None:
    build = a_build("N5200")
    for number in (100, 110, 120):
        done(build, number)
    broken_off = started(build, 130)
    abort_run(caller=a_caller("mei"), build_id=build.pk, number=130, reason="違う現品")

    refused(NotRunning, broken_off, meaning="made")
    refused(NotRunning, broken_off)


def test_what_changed_after_it_was_shown_is_not_signed() -> None:
    _build, run = a_switch_to_check()

    refused(ShownChanged, run, shown_hash="f" * 64)


def test_a_pin_serves_ten_minutes_and_its_own_person() -> None:
    _build, run = a_switch_to_check()

    refused(PinNotChecked, run, pin_check_id=10**9)
    refused(PinNotChecked, run, pin_check_id=pin_check("kenji", NOON - timedelta(minutes=11)))
    refused(PinNotChecked, run, pin_check_id=pin_check("tanaka"))


def test_a_pin_entered_at_the_same_station_session_signs_for_its_person() -> None:
    _build, run = a_switch_to_check()
    session = uuid.uuid4()
    check = check_pin(person("kenji"), PIN, at=NOON, session=session)
    refused(PinNotChecked, run, who="mei", pin_check_id=check.pk)

    signature = sign_run(
        caller=a_caller("mei", session=session), run_id=run.pk, meaning="checked", pin_check_id=check.pk
    )

    assert signature.user.username == "kenji"


def test_who_may_not_sign_is_refused() -> None:
    _build, run = a_switch_to_check()

    refused(NotPermitted, run, who="aud", pin_check_id=pin_check("kenji"))


def test_many_runs_are_signed_in_one_act_or_none() -> None:
    pairs = [a_switch_to_check() for _ in range(2)]
    check = pin_check("kenji")
    signs = [RunSign(build.pk, 130, "checked", check) for build, _run in pairs]
    before = everything()
    with pytest.raises(NotRunning):
        sign_runs(caller=a_caller("kenji"), signs=[signs[0], RunSign(pairs[1][0].pk, 140, "checked", check)])
    assert everything() == before

    answer = sign_runs(caller=a_caller("kenji"), signs=signs)

    assert len(answer["signatures"]) == 2


def test_the_last_signature_completes_a_build() -> None:
    build = a_build("N5200")
    for number in (100, 110, 120, 130, 140):
        done(build, number)
    build.refresh_from_db()

    assert build.completed_at is not None
