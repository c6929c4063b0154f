"""Realistic sheets for the tests and the measurement: rack RK26-00131 on the afternoon its burn-in stopped."""

# ruff: noqa: E501, PLR0917  (tables of facts read best one fact a line)

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from assembly.documents.traveller_sheet import (
    BurnIn,
    KindCount,
    LotUse,
    Nonconformity,
    Reading,
    SeriesSummary,
    Signature,
    SlotRow,
    SoakGap,
    SoakInterval,
    Step,
    TestRunRow,
    TravellerSheet,
)
from documents.paper import Issue, Stamp
from documents.words import Plant, Words

JST = ZoneInfo("Asia/Tokyo")
PLANT = Plant(
    Words("播磨電装株式会社 播磨工場", "Harima Denso Co., Ltd., Harima Plant"), Words("組立課", "Assembly section")
)
SITE = Words("薩摩川内 データセンター", "Satsumasendai data centre")


def at(text: str) -> datetime:
    """`11/20 16:05` of 2026, plant time."""
    return datetime.strptime(f"2026/{text}", "%Y/%m/%d %H:%M").replace(tzinfo=JST)


def an_issue(number: str = "TRV-26-00131-07", revision: int = 7) -> Issue:
    code = "8f2c1f3e9a0b4c7d8e6f1a2b3c4d5e6f"
    return Issue(number, revision, code, f"https://genpin.harima.example/verify/{code}", "7d1f90ac44e82b06" + "5a" * 24)


def the_stamps() -> tuple[Stamp, ...]:
    return (
        Stamp("checked", "品質保証", "田中", at("11/16 10:12")),
        Stamp("prepared", "生産管理", "岡", at("11/12 09:00")),
    )


def a_traveller() -> TravellerSheet:
    """A rack of 45 slots and 27 trays: six pages."""
    return TravellerSheet(
        plant=PLANT,
        kind="rack",
        serial="RK26-00131",
        tag="GR0131-7",
        part_name=Words("GB300 NVL72 ラック", "GB300 NVL72 rack"),
        part_number="GP-NVL72-GB300",
        part_revision="C",
        order="MO-26-0402",
        design="D-31",
        destination=SITE,
        need_by=date(2026, 11, 27),
        at=at("11/20 16:05"),
        record=2_918_460,
        current="stopped_held",
        stamps=the_stamps(),
        composition=_composition(),
        lots=_lots(),
        steps=_steps(),
        slots=_slots(),
        readings=_readings(),
        burn_ins=(_burn_in(),),
        signatures=_signatures(),
        nonconformities=_nonconformities(),
        test_runs=_test_runs(),
    )


def _composition() -> tuple[KindCount, ...]:
    return (
        KindCount(Words("計算", "Compute"), 18, 18),
        KindCount(Words("スイッチ", "Switch"), 9, 9),
        KindCount(Words("電源", "Power"), 8, 8),
        KindCount(Words("カートリッジ", "Cartridge"), 4, 4),
        KindCount(Words("管理", "Mgmt"), 2, 2),
    )


def _lots() -> tuple[LotUse, ...]:
    return (
        LotUse("CL-PG25-20", Words("PG25", "PG25"), "L-2610-027", Decimal("41.2"), "L", "260", at("11/18 19:45")),
        LotUse("SC-M6-16-A2", Words("六角穴付ボルト M6×16", "Socket screw M6×16"), "B2609-114", Decimal("96"), "個", "205", at("11/13 12:31")),
        LotUse("LB-70X30-P", Words("耐熱ラベル", "Heat-proof label"), "LB26-31", Decimal("27"), "枚", "230", at("11/16 15:48")),
    )  # fmt: skip


