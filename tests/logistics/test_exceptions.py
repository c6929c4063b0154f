"""Exceptions: each stands while its fact does, has an owner with a history, ends by itself, and comes again anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from genpin.tasks import end_exceptions
from inventory.models import Unit
from inventory.operations.holds import place_hold, release_hold
from ledger.models import Event
from ledger.refusals import NotPermitted
from ledger.versions import StaleEdit
from logistics.models import Shipment, ShipmentException
from logistics.operations.acceptances import Verdict, accept_rack
from logistics.operations.custody import SealSeen
from logistics.operations.exceptions import (
    Care,
    CareOdd,
    ExceptionClosed,
    ExceptionStands,
    UnknownException,
    UnknownOwner,
    close_exception,
    end_exception,
    take_exception,
)
from logistics.operations.milestones import Report, report_milestone
from logistics.queries.exceptions import Exceptional, exceptions_now, exceptions_of
from tests.cast import NOON, a_caller, person
from tests.logistics.facts import refused
from tests.logistics.storm_world import a_stop
from tests.logistics.test_hand_over import hand
from tests.logistics.world import HOUR, a_crate, a_shipment, departed, rack_of, received

pytestmark = pytest.mark.django_db


def standing(shipment: Shipment, at: datetime = NOON) -> dict[str, Exceptional]:
    return {one.key.partition(":")[0]: one for one in exceptions_of(shipment.number, at)}


def take(
    shipment: Shipment, kind: str = "silence", version: int = 0, user: str = "rosa", **care: object
) -> ShipmentException:
    caller = a_caller(user)
    return take_exception(caller=caller, exception=f"{kind}:{shipment.number}:", version=version, care=Care(**care))  # type: ignore[arg-type]


def heard(shipment: Shipment, at: datetime) -> None:
    report = Report(shipment.pk, "position", at, place="玉名 IC")
    report_milestone(caller=a_caller("rosa", at=at), report=report)


def test_silence_and_a_leg_overdue_stand_by_the_record_alone() -> None:
    """Osaka is 2.5 h by road; the ferry at 17:55 takes 15 h, and 3 h of road follow: 11:55 of the next day."""
    left = NOON - 24 * HOUR  # noon of the 19th in Japan
    shipment = departed(at=left, need_by=None)

    found = standing(shipment)

    assert set(found) == {"silence", "overdue"}
    assert found["silence"].since == left
    assert (found["overdue"].subject, found["overdue"].since) == ("1", left + timedelta(hours=2.5))
    report = Report(shipment.pk, "leg_departed", left + 6 * HOUR, leg_number=2)
    report_milestone(caller=a_caller("rosa", at=NOON), report=report)
    late = {one.key: one for one in exceptions_of(shipment.number, NOON + HOUR)}
    assert late[f"overdue:{shipment.number}:2"].since == left + timedelta(hours=5, minutes=55) + 15 * HOUR
    heard(shipment, NOON)
    assert "silence" not in standing(shipment)
    assert standing(shipment, NOON + 7 * HOUR)["silence"].since == NOON


def test_holds_missing_crates_refusals_stops_and_papers_are_exceptions() -> None:
    at = NOON - 20 * HOUR
    one, two = a_crate(at=at - HOUR), a_crate(at=at - HOUR)
    shipment = departed([one, two], at=at, need_by=None)
    held = Unit.objects.get(placements__host=one.unit, placements__to_at=None)
    hold = place_hold(caller=a_caller("tanaka", at=NOON - HOUR), target=held.serial, reason="通報")
    hand(shipment, crates=[one.sscc], seals=[SealSeen("S-1", "intact")], occurred_at=at + HOUR)
    stop = a_stop()
    waiting = a_shipment([a_crate(at=NOON - 3 * HOUR)], at=NOON - 2 * HOUR, planned_departure_at=NOON + 5 * HOUR)

    keys = {row.key for row in exceptions_now(NOON)}

    assert {f"hold:{shipment.number}:{hold.number}", f"crate_missing:{shipment.number}:{two.sscc}"} <= keys
    assert {f"disruption:{row.number}:{stop.number}" for row in (shipment, waiting)} <= keys
    assert f"document:{waiting.number}:as-built" in keys
    assert f"document:{waiting.number}:as-built" not in {row.key for row in exceptions_now(NOON - 100 * HOUR)}
    release_hold(caller=a_caller("tanaka"), number=hold.number, reason="問題なし")
    assert f"hold:{shipment.number}:{hold.number}" not in {row.key for row in exceptions_now(NOON)}


def test_a_refused_rack_stands_until_it_leaves_the_dock() -> None:
    shipment = received(at=NOON - 5 * HOUR)
    verdict = Verdict(shipment.pk, rack_of(shipment).serial, "refused", remarks="傾き表示器が作動")
    accept_rack(caller=a_caller("sora"), verdict=verdict)

    assert {row.kind for row in exceptions_of(shipment.number, NOON)} == {"refused"}


def test_an_owner_takes_it_and_the_history_is_kept() -> None:
    shipment = departed(at=NOON - 9 * HOUR, need_by=None)
    person("plan")

    care = take(shipment, state="waiting", waiting_for="運送会社の回答", due_on=NOON.date())
    take(shipment, version=1, owner="plan", note="電話した")

    care.refresh_from_db()
    assert (care.owner.username, care.state, care.waiting_for, care.version) == ("plan", "in_hand", "", 2)
    assert standing(shipment)["silence"].state == "in_hand"
    events = Event.objects.filter(subject_type="logistics.shipmentexception").order_by("pk")
    assert [event.kind for event in events] == ["logistics.exception-taken"] * 2
    assert events[1].payload["changes"]["state"] == ["waiting", "in_hand"]
    assert events[1].payload["owner_was"] == str(person("rosa").pseudonym)
    assert "Rosa" not in str(events[1].payload)


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    shipment = departed(at=NOON - 9 * HOUR, need_by=None)
    take(shipment)
    person("stranger")

    with refused(UnknownException):
        take(shipment, kind="refused")
    with refused(UnknownOwner):
        take(shipment, version=1, owner="stranger")
    with refused(CareOdd):
        take(shipment, version=1, state="waiting")
    with refused(CareOdd):
        take(shipment, version=1, due_on=NOON.date() - timedelta(days=1))
    with refused(StaleEdit):
        take(shipment)
    key = f"silence:{shipment.number}:"
    with refused(CareOdd):
        close_exception(caller=a_caller("rosa"), exception=key, version=1, reason=" ")
    care = ShipmentException.objects.get()
    with refused(ExceptionStands):
        end_exception(caller=a_caller("rosa"), exception_id=care.pk)
    with pytest.raises(NotPermitted):
        take(shipment, version=1, user="mei")


def test_what_a_person_closed_stays_closed_and_comes_again_anew() -> None:
    shipment = departed(at=NOON - 9 * HOUR, need_by=None)
    key = f"silence:{shipment.number}:"

    close_exception(caller=a_caller("rosa"), exception=key, version=0, reason="GPS で確認")

    assert standing(shipment)["silence"].state == "closed"
    again = a_caller("rosa")
    with refused(ExceptionClosed):
        close_exception(caller=again, exception=key, version=1, reason="x")
    with refused(ExceptionClosed):  # a page from before the closing
        take(shipment)
    heard(shipment, NOON)
    assert "silence" not in standing(shipment)
    anew = standing(shipment, NOON + 8 * HOUR)["silence"]
    assert (anew.state, anew.care) == ("open", None)


def test_care_ends_by_itself_when_its_fact_is_over() -> None:
    now = timezone.now().replace(microsecond=0)
    shipment = departed(at=now - 9 * HOUR, need_by=None)
    key = f"silence:{shipment.number}:"
    care = take_exception(caller=a_caller("rosa", at=now), exception=key, version=0, care=Care())
    assert end_exceptions() == 0

    heard(shipment, now)
    over = next(one for one in exceptions_now(now) if one.key == key)

    assert (over.state, over.fact) == ("ended", None), "said at once, before the clock writes it down"
    assert end_exceptions() == 1
    care.refresh_from_db()
    assert (care.state, care.reason) == ("ended", "")
    assert key not in {one.key for one in exceptions_now(now)}


@pytest.mark.parametrize(("language", "word"), [("ja", "長く報告がありません"), ("en", "No report for long")])
def test_the_list_is_narrowed_by_owner_and_the_tower_names_the_owner(language: str, word: str) -> None:
    now = timezone.now()
    mine = departed(at=now - 9 * HOUR, need_by=None)
    other = departed(at=now - 9 * HOUR, need_by=None)
    take_exception(caller=a_caller("rosa", at=now), exception=f"silence:{mine.number}:", version=0, care=Care())
    client = Client()
    client.force_login(person("rosa"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    rosa = person("rosa").name_ja if language == "ja" else person("rosa").name_en

    page = client.get(reverse("exceptions"), {"owner": "rosa"}).text
    nobody = client.get(reverse("exceptions"), {"owner": "-", "kind": "silence"}).text

    assert mine.number in page and other.number not in page and rosa in page
    assert other.number in nobody and mine.number not in nobody
    assert rosa in client.get(reverse("control_tower")).text.partition('class="calls"')[2].partition("</ol>")[0]
    one = client.get(reverse("exception", args=[f"silence:{mine.number}:"])).text
    assert rosa in one
    assert word in one
    lines = b"".join(client.get(reverse("exceptions"), {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert mine.number in lines
