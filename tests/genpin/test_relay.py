"""The relay: claims undone deliveries, rings again when nobody did the work, and loses nothing without a broker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections, transaction

from genpin.relay import AGAIN_AFTER, AT_LATEST, BATCH, beat, relay_once
from ledger.bulk import insert_rows
from ledger.models import Delivery, RelayBeat
from tests.cast import NOON
from tests.database import at_once

SOON = NOON + timedelta(seconds=1)


def deliveries(count: int, **others: object) -> list[int]:
    """Deliveries as `record` leaves them."""
    rows = [Delivery(event_id=n, reaction="press", **others) for n in range(count)]
    return [row.pk for row in insert_rows(rows)]


def test_undone_deliveries_are_published_once_in_order(db: None) -> None:
    ids, sent = deliveries(3), []

    assert relay_once(NOON, sent.append) == 3
    assert relay_once(SOON, sent.append) == 0

    assert sent == ids
    assert set(Delivery.objects.values_list("published_at", "attempts", "done_at")) == {(NOON, 1, None)}


def test_done_deliveries_stay(db: None) -> None:
    deliveries(2, done_at=NOON)
    sent: list[int] = []

    assert relay_once(NOON, sent.append) == 0
    assert sent == []


def test_a_batch_at_a_time(db: None) -> None:
    deliveries(BATCH + 5)
    sent: list[int] = []

    assert [relay_once(NOON, sent.append) for _turn in range(3)] == [BATCH, 5, 0]
    assert len(set(sent)) == BATCH + 5


def test_what_nobody_did_is_sent_again_after_some_patience(db: None) -> None:
    (pk,) = deliveries(1)
    sent: list[int] = []
    now = NOON
    relay_once(now, sent.append)

    waits = [AGAIN_AFTER * 2**n for n in range(7)] + [AT_LATEST, AT_LATEST]
    for wait in waits:
        assert relay_once(now + wait, sent.append) == 0
        now += wait + timedelta(microseconds=1)
        assert relay_once(now, sent.append) == 1

    assert sent == [pk] * 10
    assert Delivery.objects.get().attempts == 10


def test_the_impatient_do_not_hide_behind_the_patient(db: None) -> None:
    """A full batch of rows that wait for their hour must not keep a fresh one from its turn."""
    deliveries(BATCH, published_at=NOON, attempts=20)
    insert_rows([Delivery(event_id=BATCH + 1, reaction="press")])
    sent: list[int] = []

    assert relay_once(NOON + AGAIN_AFTER * 2, sent.append) == 1


def test_a_broker_that_is_away_leaves_the_rows_for_the_next_turn(db: None) -> None:
    ids = deliveries(3)
    sent: list[int] = []

    def away_after_one(pk: int) -> None:
        if sent:
            raise ConnectionError("broker away")
        sent.append(pk)

    with pytest.raises(ConnectionError):
        relay_once(NOON, away_after_one)
    assert Delivery.objects.filter(published_at=None, attempts=0).count() == 3

    assert relay_once(SOON, sent.append) == 3
    assert sent == [ids[0], *ids]  # one bell rang twice: the task does its work once


def test_the_beat_is_one_row(db: None) -> None:
    beat(NOON)
    beat(SOON)

    assert list(RelayBeat.objects.values_list("id", "at")) == [(1, SOON)]


@pytest.mark.commits
def test_two_relays_share_the_work() -> None:
    ids, sent = deliveries(BATCH * 2), []

    assert sorted(at_once(*[lambda: relay_once(NOON, sent.append)] * 2)) == [BATCH, BATCH]

    assert sorted(sent) == ids


@pytest.mark.commits
def test_a_row_that_is_being_worked_on_is_left_alone() -> None:
    ids, sent = deliveries(2), []

    def relay_from_elsewhere() -> int:
        try:
            return relay_once(NOON, sent.append)
        finally:
            connections["default"].close()

    with transaction.atomic():
        Delivery.objects.select_for_update().get(pk=ids[0])
        assert at_once(relay_from_elsewhere) == [1]

    assert sent == [ids[1]]
