"""issue_badge and end_badge: one badge a person, one person a badge, and a name in it that says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Badge
from accounts.operations.badges import (
    BadgeEnded,
    BadgeReasonWanted,
    BadgeTaken,
    BadgeUnreadable,
    NoBadge,
    UnknownBadge,
    UnknownPerson,
    end_badge,
    issue_badge,
    person_of_badge,
)
from accounts.operations.people import end_person
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted, Refusal
from tests.cast import NOON, a_caller, admin, kenji, mei
from tests.database import at_once


def issue(username: str = "mei", scan_text: str = "", *, user: str = "admin", key: str | None = None) -> Badge:
    """A badge, by the operation."""
    return issue_badge(caller=a_caller(user, key=key), username=username, scan_text=scan_text)


def counts() -> tuple[int, int, int]:
    """Badges in use, events, receipts."""
    return Badge.objects.filter(ended_at=None).count(), Event.objects.count(), Receipt.objects.count()


def test_a_fresh_badge_is_opaque_and_ends_the_one_before(db: None) -> None:
    badge = issue(mei().username)

    assert badge.scan_text.startswith("ID-") and len(badge.scan_text) == 13
    assert person_of_badge(badge.scan_text) == mei()
    old = Badge.objects.get(scan_text="BADGE-MEI")
    assert (old.ended_at, old.user) == (NOON, mei())
    told = Event.objects.filter(kind__startswith="accounts.badge-", subject_id=mei().pk).order_by("id")
    assert [event.kind for event in told] == [
        "accounts.badge-issued", "accounts.badge-ended", "accounts.badge-issued",
    ]  # fmt: skip
    assert [badge.event_id, old.ended_event_id] == [told[2].pk, told[1].pk]
    with pytest.raises(BadgeEnded):
        person_of_badge("BADGE-MEI")


def test_what_a_badge_says_reaches_no_record(db: None) -> None:
    issue(mei().username, "H-2231", key="k-1")

    said = bytes(Event.objects.latest("id").body).decode() + str(Receipt.objects.get(key="k-1").answer)
    assert "H-2231" not in said
    assert "H-2231" not in str(Badge.objects.latest("id"))


@pytest.mark.parametrize(
    ("refusal", "others"),
    [
        (UnknownPerson, {"username": "nobody"}),
        (BadgeTaken, {"scan_text": "BADGE-KENJI"}),
        (BadgeUnreadable, {"scan_text": "社員証"}),
        (BadgeUnreadable, {"scan_text": "A B"}),
        (BadgeUnreadable, {"scan_text": "x" * 65}),
        (NotPermitted, {"user": "mei"}),
        (NotPermitted, {"user": "tanaka"}),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    db: None, refusal: type[Refusal], others: dict[str, Any]
) -> None:
    for person in (admin(), mei(), kenji()):
        assert person.pk
    a_caller(others.get("user", "admin"))
    before = counts()

    with pytest.raises(refusal):
        issue(**others)

    assert counts() == before


def test_a_badge_is_taken_back_once_and_for_a_reason(db: None) -> None:
    mei()
    with pytest.raises(BadgeReasonWanted):
        end_badge(caller=a_caller("admin"), username="mei", reason=" ")

    ended = end_badge(caller=a_caller("admin"), username="mei", reason="紛失")

    assert (ended.ended_why, ended.ended_at) == ("紛失", NOON)
    with pytest.raises(NoBadge):
        end_badge(caller=a_caller("admin"), username="mei", reason="紛失")
    with pytest.raises(BadgeEnded) as refusal:
        person_of_badge("BADGE-MEI")
    assert refusal.value.do
    with pytest.raises(UnknownBadge):
        person_of_badge("BADGE-OF-NOBODY")


def test_the_badge_of_somebody_who_left_is_refused_with_a_sentence(db: None) -> None:
    mei()
    end_person(caller=a_caller("admin"), username="mei")

    with pytest.raises(BadgeEnded) as refusal:
        person_of_badge("BADGE-MEI")

    assert refusal.value.say and refusal.value.true and refusal.value.do
    with pytest.raises(UnknownPerson):
        issue("mei")


def test_a_badge_handed_in_may_be_another_persons(db: None) -> None:
    mei(), kenji()
    end_badge(caller=a_caller("admin"), username="mei", reason="returned")

    issue("kenji", "BADGE-MEI")

    assert person_of_badge("BADGE-MEI") == kenji()


def test_the_same_key_issues_one(db: None) -> None:
    mei()
    assert issue("mei", key="k-1") == issue("mei", key="k-1")
    assert Badge.objects.filter(user=mei()).count() == 2


@pytest.mark.commits
def test_of_two_people_who_get_one_badge_at_once_one_has_it() -> None:
    mei(), kenji(), admin()

    said = at_once(lambda: issue("mei", "NEW-1"), lambda: issue("kenji", "NEW-1"))

    assert sorted(type(one).__name__ for one in said) == ["Badge", "BadgeTaken"]
    assert Badge.objects.filter(scan_text="NEW-1").count() == 1
    assert Badge.objects.filter(ended_at=None, user__in=[mei(), kenji()]).count() == 2


@pytest.mark.commits
def test_of_two_badges_for_one_person_at_once_the_last_stays() -> None:
    mei(), admin()

    said = at_once(*[lambda: issue("mei")] * 4)

    assert {type(one).__name__ for one in said} == {"Badge"}
    assert Badge.objects.filter(user=mei(), ended_at=None).count() == 1
