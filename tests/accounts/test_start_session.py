"""start_session: one person at one station."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import OperatorSession
from accounts.operations.sessions import UnknownStation, register_station, start_session
from ledger.models import Event, Receipt
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller, mei, rosa, stranger
from tests.database import at_once


def stations() -> None:
    """A1 and A2."""
    for code in ("A1", "A2"):
        register_station(caller=a_caller("admin"), code=code, name_ja=code, name_en=code, kind="assembly")


def test_work_begins_at_a_station_by_an_event(db: None) -> None:
    stations()

    session = start_session(caller=a_caller("mei"), station_code="A1")

    event = Event.objects.get(pk=session.event_id)
    assert (session.user, session.station.code, session.started_at, session.ended_at) == (mei(), "A1", NOON, None)
    assert (event.kind, event.subject_id) == ("accounts.session-started", session.station_id)
    assert event.payload == {"session_id": str(session.pk)}


def test_the_session_elsewhere_ends_and_other_peoples_go_on(db: None) -> None:
    stations()
    first = start_session(caller=a_caller("mei"), station_code="A1")
    others = start_session(caller=a_caller("rosa"), station_code="A1")

    second = start_session(caller=a_caller("mei", at=NOON + timedelta(hours=1)), station_code="A2")

    ended = dict(OperatorSession.objects.values_list("pk", "ended_at"))
    assert ended == {first.pk: NOON + timedelta(hours=1), second.pk: None, others.pk: None}
    told = Event.objects.get(kind="accounts.session-ended")
    assert told.payload == {"session_id": str(first.pk)} and told.subject_id == first.station_id


def test_same_key_same_session(db: None) -> None:
    stations()
    caller = a_caller("mei")

    assert start_session(caller=caller, station_code="A1") == start_session(caller=caller, station_code="A1")
    assert OperatorSession.objects.count() == 1


def test_a_station_nobody_knows_and_people_without_the_right_are_refused(db: None) -> None:
    stations()
    mei(), stranger()
    before = Event.objects.count(), Receipt.objects.count()

    with pytest.raises(UnknownStation):
        start_session(caller=a_caller("mei"), station_code="A3")
    with pytest.raises(NotPermitted):
        start_session(caller=a_caller("stranger"), station_code="A1")

    assert not OperatorSession.objects.exists()
    assert (Event.objects.count(), Receipt.objects.count()) == before


@pytest.mark.commits
def test_of_two_stations_chosen_at_once_one_stays() -> None:
    stations()
    mei(), rosa()

    at_once(*[lambda code=code: start_session(caller=a_caller("mei"), station_code=code) for code in ("A1", "A2")] * 2)

    assert OperatorSession.objects.count() == 4
    assert OperatorSession.objects.filter(ended_at=None).count() == 1
