"""The burn-in room: feeds, loops, cells, and the 24 series a cell reports (domain/nvl72.md section 8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assembly.operations.cells import SeriesSpec


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A power feed, kW."""

    code: str
    kw: Decimal


@dataclass(frozen=True, slots=True)
class LoopRow:
    """A coolant loop: heat in kW, flow in L/min."""

    code: str
    kw: Decimal
    lpm: Decimal


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell on its feed and loop: kW and L/min for one rack."""

    code: str
    feed: str
    loop: str
    kw: Decimal
    lpm: Decimal


# (P) floor PDU 450 kW, section 8, H [DPS]: three GB300 racks at their planned 142 kW.
FEEDS = tuple(FeedRow(f"F{n}", Decimal(450)) for n in range(1, 5))
# (P) six racks at 142 kW and 1.5 L/min per kW (section 8, M [PRO]) are 852 kW and 1,278 L/min.
LOOPS = tuple(LoopRow(f"L{n}", Decimal(900), Decimal(1300)) for n in range(1, 3))
# (P) one rack at 142 kW and 213 L/min, with a margin.
CELLS = tuple(
    CellRow(f"A-{n:02}", f"F{(n - 1) // 3 + 1}", f"L{(n - 1) // 6 + 1}", Decimal(150), Decimal(225))
    for n in range(1, 13)
)


def _limit(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _series(index: int, row: tuple[str, str, str, str, str, str]) -> SeriesSpec:
    code, name_ja, name_en, unit, low, high = row
    return SeriesSpec(index, code, name_ja, name_en, unit, _limit(low), _limit(high))


# code, ja, en, unit, low, high. Codes that begin with Rack are NVIDIA's BMS names, H [MC-BMS]; the others are ours.
# A status or fault is 0 while all is well. A power has no low limit: the profile idles between its steps.
_ROWS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # ASHRAE W17–W45, M [COOL]
    ("RackLiquidSupplyTemperature", "供給温度", "Supply temperature", "℃", "17", "45"),
    # supply 45 ℃ and a rise of 10 ℃ at most, M [PRO]
    ("RackLiquidReturnTemperature", "戻り温度", "Return temperature", "℃", "", "55"),
    # 1.25 to 2.0 L/min per kW at 142 kW, M [PRO]; the low limit is that of the lowest load step, L
    ("RackLiquidFlow", "流量", "Flow", "L/min", "120", "284"),
    ("RackLiquidDifferentialPressure", "差圧", "Differential pressure", "kPa", "20", "200"),  # L
    ("RackLiquidDifferentialPressureSp", "差圧設定値", "Differential pressure set point", "kPa", "", ""),
    ("RackControlValvePosition", "制御弁開度", "Control valve position", "%", "0", "100"),
    ("RackPower", "ラック電力", "Rack power", "kW", "", "150"),  # the cell's own limit; 142 kW at most, H [ERA], M
    ("RackLeakDetect", "漏液検知(ラック)", "Leak, rack", "", "", "0"),
    ("RackLeakSensorFault", "漏液検知器故障", "Leak sensor fault", "", "", "0"),
    ("RackLeakDetectTray", "漏液検知(トレイ数)", "Leak, number of trays", "", "", "0"),  # N = 1, section 8
    ("RackLiquidIsolationStatus", "冷却液遮断", "Liquid isolation", "", "", "0"),
    ("RackElectricalIsolationStatus", "電源遮断", "Electrical isolation", "", "", "0"),  # end of the name inferred, M
    ("GpuTemperatureMax", "GPU温度 最大", "GPU temperature, highest", "℃", "", "87"),  # L
    # gpu_temp_tlimit above 0; slowdown at -2, H [K8S]
    ("GpuTemperatureMarginMin", "GPU温度余裕 最小", "GPU temperature margin, lowest", "℃", "0", ""),
    ("GpuMemoryTemperatureMax", "GPUメモリー温度 最大", "GPU memory temperature, highest", "℃", "", "95"),  # L
    ("GpuPowerAverage", "GPU電力 平均", "GPU power, average", "W", "65", "1500"),  # H [HV]
    ("GpuUtilisationAverage", "GPU使用率 平均", "GPU utilisation, average", "%", "", ""),
    ("GpuUncorrectableEcc", "訂正不能ECC増分", "Uncorrectable ECC errors, growth", "", "", "0"),  # section 8
    ("GpuRowRemaps", "行リマップ増分", "Row remaps, growth", "", "", "0"),  # section 8
    ("GpuThermalSlowdowns", "熱スローダウン増分", "Thermal slowdowns, growth", "", "", "0"),  # section 8
    ("GpuXidErrors", "Xidエラー", "Xid errors", "", "", "0"),  # section 7, H in part
    ("NvlinkActiveLinks", "NVLink稼働本数", "NVLinks active", "", "1296", "1296"),  # 72 × 18, H [HV]
    ("CpuTemperatureMax", "CPU温度 最大", "CPU temperature, highest", "℃", "", "95"),  # L
    ("SwitchTemperatureMax", "NVSwitch温度 最大", "NVSwitch temperature, highest", "℃", "", "95"),  # L
)

SERIES: tuple[SeriesSpec, ...] = tuple(_series(index, row) for index, row in enumerate(_ROWS))
