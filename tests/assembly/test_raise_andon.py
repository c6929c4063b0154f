"""raise_andon: a station calls, once for a reason, with the work in hand; and the board that shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from assembly.models import AndonCall
from assembly.operations.andon import (
    CalledAlready,
    CallerWithoutStation,
    UnknownReason,
    acknowledge_andon,
    raise_andon,
    resolve_andon,
)
from assembly.queries.andon import answer_times, open_calls
from ledger.models import Event
from ledger.refusals import NotFound, NotPermitted
from tests.assembly.pages import a_client, queries_of, text_of
from tests.assembly.world import a_tray
from tests.cast import NOON, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def test_a_call_keeps_who_where_why_and_the_work_in_hand() -> None:
    tray = a_tray()

    call = raise_andon(caller=a_caller("mei", station="A1"), reason="material", text="No TIM left", build_id=tray.pk)

    event = Event.objects.get(pk=call.raised_event_id)
    assert (call.station.code, call.reason, call.build, call.raised_by) == ("A1", "material", tray, person("mei"))
    assert (event.kind, event.subject_id, event.payload["unit"]) == (
        "assembly.andon-raised", call.pk, tray.unit.name,
    )  # fmt: skip
    assert open_calls("A1") == [call]
    assert open_calls("A2") == []


def test_the_same_reason_is_called_once_and_another_beside_it() -> None:
    raise_andon(caller=a_caller("mei", station="A1"), reason="help")

    with pytest.raises(CalledAlready) as refusal:
        raise_andon(caller=a_caller("kenji", station="A1"), reason="help")
    assert "応答がありません" in refusal.value.true

    raise_andon(caller=a_caller("mei", station="A1"), reason="safety")
    raise_andon(caller=a_caller("mei", station="A2"), reason="help")
    assert AndonCall.objects.count() == 3


def test_after_the_settlement_the_station_may_call_again() -> None:
    first = raise_andon(caller=a_caller("mei", station="A1"), reason="help")
    resolve_andon(caller=a_caller("mei", station="A1"), number=first.number, outcome="Found it")

    assert raise_andon(caller=a_caller("mei", station="A1"), reason="help").pk != first.pk


@pytest.mark.parametrize(
    ("station", "reason", "refusal"),
    [("", "help", CallerWithoutStation), ("X9", "help", CallerWithoutStation), ("A1", "coffee", UnknownReason)],
)
def test_a_call_from_nowhere_or_for_nothing_is_refused(station: str, reason: str, refusal: Any) -> None:
    before = Event.objects.count()

    with pytest.raises(refusal):
        raise_andon(caller=a_caller("mei", station=station), reason=reason)

    assert (AndonCall.objects.count(), Event.objects.count()) == (0, before)


def test_a_build_that_is_not_there_and_a_person_without_the_right() -> None:
    with pytest.raises(NotFound):
        raise_andon(caller=a_caller("mei", station="A1"), reason="help", build_id=999_999)
    with pytest.raises(NotPermitted):
        raise_andon(caller=a_caller("aud", station="A1"), reason="help")
    assert not AndonCall.objects.exists()


def test_a_double_tap_is_one_call() -> None:
    caller = a_caller("mei", station="A1")

    assert raise_andon(caller=caller, reason="help") == raise_andon(caller=caller, reason="help")
    assert AndonCall.objects.count() == 1


def test_the_database_keeps_one_open_call_and_its_dates() -> None:
    call = raise_andon(caller=a_caller("mei", station="A1"), reason="help")
    rows = AndonCall.objects.filter(pk=call.pk)

    for change in (
        {"acknowledged_at": NOON},
        {"resolved_at": NOON - timedelta(days=1), "resolved_by": call.raised_by, "resolved_event_id": 1},
        {"reason": "coffee"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
    call.pk, call.number = None, "C999999"
    with pytest.raises(IntegrityError, match="station_calls_once_for_a_reason"), transaction.atomic():
        call.save(force_insert=True)


def test_answer_times_are_told_of_the_calls_since_a_moment() -> None:
    for minutes, reason in ((2, "help"), (10, "tool"), (None, "safety")):
        call = raise_andon(caller=a_caller("mei", station="A1"), reason=reason)
        if minutes:
            later = NOON + timedelta(minutes=minutes)
            acknowledge_andon(caller=a_caller("tanaka", at=later), number=call.number)

    times = answer_times(NOON - timedelta(hours=1))

    assert (times.raised, times.acknowledged, times.resolved) == (3, 2, 0)
    assert (times.median_answer, times.longest_answer, times.median_settled) == (360.0, 600.0, None)
    assert answer_times(NOON + timedelta(hours=1)).raised == 0


def test_the_board_shows_sounds_and_is_answered() -> None:
    leader = a_client("tanaka")
    quiet = text_of(leader.get("/andon/"))
    assert "呼出はありません" in quiet
    mark = quiet.split("?seen=")[1].split('"')[0]
    assert leader.get("/andon/board/", {"seen": mark}).status_code == 204

    call = raise_andon(caller=a_caller("mei", station="A1"), reason="material", text="<b>TIM</b>")
    board = text_of(leader.get("/andon/board/", {"seen": mark}))
    assert 'data-signal="andon"' in board
    assert "部品不足 — &lt;b&gt;TIM" in board
    assert "向かいます" in board

    htmx = {"HX-Request": "true"}
    coming = leader.post(f"/andon/{call.number}/acknowledgement/", {"key": "a"}, headers=htmx)
    assert "対応中" in text_of(coming)
    assert 'data-signal="andon"' not in text_of(coming)
    twice = leader.post(f"/andon/{call.number}/acknowledgement/", {"key": "b"}, headers=htmx)
    assert twice.status_code == 422
    assert "向かっています" in text_of(twice)
    blank = leader.post(f"/andon/{call.number}/resolution/", {"key": "c", "outcome": " "}, headers=htmx)
    assert blank.status_code == 422
    done = leader.post(f"/andon/{call.number}/resolution/", {"key": "d", "outcome": "棚から補充"}, headers=htmx)
    assert "呼出はありません" in text_of(done)
    assert "棚から補充" in text_of(leader.get("/andon/?state=resolved"))
    assert "棚から補充" in leader.get("/andon/?export=csv").getvalue().decode()


def test_without_script_the_answer_is_a_page_again() -> None:
    call = raise_andon(caller=a_caller("mei", station="A1"), reason="help")
    leader = a_client("tanaka")

    assert leader.post(f"/andon/{call.number}/acknowledgement/", {"key": "a"})["Location"] == "/andon/"
    assert leader.post("/andon/C999999/acknowledgement/", {"key": "b"}).status_code == 422
    assert a_client("mei").post(f"/andon/{call.number}/acknowledgement/", {"key": "c"}).status_code == 403
    assert a_client("aud").post(f"/andon/{call.number}/resolution/", {"key": "d", "outcome": "x"}).status_code == 403


def test_the_list_asks_the_same_for_one_call_and_for_many() -> None:
    raise_andon(caller=a_caller("mei", station="A1"), reason="help")
    client = a_client("tanaka")
    client.get("/andon/")
    one = queries_of(client, "/andon/")
    for station in ("A2", "A3", "T1", "T2"):
        for reason in ("material", "tool"):
            raise_andon(caller=a_caller("mei", station=station), reason=reason)

    assert queries_of(client, "/andon/") == one
    assert one <= 12
