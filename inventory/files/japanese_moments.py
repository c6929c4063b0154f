"""Days and moments as Japanese firms write them: 令和8年11月26日 16時05分, R8.11.26 16:05, 2026/11/26(木) 午後4時.

What could be two days is refused with the reason, never guessed: 8/11/26 is a day of year 8, of 2008 or the 8th of
November. Eras begin and end on their days (昭和64年 ends 1989-01-07, 平成31年 on 2019-04-30). Times of day are the
plant's (JST, no summer time). Pure: no database.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from inventory.files.cells import PLANT, CellFault

ERAS: dict[str, tuple[date, date]] = {
    "昭和": (date(1926, 12, 25), date(1989, 1, 7)),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
    "令和": (date(2019, 5, 1), date(2999, 12, 31)),
}
"""First and last day of each era."""
SHORT = {"S": "昭和", "H": "平成", "R": "令和", "昭": "昭和", "平": "平成", "令": "令和"}
CENTURY = range(2000, 2100)
WEEKDAYS = "月火水木金土日"

_ERA = re.compile(
    r"(?P<era>令和|平成|昭和|[令平昭RHSrhs])\.?\s*(?P<year>元|\d{1,2})\s*[年./-]\s*"
    r"(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*日?"
)
_LONG = re.compile(r"(?P<year>\d{4})\s*[年./-]\s*(?P<month>\d{1,2})\s*[月./-]\s*(?P<day>\d{1,2})\s*日?")
_TIGHT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=\D|\d{4}(?:\d{2})?$|$)")
_UNSURE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{1,4}")
_WITHOUT_YEAR = re.compile(r"\d{1,2}\s*[/月]\s*\d{1,2}")
_WEEKDAY = re.compile(r"\s*\(?([月火水木金土日])(?:曜日?)?\)?(?=\s|$|午|\d)\s*")
_CLOCK = re.compile(
    r"(?P<half>午前|午後|AM|PM)?\s*(?P<hour>\d{1,2})\s*(?:[::]|時)\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})\s*秒?)?\s*(?P<after>AM|PM)?",
    re.IGNORECASE,
)
_TIGHT_CLOCK = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?")
_ZONE = re.compile(r"\s*(Z|JST|[+-]\d{2}:?\d{2})$")


def read_japanese_moment(text: str, clock: str = "", own_zone: tzinfo = PLANT) -> datetime:
    """A day with its time of day, in one cell or in two; `own_zone`: what a time without a zone is told in. Raises
    CellFault with a sentence."""
    whole = _plain(f"{text} {clock}")
    zone = _ZONE.search(whole)
    day, rest = _day(whole[: zone.start()] if zone else whole, text)
    minutes = _minutes(rest.strip(" T"), clock or text)
    at = datetime.combine(day, datetime.min.time()) + minutes
    if zone is None:
        return at.replace(tzinfo=own_zone)
    if zone.group(1) == "JST":
        return at.replace(tzinfo=PLANT)
    return datetime.fromisoformat(at.isoformat() + ("+00:00" if zone.group(1) == "Z" else zone.group(1)))


def read_japanese_day(text: str) -> date:
    """A day alone; a midnight behind it (as workbooks write) is allowed. Raises CellFault with a sentence."""
    day, rest = _day(_plain(text), text)
    if rest.strip(" T") and (_CLOCK.fullmatch(rest.strip(" T")) is None or _minutes(rest.strip(" T"), text)):
        raise CellFault(_("“%(text)s” is no day such as 2026/11/26 or 令和8年11月26日.") % {"text": text[:40]})
    return day


def _plain(text: str) -> str:
    """Full-width and squared forms (㋿, 8) as the plain ones; blanks single."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _day(text: str, told: str) -> tuple[date, str]:
    """The day at the front and what stands behind it."""
    shown = {"text": told[:40]}
    found = _ERA.match(text)
    if found is not None:
        year = _year_of_era(found, shown)
    else:
        found = _LONG.match(text) or _TIGHT.match(text)
        if found is None:
            raise _no_day(text, shown)
        year = int(found["year"])
    if year not in CENTURY:
        raise CellFault(_("“%(text)s”: the year is not of this century.") % shown)
    day = _made(year, int(found["month"]), int(found["day"]), shown)
    _refuse_other_era(found.groupdict().get("era"), day, shown)
    rest = text[found.end() :]
    named = _WEEKDAY.match(rest)
    if named is not None:
        if WEEKDAYS[day.weekday()] != named.group(1):
            raise CellFault(_("“%(text)s”: that day is no such day of the week.") % shown)
        rest = rest[named.end() :]
    return day, rest


def _no_day(text: str, shown: dict[str, str]) -> CellFault:
    if _UNSURE.match(text):
        return CellFault(_("“%(text)s” can be several days. Write the year in four digits, or the era.") % shown)
    if _WITHOUT_YEAR.match(text):
        return CellFault(_("“%(text)s” has no year.") % shown)
    return CellFault(_("“%(text)s” is no day such as 2026/11/26 or 令和8年11月26日.") % shown)


def _year_of_era(found: re.Match[str], shown: dict[str, str]) -> int:
    era = SHORT.get(found["era"].upper(), found["era"])
    count = 1 if found["year"] == "元" else int(found["year"])
    if count == 0:
        raise CellFault(_("“%(text)s” is no day of the calendar.") % shown)
    return ERAS[era][0].year + count - 1


def _made(year: int, month: int, day: int, shown: dict[str, str]) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise CellFault(_("“%(text)s” is no day of the calendar.") % shown) from None


def _refuse_other_era(written: str | None, day: date, shown: dict[str, str]) -> None:
    if written is None:
        return
    first, last = ERAS[SHORT.get(written.upper(), written)]
    if not first <= day <= last:
        raise CellFault(_("“%(text)s”: that era had no such day.") % shown)


def _minutes(text: str, told: str) -> timedelta:
    """The time of day as the time since midnight; 24:00 is the end of the day."""
    shown = {"text": told[:40]}
    if not text:
        raise CellFault(_("“%(text)s” has no time of day.") % shown)
    found = _CLOCK.fullmatch(text) or _TIGHT_CLOCK.fullmatch(text)
    if found is None:
        raise CellFault(_("“%(text)s” has no time of day such as 16:05.") % shown)
    half = ((found.groupdict().get("half") or "") + (found.groupdict().get("after") or "")).upper()
    hour, minute, second = int(found["hour"]), int(found["minute"] or 0), int(found["second"] or 0)
    if half:
        if hour >= 12:
            raise CellFault(_("“%(text)s” can be noon or midnight. Write it in 24 hours.") % shown)
        hour += 12 if half in ("午後", "PM") else 0
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise CellFault(_("“%(text)s” is no time of day.") % shown)
    return timedelta(hours=hour, minutes=minute, seconds=second)
