"""Realistic sheets of the other papers: an as-built rack of 525 units, labels, a packing list of two crates."""

# ruff: noqa: C901, E501  (tables of facts read best one fact a line)

from datetime import date, timedelta
from decimal import Decimal

from assembly.documents.as_built import AsBuiltSheet, DeviationRow, FirmwareRow, UnitRow
from documents.words import Words
from inventory.documents.unit_label import UnitLabelSheet
from logistics.documents.packing_list import Content, CrateRow, IndicatorRow, LegRow, PackingListSheet
from tests.documents.sample_sheets import PLANT, SITE, a_traveller, at, the_stamps

_BOARDS = (
    ("BRD", "スーパーチップ基板", "Superchip board", "900-2G548-0081", 2),
    ("IOB", "IO 基板", "IO board", "900-9X86E-00CX", 2),
    ("DPU", "DPU BlueField-3", "DPU BlueField-3", "900-9D3B6-00CN", 1),
    ("BMC", "BMC カード", "BMC card", "699-13809-1404", 1),
    ("HMC", "HMC", "HMC", "699-2G548-HMC", 1),
    ("PDB", "電源分配基板", "Power distribution board", "PDB-54V-C", 1),
    ("SSD", "E1.S SSD", "E1.S SSD", "MZTL33T8HEJA", 4),
    ("M2", "起動用 M.2", "Boot M.2", "MZ1L2960HCJR", 1),
    ("CPL", "コールドプレート", "Cold-plate loop", "CPL-G300-A", 2),
)


def an_as_built() -> AsBuiltSheet:
    rack = a_traveller()
    return AsBuiltSheet(
        plant=PLANT,
        serial=rack.serial,
        tag=rack.tag,
        part_name=rack.part_name,
        part_number=rack.part_number,
        part_revision=rack.part_revision,
        order=rack.order,
        design=rack.design,
        destination=SITE,
        at=at("11/24 13:40"),
        record=2_931_077,
        stamps=the_stamps(),
        counts=rack.composition,
        units=_units(),
        firmware=(
            FirmwareRow(
                "GB300-CT r2", "driver", "≧ 580.95.05", "580.173.02", "match", tuple(f"CT-{n:02}" for n in range(18))
            ),
            FirmwareRow("GB300-CT r2", "vbios", "97.10.4A.00.0C", "97.10.4A.00.0B", "approved", ("CT-05",)),
            FirmwareRow("N5200_LD r1", "UEFI", "0ACTV_00.01.020 | 0ACTV_00.01.022", "", "unreported", ("ST-3", "ST-4")),
        ),
        deviations=(
            DeviationRow(
                "DV-26-0044",
                "CBC-3 に 900-2G770 版 B を使用(版 A の代替、客先承認済み)",
                "田中 美咲",
                at("11/13 15:10"),
            ),
        ),
        lots=rack.lots,
    )


def _units() -> tuple[UnitRow, ...]:
    rows = [_unit(0, "RK26-00131", "GB300 NVL72 ラック", "GB300 NVL72 rack", "GP-NVL72-GB300", 0)]
    for tray in range(18):
        rows.append(_unit(1, f"CT-{tray:02}", "計算トレイ", "Compute tray", "GP-CT-GB300", len(rows)))
        for code, ja, en, part, count in _BOARDS:
            for place in range(count):
                rows.append(_unit(2, f"{code} {place}", ja, en, part, len(rows)))
                if tray == 4 and (code, place) == ("BRD", 1):
                    rows.append(_removed(len(rows)))
                if code == "BRD":
                    rows += _chips(len(rows))
                elif code == "IOB":
                    rows += [
                        _unit(3, f"NIC {n}", "NIC ASIC CX-8", "NIC ASIC CX-8", "CX8-ASIC", len(rows) + n, mac=True)
                        for n in range(2)
                    ]
    for tray in range(9):
        rows.append(_unit(1, f"ST-{tray}", "スイッチトレイ", "Switch tray", "GP-ST-NVL5", len(rows)))
        rows += [
            _unit(2, f"NVS {n}", "NVSwitch ASIC", "NVSwitch ASIC", "920-9K36W-00MV", len(rows) + n) for n in range(2)
        ]
    for shelf in range(8):
        rows.append(_unit(1, f"PSH-{shelf}", "電源シェルフ", "Power shelf", "PS-33K-A", len(rows)))
        rows += [
            _unit(2, f"PSU {n}", "電源ユニット", "Power supply unit", "PSU-5K5-A", len(rows) + n) for n in range(6)
        ]
    rows += [_unit(1, f"CBC-{n}", "カートリッジ", "Cable cartridge", "900-2G770", len(rows) + n) for n in range(4)]
    return tuple(rows)


def _chips(first: int) -> list[UnitRow]:
    gpus = [_unit(3, f"GPU {n}", "GPU B300", "GPU B300", "2G548-GPU", first + n, uuid=True) for n in range(2)]
    return [*gpus, _unit(3, "CPU 0", "CPU Grace", "CPU Grace", "2G548-CPU", first + 2)]


