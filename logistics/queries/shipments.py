"""Shipments: the list, one page, what was reported last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    Exists,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Concat, JSONObject

from inventory.models import Placement, Unit
from logistics.models import (
    Acceptance,
    CrateArrival,
    Forecast,
    IndicatorReading,
    Leg,
    Milestone,
    PlanBasis,
    Replan,
    Shipment,
    ShipmentCrate,
    ShipmentException,
    SiteReturn,
    Waybill,
)
from logistics.queries.custody import Link, custody_chain
from logistics.queries.way_basis import Basis, way_basis

STATES = ("planned", "on_the_way", "in_part", "arrived", "received")
SORTS = {"number": "number", "need_by": "need_by", "departure": "planned_departure_at"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentFilter:
    """What a list of shipments is narrowed to; blank means everything. `text`: a number, an SSCC or a rack's serial."""

    text: str = ""
    state: str = ""
    lane: str = ""


def shipment_rows(wish: ShipmentFilter | None = None, sort: str = "") -> QuerySet[Shipment]:
    """Shipments with lane, carrier, departure, arrival, `rack_count`, `reports` (a list, newest first); of one that
    arrived in parts `here_count`, `received_count` of its crates and `part_heard_at`, when one came last.
    Two queries a page."""
    wish = wish or ShipmentFilter()
    rows = (
        Shipment.objects.select_related("lane__origin", "lane__destination", "carrier", "departure", "arrival")
        .annotate(
            rack_count=Count("crates"),
            here_count=Count("crates__arrival"),
            received_count=Count("crates__arrival__received_at"),
            part_heard_at=Max("crates__arrival__at"),
        )
        .prefetch_related(
            Prefetch(
                "milestones",
                Milestone.objects.with_order()
                .select_related("leg", "line_note__review")
                .order_by("-happened_at", "-id"),
                to_attr="reports",
            )
        )
    )
    for condition in _conditions(wish):
        rows = rows.filter(condition)
    name = SORTS.get(sort.removeprefix("-"), "")
    return rows.order_by(f"-{name}" if sort.startswith("-") else name, "-pk") if name else rows.order_by("-pk")


def _conditions(wish: ShipmentFilter) -> list[Q]:
    found = []
    if wish.text:
        packed = Placement.objects.filter(unit__serial__iendswith=wish.text, host__crate__isnull=False)
        inside = ShipmentCrate.objects.filter(
            Q(crate__sscc=wish.text) | Q(crate__unit_id__in=packed.values("host_id"))
        ).values("shipment_id")
        found.append(Q(number__iendswith=wish.text) | Q(pk__in=inside))
    if wish.lane:
        found.append(Q(lane__code=wish.lane))
    if wish.state == "planned":
        found.append(Q(departure=None))
    elif wish.state == "on_the_way":
        found.append(Q(departure__isnull=False, arrival=None))
    elif wish.state == "in_part":
        found.append(Q(pk__in=CrateArrival.objects.values("shipment_crate__shipment_id"), arrival=None))
    elif wish.state == "arrived":
        found.append(Q(arrival__isnull=False, arrival__received_at=None))
    elif wish.state == "received":
        found.append(Q(arrival__received_at__isnull=False))
    return found


def open_shipments() -> list[Shipment]:
    """Shipments to the sites whose receiving is not finished, the next to be needed first (no returns), with
    `in_care`: which of their exceptions somebody has in hand (kind, subject, the owner's names). Two queries."""
    care = ShipmentException.objects.filter(shipment=OuterRef("pk"), closed_at=None).order_by("pk")
    told = JSONObject(kind="kind", subject="subject", ja="owner__name_ja", en="owner__name_en")
    rows = shipment_rows().filter(Q(arrival=None) | Q(arrival__received_at=None), lane__destination__kind="customer")
    rows = rows.annotate(in_care=ArraySubquery(care.values(told=told)))
    return list(rows.order_by("need_by", "planned_departure_at", "pk"))


def racks_of_shipments(shipment_ids: Sequence[int]) -> dict[int, list[int]]:
    """The racks packed into the crates of each shipment (also those that have left their crate). One query."""
    found: dict[int, list[int]] = {pk: [] for pk in shipment_ids}
    rows = Placement.objects.filter(host__crate__shipment_crate__shipment_id__in=shipment_ids).order_by("unit_id")
    for shipment_id, unit_id in rows.values_list("host__crate__shipment_crate__shipment_id", "unit_id"):
        if unit_id not in found[shipment_id]:
            found[shipment_id].append(unit_id)
    return found


def last_word_at(shipment: Shipment) -> datetime | None:
    """When something was last heard of a shipment on its way: its latest report, else its departure."""
    if not shipment.has_departed:
        return None
    reports: Sequence[Milestone] = getattr(shipment, "reports", ())
    came: datetime | None = getattr(shipment, "part_heard_at", None)
    return max([shipment.departure.at, *([came] if came else []), *(report.reported_at for report in reports)])


@dataclass(frozen=True)
class CrateRow:
    """A crate on a shipment: what is in it or was, its indicators with their states by moment."""

    row: ShipmentCrate
    rack: Unit | None
    acceptance: Acceptance | None
    readings: tuple[IndicatorReading, ...]


@dataclass(frozen=True)
class ShipmentPage:
    """One shipment with everything on its page."""

    shipment: Shipment
    crates: tuple[CrateRow, ...]
    forecasts: tuple[Forecast, ...]
    """The windows given so far of its racks, newest first."""
    custody: tuple[Link, ...] = ()
    basis: Basis = field(default_factory=Basis)
    """What judges its way."""


