"""A shipment arrives in parts: the crates that are at the dock, those that are missing and why, and each of these when
it comes (一部到着, 積残し, 後着)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from assembly.models import Nonconformity
from inventory.models import Hold
from inventory.text import remark
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import (
    Arrival,
    Crate,
    CrateArrival,
    MissingCrate,
    Shipment,
    ShipmentCrate,
)
from logistics.operations.arrivals import (
    AlreadyArrived,
    Landing,
    arrived_in_part,
    last_reports,
    lock_docked,
    refuse_before,
    refuse_not_come,
    set_down,
)
from logistics.operations.conditions import (
    ROAD_DEFECT,
    IndicatorRead,
    Reading,
    fitted_indicators,
    matched_readings,
    of_crates,
)
from logistics.operations.custody import Held, SealSeen, custody_held, refuse_early, refuse_seals
from logistics.operations.departures import is_return, racks_of_crates
from logistics.operations.handovers import crates_of_it
from logistics.operations.loggers import LoggerSeen, Seen, fitted_loggers, matched_loggers
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.parted_custody import custody_together
from logistics.operations.shipments import lock_shipments
from logistics.queries.part_arrivals import on_the_way, parted_crates
from logistics.text import bare_sscc

PLACE_LIMIT = 120
MissingReason = Literal["left_behind", "other_vehicle", "unknown"]


class NothingMissing(Refusal):
    """Every crate is there: the shipment arrives whole."""


class NothingHere(Refusal):
    """No crate is there: nothing has arrived."""


class CrateUnaccounted(Refusal):
    """A crate is neither there nor said to be missing, or both."""


class MissingUnplaced(Refusal):
    """A crate that was left behind was left at a place; what is told of it has an end."""


class NotInPart(Refusal):
    """The shipment has not arrived in part."""


class ReturnInPart(Refusal):
    """What comes back to the plant is taken in whole."""


@dataclass(frozen=True, slots=True)
class CrateAbsent:
    """A crate that is not at the dock, by its SSCC: left behind at a `place`, on another vehicle (`place`: which), or
    nobody knows."""

    sscc: str
    reason: MissingReason
    place: str = ""


@dataclass(frozen=True, slots=True)
class PartArriving:
    """A shipment of which some crates are at the dock (`here`: their SSCCs) and the others are not; readings of all
    indicators and loggers on those that are. Seals, `handed_by` and `occurred_at` as in Arriving."""

    shipment_id: int
    here: list[str]
    missing: list[CrateAbsent]
    readings: list[IndicatorRead] = field(default_factory=list)
    occurred_at: datetime | None = None
    seals: list[SealSeen] = field(default_factory=list)
    handed_by: str = ""
    loggers: list[LoggerSeen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LateArriving:
    """Crates of a shipment that arrived in part come after it (`crates`: their SSCCs), as they are found. `seals`:
    those that were fitted to them since."""

    shipment_id: int
    crates: list[str]
    readings: list[IndicatorRead] = field(default_factory=list)
    occurred_at: datetime | None = None
    seals: list[SealSeen] = field(default_factory=list)
    handed_by: str = ""
    loggers: list[LoggerSeen] = field(default_factory=list)


@operation(permission="logistics.receive_at_site", returns=Shipment)
def arrive_in_part(*, caller: Caller, arriving: PartArriving) -> Shipment:
    """A shipment stands at the site's dock and not all of its crates are there: those that are arrive, as whole
    shipments do; the others are said to be missing, each with its reason, and stay on their way. What nobody knows of
    is put on hold, as at a hand-over at which it is not counted.

    Locks the shipment, the builds of its racks, then crates with contents. Refuses UnknownShipment, NotDeparted,
    AlreadyArrived, ArrivedInPart, ReturnInPart, UnknownCrate, CrateNotOfIt, NothingHere, NothingMissing,
    CrateUnaccounted, MissingUnplaced, and what arrive_shipment refuses of moments, indicators, loggers and seals."""
    shipment = lock_shipments([arriving.shipment_id])[arriving.shipment_id]
    own = _own(shipment)
    docked = lock_docked([row.crate.unit_id for row in own.values()])

    _refuse_second(shipment)
    here = crates_of_it(shipment, arriving.here, own)
    absent = _absent(shipment, arriving.missing, own)
    _refuse_unaccounted(shipment, own, {one.pk for one in here}, set(absent))
    at = moment_of(caller, arriving.occurred_at)
    refuse_before(at, max(shipment.departure.at, last_reports([shipment.pk]).get(shipment.pk, shipment.departure.at)))
    held = custody_held([shipment.pk])[shipment.pk]
    found = _found(shipment, arriving, [one.pk for one in here], held, at)

    told = _told(shipment, arriving, here)
    told["missing"] = [[own[pk].crate.sscc, one.reason, one.place] for pk, one in absent.items()]
    (event,) = record_many(caller, "logistics.shipment-arrived-in-part", [Happening(shipment, told, happened_at=at)])
    MissingCrate.objects.bulk_create(
        MissingCrate(shipment_crate=own[pk], reason=one.reason, place=one.place, at=at, event_id=event)
        for pk, one in absent.items()
    )
    _come(own, here, at, event)
    lost = _lost([own[pk].crate.unit_id for pk, one in absent.items() if one.reason == "unknown"])
    landing = _landing(shipment, arriving, here, found, (at, event))
    landing = replace(landing, absent=lost, under_seal=[row.crate.unit_id for row in own.values()])
    set_down(caller, [landing], {shipment.pk: held}, docked)
    return shipment


@operation(permission="logistics.receive_at_site", returns=Shipment)
def arrive_late(*, caller: Caller, arriving: LateArriving) -> Shipment:
    """Crates that were missing at the arrival of their shipment stand at the dock: at their own moment, handed over by
    whoever held them, with their indicators, loggers and seals. With the last one the shipment has arrived.

    Locks the shipment, the builds of the racks in these crates, then the crates with contents. Refuses
    UnknownShipment, NotDeparted, NotInPart, UnknownCrate, CrateNotOfIt, NothingHere, AlreadyArrived, CratesApart, and
    what arrive_shipment refuses of moments, indicators, loggers and seals."""
    shipment = lock_shipments([arriving.shipment_id])[arriving.shipment_id]
    own = {row.crate_id: row for row in _parted(shipment)}
    crates = crates_of_it(shipment, arriving.crates, own)
    docked = lock_docked([one.unit_id for one in crates])

    _refuse_here([own[one.pk] for one in crates])
    at = moment_of(caller, arriving.occurred_at)
    refuse_before(at, max(own[one.pk].missing.at for one in crates))
    _refuse_end_before_reports(shipment, own.values(), {one.pk for one in crates}, at)
    held = custody_together(shipment, [one.pk for one in crates])
    found = _found(shipment, arriving, [one.pk for one in crates], held, at)

    happening = Happening(shipment, _told(shipment, arriving, crates), happened_at=at)
    (event,) = record_many(caller, "logistics.late-crates-arrived", [happening])
    _come(own, crates, at, event)
    set_down(caller, [_landing(shipment, arriving, crates, found, (at, event))], {shipment.pk: held}, docked)
    _end_with_last(caller, shipment)
    return shipment


Found = tuple[list[Reading], list[Seen]]


def _refuse_end_before_reports(
    shipment: Shipment, rows: Collection[ShipmentCrate], coming: Collection[int], at: datetime
) -> None:
    """A shipment that ends with these crates ends after all that is reported of it. Refuses ArrivalTooEarly."""
    if any(row.crate_id not in coming for row in on_the_way(rows)):
        return
    last = max([at, *(row.arrival.at for row in rows if row.is_here)])
    refuse_before(last, last_reports([shipment.pk]).get(shipment.pk, last))


def _own(shipment: Shipment) -> dict[int, ShipmentCrate]:
    rows = ShipmentCrate.objects.filter(shipment=shipment).select_related("crate").order_by("crate_id")
    return {row.crate_id: row for row in rows}


def _refuse_second(shipment: Shipment) -> None:
    refuse_not_come(shipment)
    rows = parted_crates([shipment.pk]).get(shipment.pk)
    if rows is not None:
        raise arrived_in_part(shipment, rows)
    if is_return(shipment):
        raise ReturnInPart(
            _("Shipment %(number)s brings returns back: it is taken in whole.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Take it in on the page of its return when every crate is here."),
        )


def _absent(
    shipment: Shipment, missing: Sequence[CrateAbsent], own: Mapping[int, ShipmentCrate]
) -> dict[int, CrateAbsent]:
    """What is said to be missing, by the crate. Refuses UnknownCrate, CrateNotOfIt, CrateUnaccounted,
    MissingUnplaced."""
    found: dict[int, CrateAbsent] = {}
    named = {one.sscc: one for one in crates_of_it(shipment, [bare_sscc(one.sscc) for one in missing], own)}
    for one in missing:
        crate, place = named[bare_sscc(one.sscc)], remark(one.place)
        if crate.pk in found:
            raise _unaccounted(_("Crate %(sscc)s is named twice as missing.") % {"sscc": crate.sscc})
        if len(place) > PLACE_LIMIT or (one.reason == "left_behind" and not place):
            raise MissingUnplaced(
                _("It is not said where crate %(sscc)s was left behind.") % {"sscc": crate.sscc}
                if not place
                else _("A place has %(limit)d characters at most.") % {"limit": PLACE_LIMIT},
                true=_("Nothing was recorded."),
                do=_("Enter the place, or say that it is not known."),
            )
        found[crate.pk] = CrateAbsent(crate.sscc, one.reason, place)
    return found


def _refuse_unaccounted(
    shipment: Shipment, own: Mapping[int, ShipmentCrate], here: set[int], missing: set[int]
) -> None:
    """Every crate of a shipment is there or missing, some are there, and some are not."""
    both = next((own[pk].crate.sscc for pk in sorted(here & missing)), None)
    if both is not None:
        raise _unaccounted(_("Crate %(sscc)s was scanned here, and is said to be missing.") % {"sscc": both})
    if not here:
        raise _nothing_here(shipment)
    neither = next((own[pk].crate.sscc for pk in sorted(set(own) - here - missing)), None)
    if neither is not None:
        raise _unaccounted(_("Crate %(sscc)s was not scanned here, nor is it said to be missing.") % {"sscc": neither})
    if not missing:
        raise NothingMissing(
            _("Every crate of %(number)s is here.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record the arrival of the whole shipment."),
        )


def _unaccounted(say: str) -> CrateUnaccounted:
    return CrateUnaccounted(
        say, true=_("Nothing was recorded."), do=_("Scan the crates that are here, and say of each other one why not.")
    )


def _nothing_here(shipment: Shipment) -> NothingHere:
    return NothingHere(
        _("No crate of %(number)s is named.") % {"number": shipment.number},
        true=_("Nothing was recorded."),
        do=_("Scan the SSCC of every crate that stands at the dock."),
    )


def _parted(shipment: Shipment) -> list[ShipmentCrate]:
    """The crates of a shipment that arrived in part. Refuses NotDeparted, NotInPart; AlreadyArrived only of crates."""
    rows = parted_crates([shipment.pk]).get(shipment.pk)
    if rows is None:
        refuse_not_come(shipment)
        raise NotInPart(
            _("Shipment %(number)s has not arrived in part.") % {"number": shipment.number},
            true=_("No crate of it is missing. Nothing was recorded."),
            do=_("Record its arrival, and say there which crates are not here."),
        )
    return rows


def _refuse_here(rows: Sequence[ShipmentCrate]) -> None:
    if not rows:
        raise NothingHere(
            _("No crate is named."),
            true=_("Nothing was recorded."),
            do=_("Scan the SSCC of every crate that stands at the dock."),
        )
    there = next((row for row in rows if row.is_here), None)
    if there is not None:
        raise AlreadyArrived(
            _("Crate %(sscc)s has arrived already.") % {"sscc": there.crate.sscc},
            true=_("It was at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(there.arrival.at)},
        )


def _found(
    shipment: Shipment, arriving: PartArriving | LateArriving, crate_ids: Sequence[int], held: Held, at: datetime
) -> Found:
    """Every indicator and logger on these crates as it was found; what custody says of seals and moment."""
    refuse_early(at, held.last)
    if arriving.seals:
        refuse_seals(shipment, arriving.seals, held.seals)
    fitted = of_crates(fitted_indicators({shipment.pk: shipment})[shipment.pk], crate_ids)
    recording = of_crates(fitted_loggers({shipment.pk: shipment})[shipment.pk], crate_ids)
    return (
        matched_readings(arriving.readings, shipment, fitted, whole=True),
        matched_loggers(arriving.loggers, shipment, recording, whole=True),
    )


def _told(shipment: Shipment, arriving: PartArriving | LateArriving, crates: Sequence[Crate]) -> dict[str, object]:
    return {
        "number": shipment.number,
        "site": shipment.lane.destination.code,
        "crates": [one.sscc for one in crates],
        "indicators": [[one.serial, one.state] for one in arriving.readings],
        "seals": [[one.number.strip(), one.state] for one in arriving.seals],
        "loggers": [[one.serial.strip(), one.state] for one in arriving.loggers],
    }


def _come(own: Mapping[int, ShipmentCrate], crates: Sequence[Crate], at: datetime, event: int) -> None:
    CrateArrival.objects.bulk_create(CrateArrival(shipment_crate=own[one.pk], at=at, event_id=event) for one in crates)


def _landing(
    shipment: Shipment,
    arriving: PartArriving | LateArriving,
    crates: Sequence[Crate],
    found: Found,
    act: tuple[datetime, int],
) -> Landing:
    ids, units = [one.pk for one in crates], [one.unit_id for one in crates]
    return Landing(shipment, *act, ids, units, *found, arriving.seals, arriving.handed_by)


def _lost(unit_ids: Sequence[int]) -> list[int]:
    """The units of crates of which nobody knows, but for those whose rack is on hold for that already: it is held, and
    a report of a hand-over without it is open. Two queries, none where nothing is lost."""
    if not unit_ids:
        return []
    racks = {rack.pk: crate.pk for crate, rack in racks_of_crates(unit_ids)}
    reports = Nonconformity.objects.open().filter(
        build__unit_id__in=list(racks), defect_code=ROAD_DEFECT, says__contains=[{"code": "crate-missing"}]
    )
    held = Hold.objects.open().filter(unit__in=reports.values("build__unit_id"))
    known = {racks[pk] for pk in held.values_list("unit_id", flat=True)}
    return [pk for pk in unit_ids if pk not in known]


def _end_with_last(caller: Caller, shipment: Shipment) -> None:
    """With its last crate a shipment has arrived: at the moment of the one that came last."""
    rows = parted_crates([shipment.pk])[shipment.pk]
    if on_the_way(rows):
        return
    at = max(row.arrival.at for row in rows)
    told = {"number": shipment.number, "site": shipment.lane.destination.code, "indicators": [], "seals": []}
    (event,) = record_many(caller, "logistics.shipment-arrived", [Happening(shipment, told, happened_at=at)])
    Arrival.objects.create(shipment=shipment, at=at, event_id=event)


wall(
    "logistics_cratearrival_shipment_crate_id_key",
    lambda: AlreadyArrived(_("The arrival was recorded at the same moment."), true=_("Nothing was recorded.")),
)
