"""The truck leaves the plant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from inventory.models import Location, Placement, Unit
from inventory.operations.finding import Whereabouts, lock_units
from inventory.operations.locations import LocationRow, add_locations
from inventory.operations.placements import Move, place
from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Departure, Shipment, ShipmentCrate
from logistics.operations.contents import lock_with_contents, refuse_held_contents
from logistics.operations.custody import (
    Passing,
    SealSeen,
    Side,
    carrier_holder,
    crate_ids_of,
    custody_held,
    pass_on,
    seals_in,
    site_holder,
)
from logistics.operations.exports import refuse_unchecked
from logistics.operations.loads import refuse_overloaded
from logistics.operations.moments import moment_of
from logistics.operations.readiness import refuse_differing, refuse_incomplete
from logistics.operations.shipments import ShipmentGone, lock_shipments, refuse_gone
from logistics.queries.departing import AWAY


class ShipmentEmpty(Refusal):
    """No crate is on the shipment."""


class CrateElsewhere(Refusal):
    """A crate does not stand where its way begins."""


class TruckUnknown(Refusal):
    """A departure names its truck."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A shipment that leaves: truck number, driver, seal numbers (parted by commas). `occurred_at` when it was not
    just now."""

    shipment_id: int
    truck: str
    driver: str = ""
    seal: str = ""
    occurred_at: datetime | None = None


@operation(permission="logistics.ship", returns=Departure)
def depart_shipment(
    *,
    caller: Caller,
    shipment_id: int,
    truck: str,
    driver: str = "",
    seal: str = "",
    occurred_at: datetime | None = None,
) -> Departure:
    """The truck of a shipment leaves with its crates: the plant hands them to the carrier, under its seals.

    Locks the shipment, then its crates and everything in them. Refuses UnknownShipment, ShipmentGone, ShipmentEmpty,
    TruckUnknown, CrateElsewhere, BuildIncomplete, ConfigurationDiffers (hardware reports otherwise than was scanned),
    UnitHeld (anything inside), TradeCheckMissing (it leaves the country unjudged), MomentAhead, VehicleUnnamed and what
    the load refuses when it is judged again (OverLimit, PermitExpired, …)."""
    return depart(caller, [Leaving(shipment_id, truck, driver, seal, occurred_at)])[0]


@operation(permission="logistics.ship")
def depart_shipments(*, caller: Caller, departures: list[Leaving]) -> dict[str, list[int]]:
    """Many trucks leave, all or none; the rules of depart_shipment."""
    return {"departures": [row.pk for row in depart(caller, departures)]}


def depart(caller: Caller, leavings: Sequence[Leaving]) -> list[Departure]:
    """Step: shipments leave; set-based. Locks shipments, then crates with contents, by key."""
    shipments = lock_shipments(leaving.shipment_id for leaving in leavings)
    crates = crate_units_of(shipments)
    crate_ids = [unit_id for ids in crates.values() for unit_id in ids]
    inside = lock_with_contents(crate_ids)
    here = lock_units(crate_ids)

    for leaving in leavings:
        _refuse_leaving(leaving, shipments[leaving.shipment_id], [here[pk] for pk in crates[leaving.shipment_id]])
    refuse_unchecked([shipments[leaving.shipment_id] for leaving in leavings])
    outward = [unit_id for pk, ids in crates.items() for unit_id in ids if not is_return(shipments[pk])]
    _refuse_unready(outward, inside if len(outward) == len(crate_ids) else lock_with_contents(outward))
    moments = [moment_of(caller, leaving.occurred_at) for leaving in leavings]
    chosen = [shipments[leaving.shipment_id] for leaving in leavings]
    refuse_overloaded(chosen, {one.pk: at for one, at in zip(chosen, moments, strict=True)})

    vehicles = _vehicles(caller, leavings, chosen)
    events = record_many(caller, "logistics.shipment-departed", _told(leavings, chosen, here, crates, moments))
    rows = Departure.objects.bulk_create(
        [
            Departure(shipment=one, at=at, truck=told.truck, driver=told.driver, seal=told.seal, event_id=event)
            for one, told, at, event in zip(chosen, leavings, moments, events, strict=True)
        ]
    )
    for shipment, vehicle in zip(chosen, vehicles, strict=True):
        shipment.vehicle = vehicle
    Shipment.objects.bulk_update(chosen, ["vehicle"])
    moves = [
        Move(unit=here[pk].unit, event_id=event, location_id=vehicle.pk, was=here[pk].placement, why="departed")
        for shipment, vehicle, event in zip(chosen, vehicles, events, strict=True)
        for pk in crates[shipment.pk]
    ]
    place(caller, moves)
    _pass_to_carriers(caller, rows)
    return rows


def _pass_to_carriers(caller: Caller, departures: Sequence[Departure]) -> None:
    """The plant hands the crates to the carrier of the shipment, under the seals that were fitted."""
    ids = [row.shipment_id for row in departures]
    crates, held = crate_ids_of(ids), custody_held(ids)
    passings = [
        Passing(
            row.shipment,
            "departure",
            Side(site_holder(row.shipment.lane.origin), ours=True),
            Side(carrier_holder(row.shipment.carrier), row.driver),
            row.at,
            row.event_id,
            seals=[SealSeen(number, "fitted") for number in seals_in(row.seal)],
            crates=crates[row.shipment_id],
            vehicle=row.truck,
        )
        for row in departures
    ]
    pass_on(caller, passings, held)


def _told(
    leavings: Sequence[Leaving],
    shipments: Sequence[Shipment],
    here: Mapping[int, Whereabouts],
    crates: Mapping[int, Sequence[int]],
    moments: Sequence[datetime],
) -> list[Happening]:
    return [
        Happening(
            shipment,
            {
                "number": shipment.number,
                "truck": leaving.truck,
                "driver": leaving.driver,
                "seal": leaving.seal,
                "crates": [here[pk].unit.tag for pk in crates[shipment.pk]],
            },
            happened_at=at,
        )
        for leaving, shipment, at in zip(leavings, shipments, moments, strict=True)
    ]


def _vehicles(caller: Caller, leavings: Sequence[Leaving], shipments: Sequence[Shipment]) -> list[Location]:
    """A Location for each truck while it travels."""
    return add_locations(
        caller,
        [
            LocationRow(
                code=f"VH-{shipment.number}",
                kind="vehicle",
                name_ja=f"車両 {leaving.truck}",
                name_en=f"Truck {leaving.truck}",
            )
            for leaving, shipment in zip(leavings, shipments, strict=True)
        ],
    )


def crate_units_of(shipments: Mapping[int, Shipment]) -> dict[int, list[int]]:
    """Step: the crates' unit ids by shipment id."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = ShipmentCrate.objects.filter(shipment_id__in=list(shipments)).order_by("crate__unit_id")
    for shipment_id, unit_id in rows.values_list("shipment_id", "crate__unit_id"):
        found[shipment_id].append(unit_id)
    return found


