"""widen_recall, and closing: look again, hold what is new, release it all with a reason."""

from __future__ import annotations

import pytest

from inventory.models import Criterion, Hold, Recall
from inventory.operations.holds import release_hold
from inventory.operations.recalls import RecallClosed, UnknownRecall, close_recall
from ledger.models import Event
from ledger.refusals import NotPermitted
from logistics.operations.recalls import NothingHit, start_recall, widen_recall
from tests.cast import a_caller
from tests.logistics.facts import refused
from tests.logistics.recall_world import LOT, use_lot
from tests.world import a_lot, a_unit

pytestmark = pytest.mark.django_db


def a_recall() -> Recall:
    lot = a_lot(number=LOT)
    use_lot(lot, a_unit())
    answer = start_recall(caller=a_caller("tanaka"), criterion=Criterion("lots", [LOT]), reason="x")
    return Recall.objects.get(number=answer["number"])


def test_what_is_new_is_held_and_what_quality_released_stays_released() -> None:
    recall = a_recall()
    hold = Hold.objects.get(recall=recall, unit__isnull=False)
    lot_hold = Hold.objects.get(recall=recall, lot__isnull=False)
    release_hold(caller=a_caller("tanaka"), number=hold.number, reason="checked: cured")
    release_hold(caller=a_caller("tanaka"), number=lot_hold.number, reason="for rework")
    late = a_unit()
    use_lot(lot_hold.lot, late)  # type: ignore[arg-type]

    answer = widen_recall(caller=a_caller("tanaka"), number=recall.number)

    assert answer["holds"] == 1
    assert Hold.objects.get(recall=recall, unit=late).released_at is None
    assert not Hold.objects.filter(unit=hold.unit, released_at=None).exists()
    assert Event.objects.get(kind="inventory.recall-widened").subject_id == recall.pk


def test_nothing_new_is_said_and_changes_nothing() -> None:
    recall = a_recall()
    with refused(NothingHit):
        widen_recall(caller=a_caller("tanaka"), number=recall.number)
    with refused(UnknownRecall):
        widen_recall(caller=a_caller("tanaka"), number="RC-0")
    caller = a_caller("rosa")
    with refused(NotPermitted):
        widen_recall(caller=caller, number=recall.number)


def test_a_closed_recall_is_closed() -> None:
    recall = a_recall()
    close_recall(caller=a_caller("tanaka"), number=recall.number, reason="done")
    with refused(RecallClosed):
        widen_recall(caller=a_caller("tanaka"), number=recall.number)
