"""The loading board: crates that wait, planned shipments with their loads, and what would refuse each departure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Window

from assembly.queries.configuration import open_differences
from inventory.models import Placement, Unit
from logistics.models import Crate, Shipment, ShipmentCrate, SiteReturn
from logistics.queries.departing import AWAY, HoldInside, holds_inside, incomplete_builds, unchecked_exports
from logistics.queries.loads import LoadSheet, load_sheet
from logistics.text import bare_sscc

_Row = TypeVar("_Row", bound=Model)

CRATES, TRUCKS = 40, 12
"""Crates that wait and shipments on one page of the board."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What speaks against a crate's departure: something open on its route, differences between scanned and reported,
    holds on anything in it; `away`: it does not stand in the plant."""

    incomplete: bool
    differences: int
    holds: tuple[HoldInside, ...]
    away: bool


@dataclass(frozen=True, slots=True)
class BoardCrate:
    """A crate with what is in it, the day it is needed, the return it belongs to, and how it stands."""

    crate: Crate
    rack: Unit | None
    need_by: date | None
    returns: SiteReturn | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class BoardTruck:
    """A planned shipment with its crates and its load (None: no vehicle is named). `unchecked`: it leaves the country
    unjudged."""

    shipment: Shipment
    crates: tuple[BoardCrate, ...]
    sheet: LoadSheet | None
    unchecked: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One page of the board, the crate that waits and the shipment that it begins at, and how many there are in all."""

    waiting: tuple[BoardCrate, ...]
    waiting_total: int
    trucks: tuple[BoardTruck, ...]
    truck_total: int
    crates_from: int = 0
    trucks_from: int = 0


def load_board(text: str = "", trucks_from: int = 0, crates_from: int = 0) -> Board:
    """The board: crates that wait by the day they are needed, shipments by departure. `text`: an SSCC or the end of a
    rack's serial; crates that wait are narrowed to it, shipments that carry it come first. Eight queries however many
    crates, two more where a shipment leaves the country, and two more for a page that is empty by now."""
    waiting, crates_from = _page(_waiting(text), crates_from, CRATES)
    shipments, trucks_from = _page(_planned(text), trucks_from, TRUCKS)
    rows = _rows_of([one.pk for one in shipments])
    carried = [row.crate for row in rows]
    told = _told([*waiting, *carried])
    unchecked = unchecked_exports(shipments)
    trucks = []
    for shipment in shipments:
        own = [row for row in rows if row.shipment_id == shipment.pk]
        crates = tuple(told[row.crate_id] for row in own)
        trucks.append(BoardTruck(shipment, crates, load_sheet(shipment, own), shipment.pk in unchecked))
    return Board(
        tuple(told[crate.pk] for crate in waiting), _total(waiting), tuple(trucks), _total(shipments), crates_from,
        trucks_from,
    )  # fmt: skip


def _page(rows: QuerySet[_Row], start: int, size: int) -> tuple[list[_Row], int]:
    """A page of rows and where it begins: the last that has any, where the rows do not reach so far any more."""
    found = list(rows[start : start + size])
    if found or not start:
        return found, start
    start = max(0, (rows.count() - 1) // size * size)
    return list(rows[start : start + size]), start


def _total(rows: Sequence[Any]) -> int:
    return rows[0].in_all if rows else 0


def named(text: str, crate: str = "") -> Q:
    """Crates by SSCC or by the end of the serial of what is in them; `crate`: the way there from the row."""
    inside = Placement.objects.filter(unit__serial__iendswith=text, host__crate__isnull=False, to_at=None)
    return Q(**{f"{crate}sscc": bare_sscc(text)}) | Q(**{f"{crate}unit_id__in": inside.values("host_id")})


def waiting_crates() -> QuerySet[Crate]:
    """Sealed crates with something in them that no shipment has."""
    inside = Placement.objects.filter(host=OuterRef("unit"), to_at=None)
    return Crate.objects.filter(Exists(inside), shipment_crate=None)


def first_need(ssccs: Sequence[str]) -> date | None:
    """The first day on which what is in these crates is needed."""
    inside = Placement.objects.filter(host__crate__sscc__in=ssccs, to_at=None, unit__build__need_by__isnull=False)
    found: date | None = inside.order_by("unit__build__need_by").values_list("unit__build__need_by", flat=True).first()
    return found


def _waiting(text: str) -> QuerySet[Crate]:
    needed = Placement.objects.filter(host=OuterRef("unit"), to_at=None).values("unit__build__need_by")[:1]
    rows = waiting_crates().annotate(in_all=Window(Count("pk")), needed=Subquery(needed))
    rows = rows.select_related("site_return__destination").order_by(F("needed").asc(nulls_last=True), "sealed_at", "pk")
    return rows.filter(named(text)) if text else rows


def _planned(text: str) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(departure=None).annotate(in_all=Window(Count("pk")))
    rows = rows.select_related("lane__origin", "lane__destination", "carrier", "load_plan__vehicle")
    if not text:
        return rows.order_by("planned_departure_at", "pk")
    carries = ShipmentCrate.objects.filter(named(text, "crate__"), shipment=OuterRef("pk"))
    return rows.annotate(carries=Exists(carries)).order_by("-carries", "planned_departure_at", "pk")


def _rows_of(shipment_ids: Sequence[int]) -> list[ShipmentCrate]:
    rows = ShipmentCrate.objects.filter(shipment_id__in=shipment_ids).order_by("shipment_id", "crate__sscc")
    return list(rows.select_related("crate__site_return__destination", "load_place"))


def _told(crates: Sequence[Crate]) -> dict[int, BoardCrate]:
    """What is in each crate and what speaks against its departure. Five queries."""
    units = [crate.unit_id for crate in crates]
    rows = Placement.objects.filter(Q(host_id__in=units) | Q(unit_id__in=units), to_at=None)
    placed = list(rows.select_related("unit__build", "location"))
    inside = {row.host_id: row.unit for row in placed if row.host_id in set(units)}
    places = {row.unit_id: row.location for row in placed}
    racks = [unit.pk for unit in inside.values()]
    incomplete = set(incomplete_builds(racks).values_list("unit_id", flat=True))
    differing, held = open_differences(racks), holds_inside(units)
    found = {}
    for crate in crates:
        rack, returns, place = inside.get(crate.unit_id), getattr(crate, "site_return", None), places.get(crate.unit_id)
        away = returns is None and (place is None or place.kind in AWAY)
        pk = rack.pk if rack is not None and returns is None else 0  # what goes back goes because something is wrong
        holds = tuple(held.get(crate.unit_id, ())) if returns is None else ()
        standing = Standing(pk in incomplete, len(differing.get(pk, ())), holds, away)
        build = getattr(rack, "build", None)
        found[crate.pk] = BoardCrate(crate, rack, build.need_by if build else None, returns, standing)
    return found
