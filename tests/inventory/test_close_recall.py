"""close_recall: the holds of a recall are released together, by a named person with a reason."""

from __future__ import annotations

import pytest

from inventory.models import Criterion, Hold, Recall
from inventory.operations.holds import ReasonMissing, release_hold
from inventory.operations.recalls import RecallClosed, UnknownRecall, close_recall
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.operations.recalls import start_recall
from tests.cast import NOON, a_caller, tanaka
from tests.inventory.unchanged import refused
from tests.world import a_part, received_units

pytestmark = pytest.mark.django_db


def a_recall() -> Recall:
    received_units(a_part(), 3, lot="L-1")
    answer = start_recall(
        caller=a_caller("tanaka"), criterion=Criterion("supplier", ["SUP-1"]), reason="Supplier's notice"
    )
    return Recall.objects.get(number=answer["number"])


def test_all_open_holds_are_released_with_one_event_each() -> None:
    recall = a_recall()
    first = Hold.objects.filter(recall=recall).order_by("pk")[0]
    release_hold(caller=a_caller("tanaka"), number=first.number, reason="Checked")

    closed = close_recall(caller=a_caller("tanaka"), number=recall.number, reason="All checked")

    assert (closed.closed_by, closed.closed_at, closed.close_reason) == (tanaka(), NOON, "All checked")
    assert not Hold.objects.filter(recall=recall, released_at=None).exists()
    assert Event.objects.filter(kind="inventory.hold-released").count() == Hold.objects.filter(recall=recall).count()
    assert Event.objects.get(kind="inventory.recall-closed").payload["released"] == Hold.objects.count() - 1
    assert Hold.objects.get(pk=first.pk).release_reason == "Checked"


def test_what_arrives_after_the_end_is_free() -> None:
    recall = a_recall()
    close_recall(caller=a_caller("tanaka"), number=recall.number, reason="All checked")

    unit = received_units(a_part(), 1)[0]

    assert not unit.holds.exists()


def test_what_cannot_be_closed_is_refused() -> None:
    recall = a_recall()
    with refused(ReasonMissing):
        close_recall(caller=a_caller("tanaka"), number=recall.number, reason=" ")
    with refused(UnknownRecall):
        close_recall(caller=a_caller("tanaka"), number="RC-0", reason="x")
    for who in ("mei", "rosa", "aud"):
        caller = a_caller(who)
        with refused(NotPermitted):
            close_recall(caller=caller, number=recall.number, reason="x")
    close_recall(caller=a_caller("tanaka"), number=recall.number, reason="x")
    with refused(RecallClosed):
        close_recall(caller=a_caller("tanaka"), number=recall.number, reason="x")
