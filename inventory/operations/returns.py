"""Returns to suppliers (RMA): opened, checked for trade control, sent, settled; what comes back lives on."""

from __future__ import annotations

from typing import Any, Literal, cast

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import User
from inventory.models import Hold, Placement, SupplierReturn, Unit
from inventory.operations.endings import end_with_contents
from inventory.operations.finding import find_unit_id, lock_units
from inventory.operations.holds import hold_things, refuse_no_reason, release_many
from inventory.operations.inspections import lock_inspections_of, resize
from inventory.operations.placements import Move, location_by_code, place, refuse_unmovable
from inventory.operations.units import next_keys
from ledger.callers import Caller
from ledger.models import Event
from ledger.operations import operation, wall
from ledger.recording import Happening, record, record_many
from ledger.refusals import Refusal

Gaihi = Literal["listed", "not_listed"]
Outcome = Literal["repaired", "replaced", "credited", "sent_back"]
HOME = "JP"


class NoSupplier(Refusal):
    """Nobody knows who delivered the unit."""


class ReturnOpen(Refusal):
    """The unit is being returned already."""


class UnknownReturn(Refusal):
    """No return has that number."""


class ReturnSent(Refusal):
    """The unit has left."""


class ReturnSettled(Refusal):
    """The return is settled already."""


class TradeCheckMissing(Refusal):
    """No named trade-control check lets the unit out."""


class LicenceMissing(Refusal):
    """A listed item leaves the country under a licence or a named exception only."""


class NotSent(Refusal):
    """The unit has not left."""


@operation(permission="inventory.hold", returns=SupplierReturn)
def request_return(*, caller: Caller, unit: str, reason: str) -> SupplierReturn:
    """Open a return of a unit to its supplier: it is held for it. Locks the unit.

    Refuses ReasonMissing, UnknownSerial, AmbiguousSerial, UnitEnded, UnitNotHere, UnitInsideHost (take it out first),
    NoSupplier, ReturnOpen."""
    refuse_no_reason(reason)
    return open_return(caller, find_unit_id(unit), reason, "")


def open_return(caller: Caller, unit_id: int, reason: str, nonconformity: str) -> SupplierReturn:
    """Step: see request_return; `nonconformity` is the number that asks for it."""
    here = lock_units([unit_id])[unit_id]
    refuse_unmovable(here)
    unit = Unit.objects.select_related("supplier", "part").get(pk=unit_id)
    if unit.supplier is None:
        raise NoSupplier(
            _("The supplier of %(unit)s is not known.") % {"unit": unit.name},
            true=_("Nothing was recorded."),
            do=_("Choose another disposition."),
        )
    if SupplierReturn.objects.filter(unit=unit, outcome=None).exists():
        raise _return_open()

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inventory_return_number')")
        number = f"RMA-{caller.at.year % 100:02d}-{cursor.fetchone()[0]:04d}"
    hold = hold_things(caller, [unit], [], f"{number} {reason.strip()}")[0]
    key = next_keys(SupplierReturn, 1)[0]
    event = record(
        caller, "inventory.return-opened", unit, number=number, supplier=unit.supplier.code, reason=reason.strip(),
        nonconformity=nonconformity, return_id=key,
    )  # fmt: skip
    return SupplierReturn.objects.create(
        pk=key,
        number=number,
        unit=unit,
        supplier=unit.supplier,
        nonconformity=nonconformity,
        reason=reason.strip(),
        hold=hold,
        opened_at=caller.at,
        opened_by_id=caller.user.pk,
        opened_event_id=event,
    )


@operation(permission="inventory.check_export", returns=SupplierReturn)
def check_return(  # noqa: PLR0913 - the fields of a form
    *, caller: Caller, number: str, gaihi: Gaihi, eccn: str, destination: str, basis: str, licence: str = ""
) -> SupplierReturn:
    """Record the trade-control check of a return: the judgement (該非判定), the ECCN, the country it goes to, what the
    judgement rests on; a listed item that leaves the country needs a licence or a named exception. Another check
    replaces an earlier one as long as the unit is here. Locks the return.

    Refuses UnknownReturn, ReturnSent, ReturnSettled, TradeCheckMissing (a field is blank), LicenceMissing."""
    found = _lock(number)
    _refuse_sent(found)
    told: dict[str, Any] = {"eccn": eccn.strip(), "destination": destination.strip().upper(), "basis": basis.strip()}
    if not all(told.values()) or len(told["destination"]) != 2:
        raise TradeCheckMissing(
            _("The check needs the ECCN, the country by its two letters, and its basis."),
            true=_("Nothing was recorded."),
            do=_("Fill in what is blank."),
        )
    if gaihi == "listed" and told["destination"] != HOME and not licence.strip():
        raise LicenceMissing(
            _("A listed item leaves the country under a licence or a named exception only."),
            true=_("Nothing was recorded."),
            do=_("Enter the licence or the exception with its number."),
        )

    event = record(
        caller,
        "inventory.return-checked",
        found.unit,
        number=found.number,
        gaihi=gaihi,
        licence=licence.strip(),
        **told,
    )
    found.gaihi, found.licence = gaihi, licence.strip()
    found.eccn, found.destination, found.basis = told["eccn"], told["destination"], told["basis"]
    found.checked_at, found.checked_by, found.checked_event_id = caller.at, cast("User", caller.user), event
    found.save(
        update_fields=[
            "gaihi", "licence", "eccn", "destination", "basis", "checked_at", "checked_by", "checked_event_id",
        ]
    )  # fmt: skip
    return found


