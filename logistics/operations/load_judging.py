"""Steps on how a shipment is loaded: judged by the vehicle's limits, the road's and the docks', and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from documents.words import PLANT_TIME
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.loads.deck import Box, Carried, Stand, Vehicle, carried, fitting, off_the_deck, overlapping
from logistics.loads.road import Check, checks_of, floor_kg_m2
from logistics.models import LoadPlace, LoadPlan, Shipment, ShipmentCrate, VehicleKind
from logistics.operations.vehicles import unknown_vehicle
from logistics.queries.loads import box_of
from logistics.text import bare_sscc


class OverLimit(Refusal):
    """The load is more than the vehicle bears."""


class PermitMissing(Refusal):
    """The load is above a road limit, and no permit is named."""


class PermitExpired(Refusal):
    """The permit does not hold on the day of the departure."""


class PlacesWrong(Refusal):
    """The crates' places on the deck cannot be."""


class DeckTooSmall(Refusal):
    """The crates do not stand on the deck without stacking."""


class FloorTooWeak(Refusal):
    """A crate is too heavy for the floor of a dock."""


class VehicleUnnamed(Refusal):
    """Nobody said on which vehicle the load goes: it was not checked."""


@dataclass(frozen=True, slots=True)
class CratePlace:
    """Where a crate's front left corner stands, mm from that of the deck; `turned`: its length lies across."""

    sscc: str
    x_mm: int
    y_mm: int
    turned: bool = False


@dataclass(frozen=True, slots=True)
class LoadWish:
    """The vehicle, the mass of what secures the crates (kg), whether the whole way is on designated roads (指定道路),
    the special-vehicle permit with its last day, and places: of every crate, or none (then the axles are reckoned as
    if the load were spread over the deck)."""

    vehicle_code: str
    securing_kg: Decimal = Decimal(0)
    on_designated_roads: bool = False
    permit: str = ""
    permit_until: date | None = None
    places: list[CratePlace] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Judged:
    """A load that was judged: what it comes to, every limit, and where each row stands."""

    found: Carried
    checks: tuple[Check, ...]
    stands: tuple[Stand, ...]


def limit_words(check: Check) -> str:
    """What a limit is called."""
    words = {
        "payload": _("Load with what secures it"),
        "front_axle": _("Front axle"),
        "rear_axle": _("Rear axles"),
        "vehicle_gross": _("Gross mass the vehicle bears"),
        "inside_height": _("Height inside the body"),
        "gross": _("Gross mass on this road"),
        "height": _("Height above the road"),
        "length": _("Length of the vehicle"),
        "width": _("Width of the vehicle"),
    }
    return words[check.kind]


def vehicles_by_code(codes: set[str]) -> dict[str, VehicleKind]:
    """Step: kinds of vehicles in use by code; no query for none. Refuses UnknownVehicle."""
    if not codes:
        return {}
    found = {row.code: row for row in VehicleKind.objects.filter(code__in=codes, retired_at=None)}
    for code in sorted(codes - set(found)):
        raise unknown_vehicle(code)
    return found


def keep_loads(
    caller: Caller,
    wishes: Sequence[tuple[Shipment, LoadWish]],
    more: Mapping[str, object] | None = None,
    again: Mapping[str, VehicleKind] | None = None,
) -> list[LoadPlan]:
    """Step: judge how new or locked shipments are loaded with the crates that are on them, and keep it; six statements,
    however many. `more`: what else their events say. `again`: the vehicles by code of plans whose crates change; they
    may be retired meanwhile, and where the crates stand is said later, so whether they fit is judged then.

    Refuses UnknownVehicle, PlacesWrong, DeckTooSmall, OverLimit, PermitMissing, PermitExpired, FloorTooWeak."""
    if not wishes:
        return []
    kinds = again or vehicles_by_code({wish.vehicle_code for _shipment, wish in wishes})
    rows = crate_rows([shipment.pk for shipment, _wish in wishes])
    judged = [
        judge_load(
            shipment, kinds[wish.vehicle_code], wish, rows[shipment.pk], shipment.planned_departure_at, fits=not again
        )
        for shipment, wish in wishes
    ]
    events = record_many(
        caller,
        "logistics.load-planned",
        [_told(shipment, wish, one, more or {}) for (shipment, wish), one in zip(wishes, judged, strict=True)],
    )
    plans = [
        _plan(caller, shipment, kinds[wish.vehicle_code], wish, one.found, event)
        for (shipment, wish), one, event in zip(wishes, judged, events, strict=True)
    ]
    changing = [name.name for name in LoadPlan._meta.concrete_fields if name.name not in ("id", "shipment")]
    kept = LoadPlan.objects.bulk_create(
        plans, update_conflicts=True, unique_fields=["shipment"], update_fields=changing
    )
    LoadPlace.objects.filter(plan__in=kept).delete()
    LoadPlace.objects.bulk_create(
        LoadPlace(
            plan=plan, row=row, x_mm=stand.x_mm, y_mm=stand.y_mm, end_x_mm=stand.end_x_mm, end_y_mm=stand.end_y_mm,
            turned=stand.turned,
        )
        for plan, one, (shipment, _wish) in zip(kept, judged, wishes, strict=True)
        for row, stand in zip(rows[shipment.pk] if one.stands else [], one.stands, strict=True)
    )  # fmt: skip
    return kept


