"""Planning shipments and saying which crates go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Carrier, Crate, Lane, Shipment, ShipmentCrate, SiteReturn
from logistics.operations.lanes import carriers_by_code, lanes_by_code
from logistics.operations.load_judging import LoadWish, keep_loads
from logistics.operations.way_judging import WayWish, judge_ways, keep_basis
from logistics.text import bare_sscc


class UnknownShipment(Refusal):
    """There is no such shipment."""


class NeedByTooEarly(Refusal):
    """The day needed lies before the planned departure."""


class ShipmentGone(Refusal):
    """The shipment has left the plant."""


class UnknownCrate(Refusal):
    """No crate has that SSCC."""


class CrateGoesElsewhere(Refusal):
    """The crate of a return goes back, and only it does."""


class CrateAssigned(Refusal):
    """The crate belongs to a shipment already."""


@dataclass(frozen=True, slots=True)
class ShipmentPlan:
    """A shipment to be: lane, carrier, planned departure, the day the site needs it, SSCCs of its crates if known.
    `accepted_because`: why the plan may go against a calendar (what was agreed, with whom); blank: it may not.
    `vehicle_code`: the kind of vehicle it goes on; blank: planned later, before it leaves."""

    lane_code: str
    carrier_code: str
    planned_departure_at: datetime
    need_by: date | None = None
    crates: list[str] = field(default_factory=list)
    accepted_because: str = ""
    vehicle_code: str = ""


@operation(permission="logistics.ship", returns=Shipment)
def plan_shipment(*, caller: Caller, plan: ShipmentPlan) -> Shipment:
    """Plan one shipment; the plant numbers it. It is judged by the calendars and timetables in force, which its plan
    names from then on. Locks nothing but its crates' assignment.

    Refuses UnknownLane, UnknownCarrier, NeedByTooEarly, GateClosed, CarrierResting, SiteClosed, NothingSails (with the
    next departure that fits), UnknownCrate, CrateAssigned, and what a load on the vehicle refuses (OverLimit, …)."""
    return plan_many(caller, [plan])[0]


@operation(permission="logistics.ship")
def plan_shipments(*, caller: Caller, plans: list[ShipmentPlan]) -> dict[str, object]:
    """Plan many shipments, all or none; the rules of plan_shipment."""
    shipments = plan_many(caller, plans)
    return {"shipments": [one.pk for one in shipments], "numbers": [one.number for one in shipments]}


def plan_many(caller: Caller, plans: Sequence[ShipmentPlan]) -> list[Shipment]:
    """Step: plan shipments and assign their crates; set-based. Locks nothing: the shipments are new."""
    lanes = lanes_by_code({plan.lane_code for plan in plans})
    carriers = carriers_by_code({plan.carrier_code for plan in plans})
    for plan in plans:
        _refuse_early(plan)
    judged = judge_ways(caller, [_way(plan, lanes, carriers) for plan in plans])

    numbers = _next_numbers(caller, len(plans))
    shipments = Shipment.objects.bulk_create(
        [
            Shipment(
                number=number,
                lane=lanes[plan.lane_code],
                carrier=carriers[plan.carrier_code],
                planned_departure_at=plan.planned_departure_at,
                need_by=plan.need_by,
                created_at=caller.at,
                event_id=0,
            )
            for plan, number in zip(plans, numbers, strict=True)
        ]
    )
    events = record_many(
        caller,
        "logistics.shipment-planned",
        [
            Happening(
                shipment,
                {
                    "number": shipment.number,
                    "lane": plan.lane_code,
                    "carrier": plan.carrier_code,
                    "planned_departure_at": plan.planned_departure_at,
                    "need_by": plan.need_by,
                    **one.told(),
                },
            )
            for shipment, plan, one in zip(shipments, plans, judged, strict=True)
        ],
    )
    for shipment, event in zip(shipments, events, strict=True):
        shipment.event_id = event
    Shipment.objects.bulk_update(shipments, ["event_id"])
    keep_basis(shipments, judged, events)
    assign_many(caller, [(one, plan.crates) for one, plan in zip(shipments, plans, strict=True) if plan.crates])
    keep_loads(
        caller,
        [(one, LoadWish(plan.vehicle_code)) for one, plan in zip(shipments, plans, strict=True) if plan.vehicle_code],
    )
    return shipments


def _way(plan: ShipmentPlan, lanes: dict[str, Lane], carriers: dict[str, Carrier]) -> WayWish:
    lane, carrier = lanes[plan.lane_code], carriers[plan.carrier_code]
    return WayWish(lane, carrier, plan.planned_departure_at, plan.accepted_because)


def _next_numbers(caller: Caller, count: int) -> list[str]:
    """SH-26-00091: the year of the plan and a number from a sequence; gaps are fine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('logistics_shipment_number') FROM generate_series(1, %s)", [count])
        return [shipment_text(caller.happened_at.year, row[0]) for row in cursor.fetchall()]


def shipment_text(year: int, number: int) -> str:
    """The number of a shipment: the year of its plan and a number from a sequence."""
    return f"SH-{year % 100:02d}-{number:05d}"


def _refuse_early(plan: ShipmentPlan) -> None:
    if plan.need_by is not None and plan.need_by < plan.planned_departure_at.date():
        raise NeedByTooEarly(
            _("The site needs the shipment on %(day)s, before it is to leave.") % {"day": plan.need_by.isoformat()},
            true=_("Nothing was recorded."),
            do=_("Choose an earlier departure or agree on another day with the site."),
        )


