"""What a rack is made of, as things with serials, and the suppliers' ship notices that announce them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from genpin.demo.plan import RackPlan
from genpin.demo.plant import Plant

SUPERCHIP = {True: "900-2G548-A901-000", False: "900-2G548-A801-000"}
IO_BOARD = {True: "900-9X86E-00CX-ST0", False: "900-24768-0002-000"}
GPU = {True: "31C2-892-A1", False: "2941-892-A1"}
REVISIONS = {
    "BB-1400-A": "01", "MF-44U-S": "03", "MF-44U-R": "03", "CPL-CT": "B", "PF-1333-7R": "02", "PSU-5K5": "01",
    "PMC-1333": "01", "SN2201-DC": "A1",
}  # fmt: skip
"""Revisions that are not A."""

HEADINGS = (
    "notice", "supplier", "order", "ordered_at", "shipped_at", "part", "revision", "serial", "lot", "quantity",
    "expires_on", "promised_on", "country", "parent", "position",
)  # fmt: skip

SOURCES: dict[str, tuple[str, str]] = {
    "superchip": ("SUP-BOARD", "TW"), "io_board": ("SUP-NET", "TW"), "dpu": ("SUP-NET", "TW"),
    "switch": ("SUP-NET", "TW"), "switch_bmc": ("SUP-NET", "TW"), "mgmt": ("SUP-NET", "TW"),
    "shelf": ("SUP-POWER", "TH"), "psu": ("SUP-POWER", "TH"), "pmc": ("SUP-POWER", "TH"),
    "pdb": ("SUP-BOARD", "TW"), "bmc": ("SUP-BOARD", "TW"), "hmc": ("SUP-BOARD", "TW"),
    "loop": ("SUP-COOL", "JP"), "manifold": ("SUP-COOL", "JP"), "bus_bar": ("SUP-METAL", "JP"),
    "cartridge": ("SUP-BOARD", "TW"), "e1s": ("SUP-STORE", "KR"), "m2": ("SUP-STORE", "KR"),
}  # fmt: skip
"""Kind → supplier and country of origin."""

BY_LOT = ("superchip", "e1s", "loop")
"""Kinds with serials whose lots the suppliers name."""

STORES = {"SUP-BOARD": "STORE-1", "SUP-NET": "STORE-1", "SUP-STORE": "STORE-1"}
"""Where a supplier's goods are put away; the others' are rack parts."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing with a serial, and where it sits in another one of the same notice."""

    kind: str
    part: str
    serial: str
    lot: str = ""
    parent: str = ""
    position: str = ""


@dataclass(slots=True)
class Kit:
    """The things of one rack by kind, in the order in which they are used."""

    items: dict[str, list[Item]] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        self.items.setdefault(item.kind, []).append(item)

    def take(self, kind: str) -> str:
        """The next serial of a kind."""
        return self.items[kind].pop(0).serial

    def all(self) -> list[Item]:
        return [item for items in self.items.values() for item in items]


def kit_of(plant: Plant, rack: RackPlan, trays: int) -> Kit:
    """Everything a rack with so many compute trays (spares counted) is made of."""
    maker = Maker(plant, rack.kit_ready)
    gb300 = rack.is_gb300
    kit = Kit()
    per_tray = (
        ("superchip", SUPERCHIP[gb300], 2), ("io_board", IO_BOARD[gb300], 2),
        ("dpu", "900-9D3B6-00CV-AA0", 1 if gb300 else 2), ("bmc", "BMC-DCSCM", 1), ("hmc", "HMC-GB", 1),
        ("pdb", "PDB-CT", 1), ("loop", "CPL-CT", 2), ("e1s", "SSD-E1S-3T84", 4), ("m2", "SSD-M2-1T92", 1),
    )  # fmt: skip
    for kind, part, count in per_tray:
        for item in maker.make(kind, part, count * trays):
            kit.add(item)
    of_the_rack = (
        ("switch", "N5200_LD", 9), ("switch_bmc", "692-13809-1404-000", 9), ("mgmt", "SN2201-DC", 2),
        ("cartridge", "750-0567-002", 4), ("bus_bar", "BB-1400-A", 1), ("manifold", "MF-44U-S", 1),
        ("manifold", "MF-44U-R", 1),
    )  # fmt: skip
    for kind, part, count in of_the_rack:
        for item in maker.make(kind, part, count):
            kit.add(item)
    for item in maker.shelves(8):
        kit.add(item)
    return kit


