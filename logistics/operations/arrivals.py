"""The truck stands at the site's dock: crates unloaded, indicators read, receiving finished."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from assembly.models import Build
from inventory.operations.finding import Whereabouts, lock_units
from inventory.operations.placements import Move, place
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Arrival, CrateLogger, Milestone, Shipment, ShipmentCrate
from logistics.operations.conditions import (
    IndicatorRead,
    Reading,
    fitted_indicators,
    hold_shaken,
    keep_readings,
    matched_readings,
)
from logistics.operations.contents import lock_with_contents
from logistics.operations.custody import (
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
    site_holder,
)
from logistics.operations.departures import crate_units_of, racks_of_crates
from logistics.operations.loggers import LoggerSeen, fitted_loggers, keep_loggers_seen, matched_loggers
from logistics.operations.milestones import NotDeparted
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.operations.shipments import lock_shipments
from logistics.queries.part_arrivals import on_the_way, parted_crates


class AlreadyArrived(Refusal):
    """The arrival is recorded already."""


class ArrivedInPart(Refusal):
    """Some of the crates have arrived already: each of the others arrives by itself."""


class ArrivalTooEarly(Refusal):
    """The arrival is said to be before the departure or the last report."""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A shipment at the site's dock with the readings of all its indicators, and all its `loggers` as they were
    found. `seals` as they were found, all of them or none (then they count as not read); `handed_by`: the driver.
    `occurred_at` when not just now."""

    shipment_id: int
    readings: list[IndicatorRead] = field(default_factory=list)
    occurred_at: datetime | None = None
    seals: list[SealSeen] = field(default_factory=list)
    handed_by: str = ""
    loggers: list[LoggerSeen] = field(default_factory=list)


@operation(permission="logistics.receive_at_site", returns=Arrival)
def arrive_shipment(  # noqa: PLR0913 - the fields of a form
    *,
    caller: Caller,
    shipment_id: int,
    readings: list[IndicatorRead],
    occurred_at: datetime | None = None,
    seals: list[SealSeen] | None = None,
    handed_by: str = "",
    loggers: list[LoggerSeen] | None = None,
) -> Arrival:
    """A shipment stands at the site's dock: the carrier hands it over, its crates are placed there, every indicator on
    them is read.

    A tripped or missing indicator and a missing logger put their rack on hold and open a nonconformity
    (domain/japan.md 5); a broken or missing seal does so for every rack. The loggers stop. Locks the shipment, the
    builds of its racks, then crates with contents. Refuses UnknownShipment, NotDeparted, AlreadyArrived,
    ArrivedInPart, MomentAhead, ArrivalTooEarly, HandOverTooEarly, UnknownIndicator, IndicatorsUnread, UnknownLogger,
    LoggersUnseen, UnknownSeal, SealUnread (one of several)."""
    return arrive(caller, [Arriving(shipment_id, readings, occurred_at, seals or [], handed_by, loggers or [])])[0]


@operation(permission="logistics.receive_at_site")
def arrive_shipments(*, caller: Caller, arrivals: list[Arriving]) -> dict[str, list[int]]:
    """Many shipments arrive, all or none; the rules of arrive_shipment."""
    return {"arrivals": [row.pk for row in arrive(caller, arrivals)]}


@dataclass(frozen=True, slots=True)
class Landing:
    """Crates of a shipment that stand at the dock now, by their ids and those of their units, as they were found.
    `absent`: units of crates of which nobody knows where they are; `under_seal`: those of the crates that travelled
    under its seals, where that is more than what is here."""

    shipment: Shipment
    at: datetime
    event_id: int
    crate_ids: Sequence[int]
    unit_ids: Sequence[int]
    readings: Sequence[Reading]
    loggers: Sequence[tuple[int, CrateLogger, str]]
    seals: Sequence[SealSeen] = ()
    handed_by: str = ""
    absent: Sequence[int] = ()
    under_seal: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Docked:
    """What is locked for an arrival: the crates by their unit ids, the builds of the racks in them by the racks'."""

    here: Mapping[int, Whereabouts]
    builds: Mapping[int, Build]


def arrive(caller: Caller, arrivals: Sequence[Arriving]) -> list[Arrival]:
    """Step: shipments arrive; set-based. Locks shipments, then crates with contents, by key."""
    shipments = lock_shipments(one.shipment_id for one in arrivals)
    units, crates = crate_units_of(shipments), crate_ids_of(shipments)
    docked = lock_docked([unit_id for ids in units.values() for unit_id in ids])

    reported = last_reports(shipments)
    _refuse_parted(shipments)
    moments = [_refuse_arrival(caller, shipments[one.shipment_id], one.occurred_at, reported) for one in arrivals]
    fitted, recording = fitted_indicators(shipments), fitted_loggers(shipments)
    found = [
        (
            matched_readings(one.readings, shipments[one.shipment_id], fitted[one.shipment_id], whole=True),
            matched_loggers(one.loggers, shipments[one.shipment_id], recording[one.shipment_id], whole=True),
        )
        for one in arrivals
    ]

    held = custody_held(shipments)
    for one, at in zip(arrivals, moments, strict=True):
        refuse_early(at, held[one.shipment_id].last)
        if one.seals:
            refuse_seals(shipments[one.shipment_id], one.seals, held[one.shipment_id].seals)

    told = [_told(shipments[one.shipment_id], one, at) for one, at in zip(arrivals, moments, strict=True)]
    events = record_many(caller, "logistics.shipment-arrived", told)
    rows = Arrival.objects.bulk_create(
        Arrival(shipment_id=one.shipment_id, at=at, event_id=event)
        for one, at, event in zip(arrivals, moments, events, strict=True)
    )
    landings = [
        Landing(
            shipments[one.shipment_id], row.at, row.event_id, crates[one.shipment_id], units[one.shipment_id],
            *seen, one.seals, one.handed_by,
        )
        for one, row, seen in zip(arrivals, rows, found, strict=True)
    ]  # fmt: skip
    set_down(caller, landings, held, docked)
    return rows


