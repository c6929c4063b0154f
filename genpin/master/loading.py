"""Bring the master data in, through the same operations that people use; a second time changes nothing.

What is there by code is left alone, so the plant's own changes stay: a change is a new revision or a new design.
Another room adds its data by a module in this folder with `load(caller)` and a line in MORE.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import Station
from accounts.operations.sessions import register_station
from assembly.models import BurnInCell, Design, Feed, Loop, RackModel, Routing, TelemetrySeries, WorkCentre
from assembly.operations.cells import define_cell, define_feed, define_loop, define_telemetry_series
from assembly.operations.designs import define_rack_model, release_design
from assembly.operations.routings import release_routing
from assembly.operations.work_centres import define_work_centre
from genpin.master import cells, designs, parts, places, routings_rack
from inventory.models import Bom, Location, Part, Supplier
from inventory.operations.boms import release_bom
from inventory.operations.locations import define_locations
from inventory.operations.parts import define_parts, define_supplier
from ledger.callers import Caller
from ledger.models import Event

MORE = (
    "genpin.master.logistics_lanes",
    "genpin.master.tools",
    "genpin.master.causes",
    "genpin.master.sampling",
    "genpin.master.column_maps",
    "genpin.master.dispositions",
    "genpin.master.carrier_words",
    "genpin.master.vehicles",
)
"""Modules of other rooms, in order. Each has `load(caller)`, which adds what is missing; `caller.key` begins its
keys. A module that does not exist is passed over."""


@dataclass(slots=True)
class Load:
    """One load: the caller whose key begins the keys of all its calls, and what was added, by noun."""

    caller: Caller
    added: Counter[str] = field(default_factory=Counter)
    calls: int = 0

    def call(self, noun: str, gated: Callable[..., Any], count: int = 1, **arguments: Any) -> None:
        """One gated operation, with a key of its own."""
        self.calls += 1
        gated(caller=replace(self.caller, key=f"{self.caller.key}:{self.calls}"), **arguments)
        self.added[noun] += count


def load(caller: Caller) -> dict[str, int]:
    """Load everything that is missing; returns how many rows of each noun were added."""
    run = Load(caller)
    for step in (*_PLACES, _routings, _rack_models, _designs, _cells, _series):
        step(run)
    for name in MORE:
        if importlib.util.find_spec(name) is not None:
            _more(run, name)
    return dict(run.added)


def _more(run: Load, name: str) -> None:
    """Another room's data: what it added is told by its events."""
    run.calls += 1
    before = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    importlib.import_module(name).load(replace(run.caller, key=f"{run.caller.key}:{run.calls}"))
    added = Event.objects.filter(pk__gt=before).count()
    if added:
        run.added[f"{name.rpartition('.')[2]} changes"] += added


def _suppliers(run: Load) -> None:
    there = _codes(Supplier)
    for row in places.SUPPLIERS:
        if row.code not in there:
            run.call("suppliers", define_supplier, code=row.code, name=row.name, country=row.country)


def _parts(run: Load) -> None:
    there = set(Part.objects.values_list("number", flat=True))
    missing = [row for row in parts.PARTS if row.number not in there]
    if missing:
        run.call("parts", define_parts, len(missing), parts=missing)


def _locations(run: Load) -> None:
    there = _codes(Location)
    missing = [row for row in places.LOCATIONS if row.code not in there]
    if missing:
        run.call("locations", define_locations, len(missing), locations=missing)


def _centres(run: Load) -> None:
    there = _codes(WorkCentre)
    for order, row in enumerate(places.WORK_CENTRES, start=1):
        if row.code not in there:
            run.call(
                "work centres", define_work_centre, code=row.code, name_ja=row.name_ja, name_en=row.name_en,
                takt_minutes=row.takt, order=order,
            )  # fmt: skip


def _stations(run: Load) -> None:
    there = _codes(Station)
    for order, row in enumerate(places.STATIONS, start=1):
        if row.code not in there:
            run.call(
                "stations", register_station, code=row.code, name_ja=row.name_ja, name_en=row.name_en, kind=row.kind,
                work_centre=row.work_centre, order=order,
            )  # fmt: skip


_PLACES = (_suppliers, _parts, _locations, _centres, _stations)


def _routings(run: Load) -> None:
    there = set(Routing.objects.values_list("code", "revision"))
    for row in routings_rack.ROUTINGS:
        if (row.code, row.revision) not in there:
            run.call(
                "routings", release_routing, code=row.code, revision=row.revision, operations=list(row.operations),
                reentry=list(row.reentry),
            )  # fmt: skip


def _rack_models(run: Load) -> None:
    there = _codes(RackModel)
    for row in designs.RACK_MODELS:
        if row.code not in there:
            run.call(
                "rack models", define_rack_model, code=row.code, name=row.name, rack_units=row.rack_units,
                planned_kw=row.kw, litres_per_minute_per_kw=row.lpm_per_kw,
            )  # fmt: skip


def _designs(run: Load) -> None:
    """Each design, and the first bill of its part revision."""
    there = _codes(Design)
    billed = set(Bom.objects.values_list("part_revision__part__number", "part_revision__revision"))
    for row in designs.DESIGNS:
        if row.code not in there:
            run.call(
                "designs", release_design, code=row.code, kind=row.kind, part_number=row.part, revision=row.revision,
                routing_code=row.routing, routing_revision="A", rack_model=row.model, unit_prefix=row.prefix,
                slots=list(row.slots),
            )  # fmt: skip
        if (row.part, row.revision) not in billed:
            run.call(
                "bills", release_bom, part_number=row.part, part_revision=row.revision, revision="1",
                lines=designs.bill_of(row),
            )  # fmt: skip


def _cells(run: Load) -> None:
    there = _codes(Feed) | _codes(Loop) | _codes(BurnInCell)
    for feed in cells.FEEDS:
        if feed.code not in there:
            run.call("feeds", define_feed, code=feed.code, capacity_kw=feed.kw)
    for loop in cells.LOOPS:
        if loop.code not in there:
            run.call("loops", define_loop, code=loop.code, capacity_kw=loop.kw, capacity_lpm=loop.lpm)
    for order, cell in enumerate(cells.CELLS, start=1):
        if cell.code not in there:
            run.call(
                "cells", define_cell, code=cell.code, feed_code=cell.feed, loop_code=cell.loop, max_kw=cell.kw,
                max_lpm=cell.lpm, order=order,
            )  # fmt: skip


def _series(run: Load) -> None:
    there = _codes(TelemetrySeries)
    missing = [row for row in cells.SERIES if row.code not in there]
    if missing:
        run.call("series", define_telemetry_series, len(missing), series=missing)


def _codes(model: Any) -> set[str]:
    return set(model.objects.values_list("code", flat=True))
