"""Care of exceptions: somebody takes one, hands it on, closes it with a reason; what is over ends by itself.

Lock order: the shipment, then the care. That an exception exists is no entry: it is read from the record under the
shipment's lock (logistics/queries/exceptions.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from accounts.models import User
from inventory.operations.units import next_keys
from inventory.text import remark
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import record
from ledger.refusals import Refusal
from ledger.versions import changes_of, refuse_stale, write_changed
from logistics.models import Shipment, ShipmentException
from logistics.operations.moments import plant_clock
from logistics.operations.shipments import lock_shipments
from logistics.queries.exceptions import Exceptional, exceptions_of
from logistics.queries.outlook import PLANT

CareState = Literal["open", "in_hand", "waiting"]
TEXT_LIMIT = 500


class UnknownException(Refusal):
    """No exception stands under that name."""


class ExceptionClosed(Refusal):
    """The exception was closed, or is over."""


class ExceptionStands(Refusal):
    """The fact is not over: only a person closes it, with a reason."""


class UnknownOwner(Refusal):
    """The person is not here, or may not read shipments."""


class CareOdd(Refusal):
    """What is to be kept about an exception does not fit."""


@dataclass(frozen=True, slots=True)
class Care:
    """Who has it in hand ("" is who calls), how far it is (open, in_hand, waiting: then for what), due by which day."""

    owner: str = ""
    state: CareState = "in_hand"
    waiting_for: str = ""
    due_on: date | None = None
    note: str = ""


@operation(permission="logistics.keep_exceptions", returns=ShipmentException)
def take_exception(*, caller: Caller, exception: str, version: int, care: Care) -> ShipmentException:
    """Take an exception in hand, hand it to somebody else, or say how far it is. `exception` names it as the list does
    ("silence:SH-26-00035:"); `version`: of the care that was seen, 0 for none. Locks the shipment.

    Refuses UnknownException (it does not stand, or no more), StaleEdit, ExceptionClosed, UnknownOwner, CareOdd,
    TextUnprintable."""
    row = _standing(caller, exception)
    given = _given(caller, care)
    standing = row.care if row.care is not None and row.care.is_open else None
    if standing is None:
        if version != 0 or row.care is not None:
            raise _closed(exception)
        return _begin(caller, row, given)

    said = {name: value for name, value in given.items() if name != "owner"}  # persons are pseudonyms in events
    refuse_stale(standing, version, said)
    changed = changes_of(standing, said)
    if not changed and standing.owner == given["owner"]:
        return standing
    was = str(standing.owner.pseudonym)
    write_changed(
        caller, standing, "logistics.exception-taken", changed, owner_was=was, **_named(row, standing, given["owner"])
    )
    for name, value in given.items():
        setattr(standing, name, value)
    standing.save(update_fields=[*given, "version"])
    return standing


@operation(permission="logistics.keep_exceptions", returns=ShipmentException)
def close_exception(*, caller: Caller, exception: str, version: int, reason: str) -> ShipmentException:
    """Close an exception though its fact stands: nothing more is to be done, and why. It opens anew only if it comes
    again. One that nobody has is taken and closed. Locks the shipment.

    Refuses UnknownException, StaleEdit, ExceptionClosed, CareOdd (no reason), TextUnprintable."""
    why = remark(reason)
    if not why or len(why) > TEXT_LIMIT:
        raise _odd(_("An exception is closed with a reason of 1 to %(limit)d characters.") % {"limit": TEXT_LIMIT})
    row = _standing(caller, exception)
    standing = row.care if row.care is not None and row.care.is_open else None
    if standing is None:
        if version != 0 or row.care is not None:
            raise _closed(exception)
        standing = _begin(caller, row, _given(caller, Care()))
    else:
        refuse_stale(standing, version, {"reason": why})
    return _end(caller, standing, "logistics.exception-closed", "closed", why)


@operation(permission="logistics.keep_exceptions", returns=ShipmentException)
def end_exception(*, caller: Caller, exception_id: int) -> ShipmentException:
    """Write down that the fact of an exception is over: its care ends by itself. The clock does this every minute.
    Locks the shipment.

    Refuses UnknownException, ExceptionClosed, ExceptionStands."""
    care = ShipmentException.objects.filter(pk=exception_id).first()
    if care is None:
        raise _unknown(str(exception_id))
    shipment = lock_shipments([care.shipment_id])[care.shipment_id]
    now = next((one for one in exceptions_of(shipment.number, caller.at) if _cares(one, care)), None)
    if now is None or now.care is None or not now.care.is_open:
        raise _closed(care.number)
    if now.fact is not None:
        raise ExceptionStands(
            _("Exception %(number)s is not over.") % {"number": care.number},
            true=_("It stands since %(moment)s. Nothing was recorded.") % {"moment": plant_clock(now.since)},
            do=_("Close it with a reason if nothing more is to be done."),
        )
    return _end(caller, now.care, "logistics.exception-ended", "ended", "")


def _cares(one: Exceptional, care: ShipmentException) -> bool:
    return one.care is not None and one.care.pk == care.pk


def _standing(caller: Caller, name: str) -> Exceptional:
    """The exception of that name as the record tells it now, its shipment locked. Care of an earlier one that is over
    is ended on the way. Refuses UnknownException."""
    parts = name.strip().split(":", 2)
    shipment = Shipment.objects.filter(number=parts[1]).first() if len(parts) == 3 else None
    if shipment is None:
        raise _unknown(name)
    lock_shipments([shipment.pk])
    rows = [one for one in exceptions_of(shipment.number, caller.at) if one.key == name.strip()]
    found = next((one for one in rows if one.fact is not None), None)
    if found is None:
        raise _unknown(name)
    for one in rows:
        if one.fact is None and one.care is not None:
            _end(caller, one.care, "logistics.exception-ended", "ended", "")
    return found


def _given(caller: Caller, care: Care) -> dict[str, Any]:
    """What is to be kept. Refuses UnknownOwner, CareOdd, TextUnprintable."""
    waiting, note = remark(care.waiting_for), remark(care.note)
    if care.state == "waiting" and not waiting:
        raise _odd(_("Say for what or for whom it waits."))
    if max(len(waiting), len(note)) > TEXT_LIMIT:
        raise _odd(_("A text has %(limit)d characters at most.") % {"limit": TEXT_LIMIT})
    if care.due_on is not None and care.due_on < caller.at.astimezone(PLANT).date():
        raise _odd(_("The day by which it is due is over."))
    owner = caller.user if not care.owner else User.objects.filter(username=care.owner, is_active=True).first()
    if owner is None or not owner.has_perm("logistics.read"):
        raise UnknownOwner(
            _("%(name)s cannot have an exception in hand.") % {"name": care.owner[:40]},
            true=_("An owner is somebody who may read shipments. Nothing was recorded."),
            do=_("Choose a person from the list."),
        )
    return {
        "owner": owner, "state": care.state, "waiting_for": waiting if care.state == "waiting" else "",
        "due_on": care.due_on, "note": note,
    }  # fmt: skip


def _begin(caller: Caller, row: Exceptional, given: dict[str, Any]) -> ShipmentException:
    """Step: the first care of an exception, which gets its number: EX-26-00001."""
    (key,) = next_keys(ShipmentException, 1)
    care = ShipmentException(
        pk=key, number=f"EX-{caller.at.astimezone(PLANT):%y}-{key:05d}", kind=row.kind, shipment=row.shipment,
        subject=row.subject, since=row.since, taken_at=caller.at, event_id=0, **given,
    )  # fmt: skip
    said = {name: ["", given[name]] for name in ("state", "waiting_for", "due_on", "note") if given[name]}
    care.event_id = record(
        caller, "logistics.exception-taken", care, version=1, since=row.since, changes=said,
        **_named(row, care, given["owner"]),
    )  # fmt: skip
    care.save(force_insert=True)
    return care


def _named(row: Exceptional, care: ShipmentException, owner: User) -> dict[str, Any]:
    return {
        "number": care.number, "shipment": row.shipment.number, "exception_kind": row.kind, "about": row.subject,
        "owner": str(owner.pseudonym),
    }  # fmt: skip


def _end(caller: Caller, care: ShipmentException, kind: str, state: str, reason: str) -> ShipmentException:
    """Step: the end of an open care, by a person or by itself."""
    changed = {"state": [care.state, state], "reason": ["", reason]}
    told = {"number": care.number, "shipment": care.shipment.number, "exception_kind": care.kind, "about": care.subject}
    care.closed_event_id = write_changed(caller, care, kind, changed, reason=reason, **told)
    care.state, care.reason, care.closed_at = state, reason, caller.at
    care.save(update_fields=["state", "reason", "closed_at", "closed_event_id", "version"])
    return care


def _unknown(name: str) -> UnknownException:
    return UnknownException(
        _("No exception stands under “%(name)s”.") % {"name": name[:60]},
        true=_("It is over, or never was. Nothing was recorded."),
        do=_("Choose one from the list."),
    )


def _closed(name: str) -> ExceptionClosed:
    return ExceptionClosed(
        _("Exception %(name)s was closed meanwhile.") % {"name": name[:60]},
        true=_("Nothing was recorded."),
        do=_("Open it again from the list to see why."),
    )


def _odd(say: str) -> CareOdd:
    return CareOdd(say, true=_("Nothing was recorded."), do=_("Correct it and send it again."))


wall(
    "exception_is_in_care_once",
    lambda: ExceptionClosed(_("Somebody took the exception at the same moment."), true=_("Nothing was recorded.")),
)