def lock_docked(unit_ids: Sequence[int]) -> Docked:
    """Step: lock the builds of the racks in crates, then the crates (by their units) with their contents."""
    builds = lock_builds_of({rack.pk: rack for _crate, rack in racks_of_crates(unit_ids)})
    lock_with_contents(unit_ids)
    return Docked(lock_units(unit_ids), builds)


def set_down(caller: Caller, landings: Sequence[Landing], held: Mapping[int, Held], docked: Docked) -> None:
    """Step: (locked) crates are placed at the dock, indicators and loggers kept as they were found, the carrier hands
    them over; what was not intact puts its racks on hold. One landing a shipment."""
    moments = {one.shipment.pk: one.at for one in landings}
    events = {one.shipment.pk: one.event_id for one in landings}
    readings = [reading for one in landings for reading in one.readings]
    loggers = [seen for one in landings for seen in one.loggers]
    moves = [
        Move(
            unit=docked.here[pk].unit,
            event_id=one.event_id,
            location_id=one.shipment.lane.destination.location_id,
            was=docked.here[pk].placement,
            why="arrived",
        )
        for one in landings
        for pk in one.unit_ids
    ]
    place(caller, moves)
    keep_readings(readings, "receipt", moments, events)
    keep_loggers_seen(loggers, "receipt", moments, events)
    pass_on(caller, [_passing(one) for one in landings], held)
    seals = {pk: one.seals for one in landings for pk in one.under_seal or one.unit_ids}
    hold_shaken(caller, readings, seals, docked.builds, [pk for one in landings for pk in one.absent], loggers)


def _passing(one: Landing) -> Passing:
    """The carrier hands the crates to the site."""
    return Passing(
        one.shipment,
        "arrival",
        Side(carrier_holder(one.shipment.carrier), one.handed_by),
        Side(site_holder(one.shipment.lane.destination), ours=True),
        one.at,
        one.event_id,
        seals=one.seals,
        crates=one.crate_ids,
    )


def _told(shipment: Shipment, arriving: Arriving, at: datetime) -> Happening:
    return Happening(
        shipment,
        {
            "number": shipment.number,
            "site": shipment.lane.destination.code,
            "indicators": [[one.serial, one.state] for one in arriving.readings],
            "seals": [[one.number.strip(), one.state] for one in arriving.seals],
            **({"loggers": [[one.serial.strip(), one.state] for one in arriving.loggers]} if arriving.loggers else {}),
        },
        happened_at=at,
    )


def last_reports(shipments: Collection[int]) -> dict[int, datetime]:
    """Step: the latest moment reported of each shipment. One query."""
    rows = Milestone.objects.filter(shipment_id__in=list(shipments)).order_by().values_list("shipment_id")
    return dict(rows.annotate(last=Max("happened_at")))


def _refuse_parted(shipments: Mapping[int, Shipment]) -> None:
    """What arrived in part arrives no more as a whole. Refuses ArrivedInPart."""
    for pk, rows in parted_crates([pk for pk, one in shipments.items() if not one.has_arrived]).items():
        raise arrived_in_part(shipments[pk], rows)


def arrived_in_part(shipment: Shipment, rows: Sequence[ShipmentCrate]) -> ArrivedInPart:
    """What to say of a shipment (its rows of `parted_crates`) that was taken in part before."""
    waiting = on_the_way(rows)
    return ArrivedInPart(
        _("Shipment %(number)s has arrived in part: %(here)d of %(all)d crates.")
        % {"number": shipment.number, "here": len(rows) - len(waiting), "all": len(rows)},
        true=_("Still on the way: %(list)s. Nothing was recorded.")
        % {"list": ", ".join(row.crate.sscc for row in waiting)},
        do=_("When a crate comes, record the arrival of that crate."),
    )


def refuse_not_come(shipment: Shipment) -> None:
    """Step: refuse NotDeparted, AlreadyArrived for a (locked) shipment whose truck cannot stand at the dock."""
    if not shipment.has_departed:
        raise NotDeparted(
            _("Shipment %(number)s has not left yet.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its departure first."),
        )
    if shipment.has_arrived:
        raise AlreadyArrived(
            _("Shipment %(number)s has arrived already.") % {"number": shipment.number},
            true=_("It was at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(shipment.arrival.at)},
        )


def _refuse_arrival(
    caller: Caller, shipment: Shipment, occurred_at: datetime | None, reported: Mapping[int, datetime]
) -> datetime:
    refuse_not_come(shipment)
    at = moment_of(caller, occurred_at)
    refuse_before(at, max(shipment.departure.at, reported.get(shipment.pk, shipment.departure.at)))
    return at


def refuse_before(at: datetime, last: datetime) -> None:
    """Step: refuse ArrivalTooEarly for an arrival before what is known already."""
    if at < last:
        raise ArrivalTooEarly(
            _("%(moment)s lies before what is reported already.") % {"moment": plant_clock(at)},
            true=_("The last report is of %(moment)s. Nothing was recorded.") % {"moment": plant_clock(last)},
            do=_("Enter the time at which it arrived."),
        )


wall(
    "logistics_arrival_shipment_id_key",
    lambda: AlreadyArrived(_("The arrival was recorded at the same moment."), true=_("Nothing was recorded.")),
)
