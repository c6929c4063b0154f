"""A shipment of three racks of which one crate, or two, were not at the dock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from logistics.models import Crate, Shipment
from logistics.operations.conditions import IndicatorRead
from logistics.operations.part_arrivals import CrateAbsent, LateArriving, PartArriving, arrive_in_part, arrive_late
from tests.cast import NOON, a_caller
from tests.logistics.world import HOUR, a_crate, departed

LEFT, THERE = NOON - 30 * HOUR, NOON - 6 * HOUR
PORT = "志布志港"


def crates_of(shipment: Shipment) -> list[Crate]:
    """Its crates, in the order in which they were packed."""
    return [row.crate for row in shipment.crates.select_related("crate__unit").order_by("crate_id")]


def gone(count: int = 3, at: datetime = LEFT) -> Shipment:
    """A shipment of some racks on its way, under seal S-1."""
    return departed([a_crate(at=at - (count + 1 - number) * HOUR) for number in range(count)], at=at)


def seen_on(crates: Sequence[Crate], **states: str) -> list[IndicatorRead]:
    """Every indicator of these crates, intact unless a state is given for its kind."""
    return [
        IndicatorRead(one.serial, states.get(one.kind, "intact"))
        for crate in crates
        for one in crate.indicators.order_by("id")
    ]


def in_part(
    shipment: Shipment, here: int = 2, at: datetime = THERE, reason: Any = "left_behind", **others: Any
) -> Shipment:
    """The first `here` of its crates are at the dock, the others were left behind."""
    crates = crates_of(shipment)
    absent = [CrateAbsent(one.sscc, reason, PORT if reason != "unknown" else "") for one in crates[here:]]
    told = {"readings": seen_on(crates[:here]), "handed_by": "九州 次郎", **others}
    arriving = PartArriving(shipment.pk, [one.sscc for one in crates[:here]], absent, **told)
    arrive_in_part(caller=a_caller("sora", at=at), arriving=arriving)
    return Shipment.objects.get(pk=shipment.pk)


def late(shipment: Shipment, crate: Crate, at: datetime = NOON - HOUR, **others: Any) -> Shipment:
    """A crate that was missing comes."""
    told = {"readings": seen_on([crate]), "handed_by": "港 花子", **others}
    arrive_late(caller=a_caller("sora", at=at), arriving=LateArriving(shipment.pk, [crate.sscc], **told))
    return Shipment.objects.get(pk=shipment.pk)
