"""Recalls over everything: opened on a criterion, widened when more is hit, with all holds in one act."""

from __future__ import annotations

from django.utils.translation import gettext as _

from inventory.models import Criterion
from inventory.models.recalls import ARRIVAL_KINDS
from inventory.operations.recalls import (
    CriterionBlank,
    RecallClosed,
    UnknownRecall,
    hold_for,
    lock_recall,
    open_recall,
    stop_arrivals,
    tidied,
)
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.queries.recalls import recall_answer


class NothingHit(Refusal):
    """The criterion hits nothing, and nothing that arrives later could be meant."""


class UnknownName(Refusal):
    """A supplier, station or person of the criterion is not known here."""


@operation(permission="inventory.hold")
def start_recall(*, caller: Caller, criterion: Criterion, reason: str) -> dict[str, object]:
    """Open a recall and hold everything that its criterion hits now: the lots, the units, the trays and racks around
    them, wherever they are; one event a subject. What arrives later and matches (lots, serials, deliveries of a
    supplier) is held as it is received.

    Waits for receipts under way, then locks lots for update and units, by key. Refuses ReasonMissing, CriterionBlank,
    LayoutError, UnknownName, NothingHit."""
    stop_arrivals()
    wish = tidied(criterion)
    answer = recall_answer(wish)
    if wish.kind in ("supplier", "station", "operator") and answer.starts.unknown:
        raise UnknownName(
            _("%(names)s is not known here.") % {"names": ", ".join(answer.starts.unknown)[:200]},
            true=_("Nothing was recorded."),
            do=_("Check the code in the list and enter it again."),
        )
    if not answer.rows and not answer.lots and wish.kind not in ARRIVAL_KINDS:
        raise NothingHit(
            _("Nothing here is hit."), true=_("Nothing was recorded."), do=_("Check the number and the dates.")
        )
    recall = open_recall(caller, wish, reason)
    holds = hold_for(caller, recall, answer.unit_ids, answer.starts.lot_ids)
    return {
        "number": recall.number,
        "holds": len(holds),
        "racks": answer.count("rack"),
        "trays": answer.count("tray"),
        "not_here_yet": answer.starts.unknown,
    }


@operation(permission="inventory.hold")
def widen_recall(*, caller: Caller, number: str) -> dict[str, object]:
    """Look again, and hold what the recall's criterion hits now and did not before (a part moved to another rack, work
    done since). What quality released stays released.

    Waits for receipts under way, then locks the recall, lots for update and units. Refuses UnknownRecall,
    RecallClosed, NothingHit (nothing new)."""
    stop_arrivals()
    recall = lock_recall(number)
    answer = recall_answer(recall.criterion)
    holds = hold_for(caller, recall, answer.unit_ids, answer.starts.lot_ids)
    if not holds:
        raise NothingHit(
            _("Recall %(number)s hits nothing new.") % {"number": recall.number}, true=_("Nothing was recorded.")
        )
    record(caller, "inventory.recall-widened", recall, number=recall.number, held=len(holds))
    return {"number": recall.number, "holds": len(holds)}


__all__ = [
    "CriterionBlank",
    "NothingHit",
    "RecallClosed",
    "UnknownName",
    "UnknownRecall",
    "start_recall",
    "widen_recall",
]
