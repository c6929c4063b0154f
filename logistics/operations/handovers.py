"""The load passes from one carrier to the next on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Crate, Handover, Shipment, ShipmentCrate
from logistics.operations.arrivals import AlreadyArrived, lock_docked
from logistics.operations.conditions import (
    IndicatorRead,
    fitted_indicators,
    hold_shaken,
    keep_readings,
    matched_readings,
    of_crates,
)
from logistics.operations.custody import (
    SHOWN,
    Held,
    Passing,
    SealSeen,
    Side,
    carrier_holder,
    custody_held,
    pass_on,
    refuse_early,
    refuse_seals,
)
from logistics.operations.lanes import carriers_by_code
from logistics.operations.loggers import LoggerSeen, fitted_loggers, keep_loggers_seen, matched_loggers
from logistics.operations.milestones import BeforeDeparture, NotDeparted
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.parted_custody import custody_together
from logistics.operations.shipments import crates_by_sscc, lock_shipments
from logistics.queries.part_arrivals import on_the_way, parted_crates
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
    not there put the racks concerned on hold and open a nonconformity. Of a shipment that arrived in part only the
    crates that are still under way are handed over: those named, or all of them. Locks the shipment, the builds of its
    racks, then crates with contents. Refuses UnknownShipment, NotDeparted, AlreadyArrived, UnknownCarrier,
    HolderAlready, PersonsMissing, MomentAhead, BeforeDeparture, HandOverTooEarly, UnknownSeal, SealUnread,
    UnknownCrate, CrateNotOfIt, CratesApart, NothingSeen, UnknownIndicator, UnknownLogger."""
    shipment = lock_shipments([handing.shipment_id])[handing.shipment_id]
    load = _load(shipment)
    units = list(load.units.values())
    docked = lock_docked(units)
    carrier = carriers_by_code({handing.to_carrier})[handing.to_carrier]
    _refuse_still(shipment)
    counted = _counted(shipment, handing, load)
    held = _held(shipment, load, counted)
    last = held.last

    at = _refuse_handing(caller, shipment, handing, held)
    if last is not None and last.taker == carrier_holder(carrier):
        raise HolderAlready(
            _("%(carrier)s holds %(number)s already.") % {"carrier": carrier.name, "number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Choose the carrier who takes it over."),
        )
    fitted = of_crates(fitted_indicators({shipment.pk: shipment})[shipment.pk], load.units)
    readings = matched_readings(handing.readings, shipment, fitted, whole=False)
    recording = of_crates(fitted_loggers({shipment.pk: shipment})[shipment.pk], load.units)
    loggers = matched_loggers(handing.loggers, shipment, recording, whole=False)

    told = Happening(shipment, _told(shipment, handing, load, counted), happened_at=at)
    (event,) = record_many(caller, "logistics.custody-handed-over", [told])
    passing = Passing(
        shipment, "change", Side(carrier_holder(shipment.carrier), handing.given_by),
        Side(carrier_holder(carrier), handing.taken_by), at, event, handing.seals, counted,
        handing.vehicle, handing.place, handing.remarks,
    )  # fmt: skip
    (row,) = pass_on(caller, [passing], {shipment.pk: held})
    seen = {load.units[pk] for pk in counted}
    absent = sorted(set(units) - seen) if seen and not load.parted else []
    under_seal = seen if load.parted else units
    hold_shaken(caller, readings, dict.fromkeys(under_seal, handing.seals), docked.builds, absent, loggers)
    keep_readings(readings, "handover", {shipment.pk: at}, {shipment.pk: event})
    keep_loggers_seen(loggers, "handover", {shipment.pk: at}, {shipment.pk: event})
    return row


@dataclass(frozen=True, slots=True)
class _Load:
    """What is under way of a shipment: its crates with their units, and their SSCCs. `parted`: it arrived in part
    without them."""

    units: dict[int, int]
    codes: dict[int, str]
    parted: bool


def _load(shipment: Shipment) -> _Load:
    rows = parted_crates([shipment.pk]).get(shipment.pk)
    if rows is not None:
        return _load_of(on_the_way(rows), parted=True)
    found = ShipmentCrate.objects.filter(shipment=shipment).select_related("crate").order_by("crate__unit_id")
    return _load_of(found, parted=False)


def _load_of(rows: Iterable[ShipmentCrate], *, parted: bool) -> _Load:
    crates = [row.crate for row in rows]
    return _Load({one.pk: one.unit_id for one in crates}, {one.pk: one.sscc for one in crates}, parted)


def _held(shipment: Shipment, load: _Load, counted: Sequence[int]) -> Held:
    """How the custody of what is handed over stands. Refuses CratesApart."""
    if load.parted and counted:
        return custody_together(shipment, counted)
    return custody_held([shipment.pk])[shipment.pk]


def _refuse_still(shipment: Shipment) -> None:
    """What is not on its way is not handed over."""
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


def _refuse_handing(caller: Caller, shipment: Shipment, handing: Handing, held: Held) -> datetime:
    """The moment of a hand-over that can be."""
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


def _counted(shipment: Shipment, handing: Handing, load: _Load) -> list[int]:
    """The ids of the crates that were counted; of a shipment that arrived in part, where none was, all that are under
    way. Refuses UnknownCrate, CrateNotOfIt."""
    found = crates_of_it(shipment, handing.crates, load.units)
    return [one.pk for one in found] or (list(load.units) if load.parted else [])


def crates_of_it(shipment: Shipment, texts: Sequence[str], own: Collection[int]) -> list[Crate]:
    """Step: the crates of these SSCCs, each once; `own`: the ids of those that may be meant. Refuses UnknownCrate,
    CrateNotOfIt."""
    if not texts:
        return []
    found = crates_by_sscc(texts)
    strange = next((one for one in found.values() if one.pk not in own), None)
    if strange is not None:
        raise CrateNotOfIt(
            _("Crate %(sscc)s is not of shipment %(number)s.")
            % {"sscc": strange.sscc[:SHOWN], "number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Put it aside and find its shipment by its label."),
        )
    return list({bare_sscc(text): found[bare_sscc(text)] for text in texts}.values())


def _told(shipment: Shipment, handing: Handing, load: _Load, counted: Sequence[int]) -> dict[str, object]:
    return {
        "number": shipment.number,
        "carrier": handing.to_carrier,
        "given_by": handing.given_by.strip(),
        "taken_by": handing.taken_by.strip(),
        "seals": [[one.number.strip(), one.state] for one in handing.seals],
        "crates": [load.codes[pk] for pk in counted] if load.parted else [bare_sscc(text) for text in handing.crates],
        "indicators": [[one.serial.strip(), one.state] for one in handing.readings],
        **({"loggers": [[one.serial.strip(), one.state] for one in handing.loggers]} if handing.loggers else {}),
        "vehicle": handing.vehicle.strip(),
        "place": handing.place.strip(),
    }
