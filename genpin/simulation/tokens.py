"""Texts with places: what differs from rack to rack is found in a recorded text, and can be put in again. Pure.

A place is a number: the index of its value in the list of a rack's values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

_WORD = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]")
_DIGIT = re.compile("[0-9]")
_WITHIN = re.compile(r"[0-9A-Za-z]{2}")
"""From the last letter of a word on: it goes on."""
_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d(?![0-9])")
_CLOCK = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9]\d \d\d:\d\d:\d\d 20\d\d(?![0-9])")
_CLOCK_FORMAT = "%a %b %d %H:%M:%S %Y"
_KEY = re.compile(r"\d{13,15}(?![0-9A-Za-z])")


@dataclass(slots=True)
class Template:
    """Pieces of text and the places between them: one piece more than places."""

    pieces: list[str]
    places: list[int]

    def filled(self, values: Sequence[str]) -> str:
        """The text with these values."""
        if not self.places:
            return self.pieces[0]
        out = [""] * (2 * len(self.places) + 1)
        out[0::2] = self.pieces
        out[1::2] = [values[place] for place in self.places]
        return "".join(out)


def joined(templates: Iterable[Template]) -> Template:
    """One template after the other."""
    pieces, places = [""], []
    for one in templates:
        pieces[-1] += one.pieces[0]
        pieces.extend(one.pieces[1:])
        places.extend(one.places)
    return Template(pieces, places)


def fixed(text: str) -> Template:
    """A text without places."""
    return Template([text], [])


def place(number: int) -> Template:
    """A place alone."""
    return Template(["", ""], [number])


@dataclass
class Places:
    """Which texts are places, by what they look like."""

    names: dict[str, int] = field(default_factory=dict)
    """Whole words (serials, tags, hashes, uuids): text → place."""
    days: dict[str, int] = field(default_factory=dict)
    """Days as 2026-11-20, or clocks as Fri Nov 20 16:05:00 2026 → place; more are added as they are met."""
    first_day_place: int = 0
    keys: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Which key a number is, by the size of its table's first one: (first place, how many)."""
    apart: int = 10**12
    _lengths: list[int] = field(default_factory=list)

    def name(self, text: str, number: int) -> None:
        """A word that is a place; it has a digit."""
        assert _DIGIT.search(text), text
        if self.names.setdefault(text, number) != number:
            raise ValueError(f"{text} would be two places")
        if len(text) not in self._lengths:
            self._lengths = sorted({*self._lengths, len(text)}, reverse=True)

    def template(self, text: str) -> Template:
        """A recorded text with its places."""
        if not _DIGIT.search(text):  # every place has one
            return fixed(text)
        pieces, places, done = [], [], 0
        for start in _WORD.finditer(text):
            at = start.start()
            if at < done:
                continue
            found = self._at(text, at)
            if found is not None:
                number, end = found
                pieces.append(text[done:at])
                places.append(number)
                done = end
        pieces.append(text[done:])
        return Template(pieces, places)

    def _at(self, text: str, at: int) -> tuple[int, int] | None:
        for length in self._lengths:
            end = at + length
            number = self.names.get(text[at:end])
            if number is not None and not _WITHIN.match(text, end - 1):
                return number, end
        if text[at] not in "0123456789":
            clock = _CLOCK.match(text, at) if text[at] in "MTWFS" else None
            return (self._day(clock.group()), clock.end()) if clock else None
        if match := _DAY.match(text, at):
            date.fromisoformat(match.group())
            return self._day(match.group()), match.end()
        if match := _KEY.match(text, at):
            return self._key(int(match.group()), match.end())
        return None

    def _key(self, number: int, end: int) -> tuple[int, int] | None:
        table, ordinal = divmod(number, self.apart)
        first, count = self.keys.get(table, (0, 0))
        return (first + ordinal, end) if ordinal < count else None

    def _day(self, text: str) -> int:
        return self.days.setdefault(text, self.first_day_place + len(self.days))


def later(text: str, by: timedelta) -> str:
    """A day or a clock so much later, written in the same way."""
    if text[0].isdigit():
        return (date.fromisoformat(text) + by).isoformat()
    moment = datetime.strptime(text, _CLOCK_FORMAT) + by
    return f"{moment:{_CLOCK_FORMAT}}"
