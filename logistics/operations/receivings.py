"""Receiving at the site is finished: the comparison clock stops here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Arrival, Shipment
from logistics.operations.arrivals import ArrivalTooEarly
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.shipments import lock_shipments


class NotArrived(Refusal):
    """The shipment has not arrived."""


class ReceivingFinished(Refusal):
    """Receiving is finished already."""


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


def finish_receiving_many(caller: Caller, receivings: Sequence[Received]) -> list[Arrival]:
    """Step: finish receiving; set-based. Locks shipments by key."""
    shipments = lock_shipments(one.shipment_id for one in receivings)
    moments = [_refuse_receiving(caller, shipments[one.shipment_id], one.occurred_at) for one in receivings]

    events = record_many(
        caller,
        "logistics.shipment-received",
        [
            Happening(shipments[one.shipment_id], {"number": shipments[one.shipment_id].number}, happened_at=at)
            for one, at in zip(receivings, moments, strict=True)
        ],
    )
    arrivals = [shipments[one.shipment_id].arrival for one in receivings]
    for arrival, at, event in zip(arrivals, moments, events, strict=True):
        arrival.received_at, arrival.received_event_id = at, event
    Arrival.objects.bulk_update(arrivals, ["received_at", "received_event_id"])
    return arrivals


def _refuse_receiving(caller: Caller, shipment: Shipment, occurred_at: datetime | None) -> datetime:
    refuse_not_arrived(shipment)
    if shipment.arrival.received_at is not None:
        raise ReceivingFinished(
            _("Receiving of %(number)s is finished already.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
        )
    at = moment_of(caller, occurred_at)
    if at < shipment.arrival.at:
        raise ArrivalTooEarly(
            _("%(moment)s lies before the arrival.") % {"moment": plant_clock(at)},
            true=_("The shipment arrived at %(moment)s. Nothing was recorded.")
            % {"moment": plant_clock(shipment.arrival.at)},
        )
    return at


def refuse_not_arrived(shipment: Shipment) -> None:
    """Step: refuse NotArrived for a (locked) shipment that is not at the site."""
    if not shipment.has_arrived:
        raise NotArrived(
            _("Shipment %(number)s has not arrived.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its arrival first."),
        )
