"""register_device, revoke_device, set_idle_lock: which tablet stands at which station, and how long it waits."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Device, OperatorSession, Station
from accounts.operations.devices import (
    DeviceNamed,
    DeviceReasonWanted,
    DeviceTaken,
    IdleOutOfRange,
    UnknownDevice,
    device_of,
    register_device,
    revoke_device,
    set_idle_lock,
    token_hash,
)
from accounts.operations.pins import WRONG_AT_DEVICE, PinLocked, WrongPin, check_pin
from accounts.operations.sessions import UnknownStation
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.accounts.bench_world import TOKEN, a_device, a_station, at_bench, everything
from tests.cast import CAST, NOON, PIN, a_caller, kenji, mei, person
from tests.database import at_once


def register(*, user: str = "admin", key: str | None = None, **others: Any) -> Device:
    """A device, by the operation."""
    told = {"station_code": "A1", "name": "tablet 2", "token_hash": token_hash("another cookie")}
    return register_device(caller=a_caller(user, key=key), **{**told, **others})


def test_a_device_is_known_by_its_cookie_which_is_kept_nowhere(db: None) -> None:
    device = a_device()

    assert device_of(TOKEN) == device
    assert device_of("another cookie") is None
    event = Event.objects.get(pk=device.event_id)
    assert (event.kind, event.payload) == ("accounts.device-registered", {"name": "tablet A1-1", "station": "A1"})
    assert TOKEN not in device.token_hash + bytes(event.body).decode()
    assert device.token_hash not in bytes(event.body).decode()


def test_a_revoked_device_is_no_device_and_whoever_worked_there_is_out(db: None) -> None:
    session = at_bench("mei", device=a_device())

    revoke_device(caller=a_caller("admin"), device_id=session.device_id or 0, reason="紛失")

    assert device_of(TOKEN) is None
    session.refresh_from_db()
    assert session.ended_at == NOON
    told = Event.objects.get(kind="accounts.device-revoked")
    assert told.payload["reason"] == "紛失"
    with pytest.raises(UnknownDevice):
        revoke_device(caller=a_caller("admin"), device_id=session.device_id or 0, reason="紛失")


def test_a_device_that_moves_is_revoked_where_it_was(db: None) -> None:
    old = a_device()
    a_station("A2")

    new = register(station_code="A2", former_id=old.pk)

    old.refresh_from_db()
    assert (old.revoked_at, new.station.code, new.revoked_at) == (NOON, "A2", None)


@pytest.mark.parametrize(
    ("refusal", "others"),
    [
        (UnknownStation, {"station_code": "X9"}),
        (DeviceNamed, {"name": "  "}),
        (DeviceNamed, {"token_hash": "the cookie itself"}),
        (DeviceTaken, {"token_hash": token_hash(TOKEN)}),
        (UnknownDevice, {"former_id": 0}),
        (NotPermitted, {"user": "mei"}),
        (NotPermitted, {"user": "plan"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    db: None, refusal: type[Refusal], others: dict[str, Any]
) -> None:
    a_device()
    person(others.get("user", "admin"))
    before = everything()

    with pytest.raises(refusal):
        register(**others)

    assert everything() == before


def test_revoking_needs_a_reason_and_the_right(db: None) -> None:
    device = a_device()
    person("mei")
    before = everything()

    with pytest.raises(DeviceReasonWanted):
        revoke_device(caller=a_caller("admin"), device_id=device.pk, reason=" ")
    with pytest.raises(NotPermitted):
        revoke_device(caller=a_caller("mei"), device_id=device.pk, reason="x")

    assert everything() == before


def test_the_same_key_registers_one(db: None) -> None:
    a_station()
    assert register(key="k-1") == register(key="k-1")
    assert Device.objects.count() == 1


def test_the_idle_lock_is_a_setting_of_the_station(db: None) -> None:
    a_station()

    set_idle_lock(caller=a_caller("admin"), station_code="A1", minutes=3)

    assert Station.objects.get(code="A1").idle_minutes == 3
    assert Event.objects.get(kind="accounts.idle-lock-set").payload == {"station": "A1", "minutes": 3, "before": 10}
    before = Event.objects.count(), Receipt.objects.count()
    for refusal, code, minutes in ((IdleOutOfRange, "A1", -1), (IdleOutOfRange, "A1", 241), (UnknownStation, "X9", 5)):
        with pytest.raises(refusal):
            set_idle_lock(caller=a_caller("admin"), station_code=code, minutes=minutes)
    assert (Event.objects.count(), Receipt.objects.count()) == before


def test_a_device_takes_no_pin_after_many_wrong_ones_of_many_people(db: None) -> None:
    device = a_device()
    names = list(CAST)[:4]
    for turn in range(WRONG_AT_DEVICE):
        with pytest.raises(WrongPin):
            check_pin(person(names[turn % 4]), "0000", at=NOON, device_id=device.pk)

    with pytest.raises(PinLocked) as refusal:
        check_pin(mei(), PIN, at=NOON, device_id=device.pk)

    assert refusal.value.do
    assert check_pin(kenji(), PIN, at=NOON).user == kenji()  # elsewhere the person's own five count


@pytest.mark.commits
def test_of_two_that_register_one_cookie_at_once_one_stays() -> None:
    a_station()
    person("admin")

    said = at_once(register, register)

    assert sorted(type(one).__name__ for one in said) == ["Device", "DeviceTaken"]
    assert not OperatorSession.objects.exists()
