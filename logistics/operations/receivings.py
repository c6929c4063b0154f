"""Receiving at the site is finished: the comparison clock stops here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Arrival, CrateArrival, Shipment, ShipmentCrate
from logistics.operations.arrivals import ArrivalTooEarly
from logistics.operations.handovers import crates_of_it
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.shipments import lock_shipments
from logistics.queries.part_arrivals import on_the_way, parted_crates


class NotArrived(Refusal):
    """The shipment has not arrived."""


class ReceivingFinished(Refusal):
    """Receiving is finished already."""


class CrateNotHere(Refusal):
    """The crate was missing when its shipment arrived in part, and has not come yet."""


@dataclass(frozen=True, slots=True)
class Received:
    """A shipment whose receiving is finished; `occurred_at` when not just now."""

    shipment_id: int
    occurred_at: datetime | None = None


@operation(permission="logistics.receive_at_site", returns=Arrival)
def finish_receiving(*, caller: Caller, shipment_id: int, occurred_at: datetime | None = None) -> Arrival:
    """Receiving of a shipment is finished: the comparison clock stops here (RULINGS 16). Locks the shipment.

    Refuses UnknownShipment, NotArrived, ReceivingFinished, MomentAhead, ArrivalTooEarly."""
    return finish_receiving_many(caller, [Received(shipment_id, occurred_at)])[0]


@operation(permission="logistics.receive_at_site")
def finish_receivings(*, caller: Caller, receivings: list[Received]) -> dict[str, list[int]]:
    """Receiving of many shipments is finished, all or none; the rules of finish_receiving."""
    return {"arrivals": [row.pk for row in finish_receiving_many(caller, receivings)]}


@operation(permission="logistics.receive_at_site", returns=Shipment)
def receive_crates(
    *, caller: Caller, shipment_id: int, crates: list[str] | None = None, occurred_at: datetime | None = None
) -> Shipment:
    """Receiving is finished of crates of a shipment that arrived in part (`crates`: their SSCCs; none: of all that are
    at the dock and open): the comparison clock of their racks stops here. With the last one, that of the shipment.
    Locks the shipment.

    Refuses UnknownShipment, NotArrived, ReceivingFinished, UnknownCrate, CrateNotHere, MomentAhead,
    ArrivalTooEarly."""
    shipment = lock_shipments([shipment_id])[shipment_id]
    rows = parted_crates([shipment.pk]).get(shipment.pk)
    if rows is None:
        refuse_not_arrived(shipment)
        raise _finished(shipment)  # it arrived whole: finish_receiving is the way, or was
    chosen = _chosen(shipment, rows, crates or [])
    at = moment_of(caller, occurred_at)
    _refuse_early(at, max(row.arrival.at for row in chosen))

    _receive(caller, shipment, chosen, at)
    ends = [row.arrival.received_at for row in rows if row.is_here and row.arrival.received_at is not None]
    if shipment.has_arrived and len(ends) == len(rows):
        last = max(ends)
        happening = Happening(shipment, {"number": shipment.number}, happened_at=last)
        (event,) = record_many(caller, "logistics.shipment-received", [happening])
        Arrival.objects.filter(pk=shipment.arrival.pk).update(received_at=last, received_event_id=event)
    return shipment


def _chosen(shipment: Shipment, rows: Sequence[ShipmentCrate], texts: Sequence[str]) -> list[ShipmentCrate]:
    """The crates whose receiving ends: those named, else all that are here and open."""
    own = {row.crate_id: row for row in rows}
    named = [own[one.pk] for one in crates_of_it(shipment, texts, own)]
    away = next((row for row in named if not row.is_here), None)
    if away is not None:
        raise crate_not_here(away)
    chosen = [row for row in named or rows if row.is_here and row.arrival.received_at is None]
    if not chosen or len(chosen) < len(named):
        raise _finished(shipment)
    return chosen


def _receive(caller: Caller, shipment: Shipment, rows: Sequence[ShipmentCrate], at: datetime) -> None:
    told = {"number": shipment.number, "crates": [row.crate.sscc for row in rows]}
    (event,) = record_many(caller, "logistics.crates-received", [Happening(shipment, told, happened_at=at)])
    for row in rows:
        row.arrival.received_at, row.arrival.received_event_id = at, event
    CrateArrival.objects.bulk_update([row.arrival for row in rows], ["received_at", "received_event_id"])


def finish_receiving_many(caller: Caller, receivings: Sequence[Received]) -> list[Arrival]:
    """Step: finish receiving; set-based. Locks shipments by key. What is open of the crates of one that arrived in
    parts is finished with it; the shipment when the last of its crates was."""
    shipments = lock_shipments(one.shipment_id for one in receivings)
    parted = parted_crates(shipments)
    moments = [_refuse_receiving(caller, shipments[one.shipment_id], one.occurred_at, parted) for one in receivings]

    for one, at in zip(receivings, moments, strict=True):
        still = [row for row in parted.get(one.shipment_id, ()) if row.arrival.received_at is None]
        if still:
            _receive(caller, shipments[one.shipment_id], still, at)
    ends = [_last_end(at, parted.get(one.shipment_id, ())) for one, at in zip(receivings, moments, strict=True)]
    events = record_many(
        caller,
        "logistics.shipment-received",
        [
            Happening(shipments[one.shipment_id], {"number": shipments[one.shipment_id].number}, happened_at=at)
            for one, at in zip(receivings, ends, strict=True)
        ],
    )
    arrivals = [shipments[one.shipment_id].arrival for one in receivings]
    for arrival, at, event in zip(arrivals, ends, events, strict=True):
        arrival.received_at, arrival.received_event_id = at, event
    Arrival.objects.bulk_update(arrivals, ["received_at", "received_event_id"])
    return arrivals


def _last_end(at: datetime, rows: Sequence[ShipmentCrate]) -> datetime:
    """When receiving of a shipment ended that is finished at a moment: not before that of any of its crates (`rows` of
    `parted_crates`; none of a whole one)."""
    return max([at, *(row.arrival.received_at for row in rows if row.arrival.received_at is not None)])


def _refuse_receiving(
    caller: Caller,
    shipment: Shipment,
    occurred_at: datetime | None,
    parted: Mapping[int, Sequence[ShipmentCrate]],
) -> datetime:
    refuse_not_arrived(shipment, parted)
    if shipment.arrival.received_at is not None:
        raise _finished(shipment)
    at = moment_of(caller, occurred_at)
    _refuse_early(at, shipment.arrival.at)
    return at


def _finished(shipment: Shipment) -> ReceivingFinished:
    return ReceivingFinished(
        _("Receiving of %(number)s is finished already.") % {"number": shipment.number},
        true=_("Nothing was recorded."),
    )


def _refuse_early(at: datetime, arrived_at: datetime) -> None:
    if at < arrived_at:
        raise ArrivalTooEarly(
            _("%(moment)s lies before the arrival.") % {"moment": plant_clock(at)},
            true=_("The shipment arrived at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(arrived_at)},
        )


def refuse_not_arrived(shipment: Shipment, parted: Mapping[int, Sequence[ShipmentCrate]] | None = None) -> None:
    """Step: refuse NotArrived for a (locked) shipment that is not at the site, or only in part (`parted`: rows of
    `parted_crates`)."""
    if shipment.has_arrived:
        return
    rows = (parted or {}).get(shipment.pk)
    if rows is None:
        raise NotArrived(
            _("Shipment %(number)s has not arrived.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its arrival first."),
        )
    waiting = on_the_way(rows)
    raise NotArrived(
        _("Shipment %(number)s has arrived in part: %(here)d of %(all)d crates.")
        % {"number": shipment.number, "here": len(rows) - len(waiting), "all": len(rows)},
        true=_("Still on the way: %(list)s. Nothing was recorded.")
        % {"list": ", ".join(row.crate.sscc for row in waiting)},
        do=_("Finish receiving of the crates that are here."),
    )


def crate_not_here(row: ShipmentCrate) -> CrateNotHere:
    """What to say of a crate (of `parted_crates`) that has not arrived."""
    missing = row.missing
    where = {
        "left_behind": _("It was left behind: %(place)s (told %(moment)s). Nothing was recorded."),
        "other_vehicle": _("It is on another vehicle: %(place)s (told %(moment)s). Nothing was recorded."),
        "unknown": _("Nobody knows where it is (told %(moment)s). Nothing was recorded."),
    }[missing.reason]
    return CrateNotHere(
        _("Crate %(sscc)s has not arrived yet.") % {"sscc": row.crate.sscc},
        true=where % {"place": missing.place or "–", "moment": plant_clock(missing.at)},
        do=_("When it comes, record the arrival of that crate first."),
    )
