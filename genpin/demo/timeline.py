"""How long a rack is in each operation: the routing's standard times, spread, with waits between. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """From and to, counted from the moment when the kit was ready."""

    begin: timedelta
    end: timedelta


_TRAYS = ((100, 0.9), (110, 7.0), (120, 1.8), (130, 0.8), (140, 5.5))
"""Eighteen compute trays and nine switch trays on their benches."""

_BUILD = ((240, 3.0), (250, 1.1), (260, 2.0))
_TESTS = ((300, 1.5), (310, 4.2), (320, 0.3), (330, 0.6), (340, 7.5))
SOAK_HOURS = 72.15
"""72 h and some minutes, so that the clock has run long enough when it is stopped."""


class _Line:
    """A cursor that walks along one line of work, adding spans."""

    def __init__(self, rng: random.Random, spans: dict[str, Span], at: float) -> None:
        self.rng, self.spans, self.at = rng, spans, at

    def add(self, name: str, hours: float, *, waits: tuple[float, float] = (0.2, 1.2), exact: bool = False) -> None:
        begin = self.at + self.rng.uniform(*waits)
        end = begin + (hours if exact else hours * self.rng.uniform(0.88, 1.25))
        self.spans[name] = Span(timedelta(hours=begin), timedelta(hours=end))
        self.at = end


def timeline(rng: random.Random, trouble: str, failing: dict[str, int]) -> dict[str, Span]:
    """The spans of one rack's life until it is packed, by name; `failing` as RackPlan.failing_trays."""
    spans: dict[str, Span] = {}
    line = _Line(rng, spans, 0.0)
    line.add("announced", 2, waits=(0.5, 1.0))
    inbound = rng.lognormvariate(4.5, 0.3)  # 90 h, mostly 60 to 140: the road and the dock
    line.add("received", 5, waits=(inbound, inbound + 6))
    line.add("wait_kit", 30 if trouble == "short" else 7, waits=(0.5, 2))
    start = line.at
    ready = _trays(rng, spans, start, failing)
    rack = _Line(rng, spans, start + rng.uniform(5, 8))
    for name, hours in (("200", 3.0), ("210", 1.5), ("220", 1.7)):
        rack.add(name, hours)
    rack.at = max(rack.at, ready)
    rack.add("230", 2.7, waits=(0.5, 3))
    for number, hours in (*_BUILD, *_TESTS):
        rack.add(str(number), hours)
    if trouble == "swapped":
        _swap(rack)
    _soak_and_pack(rack, trouble)
    return spans


def _trays(rng: random.Random, spans: dict[str, Span], start: float, failing: dict[str, int]) -> float:
    """All trays; where one fails it is tested again before they go on."""
    line = _Line(rng, spans, start)
    for number, hours in _TRAYS:
        name = f"T{number}"
        line.add(name, hours, waits=(0.2, 0.9))
        if name in failing:
            line.add(f"{name}again", 1.0, waits=(0.8, 2.0))
    return line.at


def _swap(rack: _Line) -> None:
    """The rack failed 340: quality decides, a tray is swapped, and the re-entry rule repeats five operations."""
    rack.add("decided", 0.3, waits=(3, 7))
    rack.add("removed", 0.5)
    for number, hours in ((230, 0.7), (250, 1.1), (320, 0.3), (330, 0.6), (340, 7.5)):
        rack.add(f"{number}again", hours)


def _soak_and_pack(rack: _Line, trouble: str) -> None:
    stopped = {"gap": 0.78, "swapped": 0.0}.get(trouble, 0.0)
    rack.add("350", SOAK_HOURS + stopped, waits=(2, 9), exact=True)
    if trouble == "burn_failed":
        rack.add("held", 40, waits=(0.5, 1.0))
    rack.add("360", 3.0)
    rack.add("510", 2.0)
    rack.add("520", 1.5)
    rack.add("waiting", 14)
