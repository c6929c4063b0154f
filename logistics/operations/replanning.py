"""New plans of shipments: another lane, carrier or departure before they leave, another way from where they are.

The plan before stays (Replan), and what was forecast before stays too. Lock order: shipments by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from inventory.operations.holds import ReasonMissing
from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from ledger.versions import changes_of, refuse_stale
from logistics.models import Carrier, Disruption, Lane, Replan, Shipment
from logistics.operations.disruptions import disruption_by_number
from logistics.operations.lanes import carriers_by_code, lanes_by_code
from logistics.operations.milestones import NotDeparted, UnknownLeg
from logistics.operations.moments import plant_clock
from logistics.operations.shipments import NeedByTooEarly, lock_shipments, refuse_gone
from logistics.operations.way_judging import WayWish, judge_ways, keep_basis
from logistics.queries.known_ways import KnownPlan
from logistics.queries.stops import Ways, ways_by_calendar

FIELDS = ("lane", "carrier", "planned_departure_at", "need_by")


class PlanUnchanged(Refusal):
    """The new plan is the old one."""


class LaneElsewhere(Refusal):
    """The lane leads to another site."""


class DeparturePassed(Refusal):
    """The new departure lies in the past."""


class ShipmentArrived(Refusal):
    """The shipment stands at the site."""


class PlannedTwice(Refusal):
    """A shipment is named twice in one plan."""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A shipment that has not left, as it is planned now, and the version that was seen. `need_by` none: it stays;
    `accepted_because`: why the plan may go against a calendar, as in a first plan."""

    shipment_id: int
    version: int
    lane_code: str
    carrier_code: str
    planned_departure_at: datetime
    need_by: date | None = None
    accepted_because: str = ""


@dataclass(frozen=True, slots=True)
class NewWay:
    """Lane, carrier and departure of a shipment that has not left. `need_by` none: the day stays; `accepted_because`:
    why the plan may go against a calendar."""

    lane_code: str
    carrier_code: str
    planned_departure_at: datetime
    need_by: date | None = None
    accepted_because: str = ""


@dataclass(frozen=True, slots=True)
class Detour:
    """Where a shipment on its way turns (a place in words), and the lane by which it goes on, from which leg.
    `carrier_code` blank: the carrier stays."""

    place: str
    lane_code: str
    from_leg: int
    carrier_code: str = ""


@operation(permission="logistics.ship", returns=Replan)
def replan_shipment(
    *, caller: Caller, shipment_id: int, version: int, way: NewWay, reason: str, disruption: str = ""
) -> Replan:
    """Plan a shipment that has not left anew; `disruption`: the number of what made it necessary. Locks the shipment.

    Refuses UnknownShipment, StaleEdit, ShipmentGone, UnknownLane, UnknownCarrier, UnknownDisruption, LaneElsewhere,
    DeparturePassed, NeedByTooEarly, PlanUnchanged, ReasonMissing; GateClosed, CarrierResting, SiteClosed, NothingSails
    as a first plan is."""
    plan = NewPlan(
        shipment_id, version, way.lane_code, way.carrier_code, way.planned_departure_at, way.need_by,
        way.accepted_because,
    )  # fmt: skip
    return replan_many(caller, [plan], reason, disruption)[0]


@operation(permission="logistics.ship")
def replan_shipments(
    *, caller: Caller, plans: list[NewPlan], reason: str, disruption: str = ""
) -> dict[str, list[int]]:
    """Plan several shipments anew in one act, all or none; the rules of replan_shipment, and PlannedTwice."""
    if not plans:
        raise PlanUnchanged(
            _("No shipment was chosen."), true=_("Nothing was recorded."), do=_("Choose what is planned anew.")
        )
    return {"replans": [row.pk for row in replan_many(caller, plans, reason, disruption)]}


