"""Numbers that GS1 gives shape to: the SSCC of a crate and its check digit. Moments as promises name them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.words import PLANT_TIME

SSCC_DIGITS = 18
EXTENSION_DIGIT = "1"
"""The free first digit of our SSCCs: 1 for crates of finished racks."""


def check_digit(body: str) -> str:
    """The GS1 check digit over `body`: weights 3, 1, 3, … from the right (GS1 General Specifications 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def sscc_text(company_prefix: str, reference: int) -> str:
    """The SSCC of the n-th crate: extension digit, company prefix, serial reference, check digit; 18 digits."""
    room = SSCC_DIGITS - len(EXTENSION_DIGIT) - len(company_prefix) - 1
    if not company_prefix.isdecimal() or not 7 <= len(company_prefix) <= 10 or reference >= 10**room:
        raise ValueError(f"company prefix {company_prefix}, serial reference {reference}")
    body = f"{EXTENSION_DIGIT}{company_prefix}{reference:0{room}d}"
    return body + check_digit(body)


def is_sscc(text: str) -> bool:
    """Whether this is an SSCC: 18 digits, the last one right."""
    return len(text) == SSCC_DIGITS and text.isascii() and text.isdecimal() and check_digit(text[:-1]) == text[-1]


def bare_sscc(text: str) -> str:
    """What a scanner read of a crate label without the application identifier 00: the plain SSCC, else the text."""
    bare = text.strip().removeprefix("]C1").removeprefix("(00)")
    if len(bare) == SSCC_DIGITS + 2 and bare.startswith("00"):
        bare = bare[2:]
    return bare


WEEKDAYS: tuple[Any, ...] = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"),
    gettext_lazy("Thu"), gettext_lazy("Fri"), gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)  # fmt: skip


def day_words(day: date) -> str:
    """A day with its weekday: 2026/11/24 (Tue)."""
    return _("%(day)s (%(weekday)s)") % {"day": f"{day:%Y/%m/%d}", "weekday": WEEKDAYS[day.weekday()]}


def moment_words(moment: datetime) -> str:
    """A moment with its weekday, in plant time: 2026/11/24 (Tue) 08:00."""
    here = moment.astimezone(PLANT_TIME)
    return f"{day_words(here.date())} {here:%H:%M}"
