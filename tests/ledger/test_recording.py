"""Writing events: the columns are copies of the body, deliveries come with the event, COPY is like INSERT."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import rfc8785
from django.utils.dateparse import parse_datetime

from ledger import reactions
from ledger.bulk import COPY_FROM
from ledger.callers import Caller
from ledger.canonical import SCHEMA, leaf_hash
from ledger.models import Delivery, Event, LedgerQueue
from ledger.recording import Happening, record, record_many
from tests.cast import NOON, a_caller

pytestmark = pytest.mark.django_db

THING = ("tests.thing", 7)
SESSION = uuid.UUID("0191d8a0-0000-7000-8000-000000000001")


def a_full_caller(**others: Any) -> Caller:
    """A caller with every field filled."""
    return a_caller("mei", key="k-1", station="A1", session=SESSION, door="scan", clock="device", **others)


def test_columns_are_copies_of_the_body() -> None:
    caller = replace(a_full_caller(), happened_at=NOON - timedelta(minutes=3))

    event = Event.objects.get(
        pk=record(caller, "tests.thing-done", THING, amends=5, weight_kg=Decimal("1.50"), name="現品\U0001f600")
    )

    body = json.loads(bytes(event.body))
    assert bytes(event.body) == rfc8785.dumps(body)
    assert bytes(event.leaf_hash) == leaf_hash(bytes(event.body))
    assert body == {
        "schema": SCHEMA,
        "uuid": str(event.uuid),
        "kind": event.kind,
        "subject": {"type": event.subject_type, "id": event.subject_id},
        "recorded_at": event.recorded_at.isoformat(),
        "happened_at": event.happened_at.isoformat(),
        "utc_offset": event.utc_offset,
        "clock": "device",
        "actor": str(event.actor),
        "door": event.door,
        "station": event.station,
        "session": str(event.session),
        "key": "k-1",
        "amends": event.amends,
        "payload": event.payload,
    }
    assert (event.kind, event.station, event.session, event.amends) == ("tests.thing-done", "A1", SESSION, 5)
    assert (event.recorded_at, event.happened_at) == (NOON, NOON - timedelta(minutes=3))
    assert event.payload == {"weight_kg": "1.50", "name": "現品\U0001f600"}


def test_the_actor_is_a_pseudonym_and_no_name_is_in_the_body() -> None:
    caller = a_full_caller()

    event = Event.objects.get(pk=record(caller, "tests.thing-done", THING))

    assert event.actor == caller.user.pseudonym
    said = bytes(event.body).decode()
    assert "mei" not in said
    assert "小林" not in said


def test_nothing_happens_after_it_was_recorded() -> None:
    caller = a_full_caller()
    late = NOON + timedelta(hours=1)

    (event_id,) = record_many(caller, "tests.thing-done", [Happening(THING, happened_at=late)])

    assert Event.objects.get(pk=event_id).happened_at == NOON
    assert caller.at_moment(late).happened_at == NOON


def test_a_file_tells_its_own_time() -> None:
    early = NOON - timedelta(days=1)

    (event_id,) = record_many(a_full_caller(), "tests.thing-done", [Happening(THING, happened_at=early)])

    event = Event.objects.get(pk=event_id)
    assert event.happened_at == early
    assert parse_datetime(json.loads(bytes(event.body))["happened_at"]) == early


def test_events_of_a_subject_come_in_the_order_they_were_written() -> None:
    ids = record_many(a_full_caller(), "tests.thing-done", [Happening(("tests.thing", n % 2)) for n in range(100)])

    assert ids == sorted(ids)
    assert [event.subject_id for event in Event.objects.filter(pk__in=ids).order_by("id")] == [0, 1] * 50


def _rows(ids: list[int]) -> list[dict[str, Any]]:
    rows = list(Event.objects.filter(pk__in=ids).order_by("id").values())
    for row in rows:
        body = json.loads(bytes(row["body"]))
        assert bytes(row["body"]) == rfc8785.dumps(body)
        assert bytes(row.pop("leaf_hash")) == leaf_hash(bytes(row["body"]))
        assert body.pop("uuid") == str(row.pop("uuid"))
        row["body"] = body
        del row["id"]
    return rows


AWKWARD: list[dict[str, Any]] = [
    {},
    {"text": 'tab\t newline\n backslash\\ quote" \\N \\.'},
    {"empty": "", "nothing": None, "list": [], "nested": {"a": {"b": [1, "2", None, True]}}},
    {"big": 2**60, "float": 0.1, "decimal": Decimal("10.500"), "day": NOON.date(), "現品": "号\U0001f600"},
]


def test_copy_writes_row_by_row_what_insert_writes() -> None:
    caller = a_full_caller()
    happenings = [
        Happening(("tests.thing", n), AWKWARD[n % 4], NOON - timedelta(seconds=n) if n % 3 else None, amends=n or None)
        for n in range(COPY_FROM + 5)
    ]

    copied = record_many(caller, "tests.thing-done", happenings)
    inserted = [record_many(caller, "tests.thing-done", [happening])[0] for happening in happenings]

    assert copied == list(range(copied[0], copied[0] + len(copied)))
    assert _rows(copied) == _rows(inserted)


@pytest.fixture
def followed(monkeypatch: pytest.MonkeyPatch) -> str:
    """An event kind with two reactions."""
    monkeypatch.setattr(reactions, "_TABLE", {**reactions._TABLE, "tests.thing-done": ["press", "tell"]})
    return "tests.thing-done"


@pytest.mark.parametrize("count", [1, COPY_FROM])
def test_each_event_brings_a_delivery_for_each_reaction(followed: str, count: int) -> None:
    ids = record_many(a_full_caller(), followed, [Happening(THING)] * count)

    due = Delivery.objects.filter(event_id__in=ids, done_at=None, published_at=None, attempts=0)
    assert sorted(due.values_list("event_id", "reaction")) == sorted(
        (pk, name) for pk in ids for name in ("press", "tell")
    )


def test_an_event_nobody_reacts_to_brings_none(followed: str) -> None:
    record(a_full_caller(), "tests.other-thing-done", THING)

    assert not Delivery.objects.exists()


def test_deliveries_of_history_are_done(followed: str) -> None:
    at: datetime = NOON - timedelta(days=200)
    event_id = record(a_full_caller(at=at, history=True), followed, THING)

    assert list(Delivery.objects.filter(event_id=event_id).values_list("done_at", flat=True)) == [at, at]


def test_a_reaction_is_registered_once_and_starts_with_its_registration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "_TABLE", type(reactions._TABLE)(list))
    record(a_full_caller(), "tests.thing-done", THING)

    reactions.register_reaction("tests.thing-done", "press")
    reactions.register_reaction("tests.thing-done", "press")

    assert reactions.reactions_to("tests.thing-done") == ["press"]
    assert reactions.reactions_to("tests.unknown") == []
    assert not Delivery.objects.exists()


def test_every_event_waits_to_be_sealed() -> None:
    ids = record_many(a_full_caller(), "tests.thing-done", [Happening(THING)] * (COPY_FROM + 1))

    assert LedgerQueue.objects.filter(event_id__in=ids).count() == COPY_FROM + 1
