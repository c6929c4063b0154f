"""Questions about calendars and timetables: the lists, one revision with its rows, the days of a month."""

from __future__ import annotations

from datetime import date

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from logistics.lead_times.calendars import DAY, Day, OpenHours
from logistics.models import Calendar, Timetable
from logistics.models.calendars import CALENDAR_KINDS

_RELEASED = ExpressionWrapper(Q(released_at__isnull=False), output_field=BooleanField())


def calendar_list(text: str = "", state: str = "", kind: str = "") -> QuerySet[Calendar]:
    """Calendars with their owner and rows: drafts first, then by owner, the newest revision first. Four queries."""
    rows = Calendar.objects.select_related("site", "carrier", "released_by")
    if text:
        owner = Q(country__iexact=text) | Q(reason__icontains=text)
        for name in ("code", "name_ja", "name_en"):
            owner |= Q(**{f"site__{name}__icontains": text}) | Q(**{f"carrier__{name}__icontains": text})
        rows = rows.filter(owner)
    if kind in CALENDAR_KINDS:
        rows = rows.filter(kind=kind)
    rows = _by_state(rows, state)
    return rows.alias(is_released=_RELEASED).order_by(
        "is_released", "-kind", "site__code", "carrier__code", "country", "-revision", "pk"
    )


def timetable_list(text: str = "", state: str = "", lane: str = "") -> QuerySet[Timetable]:
    """Timetables with lane, leg and carrier: drafts first, then by leg, the newest revision first."""
    rows = Timetable.objects.select_related("leg__lane", "leg__carrier", "released_by")
    if text:
        wish = Q(source__icontains=text) | Q(reason__icontains=text) | Q(leg__lane__code__icontains=text)
        for name in ("from_ja", "from_en", "to_ja", "to_en", "carrier__name_ja", "carrier__name_en"):
            wish |= Q(**{f"leg__{name}__icontains": text})
        rows = rows.filter(wish)
    if lane:
        rows = rows.filter(leg__lane__code=lane)
    rows = _by_state(rows, state)
    return rows.alias(is_released=_RELEASED).order_by(
        "is_released", "leg__lane__code", "leg__number", "-revision", "pk"
    )


def _by_state(rows: QuerySet, state: str) -> QuerySet:  # type: ignore[type-arg]
    return rows.filter(released_at__isnull=state == "draft") if state in ("draft", "released") else rows


def month_days(hours: OpenHours, year: int, month: int) -> list[Day]:
    """The days of a month as a calendar has them."""
    day, days = date(year, month, 1), []
    while day.month == month:
        days.append(hours.on(day))
        day += DAY
    return days
