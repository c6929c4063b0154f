"""Guessing passwords: every door counts, ten wrong ones lock a name, and nothing tells whether anybody has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from accounts.models import SignInAttempt
from accounts.operations.sign_ins import WINDOW, WRONG_ALLOWED, attempt, is_locked
from tests.cast import NOON, PASSWORD, mei, person
from tests.database import at_once

LOCKED = "15 分"


def guess(password: str = "wrong", username: str = "mei") -> Any:
    """Post the form."""
    return Client().post("/login/", {"username": username, "password": password})


@pytest.mark.parametrize("username", ["mei", "nobody"])
def test_ten_wrong_passwords_lock_a_name_whether_or_not_anybody_has_it(db: None, username: str) -> None:
    mei()
    for _turn in range(WRONG_ALLOWED - 1):
        assert LOCKED not in guess(username=username).content.decode()

    assert LOCKED in guess(username=username).content.decode()

    assert guess(PASSWORD, username).status_code == 200
    assert SignInAttempt.objects.count() == WRONG_ALLOWED


def test_the_other_doors_count_and_lock_too(db: None) -> None:
    person("admin")
    for _turn in range(WRONG_ALLOWED // 2):
        Client().post("/api/token/", {"username": "admin", "password": "wrong"})
        Client().post("/admin/login/", {"username": "admin", "password": "wrong"})

    answer = Client().post("/api/token/", {"username": "admin", "password": PASSWORD})

    assert answer.status_code == 400 and "token" not in answer.json()
    assert guess(PASSWORD, "admin").status_code == 200


def test_the_lock_opens_after_a_quarter_of_an_hour(db: None) -> None:
    mei()
    for _turn in range(WRONG_ALLOWED):
        guess()
    SignInAttempt.objects.update(at=F("at") - WINDOW)

    assert guess(PASSWORD).status_code == 302


def test_a_right_password_begins_the_count_anew_and_other_names_are_not_locked(db: None) -> None:
    mei(), person("kenji")
    for password in ["wrong"] * (WRONG_ALLOWED - 1) + [PASSWORD] + ["wrong"] * (WRONG_ALLOWED - 1):
        guess(password)

    assert guess(PASSWORD).status_code == 302
    for _turn in range(WRONG_ALLOWED):
        guess()
    assert guess(PASSWORD, "kenji").status_code == 302


def test_a_password_typed_as_a_name_is_not_kept(db: None) -> None:
    guess(username=PASSWORD)

    assert PASSWORD not in SignInAttempt.objects.get().name_hash


@pytest.mark.commits
def test_guesses_made_at_once_are_counted_one_by_one() -> None:
    tried: list[int] = []
    for _turn in range(WRONG_ALLOWED - 2):
        attempt("mei", NOON, lambda: None)

    at_once(*[lambda: attempt("mei", NOON, lambda: tried.append(1)) for _ in range(6)])

    assert len(tried) == 2 and is_locked("mei", NOON) and not is_locked("mei", NOON + timedelta(minutes=16))


def test_the_admin_answers_no_question_about_what_it_hides(db: None) -> None:
    client = Client()
    client.force_login(person("admin"))

    for question in ("pin_hash__startswith", "password__startswith", "badge", "badge__startswith"):
        answer = client.get("/admin/accounts/user/", {question: "BADGE-ADMIN"})
        assert "admin" not in str(answer.context and answer.context.get("cl") and list(answer.context["cl"].queryset))
        assert answer.status_code in (302, 400)
    assert client.get("/admin/accounts/user/", {"username": "admin"}).status_code == 200
