"""The site's word about each rack, and its place in the data hall."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from inventory.models import Placement, Unit
from inventory.operations.finding import Whereabouts, find_unit_ids, lock_units, one_unit_id
from inventory.operations.placements import Move, place
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Acceptance, Crate, IndicatorReading, Position, Shipment, ShipmentCrate
from logistics.operations.contents import lock_with_contents, refuse_held_contents
from logistics.operations.moments import moment_of
from logistics.operations.receivings import crate_not_here, refuse_not_arrived
from logistics.operations.road_gate import refuse_road_open
from logistics.operations.shipments import lock_shipments
from logistics.queries.part_arrivals import parted_crates

Outcome = Literal["accepted", "accepted_with_remarks", "refused"]


class ReceivingOpen(Refusal):
    """Receiving of the shipment is not finished."""


class RackNotHere(Refusal):
    """The rack is in no crate of the shipment."""


class AlreadyAnswered(Refusal):
    """The site has given its word about the rack already."""


class RemarksMissing(Refusal):
    """A remark is due: the outcome asks for one, or an indicator was not intact."""


class UnknownPosition(Refusal):
    """The site has no such position."""


class PositionOccupied(Refusal):
    """Another rack stands at the position."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The site's word about a rack: accepted, accepted_with_remarks or refused; a position unless refused."""

    shipment_id: int
    rack: str
    outcome: Outcome
    position_code: str = ""
    remarks: str = ""
    occurred_at: datetime | None = None


@operation(permission="logistics.accept", returns=Acceptance)
def accept_rack(*, caller: Caller, verdict: Verdict) -> Acceptance:
    """The site accepts or refuses a rack. An accepted one leaves its crate for its position in the data hall.

    Locks the shipment, then the rack with its contents. Refuses UnknownShipment, NotArrived, CrateNotHere (its crate
    was missing when the others arrived), ReceivingOpen, UnknownSerial, RackNotHere, AlreadyAnswered, RemarksMissing,
    UnknownPosition, PositionOccupied, RoadFindingOpen (what the road did is not settled), LoggerUnread, UnitHeld."""
    return accept(caller, [verdict])[0]


@operation(permission="logistics.accept")
def accept_racks(*, caller: Caller, verdicts: list[Verdict]) -> dict[str, list[int]]:
    """The site's word about many racks, all or none; the rules of accept_rack."""
    return {"acceptances": [row.pk for row in accept(caller, verdicts)]}


def accept(caller: Caller, verdicts: Sequence[Verdict]) -> list[Acceptance]:
    """Step: accept or refuse racks; set-based. Locks shipments, then racks with contents, by key."""
    shipments = lock_shipments(verdict.shipment_id for verdict in verdicts)
    hits = find_unit_ids([verdict.rack for verdict in verdicts])
    rack_ids = [one_unit_id(verdict.rack, hits[verdict.rack]) for verdict in verdicts]
    going = [pk for verdict, pk in zip(verdicts, rack_ids, strict=True) if verdict.outcome != "refused"]
    inside = lock_with_contents(going)
    here = lock_units(rack_ids)

    parted = parted_crates(shipments)
    for verdict in verdicts:
        if verdict.shipment_id not in parted:
            _refuse_shipment(shipments[verdict.shipment_id])
    crates = _crates_of(verdicts, [here[pk] for pk in rack_ids])
    _refuse_crates(shipments, parted, {crate.pk for crate in crates})
    _refuse_answered(verdicts, here, rack_ids)
    _refuse_silence(verdicts, crates)
    positions = _positions(verdicts, shipments)
    refuse_road_open(
        {pk: here[pk].unit for pk in going},
        [crate for crate, verdict in zip(crates, verdicts, strict=True) if verdict.outcome != "refused"],
    )
    refuse_held_contents(inside)

    racks = [here[pk].unit for pk in rack_ids]
    moments = [moment_of(caller, verdict.occurred_at) for verdict in verdicts]
    events = record_many(
        caller,
        "logistics.rack-accepted",
        [
            _told(verdict, rack, shipments[verdict.shipment_id], at)
            for verdict, rack, at in zip(verdicts, racks, moments, strict=True)
        ],
    )
    rows = Acceptance.objects.bulk_create(
        [
            Acceptance(
                shipment_id=verdict.shipment_id,
                unit=rack,
                outcome=verdict.outcome,
                remarks=verdict.remarks.strip(),
                position=positions.get(verdict.position_code) if verdict.outcome != "refused" else None,
                at=at,
                by_id=caller.user.pk,
                event_id=event,
            )
            for verdict, rack, at, event in zip(verdicts, racks, moments, events, strict=True)
        ]
    )
    _stand(caller, rows, here)
    return rows


def _told(verdict: Verdict, rack: Unit, shipment: Shipment, at: datetime) -> Happening:
    return Happening(
        rack,
        {
            "rack": rack.name,
            "number": shipment.number,
            "outcome": verdict.outcome,
            "position": verdict.position_code,
            "remarks": verdict.remarks.strip(),
        },
        happened_at=at,
    )


def _stand(caller: Caller, rows: Iterable[Acceptance], here: Mapping[int, Whereabouts]) -> None:
    """Accepted racks leave their crates for their positions; refused ones stay in the crate at the dock."""
    moves = [
        Move(
            unit=row.unit,
            event_id=row.event_id,
            location_id=row.position.location_id,
            was=here[row.unit_id].placement,
            why="accepted",
        )
        for row in rows
        if row.position is not None
    ]
    place(caller, moves)


def _refuse_shipment(shipment: Shipment) -> None:
    refuse_not_arrived(shipment)
    if shipment.arrival.received_at is None:
        raise _receiving_open(shipment)


