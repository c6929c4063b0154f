"""A load on a deck: where crates stand, where their weight acts, and what the axles carry. Pure arithmetic.

Lengths in mm from the front left corner of the deck (x to the rear, y to the right), masses in kg. A vehicle stands on
two points: the front axle (or the coupling of a trailer) and the middle of the rear axles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

GAP_MM = 100
"""Left free between crates that Genpin places itself: for straps and hands."""
STEP_MM = 50
"""Steps in which a row is pushed along the deck to find the best balance."""


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What a kind of vehicle weighs and carries, empty and at most. `inside_height_mm` None: an open deck."""

    payload_kg: Decimal
    kerb_front_kg: Decimal
    kerb_rear_kg: Decimal
    front_limit_kg: Decimal
    rear_limit_kg: Decimal
    gross_limit_kg: Decimal
    deck_length_mm: int
    deck_width_mm: int
    deck_height_mm: int
    inside_height_mm: int | None
    front_axle_mm: int
    rear_axle_mm: int
    length_mm: int
    width_mm: int


@dataclass(frozen=True, slots=True)
class Box:
    """A crate: gross mass, outer sizes, and its centre of gravity from the middle of its floor (along its length, along
    its width); (0, 0) where nobody measured it."""

    name: str
    mass_kg: Decimal
    length_mm: int
    width_mm: int
    height_mm: int
    centre_x_mm: int = 0
    centre_y_mm: int = 0


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a crate stands: its front left corner; `turned`: its length lies across the deck."""

    box: Box
    x_mm: int
    y_mm: int
    turned: bool = False

    @property
    def along_mm(self) -> int:
        return self.box.width_mm if self.turned else self.box.length_mm

    @property
    def across_mm(self) -> int:
        return self.box.length_mm if self.turned else self.box.width_mm

    @property
    def end_x_mm(self) -> int:
        return self.x_mm + self.along_mm

    @property
    def end_y_mm(self) -> int:
        return self.y_mm + self.across_mm

    @property
    def acts_at(self) -> tuple[Decimal, Decimal]:
        """Where its weight acts. Turned to the right: what pointed to the front points to the right."""
        along, across = self.box.centre_x_mm, self.box.centre_y_mm
        if self.turned:
            along, across = across, -along
        return (
            Decimal(self.x_mm) + Decimal(self.along_mm) / 2 + along,
            Decimal(self.y_mm) + Decimal(self.across_mm) / 2 + across,
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """What a load comes to: kg on the deck, on each axle and in all; mm from the road to the top; where its weight
    acts. `uniform`: reckoned as spread over the whole deck, since nobody said where the crates stand."""

    load_kg: Decimal
    front_kg: Decimal
    rear_kg: Decimal
    gross_kg: Decimal
    height_mm: int
    centre_x_mm: Decimal
    centre_y_mm: Decimal
    uniform: bool


def carried(vehicle: Vehicle, boxes: Sequence[Box], stands: Sequence[Stand], securing_kg: Decimal) -> Carried:
    """The loads of the axles: by the crates' places where they are told, else as if spread over the deck. What secures
    them lies where they are."""
    middle = (Decimal(vehicle.deck_length_mm) / 2, Decimal(vehicle.deck_width_mm) / 2)
    mass = sum((box.mass_kg for box in boxes), Decimal(0))
    acts = middle
    if stands and mass:
        moments = [(stand.box.mass_kg, stand.acts_at) for stand in stands]
        x, y = (sum((kg * at[axis] for kg, at in moments), Decimal(0)) / mass for axis in (0, 1))
        acts = (x, y)
    load = mass + securing_kg
    base = Decimal(vehicle.rear_axle_mm - vehicle.front_axle_mm)
    on_rear = load * (acts[0] - vehicle.front_axle_mm) / base
    front, rear = vehicle.kerb_front_kg + load - on_rear, vehicle.kerb_rear_kg + on_rear
    return Carried(
        load_kg=_kg(load),
        front_kg=_kg(front),
        rear_kg=_kg(rear),
        gross_kg=_kg(vehicle.kerb_front_kg + vehicle.kerb_rear_kg + load),
        height_mm=vehicle.deck_height_mm + max((box.height_mm for box in boxes), default=0),
        centre_x_mm=acts[0].quantize(Decimal(1)),
        centre_y_mm=acts[1].quantize(Decimal(1)),
        uniform=not stands,
    )


def _kg(mass: Decimal) -> Decimal:
    return mass.quantize(Decimal("0.1"), ROUND_HALF_UP)


def overlapping(stands: Sequence[Stand]) -> tuple[Stand, Stand] | None:
    """Two crates that would stand on each other; touching is allowed."""
    for place, one in enumerate(stands):
        for other in stands[:place]:
            apart_x = one.end_x_mm <= other.x_mm or other.end_x_mm <= one.x_mm
            apart_y = one.end_y_mm <= other.y_mm or other.end_y_mm <= one.y_mm
            if not apart_x and not apart_y:
                return other, one
    return None


def off_the_deck(vehicle: Vehicle, stands: Sequence[Stand]) -> Stand | None:
    """A crate that would stand out beyond the deck."""
    for one in stands:
        inside_x = one.x_mm >= 0 and one.end_x_mm <= vehicle.deck_length_mm
        if not inside_x or one.y_mm < 0 or one.end_y_mm > vehicle.deck_width_mm:
            return one
    return None


def proposed(vehicle: Vehicle, boxes: Sequence[Box]) -> list[Stand] | None:
    """A place for each crate without stacking: one row along the middle or two beside each other, as they are or
    turned, pushed to where both axles have the most room left. None: they do not fit so."""
    stands = _standing(vehicle, boxes)
    return None if stands is None else _balanced(vehicle, boxes, stands)


def fitting(vehicle: Vehicle, boxes: Sequence[Box]) -> bool:
    """Whether there is a proposal."""
    return _standing(vehicle, boxes) is not None


def _standing(vehicle: Vehicle, boxes: Sequence[Box]) -> list[Stand] | None:
    ways = ((1, False), (1, True), (2, False), (2, True))
    found = (_rows(vehicle, boxes, abreast, turned) for abreast, turned in ways)
    return next((stands for stands in found if stands is not None), None)


def _rows(vehicle: Vehicle, boxes: Sequence[Box], abreast: int, turned: bool) -> list[Stand] | None:
    x, stands = 0, []
    for start in range(0, len(boxes), abreast):
        rank = [Stand(box, x, 0, turned) for box in boxes[start : start + abreast]]
        wide = sum(one.across_mm for one in rank)
        y = (vehicle.deck_width_mm - wide) // 2
        if y < 0:
            return None
        for one in rank:
            stands.append(Stand(one.box, x, y, turned))
            y += one.across_mm
        x += max(one.along_mm for one in rank) + GAP_MM
    return stands if x - GAP_MM <= vehicle.deck_length_mm else None


def _balanced(vehicle: Vehicle, boxes: Sequence[Box], stands: list[Stand]) -> list[Stand]:
    if not stands:
        return []
    room = vehicle.deck_length_mm - max(one.end_x_mm for one in stands)
    shifts = [*range(0, room, STEP_MM), room]

    def strain(shift: int) -> Decimal:
        found = carried(vehicle, boxes, _pushed(stands, shift), Decimal(0))
        return max(found.front_kg / vehicle.front_limit_kg, found.rear_kg / vehicle.rear_limit_kg)

    return _pushed(stands, min(shifts, key=strain))


def _pushed(stands: Sequence[Stand], shift: int) -> list[Stand]:
    return [Stand(one.box, one.x_mm + shift, one.y_mm, one.turned) for one in stands]
