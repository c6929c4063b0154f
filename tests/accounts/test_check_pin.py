"""check_pin: right ones are remembered, wrong ones are counted, five wrong ones lock, also when they come at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import PinAttempt, PinCheck, User
from accounts.operations.pins import WINDOW, WRONG_ALLOWED, PinLocked, WrongPin, check_pin
from accounts.operations.sessions import PinNotChecked, signer_of
from tests.cast import NOON, PIN, a_caller, kenji, mei, rosa
from tests.database import at_once

WRONG = "0000"


def guess_wrong(times: int, user: User | None = None) -> None:
    """Wrong PINs, one after the other."""
    for turn in range(times):
        with pytest.raises(WrongPin):
            check_pin(user or mei(), WRONG, at=NOON + timedelta(seconds=turn))


def test_the_right_pin_leaves_a_check_for_signing(db: None) -> None:
    check = check_pin(mei(), PIN, at=NOON)

    assert (check.user, check.at) == (mei(), NOON)
    assert signer_of(a_caller("mei"), check.pk) == mei()


def test_a_wrong_pin_is_refused_and_its_attempt_is_kept(db: None) -> None:
    with pytest.raises(WrongPin) as refusal:
        check_pin(mei(), WRONG, at=NOON)

    assert "4" in refusal.value.true
    assert list(PinAttempt.objects.values_list("user", "right")) == [(mei().pk, False)]
    assert not PinCheck.objects.exists()


def test_five_wrong_ones_lock_even_the_right_one(db: None) -> None:
    guess_wrong(WRONG_ALLOWED)

    with pytest.raises(PinLocked):
        check_pin(mei(), PIN, at=NOON + timedelta(minutes=1))

    assert PinAttempt.objects.count() == WRONG_ALLOWED


def test_the_lock_opens_after_a_quarter_of_an_hour(db: None) -> None:
    guess_wrong(WRONG_ALLOWED)

    assert check_pin(mei(), PIN, at=NOON + WINDOW + timedelta(seconds=5))


def test_somebody_elses_wrong_pins_lock_nobody(db: None) -> None:
    guess_wrong(WRONG_ALLOWED, kenji())

    assert check_pin(mei(), PIN, at=NOON)


@pytest.mark.parametrize("pin", ["", "2468 ", "２４６８", "x" * 10_000])
def test_only_the_pin_itself_is_right(db: None, pin: str) -> None:
    with pytest.raises(WrongPin):
        check_pin(mei(), pin, at=NOON)


def test_without_a_pin_no_entry_is_right(db: None) -> None:
    User.objects.filter(pk=mei().pk).update(pin_hash="")

    with pytest.raises(WrongPin):
        check_pin(mei(), "", at=NOON)


def test_a_check_serves_its_person_for_ten_minutes(db: None) -> None:
    check = check_pin(mei(), PIN, at=NOON)

    for user, at in (("mei", NOON + timedelta(minutes=11)), ("kenji", NOON), ("mei", NOON - timedelta(seconds=1))):
        with pytest.raises(PinNotChecked):
            signer_of(a_caller(user, at=at), check.pk)
    with pytest.raises(PinNotChecked):
        signer_of(a_caller("mei"), check.pk + 1)


def test_who_may_not_sign_or_has_left_does_not_sign(db: None) -> None:
    check = check_pin(rosa(), PIN, at=NOON)
    with pytest.raises(PinNotChecked):
        signer_of(a_caller("rosa"), check.pk)

    check = check_pin(mei(), PIN, at=NOON)
    User.objects.filter(pk=mei().pk).update(is_active=False)
    with pytest.raises(PinNotChecked):
        signer_of(a_caller("mei"), check.pk)


@pytest.mark.commits
def test_guesses_made_at_once_are_counted_one_by_one() -> None:
    person = mei()

    said = at_once(*[lambda: check_pin(person, WRONG, at=NOON)] * 8)

    kinds = [type(one).__name__ for one in said]
    assert (kinds.count("WrongPin"), kinds.count("PinLocked")) == (WRONG_ALLOWED, 8 - WRONG_ALLOWED)
    assert PinAttempt.objects.count() == WRONG_ALLOWED


def test_the_api_checks_the_pin_of_who_is_signed_in(db: None) -> None:
    client = Client()
    client.force_login(mei())

    right = client.post("/api/pin-checks/", {"pin": PIN}, content_type="application/json")
    wrong = client.post("/api/pin-checks/", {"pin": WRONG}, content_type="application/json")
    nothing = client.post("/api/pin-checks/", "[]", content_type="application/json")

    assert (right.status_code, right.json()["id"]) == (201, PinCheck.objects.get(user=mei()).pk)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "WrongPin")
    assert nothing.status_code == 409
    assert PinAttempt.objects.filter(right=False).count() == 2
