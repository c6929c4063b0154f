"""What a process keeps of lives and outlook: until a fact changes, in whatever transaction."""

from datetime import timedelta

import pytest
from django.db import transaction

from ledger.marks import mark
from logistics.queries.kept import kept_lives, kept_outlook
from logistics.queries.lives import rack_lives
from logistics.queries.outlook import outlook
from tests.cast import NOON
from tests.logistics.world import HOUR, arrived, departed, received

pytestmark = pytest.mark.django_db


def test_an_outlook_is_drawn_again_only_after_a_fact_or_a_minute(django_assert_num_queries):
    shipment = departed(at=NOON - 5 * HOUR)
    first = kept_outlook(NOON)

    with django_assert_num_queries(1):  # the mark of the record
        assert kept_outlook(NOON + timedelta(seconds=59)) is first
    with django_assert_num_queries(1):
        later = kept_outlook(NOON + timedelta(minutes=1))
    assert later is not first
    assert later.forecast.racks == outlook(NOON + timedelta(minutes=1)).forecast.racks

    received(arrived(shipment, at=NOON - 4 * HOUR), at=NOON - 3 * HOUR)
    assert [life.is_received for life in kept_outlook(NOON).lives] == [True]


def test_what_is_rolled_back_is_forgotten():
    departed(at=NOON - 5 * HOUR)
    before, lives = mark(), kept_lives(NOON)

    with transaction.atomic():
        departed(at=NOON - 2 * HOUR)
        assert len(kept_lives(NOON)) == len(lives) + 1
        transaction.set_rollback(True)

    assert mark() == before
    assert kept_lives(NOON) == lives == rack_lives(NOON)


def test_a_moment_before_the_newest_event_sees_its_own_record():
    shipment = departed(at=NOON - 5 * HOUR)
    kept_lives(NOON)
    arrived(shipment, at=NOON - HOUR)

    assert kept_lives(NOON)[0].arrived_at is not None
    assert kept_lives(NOON - 2 * HOUR)[0].arrived_at is None