def replan_many(caller: Caller, plans: Sequence[NewPlan], reason: str, disruption: str) -> list[Replan]:
    """Step: new plans of shipments that have not left; set-based. Locks the shipments by key."""
    because = _because(reason, disruption)
    shipments = lock_shipments(plan.shipment_id for plan in plans)
    if len(shipments) < len(plans):
        raise PlannedTwice(_("A shipment is named twice."), true=_("Nothing was recorded."), do=_("Name each once."))
    lanes = lanes_by_code({plan.lane_code for plan in plans})
    carriers = carriers_by_code({plan.carrier_code for plan in plans})
    wishes = [
        (shipments[plan.shipment_id], plan, _given(shipments[plan.shipment_id], plan, lanes, carriers))
        for plan in plans
    ]
    for shipment, plan, given in wishes:
        _refuse_plan(caller, shipment, plan, given)
    judged = judge_ways(
        caller,
        [WayWish(g["lane"], g["carrier"], g["planned_departure_at"], plan.accepted_because) for _s, plan, g in wishes],
    )

    known = ways_by_calendar(caller.at)
    rows = []
    for (shipment, _plan, given), one in zip(wishes, judged, strict=True):
        was, arrives = _arrivals(known, shipment, given)
        rows.append(_row(caller, shipment, given, because, (was, one.way.arrives_at or arrives)))
    made = _write(caller, "logistics.shipment-replanned", rows, [one.told() for one in judged])
    keep_basis([row.shipment for row in made], judged, [row.event_id for row in made])
    return made


@operation(permission="logistics.ship", returns=Replan)
def reroute_shipment(
    *, caller: Caller, shipment_id: int, version: int, detour: Detour, reason: str, disruption: str = ""
) -> Replan:
    """Send a shipment that is on its way by another lane from where it is; the legs it has driven stay reported. Locks
    the shipment.

    Refuses UnknownShipment, StaleEdit, NotDeparted (plan it anew instead), ShipmentArrived, UnknownLane, UnknownLeg,
    UnknownCarrier, UnknownDisruption, LaneElsewhere, PlanUnchanged, ReasonMissing, TextUnprintable."""
    because = _because(reason, disruption)
    refuse_unprintable(detour.place)
    shipment = lock_shipments([shipment_id])[shipment_id]
    lane = lanes_by_code({detour.lane_code})[detour.lane_code]
    carrier = carriers_by_code({detour.carrier_code})[detour.carrier_code] if detour.carrier_code else shipment.carrier
    given = {"lane": lane, "carrier": carrier}
    refuse_stale(shipment, version, given)
    _refuse_detour(shipment, detour, lane)

    known = ways_by_calendar(caller.at)
    before = known.shipments[shipment.pk]
    was = known.arrives_at(before) or caller.at
    turn = KnownPlan(
        before.lane_id, lane.pk, before.planned_at, before.planned_at, was, was, detour.from_leg, caller.at
    )
    after = replace(before, lane_id=lane.pk, plans=(*before.plans, turn))
    row = _row(caller, shipment, given, because, (was, known.arrives_at(after) or was))
    row.place, row.from_leg = detour.place.strip(), detour.from_leg
    return _write(caller, "logistics.shipment-rerouted", [row])[0]


Because = tuple[str, Disruption | None]


def _because(reason: str, disruption: str) -> Because:
    if not reason.strip():
        raise ReasonMissing(
            _("The reason is missing."), true=_("Nothing was recorded."), do=_("Write why, in a few words.")
        )
    return reason.strip(), disruption_by_number(disruption) if disruption else None


def _given(shipment: Shipment, plan: NewPlan, lanes: dict[str, Lane], carriers: dict[str, Carrier]) -> dict[str, Any]:
    return {
        "lane": lanes[plan.lane_code], "carrier": carriers[plan.carrier_code],
        "planned_departure_at": plan.planned_departure_at, "need_by": plan.need_by or shipment.need_by,
    }  # fmt: skip


def _refuse_plan(caller: Caller, shipment: Shipment, plan: NewPlan, given: dict[str, Any]) -> None:
    refuse_stale(shipment, plan.version, given)
    refuse_gone(shipment)
    _refuse_elsewhere(shipment, given["lane"])
    if not changes_of(shipment, given):
        raise _unchanged(shipment)
    departs, need_by = given["planned_departure_at"], given["need_by"]
    if departs < caller.at:
        raise DeparturePassed(
            _("%(moment)s has passed.") % {"moment": plant_clock(departs)},
            true=_("Nothing was recorded."),
            do=_("Choose a later departure."),
        )
    if need_by is not None and need_by < departs.date():
        raise NeedByTooEarly(
            _("The site needs the shipment on %(day)s, before it is to leave.") % {"day": need_by.isoformat()},
            true=_("Nothing was recorded."),
            do=_("Choose an earlier departure or agree on another day with the site."),
        )