_WORK = (
    ("200", "ラック準備、水平", "Rack preparation, level", "R-1", "11/13 08:12", "11/13 10:40", "pass", "林", "大野"),
    ("205", "バスバー締付", "Bus bar torque", "R-1", "11/13 10:52", "11/13 12:31", "pass", "林", "大野"),
    ("210", "カートリッジ取付・検査", "Cartridges, inspection", "R-1", "11/13 13:20", "11/13 16:05", "pass", "林", "田中"),
    ("220", "電源シェルフ、接地導通", "Power shelves, ground bond", "R-2", "11/14 08:20", "11/14 10:55", "pass", "原", "大野"),
    ("230", "トレイ挿入", "Tray insertion", "組立 3", "11/14 11:10", "11/16 15:48", "pass", "林", "大野"),
    ("240", "配線、LLDP 照合", "Cabling, LLDP check", "組立 3", "11/16 16:00", "11/17 11:20", "pass", "原", "林"),
    ("250", "漏れ試験(乾式)", "Leak test, dry", "L-1", "11/17 13:00", "11/17 14:10", "fail", "佐藤", "田中"),
    ("250", "漏れ試験(乾式)", "Leak test, dry", "L-1", "11/18 16:10", "11/18 17:15", "pass", "佐藤", "田中"),
    ("260", "注液・脱気", "Fill, deaerate", "L-1", "11/18 17:30", "11/18 19:45", "pass", "佐藤", "原"),
    ("300", "初回通電", "First power-on", "T-1", "11/18 20:00", "11/18 21:32", "pass", "佐藤", "原"),
    ("310", "ファームウェア", "Firmware", "T-1", "11/18 21:40", "11/19 01:10", "pass", "佐藤", "原"),
    ("320", "構成照合", "Configuration check", "T-1", "11/19 01:15", "11/19 01:27", "conditional", "佐藤", "田中"),
    ("330", "NVLink 立上げ", "NVLink bring-up", "T-2", "11/19 01:30", "11/19 02:05", "pass", "佐藤", "原"),
    ("340", "総合試験", "Rack functional test", "T-2", "11/19 02:20", "11/19 19:30", "pass", "佐藤", "田中"),
    ("350", "エージング 72 h", "Burn-in 72 h", "A-07", "11/19 19:42", "", "", "佐藤", ""),
    ("250", "漏れ試験(乾式)", "Leak test, dry", "L-1", "", "", "", "", ""),
    ("350", "再エージング 24 h", "Burn-in again 24 h", "", "", "", "", "", ""),
    ("360", "エージング後試験", "After burn-in", "T-2", "", "", "", "", ""),
    ("510", "データ消去・最終検査", "Data wipe, final inspection", "Q-1", "", "", "", "", ""),
    ("520", "梱包・SSCC", "Pack-out, SSCC", "P-1", "", "", "", "", ""),
)  # fmt: skip

_NOTES = {
    2: "CBC_0–3、端子写真 16 枚",
    4: "27/27 照合",
    5: "72/72 一致",
    9: "シェルフ 8/8",
    10: "1.0.6、27 台",
    11: "539 点、不一致 4",
    12: "1,296 リンク、不通 0",
    14: "18.3 / 72 h、漏液警報で停止",
}
_VALUES = {
    0: ("水平", "level", "0.2", "mm/m", None, "0.5"),
    1: ("", "", "22.1", "N·m", "21.0", "23.0"),
    3: ("最大", "max", "0.03", "Ω", None, "0.10"),
    6: ("降下", "decay", "0.62", "kPa", None, "0.50"),
    7: ("降下", "decay", "0.02", "kPa", None, "0.50"),
    8: ("導電率", "conductivity", "1.8", "µS/cm", None, None),
    13: ("", "", "841", "GB/s", "835", None),
}


def _steps() -> tuple[Step, ...]:
    steps = []
    seen: dict[str, int] = {}
    for place, (number, ja, en, centre, start, end, verdict, who, checker) in enumerate(_WORK):
        seen[number] = seen.get(number, 0) + 1
        readings = ()
        if place in _VALUES:
            name_ja, name_en, value, unit, low, high = _VALUES[place]
            readings = (_reading(number, name_ja, name_en, value, unit, low, high, verdict or "pass"),)
        steps.append(
            Step(
                number, Words(ja, en), seen[number], centre, f"OP-{number}-{seen[number]}",
                at(start) if start else None, at(end) if end else None, readings, _NOTES.get(place, ""), verdict,
                who, checker, is_current=place == 14,
                demanded_by={7: "NC-26-0179", 15: "NC-26-0191", 16: "NC-26-0191"}.get(place, ""),
            )
        )  # fmt: skip
    return tuple(steps)


