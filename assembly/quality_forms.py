"""What pages and API ask of yields: a period of the plant's days and what it is narrowed to, from plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from assembly.queries.attempts import KINDS, Wish

PLANT = ZoneInfo("Asia/Tokyo")
USUAL_DAYS = 30
LONGEST_DAYS = 3_660
NUMBERS = ("product", "operation", "lot")
TEXTS = ("station", "tool", "cause", "kind")


class ReferenceForm(forms.Form):
    """A unit that shall verify stations, and why."""

    unit = forms.CharField(label=_("Unit (scan its label)"), max_length=200)
    reason = forms.CharField(label=_("What it verifies"), max_length=500)


@dataclass(frozen=True, slots=True)
class Asked:
    """The wish, the first and last day it names, and what was given beside the days, as it was understood."""

    wish: Wish
    first: date
    last: date
    given: dict[str, str]

    def query(self, **others: object) -> str:
        """The same question with other parts, as the end of an address; None takes a part away."""
        parts: dict[str, object] = {"from": self.first, "to": self.last, **self.given, **others}
        return "?" + urlencode({name: str(value) for name, value in parts.items() if value not in (None, "")})


def asked_of(given: Mapping[str, str], today: date) -> Asked:
    """From the parts of an address. Days are the plant's: a day begins at its midnight in Tokyo. Without days: the last
    thirty. What cannot be read is as if it were not there; days the wrong way round are turned."""
    last = _day(given.get("to", "")) or today
    first = _day(given.get("from", "")) or last - timedelta(days=USUAL_DAYS - 1)
    first, last = max(min(first, last), max(first, last) - timedelta(days=LONGEST_DAYS)), max(first, last)
    texts = {name: given.get(name, "").strip()[:60] for name in TEXTS}
    numbers = {name: _number(given.get(name, "")) for name in NUMBERS}
    kind = texts["kind"] if texts["kind"] in KINDS else ""
    wish = Wish(starts_at=_midnight(first), ends_at=_midnight(last + timedelta(days=1)), kind=kind)
    wish = replace(
        wish,
        product=numbers["product"],
        operation=numbers["operation"],
        lot=numbers["lot"],
        station="" if texts["station"] == "-" else texts["station"] or None,
        tool=texts["tool"],
        cause=texts["cause"],
    )
    kept = {name: str(value) for name, value in numbers.items() if value is not None}
    kept |= {name: value for name, value in texts.items() if value and (name != "kind" or kind)}
    return Asked(wish, first, last, kept)


@dataclass(frozen=True, slots=True)
class Question:
    """Which values: of a `field` of an operation, or of a `point` (tool, name) of testers' files; by which `limits`;
    the days of the control chart's baseline, where they are stated."""

    field: int | None
    point: tuple[str, str] | None
    limits: str
    base: tuple[datetime, datetime] | None
    given: dict[str, str]


def question_of(given: Mapping[str, str]) -> Question:
    """From the parts of an address: `what` is field:<id> or point:<tool>:<name>; `base_from` and `base_to` are days."""
    kind, _colon, rest = given.get("what", "").strip()[:200].partition(":")
    tool, colon, name = rest.partition(":")
    field = _number(rest) if kind == "field" else None
    point = (tool, name) if kind == "point" and colon and name else None
    days = sorted(day for key in ("base_from", "base_to") if (day := _day(given.get(key, ""))) is not None)
    base = (_midnight(days[0]), _midnight(days[-1] + timedelta(days=1))) if days else None
    kept = {"what": given.get("what", "")[:200]} if field is not None or point else {}
    limits = given.get("limits", "").strip()[:120]
    kept |= {"limits": limits} if limits else {}
    kept |= {"base_from": days[0].isoformat(), "base_to": days[-1].isoformat()} if days else {}
    return Question(field, point, limits, base, kept)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, PLANT)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
