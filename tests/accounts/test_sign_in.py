"""Signing in and out, and where each role's day begins."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES, rights_of
from tests.cast import CAST, PASSWORD, mei, person, system

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str = "mei", password: str = PASSWORD, **others: str) -> object:
    """Post the form."""
    return client.post("/login/", {"username": username, "password": password, **others})


def test_the_right_password_opens_the_house() -> None:
    mei()
    client = Client()

    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").headers["Location"] == reverse("station_home")


@pytest.mark.parametrize(
    ("username", "password"), [("mei", "wrong"), ("mei", ""), ("nobody", PASSWORD), ("genpin", ""), ("genpin", "!")]
)
def test_anything_else_does_not_and_says_the_same(username: str, password: str) -> None:
    mei(), system()

    answer = sign_in(Client(), username, password)

    assert answer.status_code == 200
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert 'data-state="stop"' in answer.content.decode()


def test_who_has_left_does_not_come_in() -> None:
    User.objects.filter(pk=mei().pk).update(is_active=False)

    assert sign_in(Client()).status_code == 200


def test_signing_in_changes_the_session_key() -> None:
    mei()
    client = Client()
    client.get("/login/")
    client.session["before"] = 1
    before = client.session.session_key

    sign_in(client)

    assert client.session.session_key != before


@pytest.mark.parametrize("wish", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_the_door_leads_to_no_other_house(wish: str) -> None:
    mei()

    assert sign_in(Client(), next=wish).headers["Location"] == "/"


def test_signing_out_is_a_post_and_ends_the_session() -> None:
    mei()
    client = Client()
    sign_in(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/logout/").status_code == 405

    assert client.post("/logout/").status_code == 302

    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get("/stations/").status_code == 302


@pytest.mark.parametrize("name", sorted(set(CAST) - {"stranger"}))
def test_each_role_begins_its_day_at_its_own_page(name: str) -> None:
    client = Client()
    client.force_login(person(name))

    home = client.get("/").headers["Location"]

    assert home == reverse(ROLES[CAST[name][3][0]].home)
    assert client.get(home).status_code == 200


def test_every_role_may_open_its_home_and_every_right_has_a_role() -> None:
    for code, role in ROLES.items():
        assert reverse(role.home)
        assert rights_of(frozenset({code})) == role.rights
    assert rights_of(frozenset({"king"})) == frozenset()


def test_the_name_is_in_the_pages_language() -> None:
    client = Client()
    client.force_login(mei())

    japanese = client.get("/units/").content.decode()
    client.cookies["genpin_language"] = "en"
    english = client.get("/units/").content.decode()

    assert "小林 芽衣" in japanese
    assert "Mei Kobayashi" in english