def racks_of_crates(crate_ids: Sequence[int]) -> list[tuple[Unit, Unit]]:
    """Step: what sits directly in these crates now, as (crate, rack)."""
    rows = Placement.objects.filter(host_id__in=crate_ids, to_at=None).select_related("host", "unit").order_by("unit")
    return [(row.host, row.unit) for row in rows if row.host is not None]


def _refuse_leaving(leaving: Leaving, shipment: Shipment, crates: Sequence[Whereabouts]) -> None:
    refuse_gone(shipment)
    if not leaving.truck.strip():
        raise TruckUnknown(
            _("The number of the truck is missing."), true=_("Nothing was recorded."), do=_("Enter the truck number.")
        )
    if not crates:
        raise ShipmentEmpty(
            _("No crate is on shipment %(number)s.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Put crates on the shipment first."),
        )
    away = next((crate for crate in crates if not _is_here(shipment, crate)), None)
    if away is not None:
        raise CrateElsewhere(
            _("Crate %(crate)s does not stand at %(site)s.")
            % {"crate": away.unit.tag, "site": shipment.lane.origin.name},
            true=_("Nothing was recorded."),
            do=_("Look for the crate and correct its place."),
        )


def is_return(shipment: Shipment) -> bool:
    """Step: whether a shipment (its lane and ends loaded) leads away from a customer's site."""
    return shipment.lane.origin.kind == "customer"


def _refuse_unready(crate_ids: Sequence[int], inside: list[int]) -> None:
    """What leaves the plant is complete, agrees with what it reports, and is under no hold. What goes back from a site
    goes because something is wrong with it: none of that stops it."""
    racks = [rack.pk for _crate, rack in racks_of_crates(crate_ids)]
    refuse_incomplete(racks)
    refuse_differing(racks)
    refuse_held_contents(inside)


def _is_here(shipment: Shipment, crate: Whereabouts) -> bool:
    """Whether a crate stands where its way begins: at the customer's dock, else anywhere in the plant."""
    placement = crate.placement
    if placement is None or placement.location is None:
        return False
    if is_return(shipment):
        return placement.location_id == shipment.lane.origin.location_id
    return placement.location.kind not in AWAY


wall(
    "logistics_departure_shipment_id_key",
    lambda: ShipmentGone(_("The shipment left at the same moment."), true=_("Nothing was recorded.")),
)