@operation(permission="inventory.send_return", returns=SupplierReturn)
def send_return(*, caller: Caller, number: str, carrier: str, tracking: str = "") -> SupplierReturn:
    """Hand a unit over for its supplier: its hold is released and its life here ends, with what is in it, until it
    comes back. Locks the return, an open incoming inspection, the unit, its contents.

    Refuses UnknownReturn, ReturnSent, ReturnSettled, TradeCheckMissing (no check of that destination is recorded),
    ReasonMissing (no carrier), UnitEnded, UnitNotHere, UnitInsideHost."""
    found = _lock(number)
    _refuse_sent(found)
    if found.checked_at is None:
        raise TradeCheckMissing(
            _("No trade-control check is recorded for %(number)s.") % {"number": found.number},
            true=_("%(unit)s is still here.") % {"unit": found.unit.name},
            do=_("Have the judgement (該非判定), the ECCN and the destination checked first."),
        )
    refuse_no_reason(carrier)

    lock_inspections_of(found.unit_id)
    lock_units([found.unit_id])
    hold = Hold.objects.select_for_update(no_key=True, of=("self",)).select_related("unit", "lot").get(pk=found.hold_id)
    if hold.released_at is None:
        release_many(caller, [hold], found.number)
    event = record(
        caller, "inventory.return-sent", found.unit, number=found.number, carrier=carrier.strip(),
        tracking=tracking.strip(), destination=found.destination, eccn=found.eccn, gaihi=found.gaihi,
    )  # fmt: skip
    end_with_contents(caller, found.unit_id, "returned", found.number)
    found.carrier, found.tracking = carrier.strip(), tracking.strip()
    found.sent_at, found.sent_by, found.sent_event_id = caller.at, cast("User", caller.user), event
    found.save(update_fields=["carrier", "tracking", "sent_at", "sent_by", "sent_event_id"])
    return found


@operation(permission="inventory.receive", returns=SupplierReturn)
def settle_return(
    *,
    caller: Caller,
    number: str,
    outcome: Outcome,
    remarks: str = "",
    location_code: str = "",
    replacement: str = "",
) -> SupplierReturn:
    """What became of a return: `repaired` or `sent_back` (refused by the supplier): the unit is back at a location,
    alive again with what was in it; `replaced` by another serial, which comes by a ship notice of its own; `credited`.

    Locks the return, then the units. Refuses UnknownReturn, NotSent, ReturnSettled, UnknownLocation."""
    found = _lock(number)
    if found.sent_at is None:
        raise NotSent(
            _("%(number)s has not been sent.") % {"number": found.number},
            true=_("%(unit)s is still here.") % {"unit": found.unit.name},
            do=_("Send it first."),
        )
    if outcome in ("repaired", "sent_back"):
        _bring_back(caller, found, location_by_code(location_code).pk)

    event = record(
        caller, "inventory.return-settled", found.unit, number=found.number, outcome=outcome, remarks=remarks.strip(),
        replacement=replacement.strip(), location=location_code,
    )  # fmt: skip
    found.outcome, found.remarks, found.replacement = outcome, remarks.strip(), replacement.strip()
    found.settled_at, found.settled_by, found.settled_event_id = caller.at, cast("User", caller.user), event
    found.save(update_fields=["outcome", "remarks", "replacement", "settled_at", "settled_by", "settled_event_id"])
    return found


def _bring_back(caller: Caller, found: SupplierReturn, location_id: int) -> None:
    """The unit and what left inside it live again: it at the location, the rest where it sat when it left. What the
    supplier changed inside shows when the hardware reports itself. An open incoming inspection looks at it again."""
    endings = Event.objects.filter(
        kind="inventory.unit-ended", pk__gt=found.sent_event_id, payload__with=found.unit.tag
    ).order_by("pk")
    last = list(endings.filter(payload__reason=found.number).values_list("pk", flat=True))
    places = {row.unit_id: row for row in Placement.objects.filter(closed_event_id__in=last)}
    inspections = lock_inspections_of(found.unit_id)
    locked = lock_units([found.unit_id, *places])
    back = [locked[pk].unit for pk in sorted(locked, key=lambda pk: (-locked[pk].unit.level, pk))]
    hosts = {unit.pk: unit for unit in back}
    events = record_many(
        caller, "inventory.unit-came-back", [Happening(unit, {"number": found.number}) for unit in back]
    )
    for unit in back:
        unit.ended_at, unit.ended_why = None, ""
    Unit.objects.bulk_update(back, ["ended_at", "ended_why"], batch_size=1_000)
    resize(caller, inspections)
    place(
        caller,
        [
            Move(unit, event, location_id=location_id, why=found.number)
            if unit.pk == found.unit_id
            else Move(unit, event, host=hosts[places[unit.pk].host_id or 0], position=places[unit.pk].position)
            for unit, event in zip(back, events, strict=True)
        ],
    )


def _lock(number: str) -> SupplierReturn:
    rows = SupplierReturn.objects.select_for_update(no_key=True, of=("self",)).select_related("unit__part", "supplier")
    found = rows.filter(number=number.strip()).first()
    if found is None:
        raise UnknownReturn(
            _("There is no return %(number)s.") % {"number": number.strip()[:40]}, true=_("Nothing was recorded.")
        )
    if found.outcome is not None:
        raise ReturnSettled(
            _("Return %(number)s is settled already.") % {"number": found.number}, true=_("Nothing was recorded.")
        )
    return found


def _refuse_sent(found: SupplierReturn) -> None:
    if found.sent_at is not None:
        raise ReturnSent(
            _("%(unit)s was sent with %(number)s already.") % {"unit": found.unit.name, "number": found.number},
            true=_("Nothing was recorded."),
        )


def _return_open() -> ReturnOpen:
    return ReturnOpen(
        _("The unit is being returned already."), true=_("Nothing was recorded."), do=_("Look at its open return.")
    )


wall("unit_has_one_open_return", _return_open)
