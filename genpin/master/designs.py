"""Rack models, designs with their slot maps, and the bills that follow from them (domain/nvl72.md sections 3 and 4).

RU, NVLink slot number and tray index are three facts and stand in three columns, as the rack model has them: none is
computed from another. The map itself is M (section 4): the plant edits it by releasing a new design.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from assembly.operations.designs import SlotSpec
from inventory.operations.boms import BomRow


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A rack family to define; kW and L/min per kW at full load."""

    code: str
    name: str
    rack_units: int
    kw: Decimal
    lpm_per_kw: Decimal


@dataclass(frozen=True, slots=True)
class DesignRow:
    """A design to release, and the lots its bill adds to its slots."""

    code: str
    kind: str
    part: str
    revision: str
    routing: str
    model: str
    prefix: str
    slots: tuple[SlotSpec, ...]
    lots: tuple[tuple[str, str, str], ...] = ()


# (P) plan at 132 and 142 kW and 1.5 L/min per kW: section 8, H [ERA], M [PRO]. 44 rack units: 3.1, M [STH].
RACK_MODELS = (
    ModelRow("GB200-NVL72", "GB200 NVL72", 44, Decimal(132), Decimal("1.5")),
    ModelRow("GB300-NVL72", "GB300 NVL72", 44, Decimal(142), Decimal("1.5")),
)

# (RU, NVLink slot number, tray index) of the compute trays: pairs H, map M, section 4.
COMPUTE_PLACES = (
    (11, 1, 0), (12, 2, 1), (13, 3, 2), (14, 4, 3), (15, 5, 4), (16, 6, 5), (17, 7, 6), (18, 8, 7),
    (28, 18, 8), (29, 19, 9), (30, 20, 10), (31, 21, 11), (32, 22, 12), (33, 23, 13), (34, 24, 14), (35, 25, 15),
    (36, 26, 16), (37, 27, 17),
)  # fmt: skip
# (RU, NVLink slot number) of the switch trays.
SWITCH_PLACES = ((19, 9), (20, 10), (21, 11), (22, 12), (23, 13), (24, 14), (25, 15), (26, 16), (27, 17))
# Power shelves P1 to P8: eight (P), H [BCM-PSU]; a GB300 profile with six exists, H [RMS].
SHELF_PLACES = (7, 8, 9, 10, 38, 39, 40, 41)
MANAGEMENT_PLACES = (43, 44)


def rack_slots(compute: str) -> tuple[SlotSpec, ...]:
    """The 44 direct slots of a rack in the order they are filled."""
    return (
        SlotSpec("bus_bar", "bus_bar", "BB-1400-A", ru=7, ru_height=35),
        SlotSpec("manifold_supply", "manifold", "MF-44U-S", ru=6, ru_height=33),
        SlotSpec("manifold_return", "manifold", "MF-44U-R", ru=6, ru_height=33),
        *(SlotSpec(f"CBC_{n}", "cartridge", "750-0567-002", ru=11, ru_height=27) for n in range(4)),
        *(SlotSpec(f"P{n}", "shelf", "PF-1333-7R", ru=ru) for n, ru in enumerate(SHELF_PLACES, start=1)),
        *(SlotSpec(f"CT-{tray:02}", "compute", compute, ru, 1, slot, tray) for ru, slot, tray in COMPUTE_PLACES[:8]),
        *(SlotSpec(f"ST-{n}", "switch", "N5200_LD", ru, 1, slot) for n, (ru, slot) in enumerate(SWITCH_PLACES)),
        *(SlotSpec(f"CT-{tray:02}", "compute", compute, ru, 1, slot, tray) for ru, slot, tray in COMPUTE_PLACES[8:]),
        *(SlotSpec(f"M{n}", "mgmt", "SN2201-DC", ru=ru) for n, ru in enumerate(MANAGEMENT_PLACES, start=1)),
    )


def _many(kind: str, part: str, count: int) -> tuple[SlotSpec, ...]:
    return tuple(SlotSpec(f"{kind}_{n}", kind, part) for n in range(count))


def tray_slots(superchip: str, io_board: str, dpus: int) -> tuple[SlotSpec, ...]:
    """The positions of a compute tray in the order they are fitted: section 3.2."""
    return (
        *_many("pdb", "PDB-CT", 1),
        *_many("superchip", superchip, 2),
        *_many("loop", "CPL-CT", 2),
        *_many("io_board", io_board, 2),
        *_many("dpu", "900-9D3B6-00CV-AA0", dpus),
        *_many("bmc", "BMC-DCSCM", 1),
        *_many("hmc", "HMC-GB", 1),
        *_many("e1s", "SSD-E1S-3T84", 4),
        *_many("m2", "SSD-M2-1T92", 1),
    )


# What a bill adds to the slots: part, quantity, unit. All L: no public figure; a build books what it really used.
TRAY_LOTS = (("TIM-PCM-01", "24", "g"), ("SCR-M3X8", "96", "pcs"))
RACK_LOTS = (("PG25", "40", "L"), ("SCR-M3X8", "160", "pcs"))

DESIGNS = (
    DesignRow(
        "GB200-CT", "tray", "GB200-CT", "B", "RT-CT-GB200", "", "CT",
        tray_slots("900-2G548-A801-000", "900-24768-0002-000", dpus=2), TRAY_LOTS,
    ),
    DesignRow(
        "GB300-CT", "tray", "GB300-CT", "C", "RT-CT-GB300", "", "CT",
        # one BlueField-3: Lenovo, press 18 a rack, M
        tray_slots("900-2G548-A901-000", "900-9X86E-00CX-ST0", dpus=1), TRAY_LOTS,
    ),
    # Bought as a tray; the plant fits its BMC card and tests it.
    DesignRow("N5200", "tray", "N5200_LD", "A", "RT-ST", "", "", _many("bmc", "692-13809-1404-000", 1)),
    DesignRow(
        "D-20", "rack", "GB200-NVL72", "B", "RT-RACK-GB200", "GB200-NVL72", "RK", rack_slots("GB200-CT"), RACK_LOTS
    ),
    DesignRow(
        "D-31", "rack", "GB300-NVL72", "C", "RT-RACK-GB300", "GB300-NVL72", "RK", rack_slots("GB300-CT"), RACK_LOTS
    ),
)  # fmt: skip


def bill_of(design: DesignRow) -> list[BomRow]:
    """The bill of a design: its slots counted by part, then its lots; find numbers in tens."""
    counted = [(part, Decimal(count), "pcs") for part, count in Counter(slot.part for slot in design.slots).items()]
    added = [(part, Decimal(quantity), unit) for part, quantity, unit in design.lots]
    return [
        BomRow(number=10 * place, part_number=part, quantity=quantity, unit=unit)
        for place, (part, quantity, unit) in enumerate([*counted, *added], start=1)
    ]
