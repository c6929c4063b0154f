"""GS1 element strings: what application identifiers mean, pure and strict (GS1 General Specifications 3 and 7).

Only the identifiers that stand on labels here are known; anything else is refused rather than guessed, and every check
digit, date, length and pairing is held. A source of the rules: the GS1 Barcode Syntax Dictionary (2026-01-27)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

GS = "\x1d"
"""What a scanner sends for FNC1."""

CSET_82 = frozenset("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")


class NotGs1(ValueError):
    """Why a text is no element string, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One application identifier: least and most characters, digits only or not, a fixed length that no separator
    ends, and the check it carries (`csum`: over the whole value; `date`: YYMMDD; `grai`: over its first 14 digits)."""

    least: int
    most: int
    digits: bool = False
    fixed: bool = False
    check: str = ""


def _fixed(length: int, check: str = "") -> Kind:
    return Kind(length, length, digits=True, fixed=True, check=check)


KINDS: dict[str, Kind] = {
    "00": _fixed(18, "csum"),
    "01": _fixed(14, "csum"),
    "02": _fixed(14, "csum"),
    **{ai: _fixed(6, "date") for ai in ("11", "12", "13", "15", "16", "17")},
    "20": _fixed(2),
    **{f"41{digit}": _fixed(13, "csum") for digit in range(8)},
    **{f"{kind}{digit}": _fixed(6) for kind in ("310", "330") for digit in range(6)},
    "10": Kind(1, 20),
    "21": Kind(1, 20),
    "22": Kind(1, 20),
    "30": Kind(1, 8, digits=True),
    "37": Kind(1, 8, digits=True),
    "240": Kind(1, 30),
    "241": Kind(1, 30),
    "250": Kind(1, 30),
    "254": Kind(1, 20),
    "400": Kind(1, 30),
    "401": Kind(1, 30),
    "402": Kind(17, 17, digits=True, check="csum"),
    "403": Kind(1, 30),
    "8003": Kind(14, 30, check="grai"),
    "8004": Kind(1, 30),
    "8010": Kind(1, 30),
    "8011": Kind(1, 12, digits=True),
    **{str(ai): Kind(1, 90) for ai in range(90, 100)},
}
"""310n and 330n are weights in kilograms, net and gross; 90 to 99 are a company's own."""

WANTS: dict[str, tuple[str, ...]] = {
    "10": ("01", "02"), "21": ("01",), "22": ("01",), "02": ("37",), "37": ("02", "00"), "250": ("01",),
    "254": ("414",), "8011": ("8010",),
    **{ai: ("01", "02") for ai in ("11", "12", "13", "15", "16", "17", "20", "240", "241")},
}  # fmt: skip
"""An identifier that means something only beside one of these."""

EXCLUDES: tuple[tuple[str, str], ...] = (("01", "02"), ("01", "37"), ("21", "02"), ("00", "01"))
"""Identifiers that never stand on one label."""

Elements = tuple[tuple[str, str], ...]


