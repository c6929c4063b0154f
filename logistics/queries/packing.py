"""The packing list's facts (梱包明細書): a shipment as it was sealed, and as it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Prefetch

from accounts.models import User
from assembly.models import Build, RoutingOperation
from documents.paper import Stamp
from documents.words import PLANT_NAME, PLANT_TIME, Plant, Words, plain_digits
from inventory.models import Placement
from ledger.models import Event
from logistics.documents.packing_list import (
    Content,
    CrateRow,
    IndicatorRow,
    LegRow,
    LimitRow,
    LoadTable,
    PackingListSheet,
)
from logistics.lead_times.timetable import sailing
from logistics.models import Crate, Departure, Indicator, IndicatorReading, Leg, Shipment, ShipmentCrate, Site
from logistics.queries.loads import LoadSheet, load_sheet
from logistics.queries.timetable import leg_times

PLANT = Plant(PLANT_NAME, Words("物流課", "Logistics"))
MODES = {
    "road": Words("陸送", "Road"),
    "ferry": Words("フェリー", "Ferry"),
    "air": Words("航空", "Air"),
    "sea": Words("海上", "Sea"),
    "rail": Words("鉄道", "Rail"),
}
INDICATORS = {"shock": Words("衝撃検知ラベル", "Shock indicator"), "tilt": Words("転倒検知ラベル", "Tilt indicator")}


def packing_operation(rack_id: int) -> RoutingOperation | None:
    """The last packing operation on the route of a rack, with its fields; None: it was not built here, or has none."""
    rows = RoutingOperation.objects.filter(kind="pack", routing__designs__builds__unit_id=rack_id)
    return rows.prefetch_related("fields").order_by("number").last()


def packing_list_sheet(shipment_id: int) -> PackingListSheet:
    """Every fact of a packing list. Ten queries, however many crates. Raises Shipment.DoesNotExist.

    What happens on the road changes nothing on it: it is true until the departure."""
    shipment = Shipment.objects.select_related(
        "lane__origin__location", "lane__destination__location", "carrier", "departure", "load_plan__vehicle"
    ).get(pk=shipment_id)
    departure = shipment.departure if shipment.has_departed else None
    crates = _crates(shipment)
    inside = _inside([row.crate for row in crates], departure)
    legs = _legs(shipment, departure)
    load = load_sheet(shipment, crates)
    happened = _events(shipment, departure, crates, load)
    last = happened[max(happened)]
    return PackingListSheet(
        plant=PLANT,
        shipment=shipment.number,
        order=_orders(inside),
        customer=_site(shipment.lane.destination),
        origin=_site(shipment.lane.origin),
        destination=_site(shipment.lane.destination),
        dock=shipment.lane.destination.location.code,
        lane=shipment.lane.code,
        departs_at=departure.at if departure else shipment.planned_departure_at,
        arrives_at=legs[-1].arrives_at if legs else None,
        carrier=Words(shipment.carrier.name_ja, shipment.carrier.name_en),
        vehicle=departure.truck if departure else "",
        driver=departure.driver if departure else "",
        seals=(departure.seal,) if departure and departure.seal else (),
        permits=(load.plan.permit,) if load and load.plan.permit else (),
        crates=tuple(
            _crate(number, row.crate, inside.get(row.crate.unit_id, ())) for number, row in enumerate(crates, start=1)
        ),
        legs=legs,
        stamps=_stamps(shipment, departure, happened),
        at=last.recorded_at,
        record=last.pk,
        load=_load(load),
    )


LIMITS = {
    "payload": Words("積載質量(固縛材とも)", "Load with what secures it"),
    "front_axle": Words("前軸重", "Front axle"),
    "rear_axle": Words("後軸重", "Rear axles"),
    "vehicle_gross": Words("車両総質量(車両の許容)", "Gross mass the vehicle bears"),
    "inside_height": Words("荷室内の高さ", "Height inside the body"),
    "gross": Words("総質量(道路)", "Gross mass on this road"),
    "height": Words("地上高", "Height above the road"),
    "length": Words("車両の長さ", "Length of the vehicle"),
    "width": Words("車両の幅", "Width of the vehicle"),
}


def _load(load: LoadSheet | None) -> LoadTable | None:
    """The load as it was planned: every limit with what it comes to."""
    if load is None:
        return None
    kind = load.plan.vehicle
    limits = tuple(
        LimitRow(LIMITS[check.kind], f"{check.value:,.0f} {check.unit}", f"{check.allowed:,.0f} {check.unit}")
        for check in load.checks
    )
    return LoadTable(
        Words(f"{kind.name_ja} ({kind.code})", f"{kind.name_en} ({kind.code})"), load.found.uniform, limits
    )


def _crates(shipment: Shipment) -> list[ShipmentCrate]:
    """The crates with their indicators as they were at sealing. Three queries."""
    at_sealing = Prefetch("readings", IndicatorReading.objects.filter(moment="seal"), to_attr="at_sealing")
    fitted = Prefetch("crate__indicators", Indicator.objects.order_by("kind", "id").prefetch_related(at_sealing))
    rows = ShipmentCrate.objects.filter(shipment=shipment).order_by("crate_id")
    rows = rows.select_related("crate__unit__part", "load_place")
    return list(rows.prefetch_related(fitted))


def _inside(crates: Sequence[Crate], departure: Departure | None) -> dict[int, list[Placement]]:
    """What is in each crate, by the crate's unit; after the departure, what was in it then. One query."""
    rows = Placement.objects.filter(host_id__in=[crate.unit_id for crate in crates])
    found: dict[int, list[Placement]] = defaultdict(list)
    for row in rows.select_related("unit__part", "unit__part_revision").order_by("position", "id"):
        left_later = departure is not None and row.to_at is not None and row.to_at > departure.at
        if row.to_at is None or left_later:
            found[row.host_id or 0].append(row)
    return found


