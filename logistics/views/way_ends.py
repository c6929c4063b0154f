"""The ends of a shipment's legs in the order of its way: told, missing, next, ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from logistics.models import Leg, Replan, Shipment
from logistics.operations.milestones import LEG_KINDS, known_ends
from logistics.views.saying import leg_words


@dataclass(frozen=True, slots=True)
class WayEnd:
    """One end of a leg. `at` is None where nobody told of it: missing where something later is known, next where it is
    the first after all that is known."""

    leg: Leg
    kind: str
    at: datetime | None
    is_missing: bool = False
    is_next: bool = False


def ends_of(shipment: Shipment) -> list[WayEnd]:
    """Every end of the legs that a shipment drives on its lane, from where it was sent another way on. The departure is
    that of the first leg, the arrival the end of the last; after the arrival nothing is next. The shipment comes with
    its departure and arrival. Four queries."""
    turns = Replan.objects.filter(shipment=shipment, from_leg__gt=1).order_by("-id")
    first = turns.values_list("from_leg", flat=True).first() or 1
    known = known_ends({shipment.pk: shipment})[shipment.pk]
    legs = [leg for leg in Leg.objects.filter(lane=shipment.lane_id).order_by("number") if leg.number >= first]
    if shipment.has_departed:
        known.setdefault((1, "leg_departed"), shipment.departure.at)
    if shipment.has_arrived and legs:
        known.setdefault((legs[-1].number, "leg_arrived"), shipment.arrival.at)

    told = [(leg, kind, known.get((leg.number, kind))) for leg in legs for kind in LEG_KINDS]
    last = max((place for place, (_leg, _kind, at) in enumerate(told) if at is not None), default=-1)
    ahead = shipment.has_departed and not shipment.has_arrived
    return [
        WayEnd(leg, kind, at, is_missing=at is None and place < last, is_next=ahead and place == last + 1)
        for place, (leg, kind, at) in enumerate(told)
    ]


def end_words(leg: Leg, kind: str) -> str:
    """An end of a leg as a button says it: leg 2 left, ferry Beppu → Yawatahama."""
    words = {"leg_departed": _("Leg %(number)d departed: %(leg)s"), "leg_arrived": _("Leg %(number)d arrived: %(leg)s")}
    return words[kind] % {"number": leg.number, "leg": leg_words(leg)}
