"""What carriers report on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import F
from django.utils.translation import gettext as _

from ledger.callers import Caller
from ledger.operations import operation, wall
from ledger.recording import Happening, record_many
from ledger.refusals import Refusal
from logistics.models import Carrier, Leg, Milestone, Replan, Shipment
from logistics.operations.etas import EtaTooFar, keep_reported_etas, odd_expectation
from logistics.operations.moments import moment_of, plant_clock
from logistics.operations.shipments import lock_shipments

Kind = Literal["leg_departed", "leg_arrived", "position", "delayed"]
LEG_KINDS = ("leg_departed", "leg_arrived")


class NotDeparted(Refusal):
    """The shipment has not left."""


class BeforeDeparture(Refusal):
    """The report tells of a time before the departure."""


class AfterArrival(Refusal):
    """The report tells of a time after the arrival."""


class UnknownLeg(Refusal):
    """The lane has no such leg."""


class LegReported(Refusal):
    """That end of the leg is reported already."""


class LegContradicts(Refusal):
    """The moment contradicts another end of a leg that is known."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: leg_departed or leg_arrived (with the leg's number), position, delayed. `source` is hand, edi, gps …;
    `expected_at` is the carrier's estimate of the arrival at the site: it never stops a clock."""

    shipment_id: int
    milestone: Kind
    occurred_at: datetime
    leg_number: int | None = None
    place: str = ""
    source: str = "hand"
    expected_at: datetime | None = None


@operation(permission="logistics.report_milestone", returns=Milestone)
def report_milestone(*, caller: Caller, report: Report) -> Milestone:
    """Report something on the way. Locks the shipment. What comes late or out of order is taken, and shown so.

    What it expects of the arrival is kept as the carrier's word (Eta), unless the report's own moment is past it.

    Refuses UnknownShipment, NotDeparted, MomentAhead, BeforeDeparture, AfterArrival, EtaTooFar, UnknownLeg,
    LegReported, LegContradicts (leg 2 left before leg 1 ended)."""
    return report_many(caller, [report])[0]


@operation(permission="logistics.report_milestone")
def report_milestones(*, caller: Caller, reports: list[Report]) -> dict[str, list[int]]:
    """Report many, in this order, all or none; the rules of report_milestone."""
    return {"milestones": [row.pk for row in report_many(caller, reports)]}


def report_many(caller: Caller, reports: Sequence[Report]) -> list[Milestone]:
    """Step: write milestones; set-based. Locks their shipments by key."""
    shipments = lock_shipments(report.shipment_id for report in reports)
    legs = legs_of(shipments)
    known = known_ends(shipments)
    for report in reports:
        shipment = shipments[report.shipment_id]
        moment_of(caller, report.occurred_at)
        _refuse_time(report, shipment)
        if report.milestone in LEG_KINDS:
            _refuse_leg(report, legs[shipment.lane_id], known[shipment.pk])
            known[shipment.pk][report.leg_number or 0, report.milestone] = report.occurred_at

    return write_reports(caller, reports, shipments, legs)


def write_reports(
    caller: Caller,
    reports: Sequence[Report],
    shipments: dict[int, Shipment],
    legs: dict[int, dict[int, Leg]],
    carrier: Carrier | None = None,
) -> list[Milestone]:
    """Step: events and rows of reports that were judged before, of locked shipments; set-based. `carrier`: who sent
    them, where that is known."""
    told = [_told(report, shipments[report.shipment_id]) for report in reports]
    events = record_many(caller, "logistics.milestone-reported", told)
    rows = Milestone.objects.bulk_create(
        [
            Milestone(
                shipment=shipments[report.shipment_id],
                leg=legs[shipments[report.shipment_id].lane_id].get(report.leg_number or 0),
                kind=report.milestone,
                place=report.place,
                happened_at=report.occurred_at,
                reported_at=caller.at,
                source=report.source,
                expected_at=report.expected_at,
                event_id=event,
            )
            for report, event in zip(reports, events, strict=True)
        ]
    )
    keep_reported_etas(caller, rows, shipments, carrier)
    return rows


def _told(report: Report, shipment: Shipment) -> Happening:
    payload = {
        "number": shipment.number,
        "milestone": report.milestone,
        "leg": report.leg_number,
        "place": report.place,
        "source": report.source,
        "expected_at": report.expected_at,
    }
    return Happening(shipment, payload, happened_at=report.occurred_at)


