"""register_person: a name, a badge, roles; nothing secret in the record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import Badge, RoleGrant, User
from accounts.operations.people import BadgeTaken, NameTaken, UnknownRole, register_person
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller, admin, mei
from tests.database import at_once


def register(username: str = "hana", *, user: str = "admin", key: str | None = None, **others: Any) -> User:
    """A person, by the operation."""
    names = {"name_ja": "花 子", "name_en": "Ko Hana", "roles": ["line"]}
    return register_person(caller=a_caller(user, key=key), username=username, **{**names, **others})


def counts() -> tuple[int, int, int, int]:
    """People, grants, events, receipts."""
    return User.objects.count(), RoleGrant.objects.count(), Event.objects.count(), Receipt.objects.count()


def test_a_person_holds_roles_from_an_event_on(db: None) -> None:
    hana = register(roles=["test", "line", "test"], section="試験課")

    assert hana.role_codes == {"line", "test"}
    event = Event.objects.get(kind="accounts.person-registered", subject_id=hana.pk)
    assert set(hana.role_grants.values_list("event_id", "granted_at")) == {(event.pk, NOON)}
    assert event.payload == {"pseudonym": str(hana.pseudonym), "roles": ["line", "test"]}


def test_no_name_and_no_secret_reaches_the_record(db: None) -> None:
    register(key="k-1", password_hash=make_password("correct horse"), pin_hash=make_password("1357"), badge="B-77")

    event, receipt = Event.objects.latest("id"), Receipt.objects.get(key="k-1")
    said = bytes(event.body).decode() + json.dumps(receipt.answer)
    for word in ("hana", "Hana", "花", "B-77", "$", "1357"):
        assert word not in said


def test_without_a_password_nobody_signs_in(db: None) -> None:
    hana = register()

    assert not hana.has_usable_password()
    assert not hana.check_password("")


@pytest.mark.parametrize(("roles", "staff"), [(["line"], False), (["auditor"], True), (["admin"], True), ([], False)])
def test_only_readers_of_the_admin_pages_are_staff(db: None, roles: list[str], staff: bool) -> None:
    hana = register(roles=roles)

    assert (hana.is_staff, hana.is_superuser) == (staff, False)


@pytest.mark.parametrize(
    ("refusal", "others"),
    [
        (NameTaken, {"username": "mei"}),
        (BadgeTaken, {"badge": "BADGE-MEI"}),
        (UnknownRole, {"roles": ["line", "king"]}),
        (NotPermitted, {"user": "mei"}),
        (NotPermitted, {"user": "aud"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    db: None, refusal: type[Refusal], others: dict[str, Any]
) -> None:
    for person in (admin(), mei()):
        assert person.pk
    a_caller(others.get("user", "admin"))
    before = counts()

    with pytest.raises(refusal):
        register(**others)

    assert counts() == before


def test_people_without_a_badge_do_not_clash(db: None) -> None:
    register("one", badge=None)
    register("two", badge="")

    assert not Badge.objects.filter(user__username__in=["one", "two"]).exists()


def test_the_same_key_registers_one_person(db: None) -> None:
    assert register(key="k-1") == register(key="k-1")
    assert User.objects.filter(username="hana").count() == 1


@pytest.mark.commits
def test_of_two_at_once_with_one_badge_the_second_is_refused() -> None:
    admin()

    said = at_once(lambda: register("one", badge="B-1"), lambda: register("two", badge="B-1"))

    assert sorted(type(one).__name__ for one in said) == ["BadgeTaken", "User"]
    assert Badge.objects.filter(scan_text="B-1").count() == 1


@pytest.mark.commits
def test_of_two_at_once_with_one_name_the_second_is_refused() -> None:
    admin()

    said = at_once(register, register)

    assert sorted(type(one).__name__ for one in said) == ["NameTaken", "User"]
