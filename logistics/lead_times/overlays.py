"""A scenario of one's own: a light overlay on a base. Only the inputs that differ are given; the rest is the base's."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from .scenarios import Grade, Risk, Scenario, StageInput, risk_sources
from .stages import CLOCK

SPREADS_OF_RISK = {"air_roll": "air_roll", "licence_days": "licence"}
"""Inputs with P10, P50 and P90 that belong to a risk → its field of `Risk`."""

SHARES = ("first_pass_fail", "late_vessel_share", "air_roll_share", "licence_share")
"""Inputs that are a probability for one rack, 0 to .95."""

VALUES = (*SHARES, "late_vessel_mean_days")
"""Inputs of one figure."""

MOST_SHARE, MOST_DAYS = 0.95, 365.0

_OF_ROUTE = {
    "air": ("air_roll_share", "air_roll"),
    "sea": ("late_vessel_share", "late_vessel_mean_days"),
    "road": (),
}


class InputUnknown(ValueError):
    """The base has no such input."""


@dataclass(frozen=True, slots=True)
class Own:
    """One input of an overlay: a spread of days or a value, its grade and source. `switch`: what brought it."""

    key: str
    grade: Grade
    source: str
    days: tuple[float, float, float] | None = None
    value: float | None = None
    switch: str = ""


@dataclass(frozen=True, slots=True)
class InputRow:
    """An input of a scenario as a table shows it: `days` (P10, P50, P90) or `value`, with its grade and its source."""

    key: str
    grade: Grade
    source: str
    source_ja: str
    days: tuple[float, float, float] | None = None
    value: float | None = None

    def source_in(self, language: str) -> str:
        """The source in "ja" or "en"; what a person wrote, as it was written."""
        return (self.source_ja or self.source) if language == "ja" else self.source


def input_keys(base: Scenario) -> tuple[str, ...]:
    """The inputs of a scenario that an overlay may change, in the order of the way. Kit ready comes before the clock,
    storms are one sky for all: neither is here."""
    stages = [stage.key for stage in CLOCK if stage.key in base.stages]
    licence = ("licence_share", "licence_days") if base.is_overseas else ()
    return (*stages, "first_pass_fail", *licence, *_OF_ROUTE[base.transport])


def input_rows(scenario: Scenario) -> tuple[InputRow, ...]:
    """Every input that the scenario's clock stands on."""
    return tuple(input_row(scenario, key) for key in input_keys(scenario))


def input_row(scenario: Scenario, key: str) -> InputRow:
    """One of them. Raises InputUnknown."""
    if key not in input_keys(scenario):
        raise InputUnknown(key)
    spread = spread_of(scenario, key)
    told = scenario.told.get(key) or risk_sources().get(key)
    if spread is None:
        assert told is not None
        return InputRow(key, *told, value=float(getattr(scenario.risk, key)))
    grade, source, source_ja = told or (spread.grade, spread.source, spread.source_ja)
    return InputRow(key, grade, source, source_ja, days=(spread.p10, spread.p50, spread.p90))


def spread_of(scenario: Scenario, key: str) -> StageInput | None:
    """The days of an input; None for one that is a single value."""
    if key in VALUES:
        return None
    if key in SPREADS_OF_RISK:
        return getattr(scenario.risk, SPREADS_OF_RISK[key])  # type: ignore[no-any-return]
    return scenario.stages[key]


def overlaid(base: Scenario, own: Iterable[Own], *, name: str, titles: tuple[str, str]) -> Scenario:
    """The base with one's own inputs; `titles` are its Japanese and English name. It takes random streams of its own
    (MODEL 10, trap 6: common draws must not decide a probability). Raises InputUnknown, InputOutOfOrder."""
    stages, risks, told = dict(base.stages), {}, dict(base.told)
    known, given = input_keys(base), tuple(own)
    for one in given:
        if one.key not in known:
            raise InputUnknown(one.key)
        told[one.key] = (one.grade, one.source, "")
        if one.key in VALUES:
            risks[one.key] = one.value
            continue
        assert one.days is not None
        spread = StageInput(*one.days, grade=one.grade, source=one.source)
        if one.key in SPREADS_OF_RISK:
            risks[SPREADS_OF_RISK[one.key]] = spread  # type: ignore[assignment]
        else:
            stages[one.key] = replace(spread, wait_share=stages[one.key].wait_share)
    return replace(
        base,
        name=name,
        title_ja=titles[0],
        title_en=titles[1],
        stages=MappingProxyType({key: stages[key] for key in base.stages}),
        risk=_with(base.risk, risks),
        told=MappingProxyType(told),
        base=base.name,
        own_keys=tuple(one.key for one in given),
    )


def _with(risk: Risk, changes: Mapping[str, Any]) -> Risk:
    return replace(risk, **changes) if changes else risk


@dataclass(frozen=True, slots=True)
class Switch:
    """A disruption as an overlay: days added to spreads (P10, P50, P90), spreads and values set instead. All of it is
    assumed (grade C) until the plant knows better. `routes`: where it can strike."""

    key: str
    ja: str
    en: str
    routes: tuple[str, ...]
    added: Mapping[str, tuple[float, float, float]]
    spreads: Mapping[str, tuple[float, float, float]]
    values: Mapping[str, float]
    overseas_only: bool = False

    def fits(self, base: Scenario) -> bool:
        """Whether it can strike this route at all."""
        return base.transport in self.routes and (base.is_overseas or not self.overseas_only)

    def overlay(self, base: Scenario) -> Iterator[Own]:
        """What it changes in the base."""
        source = f"{self.en} / {self.ja}"
        for key, more in self.added.items():
            spread = spread_of(base, key)
            assert spread is not None
            days = tuple(round(one + plus, 3) for one, plus in zip(_points(spread), more, strict=True))
            yield Own(key, "C", source, days=days, switch=self.key)  # type: ignore[arg-type]
        for key, days in self.spreads.items():
            yield Own(key, "C", source, days=days, switch=self.key)
        for key, value in self.values.items():
            yield Own(key, "C", source, value=value, switch=self.key)


def _points(spread: StageInput) -> tuple[float, float, float]:
    return spread.p10, spread.p50, spread.p90


SWITCHES: tuple[Switch, ...] = (
    Switch(
        "port_closed", "港湾閉鎖", "Port closed", ("sea",), {"wait_departure": (7, 12, 21)}, {}, {}, overseas_only=True,
    ),
    Switch("ferry_stopped", "フェリー欠航(陸送)", "Ferry stopped, all by road", ("road", "air"),
           {"domestic_haul": (0.5, 1, 3)}, {}, {}),
    Switch("licence_delay", "輸出許可の遅れ", "Licence delay", ("air", "sea"), {}, {"licence_days": (20, 45, 100)},
           {"licence_share": 0.3}, overseas_only=True),
    Switch("air_capacity", "航空スペース不足", "Air capacity short", ("air",), {"wait_departure": (1, 2, 5)},
           {"air_roll": (3, 6, 12)}, {"air_roll_share": 0.5}, overseas_only=True),
)  # fmt: skip
"""Disruption switches, in the order of the form."""

SWITCH_BY_KEY: Mapping[str, Switch] = MappingProxyType({one.key: one for one in SWITCHES})


def switched(base: Scenario, keys: Sequence[str]) -> list[Own]:
    """The overlay of some switches; of two that change the same input the later one stands."""
    found = {own.key: own for key in keys for own in SWITCH_BY_KEY[key].overlay(base)}
    return [found[key] for key in input_keys(base) if key in found]
