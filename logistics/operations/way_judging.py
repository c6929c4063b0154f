"""A plan of a way against the calendars and timetables in force: refused where nobody works, with the next departure
that fits; or accepted against a calendar by a person who may, for a reason that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.refusals import NotPermitted, Refusal
from logistics.lead_times.calendars import Day
from logistics.models import Carrier, Lane, PlanBasis, Shipment
from logistics.queries.timetable import Closed, Way, closed_points, next_departure, way_of
from logistics.queries.way_basis import Basis, way_basis
from logistics.text import moment_words

RIGHT = "logistics.plan_outside_hours"
REASON_LIMIT = 300


class GateClosed(Refusal):
    """The plant's gate is closed at the planned departure."""


class CarrierResting(Refusal):
    """The carrier does not drive at the planned departure."""


class SiteClosed(Refusal):
    """The planned arrival falls when the site receives no trucks."""


class NothingSails(Refusal):
    """The timetables in force have no sailing for the way."""


REFUSALS: dict[str, type[Refusal]] = {"gate": GateClosed, "carrier": CarrierResting, "site": SiteClosed}


@dataclass(frozen=True, slots=True)
class WayWish:
    """A way to be judged: lane (sites and legs loaded), carrier, departure; the reason for which it may go against a
    calendar, blank where it may not."""

    lane: Lane
    carrier: Carrier
    departure: datetime
    accepted_because: str = ""


@dataclass(frozen=True)
class Judged:
    """What judged a way: calendars and timetables by key and name; the points accepted against their calendar."""

    way: Way
    calendars: dict[int, str]
    timetables: dict[int, str]
    against: dict[int, str] = field(default_factory=dict)
    """Calendar's key → the sentence that was accepted."""
    because: str = ""

    def told(self) -> dict[str, object]:
        """What the event says of it; nothing where nothing is released."""
        arrives = self.way.arrives_at
        facts: dict[str, object] = {"arrives_at": arrives.astimezone(UTC) if arrives else None}
        if self.calendars or self.timetables:
            facts |= {"calendars": list(self.calendars.values()), "timetables": list(self.timetables.values())}
        if self.against:
            facts |= {"accepted_because": self.because, "against": list(self.against.values())}
        return facts


def judge_ways(caller: Caller, wishes: Sequence[WayWish]) -> list[Judged]:
    """Step: judge ways by what is in force at the caller's moment; two queries, however many. Locks nothing: a revision
    that is released meanwhile judges the next plan.

    Refuses GateClosed, CarrierResting, SiteClosed, NothingSails; NotPermitted for a reason by somebody without the
    right to plan against a calendar."""
    basis = way_basis({wish.lane.pk: wish.lane for wish in wishes}.values(), caller.at)
    return [_judged(caller, basis, wish) for wish in wishes]


def _judged(caller: Caller, basis: Basis, wish: WayWish) -> Judged:
    legs = list(wish.lane.legs.all())
    way = way_of(legs, wish.departure, basis, wish.lane)
    if way.stuck is not None:
        raise NothingSails(
            _("Nothing sails from %(start)s to %(end)s after the departure that was asked for.")
            % {"start": way.stuck.start, "end": way.stuck.end},
            true=_("The released timetables have no sailing for a year. Nothing was recorded."),
            do=_("Choose another lane, or have a timetable released."),
        )
    closed = closed_points(basis, wish.lane, wish.carrier, wish.departure, way.arrives_at)
    because = " ".join(wish.accepted_because.split())[:REASON_LIMIT]
    refuse_unprintable(because)
    if closed and not because:
        raise _refusal(basis, wish, closed[0])
    if closed and not caller.user.has_perm(RIGHT):
        raise NotPermitted(RIGHT)
    asked = basis.asked(wish.lane, legs, wish.carrier)
    used = dict.fromkeys(row.timetable for row in way.legs if row.timetable)
    return Judged(
        way,
        {one.pk: str(one) for one in asked},
        {key: basis.names[key] for key in used},
        {one.calendar.pk: closed_words(one) for one in closed},
        because if closed else "",
    )


def _refusal(basis: Basis, wish: WayWish, closed: Closed) -> Refusal:
    free = next_departure(basis, wish.lane, wish.carrier, wish.departure)
    true = _("Calendar %(name)s says so. Nothing was recorded.") % {"name": str(closed.calendar)}
    if free is None:
        do = _(
            "No departure within four weeks fits this lane. Choose another lane, or ask who may accept an exception."
        )
    else:
        do = _("The next departure that fits: %(departure)s, at the site on %(arrival)s.") % {
            "departure": moment_words(free[0]), "arrival": moment_words(free[1]),
        }  # fmt: skip
    return REFUSALS[closed.point](closed_words(closed), true=true, do=do)


def closed_words(closed: Closed) -> str:
    """The sentence of a point that its calendar does not allow."""
    say = {
        "gate": _("The plant's gate is closed on %(moment)s: %(why)s."),
        "carrier": _("The carrier does not drive on %(moment)s: %(why)s."),
        "site": _("By the plan it arrives on %(moment)s, when the site receives no trucks: %(why)s."),
    }[closed.point]
    return say % {"moment": moment_words(closed.at), "why": why_closed(closed.day)}


def why_closed(day: Day) -> str:
    """Why nothing is open at a moment of a day: the holiday, the closure's reason, the weekday, or the hours it has."""
    if day.kind == "holiday":
        return day.reason if get_language() == "ja" else _("public holiday %(name)s") % {"name": day.reason}
    if day.kind == "closure":
        return day.reason
    if not day.windows:
        return _("closed on this weekday")
    spans = ", ".join(f"{one.opens:%H:%M}–{one.closes:%H:%M}" for one in day.windows)
    return _("open %(spans)s") % {"spans": spans}


def keep_basis(shipments: Sequence[Shipment], judged: Sequence[Judged], events: Sequence[int]) -> None:
    """Step: keep which revisions judged each plan. One statement."""
    rows = []
    for shipment, one, event in zip(shipments, judged, events, strict=True):
        rows += [
            PlanBasis(
                shipment=shipment, calendar_id=key, accepted_because=one.because if key in one.against else "",
                event_id=event,
            )
            for key in one.calendars
        ]  # fmt: skip
        rows += [PlanBasis(shipment=shipment, timetable_id=key, event_id=event) for key in one.timetables]
    if rows:
        PlanBasis.objects.bulk_create(rows)
