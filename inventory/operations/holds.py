"""Holds: what may not move on, placed and released by whom and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from django.db import connection
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.models import Hold, Inspection, Lot, Recall, SupplierReturn, Unit
from inventory.operations.finding import AmbiguousSerial, find_unit_ids, one_unit_id
from inventory.operations.units import next_keys
from inventory.text import normalise
from ledger.bulk import update_rows
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal


class ReasonMissing(Refusal):
    """A hold is placed and released for a reason."""


class AlreadyHeld(Refusal):
    """The unit is stopped already."""


class UnknownHold(Refusal):
    """No hold has that number."""


class HoldReleased(Refusal):
    """The hold is released already."""


class WaitsForInspection(Refusal):
    """The hold is that of an incoming inspection, whose verdict releases it."""


@operation(permission="inventory.hold", returns=Hold)
def place_hold(*, caller: Caller, target: str, reason: str) -> Hold:
    """Hold a unit (by tag, serial or PART:SERIAL) or a lot (by tag or number): it gets no new installation, departure
    or use. A lot's hold also holds the units made in it. Several holds may lie on one thing, each released for itself.

    Locks the lot for update, else the unit. Refuses ReasonMissing, LayoutError, UnknownSerial, AmbiguousSerial."""
    return put_on_hold(caller, [target], reason)[0]


@operation(permission="inventory.stop_unit", returns=Hold)
def stop_unit(*, caller: Caller, serial: str, reason: str) -> Hold:
    """Stop one unit at the bench: the same hold as quality's, placed by whoever sees that something is wrong. Only
    quality releases it. Locks the unit.

    Refuses ReasonMissing, LayoutError, UnknownSerial, AmbiguousSerial, AlreadyHeld."""
    unit_id = one_unit_id(serial, find_unit_ids([serial])[serial])
    held = Hold.objects.filter(unit_id=unit_id, released_at=None).order_by("pk").first()
    if held is not None:
        raise AlreadyHeld(
            _("It is on hold already: %(number)s, %(reason)s.") % {"number": held.number, "reason": held.reason},
            true=_("Nothing was recorded."),
            do=_("Leave it where it is and ask quality."),
        )
    return put_on_hold(caller, [serial], reason)[0]


@operation(permission="inventory.hold")
def place_holds(*, caller: Caller, targets: list[str], reason: str) -> dict[str, object]:
    """Hold many units and lots in one act (a recall), all or none: the step of place_hold, with its refusals."""
    holds = put_on_hold(caller, targets, reason)
    return {"holds": [hold.number for hold in holds]}


@operation(permission="inventory.hold", returns=Hold)
def release_hold(*, caller: Caller, number: str, reason: str) -> Hold:
    """Release a hold. That of an incoming inspection is released by its verdict; what stayed held after it (a
    nonconforming piece) is released here. Locks its lot or unit, then the hold.

    Refuses UnknownHold, HoldReleased, ReasonMissing, WaitsForInspection."""
    found = Hold.objects.filter(number=number.strip()).first()
    if found is None:
        raise UnknownHold(
            _("There is no hold %(number)s.") % {"number": number.strip()[:40]}, true=_("Nothing was recorded.")
        )
    hold = lock_hold(found)
    if hold.released_at is not None:
        raise HoldReleased(
            _("Hold %(number)s is released already.") % {"number": hold.number},
            true=_("The reason was: %(reason)s. Nothing was recorded.") % {"reason": hold.release_reason},
        )
    refuse_no_reason(reason)
    _refuse_waiting(hold)

    release_many(caller, [hold], reason)
    return hold


def _refuse_waiting(hold: Hold) -> None:
    """What arrived is freed by its inspection alone; what its supplier repaired may be released."""
    if hold.inspection_id is None:
        return
    judged = Inspection.objects.filter(Q(pk=hold.inspection_id) | Q(origin=hold.inspection_id))
    if judged.filter(Q(verdict="accepted") | Q(conceded_at__isnull=False)).exists():
        return
    if hold.unit_id and SupplierReturn.objects.filter(unit=hold.unit_id, outcome="repaired").exists():
        return
    raise _waits()


def _waits() -> WaitsForInspection:
    return WaitsForInspection(
        _("It waits for its incoming inspection."),
        true=_("The verdict of the inspection releases it. Nothing was recorded."),
        do=_("Inspect it. A rejected lot is sorted, returned, or accepted specially."),
    )


wall("waiting_for_inspection_stays_held", _waits)


def lock_hold(found: Hold) -> Hold:
    """Step: lock what a hold lies on, then the hold, and read it again."""
    lock_things([found.lot_id] if found.lot_id else [], [found.unit_id] if found.unit_id else [])
    return Hold.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "lot").get(pk=found.pk)


def release_many(caller: Caller, holds: Sequence[Hold], reason: str) -> None:
    """Step: release these (locked, open) holds, each with its unit or lot loaded; one event each."""
    happenings = [Happening(_subject(hold), {"number": hold.number, "reason": reason.strip()}) for hold in holds]
    for hold, event in zip(holds, record_many(caller, "inventory.hold-released", happenings), strict=True):
        hold.released_at, hold.released_by_id = caller.at, caller.user.pk
        hold.release_reason, hold.released_event_id = reason.strip(), event
    update_rows(list(holds), ["released_at", "released_by", "release_reason", "released_event_id"])


@dataclass(frozen=True, slots=True)
class _Target:
    unit: Unit | None = None
    lot: Lot | None = None


def put_on_hold(caller: Caller, targets: Sequence[str], reason: str) -> list[Hold]:
    """Step: one hold on each thing named; set-based, one event each. Locks lots for update, then units, by key.

    Refuses as place_hold says."""
    refuse_no_reason(reason)
    units, lots = _find(targets)
    lock_things(sorted(lots), sorted(units))
    return hold_things(caller, list(units.values()), list(lots.values()), reason)


def hold_things(
    caller: Caller,
    units: Sequence[Unit],
    lots: Sequence[Lot],
    reason: str,
    recall: Recall | None = None,
    inspection: Inspection | None = None,
) -> list[Hold]:
    """Step: one hold on each of these (locked) units and lots; set-based, one event each. With a recall the one who
    opened it is the one who holds: what arrives later is held by their word, whoever receives it."""
    things = [*(_Target(unit=unit) for unit in units), *(_Target(lot=lot) for lot in lots)]
    if not things:
        return []
    numbers = _numbers(len(things))
    named = {"recall": recall.number} if recall else {"inspection": inspection.number} if inspection else {}
    events = record_many(
        caller,
        "inventory.hold-placed",
        [
            Happening(cast("Model", thing.unit or thing.lot), {"number": number, "reason": reason.strip(), **named})
            for thing, number in zip(things, numbers, strict=True)
        ],
    )
    return Hold.objects.bulk_create(
        [
            Hold(
                pk=key,
                number=number,
                unit=thing.unit,
                lot=thing.lot,
                recall=recall,
                inspection=inspection,
                reason=reason.strip(),
                placed_at=caller.at,
                placed_by=recall.opened_by if recall else cast("User", caller.user),
                placed_event_id=event,
            )
            for key, thing, number, event in zip(next_keys(Hold, len(things)), things, numbers, events, strict=True)
        ],
        batch_size=2_000,
    )


def _find(targets: Sequence[str]) -> tuple[dict[int, Unit], dict[int, Lot]]:
    """What each text names, one thing each, in a fixed number of queries."""
    hits = find_unit_ids(targets)
    texts = {text: normalise(text) for text in targets}
    by_text: dict[str, list[Lot]] = {}
    for lot in Lot.objects.filter(tag__in=texts.values()).union(Lot.objects.filter(number__in=texts.values())):
        for name in {lot.tag, lot.number}:
            by_text.setdefault(name, []).append(lot)
    unit_ids, lots = [], {}
    for text, value in texts.items():
        named = by_text.get(value, [])
        if len(named) + len(hits[text]) > 1:
            raise AmbiguousSerial(
                _("%(text)s names several things.") % {"text": value[:60]},
                true=_("Nothing was recorded."),
                do=_("Scan the plant's own tag (現品票) instead."),
            )
        if named:
            lots[named[0].pk] = named[0]
        else:
            unit_ids.append(one_unit_id(text, hits[text]))
    return {unit.pk: unit for unit in Unit.objects.filter(pk__in=unit_ids).order_by("pk")}, lots


def lock_things(lot_ids: Sequence[int], unit_ids: Sequence[int]) -> None:
    """Step: lots for update (using a unit takes its lot for share), then units."""
    if lot_ids:
        list(Lot.objects.select_for_update(of=("self",)).filter(pk__in=lot_ids).order_by("pk").values_list("pk"))
    if unit_ids:
        units = Unit.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=unit_ids)
        list(units.order_by("pk").values_list("pk"))


def _numbers(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_hold_number') FROM generate_series(1, %s)", [count])
        return [hold_text(row[0]) for row in cursor.fetchall()]


def hold_text(number: int) -> str:
    """The number of the n-th hold."""
    return f"H{number:06d}"


def _subject(hold: Hold) -> Model:
    return cast("Model", hold.unit or hold.lot)


def refuse_no_reason(reason: str) -> None:
    """Step: refuse ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write why, in a few words.")
        )