FORECASTS_SHOWN = 20
NAMED = ("was_lane", "lane", "was_carrier", "carrier", "shipment", "disruption", "by")
"""What the line of a new plan names."""


def shipment_page(number: str, now: datetime | None = None) -> ShipmentPage | None:
    """One shipment by its number, with `waybill_numbers`. Ten queries; two more (`now`: of the page) for what judges
    its way: before the departure what is in force now, afterwards what was when it was
    planned; one for `plans_anew` where there are any."""
    waybills = Waybill.objects.filter(shipment=OuterRef("pk")).order_by("pk")
    shipment = (
        shipment_rows()
        .filter(number=number)
        .prefetch_related(Prefetch("lane__legs", Leg.objects.select_related("carrier")))
        .annotate(waybill_numbers=ArraySubquery(waybills.values("number")), judged_by=ArraySubquery(_judged_by()))
        .select_related("vehicle", "lane__origin", "load_plan__vehicle")
        .first()
    )
    if shipment is None:
        return None
    if shipment.version > 1:
        anew = Prefetch("replans", Replan.objects.select_related(*NAMED), to_attr="plans_anew")
        prefetch_related_objects([shipment], anew)
    loaded = shipment.crates.select_related("crate__unit", "load_place", "arrival", "missing")
    rows = list(loaded.order_by("crate__sscc"))
    packed = Placement.objects.filter(host_id__in=[row.crate.unit_id for row in rows]).select_related("unit")
    racks = {placement.host_id: placement.unit for placement in packed.order_by("id")}
    readings: dict[int, list[IndicatorReading]] = {row.crate_id: [] for row in rows}
    for reading in IndicatorReading.objects.filter(indicator__crate_id__in=readings).select_related("indicator"):
        readings[reading.indicator.crate_id].append(reading)
    words = {row.unit_id: row for row in shipment.acceptances.select_related("position", "by")}
    crates = [_crate_row(row, racks.get(row.crate.unit_id), words, readings[row.crate_id]) for row in rows]
    forecasts = _forecasts(rows, [rack.pk for rack in racks.values()])
    chain = chain_of(shipment, [one for found in readings.values() for one in found])
    return ShipmentPage(
        shipment, tuple(crates), tuple(forecasts[:FORECASTS_SHOWN]), tuple(chain), _basis(shipment, now)
    )


def _forecasts(rows: Sequence[ShipmentCrate], racks: Sequence[int]) -> QuerySet[Forecast]:
    """The forecasts of these racks, the newest first. They are of a rack's first way: one that was packed after a
    return was opened for it, for the way back or for a second way out, has none here."""
    packed = max((row.crate.event_id for row in rows), default=0)
    again = SiteReturn.objects.filter(unit=OuterRef("unit"), cancelled_at=None, opened_event_id__lt=packed)
    return Forecast.objects.filter(~Exists(again), unit_id__in=racks).order_by("-made_at", "unit_id")


def _judged_by() -> Any:
    """The names of what judged the plan last: JPHRM-1 r2, HRM-SEN-MOJI-2 r1; with why it may go against one."""
    text = TextField()

    def joined(*parts: Any) -> Concat:
        return Concat(*parts, output_field=text)

    revision, space, dash = (Value(mark, output_field=text) for mark in (" r", " ", "-"))
    country = joined("calendar__kind", space, "calendar__country")
    owner = Coalesce("calendar__site__code", "calendar__carrier__code", country, output_field=text)
    calendar = joined(owner, revision, "calendar__revision")
    leg = joined("timetable__leg__lane__code", dash, "timetable__leg__number")
    timetable = joined(leg, revision, "timetable__revision")
    name = Case(When(calendar=None, then=timetable), default=calendar, output_field=text)
    reason = joined(Value(" (", output_field=text), "accepted_because", Value(")", output_field=text))
    because = Case(When(accepted_because="", then=Value("", output_field=text)), default=reason, output_field=text)
    last = PlanBasis.objects.filter(shipment=OuterRef("shipment")).order_by("-event_id").values("event_id")[:1]
    rows = PlanBasis.objects.filter(shipment=OuterRef("pk"), event_id=Subquery(last)).order_by("pk")
    return rows.annotate(name=joined(name, because)).values("name")


def _basis(shipment: Shipment, now: datetime | None) -> Basis:
    """Nothing for a page that shows no plan, and for one that no calendar judged and that is on its way."""
    if now is None or (shipment.has_departed and not shipment.judged_by):  # type: ignore[attr-defined]
        return Basis()
    return way_basis([shipment.lane], shipment.created_at if shipment.has_departed else now)


def chain_of(shipment: Shipment, readings: Sequence[IndicatorReading]) -> list[Link]:
    """The chain of custody of a row of `shipment_rows` with its legs. One query."""
    reports: list[Milestone] = getattr(shipment, "reports", [])
    begun = {one.leg.number for one in reports if one.leg is not None and one.kind == "leg_departed"}
    turns = [one for one in reversed(getattr(shipment, "plans_anew", [])) if one.from_leg is not None]
    return custody_chain(shipment, list(shipment.lane.legs.all()), readings, begun, turns)


def _crate_row(
    row: ShipmentCrate, rack: Unit | None, words: dict[int, Acceptance], readings: Sequence[IndicatorReading]
) -> CrateRow:
    return CrateRow(row, rack, words.get(rack.pk) if rack else None, tuple(readings))