def legs_of(shipments: dict[int, Shipment]) -> dict[int, dict[int, Leg]]:
    """Step: lane → number → leg. One query."""
    legs: dict[int, dict[int, Leg]] = {shipment.lane_id: {} for shipment in shipments.values()}
    for leg in Leg.objects.filter(lane_id__in=list(legs)):
        legs[leg.lane_id][leg.number] = leg
    return legs


def known_ends(shipments: dict[int, Shipment]) -> dict[int, dict[tuple[int, str], datetime]]:
    """Step: (leg number, kind) → moment, by shipment; the departure is that of the first leg. Of a shipment that was
    sent another way: the legs of its lane now, those before its turn taken as driven. Two queries."""
    known: dict[int, dict[tuple[int, str], datetime]] = {pk: {} for pk in shipments}
    turned = Replan.objects.filter(shipment_id__in=list(shipments), from_leg__gt=1).order_by("id")
    for pk, number, moment in turned.values_list("shipment_id", "from_leg", "at"):
        known[pk] = {((number or 1) - 1, "leg_arrived"): moment}
    rows = Milestone.objects.filter(
        shipment_id__in=list(shipments), kind__in=LEG_KINDS, leg__lane_id=F("shipment__lane_id")
    )
    for pk, number, kind, moment in rows.values_list("shipment_id", "leg__number", "kind", "happened_at"):
        known[pk][number, kind] = moment
    return known


def _refuse_time(report: Report, shipment: Shipment) -> None:
    if not shipment.has_departed:
        raise NotDeparted(
            _("Shipment %(number)s has not left yet.") % {"number": shipment.number},
            true=_("Nothing was recorded."),
            do=_("Record its departure first."),
        )
    if report.occurred_at < shipment.departure.at:
        raise BeforeDeparture(
            _("%(moment)s lies before the departure.") % {"moment": plant_clock(report.occurred_at)},
            true=_("The shipment left at %(moment)s. Nothing was recorded.")
            % {"moment": plant_clock(shipment.departure.at)},
            do=_("Enter the time at which it happened."),
        )
    if shipment.has_arrived and report.occurred_at > shipment.arrival.at:
        raise AfterArrival(
            _("%(moment)s lies after the arrival.") % {"moment": plant_clock(report.occurred_at)},
            true=_("The shipment arrived at %(moment)s. Nothing was recorded.")
            % {"moment": plant_clock(shipment.arrival.at)},
        )
    odd = odd_expectation(report.expected_at, report.occurred_at)
    if odd:
        raise EtaTooFar(odd, true=_("Nothing was recorded."), do=_("Enter day and time as they were told."))


def _refuse_leg(report: Report, legs: dict[int, Leg], known: dict[tuple[int, str], datetime]) -> None:
    number, kind = report.leg_number or 0, report.milestone
    if number not in legs:
        raise UnknownLeg(
            _("The lane has no leg %(number)d.") % {"number": number},
            true=_("It has legs 1 to %(last)d. Nothing was recorded.") % {"last": len(legs)},
        )
    if (number, kind) in known:
        raise LegReported(
            _("That end of leg %(number)d is reported already.") % {"number": number},
            true=_("It was at %(moment)s. Nothing was recorded.") % {"moment": plant_clock(known[number, kind])},
        )
    other = contradicting(number, kind, report.occurred_at, known)
    if other is not None:
        raise LegContradicts(
            _("%(moment)s does not fit: leg %(number)d was reported at %(other)s.")
            % {"moment": plant_clock(report.occurred_at), "number": other[0], "other": plant_clock(known[other])},
            true=_("Nothing was recorded."),
            do=_("Enter the time at which it happened."),
        )


def contradicting(
    number: int, kind: str, at: datetime, known: Mapping[tuple[int, str], datetime]
) -> tuple[int, str] | None:
    """Step: a known end of a leg that would lie on the wrong side of this one. Ends that nobody reported are no bar."""
    place = _place_of(number, kind)
    for other, moment in known.items():
        there = _place_of(*other)
        if (there < place and moment > at) or (there > place and moment < at):
            return other
    return None


def gap_before(number: int, kind: str, known: Collection[tuple[int, str]]) -> bool:
    """Step: whether the end just before this one is not reported. The departure itself is that of leg 1."""
    before = (number, "leg_departed") if kind == "leg_arrived" else (number - 1, "leg_arrived")
    return before[0] > 0 and before != (1, "leg_departed") and before not in known


def _place_of(number: int, kind: str) -> int:
    """Where an end of a leg stands in the order of the way."""
    return 2 * number + (1 if kind == "leg_arrived" else 0)


wall(
    "leg_milestone_is_reported_once",
    lambda: LegReported(_("That end of the leg was reported at the same moment."), true=_("Nothing was recorded.")),
)
