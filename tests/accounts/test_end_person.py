"""end_person and set_pin: who leaves opens nothing any more, and what they did stays."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import OperatorSession, PinAttempt, RoleGrant
from accounts.operations.people import OwnAccount, UnknownPerson, end_person, set_pin
from accounts.operations.pins import PinLocked, WrongPin, check_pin
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted
from tests.accounts.bench_world import at_bench
from tests.cast import NOON, PASSWORD, PIN, a_caller, admin, kenji, mei, tanaka


def test_who_left_opens_nothing_and_what_they_did_stays(db: None) -> None:
    session = at_bench("mei")
    client = Client()
    client.force_login(mei())
    events = Event.objects.filter(actor=mei().pseudonym).count()

    end_person(caller=a_caller("admin"), username="mei", reason="退職")

    assert authenticate(username="mei", password=PASSWORD) is None
    with pytest.raises(WrongPin):
        check_pin(mei(), PIN, at=NOON)
    assert client.get("/stations/").status_code == 302
    session.refresh_from_db()
    assert session.ended_at == NOON
    assert not RoleGrant.objects.filter(user=mei(), ended_at=None).exists()
    assert Event.objects.filter(actor=mei().pseudonym).count() == events
    told = Event.objects.get(kind="accounts.person-left")
    assert (told.subject_id, told.payload["reason"]) == (mei().pk, "退職")
    assert "mei" not in json.dumps(told.payload)


def test_nobody_ends_themselves_or_the_same_person_twice(db: None) -> None:
    admin(), mei(), tanaka()
    end_person(caller=a_caller("admin"), username="mei")
    before = Event.objects.count(), Receipt.objects.count()

    for refusal, username in ((UnknownPerson, "mei"), (UnknownPerson, "nobody"), (OwnAccount, "admin")):
        with pytest.raises(refusal):
            end_person(caller=a_caller("admin"), username=username)
    with pytest.raises(NotPermitted):
        end_person(caller=a_caller("tanaka"), username="admin")

    assert (Event.objects.count(), Receipt.objects.count()) == before


def test_a_new_pin_counts_anew_and_is_nowhere_told(db: None) -> None:
    for _turn in range(5):
        with pytest.raises(WrongPin):
            check_pin(mei(), "0000", at=NOON)
    with pytest.raises(PinLocked):
        check_pin(mei(), PIN, at=NOON)

    hashed = make_password("135790")
    set_pin(caller=a_caller("admin", key="k-1"), username="mei", pin_hash=hashed)

    assert check_pin(mei(), "135790", at=NOON).user == mei()
    assert PinAttempt.objects.filter(right=False).count() == 5
    said = bytes(Event.objects.get(kind="accounts.pin-set").body).decode() + str(Receipt.objects.get(key="k-1").answer)
    assert hashed not in said and "135790" not in said
    with pytest.raises(NotPermitted):
        set_pin(caller=a_caller("mei"), username="mei", pin_hash=hashed)
    with pytest.raises(UnknownPerson):
        set_pin(caller=a_caller("admin"), username="nobody", pin_hash=hashed)


def test_a_session_that_ended_with_its_person_has_its_event(db: None) -> None:
    session = at_bench("kenji")
    end_person(caller=a_caller("admin"), username="kenji")

    assert Event.objects.get(kind="accounts.session-ended").payload == {"session_id": str(session.pk)}
    assert not OperatorSession.objects.filter(user=kenji(), ended_at=None).exists()
