"""What can still be done for shipments that a disruption strikes, with the forecast and the cost of each way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Prefetch

from logistics.lead_times.forecast import OpenRack
from logistics.models import Lane, Leg
from logistics.queries.disruptions import Impact, Struck, Window, drawn_windows, together
from logistics.queries.known_ways import DAY, KnownPlan, KnownShipment, KnownStop
from logistics.queries.stops import Ways
from logistics.queries.timetable import next_departure
from logistics.queries.way_basis import Basis

LOADING = timedelta(hours=2)
"""Nothing leaves sooner than this after it is decided: an assumption."""
LATEST_DAYS = 21
"""A departure is not put off by more."""

_LEGS = Prefetch("legs", Leg.objects.select_related("carrier").order_by("number"))


@dataclass(frozen=True, slots=True)
class Option:
    """A way to go: keep (as planned, waiting), later, lane (another one), reroute (another one from where it is)."""

    kind: str
    lane: Lane
    carrier_code: str
    departs_at: datetime
    from_leg: int | None = None
    place_ja: str = ""
    place_en: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """An option with its forecast. `more_yen`: against keeping the plan, at the assumed price of a day."""

    option: Option
    window: Window
    more_yen: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The alternatives of one shipment, keeping the plan first."""

    struck: Struck
    alternatives: tuple[Alternative, ...]

    @property
    def best(self) -> Alternative:
        """The cheapest; of equal ones the earliest."""
        return min(self.alternatives, key=lambda one: (round(one.window.late_days, 3), one.window.p50_at))


def choices_of(impact: Impact, rows: Sequence[Struck], number: str) -> list[Choice]:
    """The alternatives of these struck shipments, drawn at once with the draws of the impact. Two queries."""
    known = impact.known
    stop = next((one for one in known.open_stops if one.number == number), None)
    mine = [row for row in rows if row.shipment_id in known.shipments]
    if stop is None or not mine:
        return []
    lanes = {lane.pk: lane for lane in Lane.objects.select_related("origin", "destination").prefetch_related(_LEGS)}
    basis = known.released.basis
    asked: list[tuple[Struck, Option, list[OpenRack]]] = []
    for row in mine:
        shipment = known.shipments[row.shipment_id or 0]
        for option in (_when_open(one, basis) for one in options_of(known, shipment, stop, lanes)):
            if option is None:
                continue
            racks = [_on(impact.racks[life.unit_id], known, shipment, option) for life in row.lives]
            asked.append((row, option, racks))
    drawn = iter(drawn_windows([rack for _row, _option, racks in asked for rack in racks], known, impact.taught))
    found: dict[int, list[tuple[Option, Window]]] = {}
    for row, option, racks in asked:
        window = together([next(drawn) for _rack in racks])
        found.setdefault(mine.index(row), []).append((option, window))
    return [Choice(mine[place], _compared(options)) for place, options in found.items()]


def _when_open(option: Option, basis: Basis) -> Option | None:
    """The option at the first departure that gate, carrier and site allow; None where none fits within four weeks. What
    is kept or on its way stays as it is."""
    if option.kind not in ("later", "lane"):
        return option
    carriers = {leg.carrier.code: leg.carrier for leg in option.lane.legs.all()}
    carrier = carriers.get(option.carrier_code) or option.lane.legs.all()[0].carrier
    free = next_departure(basis, option.lane, carrier, option.departs_at)
    return replace(option, departs_at=free[0]) if free else None


def _compared(options: Sequence[tuple[Option, Window]]) -> tuple[Alternative, ...]:
    kept = options[0][1].yen
    return tuple(Alternative(option, window, window.yen - kept) for option, window in options)


def options_of(known: Ways, shipment: KnownShipment, stop: KnownStop, lanes: dict[int, Lane]) -> list[Option]:
    """Keeping the plan, and what else is open to a shipment."""
    lane = lanes[shipment.lane_id]
    kept = Option("keep", lane, "", shipment.planned_at)
    others = [
        one for one in lanes.values()
        if one.pk != lane.pk and one.destination_id == lane.destination_id and one.pk in known.legs
    ]  # fmt: skip
    if shipment.departed_at is not None:
        return [kept, *_reroutes(known, shipment, lane, others)]
    return [kept, *_later(known, shipment, stop, kept), *_other_lanes(known, shipment, lane, others)]


def _later(known: Ways, shipment: KnownShipment, stop: KnownStop, kept: Option) -> list[Option]:
    """The first day on which the planned departure reaches the stopped leg after the stop is over nine times in ten."""
    legs = known.legs[shipment.lane_id]
    first = max(shipment.planned_at, known.as_of)
    for days in range(1, LATEST_DAYS + 1):
        departs = shipment.planned_at + days * DAY
        if departs < first:
            continue
        rows = zip(legs, known.planned_legs(legs, departs), strict=True)
        if all(row.starts_at >= stop.p90_at for leg, row in rows if leg.id in stop.legs):
            return [replace(kept, kind="later", departs_at=departs)]
    return []


def _other_lanes(known: Ways, shipment: KnownShipment, lane: Lane, others: Sequence[Lane]) -> list[Option]:
    soonest = (known.as_of + LOADING).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    departs = max(shipment.planned_at, soonest)
    return [
        Option("lane", one, one.legs.all()[0].carrier.code, departs)
        for one in others
        if one.origin_id == lane.origin_id
    ]


def _reroutes(known: Ways, shipment: KnownShipment, lane: Lane, others: Sequence[Lane]) -> list[Option]:
    """From where it is: a lane that has a leg from there; before its second leg any lane that begins by road."""
    legs = list(lane.legs.all())
    done = sum((leg.pk, "leg_arrived") in shipment.ends for leg in legs)
    here = legs[max(done, 1) - 1]
    if any((leg.pk, "leg_departed") in shipment.ends for leg in legs[max(done, 1) :]):
        return []  # at sea or beyond: it goes on
    found = []
    for one in others:
        theirs = list(one.legs.all())
        joined = next((leg.number for leg in theirs if leg.from_en == here.to_en), None)
        if joined is None and done <= 1 and theirs[0].mode == "road":
            joined = 1
        if joined is not None:
            carrier = theirs[joined - 1].carrier.code
            found.append(Option("reroute", one, carrier, known.as_of, joined, here.to_ja, here.to_en))
    return found


def _on(rack: OpenRack, known: Ways, shipment: KnownShipment, option: Option) -> OpenRack:
    """The rack as if the option were decided now."""
    if option.kind == "keep":
        return rack
    before = known.arrives_at(shipment) or known.as_of
    changed = replace(shipment, lane_id=option.lane.pk)
    if option.from_leg is None:
        changed = replace(changed, planned_at=option.departs_at)
    plan = KnownPlan(
        shipment.lane_id, option.lane.pk, shipment.planned_at, changed.planned_at, before, before, option.from_leg,
        known.as_of,
    )  # fmt: skip
    changed = replace(changed, plans=(*shipment.plans, plan))
    plan = replace(plan, arrives_at=known.arrives_at(changed) or before)
    changed = replace(changed, plans=(*shipment.plans, plan))
    return replace(
        rack,
        ways=known.of_shipment(changed),
        later_days=known.later_days(changed),
        site_ready_at=known.earliest_at(changed),
    )
