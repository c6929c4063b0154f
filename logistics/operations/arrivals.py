"""The truck stands at the site's dock: crates unloaded, indicators read, receiving finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from inventory.operations.finding import lock_units
from inventory.operations.placements import Move, place
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Arrival, CrateLogger, Milestone, Shipment
from logistics.operations.conditions import (
    IndicatorRead,
    fitted_indicators,
    hold_shaken,
    keep_readings,
    matched_readings,
)
from logistics.operations.contents import lock_with_contents
from logistics.operations.custody import (
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


class AlreadyArrived(Refusal):
    """The arrival is recorded already."""


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
    MomentAhead, ArrivalTooEarly, HandOverTooEarly, UnknownIndicator, IndicatorsUnread, UnknownLogger,
    LoggersUnseen, UnknownSeal, SealUnread (one of several)."""
    return arrive(caller, [Arriving(shipment_id, readings, occurred_at, seals or [], handed_by, loggers or [])])[0]


@operation(permission="logistics.receive_at_site")
def arrive_shipments(*, caller: Caller, arrivals: list[Arriving]) -> dict[str, list[int]]:
    """Many shipments arrive, all or none; the rules of arrive_shipment."""
    return {"arrivals": [row.pk for row in arrive(caller, arrivals)]}


def arrive(caller: Caller, arrivals: Sequence[Arriving]) -> list[Arrival]:
    """Step: shipments arrive; set-based. Locks shipments, then crates with contents, by key."""
    shipments = lock_shipments(one.shipment_id for one in arrivals)
    crates = crate_units_of(shipments)
    crate_ids = [unit_id for ids in crates.values() for unit_id in ids]
    builds = lock_builds_of({rack.pk: rack for _crate, rack in racks_of_crates(crate_ids)})
    lock_with_contents(crate_ids)
    here = lock_units(crate_ids)

    reported = _last_reports(shipments)
    moments = [_refuse_arrival(caller, shipments[one.shipment_id], one.occurred_at, reported) for one in arrivals]
    fitted = fitted_indicators(shipments)
    readings = [
        reading
        for one in arrivals
        for reading in matched_readings(one.readings, shipments[one.shipment_id], fitted[one.shipment_id], whole=True)
    ]

    loggers = _loggers(arrivals, shipments)

    held = custody_held(shipments)
    for one, at in zip(arrivals, moments, strict=True):
        refuse_early(at, held[one.shipment_id].last)
        if one.seals:
            refuse_seals(shipments[one.shipment_id], one.seals, held[one.shipment_id].seals)

    events = record_many(
        caller,
        "logistics.shipment-arrived",
        [_told(shipments[one.shipment_id], one, at) for one, at in zip(arrivals, moments, strict=True)],
    )
    event_of = {one.shipment_id: event for one, event in zip(arrivals, events, strict=True)}
    moment_by = {one.shipment_id: at for one, at in zip(arrivals, moments, strict=True)}
    rows = Arrival.objects.bulk_create(
        [Arrival(shipment_id=pk, at=moment_by[pk], event_id=event) for pk, event in event_of.items()]
    )
    moves = [
        Move(
            unit=here[pk].unit,
            event_id=event_of[shipment.pk],
            location_id=shipment.lane.destination.location_id,
            was=here[pk].placement,
            why="arrived",
        )
        for shipment in shipments.values()
        for pk in crates[shipment.pk]
    ]
    place(caller, moves)
    keep_readings(readings, "receipt", moment_by, event_of)
    keep_loggers_seen(loggers, "receipt", moment_by, event_of)
    pass_on(caller, _passings(arrivals, shipments, rows), held)
    hold_shaken(caller, readings, {one.shipment_id: one.seals for one in arrivals}, builds, loggers=loggers)
    return rows


def _loggers(arrivals: Sequence[Arriving], shipments: Mapping[int, Shipment]) -> list[tuple[int, CrateLogger, str]]:
    """Every logger of each shipment as it was found."""
    fitted = fitted_loggers(shipments)
    return [
        seen
        for one in arrivals
        for seen in matched_loggers(one.loggers, shipments[one.shipment_id], fitted[one.shipment_id], whole=True)
    ]


def _passings(
    arrivals: Sequence[Arriving], shipments: Mapping[int, Shipment], rows: Sequence[Arrival]
) -> list[Passing]:
    """The carrier hands every crate to the site."""
    crates = crate_ids_of(shipments)
    return [
        Passing(
            shipments[one.shipment_id],
            "arrival",
            Side(carrier_holder(shipments[one.shipment_id].carrier), one.handed_by),
            Side(site_holder(shipments[one.shipment_id].lane.destination), ours=True),
            row.at,
            row.event_id,
            seals=one.seals,
            crates=crates[one.shipment_id],
        )
        for one, row in zip(arrivals, rows, strict=True)
    ]


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


def _last_reports(shipments: Mapping[int, Shipment]) -> dict[int, datetime]:
    """The latest moment reported of each shipment."""
    rows = Milestone.objects.filter(shipment_id__in=list(shipments)).order_by().values_list("shipment_id")
    return dict(rows.annotate(last=Max("happened_at")))


def _refuse_arrival(
    caller: Caller, shipment: Shipment, occurred_at: datetime | None, reported: Mapping[int, datetime]
) -> datetime:
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
    at = moment_of(caller, occurred_at)
    last = max(shipment.departure.at, reported.get(shipment.pk, shipment.departure.at))
    if at < last:
        raise ArrivalTooEarly(
            _("%(moment)s lies before what is reported already.") % {"moment": plant_clock(at)},
            true=_("The last report is of %(moment)s. Nothing was recorded.") % {"moment": plant_clock(last)},
            do=_("Enter the time at which it arrived."),
        )
    return at


wall(
    "logistics_arrival_shipment_id_key",
    lambda: AlreadyArrived(_("The arrival was recorded at the same moment."), true=_("Nothing was recorded.")),
)