def crate_rows(shipment_ids: Sequence[int]) -> dict[int, list[ShipmentCrate]]:
    """Step: the crates of shipments, with their figures. One query."""
    found: dict[int, list[ShipmentCrate]] = defaultdict(list)
    rows = ShipmentCrate.objects.filter(shipment_id__in=shipment_ids).select_related("crate").order_by("crate__sscc")
    for row in rows:
        found[row.shipment_id].append(row)
    return found


def judge_load(
    shipment: Shipment,
    kind: VehicleKind,
    wish: LoadWish,
    rows: Sequence[ShipmentCrate],
    departs_at: datetime,
    *,
    fits: bool = True,
) -> Judged:
    """Step: judge one load for a departure. `fits`: crates of which nobody said where they stand are judged to fit
    without stacking too. Refuses as keep_loads."""
    refuse_unprintable(wish.permit)
    boxes, vehicle = [box_of(row.crate) for row in rows], kind.figures
    if wish.securing_kg < 0:
        raise PlacesWrong(_("What secures the crates weighs nothing or more."), true=_("Nothing was recorded."))
    stands = _stands(vehicle, wish, boxes)
    small = deck_too_small(kind, boxes) if fits and not stands else None
    if small is not None:
        raise small
    found = carried(vehicle, boxes, stands, wish.securing_kg)
    checks = checks_of(vehicle, boxes, found, designated=wish.on_designated_roads)
    _refuse_over(kind, wish, checks)
    _refuse_expired(wish, checks, plant_day(departs_at))
    _refuse_floors(shipment, boxes)
    return Judged(found, tuple(checks), tuple(stands))


def deck_too_small(kind: VehicleKind, boxes: Sequence[Box]) -> DeckTooSmall | None:
    """Step: why crates of which nobody said where they stand cannot leave on a vehicle; None where they fit."""
    vehicle = kind.figures
    if fitting(vehicle, boxes):
        return None
    return DeckTooSmall(
        _("%(count)d crates do not stand on %(vehicle)s without stacking.")
        % {"count": len(boxes), "vehicle": kind.name},
        true=_("Its deck is %(length)d × %(width)d mm. Nothing was recorded.")
        % {"length": vehicle.deck_length_mm, "width": vehicle.deck_width_mm},
        do=_("Choose another vehicle, load fewer crates, or say where each crate stands."),
    )


def plant_day(at: datetime) -> date:
    """The day in the plant's time."""
    return at.astimezone(PLANT_TIME).date()


def _stands(vehicle: Vehicle, wish: LoadWish, boxes: Sequence[Box]) -> list[Stand]:
    """Where the crates stand as told, in the order of the boxes; none told: nothing. Refuses PlacesWrong."""
    if not wish.places:
        return []
    told = {bare_sscc(one.sscc): one for one in wish.places}
    names = {box.name for box in boxes}
    odd = sorted(set(told) ^ names) or ([wish.places[0].sscc] if len(told) < len(wish.places) else [])
    if odd:
        raise PlacesWrong(
            _("Places are told of every crate on the shipment, once each: %(sscc)s does not fit.")
            % {"sscc": odd[0][:40]},
            true=_("Nothing was recorded."),
            do=_("Name each crate once, or none of them."),
        )
    stands = [Stand(box, told[box.name].x_mm, told[box.name].y_mm, told[box.name].turned) for box in boxes]
    off, both = off_the_deck(vehicle, stands), overlapping(stands)
    if off is not None:
        raise PlacesWrong(
            _("Crate %(sscc)s would stand out beyond the deck.") % {"sscc": off.box.name},
            true=_("The deck is %(length)d × %(width)d mm. Nothing was recorded.")
            % {"length": vehicle.deck_length_mm, "width": vehicle.deck_width_mm},
            do=_("Move it inside, or turn it."),
        )
    if both is not None:
        raise PlacesWrong(
            _("Crates %(first)s and %(second)s would stand on each other.")
            % {"first": both[0].box.name, "second": both[1].box.name},
            true=_("Nothing is stacked. Nothing was recorded."),
            do=_("Move one of them."),
        )
    return stands


