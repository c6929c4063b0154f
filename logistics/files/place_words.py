"""Places as carriers write them, against the ends of a lane. Pure: no database.

川内 (Satsumasendai, Kagoshima) and 仙台 (Miyagi) are both read Sendai and lie 1,100 km apart: a clerk who types by
ear writes the other one. Neither is ever taken for the other without a person's word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

KAGOSHIMA = ("川内", "satsumasendai")
MIYAGI = ("仙台", "仙臺")
BY_EAR = "sendai"
SHORTEST = 2
"""Characters that a place must have to be looked for inside a longer one."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The names of a leg's start and end, in every language."""

    number: int
    start: tuple[str, ...]
    end: tuple[str, ...]


def plain(place: str) -> str:
    """For comparing: full-width folded, small letters, no blanks and dashes."""
    text = unicodedata.normalize("NFKC", place).casefold()
    return "".join(char for char in text if char not in " -‐–—・·,.()()")


def is_other_sendai(place: str, legs: Iterable[Ends]) -> bool:
    """Whether the place may be the other Sendai: 仙台 on a lane that touches 川内, or the reverse; or `Sendai` in
    Latin letters alone on a lane that touches either."""
    told = plain(place)
    names = [plain(name) for leg in legs for name in (*leg.start, *leg.end)]
    south = any(word in name for name in names for word in KAGOSHIMA)
    north = any(word in name for name in names for word in MIYAGI)
    if any(word in told for word in MIYAGI):
        return south and not north
    if any(word in told for word in KAGOSHIMA):
        return north and not south
    return BY_EAR in told and (south or north)


def legs_at(place: str, legs: Iterable[Ends], *, starts: bool) -> list[int]:
    """The legs that begin (or end) at the place: its name holds that of the end, or the reverse."""
    told = plain(place)
    if len(told) < SHORTEST:
        return []
    return [leg.number for leg in legs if any(_same(told, plain(name)) for name in (leg.start if starts else leg.end))]


def _same(told: str, name: str) -> bool:
    if any(word in told and word in name for word in KAGOSHIMA):
        return True
    return len(name) >= SHORTEST and (told in name or name in told)