def _reading(
    step: str, ja: str, en: str, value: str, unit: str, low: str | None, high: str | None, verdict: str
) -> Reading:
    return Reading(
        step, Words(ja, en), Decimal(value), unit, Decimal(low) if low else None, Decimal(high) if high else None,
        verdict, "TQ-0417" if unit == "N·m" else "LK-02", at("11/13 12:31"),
    )  # fmt: skip


def _slots() -> tuple[SlotRow, ...]:
    rows = []
    for tray in range(18):
        slot = tray + 1 if tray < 8 else tray + 10
        state = "held" if slot == 5 else "installed"
        rows.append(
            SlotRow(
                f"CT-{tray:02}", f"{11 + tray if tray < 8 else 20 + tray}", str(slot), "GP-CT-GB300 C",
                Words("計算トレイ", "Compute tray"), "GP-CT-GB300 C", f"CT26-{1180 + tray:05}", f"GT{3180 + tray}-{tray % 10}",
                state, at("11/15 09:30") + timedelta(minutes=14 * tray),
            )
        )  # fmt: skip
    for tray in range(9):
        rows.append(
            SlotRow(
                f"ST-{tray}", str(19 + tray), str(9 + tray), "GP-ST-NVL5 B", Words("スイッチトレイ", "Switch tray"),
                "GP-ST-NVL5 B", f"ST26-{620 + tray:05}", f"GS{1620 + tray}-{tray}", "installed",
                at("11/14 11:20") + timedelta(minutes=11 * tray),
            )
        )  # fmt: skip
    others = (
        ("PSH", "電源シェルフ", "Power shelf", "PS-33K-A 02", 8),
        ("CBC", "カートリッジ", "Cable cartridge", "900-2G770 A", 4),
        ("MFD", "マニホールド", "Manifold", "MF-44U-S 03", 2),
        ("MSW", "管理スイッチ", "Management switch", "SN2201-DC A1", 2),
        ("BBR", "バスバー", "Bus bar", "BB-1400-A 01", 1),
        ("FRM", "ラック架", "Rack frame", "RF-48U-ORV3 02", 1),
    )
    for code, ja, en, part, count in others:
        for place in range(count):
            fitted = "900-2G770 B" if code == "CBC" and place == 3 else part
            rows.append(
                SlotRow(
                    f"{code}-{place}", "", str(place), part, Words(ja, en), fitted,
                    f"18212{len(rows):02}{place:06}", f"GX{4000 + len(rows)}-{place}",
                    "deviation" if fitted != part else "installed", at("11/13 14:00") + timedelta(minutes=5 * len(rows)),
                )
            )  # fmt: skip
    return tuple(rows)


def _readings() -> tuple[Reading, ...]:
    bolts = [
        _reading("205", f"バスバー 締付トルク ボルト {n}", f"Bus bar torque, bolt {n}", f"22.{n % 7}", "N·m", "21.0", "23.0", "pass")
        for n in range(1, 17)
    ]  # fmt: skip
    bonds = [
        _reading(
            "220", f"接地導通 シェルフ {n}", f"Ground bond, shelf {n}", f"0.0{n % 3 + 1}", "Ω", None, "0.10", "pass"
        )
        for n in range(8)
    ]
    leaks = [
        _reading("250", "圧力降下 1 回目", "Pressure decay, attempt 1", "0.62", "kPa", None, "0.50", "fail"),
        _reading("250", "圧力降下 2 回目", "Pressure decay, attempt 2", "0.02", "kPa", None, "0.50", "pass"),
        _reading("260", "導電率", "Conductivity", "1.8", "µS/cm", None, "5.0", "pass"),
        _reading("260", "pH", "pH", "8.4", "", "8.0", "9.5", "pass"),
    ]
    joints = [
        _reading("230", f"クイックカプラ 挿入力 トレイ {n}", f"Quick disconnect force, tray {n}", f"{140 + n}", "N", None, "220", "pass")
        for n in range(27)
    ]  # fmt: skip
    links = [
        _reading("330", f"リンク誤り率 トレイ {n}", f"Link errors, tray {n}", f"{n % 4}", "件", None, "10", "pass")
        for n in range(18)
    ]
    return (*bolts, *bonds, *joints, *leaks, *links)