def _refuse_over(kind: VehicleKind, wish: LoadWish, checks: Sequence[Check]) -> None:
    over = [check for check in checks if check.over > 0]
    own = [check for check in over if not check.by_permit]
    if own:
        raise OverLimit(
            over_words(own[0]),
            true=_("No permit lifts what %(vehicle)s bears. Nothing was recorded.") % {"vehicle": kind.name},
            do=_("Choose another vehicle, load fewer crates, or move them along the deck."),
        )
    if over and not wish.permit.strip():
        raise PermitMissing(
            over_words(over[0]),
            true=_("Above this limit a vehicle needs a special permit (特殊車両通行許可). Nothing was recorded."),
            do=_("Enter the permit with its last day, choose another vehicle, or load fewer crates.")
            if wish.on_designated_roads
            else _("Keep to designated roads, enter the permit with its last day, or choose another vehicle."),
        )


def _refuse_expired(wish: LoadWish, checks: Sequence[Check], day: date) -> None:
    """A permit says its last day; one that a limit of the road needs must hold on the day of the departure, one that
    nothing needs stops nothing."""
    needed = any(check.over > 0 and check.by_permit for check in checks)
    named = bool(wish.permit.strip())
    if named and (wish.permit_until is None or (needed and wish.permit_until < day)):
        raise PermitExpired(
            _("Permit %(permit)s does not hold on %(day)s.")
            % {"permit": wish.permit.strip()[:40], "day": f"{day:%Y/%m/%d}"},
            true=_("Its last day is %(day)s. Nothing was recorded.")
            % {"day": f"{wish.permit_until:%Y/%m/%d}" if wish.permit_until else "–"},
            do=_("Enter a permit that holds on the day of the departure."),
        )


def over_words(check: Check) -> str:
    """Which limit is passed, and by how much."""
    return _("%(limit)s: %(value)s %(unit)s, %(over)s %(unit)s more than the %(allowed)s %(unit)s allowed.") % {
        "limit": limit_words(check),
        "value": f"{check.value:,.0f}",
        "over": f"{check.over:,.0f}",
        "allowed": f"{check.allowed:,.0f}",
        "unit": check.unit,
    }


def _refuse_floors(shipment: Shipment, boxes: Sequence[Box]) -> None:
    """What the floors of both docks bear, where they are known; a crate stands there alone on its footprint."""
    for site in (shipment.lane.origin, shipment.lane.destination):
        bears = site.floor_kg_m2
        heavy = next((box for box in boxes if bears is not None and floor_kg_m2(box) > bears), None)
        if heavy is not None:
            raise FloorTooWeak(
                _("Crate %(sscc)s presses %(value)s kg/m² on the floor of %(site)s.")
                % {"sscc": heavy.name, "value": f"{floor_kg_m2(heavy):,.0f}", "site": site.name},
                true=_("The floor bears %(allowed)s kg/m². Nothing was recorded.") % {"allowed": f"{bears:,.0f}"},
                do=_("Use a crate with a larger footprint, or agree on load-spreading plates with the site."),
            )


def _told(shipment: Shipment, wish: LoadWish, one: Judged, more: Mapping[str, object]) -> Happening:
    found = one.found
    return Happening(
        shipment,
        {
            "number": shipment.number,
            "vehicle": wish.vehicle_code,
            "securing_kg": wish.securing_kg,
            "designated_roads": wish.on_designated_roads,
            "permit": wish.permit.strip(),
            "permit_until": wish.permit_until,
            "load_kg": found.load_kg,
            "front_kg": found.front_kg,
            "rear_kg": found.rear_kg,
            "gross_kg": found.gross_kg,
            "height_mm": found.height_mm,
            "uniform": found.uniform,
            "places": [[stand.box.name, stand.x_mm, stand.y_mm, stand.turned] for stand in one.stands],
            **more,
        },
    )


def _plan(
    caller: Caller, shipment: Shipment, kind: VehicleKind, wish: LoadWish, found: Carried, event: int
) -> LoadPlan:
    return LoadPlan(
        shipment=shipment, vehicle=kind, securing_kg=wish.securing_kg, on_designated_roads=wish.on_designated_roads,
        permit=wish.permit.strip(), permit_until=wish.permit_until if wish.permit.strip() else None,
        load_kg=found.load_kg, front_kg=found.front_kg, rear_kg=found.rear_kg, gross_kg=found.gross_kg,
        height_mm=found.height_mm, payload_kg=kind.payload_kg, front_limit_kg=kind.front_limit_kg,
        rear_limit_kg=kind.rear_limit_kg, uniform=found.uniform, at=caller.at, by_id=caller.user.pk, event_id=event,
    )  # fmt: skip


wall(
    "crates_never_stand_on_each_other",
    lambda: PlacesWrong(_("Two crates would stand on each other."), true=_("Nothing is stacked.")),
)
