"""What a road allows and what a vehicle allows. Pure.

Road limits without a special-vehicle permit (特殊車両通行許可), domain/japan.md 2: width 2.5 m, length 12 m, height
3.8 m (4.1 m on designated roads), gross mass 20 t (up to 25 t on expressways and designated roads), grade H: MLIT
Chugoku bureau, NEXCO Central. A permit lifts these; nothing lifts what the vehicle itself can bear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from logistics.loads.deck import Box, Carried, Vehicle

WIDTH_MM = 2_500
LENGTH_MM = 12_000
HEIGHT_MM, HEIGHT_DESIGNATED_MM = 3_800, 4_100
GROSS_KG, GROSS_DESIGNATED_KG = Decimal(20_000), Decimal(25_000)

Kind = Literal[
    "payload", "front_axle", "rear_axle", "vehicle_gross", "inside_height", "gross", "height", "length", "width"
]


@dataclass(frozen=True, slots=True)
class Check:
    """One limit: what it comes to and what is allowed, in `unit`. `by_permit`: a permit of the road's keeper lifts
    it."""

    kind: Kind
    value: Decimal
    allowed: Decimal
    unit: Literal["kg", "mm"]
    by_permit: bool = False

    @property
    def over(self) -> Decimal:
        """By how much it is too much; zero or less is within."""
        return self.value - self.allowed


def checks_of(vehicle: Vehicle, boxes: Sequence[Box], found: Carried, *, designated: bool) -> list[Check]:
    """Every limit of a load, the vehicle's own first. `designated`: the whole way is on designated roads (指定道路)."""
    tallest = max((box.height_mm for box in boxes), default=0)
    gross = GROSS_DESIGNATED_KG if designated else GROSS_KG
    height = HEIGHT_DESIGNATED_MM if designated else HEIGHT_MM
    own = [
        Check("payload", found.load_kg, vehicle.payload_kg, "kg"),
        Check("front_axle", found.front_kg, vehicle.front_limit_kg, "kg"),
        Check("rear_axle", found.rear_kg, vehicle.rear_limit_kg, "kg"),
        Check("vehicle_gross", found.gross_kg, vehicle.gross_limit_kg, "kg"),
    ]
    if vehicle.inside_height_mm is not None:
        own.append(Check("inside_height", Decimal(tallest), Decimal(vehicle.inside_height_mm), "mm"))
    return [
        *own,
        Check("gross", found.gross_kg, gross, "kg", by_permit=True),
        Check("height", Decimal(found.height_mm), Decimal(height), "mm", by_permit=True),
        Check("length", Decimal(vehicle.length_mm), Decimal(LENGTH_MM), "mm", by_permit=True),
        Check("width", Decimal(vehicle.width_mm), Decimal(WIDTH_MM), "mm", by_permit=True),
    ]


def floor_kg_m2(box: Box) -> Decimal:
    """What a crate presses on the floor it stands on, kg on the square metre of its footprint."""
    area = Decimal(box.length_mm) * Decimal(box.width_mm) / Decimal(1_000_000)
    return (box.mass_kg / area).quantize(Decimal(1))