def _crate(number: int, crate: Crate, inside: Sequence[Placement]) -> CrateRow:
    part = crate.unit.part
    return CrateRow(
        number=number,
        sscc=crate.sscc,
        kind=Words(part.name_ja, part.name_en),
        gross_kg=crate.gross_kg,
        net_kg=crate.gross_kg - crate.tare_kg,
        length_mm=crate.length_mm,
        width_mm=crate.width_mm,
        height_mm=crate.height_mm,
        indicators=tuple(_indicator(one) for one in crate.indicators.all()),
        contents=tuple(_content(placement) for placement in inside),
        note="",
        centre=None
        if crate.centre_height_mm is None
        else (crate.centre_x_mm or 0, crate.centre_y_mm or 0, crate.centre_height_mm),
    )


def _indicator(one: Indicator) -> IndicatorRow:
    readings: list[IndicatorReading] = one.at_sealing  # type: ignore[attr-defined]
    return IndicatorRow(INDICATORS[one.kind], one.serial, one.rating, readings[0].state if readings else "unknown")


def _content(placement: Placement) -> Content:
    unit = placement.unit
    return Content(
        part_number=f"{unit.part.number} {unit.part_revision.revision}",
        name=Words(unit.part.name_ja, unit.part.name_en),
        serial=unit.serial,
        tag=unit.tag,
        quantity=1,
        mass_kg=None if unit.part.weight_kg is None else plain_digits(unit.part.weight_kg),
    )


def _orders(inside: dict[int, list[Placement]]) -> str:
    """The work orders of what is shipped. One query."""
    units = [placement.unit_id for row in inside.values() for placement in row]
    numbers = Build.objects.filter(unit_id__in=units).order_by("order_number").values_list("order_number", flat=True)
    return ", ".join(dict.fromkeys(numbers))


def _site(site: Site) -> Words:
    return Words(site.name_ja, site.name_en)


def _legs(shipment: Shipment, departure: Departure | None) -> tuple[LegRow, ...]:
    """The legs as planned from the departure on: each begins when the one before ends, or at its next sailing."""
    at = departure.at if departure else shipment.planned_departure_at
    rows = []
    for leg in Leg.objects.filter(lane=shipment.lane_id).select_related("carrier").order_by("number"):
        start = next_sailing(leg, at)
        at = start + timedelta(hours=float(leg.planned_hours))
        rows.append(
            LegRow(
                MODES[leg.mode], Words(leg.from_ja, leg.from_en), Words(leg.to_ja, leg.to_en), start, at,
                Words(leg.carrier.name_ja, leg.carrier.name_en),
            )
        )  # fmt: skip
    return tuple(rows)


def next_sailing(leg: Leg, ready_at: datetime) -> datetime:
    """When a leg leaves for one who is there at a moment: at once, or at the day's departure if its cut-off is kept."""
    return sailing(leg_times(leg), ready_at, PLANT_TIME)


def _events(
    shipment: Shipment, departure: Departure | None, crates: Sequence[ShipmentCrate], load: LoadSheet | None
) -> dict[int, Event]:
    """The events whose facts the list shows. One query."""
    ids = {shipment.event_id, *(row.event_id for row in crates), *(row.crate.event_id for row in crates)}
    if departure:
        ids.add(departure.event_id)
    if load:
        ids.add(load.plan.event_id)
    return Event.objects.in_bulk(ids)


def _stamps(shipment: Shipment, departure: Departure | None, happened: dict[int, Event]) -> tuple[Stamp, ...]:
    """作成: who planned the shipment; 確認: who let it leave. One query."""
    acts = [("prepared", shipment.created_at, shipment.event_id)]
    if departure:
        acts.append(("checked", departure.at, departure.event_id))
    actors = {happened[event].actor for _meaning, _at, event in acts}
    people = {user.pseudonym: user for user in User.objects.filter(pseudonym__in=actors)}
    return tuple(
        Stamp(meaning, person.section, person.family_name, at)
        for meaning, at, event in acts
        if (person := people.get(happened[event].actor))
    )
