"""Many writers at once: every event is whole, queued, and in the order of its subject."""

from __future__ import annotations

import json
import uuid

import pytest
import rfc8785

from ledger.canonical import leaf_hash
from ledger.models import Event, LedgerQueue, ScanLog
from ledger.recording import Happening, record_many
from tests.cast import NOON, a_caller, mei
from tests.database import at_once

pytestmark = pytest.mark.commits

WRITERS = 6


def test_events_written_at_once_are_whole_and_all_queued() -> None:
    mei()

    answers = at_once(
        *[
            lambda n=n: record_many(
                a_caller("mei"), "tests.thing-done", [Happening(("tests.thing", n), {"turn": t}) for t in range(70)]
            )
            for n in range(WRITERS)
        ]  # type: ignore[misc]
    )

    ids = [pk for answer in answers for pk in answer]
    assert len(set(ids)) == WRITERS * 70
    assert LedgerQueue.objects.filter(event_id__in=ids).count() == len(ids)
    for event in Event.objects.filter(pk__in=ids):
        body = json.loads(bytes(event.body))
        assert rfc8785.dumps(body) == bytes(event.body)
        assert leaf_hash(bytes(event.body)) == bytes(event.leaf_hash)
        assert (body["payload"], body["subject"]["id"]) == (event.payload, event.subject_id)
    for n in range(WRITERS):
        told = Event.objects.filter(pk__in=ids, subject_id=n).order_by("id")
        assert [event.payload["turn"] for event in told] == list(range(70))


def test_a_scan_is_answered_by_one_of_many() -> None:
    pk = uuid.uuid4()
    ScanLog.objects.create(
        id=pk, operator_session=uuid.uuid4(), seq=1, station="A1", text="X", at=NOON, received_at=NOON
    )

    answers = at_once(
        *[lambda n=n: ScanLog.objects.filter(pk=pk).update(answer={"by": n}) for n in range(WRITERS)]  # type: ignore[misc]
    )

    assert [type(answer).__name__ for answer in answers].count("int") == 1
    assert [type(answer).__name__ for answer in answers].count("IntegrityError") == WRITERS - 1
    winner = answers.index(1)
    assert ScanLog.objects.get(pk=pk).answer == {"by": winner}
