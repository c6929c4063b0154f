"""What a burn-in cell reports of a rack, minute by minute: 24 series in the order of genpin.master.cells.SERIES.

The profile is ramp, full load, a power-cycling step every eleven hours. The same seed gives the same figures, from
whatever minute on they are asked for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from genpin.master.cells import SERIES

Values = npt.NDArray[np.float64]
COLUMN = {row.code: row.index for row in SERIES}
CYCLE_MINUTES = 660
PLANNED_KW = {True: 142.0, False: 132.0}
IDLE_KW = 18.0


def samples(seed: int, gb300: bool, first: int, count: int) -> Values:
    """Samples of minutes `first` to `first + count - 1` of a soak."""
    minutes = np.arange(first, first + count)
    noise = _noise(seed, minutes)
    load = _load(minutes)
    kw = IDLE_KW + (0.955 * PLANNED_KW[gb300] - IDLE_KW) * load + noise[:, 0] * 0.7
    supply = 33.5 + 1.6 * np.sin(minutes / 1440 * 2 * np.pi) + noise[:, 1] * 0.12
    flow = np.clip(1.46 * kw + 6, 128, None) + noise[:, 2] * 0.8
    hot = 43 + 24 * load + (supply - 33.5) * 0.8 + noise[:, 3] * 0.6
    gpu_watts = np.clip(kw * 1000 / 72 * 0.62, 165, None) + noise[:, 4] * 4
    table = np.zeros((count, len(SERIES)))

    def put(code: str, values: npt.ArrayLike) -> None:
        table[:, COLUMN[code]] = values

    put("RackLiquidSupplyTemperature", supply)
    put("RackLiquidReturnTemperature", supply + kw * 60 / (flow * 3.9))
    put("RackLiquidFlow", flow)
    put("RackLiquidDifferentialPressure", 62 * (flow / 195) ** 2 + 12 + noise[:, 5] * 0.5)
    put("RackLiquidDifferentialPressureSp", np.where(load > 0.5, 75.0, 45.0))
    put("RackControlValvePosition", np.clip(28 + 40 * load + noise[:, 6], 0, 100))
    put("RackPower", kw)
    put("GpuTemperatureMax", hot)
    put("GpuTemperatureMarginMin", 87 - hot)
    put("GpuMemoryTemperatureMax", hot + 4 + noise[:, 7] * 0.5)
    put("GpuPowerAverage", gpu_watts)
    put("GpuUtilisationAverage", np.clip(100 * load - np.abs(noise[:, 4]), 0, 100))
    put("NvlinkActiveLinks", 1296.0)
    put("CpuTemperatureMax", 41 + 19 * load + noise[:, 6] * 0.7)
    put("SwitchTemperatureMax", 46 + 16 * load + noise[:, 5] * 0.7)
    return np.round(table, 2)


def without(values: Values, first: int, missing: range) -> Values:
    """The samples with a stretch of minutes that did not come."""
    begin, end = max(missing.start - first, 0), max(missing.stop - first, 0)
    values[begin:end] = np.nan
    return values


def with_reading(values: Values, first: int, minute: int, code: str, reading: float) -> Values:
    """The samples with one value of its own at a minute, if it is among them."""
    if 0 <= minute - first < len(values):
        values[minute - first, COLUMN[code]] = reading
    return values


def _load(minutes: npt.NDArray[np.int64]) -> Values:
    """Share of full load: 0 idle, 1 full. A ramp of 30 minutes at the start, two power cycles at each cycle's end."""
    within = minutes % CYCLE_MINUTES
    load = np.ones(len(minutes))
    load[(within >= CYCLE_MINUTES - 24) & (within < CYCLE_MINUTES - 16)] = 0.05
    load[(within >= CYCLE_MINUTES - 8)] = 0.05
    return np.minimum(load, np.clip(minutes / 30, 0.05, 1))


def _noise(seed: int, minutes: npt.NDArray[np.int64]) -> Values:
    """Noise that depends on seed and minute alone; drawn by days."""
    days = range(int(minutes[0]) // 1440, int(minutes[-1]) // 1440 + 1)
    drawn = np.concatenate([np.random.default_rng([seed, day]).standard_normal((1440, 8)) for day in days])
    start = int(minutes[0]) - days[0] * 1440
    noise: Values = np.clip(drawn[start : start + len(minutes)], -3, 3)
    return noise
