"""Suppliers, the plant's locations and its stations. A station's and a cell's location has the same code.

Sites, their docks and hall positions, vehicles: logistics_lanes.
"""

from __future__ import annotations

from dataclasses import dataclass

from inventory.operations.locations import LocationRow


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """A supplier to define."""

    code: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class WorkCentreRow:
    """A work centre to define: what it is called, and minutes in which each of its stations ends one operation."""

    code: str
    name_ja: str
    name_en: str
    takt: int | None


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station to register. `work_centre`: comma-separated, as the runs read it; `area`: where it stands."""

    code: str
    name_ja: str
    name_en: str
    kind: str
    work_centre: str
    area: str


# Invented names, and marked as such: no statement is made about any company.
SUPPLIERS = (
    SupplierRow("SUP-BOARD", "Kumo Board Works (invented)", "TW"),
    SupplierRow("SUP-NET", "Hikari Networks (invented)", "TW"),
    SupplierRow("SUP-POWER", "Aoba Power (invented)", "TH"),
    SupplierRow("SUP-COOL", "Shimizu Fluid Parts (invented)", "JP"),
    SupplierRow("SUP-METAL", "Kirishima Metal (invented)", "JP"),
    SupplierRow("SUP-STORE", "Mizuho Storage Parts (invented)", "KR"),
)

STATIONS = (
    StationRow("R1", "受入", "Receiving", "receiving", "WC-RECV", "RCV"),
    StationRow("A1", "組立 1", "Assembly 1", "assembly", "WC-TRAY", "LINE-TRAY"),
    StationRow("A2", "組立 2", "Assembly 2", "assembly", "WC-RACK", "LINE-RACK"),
    StationRow("A3", "組立 3", "Assembly 3", "assembly", "WC-RACK", "LINE-RACK"),
    StationRow("T1", "試験 1", "Test 1", "test", "WC-TTEST", "TEST"),
    StationRow("T2", "試験 2", "Test 2", "test", "WC-RTEST", "TEST"),
    StationRow("B1", "エージング", "Burn-in", "burn_in", "WC-BURN", "AGE"),
    StationRow("P1", "梱包", "Packing", "packing", "WC-PACK", "PACK"),
    StationRow("Q1", "品質", "Quality", "quality", "WC-QC", "QC"),
    StationRow("S1", "現地受入", "Site receiving", "site", "WC-SITE", ""),
)

# The pace (P): the mean standard minutes of the operations done there, section 6.1 of domain/nvl72.md.
WORK_CENTRES = (
    WorkCentreRow("WC-RECV", "受入", "Receiving", None),
    WorkCentreRow("WC-TRAY", "トレイ組立", "Tray assembly", 45),
    WorkCentreRow("WC-RACK", "ラック組立", "Rack assembly", 120),
    WorkCentreRow("WC-TTEST", "トレイ試験", "Tray test", 90),
    WorkCentreRow("WC-RTEST", "ラック試験", "Rack test", 170),
    WorkCentreRow("WC-BURN", "エージング", "Burn-in", None),
    WorkCentreRow("WC-QC", "検査", "Inspection", 120),
    WorkCentreRow("WC-PACK", "梱包", "Packing", 90),
    WorkCentreRow("WC-SITE", "現地受入", "Site receiving", None),
)

AREAS = (
    LocationRow(code="RCV", name_ja="受入場", name_en="Receiving area", kind="receiving"),
    LocationRow(code="QRN", name_ja="隔離区域", name_en="Quarantine", kind="quarantine"),
    LocationRow(code="H-1", name_ja="赤棚 H-1", name_en="Red shelf H-1", kind="quarantine", parent="QRN"),
    LocationRow(code="H-2", name_ja="赤棚 H-2", name_en="Red shelf H-2", kind="quarantine", parent="QRN"),
    LocationRow(code="STORE", name_ja="部品倉庫", name_en="Parts store", kind="store"),
    LocationRow(code="STORE-1", name_ja="部品棚 1(基板)", name_en="Shelf 1 (boards)", kind="store", parent="STORE"),
    LocationRow(
        code="STORE-2", name_ja="部品棚 2(ラック部材)", name_en="Shelf 2 (rack parts)", kind="store", parent="STORE"
    ),
    LocationRow(code="STORE-3", name_ja="副資材庫", name_en="Consumables", kind="store", parent="STORE"),
    LocationRow(code="STORE-CT", name_ja="完成トレイ置場", name_en="Finished trays", kind="store", parent="STORE"),
    LocationRow(code="STORE-FG", name_ja="完成品置場", name_en="Finished racks", kind="store", parent="STORE"),
    LocationRow(code="LINE-TRAY", name_ja="トレイ組立ライン", name_en="Tray line", kind="line"),
    LocationRow(code="LINE-RACK", name_ja="ラック組立ライン", name_en="Rack line", kind="line"),
    LocationRow(code="TEST", name_ja="試験場", name_en="Test area", kind="line"),
    LocationRow(code="AGE", name_ja="エージング室", name_en="Burn-in room", kind="line"),
    LocationRow(code="QC", name_ja="検査場", name_en="Inspection area", kind="line"),
    LocationRow(code="PACK", name_ja="梱包場", name_en="Packing area", kind="line"),
    LocationRow(code="DOCK-1", name_ja="出荷口 1", name_en="Dock 1", kind="dock"),
    LocationRow(code="DOCK-2", name_ja="出荷口 2", name_en="Dock 2", kind="dock"),
)

CARTS = tuple(
    LocationRow(code=f"K-{n:02}", name_ja=f"台車 K-{n:02}", name_en=f"Cart K-{n:02}", kind="line", parent="LINE-RACK")
    for n in range(1, 9)
)

CELL_PLACES = tuple(
    LocationRow(
        code=f"A-{n:02}",
        name_ja=f"エージングセル A-{n:02}",
        name_en=f"Burn-in cell A-{n:02}",
        kind="cell",
        parent="AGE",
    )
    for n in range(1, 13)
)

STATION_PLACES = tuple(
    LocationRow(code=row.code, name_ja=row.name_ja, name_en=row.name_en, kind="station", parent=row.area)
    for row in STATIONS
)

LOCATIONS: tuple[LocationRow, ...] = (*AREAS, *CARTS, *CELL_PLACES, *STATION_PLACES)