def _receiving_open(shipment: Shipment) -> ReceivingOpen:
    return ReceivingOpen(
        _("Receiving of %(number)s is not finished.") % {"number": shipment.number},
        true=_("Nothing was recorded."),
        do=_("Finish receiving first, then accept the racks one by one."),
    )


def _refuse_crates(
    shipments: Mapping[int, Shipment], parted: Mapping[int, Sequence[ShipmentCrate]], crate_ids: set[int]
) -> None:
    """Of a shipment that arrived in parts the crates that are here and received go on, crate by crate."""
    for row in (row for rows in parted.values() for row in rows if row.crate_id in crate_ids):
        if not row.is_here:
            raise crate_not_here(row)
        if row.arrival.received_at is None:
            raise _receiving_open(shipments[row.shipment_id])


def _crates_of(verdicts: Sequence[Verdict], racks: Sequence[Whereabouts]) -> list[Crate]:
    """The crates the racks are in. Refuses RackNotHere when a rack is in no crate of its shipment."""
    hosts = [rack.placement.host_id for rack in racks if rack.placement and rack.placement.host_id]
    crates = {
        crate.unit_id: crate for crate in Crate.objects.filter(unit_id__in=hosts).select_related("shipment_crate")
    }
    found = []
    for verdict, rack in zip(verdicts, racks, strict=True):
        crate = crates.get(rack.placement.host_id or 0) if rack.placement else None
        row = getattr(crate, "shipment_crate", None)
        if crate is None or row is None or row.shipment_id != verdict.shipment_id:
            _refuse_answered_elsewhere(verdict, rack)
            raise RackNotHere(
                _("%(rack)s is in no crate of this shipment.") % {"rack": rack.unit.name},
                true=_("Nothing was recorded."),
                do=_("Scan the label of a rack that came with it."),
            )
        found.append(crate)
    return found


def _refuse_answered_elsewhere(verdict: Verdict, rack: Whereabouts) -> None:
    """A rack that was accepted is no longer in its crate: say that rather than that it is missing."""
    row = Acceptance.objects.filter(shipment_id=verdict.shipment_id, unit=rack.unit).first()
    if row is not None:
        raise _answered(rack.unit)


def _answered(rack: Unit) -> AlreadyAnswered:
    return AlreadyAnswered(
        _("The site has given its word about %(rack)s already.") % {"rack": rack.name}, true=_("Nothing was recorded.")
    )


def _refuse_answered(verdicts: Sequence[Verdict], here: Mapping[int, Whereabouts], rack_ids: Sequence[int]) -> None:
    earlier = Acceptance.objects.filter(
        shipment_id__in=[verdict.shipment_id for verdict in verdicts], unit_id__in=rack_ids
    ).first()
    twice = next((pk for index, pk in enumerate(rack_ids) if pk in rack_ids[:index]), None)
    if earlier is not None or twice is not None:
        raise _answered(here[earlier.unit_id if earlier else twice or 0].unit)


def _refuse_silence(verdicts: Sequence[Verdict], crates: Sequence[Crate]) -> None:
    """A remark is due unless the rack is plainly accepted and every indicator was intact at receipt."""
    shaken = dict(
        IndicatorReading.objects.filter(indicator__crate__in=crates, moment="receipt")
        .exclude(state="intact")
        .values_list("indicator__crate_id", "indicator__serial")
    )
    for verdict, crate in zip(verdicts, crates, strict=True):
        if verdict.remarks.strip() or (verdict.outcome == "accepted" and crate.pk not in shaken):
            continue
        raise RemarksMissing(
            _("Indicator %(serial)s was not intact at receipt: a remark is due.") % {"serial": shaken[crate.pk]}
            if crate.pk in shaken
            else _("This outcome needs a remark."),
            true=_("Nothing was recorded."),
            do=_("Write what was found and what was agreed."),
        )


def _positions(verdicts: Sequence[Verdict], shipments: Mapping[int, Shipment]) -> dict[str, Position]:
    """The positions wanted, by code. Refuses UnknownPosition, PositionOccupied."""
    wanted = [verdict for verdict in verdicts if verdict.outcome != "refused"]
    codes = [verdict.position_code for verdict in wanted]
    found = {row.code: row for row in Position.objects.filter(code__in=codes).select_related("location")}
    for verdict in wanted:
        position = found.get(verdict.position_code)
        site = shipments[verdict.shipment_id].lane.destination
        if position is None or position.site_id != site.pk:
            raise UnknownPosition(
                _("%(site)s has no position %(code)s.") % {"site": site.name, "code": verdict.position_code[:40]},
                true=_("Nothing was recorded."),
                do=_("Scan the label at the place in the data hall."),
            )
    standing = (
        Placement.objects.filter(location__in=[row.location_id for row in found.values()], to_at=None)
        .select_related("location", "unit")
        .first()
    )
    twice = next((code for index, code in enumerate(codes) if code in codes[:index]), None)
    if standing is not None or twice is not None:
        raise PositionOccupied(
            _("Position %(code)s is taken.") % {"code": twice or (standing and standing.location) or ""},
            true=_("%(rack)s stands there. Nothing was recorded.") % {"rack": standing.unit.name}
            if standing
            else _("It is named twice. Nothing was recorded."),
            do=_("Choose a free position."),
        )
    return found


wall(
    "missing_crate_is_not_accepted",
    lambda: RackNotHere(_("The crate of the rack has not arrived yet."), true=_("Nothing was recorded.")),
)
wall(
    "position_takes_one_rack",
    lambda: PositionOccupied(_("The position was taken at the same moment."), true=_("Nothing was recorded.")),
)
wall(
    "rack_is_accepted_once_in_a_shipment",
    lambda: AlreadyAnswered(_("The site gave its word at the same moment."), true=_("Nothing was recorded.")),
)
