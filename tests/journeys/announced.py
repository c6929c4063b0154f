"""The supplier's ship notice for one GB200 rack: every serial, as the supplier's file says it."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import dataclass, field

SPACE = uuid.UUID("5f0e8c1e-0000-4000-8000-000000000072")
TRAY_PARTS = (
    ("pdb_0", "PDB-CT", "SUP-POWER"),
    ("loop_0", "CPL-CT", "SUP-COOL"),
    ("loop_1", "CPL-CT", "SUP-COOL"),
    ("io_board_0", "900-24768-0002-000", "SUP-NET"),
    ("io_board_1", "900-24768-0002-000", "SUP-NET"),
    ("dpu_0", "900-9D3B6-00CV-AA0", "SUP-NET"),
    ("dpu_1", "900-9D3B6-00CV-AA0", "SUP-NET"),
    ("bmc_0", "BMC-DCSCM", "SUP-BOARD"),
    ("hmc_0", "HMC-GB", "SUP-BOARD"),
    ("e1s_0", "SSD-E1S-3T84", "SUP-STORE"),
    ("e1s_1", "SSD-E1S-3T84", "SUP-STORE"),
    ("e1s_2", "SSD-E1S-3T84", "SUP-STORE"),
    ("e1s_3", "SSD-E1S-3T84", "SUP-STORE"),
    ("m2_0", "SSD-M2-1T92", "SUP-STORE"),
)
SUPERCHIP = "900-2G548-A801-000"


@dataclass
class Announced:
    """What is on its way: kits by tray, the rack's own modules by position, and the file."""

    order: str
    trays: list[dict[str, str]] = field(default_factory=list)
    switches: list[tuple[str, str]] = field(default_factory=list)
    modules: dict[str, str] = field(default_factory=dict)
    lots: dict[str, str] = field(default_factory=dict)
    rows: list[list[str]] = field(default_factory=list)

    def csv(self) -> bytes:
        head = [
            "notice number",
            "supplier code",
            "order number",
            "ordered at",
            "shipped at",
            "part number",
            "serial number",
            "uuid",
            "lot number",
            "qty",
            "expires on",
            "country of origin",
            "parent serial",
            "position",
        ]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(head)
        writer.writerows(self.rows)
        return out.getvalue().encode("utf-8-sig")

    def gpus(self, tray: int) -> tuple[str, ...]:
        """The UUIDs of a tray's four GPUs, in device order."""
        return tuple(f"GPU-{uuid.uuid5(SPACE, f'{tray}.{gpu}')}" for gpu in range(4))


def announce(order: str, shipped_at: str, trays: int = 18, switches: int = 9) -> Announced:
    """The trays' parts and a rack's modules: shelves with their PSUs inside, lots with their dates."""
    plan = Announced(order)
    count = iter(range(1, 10_000))

    def line(part: str, supplier: str, serial: str = "", **more: str) -> None:
        plan.rows.append(
            [
                f"ASN-{supplier}-1",
                supplier,
                order,
                "2026-08-01T09:00:00+09:00",
                shipped_at,
                part,
                serial,
                "",
                more.get("lot", ""),
                more.get("qty", "1"),
                more.get("expires", ""),
                "TW",
                more.get("parent", ""),
                more.get("position", ""),
            ]
        )

    for _tray in range(trays):
        kit = {}
        for board in range(2):
            kit[f"superchip_{board}"] = serial = f"165{next(count):010d}"
            line(SUPERCHIP, "SUP-BOARD", serial)
        for position, part, supplier in TRAY_PARTS:
            kit[position] = serial = f"{'MT26' if supplier == 'SUP-NET' else 'SN'}{next(count):08d}"
            line(part, supplier, serial)
        plan.trays.append(kit)
    for _switch in range(switches):
        tray_serial, bmc = f"MT2615X{next(count):05d}", f"158{next(count):010d}"
        line("N5200_LD", "SUP-NET", tray_serial)
        line("692-13809-1404-000", "SUP-NET", bmc)
        plan.switches.append((tray_serial, bmc))
    _modules(plan, line, count)
    for part, supplier, lot, quantity, expires in (
        ("TIM-PCM-01", "SUP-COOL", "L-2609-113", "1000", "2027-03-31"),
        ("SCR-M3X8", "SUP-METAL", "L-2608-007", "5000", ""),
        ("PG25", "SUP-COOL", "L-2610-027", "200", "2028-03-31"),
    ):
        plan.lots[part] = lot
        line(part, supplier, lot=lot, qty=quantity, expires=expires)
    return plan


def _modules(plan: Announced, line, count) -> None:  # type: ignore[no-untyped-def]
    for shelf in range(1, 9):
        plan.modules[f"P{shelf}"] = serial = f"614FK0F{next(count):06d}"
        line("PF-1333-7R", "SUP-POWER", serial)
        for unit in range(6):
            line("PSU-5K5", "SUP-POWER", f"614PSU{next(count):06d}", parent=serial, position=f"psu_{unit}")
        line("PMC-1333", "SUP-POWER", f"614PMC{next(count):06d}", parent=serial, position="pmc_0")
    for cartridge in range(4):
        plan.modules[f"CBC_{cartridge}"] = serial = f"182{next(count):010d}"
        line("750-0567-002", "SUP-BOARD", serial)
    for position, part, supplier in (
        ("bus_bar", "BB-1400-A", "SUP-METAL"),
        ("manifold_supply", "MF-44U-S", "SUP-COOL"),
        ("manifold_return", "MF-44U-R", "SUP-COOL"),
        ("M1", "SN2201-DC", "SUP-NET"),
        ("M2", "SN2201-DC", "SUP-NET"),
    ):
        plan.modules[position] = serial = f"SN{next(count):08d}"
        line(part, supplier, serial)
