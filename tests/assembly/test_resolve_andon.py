"""resolve_andon: what was done, by whoever came or by the station itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assembly.models import AndonCall
from assembly.operations.andon import (
    CallResolved,
    OutcomeMissing,
    UnknownCall,
    acknowledge_andon,
    raise_andon,
    resolve_andon,
)
from ledger.models import Event
from ledger.refusals import NotPermitted
from tests.cast import NOON, a_caller, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plant")]


def test_the_outcome_ends_the_call() -> None:
    call = raise_andon(caller=a_caller("mei", station="A1"), reason="tool")
    acknowledge_andon(caller=a_caller("tanaka", at=NOON + timedelta(minutes=4)), number=call.number)

    done = resolve_andon(
        caller=a_caller("tanaka", at=NOON + timedelta(minutes=9)), number=call.number, outcome=" Changed the bit "
    )

    assert (done.outcome, done.resolved_by) == ("Changed the bit", person("tanaka"))
    assert done.resolved_at == NOON + timedelta(minutes=9)
    event = Event.objects.get(pk=done.resolved_event_id)
    assert (event.kind, event.payload["outcome"]) == ("assembly.andon-resolved", "Changed the bit")
    assert not AndonCall.objects.open().exists()


def test_the_station_settles_its_own_call_before_anybody_came() -> None:
    call = raise_andon(caller=a_caller("mei", station="A1"), reason="help")

    done = resolve_andon(caller=a_caller("mei", station="A1"), number=call.number, outcome="Found it")

    assert (done.acknowledged_at, done.resolved_by) == (None, person("mei"))


def test_nothing_done_twice_and_not_by_a_reader() -> None:
    call = raise_andon(caller=a_caller("mei", station="A1"), reason="help")
    for refusal, arguments in ((OutcomeMissing, {"outcome": "  "}), (UnknownCall, {"number": "C9", "outcome": "x"})):
        with pytest.raises(refusal):
            resolve_andon(caller=a_caller("mei"), **{"number": call.number, **arguments})
    with pytest.raises(NotPermitted):
        resolve_andon(caller=a_caller("aud"), number=call.number, outcome="x")
    call.refresh_from_db()
    assert call.resolved_at is None

    resolve_andon(caller=a_caller("mei"), number=call.number, outcome="done")
    before = Event.objects.count()
    with pytest.raises(CallResolved, match="解決済み"):
        resolve_andon(caller=a_caller("tanaka"), number=call.number, outcome="again")
    assert Event.objects.count() == before
