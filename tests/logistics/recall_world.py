"""A lot of paste that went into four racks: one on the floor, one packed, one on the road, one at the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from inventory.models import Lot, Part, Placement, Unit
from inventory.operations.lots import consume_lot
from tests.cast import NOON, a_caller
from tests.logistics.world import HOUR, a_crate, a_tested_rack, accepted, arrived, departed, lanes, received
from tests.world import a_consumable, a_lot

DAY = 24 * HOUR
LOT = "TIM-2603-A"


@dataclass
class SuspectPlant:
    """The lot and where it went."""

    lot: Lot
    floor: Unit
    packed: Unit
    road: Unit
    site: Unit

    @property
    def racks(self) -> dict[str, Unit]:
        return {"floor": self.floor, "crate": self.packed, "transit": self.road, "site": self.site}


def tray_of(rack: Unit) -> Unit:
    """The tray that sits in a rack now."""
    return Unit.objects.get(placements__host=rack, placements__to_at=None)


def use_lot(lot: Lot, host: Unit, quantity: str = "2.5", *, at: timedelta = timedelta()) -> None:
    """A quantity of the lot goes into a unit."""
    consume_lot(caller=a_caller("mei", at=NOON + at), lot=lot.tag, host=host.tag, quantity=Decimal(quantity))


def a_suspect_rack(lot: Lot, at: timedelta) -> Unit:
    """A tested rack whose tray took some of the lot."""
    rack = a_tested_rack(NOON + at)
    use_lot(lot, tray_of(rack), at=at)
    return rack


def a_suspect_plant() -> SuspectPlant:
    """Four racks with the lot, each at its kind of place, and a clean one."""
    lanes()
    paste = Part.objects.filter(number="TIM-1").first() or a_consumable("TIM-1")
    lot = a_lot(paste, number=LOT, at=NOON - 40 * DAY)
    a_tested_rack(NOON - 6 * DAY)
    return SuspectPlant(
        lot=lot,
        floor=a_suspect_rack(lot, -5 * DAY),
        packed=_packed(a_suspect_rack(lot, -6 * DAY)),
        road=_on_the_road(a_suspect_rack(lot, -8 * DAY)),
        site=_at_the_site(a_suspect_rack(lot, -12 * DAY)),
    )


def _packed(rack: Unit) -> Unit:
    a_crate(rack, at=NOON - 5 * DAY)
    return rack


def _on_the_road(rack: Unit) -> Unit:
    departed([a_crate(rack, at=NOON - 6 * DAY)], at=NOON - 3 * DAY)
    return rack


def _at_the_site(rack: Unit) -> Unit:
    shipment = departed([a_crate(rack, at=NOON - 10 * DAY)], at=NOON - 9 * DAY)
    return accepted(received(arrived(shipment, at=NOON - 7 * DAY), at=NOON - 6 * DAY), at=NOON - 5 * DAY)


def open_hosts(unit: Unit) -> set[int]:
    """What a unit sits in now, by walking placements one at a time: the plain truth to compare with."""
    found: set[int] = set()
    at: int | None = unit.pk
    while at is not None:
        at = Placement.objects.filter(unit_id=at, to_at=None).values_list("host_id", flat=True).first()
        if at is not None:
            found.add(at)
    return found
