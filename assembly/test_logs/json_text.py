"""Finding the one JSON object in a tester's text, and reading it strictly.

Testers print a banner before their JSON. Python's own reader would accept a key given twice and NaN; both are refused
here, because a document in which `status` stands twice can be read as Pass and as Fail.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from assembly.test_logs.result import Unreadable

_OPENING = re.compile(r"^[ \t]*\{", re.MULTILINE)
_MOST_OPENINGS = 20
"""A banner with more lines that start with a brace than this is no banner."""


class _Twice(ValueError):
    """A key stands twice in one object."""


def _pairs(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        key, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise _Twice(f"the key {key[:40]!r} stands twice in one object")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {text[:20]} is out of range")
    return value


def whole(text: str) -> int:
    """No count of a tester has more digits; what has would not fit a floating number either."""
    if len(text) > 40:
        raise ValueError(f"the number {text[:20]}… is out of range")
    return int(text)


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a JSON number")


_READER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_float=_finite, parse_int=whole, parse_constant=_no_constant, strict=False
)


def json_object(text: str, keys: Sequence[str]) -> tuple[Mapping[str, object], str]:
    """The object that holds one of `keys`, and the text around it (blank when there is nothing else).

    Refuses when no such object can be read, when it is cut off, or when another one stands beside or around it: an
    object found inside a damaged one is not taken for the whole.
    """
    trouble: Unreadable | None = None
    for start in _openings(text):
        try:
            found, end = _READER.raw_decode(text, start)
        except RecursionError as deep:
            raise Unreadable("The JSON is nested too deeply.") from deep
        except ValueError as broken:
            trouble = trouble or _why(broken, text)
            continue
        if isinstance(found, dict) and any(key in found for key in keys):
            before, after = text[:start].strip(), text[end:].strip()
            around = f"{before}\n{after}".strip()
            if before.endswith(("[", ",", '":')) or after.startswith(("]", "}", ",")):
                raise trouble or Unreadable("The diagnostic stands inside a larger JSON document.")
            if any(f'"{key}"' in around for key in keys):
                raise trouble or Unreadable("The file holds more than one diagnostic; give each run its own file.")
            _storable(found)
            return found, around
    raise trouble or Unreadable("The file holds no JSON object of this tool.")


def json_of_line(line: str, number: int) -> Mapping[str, object]:
    """One line of JSON lines, by the same strict reading. Refuses what is no single object, naming the line."""
    try:
        found = _READER.decode(line)
    except RecursionError as deep:
        raise Unreadable(f"Line {number} is nested too deeply.") from deep
    except ValueError as broken:
        what = broken.msg if isinstance(broken, json.JSONDecodeError) else str(broken)
        raise Unreadable(f"Line {number} is no sound JSON: {what}.") from broken
    if not isinstance(found, dict):
        raise Unreadable(f"Line {number} holds {_kind(found)}, where an object is expected.")
    _storable(found)
    return found


def _openings(text: str) -> list[int]:
    starts = {match.end() - 1 for match, _ in zip(_OPENING.finditer(text), range(_MOST_OPENINGS), strict=False)}
    return sorted({*starts, text.find("{")} - {-1})


def _storable(found: object) -> None:
    """No database takes half of a surrogate pair or a NUL in its text."""
    try:
        plain = json.dumps(found, ensure_ascii=False)
        plain.encode()
    except (RecursionError, UnicodeEncodeError) as broken:
        raise Unreadable("The JSON holds text that is not Unicode.") from broken
    if "\\u0000" in plain:
        raise Unreadable("The JSON holds a NUL character.")


def _why(broken: ValueError, text: str) -> Unreadable:
    if not isinstance(broken, json.JSONDecodeError):
        return Unreadable(f"The JSON is not sound: {broken}.")
    if broken.pos >= len(text.rstrip()) - 1:
        return Unreadable(f"The JSON is cut off at line {broken.lineno}.")
    return Unreadable(f"The JSON is not sound: {broken.msg} at line {broken.lineno}.")


def as_object(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Unreadable(f"{where} is {_kind(value)}, where an object is expected.")
    return value


def as_list(value: object, where: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise Unreadable(f"{where} is {_kind(value)}, where a list is expected.")
    return value


def as_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"{where} is {_kind(value)}, where text is expected.")
    return value


def as_index(value: object, where: str) -> int:
    """A GPU or entity number, written as integer or as digits."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
        return value
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value.strip()) <= 6:
        return int(value)
    raise Unreadable(f"{where} is {_kind(value)} {str(value)[:20]!r}, where a number from 0 is expected.")


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