def _unit(
    depth: int, position: str, ja: str, en: str, part: str, n: int, *, uuid: bool = False, mac: bool = False
) -> UnitRow:
    identifiers: tuple[tuple[str, str], ...] = ()
    if uuid:
        identifiers = (("UUID", f"GPU-{n:08x}-7c1d-4e2a-9b3f-{n * 7919:012x}"), ("PDI", f"0x{n * 104729:016x}"))
    elif mac:
        identifiers = (("MAC", f"94:6d:ae:{n >> 8 & 255:02x}:{n & 255:02x}:0a"),)
    return UnitRow(
        depth, position, Words(ja, en), part, "C", "" if uuid else f"16500{n:08}", f"GU{n:04}-{n % 10}", identifiers,
        at("11/12 08:00") + timedelta(minutes=7 * n), "林" if n % 3 else "原",
    )  # fmt: skip


def _removed(n: int) -> UnitRow:
    return UnitRow(
        2, "BRD 1", Words("スーパーチップ基板", "Superchip board"), "900-2G548-0081", "B", "1650000001177", "GU9177-3", (),
        at("11/12 09:05"), "林", at("11/18 15:30"), "佐藤", "NC-26-0179 漏れ、QD 損傷",
    )  # fmt: skip


def a_label(n: int = 0) -> UnitLabelSheet:
    return UnitLabelSheet(
        plant=PLANT,
        tag=f"GU{1177 + n}-{n % 10}",
        part_number="900-2G548-0081-000",
        part_revision="C",
        name=Words("スーパーチップ基板", "Superchip board"),
        serial=f"16500000{11770 + n}",
        lot="L26-4471",
        country="TW",
        quantity=Decimal(1),
        unit="個",
        received_on=date(2026, 11, 9),
        order="PO-26-0711",
        held="HD-26-0031" if n == 1 else "",
        code_text=f"GU{1177 + n}-{n % 10}",
        at=at("11/09 10:22"),
        record=2_804_113 + n,
    )


def a_packing_list() -> PackingListSheet:
    return PackingListSheet(
        plant=PLANT,
        shipment="SH-26-0088",
        order="SO-26-0019",
        customer=Words("川内デジタル基盤株式会社", "Sendai Digital Infrastructure Co., Ltd."),
        origin=Words("播磨工場 第 2 ドック", "Harima plant, dock 2"),
        destination=SITE,
        dock="D-3",
        lane="HRM-STS フェリー",
        departs_at=at("11/25 13:00"),
        arrives_at=at("11/26 15:30"),
        carrier="西海運輸株式会社",
        vehicle="姫路 100 あ 26-81",
        driver="永田 浩",
        seals=("SL-440917", "SL-440918"),
        permits=(),
        crates=(_crate(1, "00131"), _crate(2, "00132")),
        legs=(
            LegRow(
                Words("陸送", "Road"),
                Words("播磨工場", "Harima plant"),
                Words("神戸港", "Kobe port"),
                at("11/25 13:00"),
                at("11/25 15:10"),
                "西海運輸",
            ),
            LegRow(
                Words("フェリー", "Ferry"),
                Words("神戸港", "Kobe port"),
                Words("志布志港", "Shibushi port"),
                at("11/25 18:55"),
                at("11/26 09:40"),
                "南方フェリー",
            ),
            LegRow(
                Words("陸送", "Road"),
                Words("志布志港", "Shibushi port"),
                SITE,
                at("11/26 10:30"),
                at("11/26 15:30"),
                "西海運輸",
            ),
        ),
        stamps=the_stamps(),
        at=at("11/25 11:48"),
        record=2_940_220,
    )


def _crate(number: int, serial: str) -> CrateRow:
    states = ("intact", "intact", "intact") if number == 1 else ("intact", "unknown", "intact")
    return CrateRow(
        number=number,
        sscc=f"34569951110000{number:03}" + "74"[number - 1],
        kind=Words("密閉木箱", "Closed wooden box"),
        gross_kg=Decimal("1712.5"),
        net_kg=Decimal("1361.0"),
        length_mm=1400,
        width_mm=900,
        height_mm=2480,
        indicators=(
            IndicatorRow(Words("衝撃検知ラベル", "Shock indicator"), f"SW-55{number}017", "25 g", states[0]),
            IndicatorRow(Words("転倒検知ラベル", "Tilt indicator"), f"TW-20{number}441", "80°", states[1]),
            IndicatorRow(Words("輸送記録計", "Data logger"), f"DL-0{number}9", "", states[2]),
        ),
        contents=(
            Content(
                "GP-NVL72-GB300 C",
                Words("GB300 NVL72 ラック", "GB300 NVL72 rack"),
                f"RK26-{serial}",
                f"GR0{serial[-3:]}-7",
                1,
                Decimal("1361.0"),
            ),
            Content("AC-HOSE-SET A", Words("接続ホース一式", "Hose set"), "", f"GA{serial}", 1, None),
        ),
        note="重心は中央、乾燥剤 4 袋、冷却液を抜き N2 0.3 bar 封入",
    )
