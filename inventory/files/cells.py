"""From the text of a cell to a value. Pure; a cell that cannot be read raises CellFault with a sentence."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from inventory.text import LIMIT

PLANT = ZoneInfo("Asia/Tokyo")
"""A time without a zone is the plant's."""


class CellFault(Exception):
    """A cell that cannot be read: the sentence says why."""


_DAY = r"(\d{4})[-/年](\d{1,2})[-/月](\d{1,2})日?"
_MOMENT = re.compile(_DAY + r"(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|[+-]\d{2}:?\d{2})?")


def read_moment(text: str) -> datetime:
    """A date with or without time and zone; without time it is midnight, without zone the plant's."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise CellFault(_("“%(text)s” is no date or time such as 2026-11-20 16:05.") % {"text": text[:40]})
    year, month, day, hour, minute, second, zone = found.groups()
    clock = f"{int(hour or 0):02}:{minute or '00'}:{second or '00'}"
    plain = f"{year}-{int(month):02}-{int(day):02}T{clock}"
    try:
        if zone:
            return datetime.fromisoformat(plain + ("+00:00" if zone == "Z" else zone))
        return datetime.fromisoformat(plain).replace(tzinfo=PLANT)
    except ValueError:
        raise CellFault(_("“%(text)s” is no day of the calendar.") % {"text": text[:40]}) from None


def read_day(text: str) -> date:
    """A day; a time of midnight behind it (as workbooks write) is allowed."""
    moment = read_moment(text)
    if (moment.hour, moment.minute, moment.second) != (0, 0, 0):
        raise CellFault(_("“%(text)s” is no day such as 2026-11-20.") % {"text": text[:40]})
    return moment.date()


def read_quantity(text: str) -> Decimal:
    """A quantity above zero with at most four decimals."""
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not text.isascii() or not number.is_finite() or not 0 < number < Decimal(10) ** 9:
        raise CellFault(_("“%(text)s” is no quantity above zero.") % {"text": text[:40]})
    if number != number.quantize(Decimal("0.0001")):
        raise CellFault(_("“%(text)s” has more than four decimals.") % {"text": text[:40]})
    return number


def read_whole(text: str) -> int:
    """A whole number above zero."""
    if not (text.isascii() and text.isdecimal()) or not 0 < len(text) < 10:
        raise CellFault(_("“%(text)s” is no whole number.") % {"text": text[:40]})
    return int(text)


def read_flag(text: str) -> bool:
    """yes or no, also as ○ and ×; blank is no."""
    known = {"": False, "0": False, "no": False, "false": False, "×": False, "-": False,
             "1": True, "yes": True, "true": True, "○": True, "◯": True}  # fmt: skip
    if text.lower() not in known:
        raise CellFault(_("“%(text)s” is neither yes nor no.") % {"text": text[:40]})
    return known[text.lower()]


def read_code(text: str) -> str:
    """An identifier as a label can carry it: printable ASCII."""
    odd = next((char for char in text if not 0x20 <= ord(char) <= 0x7E), None)
    if odd is not None:
        raise CellFault(_("It holds a character that no label has: %(char)s.") % {"char": f"U+{ord(odd):04X}"})
    if len(text) > LIMIT:
        raise CellFault(_("It is too long for a label."))
    return text


def read_uuid(text: str) -> str:
    """A UUID, also as GPUs report it (GPU-…); lower case."""
    lowered = text.lower().removeprefix("urn:uuid:")
    if not re.fullmatch(r"(gpu-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lowered):
        raise CellFault(_("“%(text)s” is no UUID.") % {"text": text[:60]})
    return lowered
