"""take_over_session, lock_session, unlock_session: who works at a device, one at a time, each proved by a PIN."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import OperatorSession
from accounts.operations.sessions import (
    DeviceElsewhere,
    PinNotChecked,
    SessionLocked,
    SessionOver,
    is_locked,
    keep_alive,
    lock_session,
    refuse_locked,
    start_session,
    take_over_session,
    unlock_session,
)
from ledger.models import Event, ScanLog
from ledger.refusals import NotPermitted
from tests.accounts.bench_world import a_device, a_station, at_bench, everything, proof
from tests.cast import NOON, a_caller, kenji, mei, person, stranger
from tests.database import at_once

LATER = NOON + timedelta(minutes=11)


def told(kind: str) -> list[dict[str, Any]]:
    """Payloads of the events of a kind."""
    return list(Event.objects.filter(kind=f"accounts.session-{kind}").order_by("id").values_list("payload", flat=True))


def test_the_former_operator_s_session_ends_by_its_event_and_the_work_stays(db: None) -> None:
    former = at_bench("mei")
    context = {"build": 7, "fitted": 3, "position": "CT-1"}
    ScanLog.objects.create(
        id=uuid.uuid4(), operator_session=former.pk, seq=1, station="A1", text="x", at=NOON, received_at=NOON,
        answer={"context": context},
    )  # fmt: skip

    new = take_over_session(caller=a_caller("kenji"), session_id=former.pk, pin_check_id=proof("kenji"))

    former.refresh_from_db()
    assert (former.ended_at, new.user, new.station, new.device) == (NOON, kenji(), former.station, former.device)
    assert new.begins_with == {"build": 7}  # never what only the former one may take back
    assert told("ended") == [{"session_id": str(former.pk)}]
    assert told("started")[-1] == {"session_id": str(new.pk), "device": former.device_id}


def test_the_newcomer_s_session_elsewhere_ends_too(db: None) -> None:
    elsewhere, former = at_bench("kenji", "A2"), at_bench("mei", "A1")

    take_over_session(caller=a_caller("kenji"), session_id=former.pk, pin_check_id=proof("kenji"))

    elsewhere.refresh_from_db()
    assert elsewhere.ended_at == NOON
    assert OperatorSession.objects.filter(ended_at=None).count() == 1


def test_without_the_newcomer_s_own_fresh_pin_nobody_takes_over(db: None) -> None:
    former = at_bench("mei")
    wrong, stale = proof("mei"), proof("kenji")
    stranger()
    before = everything()

    for pin_check, at in ((wrong, NOON), (stale, LATER), (0, NOON)):
        with pytest.raises(PinNotChecked):
            take_over_session(caller=a_caller("kenji", at=at), session_id=former.pk, pin_check_id=pin_check)
    with pytest.raises(NotPermitted):
        take_over_session(caller=a_caller(stranger()), session_id=former.pk, pin_check_id=wrong)

    assert everything() == before


def test_only_an_open_session_at_a_device_is_taken_over(db: None) -> None:
    a_station("A2")
    office = start_session(caller=a_caller("mei"), station_code="A2")
    check = proof("kenji")

    for session_id in (office.pk, uuid.uuid4()):
        with pytest.raises(SessionOver):
            take_over_session(caller=a_caller("kenji"), session_id=session_id, pin_check_id=check)


def test_a_device_serves_its_own_station_only(db: None) -> None:
    device = a_device("A1")
    a_station("A2")
    mei()
    before = everything()

    with pytest.raises(DeviceElsewhere):
        start_session(caller=a_caller("mei"), station_code="A2", device_id=device.pk)

    assert everything() == before


def test_a_lock_is_opened_by_the_pin_of_its_person_alone(db: None) -> None:
    session = at_bench("mei")
    lock_session(caller=a_caller("mei"), session_id=session.pk)
    lock_session(caller=a_caller("mei", at=NOON + timedelta(minutes=1)), session_id=session.pk, idle=True)

    session.refresh_from_db()
    assert session.locked_at == NOON
    assert told("locked") == [{"session_id": str(session.pk), "idle": False}]
    with pytest.raises(SessionLocked):
        refuse_locked(session, NOON)
    with pytest.raises(PinNotChecked):
        unlock_session(caller=a_caller("mei"), session_id=session.pk, pin_check_id=proof("kenji"))
    with pytest.raises(SessionOver):
        unlock_session(caller=a_caller("kenji"), session_id=session.pk, pin_check_id=proof("kenji"))

    session = unlock_session(caller=a_caller("mei"), session_id=session.pk, pin_check_id=proof("mei"))

    assert not is_locked(session, NOON)
    assert told("unlocked") == [{"session_id": str(session.pk)}]


def test_nobody_locks_somebody_else_s_or_an_office_session(db: None) -> None:
    session = at_bench("mei")
    a_station("A2")
    office = start_session(caller=a_caller("kenji"), station_code="A2")

    for who, pk in (("kenji", session.pk), ("kenji", office.pk)):
        with pytest.raises(SessionOver):
            lock_session(caller=a_caller(who), session_id=pk)

    assert not told("locked")


def test_a_session_locks_itself_by_the_server_s_clock(db: None) -> None:
    session = at_bench("mei")

    assert not is_locked(session, NOON + timedelta(minutes=10))
    assert is_locked(session, LATER)
    keep_alive(session, NOON + timedelta(minutes=5))
    assert not is_locked(OperatorSession.objects.select_related("station").get(pk=session.pk), LATER)
    session.station.idle_minutes = 0
    assert not is_locked(session, NOON + timedelta(days=1))


def test_what_was_done_before_a_lock_still_counts(db: None) -> None:
    """A scan kept through a Wi-Fi hole comes late; it was made while the device was open."""
    session = at_bench("mei")
    lock_session(caller=a_caller("mei", at=NOON + timedelta(minutes=3)), session_id=session.pk)
    session.refresh_from_db()

    assert not is_locked(session, NOON + timedelta(minutes=2))
    assert is_locked(session, NOON + timedelta(minutes=4))


def test_signs_of_life_are_written_rarely(db: None, django_assert_num_queries: Any) -> None:
    session = at_bench("mei")

    with django_assert_num_queries(0):
        keep_alive(session, NOON + timedelta(seconds=20))
    with django_assert_num_queries(1):
        keep_alive(session, NOON + timedelta(seconds=40))


@pytest.mark.commits
def test_of_two_who_take_over_at_once_one_works_there() -> None:
    former = at_bench("mei")
    checks = {name: proof(name) for name in ("kenji", "tanaka")}

    said = at_once(
        *[
            lambda name=name: take_over_session(caller=a_caller(name), session_id=former.pk, pin_check_id=checks[name])
            for name in checks
        ]
    )

    assert sorted(type(one).__name__ for one in said) == ["OperatorSession", "SessionOver"]
    assert OperatorSession.objects.filter(ended_at=None, device=former.device).count() == 1
    assert told("ended") == [{"session_id": str(former.pk)}]


@pytest.mark.commits
def test_one_person_at_two_devices_at_once_works_at_one() -> None:
    devices = [a_device("A1"), a_device("A2", "another cookie", "tablet A2-1")]
    person("mei")

    at_once(
        *[
            lambda device=device: start_session(
                caller=a_caller("mei"), station_code=device.station.code, device_id=device.pk
            )
            for device in devices
        ]
        * 2
    )

    assert OperatorSession.objects.count() == 4
    assert OperatorSession.objects.filter(ended_at=None).count() == 1
    assert len(told("ended")) == 3
