"""acknowledge_andon: somebody comes, once, named; who may not answer a call is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assembly.models import AndonCall
from assembly.operations.andon import (
    CallAnswered,
    CallResolved,
    UnknownCall,
    acknowledge_andon,
    raise_andon,
    resolve_andon,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def a_call() -> AndonCall:
    return raise_andon(caller=a_caller("mei", station="A1"), reason="help")


def test_the_call_says_who_comes() -> None:
    call = acknowledge_andon(caller=a_caller("tanaka", at=NOON + timedelta(minutes=3)), number=a_call().number)

    assert (call.acknowledged_by, call.acknowledged_at) == (person("tanaka"), NOON + timedelta(minutes=3))
    event = Event.objects.get(pk=call.acknowledged_event_id)
    assert (event.kind, event.payload["reason"]) == ("assembly.andon-acknowledged", "help")


def test_an_answer_is_never_before_its_call() -> None:
    call = acknowledge_andon(caller=a_caller("tanaka", at=NOON - timedelta(hours=1)), number=a_call().number)

    assert call.acknowledged_at == call.raised_at


def test_answered_settled_unknown_and_unpermitted_are_refused() -> None:
    call, other = a_call(), raise_andon(caller=a_caller("mei", station="A2"), reason="help")
    acknowledge_andon(caller=a_caller("tanaka"), number=call.number)
    resolve_andon(caller=a_caller("mei"), number=other.number, outcome="ok")
    before = Event.objects.count()

    with pytest.raises(CallAnswered, match="向かっています"):
        acknowledge_andon(caller=a_caller("plan"), number=call.number)
    with pytest.raises(CallResolved):
        acknowledge_andon(caller=a_caller("plan"), number=other.number)
    with pytest.raises(UnknownCall):
        acknowledge_andon(caller=a_caller("plan"), number="C999999")
    with pytest.raises(NotPermitted):
        acknowledge_andon(caller=a_caller("mei"), number=call.number)

    assert Event.objects.count() == before
    call.refresh_from_db()
    assert call.acknowledged_by == person("tanaka")
