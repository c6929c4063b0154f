"""How a unit's life ends, and how a name that it no longer has is closed."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext as _

from inventory.models import Identifier, Placement, Unit
from inventory.operations.finding import Whereabouts, find_unit_id, lock_units
from inventory.operations.holds import ReasonMissing
from inventory.operations.inspections import lock_inspections_of, resize
from inventory.operations.placements import TICK, close, refuse_unmovable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal


class IdentifierClosed(Refusal):
    """The identifier is closed already."""


class LabelStays(Refusal):
    """A label serial is the unit's for ever."""


@operation(permission="inventory.hold", returns=Unit)
def end_unit(*, caller: Caller, unit: str, how: Literal["scrapped", "returned"], reason: str) -> Unit:
    """End a unit's life and that of everything inside it: scrapped, or returned to its supplier.

    Locks its open incoming inspection, the unit, then what is in it, host before contents. A held unit may be ended:
    quality does that.

    Refuses UnknownSerial, AmbiguousSerial, UnitEnded, UnitNotHere, UnitInsideHost (take it out first),
    ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write why, in a few words.")
        )
    return end_with_contents(caller, find_unit_id(unit), how, reason)


def end_with_contents(caller: Caller, unit_id: int, how: str, reason: str) -> Unit:
    """Step: end a unit and everything inside it; locks the unit, then its contents, and reads them again under the
    locks: of two who scrap one thing the second is refused. An open incoming inspection (locked first) does not wait
    for it any longer. Refuses UnitEnded, UnitNotHere, UnitInsideHost."""
    inspections = lock_inspections_of(unit_id)
    held = lock_units([unit_id])
    refuse_unmovable(held[unit_id])
    held |= _lock_contents(unit_id)

    going = list(held.values())
    events = record_many(
        caller,
        "inventory.unit-ended",
        [
            Happening(here.unit, {"how": how, "reason": reason.strip(), "with": held[unit_id].unit.tag})
            for here in going
        ],
    )
    ends = [max(caller.at, here.placement.from_at + TICK) if here.placement else caller.at for here in going]
    close(
        [
            (here.placement.pk, end, event)
            for here, end, event in zip(going, ends, events, strict=True)
            if here.placement is not None
        ]
    )
    for here, end in zip(going, ends, strict=True):
        here.unit.ended_at, here.unit.ended_why = end, f"{how}: {reason.strip()}"
    Unit.objects.bulk_update([here.unit for here in going], ["ended_at", "ended_why"], batch_size=1_000)
    resize(caller, inspections)
    return Unit.objects.get(pk=unit_id)


def _lock_contents(unit_id: int) -> dict[int, Whereabouts]:
    """Everything inside a (locked) unit at any depth, locked level by level: what is in a locked host stays there, and
    nothing comes into it (the wall `ended_unit_holds_nothing` waits for the host)."""
    held: dict[int, Whereabouts] = {}
    hosts = [unit_id]
    while hosts:
        inside = Placement.objects.filter(host_id__in=hosts, to_at=None).values_list("unit_id", flat=True)
        level = lock_units(inside)
        held |= level
        hosts = list(level)
    return held


@operation(permission="inventory.receive", returns=Identifier)
def close_identifier(*, caller: Caller, identifier_id: int, reason: str) -> Identifier:
    """Close a name that a unit no longer has (a MAC of a swapped card, a UUID read wrongly): another may have it then.

    Locks the unit, then the identifier. Refuses IdentifierClosed, LabelStays, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write why, in a few words.")
        )
    unit_id = Identifier.objects.values_list("unit_id", flat=True).get(pk=identifier_id)
    unit = lock_units([unit_id])[unit_id].unit
    identifier = Identifier.objects.select_for_update(no_key=True, of=("self",)).get(pk=identifier_id)
    if identifier.closed_at is not None:
        raise IdentifierClosed(
            _("%(text)s is closed already.") % {"text": identifier.normalised}, true=_("Nothing was recorded.")
        )
    if identifier.kind == "label":
        raise LabelStays(
            _("A label serial stays with its unit for ever."),
            true=_("Nothing was recorded."),
            do=_("If the label was read wrongly, take the unit to quality."),
        )

    record(
        caller,
        "inventory.identifier-closed",
        unit,
        identifier_kind=identifier.kind,
        text=identifier.normalised,
        reason=reason.strip(),
    )
    identifier.closed_at = caller.at
    identifier.save(update_fields=["closed_at"])
    return identifier
