"""The truck stands at the site's dock: crates unloaded, indicators read, receiving finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from assembly.models import Build
from assembly.operations.nonconformities import Finding, open_many
from assembly.text import told
from inventory.operations.finding import lock_units
from inventory.operations.holds import put_on_hold
from inventory.operations.placements import Move, place
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Arrival, Indicator, IndicatorReading, Milestone, Shipment
from logistics.models.crates import INDICATOR_STATES
from logistics.operations.contents import lock_with_contents
from logistics.operations.departures import crate_units_of, racks_of_crates
from logistics.operations.milestones import NotDeparted
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.readiness import lock_builds_of
from logistics.operations.shipments import lock_shipments


class AlreadyArrived(Refusal):
    """The arrival is recorded already."""


class ArrivalTooEarly(Refusal):
    """The arrival is said to be before the departure or the last report."""


class IndicatorsUnread(Refusal):
    """An indicator of a crate was not read at receipt."""


class UnknownIndicator(Refusal):
    """An indicator that is on no crate of the shipment."""


@dataclass(frozen=True, slots=True)
class IndicatorRead:
    """An indicator as it is found at the dock: intact, tripped or missing."""

    serial: str
    state: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Arriving:
    """A shipment at the site's dock with the readings of all its indicators. `occurred_at` when not just now."""

    shipment_id: int
    readings: list[IndicatorRead] = field(default_factory=list)
    occurred_at: datetime | None = None


@operation(permission="logistics.receive_at_site", returns=Arrival)
def arrive_shipment(
    *, caller: Caller, shipment_id: int, readings: list[IndicatorRead], occurred_at: datetime | None = None
) -> Arrival:
    """A shipment stands at the site's dock: its crates are placed there, every indicator on them is read.

    A tripped or missing indicator puts its rack on hold and opens a nonconformity (domain/japan.md 5). Locks the
    shipment, the builds of its racks, then crates with
    contents. Refuses UnknownShipment, NotDeparted, AlreadyArrived, MomentAhead, ArrivalTooEarly, UnknownIndicator,
    IndicatorsUnread."""
    return arrive(caller, [Arriving(shipment_id, readings, occurred_at)])[0]


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
    fitted = _fitted(shipments)
    readings = [
        reading for one in arrivals for reading in _readings(one, shipments[one.shipment_id], fitted[one.shipment_id])
    ]

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
    _keep_readings(readings, moment_by, event_of)
    _hold_shaken(caller, readings, builds)
    return rows


Reading = tuple[int, Indicator, str]
"""Shipment id, indicator, state."""


def _told(shipment: Shipment, arriving: Arriving, at: datetime) -> Happening:
    return Happening(
        shipment,
        {
            "number": shipment.number,
            "site": shipment.lane.destination.code,
            "indicators": [[one.serial, one.state] for one in arriving.readings],
        },
        happened_at=at,
    )


def _fitted(shipments: Mapping[int, Shipment]) -> dict[int, dict[str, Indicator]]:
    """The indicators on the crates of each shipment, by serial."""
    found: dict[int, dict[str, Indicator]] = {pk: {} for pk in shipments}
    rows = Indicator.objects.filter(crate__shipment_crate__shipment_id__in=list(shipments))
    for one in rows.select_related("crate__shipment_crate"):
        found[one.crate.shipment_crate.shipment_id][one.serial] = one
    return found


def _last_reports(shipments: Mapping[int, Shipment]) -> dict[int, datetime]:
    """The latest moment reported of each shipment."""
    rows = Milestone.objects.filter(shipment_id__in=list(shipments)).order_by().values_list("shipment_id")
    return dict(rows.annotate(last=Max("happened_at")))


def _readings(arriving: Arriving, shipment: Shipment, fitted: Mapping[str, Indicator]) -> list[Reading]:
    """The readings matched with the crates' indicators. Refuses UnknownIndicator, IndicatorsUnread."""
    matched: list[Reading] = []
    for reading in arriving.readings:
        indicator = fitted.get(reading.serial.strip())
        if indicator is None or reading.state not in INDICATOR_STATES:
            raise UnknownIndicator(
                _("%(serial)s is no indicator of shipment %(number)s.")
                % {"serial": reading.serial[:40], "number": shipment.number},
                true=_("Nothing was recorded."),
                do=_("Read the serial on the crate again; its state is intact, tripped or missing."),
            )
        matched.append((shipment.pk, indicator, reading.state))
    unread = sorted(set(fitted) - {indicator.serial for _pk, indicator, _state in matched})
    if unread:
        raise IndicatorsUnread(
            _("Indicator %(serial)s on crate %(sscc)s was not read.")
            % {"serial": unread[0], "sscc": fitted[unread[0]].crate.sscc},
            true=_("%(count)d of %(all)d indicators are unread. Nothing was recorded.")
            % {"count": len(unread), "all": len(fitted)},
            do=_("Read every indicator before the crates are unloaded; one that is not there is missing."),
        )
    return matched


def _keep_readings(readings: Sequence[Reading], moments: dict[int, datetime], events: dict[int, int]) -> None:
    IndicatorReading.objects.bulk_create(
        [
            IndicatorReading(indicator=indicator, moment="receipt", state=state, at=moments[pk], event_id=events[pk])
            for pk, indicator, state in readings
        ]
    )


def _hold_shaken(caller: Caller, readings: Sequence[Reading], builds: Mapping[int, Build]) -> None:
    """A hold and a nonconformity on the rack of each crate with an indicator that is not intact (japan.md 5)."""
    shaken: dict[int, list[dict[str, str]]] = defaultdict(list)
    for _pk, indicator, state in readings:
        if state != "intact":
            shaken[indicator.crate.unit_id].append({"serial": indicator.serial, "state": state})
    for crate, rack in racks_of_crates(list(shaken)):
        says = [{"code": "indicators", "readings": shaken[crate.pk]}]
        put_on_hold(caller, [rack.tag], told(says))
        open_many(caller, [Finding(builds[rack.pk], rack.pk, defect_code="TRANSPORT", says=says)])


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
