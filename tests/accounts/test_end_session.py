"""end_session: a person leaves a station."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from accounts.models import OperatorSession
from accounts.operations.sessions import SessionOver, end_session, register_station, start_session
from ledger.models import Event
from tests.cast import NOON, a_caller

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=8)


@pytest.fixture
def session() -> OperatorSession:
    """mei at A1."""
    register_station(caller=a_caller("admin"), code="A1", name_ja="A1", name_en="A1", kind="assembly")
    return start_session(caller=a_caller("mei"), station_code="A1")


def test_the_session_ends_by_an_event(session: OperatorSession) -> None:
    ended = end_session(caller=a_caller("mei", at=LATER), session_id=session.pk)

    assert ended.ended_at == LATER
    assert OperatorSession.objects.get().ended_at == LATER
    assert Event.objects.get(kind="accounts.session-ended").payload == {"session_id": str(session.pk)}


def test_a_session_ends_once_but_the_same_key_is_answered(session: OperatorSession) -> None:
    caller = a_caller("mei", at=LATER)
    end_session(caller=caller, session_id=session.pk)

    assert end_session(caller=caller, session_id=session.pk) == session
    with pytest.raises(SessionOver):
        end_session(caller=a_caller("mei"), session_id=session.pk)
    assert Event.objects.filter(kind="accounts.session-ended").count() == 1


def test_nobody_ends_anothers_session_or_one_that_never_was(session: OperatorSession) -> None:
    for user, pk in (("kenji", session.pk), ("admin", session.pk), ("mei", uuid.uuid4())):
        with pytest.raises(SessionOver):
            end_session(caller=a_caller(user), session_id=pk)

    assert OperatorSession.objects.get().ended_at is None
    assert not Event.objects.filter(kind="accounts.session-ended").exists()