def check_digit(body: str) -> str:
    """Modulo 10 over the digits before it: weights 3, 1, 3, … from the right."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def has_check_digit(text: str) -> bool:
    """Whether these are ASCII digits with the right one at the end."""
    return len(text) > 1 and is_digits(text) and check_digit(text[:-1]) == text[-1]


def is_digits(text: str) -> bool:
    """ASCII digits only: `'⁰'.isdigit()` is true."""
    return text.isascii() and text.isdecimal()


def read_elements(text: str) -> Elements:
    """The elements of a string without its symbology id; a leading FNC1 is allowed. Raises NotGs1."""
    rest, found = text.removeprefix(GS), []
    if not rest:
        raise NotGs1(_("it is empty"))
    while rest:
        ai = _identifier_at(rest)
        kind = KINDS[ai]
        value, rest = _value(rest[len(ai) :], kind)
        found.append((ai, checked(ai, value)))
    return together(found)


def _identifier_at(text: str) -> str:
    for length in (2, 3, 4):
        if text[:length] in KINDS:
            return text[:length]
    raise NotGs1(_("“%(ai)s” is no known application identifier") % {"ai": text[:4]})


def _value(text: str, kind: Kind) -> tuple[str, str]:
    """The value of an element and what follows it."""
    if kind.fixed:
        return text[: kind.most], text[kind.most :].removeprefix(GS)
    value, _separator, rest = text.partition(GS)
    return value, rest


def checked(ai: str, value: str) -> str:
    """A value that its identifier allows. Raises NotGs1."""
    kind = KINDS.get(ai)
    if kind is None:
        raise NotGs1(_("“%(ai)s” is no known application identifier") % {"ai": ai})
    if not kind.least <= len(value) <= kind.most:
        raise NotGs1(_("(%(ai)s) has %(count)d characters") % {"ai": ai, "count": len(value)})
    if kind.digits and not is_digits(value):
        raise NotGs1(_("(%(ai)s) holds more than digits") % {"ai": ai})
    if not set(value) <= CSET_82:
        raise NotGs1(_("(%(ai)s) holds a character that no such label may have") % {"ai": ai})
    if not _CHECKS[kind.check](value):
        raise NotGs1(_WRONG[kind.check]() % {"ai": ai})
    return value


def _is_date(value: str) -> bool:
    """YYMMDD; day 00 means the whole month."""
    month, day = int(value[2:4]), int(value[4:])
    try:
        date(2000 + int(value[:2]), month, day or 1)
    except ValueError:
        return False
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {
    "": lambda value: True,
    "csum": has_check_digit,
    "date": _is_date,
    "grai": lambda value: is_digits(value[:14]) and value[0] == "0" and has_check_digit(value[1:14]),
}


_WRONG: dict[str, Callable[[], str]] = {
    "csum": lambda: _("the check digit of (%(ai)s) is wrong"),
    "date": lambda: _("the date of (%(ai)s) is wrong"),
    "grai": lambda: _("the check digit of (%(ai)s) is wrong"),
}
"""Check → what is said of a value that it does not let pass."""


def together(found: Iterable[tuple[str, str]]) -> Elements:
    """Elements that may stand on one label: none twice with two values, none without what it wants. Raises NotGs1."""
    known: dict[str, str] = {}
    for ai, value in found:
        if known.setdefault(ai, value) != value:
            raise NotGs1(_("(%(ai)s) stands there twice") % {"ai": ai})
    for ai, wanted in WANTS.items():
        if ai in known and not any(one in known for one in wanted):
            raise NotGs1(_("(%(ai)s) does not stand without (%(wanted)s)") % {"ai": ai, "wanted": wanted[0]})
    for one, other in EXCLUDES:
        if one in known and other in known:
            raise NotGs1(_("(%(one)s) and (%(other)s) never stand together") % {"one": one, "other": other})
    return tuple(known.items())


NAMES = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "sscc": "00", "ginc": "401",
    "gsin": "402", "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
"""Convenience names of older Digital Links."""

PRIMARY = ("00", "01", "401", "402", "414", "417", "8003", "8004", "8010")
_LINK = re.compile(r"(https?)://[A-Za-z0-9.-]+(?::\d{1,5})?(/[^?#]*)(?:\?([^#]*))?(?:#.*)?")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")


def read_link(text: str) -> Elements | None:
    """The elements of a GS1 Digital Link; None for an address that is none. Any host is read, none is ever opened.

    Raises NotGs1 for a link whose values are wrong. Compressed links are not read."""
    match = _LINK.fullmatch(text)
    if match is None:
        return None
    steps = [NAMES.get(step, step) for step in match[2].strip("/").split("/")]
    start = next(
        (at for at in range(len(steps) - 2, -1, -1) if steps[at] in PRIMARY and (len(steps) - at) % 2 == 0), None
    )
    if start is None:
        return None
    found = [(steps[at], _plain(steps[at + 1])) for at in range(start, len(steps), 2)]
    found += _attributes(match[3] or "", {ai for ai, _value in found})
    return together([(ai, checked(ai, _padded(ai, value))) for ai, value in found])


def _attributes(query: str, path: set[str]) -> list[tuple[str, str]]:
    """All-digit names of the query are identifiers, each once and none that belongs into the path; other names belong
    to whoever made the link."""
    found: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, _equals, value = pair.partition("=")
        if not is_digits(name):
            continue
        if name in path or name in found or name in ("10", "21", "22") or not value:
            raise NotGs1(_("(%(ai)s) is repeated, empty or misplaced in the address") % {"ai": name})
        found[name] = _plain(value.replace("+", " "))
    return list(found.items())


def _padded(ai: str, value: str) -> str:
    """A GTIN of 8, 12 or 13 digits in an address of a maker, as 14."""
    return value.zfill(14) if ai == "01" and len(value) in (8, 12, 13) else value


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
