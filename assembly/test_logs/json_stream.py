"""A JSON object of any size, its `Members` one after the other: what stays in memory is one of them."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from typing import Protocol

from assembly.test_logs.json_text import whole

CHUNK = 1 << 18
MOST_AT_ONCE = 8 * 1024 * 1024
"""Characters of one member, or of one value beside them."""
_BLANK = " \t\r\n"
_AFTER = frozenset(",:]} \t\r\n")
_DECODER = json.JSONDecoder(parse_int=whole)


class Readable(Protocol):
    """A file as far as it is needed here."""

    def read(self, size: int, /) -> bytes: ...


class _Text:
    """The characters of a file, as far as they are needed."""

    def __init__(self, file: Readable) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self._over = "", 0, False

    def more(self) -> bool:
        """Read on; False at the end. What was used is dropped."""
        if self._over or len(self.text) - self.at > MOST_AT_ONCE:
            return False
        chunk = self._file.read(max(CHUNK, len(self.text) - self.at))
        self._over = not chunk
        self.text, self.at = self.text[self.at :] + self._decoder.decode(chunk, final=self._over), 0
        return not self._over

    def next(self) -> str:
        """The next character that is no blank, "" at the end; it stays."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, wanted: str) -> None:
        if self.next() != wanted:
            raise ValueError(f"{wanted} is expected")
        self.at += 1

    def value(self) -> object:
        """The next value. A number at the edge of what was read may go on: what ends it must follow."""
        self.next()
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
                length = end - self.at
                if self.text[end : end + 1] in _AFTER or not self.more():
                    self.at += length
                    return found
            except ValueError:
                if not self.more():
                    raise


def object_of(file: Readable, member: Callable[[object], object | None]) -> dict[str, object] | None:
    """The object that a file holds; of its list `Members` what `member` gives for each, None is left out. None for a
    file that is no JSON object, or one with a value larger than MOST_AT_ONCE."""
    try:
        text = _Text(file)
        found = _object(text, member)
        return found if text.next() == "" else None
    except (ValueError, RecursionError):
        return None


def _object(text: _Text, member: Callable[[object], object | None]) -> dict[str, object]:
    found: dict[str, object] = {}
    text.take("{")
    if text.next() == "}":
        text.at += 1
        return found
    while True:
        key = text.value()
        if not isinstance(key, str):
            raise ValueError("a name is expected")
        text.take(":")
        found[key] = _members(text, member) if key == "Members" and text.next() == "[" else text.value()
        if text.next() == "}":
            text.at += 1
            return found
        text.take(",")


def _members(text: _Text, member: Callable[[object], object | None]) -> list[object]:
    found: list[object] = []
    text.take("[")
    if text.next() == "]":
        text.at += 1
        return found
    while True:
        kept = member(text.value())
        if kept is not None:
            found.append(kept)
        if text.next() == "]":
            text.at += 1
            return found
        text.take(",")