def _refuse_detour(shipment: Shipment, detour: Detour, lane: Lane) -> None:
    if not shipment.has_departed:
        raise NotDeparted(
            _("Shipment %(number)s has not left yet.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Plan it anew instead."),
        )
    if shipment.has_arrived:
        raise ShipmentArrived(
            _("Shipment %(number)s stands at the site.") % {"number": shipment.number}, true=_("Nothing was recorded.")
        )
    _refuse_elsewhere(shipment, lane)
    if lane.pk == shipment.lane_id:
        raise _unchanged(shipment)
    last = lane.legs.count()
    if not 1 <= detour.from_leg <= last or not detour.place.strip():
        raise UnknownLeg(
            _("A new way needs the place where it turns and a leg of the lane."),
            true=_("It has legs 1 to %(last)d. Nothing was recorded.") % {"last": last},
        )


def _refuse_elsewhere(shipment: Shipment, lane: Lane) -> None:
    if lane.destination_id != shipment.lane.destination_id:
        raise LaneElsewhere(
            _("Lane %(lane)s leads to another site.") % {"lane": lane.code},
            true=_("The shipment goes to %(site)s. Nothing was recorded.") % {"site": shipment.lane.destination.code},
            do=_("Choose a lane to that site."),
        )


def _unchanged(shipment: Shipment) -> PlanUnchanged:
    return PlanUnchanged(
        _("Shipment %(number)s is planned so already.") % {"number": shipment.number},
        true=_("Nothing was recorded."),
        do=_("Choose another lane, carrier or departure, or leave it out."),
    )


def _arrivals(known: Ways, shipment: Shipment, given: dict[str, Any]) -> tuple[datetime, datetime]:
    """The arrival by the timetables, as it was planned and as it is planned now."""
    before = known.shipments[shipment.pk]
    after = replace(before, lane_id=given["lane"].pk, planned_at=given["planned_departure_at"])
    was = known.arrives_at(before) or before.planned_at
    return was, known.arrives_at(after) or given["planned_departure_at"]


def _row(
    caller: Caller, shipment: Shipment, given: dict[str, Any], because: Because, arrivals: tuple[datetime, datetime]
) -> Replan:
    departs = given.get("planned_departure_at", shipment.planned_departure_at)
    return Replan(
        shipment=shipment, version=shipment.version + 1, reason=because[0], disruption=because[1],
        was_lane=shipment.lane, lane=given["lane"], was_carrier_id=shipment.carrier_id, carrier=given["carrier"],
        was_departure_at=shipment.planned_departure_at, departure_at=departs, was_arrives_at=arrivals[0],
        arrives_at=arrivals[1], was_need_by=shipment.need_by, need_by=given.get("need_by", shipment.need_by),
        at=caller.at, by_id=caller.user.pk,
    )  # fmt: skip


def _write(
    caller: Caller, kind: str, rows: Sequence[Replan], more: Sequence[dict[str, object]] | None = None
) -> list[Replan]:
    """The events, the rows, and the shipments as they are planned now. `more`: what else the event of each says."""
    happenings = []
    for row, said in zip(rows, more or [{}] * len(rows), strict=True):
        shipment = row.shipment
        given = {
            "lane": row.lane, "carrier": row.carrier, "planned_departure_at": row.departure_at, "need_by": row.need_by,
        }  # fmt: skip
        told = said | {
            "number": shipment.number, "version": row.version, "changes": changes_of(shipment, given),
            "was_arrives_at": row.was_arrives_at, "arrives_at": row.arrives_at, "place": row.place,
            "leg": row.from_leg, "disruption": row.disruption.number if row.disruption else "", "reason": row.reason,
        }  # fmt: skip
        happenings.append(Happening(shipment, told))
        for name, value in given.items():
            setattr(shipment, name, value)
        shipment.version = row.version
    for row, event in zip(rows, record_many(caller, kind, happenings), strict=True):
        row.event_id = event
    made = Replan.objects.bulk_create(rows)
    Shipment.objects.bulk_update([row.shipment for row in made], [*FIELDS, "version"])
    return made