@dataclass(frozen=True, slots=True)
class Maker:
    """The suppliers' works in the weeks before a moment."""

    plant: Plant
    before: datetime

    def make(self, kind: str, part: str, count: int) -> list[Item]:
        """So many of a part, from one or two of the supplier's lots."""
        made = self.before - timedelta(days=20)
        year, week, _day = made.isocalendar()
        lot = f"{kind[:2].upper()}{year % 100:02d}W{week:02d}" if kind in BY_LOT else ""
        fixed = self.plant.kit_lots.get(kind, "")
        serials = [self.plant.serials.next(kind, year, week) for _turn in range(count)]
        return [
            Item(kind, part, serial, fixed or (f"{lot}{'A' if place < count * 0.6 else 'B'}" if lot else ""))
            for place, serial in enumerate(serials)
        ]

    def shelves(self, count: int) -> list[Item]:
        """Power shelves, each with six PSUs and a PMC inside."""
        items = []
        for shelf in self.make("shelf", "PF-1333-7R", count):
            items.append(shelf)
            items += [
                Item("psu", "PSU-5K5", psu.serial, "", shelf.serial, f"psu_{place}")
                for place, psu in enumerate(self.make("psu", "PSU-5K5", 6))
            ]
            items += [Item("pmc", "PMC-1333", pmc.serial, "", shelf.serial, "pmc_0") for pmc in self.make("pmc", "", 1)]
        return items


@dataclass(frozen=True, slots=True)
class LotItem:
    """A lot without serials on a ship notice."""

    supplier: str
    part: str
    lot: str
    quantity: int
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One supplier's ship notice."""

    number: str
    supplier: str
    order: str
    ordered_at: datetime
    shipped_at: datetime
    items: Sequence[Item] = ()
    lots: Sequence[LotItem] = ()
    promised_on: date | None = None


def deliveries_of(kit: Kit, order: str, kit_ready: datetime, ordered_at: datetime) -> list[Delivery]:
    """A kit as ship notices, one a supplier; the boards come last, and make the kit ready."""
    by_supplier: dict[str, list[Item]] = {}
    for item in kit.all():
        by_supplier.setdefault(SOURCES[item.kind][0], []).append(item)
    early = {"SUP-BOARD": 0, "SUP-NET": 20, "SUP-STORE": 31, "SUP-POWER": 52, "SUP-COOL": 40, "SUP-METAL": 70}
    return [
        Delivery(
            f"ASN-{supplier[4:]}-{order[3:]}",
            supplier,
            order,
            ordered_at,
            kit_ready - timedelta(hours=early[supplier]),
            items,
        )
        for supplier, items in by_supplier.items()
    ]


def notice_file(deliveries: Iterable[Delivery]) -> bytes:
    """The ship notices as one CSV file."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for one in deliveries:
        promised = one.promised_on.isoformat() if one.promised_on else ""
        head = (one.number, one.supplier, one.order, _moment(one.ordered_at), _moment(one.shipped_at))
        for item in one.items:
            revision = REVISIONS.get(item.part, "A")
            country = SOURCES[item.kind][1]
            rows.writerow(
                (
                    *head,
                    item.part,
                    revision,
                    item.serial,
                    item.lot,
                    1,
                    "",
                    promised,
                    country,
                    item.parent,
                    item.position,
                )
            )
        for lot in one.lots:
            rows.writerow((*head, lot.part, "A", "", lot.lot, lot.quantity, lot.expires_on, promised, "JP", "", ""))
    return text.getvalue().encode()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