def _burn_in() -> BurnIn:
    series = [
        SeriesSummary(
            Words(f"{ja} {n}", f"{en} {n}"), unit, None, Decimal(high), Decimal(low), Decimal(mean), Decimal(top), 1098, "pass"
        )
        for ja, en, unit, low, mean, top, high in (
            ("GPU 最高温度 トレイ", "GPU temperature max, tray", "℃", "41.2", "63.8", "71.5", "85.0"),
        )
        for n in range(18)
    ]  # fmt: skip
    loop = [
        SeriesSummary(Words("供給温度", "Supply temperature"), "℃", Decimal("18.0"), Decimal("45.0"), Decimal("24.9"), Decimal("25.4"), Decimal("26.1"), 1098, "pass"),
        SeriesSummary(Words("流量", "Flow rate"), "L/min", Decimal("100"), None, Decimal("118"), Decimal("126"), Decimal("131"), 1098, "pass"),
        SeriesSummary(Words("ラック電力", "Rack power"), "kW", None, Decimal("140"), Decimal("96.1"), Decimal("128.4"), Decimal("133.9"), 1098, "pass"),
    ]  # fmt: skip
    return BurnIn(
        "350", 1, "A-07", 72 * 60, 18 * 60 + 18, "stopped_held", "",
        (
            SoakInterval(at("11/19 19:42"), at("11/20 02:11"), 389),
            SoakInterval(at("11/20 02:23"), at("11/20 14:12"), 709),
        ),
        (
            SoakGap(at("11/20 02:11"), at("11/20 02:23"), 12, "欠測: BMC 応答なし(トレイ 11)"),
            SoakGap(at("11/20 14:12"), None, 113, "漏液警報 スロット 5、負荷停止"),
        ),
        (*loop, *series),
    )  # fmt: skip


def _signatures() -> tuple[Signature, ...]:
    signs = []
    for place, (number, ja, _en, _centre, _start, end, _verdict, who, checker) in enumerate(_WORK):
        if not end:
            continue
        moment = at(end)
        signs.append(Signature(number, ja, f"{who} 健一", "組立課", "prepared", moment, 2_900_100 + 40 * place))
        signs.append(Signature(number, ja, f"{checker} 美咲", "品質保証部", "checked", moment, 2_900_101 + 40 * place))
    return tuple(signs)


def _nonconformities() -> tuple[Nonconformity, ...]:
    return (
        Nonconformity("NC-26-0191", "漏液警報 スロット 5。", at("11/20 14:12"), "350", "", "漏れ再試験 → 再エージング 24 h まで進めない", "open"),
        Nonconformity("NC-26-0179", "乾式漏れ試験 降下 0.62 kPa(規格 0.50 以下)。スロット 12 の QD を交換", at("11/17 14:10"), "250", "手直し", "漏れ再試験", "closed"),
    )  # fmt: skip


def _test_runs() -> tuple[TestRunRow, ...]:
    tools = (
        ("320", "redfish", "1.20.1", "T-1", "conditional", "review", "不一致 4: BMC カードの版"),
        ("330", "nvidia-smi", "580.126.20", "T-2", "pass", "accept", ""),
        ("340", "dcgm-diag", "4.4.1", "T-2", "pass", "accept", ""),
        ("340", "nccl-tests", "2.17.2", "T-2", "pass", "accept", "72 ランク、841 GB/s"),
        ("340", "nvbandwidth", "0.8", "T-2", "pass", "accept", ""),
        ("340", "hpl", "25.09", "T-2", "pass", "accept", ""),
        ("350", "kernel-log", "6.8.0", "A-07", "warn", "hold", "漏液警報の直前に Xid なし"),
    )
    return tuple(
        TestRunRow(step, tool, version, station, at("11/19 03:10") + timedelta(hours=n), f"{n + 3:x}c" * 32, verdict, then, why)
        for n, (step, tool, version, station, verdict, then, why) in enumerate(tools)
    )  # fmt: skip
