"""Recalls in the stores: kept with their criterion, matched against what arrives, closed with all their holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.models import Criterion, Hold, Lot, Recall, Unit
from inventory.models.recalls import ARRIVAL_KINDS, RECALL_KINDS
from inventory.operations.holds import hold_things, lock_things, refuse_no_reason, release_many
from inventory.operations.units import next_keys
from inventory.text import normalise
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.statements import ask

GATE = 7_203_331
"""The advisory lock between recalls and receipts: what arrives while a recall is opened is seen by one of the two."""


class UnknownRecall(Refusal):
    """No recall has that number."""


class RecallClosed(Refusal):
    """The recall is closed already."""


class CriterionBlank(Refusal):
    """A recall that names nothing, or of no known kind."""


def open_recall(caller: Caller, criterion: Criterion, reason: str) -> Recall:
    """Step: keep a recall with its criterion; the caller holds the gate (`stop_arrivals`).

    Refuses ReasonMissing, CriterionBlank, LayoutError."""
    refuse_no_reason(reason)
    wish = tidied(criterion)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_recall_number')")
        number = f"RC-{caller.at.year % 100:02d}-{cursor.fetchone()[0]:04d}"
    key = next_keys(Recall, 1)[0]
    event = record(
        caller,
        "inventory.recall-opened",
        ("inventory.recall", key),
        number=number,
        about=wish.kind,
        names=wish.names,
        part=wish.part,
        from_at=wish.from_at,
        to_at=wish.to_at,
        reason=reason.strip(),
    )
    return Recall.objects.create(
        pk=key,
        number=number,
        kind=wish.kind,
        names=wish.names,
        part=wish.part,
        from_at=wish.from_at,
        to_at=wish.to_at,
        reason=reason.strip(),
        opened_at=caller.at,
        opened_by=cast("User", caller.user),
        opened_event_id=event,
    )


def tidied(criterion: Criterion) -> Criterion:
    """Step: the criterion with its names normalised, each once. Refuses CriterionBlank, LayoutError."""
    names = [name for name in dict.fromkeys(normalise(name) for name in criterion.names) if name]
    if criterion.kind not in RECALL_KINDS or not names:
        raise CriterionBlank(
            _("A recall names what it is about."),
            true=_("Nothing was recorded."),
            do=_("Enter at least one lot, serial, supplier, station, tool, person or version."),
        )
    if criterion.from_at and criterion.to_at and criterion.from_at >= criterion.to_at:
        raise CriterionBlank(
            _("The period ends before it begins."), true=_("Nothing was recorded."), do=_("Correct the dates.")
        )
    return Criterion(criterion.kind, names, normalise(criterion.part), criterion.from_at, criterion.to_at)


def stop_arrivals() -> None:
    """Step: wait for receipts that are under way and let later ones wait; taken before every other lock of a recall."""
    ask("SELECT pg_advisory_xact_lock(%s)", [GATE])


def lock_recall(number: str) -> Recall:
    """Step: lock a recall that is open. Refuses UnknownRecall, RecallClosed."""
    found = Recall.objects.select_for_update(no_key=True, of=("self",)).select_related("opened_by")
    recall = found.filter(number=number.strip()).first()
    if recall is None:
        raise UnknownRecall(
            _("There is no recall %(number)s.") % {"number": number.strip()[:40]}, true=_("Nothing was recorded.")
        )
    if recall.closed_at is not None:
        raise RecallClosed(
            _("Recall %(number)s is closed already.") % {"number": recall.number},
            true=_("The reason was: %(reason)s. Nothing was recorded.") % {"reason": recall.close_reason},
        )
    return recall


def hold_for(caller: Caller, recall: Recall, unit_ids: Sequence[int], lot_ids: Sequence[int]) -> list[Hold]:
    """Step: hold these units and lots for a recall, except what it held before (a hold that quality released stays
    released) and units whose life has ended. Locks lots for update, then units."""
    known = Hold.objects.filter(recall=recall)
    lots = sorted(set(lot_ids) - set(known.filter(lot__isnull=False).values_list("lot_id", flat=True)))
    units = sorted(set(unit_ids) - set(known.filter(unit__isnull=False).values_list("unit_id", flat=True)))
    lock_things(lots, units)
    living = Unit.objects.filter(pk__in=units, ended_at=None).order_by("pk")
    return hold_things(
        caller, list(living), list(Lot.objects.filter(pk__in=lots).order_by("pk")), recall.reason, recall
    )


def hold_arrivals(caller: Caller, units: Sequence[Unit], lots: Sequence[Lot]) -> None:
    """Step: hold what just arrived where an open recall speaks of it; the lots are locked or of this transaction.

    Two queries where no recall is open."""
    ask("SELECT pg_advisory_xact_lock_shared(%s)", [GATE])
    open_ones = Recall.objects.filter(closed_at=None, kind__in=ARRIVAL_KINDS).select_related("opened_by")
    recalls = list(open_ones.order_by("pk"))
    if not recalls:
        return
    told = list(Lot.objects.filter(pk__in=[lot.pk for lot in lots]).select_related("part", "supplier"))
    for recall in recalls:
        wish = recall.criterion
        hit_lots = [lot for lot in told if lot_matches(wish, caller, lot)]
        held = {lot.pk for lot in hit_lots}
        hit_units = [unit for unit in units if unit.lot_id not in held and unit_matches(wish, caller, unit)]
        if hit_lots or hit_units:
            hold_for(caller, recall, [unit.pk for unit in hit_units], [lot.pk for lot in hit_lots])


def lot_matches(wish: Criterion, caller: Caller, lot: Lot) -> bool:
    """Whether a lot (part and supplier loaded) that arrives now is meant."""
    if wish.part and lot.part.number != wish.part:
        return False
    if wish.kind == "lots":
        return bool({lot.number, lot.tag} & set(wish.names))
    return wish.kind == "supplier" and _delivered_by(wish, caller, lot.supplier.code if lot.supplier else "")


def unit_matches(wish: Criterion, caller: Caller, unit: Unit) -> bool:
    """Whether a unit (part and supplier loaded) that arrives now is meant."""
    number = unit.part.number
    if wish.part and number != wish.part:
        return False
    if wish.kind == "serials":
        return bool({unit.serial, unit.tag, f"{number}:{unit.serial}"} & set(wish.names))
    return wish.kind == "supplier" and _delivered_by(wish, caller, unit.supplier.code if unit.supplier else "")


def _delivered_by(wish: Criterion, caller: Caller, supplier: str) -> bool:
    after = wish.from_at is None or caller.at >= wish.from_at
    return supplier in wish.names and after and (wish.to_at is None or caller.at <= wish.to_at)


@operation(permission="inventory.hold", returns=Recall)
def close_recall(*, caller: Caller, number: str, reason: str) -> Recall:
    """Close a recall and release all its open holds: later arrivals are no longer held.

    Locks the recall, its lots and units. Refuses UnknownRecall, RecallClosed, ReasonMissing."""
    refuse_no_reason(reason)
    recall = lock_recall(number)
    wanted = Hold.objects.filter(recall=recall, released_at=None)
    lots = wanted.filter(lot__isnull=False).order_by("lot_id").values_list("lot_id", flat=True)
    units = wanted.filter(unit__isnull=False).order_by("unit_id").values_list("unit_id", flat=True)
    lock_things(list(lots), list(units))
    holds = wanted.select_for_update(no_key=True, of=("self",)).select_related("unit", "lot").order_by("pk")
    open_holds = list(holds)

    release_many(caller, open_holds, reason)
    event = record(
        caller, "inventory.recall-closed", recall, number=recall.number, reason=reason.strip(), released=len(open_holds)
    )
    recall.closed_at, recall.closed_by = caller.at, cast("User", caller.user)
    recall.close_reason, recall.closed_event_id = reason.strip(), event
    recall.save(update_fields=["closed_at", "closed_by", "close_reason", "closed_event_id"])
    return recall
