"""The load passes from one carrier to the next on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from inventory.operations.finding import lock_units
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Crate, Handover, Shipment
from logistics.operations.arrivals import AlreadyArrived
from logistics.operations.conditions import (
    IndicatorRead,
    fitted_indicators,
    hold_shaken,
    keep_readings,
    matched_readings,
)
from logistics.operations.contents import lock_with_contents
from logistics.operations.custody import (
    SHOWN,
    Held,
    Passing,
    SealSeen,
    Side,
    carrier_holder,
    crate_ids_of,
    custody_held,
    pass_on,
    refuse_early,
    refuse_seals,
)
from logistics.operations.departures import crate_units_of, racks_of_crates
from logistics.operations.lanes import carriers_by_code
from logistics.operations.loggers import LoggerSeen, fitted_loggers, keep_loggers_seen, matched_loggers
from logistics.operations.milestones import BeforeDeparture, NotDeparted
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.operations.shipments import crates_by_sscc, lock_shipments
from logistics.text import bare_sscc


class HolderAlready(Refusal):
    """The carrier holds the shipment already."""


class PersonsMissing(Refusal):
    """A hand-over names who gives and who takes."""


class NothingSeen(Refusal):
    """Neither a seal nor a crate was looked at."""


class CrateNotOfIt(Refusal):
    """A crate that was counted belongs to no shipment or to another."""


@dataclass(frozen=True, slots=True)
class Handing:
    """A hand-over on the way, to the carrier of that code: who gives, who takes; every seal as it is found, the crates
    that were counted (SSCCs; none when the load stays under its seal), the indicators and loggers that were seen."""

    shipment_id: int
    to_carrier: str
    given_by: str
    taken_by: str
    seals: list[SealSeen] = field(default_factory=list)
    crates: list[str] = field(default_factory=list)
    readings: list[IndicatorRead] = field(default_factory=list)
    vehicle: str = ""
    place: str = ""
    remarks: str = ""
    occurred_at: datetime | None = None
    loggers: list[LoggerSeen] = field(default_factory=list)


@operation(permission="logistics.hand_over", returns=Handover)
def hand_over(*, caller: Caller, handing: Handing) -> Handover:
    """A carrier hands a shipment to the next one. Departure and arrival write the first and the last row of the chain.

    A seal that is broken or missing, an indicator that is not intact, a logger that is missing and a crate that was
    not there put the racks concerned on hold and open a nonconformity. Locks the shipment, the builds of its racks,
    then crates with contents. Refuses UnknownShipment, NotDeparted, AlreadyArrived, UnknownCarrier, HolderAlready,
    PersonsMissing, MomentAhead, BeforeDeparture, HandOverTooEarly, UnknownSeal, SealUnread, UnknownCrate,
    CrateNotOfIt, NothingSeen, UnknownIndicator, UnknownLogger."""
    shipment = lock_shipments([handing.shipment_id])[handing.shipment_id]
    units = crate_units_of({shipment.pk: shipment})[shipment.pk]
    builds = lock_builds_of({rack.pk: rack for _crate, rack in racks_of_crates(units)})
    lock_with_contents(units)
    lock_units(units)
    carrier = carriers_by_code({handing.to_carrier})[handing.to_carrier]
    held = custody_held([shipment.pk])
    last = held[shipment.pk].last

    at = _refuse_handing(caller, shipment, handing, held[shipment.pk])
    if last is not None and last.taker == carrier_holder(carrier):
        raise HolderAlready(
            _("%(carrier)s holds %(number)s already.") % {"carrier": carrier.name, "number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Choose the carrier who takes it over."),
        )
    counted = _counted(shipment, handing)
    fitted = fitted_indicators({shipment.pk: shipment})[shipment.pk]
    readings = matched_readings(handing.readings, shipment, fitted, whole=False)
    recording = fitted_loggers({shipment.pk: shipment})[shipment.pk]
    loggers = matched_loggers(handing.loggers, shipment, recording, whole=False)

    told = Happening(shipment, _told(shipment, handing), happened_at=at)
    (event,) = record_many(caller, "logistics.custody-handed-over", [told])
    passing = Passing(
        shipment, "change", Side(carrier_holder(shipment.carrier), handing.given_by),
        Side(carrier_holder(carrier), handing.taken_by), at, event, handing.seals, [one.pk for one in counted],
        handing.vehicle, handing.place, handing.remarks,
    )  # fmt: skip
    (row,) = pass_on(caller, [passing], held)
    absent = sorted(set(units) - {one.unit_id for one in counted}) if counted else []
    hold_shaken(caller, readings, {shipment.pk: handing.seals}, builds, absent, loggers)
    keep_readings(readings, "handover", {shipment.pk: at}, {shipment.pk: event})
    keep_loggers_seen(loggers, "handover", {shipment.pk: at}, {shipment.pk: event})
    return row


def _refuse_handing(caller: Caller, shipment: Shipment, handing: Handing, held: Held) -> datetime:
    """The moment of a hand-over that can be."""
    if not shipment.has_departed:
        raise NotDeparted(
            _("Shipment %(number)s has not left yet.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its departure first."),
        )
    if shipment.has_arrived:
        raise AlreadyArrived(
            _("Shipment %(number)s has arrived already.") % {"number": shipment.number},
            true=_("The site holds it since %(moment)s. Nothing was recorded.")
            % {"moment": plant_clock(shipment.arrival.at)},
        )
    if not handing.given_by.strip() or not handing.taken_by.strip():
        raise PersonsMissing(
            _("A hand-over names who gives and who takes."),
            true=_("Nothing was recorded."),
            do=_("Enter both names."),
        )
    at = moment_of(caller, handing.occurred_at)
    if at < shipment.departure.at:
        raise BeforeDeparture(
            _("%(moment)s lies before the departure.") % {"moment": plant_clock(at)},
            true=_("The shipment left at %(moment)s. Nothing was recorded.")
            % {"moment": plant_clock(shipment.departure.at)},
            do=_("Enter the time at which it happened."),
        )
    refuse_early(at, held.last)
    refuse_seals(shipment, handing.seals, held.seals)
    if not handing.crates and all(one.state == "fitted" for one in handing.seals):
        raise NothingSeen(
            _("Neither a seal nor a crate was looked at."),
            true=_("Nothing was recorded."),
            do=_("Read the seal, or scan the SSCC of every crate."),
        )
    return at


def _counted(shipment: Shipment, handing: Handing) -> list[Crate]:
    """The crates that were counted. Refuses UnknownCrate, CrateNotOfIt."""
    if not handing.crates:
        return []
    found = crates_by_sscc(handing.crates)
    mine = set(crate_ids_of([shipment.pk])[shipment.pk])
    strange = next((one for one in found.values() if one.pk not in mine), None)
    if strange is not None:
        raise CrateNotOfIt(
            _("Crate %(sscc)s is not of shipment %(number)s.")
            % {"sscc": strange.sscc[:SHOWN], "number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Put it aside and find its shipment by its label."),
        )
    return list({bare_sscc(text): found[bare_sscc(text)] for text in handing.crates}.values())


def _told(shipment: Shipment, handing: Handing) -> dict[str, object]:
    return {
        "number": shipment.number,
        "carrier": handing.to_carrier,
        "given_by": handing.given_by.strip(),
        "taken_by": handing.taken_by.strip(),
        "seals": [[one.number.strip(), one.state] for one in handing.seals],
        "crates": [bare_sscc(text) for text in handing.crates],
        "indicators": [[one.serial.strip(), one.state] for one in handing.readings],
        **({"loggers": [[one.serial.strip(), one.state] for one in handing.loggers]} if handing.loggers else {}),
        "vehicle": handing.vehicle.strip(),
        "place": handing.place.strip(),
    }
