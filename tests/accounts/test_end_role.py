"""end_role: a right that is taken is gone at the next request, at every door."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from accounts.models import RoleGrant, User
from accounts.operations.people import RoleNotHeld, UnknownPerson, end_role
from genpin.tasks import run_operation
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller, aud, kenji, mei

pytestmark = pytest.mark.django_db


def take(username: str = "mei", role: str = "line", *, user: str = "admin", key: str | None = None) -> dict[str, int]:
    """The role away, by the operation."""
    return end_role(caller=a_caller(user, key=key), username=username, role=role)


def test_the_grant_ends_with_an_event_and_stays_as_history() -> None:
    answer = take(mei().username)

    grant = RoleGrant.objects.get(user=mei())
    assert grant.ended_at == NOON
    event = Event.objects.get(pk=answer["event"])
    assert (event.kind, event.subject_id, event.payload) == ("accounts.role-ended", mei().pk, {"role": "line"})


@pytest.mark.parametrize(
    ("refusal", "others"),
    [
        (UnknownPerson, {"username": "nobody"}),
        (RoleNotHeld, {"role": "admin"}),
        (RoleNotHeld, {"role": "king"}),
        (NotPermitted, {"user": "kenji"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(refusal: type[Refusal], others: dict[str, str]) -> None:
    mei(), kenji(), a_caller("admin")
    before = Event.objects.count(), Receipt.objects.count()

    with pytest.raises(refusal):
        take(**others)

    assert (Event.objects.count(), Receipt.objects.count()) == before
    assert mei().role_codes == {"line"}


def test_taken_twice_is_refused_but_the_same_key_is_answered() -> None:
    mei()
    first = take(key="k-1")

    assert take(key="k-1") == first
    with pytest.raises(RoleNotHeld):
        take()


def test_it_takes_effect_at_once_on_pages_api_and_tasks() -> None:
    client, token = Client(), Token.objects.create(user=mei())
    client.force_login(mei())
    by_token = {"Authorization": f"Token {token.key}"}
    assert client.get("/stations/").status_code == 200
    assert client.get("/api/units/", headers=by_token).status_code == 200

    take()

    assert client.get("/stations/").status_code == 403
    assert client.get("/api/units/").status_code == 403
    assert Client().get("/api/units/", headers=by_token).status_code == 403
    answer = run_operation(name="accounts.start_session", arguments={"station_code": "A1"}, user="mei", key="k")
    assert answer["refused"]["code"] == "NotPermitted"


def test_who_no_longer_audits_no_longer_looks_at_the_admin_pages() -> None:
    client = Client()
    client.force_login(aud())
    assert client.get("/admin/").status_code == 200

    take("aud", "auditor")

    assert not User.objects.get(username="aud").is_staff
    assert client.get("/admin/").status_code == 302


def test_who_has_left_is_out_at_once() -> None:
    client = Client()
    client.force_login(mei())

    User.objects.filter(pk=mei().pk).update(is_active=False)

    assert client.get("/stations/").status_code == 302
    assert client.get("/api/me/").status_code in (401, 403)
