"""The ways to a site and who drives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.text import refuse_unprintable
from ledger.callers import Caller
from ledger.operations import operation
from ledger.recording import record
from ledger.refusals import Refusal
from logistics.models import Carrier, Lane, Leg
from logistics.operations.sites import site_by_code

MODES = ("road", "ferry", "air", "sea", "rail")
GRADES = ("A", "B", "C")


class CarrierTaken(Refusal):
    """A carrier with that code exists already."""


class UnknownCarrier(Refusal):
    """No carrier has that code."""


class LaneTaken(Refusal):
    """A lane with that code exists already."""


class UnknownLane(Refusal):
    """No lane has that code."""


class LegsWrong(Refusal):
    """A lane's legs do not make a way."""


@dataclass(frozen=True, slots=True)
class LegPlan:
    """One leg: mode (road, ferry, air, sea, rail), end points in both languages, carrier, planned hours, distance
    in km, local times "17:55" of departure and cut-off where there is a timetable, grade A, B or C of these figures."""

    mode: str
    from_ja: str
    from_en: str
    to_ja: str
    to_en: str
    carrier_code: str
    planned_hours: Decimal
    distance_km: Decimal | None = None
    departs_at: str = ""
    cut_off_at: str = ""
    grade: str = "C"


@dataclass(frozen=True, slots=True)
class LaneNames:
    """What a lane is called."""

    ja: str
    en: str


@operation(permission="logistics.keep_master_data", returns=Carrier)
def define_carrier(*, caller: Caller, code: str, name_ja: str, name_en: str) -> Carrier:
    """Define a haulage or ferry company. Refuses CarrierTaken, TextUnprintable."""
    refuse_unprintable(code, name_ja, name_en)
    if Carrier.objects.filter(code=code).exists():
        raise CarrierTaken(_("Carrier %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))

    carrier = Carrier.objects.create(code=code, name_ja=name_ja, name_en=name_en)
    record(caller, "logistics.carrier-defined", carrier, code=code)
    return carrier


@operation(permission="logistics.keep_master_data", returns=Lane)
def define_lane(
    *, caller: Caller, code: str, names: LaneNames, origin_code: str, destination_code: str, legs: list[LegPlan]
) -> Lane:
    """Define a way from one site to another with its legs in order.

    Refuses LaneTaken, UnknownSite, UnknownCarrier, LegsWrong."""
    origin, destination = site_by_code(origin_code), site_by_code(destination_code)
    carriers = carriers_by_code({leg.carrier_code for leg in legs})
    if Lane.objects.filter(code=code).exists():
        raise LaneTaken(_("Lane %(code)s exists already.") % {"code": code}, true=_("Nothing was recorded."))
    _refuse_bad_legs(legs)

    lane = Lane.objects.create(code=code, name_ja=names.ja, name_en=names.en, origin=origin, destination=destination)
    Leg.objects.bulk_create(
        [_leg(lane, number, plan, carriers[plan.carrier_code]) for number, plan in enumerate(legs, start=1)]
    )
    record(
        caller,
        "logistics.lane-defined",
        lane,
        code=code,
        origin=origin.code,
        destination=destination.code,
        legs=[{"mode": leg.mode, "from": leg.from_en, "to": leg.to_en, "hours": leg.planned_hours} for leg in legs],
    )
    return lane


def _leg(lane: Lane, number: int, plan: LegPlan, carrier: Carrier) -> Leg:
    return Leg(
        lane=lane,
        number=number,
        mode=plan.mode,
        from_ja=plan.from_ja,
        from_en=plan.from_en,
        to_ja=plan.to_ja,
        to_en=plan.to_en,
        carrier=carrier,
        planned_hours=plan.planned_hours,
        departs_at=_clock(plan.departs_at),
        cut_off_at=_clock(plan.cut_off_at),
        distance_km=plan.distance_km,
        grade=plan.grade,
    )


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise LegsWrong(
            _("“%(text)s” is not a time of day such as 17:55.") % {"text": text[:20]}, true=_("Nothing was recorded.")
        ) from None


def _refuse_bad_legs(legs: list[LegPlan]) -> None:
    odd = next(
        (leg for leg in legs if leg.mode not in MODES or leg.grade not in GRADES or leg.planned_hours <= 0), None
    )
    if not legs or odd is not None:
        raise LegsWrong(
            _("A lane needs legs with a known mode, hours above zero and a grade A, B or C."),
            true=_("Nothing was recorded."),
            do=_("Correct the legs and send the lane again."),
        )
    broken = next((number for number in range(1, len(legs)) if legs[number].from_en != legs[number - 1].to_en), None)
    if broken is not None:
        raise LegsWrong(
            _("Leg %(number)d starts at %(start)s, but the leg before ends at %(end)s.")
            % {"number": broken + 1, "start": legs[broken].from_en, "end": legs[broken - 1].to_en},
            true=_("Nothing was recorded."),
        )


def carriers_by_code(codes: set[str]) -> dict[str, Carrier]:
    """Step: carriers by their codes. Refuses UnknownCarrier."""
    found = {carrier.code: carrier for carrier in Carrier.objects.filter(code__in=codes)}
    missing = sorted(codes - set(found))
    if missing:
        raise UnknownCarrier(
            _("There is no carrier %(code)s.") % {"code": missing[0][:40]}, do=_("Choose a carrier from the list.")
        )
    return found


def lanes_by_code(codes: set[str]) -> dict[str, Lane]:
    """Step: lanes by their codes, with their sites and legs. Refuses UnknownLane. Two queries."""
    rows = Lane.objects.filter(code__in=codes).select_related("origin", "destination").prefetch_related("legs")
    found = {lane.code: lane for lane in rows}
    missing = sorted(codes - set(found))
    if missing:
        raise UnknownLane(
            _("There is no lane %(code)s.") % {"code": missing[0][:40]}, do=_("Choose a lane from the list.")
        )
    return found
