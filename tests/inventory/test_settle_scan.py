"""A refused scan is settled once, by somebody with the right, in one of three ways; nothing vanishes."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import OperatorSession
from accounts.operations.sessions import register_station, start_session
from inventory.models import ScanConflict
from inventory.operations.scan_conflicts import (
    ConflictSettled,
    Kept,
    NotScannedAgain,
    SettlementReasonMissing,
    keep_conflict,
    settle_scan,
)
from ledger.models import Event, ScanLog
from ledger.refusals import BadInput, NotFound, NotPermitted
from tests.cast import NOON, a_caller, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> OperatorSession:
    """Mei at a station."""
    register_station(caller=a_caller("admin"), code="A1", name_ja="組立 1", name_en="Assembly 1", kind="assembly")
    return start_session(caller=a_caller("mei"), station_code="A1")


def a_conflict(session: OperatorSession, text: str = "CT-1", kind: str = "scan") -> ScanConflict:
    """A scan that was refused while nobody looked."""
    said = ("SlotTaken", "The slot is taken.", "Choose another one.")
    kept = Kept(uuid.uuid4(), session.pk, text, NOON - timedelta(minutes=5), *said, kind)
    return ScanConflict.objects.get(pk=keep_conflict(a_caller("mei"), kept))


def taken(session: OperatorSession, text: str, code: str = "") -> uuid.UUID:
    """A later scan of the session, with its answer."""
    seq = ScanLog.objects.filter(operator_session=session.pk).count() + 1
    row = ScanLog.objects.create(
        id=uuid.uuid4(), operator_session=session.pk, seq=seq, station="A1", text=text, at=NOON,
        received_at=NOON + timedelta(minutes=1), answer={"state": "ok", "code": code},
    )  # fmt: skip
    return row.pk


def test_what_is_dropped_says_why_and_leaves_an_event(session: OperatorSession) -> None:
    conflict = a_conflict(session)

    settle_scan(caller=a_caller("tanaka"), conflict_id=conflict.pk, how="dropped", reason=" Read twice ")

    conflict.refresh_from_db()
    assert (conflict.how, conflict.reason, conflict.settled_by) == ("dropped", "Read twice", person("tanaka"))
    event = Event.objects.get(kind="inventory.scan-settled")
    assert conflict.settled_event_id == event.pk
    assert event.payload["act"] == str(conflict.act)
    assert (event.payload["refused"], event.payload["way"], event.payload["text"]) == ("SlotTaken", "dropped", "CT-1")


def test_the_same_act_is_listed_once(session: OperatorSession) -> None:
    kept = Kept(uuid.uuid4(), session.pk, "CT-1", NOON, "SlotTaken", "Taken.", "")

    assert keep_conflict(a_caller("mei"), kept) == keep_conflict(a_caller("mei"), kept)


def test_scanned_again_finds_the_scan_that_was_taken(session: OperatorSession) -> None:
    conflict = a_conflict(session)
    taken(session, "CT-1", code="SlotTaken")
    taken(session, "CT-2")
    later = taken(session, "ＣＴ－1")

    settle_scan(caller=a_caller("mei"), conflict_id=conflict.pk, how="again")

    conflict.refresh_from_db()
    assert (conflict.how, conflict.again) == ("again", later)


@pytest.mark.parametrize("kind", ["scan", "form"])
def test_scanned_again_without_such_a_scan_is_refused(session: OperatorSession, kind: str) -> None:
    conflict = a_conflict(session, kind=kind)
    taken(session, "CT-1" if kind == "form" else "CT-2")

    with pytest.raises(NotScannedAgain):
        settle_scan(caller=a_caller("mei"), conflict_id=conflict.pk, how="again")

    conflict.refresh_from_db()
    assert conflict.settled_at is None
    assert not Event.objects.filter(kind="inventory.scan-settled").exists()


@pytest.mark.parametrize("how", ["by_hand", "dropped"])
def test_without_a_reason_it_stays_open(session: OperatorSession, how: str) -> None:
    conflict = a_conflict(session)

    with pytest.raises(SettlementReasonMissing):
        settle_scan(caller=a_caller("mei"), conflict_id=conflict.pk, how=how, reason=" ")

    assert ScanConflict.objects.open().count() == 1


def test_another_way_and_another_number_are_refused(session: OperatorSession) -> None:
    with pytest.raises(BadInput):
        settle_scan(caller=a_caller("mei"), conflict_id=a_conflict(session).pk, how="ignored", reason="x")
    with pytest.raises(NotFound):
        settle_scan(caller=a_caller("mei"), conflict_id=0, how="dropped", reason="x")


def test_it_is_settled_once(session: OperatorSession) -> None:
    conflict = a_conflict(session)
    settle_scan(caller=a_caller("mei"), conflict_id=conflict.pk, how="dropped", reason="Read twice")

    with pytest.raises(ConflictSettled):
        settle_scan(caller=a_caller("tanaka"), conflict_id=conflict.pk, how="by_hand", reason="Written down")

    conflict.refresh_from_db()
    assert (conflict.how, conflict.settled_by) == ("dropped", person("mei"))
    assert Event.objects.filter(kind="inventory.scan-settled").count() == 1


def test_the_same_key_settles_once_and_answers_twice(session: OperatorSession) -> None:
    conflict, caller = a_conflict(session), a_caller("mei")
    arguments = {"conflict_id": conflict.pk, "how": "dropped", "reason": "Read twice"}

    assert settle_scan(caller=caller, **arguments) == settle_scan(caller=caller, **arguments)

    assert Event.objects.filter(kind="inventory.scan-settled").count() == 1


def test_an_auditor_settles_nothing(session: OperatorSession) -> None:
    with pytest.raises(NotPermitted):
        settle_scan(caller=a_caller("aud"), conflict_id=a_conflict(session).pk, how="dropped", reason="x")


@pytest.mark.parametrize(
    ("wall", "values"),
    [
        ("settlement_names_its_person_and_way", {"how": "dropped", "reason": "x"}),
        ("scan_again_names_the_scan", {"again": uuid.uuid4()}),
        ("scanconflict_is_kept", {"text": "another"}),
    ],
)
def test_the_database_keeps_the_rules_too(session: OperatorSession, wall: str, values: dict[str, object]) -> None:
    conflict = a_conflict(session)

    with (
        pytest.raises(IntegrityError, match=wall.replace("scanconflict_is_kept", "kept and settled once")),
        transaction.atomic(),
    ):
        ScanConflict.objects.filter(pk=conflict.pk).update(**values)


def test_one_touch_on_the_page_settles_it_and_shows_the_rest(session: OperatorSession, client: Client) -> None:
    first, second = a_conflict(session, "CT-1"), a_conflict(session, "CT-2")
    client.force_login(person("mei"))

    cards = client.get(reverse("station_conflicts", args=["A1"])).content.decode()
    assert "CT-1" in cards and "CT-2" in cards
    posted = client.post(
        reverse("scan_conflict", args=[first.pk]), {"how": "dropped|Read twice", "reason": "", "key": uuid.uuid4().hex}
    )

    assert posted.status_code == 302
    assert posted["Location"] == reverse("station_conflicts", args=["A1"])
    first.refresh_from_db()
    assert (first.how, first.reason) == ("dropped", "Read twice")
    assert "CT-1" in client.get(reverse("station_conflicts", args=["A1"])).content.decode()  # says what was settled
    listed = client.get(reverse("scan_conflicts") + "?state=open").content.decode()
    assert "CT-2" in listed and "CT-1" not in listed
    refused = client.post(reverse("scan_conflict", args=[second.pk]), {"how": "by_hand", "key": uuid.uuid4().hex})
    assert refused.status_code == 422
    assert ScanConflict.objects.open().get() == second


def test_the_list_is_exported_as_filtered(session: OperatorSession, client: Client) -> None:
    a_conflict(session, "CT-1")
    client.force_login(person("tanaka"))

    file = client.get(reverse("scan_conflicts") + "?q=CT-1&export=csv")

    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2 and "CT-1" in lines[1]


def test_the_api_lists_and_settles(session: OperatorSession, client: Client) -> None:
    conflict = a_conflict(session)
    client.force_login(person("mei"))

    listed = client.get("/api/scan-conflicts/?state=open&station=A1").json()["results"]
    assert [(row["id"], row["station"], row["code"]) for row in listed] == [(conflict.pk, "A1", "SlotTaken")]
    answer = client.post(
        f"/api/scan-conflicts/{conflict.pk}/settlement/",
        {"how": "by_hand", "reason": "Written down"},
        content_type="application/json",
    )

    assert answer.status_code == 201
    assert client.get("/api/scan-conflicts/?state=open").json()["results"] == []
