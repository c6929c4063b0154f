"""Kinds of vehicles that carry racks. Typical figures of their class, assumed (grade C) until a carrier sends the data
sheet of its own vehicle; then it is defined by a code of its own and the class retired.

Front axle of a trailer: the coupling with the tractor's axles. A truck of 25 t gross carries some
13 t on a deck of 9.6 m.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ledger.callers import Caller
from logistics.models import VehicleKind
from logistics.operations.vehicles import VehicleFigures, define_vehicle_kind

USUAL = "AIR-10T"
"""The kind that Genpin's demo and tests load."""

VEHICLES = {
    USUAL: VehicleFigures(
        name_ja="大型エアサス ウイング車",
        name_en="10 t air-suspension wing truck",
        payload_kg=Decimal(13_000),
        kerb_front_kg=Decimal(4_800),
        kerb_rear_kg=Decimal(6_700),
        front_limit_kg=Decimal(7_500),
        rear_limit_kg=Decimal(18_000),
        gross_limit_kg=Decimal(24_800),
        deck_length_mm=9_600,
        deck_width_mm=2_400,
        deck_height_mm=1_060,
        inside_height_mm=2_600,
        front_axle_mm=-1_400,
        rear_axle_mm=5_900,
        length_mm=11_990,
        width_mm=2_490,
        source="Typical figures of the class (車種の代表値), assumed",
    ),
    "AIR-4T": VehicleFigures(
        name_ja="中型エアサス 平ボディ車",
        name_en="Medium air-suspension flat-bed truck",
        payload_kg=Decimal(6_000),
        kerb_front_kg=Decimal(3_000),
        kerb_rear_kg=Decimal(3_200),
        front_limit_kg=Decimal(5_200),
        rear_limit_kg=Decimal(9_500),
        gross_limit_kg=Decimal(12_500),
        deck_length_mm=6_200,
        deck_width_mm=2_300,
        deck_height_mm=1_050,
        front_axle_mm=-1_100,
        rear_axle_mm=3_600,
        length_mm=8_600,
        width_mm=2_480,
        source="Typical figures of the class (車種の代表値), assumed",
    ),
    "LOW-20T": VehicleFigures(
        name_ja="低床エアサス セミトレーラ",
        name_en="Low-deck air-suspension semi-trailer",
        payload_kg=Decimal(20_000),
        kerb_front_kg=Decimal(9_800),
        kerb_rear_kg=Decimal(5_000),
        front_limit_kg=Decimal(18_500),
        rear_limit_kg=Decimal(18_000),
        gross_limit_kg=Decimal(35_000),
        deck_length_mm=12_000,
        deck_width_mm=2_450,
        deck_height_mm=900,
        front_axle_mm=600,
        rear_axle_mm=9_300,
        length_mm=16_500,
        width_mm=2_490,
        source="Typical figures of the class (車種の代表値), assumed",
    ),
}


def load(caller: Caller) -> dict[str, int]:
    """Define what is missing; a second load defines nothing. `caller.key` is the key's stem."""
    known = set(VehicleKind.objects.values_list("code", flat=True))
    for code, figures in VEHICLES.items():
        if code not in known:
            define_vehicle_kind(caller=replace(caller, key=f"{caller.key}:{code}"), code=code, figures=figures)
    return {"vehicles": len(VEHICLES)}