def assign_many(
    caller: Caller,
    wishes: Sequence[tuple[Shipment, Sequence[str]]],
    more: Mapping[int, Mapping[str, object]] | None = None,
) -> None:
    """Step: put crates on new or locked shipments; one event a shipment, which says `more` (by shipment). Refuses
    UnknownCrate, CrateAssigned, CrateGoesElsewhere."""
    if not wishes:
        return
    found = crates_by_sscc(text for _shipment, texts in wishes for text in texts)
    given: set[int] = set()
    for shipment, texts in wishes:
        for text in texts:
            _refuse_twice(found[bare_sscc(text)], given)
            refuse_assigned(found[bare_sscc(text)])
            _refuse_other_way(found[bare_sscc(text)], shipment.lane)

    events = record_many(
        caller,
        "logistics.crates-assigned",
        [
            Happening(
                shipment,
                {
                    "number": shipment.number,
                    "crates": [bare_sscc(text) for text in texts],
                    **(more or {}).get(shipment.pk, {}),
                },
            )
            for shipment, texts in wishes
        ],
    )
    ShipmentCrate.objects.bulk_create(
        [
            ShipmentCrate(shipment=shipment, crate=found[bare_sscc(text)], event_id=event)
            for (shipment, texts), event in zip(wishes, events, strict=True)
            for text in texts
        ]
    )


def crates_by_sscc(texts: Iterable[str]) -> dict[str, Crate]:
    """Step: crates by SSCC (with or without its application identifier). Refuses UnknownCrate."""
    wanted = {bare_sscc(text) for text in texts}
    rows = Crate.objects.filter(sscc__in=wanted).select_related(
        "shipment_crate__shipment", "site_return__site", "site_return__destination"
    )
    found = {crate.sscc: crate for crate in rows}
    missing = sorted(wanted - set(found))
    if missing:
        raise UnknownCrate(
            _("There is no crate %(sscc)s.") % {"sscc": missing[0][:40]},
            true=_("Nothing was recorded."),
            do=_("Scan the label of the crate again."),
        )
    return found


def crates_changed(
    shipment: Shipment, before: Iterable[str], added: Iterable[str] = (), removed: Iterable[str] = ()
) -> dict[str, object]:
    """Step: what an event says of a (locked) shipment whose crates change, as versions of rows tell their changes."""
    was = sorted(before)
    now = sorted((set(was) | set(added)) - set(removed))
    return {"version": shipment.version, "changes": {"crates": [", ".join(was), ", ".join(now)]}}


def _refuse_twice(crate: Crate, given: set[int]) -> None:
    if crate.pk in given:
        raise CrateAssigned(
            _("Crate %(sscc)s goes with a shipment already.") % {"sscc": crate.sscc},
            true=_("It is named twice. Nothing was recorded."),
            do=_("Choose another crate."),
        )
    given.add(crate.pk)


def refuse_assigned(crate: Crate, true: str = "") -> None:
    """Step: refuse CrateAssigned for a crate that a shipment has; `true`: who put it there, where that is known."""
    earlier: ShipmentCrate | None = getattr(crate, "shipment_crate", None)
    if earlier is not None:
        raise CrateAssigned(
            _("Crate %(sscc)s goes with a shipment already.") % {"sscc": crate.sscc},
            true=true or _("It is on %(number)s. Nothing was recorded.") % {"number": earlier.shipment.number},
            do=_("Choose another crate."),
        )


def _refuse_other_way(crate: Crate, lane: Lane) -> None:
    """A crate of a return goes from its site to where the return leads; no other crate leaves a customer's site."""
    back: SiteReturn | None = getattr(crate, "site_return", None)
    ends = None if back is None else (back.site_id, back.destination_id)
    if back is not None and ends != (lane.origin_id, lane.destination_id):
        raise CrateGoesElsewhere(
            _("Crate %(sscc)s belongs to return %(number)s.") % {"sscc": crate.sscc, "number": back.number},
            true=_("It goes from %(start)s to %(end)s. Nothing was recorded.")
            % {"start": back.site.name, "end": back.destination.name},
            do=_("Choose a lane that leads there."),
        )
    if back is None and lane.origin.kind == "customer":
        raise CrateGoesElsewhere(
            _("Crate %(sscc)s belongs to no return.") % {"sscc": crate.sscc},
            true=_("From a site only returns leave. Nothing was recorded."),
            do=_("Open the return first, and pack it."),
        )


def lock_shipments(shipment_ids: Iterable[int]) -> dict[int, Shipment]:
    """Step: lock shipments by key, with lane, departure and arrival loaded. Refuses UnknownShipment."""
    wanted = sorted(set(shipment_ids))
    rows = (
        Shipment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("lane__origin", "lane__destination", "carrier", "departure", "arrival")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    found = {shipment.pk: shipment for shipment in rows}
    if len(found) < len(wanted):
        raise UnknownShipment(_("There is no such shipment."), do=_("Choose a shipment from the list."))
    return found


def refuse_gone(shipment: Shipment) -> None:
    """Step: refuse ShipmentGone for a (locked) shipment that has departed."""
    if shipment.has_departed:
        raise ShipmentGone(
            _("Shipment %(number)s has left already.") % {"number": shipment.number}, true=_("Nothing was recorded.")
        )


wall(
    "logistics_shipmentcrate_crate_id_key",
    lambda: CrateAssigned(
        _("The crate was put on another shipment at the same moment."), true=_("Nothing was recorded.")
    ),
)
wall(
    "departed_shipment_keeps_its_crates",
    lambda: ShipmentGone(_("The shipment left at the same moment."), true=_("Nothing was recorded.")),
)
